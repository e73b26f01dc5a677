"""mkzip: several files in one archive."""

from __future__ import annotations

import re
import zipfile
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from .artifact import Artifact
from .errors import FopFailed, LimitExceeded
from .pieces import chunks
from .registry import Run, handles

_UTF8_FLAG = 0x800
# The oldest time a zip can hold: equal inputs give equal archives.
_TIME = (1980, 1, 1, 0, 0, 0)
_INDEX_BYTES = 8 * 1024 * 1024
_INDEX_LINE = re.compile(r"/?url/([^/\s]+)(?:/alias/([^/\s]+))?/?")
_DRIVE = re.compile(r"[A-Za-z]:")


class Entry(NamedTuple):
    """One file to pack: where it is found, and its name in the archive."""

    url: str
    name: str


class _Info(zipfile.ZipInfo):
    """A member whose name is written in GBK, which the unzip program built into Chinese Windows expects."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self.filename.encode("gbk"), self.flag_bits & ~_UTF8_FLAG


@handles("mkzip")
def mkzip(op: Any, source: Artifact, run: Run) -> Artifact:
    """Pack files named in the command (mode 2) or in the source (mode 4)."""
    if op.mode == 2:
        entries = [_entry(file.url, file.alias) for file in op.files]
    else:
        entries = list(_index(source))
    if len(entries) > run.limits.zip_entries:
        raise LimitExceeded("mkzip", f"{len(entries)} files are more than {run.limits.zip_entries}")
    _check(entries, op.encoding or "utf-8")
    target = run.workdir / "mkzip.zip"
    _pack(target, entries, _Info if op.encoding == "gbk" else zipfile.ZipInfo, run)
    return Artifact("application/zip", path=target, name="out.zip")


def _entry(url: str, alias: str | None) -> Entry:
    return Entry(url, alias or unquote(urlsplit(url).path).rpartition("/")[2])


def _index(source: Artifact) -> Iterator[Entry]:
    """The lines of an index file: ``/url/<base64>[/alias/<base64>]`` each."""
    if source.size > _INDEX_BYTES:
        raise LimitExceeded("mkzip", f"the index is larger than {_INDEX_BYTES} bytes")
    try:
        text = source.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FopFailed("mkzip", "the source is not an index: it is not text in UTF-8") from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _INDEX_LINE.fullmatch(line.strip())
        if match is None:
            raise FopFailed("mkzip", f"line {number} of the index is not /url/<base64>[/alias/<base64>]: {line[:80]!r}")
        yield _entry(_plain(match[1], number), _plain(match[2], number) if match[2] else None)


def _plain(text: str, number: int) -> str:
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (Base64Error, ValueError) as error:
        raise FopFailed("mkzip", f"line {number} of the index holds no URL-safe base64: {text[:80]!r}") from error


def _check(entries: Iterable[Entry], encoding: str) -> None:
    seen: set[str] = set()
    for _, name in entries:
        parts = name.split("/")
        if "\\" in name or "\0" in name or _DRIVE.match(name) or any(part in ("", ".", "..") for part in parts):
            raise FopFailed("mkzip", f"{name!r} cannot be a name in an archive: it must be a relative path")
        try:
            name.encode(encoding)
        except UnicodeEncodeError as error:
            raise FopFailed("mkzip", f"{name!r} cannot be written in {encoding}") from error
        if name in seen:
            raise FopFailed("mkzip", f"two files would be called {name!r}: give one of them another alias")
        seen.add(name)
    if not seen:
        raise FopFailed("mkzip", "there is nothing to pack")


def _pack(target: Path, entries: list[Entry], member_type: type[zipfile.ZipInfo], run: Run) -> None:
    written = 0
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        for number, (url, name) in enumerate(entries):
            content = run.resolve(url)
            if not content.size:
                raise FopFailed("mkzip", f"{url!r} is empty, and empty files cannot be packed")
            info = member_type(name, _TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            with archive.open(info, "w", force_zip64=content.size >= 0x7000_0000) as member:
                for chunk in chunks(content):
                    run.seconds_left("mkzip")
                    written += len(chunk)
                    if written > run.limits.result_bytes:
                        raise LimitExceeded("mkzip", f"the files are larger than {run.limits.result_bytes} bytes")
                    member.write(chunk)
            if run.progress is not None:
                run.progress((number + 1) / len(entries))
