"""Writing pictures: format, quality, palette, metadata, animations."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

from PIL import Image

from .artifact import Artifact
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .picture import Picture, flatten
from .picture_metadata import kept_exif


class Format(NamedTuple):
    """A format that can be written."""

    pillow: str
    extension: str
    mime: str
    alpha: bool


_JPEG = Format("JPEG", "jpg", "image/jpeg", False)
_FORMATS = {
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "png": Format("PNG", "png", "image/png", True),
    "gif": Format("GIF", "gif", "image/gif", True),
    "webp": Format("WEBP", "webp", "image/webp", True),
    "bmp": Format("BMP", "bmp", "image/bmp", False),
    "tiff": Format("TIFF", "tiff", "image/tiff", True),
    "avif": Format("AVIF", "avif", "image/avif", True),
}
_BY_PILLOW = {entry.pillow: entry for entry in _FORMATS.values()}
_ANIMATED = {"GIF", "WEBP"}
_DEFAULT_QUALITY = {"AVIF": 50}
_CAREFUL_PIXELS = 2_000_000
_SIZE = re.compile(r"(\d+)([kKmM]?)(!?)|\$\(fsize\)(!?)", re.ASCII)

# The luminance table of the JPEG standard. Its order does not matter here.
_LUMINANCE = (
    *(16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99),
)


@dataclass(frozen=True)
class Encoding:
    """How a result is written; None is the service's default.

    Attributes:
        format: as on the wire; None or ``copy`` keeps the source's.
        quality: 1 to 100, with a trailing ``!`` to force it.
        default_quality: what is used when none is asked for; 0 keeps that of a JPEG source.
        interlace: write a progressive JPEG.
        colors: size of the palette, for a GIF source or a PNG result.
        strip: drop all metadata.
        density: dots per inch to write.
        keep_metadata: what ``strip`` leaves all the same: ``icc``, ``exif`` or names of EXIF tags.
        retain_exif: names of the only EXIF tags to keep.
        size_limit: bytes a JPEG may take, as on the wire.
    """

    format: str | None = None
    quality: str | None = None
    default_quality: int = 75
    interlace: bool = False
    colors: int | None = None
    strip: bool = False
    density: int | None = None
    keep_metadata: tuple[str, ...] | None = None
    retain_exif: tuple[str, ...] | None = None
    size_limit: str | None = None


def target_format(picture: Picture, wire: str | None) -> Format:
    """The format a result is written in.

    Raises:
        UnsupportedFopError: it cannot be written here.
    """
    if wire is None or wire.lower() == "copy":
        # The service turns what browsers do not show into JPEG.
        return _JPEG if picture.format in ("PSD", "AVIF") else _BY_PILLOW[picture.format]
    found = _FORMATS.get(wire.lower())
    if found is None:
        raise UnsupportedFopError(picture.fop, f"{wire} pictures cannot be written", "format")
    return found


def is_animated(picture: Picture, target: Format) -> bool:
    """Whether the result shows every frame of the source."""
    return picture.count > 1 and target.pillow in _ANIMATED


def jpeg_quality(tables: dict[int, Sequence[int]]) -> int:
    """The quality, 1 to 100, whose standard luminance table is nearest to a JPEG's own.

    Exact for files written with the tables of the JPEG standard, as libjpeg does.
    """
    own = sum(tables[min(tables)])
    return min(range(100, 0, -1), key=lambda quality: abs(_table_sum(quality) - own))


def _table_sum(quality: int) -> int:
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    return sum(min(max((value * scale + 50) // 100, 1), 255) for value in _LUMINANCE)


def result_quality(asked: str | None, default: int, own: int | None, source_area: int, area: int) -> int:
    """The quality a result is written with.

    Args:
        asked: 1 to 100, with a trailing ``!`` to force it; None for ``default``.
        default: 1 to 100; 0 keeps the source's.
        own: quality of a JPEG source, else None.
        source_area, area: pixels of the source and of the result: a smaller picture may be better.
    """
    if asked is not None and asked.endswith("!"):
        return _quality(asked[:-1])
    wanted = _quality(asked) if asked is not None else default or own or 92
    if own is None:
        return wanted
    corrected = math.floor(own * math.sqrt(source_area / area))
    return max(1, min(wanted, min(corrected, 90) if own <= 90 else corrected))


def _quality(text: str) -> int:
    value = int(text) if text.isdecimal() else 0
    if not 1 <= value <= 100:
        raise ValueError(f"quality {text!r} is out of range: expected 1 to 100")
    return value


def save(
    picture: Picture, frames: Sequence[Image.Image], target: Format, how: Encoding, *, turned: bool = False
) -> Artifact:
    """Write the edited frames of a picture.

    Args:
        turned: whether the picture was turned upright, so that its EXIF must say so.

    Raises:
        FopFailed: the size limit cannot be read.
        LimitExceeded: the result is too large.
    """
    saving = _Saving(picture, frames, target, how, turned)
    data = saving.write(saving.options)
    if how.size_limit is not None:
        limited = saving.within(data, how.size_limit)
        if limited is None:
            return picture.artifact
        data = limited
    if len(data) > picture.run.limits.result_bytes:
        raise LimitExceeded(picture.fop, f"the result is larger than {picture.run.limits.result_bytes} bytes")
    return Artifact(target.mime, data=data, name=f"out.{target.extension}", notes=tuple(saving.notes))


class _Saving:
    """One result on its way to bytes."""

    def __init__(
        self, picture: Picture, frames: Sequence[Image.Image], target: Format, how: Encoding, turned: bool
    ) -> None:
        self.picture, self.target, self.how, self.turned = picture, target, how, turned
        self.notes: list[str] = []
        self.frames = self._prepared(frames)
        self.options = {**self._look(), **self._metadata(), **self._animation()}

    def write(self, options: dict[str, Any]) -> bytes:
        stream = BytesIO()
        self.frames[0].save(stream, self.target.pillow, **options)
        return stream.getvalue()

    def _prepared(self, frames: Sequence[Image.Image]) -> list[Image.Image]:
        if self.target.pillow == "GIF" or (self.target.pillow == "PNG" and self.how.colors):
            # Without being asked, the service gives a GIF that was one before 128 colours.
            colors = self.how.colors or (128 if self.picture.format == "GIF" else 256)
            # The careful method takes about half a second a megapixel, the quick one a hundredth of that.
            careful = len(frames) * math.prod(frames[0].size) <= _CAREFUL_PIXELS
            method = Image.Quantize.MEDIANCUT if careful else Image.Quantize.FASTOCTREE
            return [_with_palette(frame, colors, method, soft=self.target.pillow == "PNG") for frame in frames]
        return list(frames) if self.target.alpha else [flatten(frame) for frame in frames]

    def _look(self) -> dict[str, Any]:
        """Quality and the order of the bytes."""
        options: dict[str, Any] = {}
        if self.target.pillow in ("JPEG", "WEBP", "AVIF"):
            default = self.how.default_quality
            if default:
                default = _DEFAULT_QUALITY.get(self.target.pillow, default)
            area, source = math.prod(self.frames[0].size), math.prod(self.picture.size)
            options["quality"] = result_quality(self.how.quality, default, _own_quality(self.picture), source, area)
        if self.how.interlace and self.target.pillow == "JPEG":
            options["progressive"] = True
        elif self.how.interlace and self.target.pillow == "PNG":
            self.notes.append("interlace: PNG is written without interlacing")
        return options

    def _metadata(self) -> dict[str, Any]:
        options: dict[str, Any] = {}
        how, picture, format = self.how, self.picture, self.target.pillow
        keep = how.keep_metadata or ()
        if format in ("JPEG", "PNG", "WEBP", "AVIF", "TIFF"):
            upright = self.turned and picture.orientation > 1
            options["exif"] = kept_exif(
                picture.exif, strip=how.strip, keep=keep, retain=how.retain_exif, upright=upright
            )
            if self._profile_fits() and (not how.strip or "icc" in keep):
                options["icc_profile"] = picture.icc
        if format == "JPEG":
            options["comment"] = b"" if how.strip else picture.image.info.get("comment", b"")
        if format in ("JPEG", "PNG", "TIFF", "BMP"):
            dpi = (how.density, how.density) if how.density else picture.image.info.get("dpi")
            if dpi:
                options["dpi"] = dpi
        elif how.density:
            self.notes.append(f"density: {self.target.extension} has no place for it")
        return options

    def _profile_fits(self) -> bool:
        """A profile says what kind of colours it is for, and an edit may have changed the kind."""
        kind = b"GRAY" if self.frames[0].mode == "L" else b"RGB "
        return self.picture.icc is not None and self.picture.image.mode != "CMYK" and self.picture.icc[16:20] == kind

    def _animation(self) -> dict[str, Any]:
        if not is_animated(self.picture, self.target):
            return {}
        options: dict[str, Any] = {"save_all": True, "append_images": self.frames[1:]}
        options["duration"] = self.picture.durations
        if self.target.pillow == "WEBP":
            options["loop"] = 1 if self.picture.loop is None else self.picture.loop
        elif self.picture.loop is not None:
            options["loop"] = self.picture.loop
        if self.target.pillow == "GIF" and any(frame.mode == "RGBA" for frame in self.frames):
            options["disposal"] = 2
        return options

    def within(self, data: bytes, text: str) -> bytes | None:
        """The result within ``size-limit``, or None where the source is to be returned instead."""
        match = _SIZE.fullmatch(text)
        if match is None:
            reason = f"size-limit {text!r} is not a size: expected a form like 15k, 2M! or $(fsize)"
            raise FopFailed(self.picture.fop, reason)
        number, unit, hard, hard_fsize = match.groups()
        source = self.picture.artifact.size
        limit = int(number) * {"": 1, "k": 1024, "m": 1024**2}[unit.lower()] if number else source
        if self.target.pillow == "JPEG":
            data = self._smaller(data, limit)
        else:
            self.notes.append(f"size-limit acts on jpg results only, and this one is {self.target.extension}")
        return None if (hard or hard_fsize) and len(data) > source else data

    def _smaller(self, data: bytes, limit: int) -> bytes:
        """The best quality up to the one asked for that fits; the smallest result where none does."""
        if len(data) <= limit:
            return data
        best: bytes | None = None
        low, high = 1, self.options["quality"] - 1
        while low <= high:
            self.picture.run.seconds_left(self.picture.fop)
            middle = (low + high) // 2
            tried = self.write(self.options | {"quality": middle})
            if len(tried) <= limit:
                best, low = tried, middle + 1
            else:
                high = middle - 1
        return self.write(self.options | {"quality": 1}) if best is None else best


def _with_palette(frame: Image.Image, colors: int, method: Image.Quantize, *, soft: bool) -> Image.Image:
    if frame.mode != "RGBA":
        return frame.convert("RGB").quantize(colors, method, dither=Image.Dither.NONE)
    if soft:
        return frame.quantize(colors, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    # A GIF's pixels are opaque or not. The palette is left to Pillow: one made here would lose the transparent entry.
    frame = frame.copy()
    frame.putalpha(frame.getchannel("A").point([255 if value >= 128 else 0 for value in range(256)]))
    return frame


def _own_quality(picture: Picture) -> int | None:
    tables: dict[int, Sequence[int]] | None = getattr(picture.image, "quantization", None)
    return jpeg_quality(tables) if tables and picture.format == "JPEG" else None
