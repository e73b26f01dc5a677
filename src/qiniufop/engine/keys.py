"""Hashes and names the service gives to objects."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from hashlib import sha1
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

BLOCK = 4 * 1024 * 1024
"""Objects longer than this are hashed in blocks of this length."""

_VARIABLE = re.compile(r"\$(?:\(([^()]*)\)|\{([^{}]*)\})")


def etag(content: bytes | Path | BinaryIO) -> str:
    """The service's hash of a content: 28 characters, ``F...`` up to 4 MiB, ``l...`` above."""
    if isinstance(content, bytes):
        return etag(BytesIO(content))
    if isinstance(content, Path):
        with content.open("rb") as file:
            return etag(file)
    blocks = [sha1(block).digest() for block in _blocks(content)]
    if len(blocks) > 1:
        return _b64(b"\x96" + sha1(b"".join(blocks)).digest())
    return _b64(b"\x16" + (blocks[0] if blocks else sha1().digest()))


def default_key(command: str, source_etag: str) -> str:
    """The key of an output nobody named: it follows from the command's text and the source's content alone."""
    return f"{_b64(sha1(command.encode()).digest())}/{source_etag}"


def expand(template: str, value: Callable[[str], str | None]) -> str:
    """``template`` with each ``$(name)`` and ``${name}`` replaced.

    Args:
        value: gives a variable's text, or None for an unknown one, which is left as written.
    """

    def replace(match: re.Match[str]) -> str:
        text = value(match[1] if match[1] is not None else match[2])
        return match[0] if text is None else text

    return _VARIABLE.sub(replace, template)


def input_variables(
    bucket: str, key: str, etag: str, size: int, mime: str, *, fname: str = "", end_user: str = ""
) -> Mapping[str, str]:
    """The variables that describe an object: ``bucket key etag fname fsize mimeType endUser ext fprefix keybase``.

    Args:
        fname: the name of the file that was uploaded; without it the last part of the key.
    """
    base = key.rpartition("/")[2]
    fname = fname or base
    stem, dot, ext = fname.rpartition(".")
    return {
        "bucket": bucket,
        "key": key,
        "etag": etag,
        "fname": fname,
        "fsize": str(size),
        "mimeType": mime,
        "endUser": end_user,
        "ext": dot + ext if stem else "",
        "fprefix": stem or fname,
        "keybase": base,
    }


def output_variables(etag: str, at: datetime) -> Mapping[str, str]:
    """The variables that describe a result: ``etag year mon day hour min sec``."""
    names = {"year": "%Y", "mon": "%m", "day": "%d", "hour": "%H", "min": "%M", "sec": "%S"}
    return {"etag": etag, **{name: at.strftime(code) for name, code in names.items()}}


def _blocks(file: BinaryIO) -> Iterable[bytes]:
    while block := file.read(BLOCK):
        yield block


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).decode()
