"""Where the dev server keeps objects: what every store can do, and the one that keeps them in memory."""

from __future__ import annotations

import os
import re
import time
from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock

from ..engine.artifact import Artifact
from ..engine.errors import FopFailed
from ..engine.keys import etag
from ..errors import FopError
from .mime import guess

MAX_KEY_BYTES = 750
"""Length of the longest key, in UTF-8."""

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,62}\Z")


class StoreError(FopError):
    """An object could not be stored."""


class BadName(StoreError, ValueError):
    """A text cannot be the name of a bucket, or the key of an object."""


class NoSuchBucket(StoreError, LookupError):
    """There is no bucket of that name."""

    def __init__(self, bucket: str) -> None:
        super().__init__(f"no such bucket: {bucket!r}")
        self.bucket = bucket


class ObjectExists(StoreError):
    """The key is taken, and replacing was ruled out."""


class StoreInUse(StoreError):
    """Another server works in the same folder."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What is known of an object besides its content.

    Attributes:
        mime: MIME type; empty to guess it from the key and the content.
        delete_after_days: the wish to have it deleted, which is recorded and not acted on.
        fname: the name of the uploaded file.
        end_user: ``endUser`` of the upload policy.
    """

    mime: str = ""
    delete_after_days: int | None = None
    fname: str = ""
    end_user: str = ""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object.

    Attributes:
        hash: the service's hash of the content.
        size: bytes.
        put_time: when it was stored, in units of 100 ns since 1970, as the service gives it.
        data, path: the content, in memory or as a file.
    """

    bucket: str
    key: str
    hash: str
    size: int
    put_time: int
    meta: Meta
    data: bytes | None = field(default=None, repr=False)
    path: Path | None = None

    @property
    def mime(self) -> str:
        """MIME type."""
        return self.meta.mime

    def artifact(self) -> Artifact:
        """The object as the engine takes it."""
        return Artifact(self.mime, data=self.data, path=self.path, name=self.key.rpartition("/")[2])

    def read(self) -> bytes:
        """The whole content."""
        return self.artifact().read()


class ObjectStore(ABC):
    """Objects in buckets. Safe to use from several threads."""

    @abstractmethod
    def buckets(self) -> list[str]:
        """The names of all buckets, sorted."""

    @abstractmethod
    def create_bucket(self, bucket: str) -> None:
        """Make a bucket, unless it is there.

        Raises:
            BadName: 3 to 63 letters, digits, ``.``, ``_`` and ``-`` make a name, the first a letter or a digit.
        """

    @abstractmethod
    def get(self, bucket: str, key: str) -> StoredObject | None:
        """The object, or None."""

    @abstractmethod
    def put(
        self, bucket: str, key: str, content: bytes | Path, meta: Meta | None = None, *, replace: bool = True
    ) -> StoredObject:
        """Store a content under a key.

        Args:
            content: bytes, or a file, which is copied.
            replace: whether an object of that key may be replaced.

        Raises:
            NoSuchBucket: the bucket was not made.
            BadName: the key has more than 750 bytes.
            ObjectExists: the key is taken and ``replace`` is False.
        """

    @abstractmethod
    def delete(self, bucket: str, key: str) -> bool:
        """Remove an object. False if there is none."""

    @abstractmethod
    def keys(self, bucket: str) -> list[str]:
        """The keys of a bucket in the order of their UTF-8 bytes; empty if there is no such bucket."""

    @abstractmethod
    def clear(self) -> None:
        """Remove every object that was stored through this interface, and the buckets that this leaves empty."""

    @abstractmethod
    def close(self) -> None:
        """Let go of files. The store cannot be used afterwards."""

    @property
    def staging(self) -> Path | None:
        """A directory of the store's own file system, for content on its way in."""
        return None

    def has_bucket(self, bucket: str) -> bool:
        """Whether the bucket is there."""
        return bucket in self.buckets()

    def list(self, bucket: str, prefix: str = "", after: str | None = None) -> Iterator[StoredObject]:
        """The objects whose keys begin with ``prefix``, in order, those after the key ``after``."""
        keys = self.keys(bucket)
        start = 0 if after is None else bisect_right([k.encode() for k in keys], after.encode())
        for key in keys[start:]:
            found = self.get(bucket, key) if key.startswith(prefix) else None
            if found is not None:
                yield found

    def artifact(self, bucket: str, key: str) -> Artifact:
        """The object as the engine takes it.

        Raises:
            FopFailed: there is none.
        """
        found = self.get(bucket, key)
        if found is None:
            raise FopFailed("source", f"no such object: kodo://{bucket}/{key}")
        return found.artifact()

    def seed(self, folder: str | os.PathLike[str]) -> int:
        """Copy a tree ``folder/BUCKET/KEY...`` into the store; hidden files are left out.

        Returns:
            How many objects were stored.

        Raises:
            StoreError: ``folder`` is not a directory, or a directory in it cannot be a bucket.
        """
        root = Path(folder)
        if not root.is_dir():
            raise StoreError(f"there is no folder {str(root)!r} to take objects from")
        count = 0
        for bucket in sorted(p for p in root.iterdir() if p.is_dir() and not p.name.startswith(".")):
            self.create_bucket(bucket.name)
            for key in sorted(visible_files(bucket)):
                self.put(bucket.name, key, bucket / key)
                count += 1
        return count


