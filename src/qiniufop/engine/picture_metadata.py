"""EXIF blocks: what of one is kept, and what is in one."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from io import BytesIO
from typing import Any, NamedTuple

from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational, ImageFileDirectory_v2

_ORIENTATION = 0x0112
_EXIF, _GPS = 0x8769, 0x8825
_HEADER = b"Exif\0\0"
_DAMAGED = (OSError, ValueError, SyntaxError, KeyError, TypeError, AttributeError, struct.error)


class Tag(NamedTuple):
    """One EXIF entry: its name, the TIFF number of its type, and its value as text."""

    name: str
    type: int
    value: str


def kept_exif(
    exif: bytes, *, strip: bool, keep: Iterable[str] = (), retain: Iterable[str] | None = None, upright: bool = False
) -> bytes:
    """The EXIF block a result carries; empty for none.

    Args:
        exif: the source's block.
        strip: drop everything but ``keep``.
        keep: ``exif`` for the whole block, or names of tags such as ``UserComment``.
        retain: names of the only tags to keep, such as ``Exif.Image.ApertureValue``; goes before the others.
        upright: say that the picture needs no turning.
    """
    if not exif:
        return b""
    block = Image.Exif()
    try:
        block.load(exif)
        if retain is not None:
            block = _only(block, {name.rpartition(".")[2] for name in retain})
        elif strip and "exif" not in keep:
            block = _only(block, set(keep))
        elif not upright:
            return exif
        if upright and _ORIENTATION in block:
            block[_ORIENTATION] = 1
        return block.tobytes() if len(block) else b""
    except _DAMAGED:
        return b""


def _only(block: Image.Exif, names: set[str]) -> Image.Exif:
    kept = Image.Exif()
    for tag, value in block.items():
        if ExifTags.TAGS.get(tag) in names:
            kept[tag] = value
    for pointer, table in ((_EXIF, ExifTags.TAGS), (_GPS, ExifTags.GPSTAGS)):
        inner = {tag: value for tag, value in block.get_ifd(pointer).items() if table.get(tag) in names}
        if inner:
            kept[pointer] = inner
    return kept


def tags(exif: bytes) -> list[Tag]:
    """Everything in an EXIF block that has a name, in its order.

    Raises:
        ValueError: the block is damaged.
    """
    stream = BytesIO(exif.removeprefix(_HEADER))
    try:
        head = stream.read(8)
        main = _directory(stream, head, ImageFileDirectory_v2(head).next)
        found = _named(main, ExifTags.TAGS)
        for pointer, table in ((_EXIF, ExifTags.TAGS), (_GPS, ExifTags.GPSTAGS)):
            if pointer in main:
                found += _named(_directory(stream, head, main[pointer]), table)
    except _DAMAGED as error:
        raise ValueError(f"the EXIF data is damaged: {error}") from error
    return found


def _directory(stream: BytesIO, head: bytes, offset: int) -> ImageFileDirectory_v2:
    directory = ImageFileDirectory_v2(head)
    stream.seek(offset)
    directory.load(stream)
    return directory


def _named(directory: ImageFileDirectory_v2, table: dict[int, str]) -> list[Tag]:
    return [
        Tag(table[tag], directory.tagtype[tag], _text(value))
        for tag, value in directory.items()
        if tag in table and tag not in (_EXIF, _GPS)
    ]


def _text(value: Any) -> str:
    items: Any = value
    if isinstance(value, tuple):
        return ", ".join(map(_text, items))
    if isinstance(value, bytes):
        # A user comment begins with eight bytes that name its character set.
        value = value[8:] if value[:8] in (b"ASCII\0\0\0", b"UNICODE\0", b"JIS\0\0\0\0\0") else value
        value = value.decode("utf-8", "replace")
    if isinstance(value, IFDRational):
        return f"{value.numerator}/{value.denominator}" if value.denominator != 1 else str(value.numerator)
    return str(value).rstrip("\0").strip()
