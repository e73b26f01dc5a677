"""Objects as files in a folder that a person can read and change.

``ROOT/BUCKET/KEY`` wherever the key is a path that every system can hold; every other key, hostile ones included, is
``ROOT/BUCKET/.keys/SHA1(KEY)`` with its extension. Files that someone puts into a bucket's directory are objects, too.
What the files cannot say (MIME types, hashes, the keys behind ``.keys``) is in ``ROOT/.qiniufop/objects.sqlite``.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import stat
import unicodedata
from dataclasses import astuple
from hashlib import sha1
from pathlib import Path
from threading import RLock
from uuid import uuid4

from ..engine.keys import etag
from .store import (
    BadName,
    Meta,
    NoSuchBucket,
    ObjectExists,
    ObjectStore,
    StoredObject,
    StoreError,
    StoreInUse,
    check_bucket,
    check_key,
    complete,
    now_100ns,
    visible_files,
)

OWN = ".qiniufop"
"""The directory in the root that holds the index, jobs and content on its way in."""
HASHED = ".keys"
"""The directory in a bucket for keys that are no path."""

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*\\]')
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?\Z", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, path TEXT NOT NULL, folded TEXT NOT NULL,
    hash TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, put_time INTEGER NOT NULL,
    mime TEXT NOT NULL, days INTEGER, fname TEXT NOT NULL, end_user TEXT NOT NULL, own INTEGER NOT NULL,
    PRIMARY KEY (bucket, key)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_path ON objects (bucket, folded);
"""


def readable(key: str) -> bool:
    """Whether a key can be a path below a bucket's directory on every system, and reads the same there."""
    parts = key.split("/")
    return (
        len(key.encode()) <= 200
        and not _UNSAFE.search(key)
        and unicodedata.is_normalized("NFC", key)
        and all(p and p[0] != "." and p[-1] not in ". " and not _RESERVED.match(p) for p in parts)
    )


def hashed(key: str) -> str:
    """The path of a key that is not :func:`readable`. The extension is kept, so that programs open the file."""
    extension = _EXTENSION.search(key)
    return f"{HASHED}/{sha1(key.encode()).hexdigest()}{extension[0].lower() if extension else ''}"