def check_bucket(bucket: str) -> None:
    """Refuse what cannot be a bucket's name."""
    if not _BUCKET.match(bucket):
        raise BadName(
            f"{bucket!r} cannot be a bucket: 3 to 63 letters, digits, '.', '_' and '-', the first a letter or a digit"
        )


def check_key(key: str) -> None:
    """Refuse what cannot be a key."""
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise BadName(f"{key!r} cannot be a key: it is not valid Unicode") from None
    if size > MAX_KEY_BYTES:
        raise BadName(f"the key {key[:40]!r}... has {size} bytes; at most {MAX_KEY_BYTES} are allowed")


def visible_files(folder: Path) -> Iterator[str]:
    """Files below a folder as ``a/b/c``, without hidden ones; links to directories are not followed."""
    for directory, names, files in os.walk(folder):
        names[:] = sorted(n for n in names if not n.startswith("."))
        for name in files:
            path = Path(directory, name)
            if not name.startswith(".") and path.is_file():
                yield path.relative_to(folder).as_posix()


def complete(meta: Meta | None, key: str, content: bytes | Path) -> Meta:
    """``meta`` with its MIME type guessed, if it has none."""
    meta = meta or Meta()
    if meta.mime:
        return meta
    if isinstance(content, bytes):
        start = content[:16]
    else:
        with content.open("rb") as file:
            start = file.read(16)
    return Meta(guess(key, start), meta.delete_after_days, meta.fname, meta.end_user)


def now_100ns() -> int:
    """The time as ``putTime`` counts it."""
    return time.time_ns() // 100


class MemoryStore(ObjectStore):
    """Objects that live as long as the store does, and never touch the disk."""

    def __init__(self) -> None:
        self._buckets: dict[str, dict[str, StoredObject]] = {}
        self._lock = RLock()

    def buckets(self) -> list[str]:
        with self._lock:
            return sorted(self._buckets)

    def has_bucket(self, bucket: str) -> bool:
        return bucket in self._buckets

    def create_bucket(self, bucket: str) -> None:
        check_bucket(bucket)
        with self._lock:
            self._buckets.setdefault(bucket, {})

    def get(self, bucket: str, key: str) -> StoredObject | None:
        with self._lock:
            return self._buckets.get(bucket, {}).get(key)

    def put(
        self, bucket: str, key: str, content: bytes | Path, meta: Meta | None = None, *, replace: bool = True
    ) -> StoredObject:
        check_key(key)
        data = content if isinstance(content, bytes) else content.read_bytes()
        stored = StoredObject(bucket, key, etag(data), len(data), now_100ns(), complete(meta, key, data), data=data)
        with self._lock:
            objects = self._buckets.get(bucket)
            if objects is None:
                raise NoSuchBucket(bucket)
            if not replace and key in objects:
                raise ObjectExists(f"kodo://{bucket}/{key} exists")
            objects[key] = stored
        return stored

    def delete(self, bucket: str, key: str) -> bool:
        with self._lock:
            return self._buckets.get(bucket, {}).pop(key, None) is not None

    def keys(self, bucket: str) -> list[str]:
        with self._lock:
            return sorted(self._buckets.get(bucket, {}), key=str.encode)

    def clear(self) -> None:
        with self._lock:
            self._buckets.clear()

    def close(self) -> None:
        self.clear()