class FolderStore(ObjectStore):
    """Objects in ``root``, which is made if it is missing.

    Raises:
        StoreInUse: another server works in the same folder.
        StoreError: the folder cannot be made or used.
    """

    def __init__(self, root: str | os.PathLike[str]) -> None:
        self.root = Path(root).resolve()
        self._own = self.root / OWN
        self._incoming = self._own / "incoming"
        self._lock = RLock()
        try:
            shutil.rmtree(self._incoming, ignore_errors=True)
            self._incoming.mkdir(parents=True)
        except OSError as error:
            raise StoreError(f"cannot keep objects in {str(self.root)!r}: {error}") from error
        # One connection under a lock: a thread per HTTP connection would otherwise leave one open each.
        self._index = sqlite3.connect(
            self._own / "objects.sqlite", timeout=0.2, check_same_thread=False, isolation_level=None
        )
        try:
            # Held for the life of the store, so that a second server is told instead of undoing our work.
            self._index.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._index.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; " + _SCHEMA)
            self._index.execute("BEGIN EXCLUSIVE")
            self._index.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._index.close()
            raise StoreInUse(f"another server works in {str(self.root)!r}: stop it, or give another folder") from error

    @property
    def staging(self) -> Path:
        return self._incoming

    def buckets(self) -> list[str]:
        return sorted(name for name in os.listdir(self.root) if self.has_bucket(name))

    def has_bucket(self, bucket: str) -> bool:
        try:
            check_bucket(bucket)
        except BadName:
            return False
        folder = self.root / bucket
        return folder.is_dir() and not folder.is_symlink()

    def create_bucket(self, bucket: str) -> None:
        check_bucket(bucket)
        if self.has_bucket(bucket):
            return
        try:
            (self.root / bucket).mkdir()
        except FileExistsError:
            raise BadName(f"{bucket!r} cannot be a bucket: {str(self.root)!r} has a file of that name") from None

    def get(self, bucket: str, key: str) -> StoredObject | None:
        with self._lock:
            row = self._index.execute(
                "SELECT path, hash, size, mtime_ns, put_time, mime, days, fname, end_user"
                " FROM objects WHERE bucket = ? AND key = ?",
                (bucket, key),
            ).fetchone()
            if row is None:
                return self._adopt(bucket, key)
            path, hash_, size, mtime_ns, put_time, mime, days, fname, end_user = row
            state = self._state(bucket, path)
            if state is None:
                self._forget(bucket, key)
                return None
            file = self.root / bucket / path
            if (state.st_size, state.st_mtime_ns) != (size, mtime_ns):
                return self._record(bucket, key, path, etag(file), Meta("", days, fname, end_user))
            return StoredObject(bucket, key, hash_, size, put_time, Meta(mime, days, fname, end_user), path=file)

    def put(
        self, bucket: str, key: str, content: bytes | Path, meta: Meta | None = None, *, replace: bool = True
    ) -> StoredObject:
        check_key(key)
        incoming = self._incoming / uuid4().hex
        try:
            if isinstance(content, bytes):
                incoming.write_bytes(content)
            elif content.is_relative_to(self._incoming):
                content.replace(incoming)
            else:
                shutil.copyfile(content, incoming)
            hash_, meta = etag(incoming), complete(meta, key, incoming)
            with self._lock:
                if not self.has_bucket(bucket):
                    raise NoSuchBucket(bucket)
                if not replace and self.get(bucket, key) is not None:
                    raise ObjectExists(f"kodo://{bucket}/{key} exists")
                path = self._place(bucket, key)
                target = self.root / bucket / path
                target.parent.mkdir(parents=True, exist_ok=True)
                incoming.replace(target)
                return self._record(bucket, key, path, hash_, meta, own=True)
        finally:
            incoming.unlink(missing_ok=True)

    def delete(self, bucket: str, key: str) -> bool:
        with self._lock:
            found = self.get(bucket, key)
            if found is None or found.path is None:
                return False
            found.path.unlink()
            self._forget(bucket, key)
            self._prune(found.path.parent, self.root / bucket)
            return True

    def keys(self, bucket: str) -> list[str]:
        with self._lock:
            if not self.has_bucket(bucket):
                return []
            rows = self._index.execute("SELECT key, path FROM objects WHERE bucket = ?", (bucket,)).fetchall()
            known = {path for _, path in rows}
            keys = {key for key, path in rows if self._state(bucket, path) is not None}
            keys.update(p for p in visible_files(self.root / bucket) if p not in known and self.get(bucket, p))
        return sorted(keys, key=str.encode)

    def clear(self) -> None:
        # Only what the server stored: a root may hold files, and whole projects, that are somebody's own.
        with self._lock:
            for bucket, key in self._index.execute("SELECT bucket, key FROM objects WHERE own").fetchall():
                self.delete(bucket, key)
            for bucket in self.buckets():
                if not any((self.root / bucket).iterdir()):
                    (self.root / bucket).rmdir()
            self._index.execute("DELETE FROM objects")

    def close(self) -> None:
        with self._lock:
            self._index.close()
            shutil.rmtree(self._incoming, ignore_errors=True)

    def _state(self, bucket: str, path: str) -> os.stat_result | None:
        """What the file is, if it is a plain file that no link leads out of the bucket."""
        base = self.root / bucket
        try:
            state = (base / path).lstat()
            inside = "/" not in path or (base / path).parent.resolve().is_relative_to(base)
        except OSError:
            return None
        return state if stat.S_ISREG(state.st_mode) and inside else None

    def _adopt(self, bucket: str, key: str) -> StoredObject | None:
        """Take a file that someone put there by hand."""
        if not self.has_bucket(bucket) or not readable(key) or self._state(bucket, key) is None:
            return None
        file = self.root / bucket / key
        # A system that ignores case would show one file under many keys.
        if file.name not in os.listdir(file.parent) or self._owner(bucket, key) not in (None, key):
            return None
        return self._record(bucket, key, key, etag(file), Meta())

    def _place(self, bucket: str, key: str) -> str:
        """The path to store a key at: its own if that is free and possible, else a hashed one."""
        base = self.root / bucket
        if not readable(key) or self._owner(bucket, key) not in (None, key) or (base / key).is_dir():
            return hashed(key)
        for parent in (base / key).parents:
            if parent == base:
                break
            if parent.is_symlink() or (parent.exists() and not parent.is_dir()):
                return hashed(key)
        return hashed(key) if (base / key).is_symlink() else key

    def _owner(self, bucket: str, path: str) -> str | None:
        """The key whose file a path is, on systems that ignore case, too."""
        row = self._index.execute(
            "SELECT key FROM objects WHERE bucket = ? AND folded = ?", (bucket, _fold(path))
        ).fetchone()
        return None if row is None else str(row[0])

    def _record(self, bucket: str, key: str, path: str, hash_: str, meta: Meta, own: bool = False) -> StoredObject:
        file = self.root / bucket / path
        state, meta, put_time = file.stat(), complete(meta, key, file), now_100ns()
        self._index.execute(
            "INSERT OR REPLACE INTO objects VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (bucket, key, path, _fold(path), hash_, state.st_size, state.st_mtime_ns, put_time, *astuple(meta), own),
        )
        return StoredObject(bucket, key, hash_, state.st_size, put_time, meta, path=file)

    def _forget(self, bucket: str, key: str) -> None:
        self._index.execute("DELETE FROM objects WHERE bucket = ? AND key = ?", (bucket, key))

    @staticmethod
    def _prune(directory: Path, base: Path) -> None:
        """Remove directories that a deletion left empty."""
        while directory != base and not any(directory.iterdir()):
            directory.rmdir()
            directory = directory.parent


def _fold(path: str) -> str:
    return unicodedata.normalize("NFC", path.casefold())
