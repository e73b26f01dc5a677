"""Opening a picture with care, and the edits that the image operations are made of."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageCms, ImageDraw, ImageFilter, ImageOps, UnidentifiedImageError

from .artifact import Artifact
from .errors import FopFailed, LimitExceeded
from .geometry import Canvas, Scaling, Size, rotated
from .limits import Limits
from .picture_colour import Colour
from .registry import Run

READABLE = ("JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "PSD", "AVIF")
"""Formats that are opened. Anything else Pillow could read, such as EPS or PDF, is refused."""

_ORIENTATION = 0x0112
_TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUARTER: dict[float, Image.Transpose] = {
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}


@dataclass
class Picture:
    """An opened picture; its pixels are read when :meth:`frames` is called.

    Attributes:
        fop, run: what it was opened for.
        image: Pillow's view of it.
        artifact: where it came from.
        format: Pillow's name of its format, such as ``JPEG``.
        size: width and height as stored.
        orientation: 1 to 8, from EXIF; 1 is upright.
        count: frames of an animated GIF or WebP, else 1.
        exif: its EXIF block, if there is one.
        icc: its colour profile, if it has one.
        durations: milliseconds each frame shows, once they were read.
    """

    fop: str
    run: Run
    image: Image.Image
    artifact: Artifact
    format: str
    size: Size
    orientation: int
    count: int
    exif: bytes
    icc: bytes | None
    durations: list[int] = field(default_factory=list[int])

    @property
    def upright(self) -> Size:
        """Width and height once turned upright."""
        return (self.size[1], self.size[0]) if self.orientation >= 5 else self.size

    def check(self, size: Size, *, every: bool = False) -> Size:
        """The size, unless a result of it (in every frame) would be too large.

        Raises:
            LimitExceeded: it would.
        """
        check_result(self.fop, size, self.run.limits, self.count if every else 1)
        return size

    @property
    def loop(self) -> int | None:
        """How often an animation repeats: 0 for ever, None once."""
        loop = self.image.info.get("loop")
        return None if loop is None or (self.format == "WEBP" and loop == 1) else int(loop)

    def reduce(self, target: Size, *, upright: bool) -> None:
        """Let a JPEG be decoded at a fraction of its size, as long as that is still twice ``target``."""
        if self.format == "JPEG":
            w, h = target[::-1] if upright and self.orientation >= 5 else target
            self.image.draft(None, (2 * w, 2 * h))

    def frames(self, edit: Callable[[Image.Image], Image.Image], *, every: bool) -> list[Image.Image]:
        """The edited frames: all of an animation if ``every``, else the first.

        Raises:
            LimitExceeded: the command has no time left.
        """
        done: list[Image.Image] = []
        for number in range(self.count if every else 1):
            self.run.seconds_left(self.fop)
            if self.count > 1:
                self.image.seek(number)
            self.image.load()
            self.durations.append(int(self.image.info.get("duration", 0)))
            done.append(edit(self._working(self.image)))
        return done

    def _working(self, image: Image.Image) -> Image.Image:
        """A copy in one of the modes that edits know: L, RGB or RGBA."""
        working = _to_rgb(image, self.icc) if image.mode == "CMYK" else _eight_bits(image)
        working.info = {}
        return working


def _eight_bits(image: Image.Image) -> Image.Image:
    mode = image.mode
    if mode in ("L", "RGB", "RGBA"):
        return image.convert("RGBA") if "transparency" in image.info else image.copy()
    if mode == "1":
        return image.convert("L")
    if mode.startswith("I"):
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if mode in ("LA", "La", "PA", "RGBa") or (mode == "P" and "transparency" in image.info):
        return image.convert("RGBA")
    return image.convert("RGB")


def _to_rgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    converted: Image.Image | None = None
    if profile:
        cms: Any = ImageCms
        try:
            ink, screen = cms.ImageCmsProfile(BytesIO(profile)), cms.createProfile("sRGB")
            converted = cms.profileToProfile(image, ink, screen, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            converted = None
    return image.convert("RGB") if converted is None else converted


@contextmanager
def opened(source: Artifact, fop: str, run: Run) -> Generator[Picture]:
    """Open a picture, and check its cost before a pixel is read.

    Raises:
        FopFailed: it is not a picture that can be read.
        LimitExceeded: it is too large.
    """
    limits = run.limits
    if source.size > limits.source_bytes:
        raise LimitExceeded(fop, f"the picture is larger than {limits.source_bytes} bytes")
    try:
        image = Image.open(BytesIO(source.data) if source.data is not None else source.file, formats=READABLE)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise LimitExceeded(fop, "the picture has too many pixels") from error
    except UnidentifiedImageError as error:
        raise FopFailed(fop, f"unsupported format: not a picture in {', '.join(READABLE)}") from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise FopFailed(fop, f"the picture cannot be read: {error}") from error
    with image:
        name = image.format or ""
        if max(image.size) > limits.source_side:
            raise LimitExceeded(fop, f"a picture of {_by(image.size)} has a side over {limits.source_side} pixels")
        if math.prod(image.size) > limits.source_pixels:
            raise LimitExceeded(fop, f"a picture of {_by(image.size)} has more than {limits.source_pixels} pixels")
        count = int(getattr(image, "n_frames", 1)) if name in ("GIF", "WEBP") else 1
        if count > limits.frames:
            raise LimitExceeded(fop, f"{count} frames are more than {limits.frames}")
        if count > 1 and count * math.prod(image.size) > limits.frame_pixels:
            raise LimitExceeded(fop, f"{count} frames of {_by(image.size)} are over {limits.frame_pixels} pixels")
        yield Picture(
            fop=fop,
            run=run,
            image=image,
            artifact=source,
            format=name,
            size=image.size,
            orientation=_orientation(image),
            count=count,
            exif=image.info.get("exif") or b"",
            icc=image.info.get("icc_profile"),
        )


def _orientation(image: Image.Image) -> int:
    # Pillow turns a TIFF upright by itself when it reads the pixels.
    if image.format == "TIFF":
        return 1
    try:
        value = image.getexif().get(_ORIENTATION, 1)
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, struct.error):
        return 1
    return value if value in _TRANSPOSE else 1


def _by(size: Size) -> str:
    return f"{size[0]}x{size[1]}"


def check_result(fop: str, size: Size, limits: Limits, frames: int = 1) -> None:
    """Refuse a result that would be too large, before it is made.

    Raises:
        LimitExceeded: a side, the area, or the area of all frames is over its limit.
    """
    if max(size) > limits.result_side:
        raise LimitExceeded(fop, f"a result of {_by(size)} has a side over {limits.result_side} pixels")
    if math.prod(size) > limits.result_pixels:
        raise LimitExceeded(fop, f"a result of {_by(size)} has more than {limits.result_pixels} pixels")
    if frames > 1 and frames * math.prod(size) > limits.frame_pixels:
        raise LimitExceeded(fop, f"{frames} frames of {_by(size)} are over {limits.frame_pixels} pixels")


def turn_upright(image: Image.Image, orientation: int) -> Image.Image:
    """Undo an EXIF orientation."""
    return image if orientation == 1 else image.transpose(_TRANSPOSE[orientation])


def resize(image: Image.Image, size: Size) -> Image.Image:
    """Scale to exactly ``size``."""
    return image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def fit(image: Image.Image, scaling: Scaling) -> Image.Image:
    """Scale, then crop."""
    image = resize(image, scaling.size)
    return image if scaling.crop is None else image.crop(scaling.crop)


def rotate(image: Image.Image, degrees: float, background: Colour) -> Image.Image:
    """Turn clockwise. The canvas grows to hold the picture; what it does not cover shows ``background``."""
    degrees %= 360
    if degrees == 0:
        return image
    if degrees in _QUARTER:
        return image.transpose(_QUARTER[degrees])
    red, green, blue, alpha = background
    image = image.convert("RGB" if image.mode != "RGBA" and alpha == 255 else "RGBA")
    channels = len(image.mode)
    # A frame of one pixel makes the edges soft. Pillow turns premultiplied colours, and takes the fill as one.
    framed = ImageOps.expand(image, 1, background[:channels])
    fill = (red * alpha // 255, green * alpha // 255, blue * alpha // 255, alpha)[:channels]
    turned = framed.rotate(-degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=fill)
    w, h = rotated(image.size, degrees)
    left, top = (turned.width - w) // 2, (turned.height - h) // 2
    return turned.crop((left, top, left + w, top + h))


def lay_on(image: Image.Image, canvas: Canvas, colour: Colour) -> Image.Image:
    """Put the picture on a larger (or smaller) canvas of one colour."""
    sheet = Image.new("RGBA", canvas.size, colour)
    layer = Image.new("RGBA", canvas.size, (0, 0, 0, 0))
    layer.paste(image.convert("RGBA"), canvas.at)
    if colour[3] == 0:
        return layer
    sheet.alpha_composite(layer)
    return sheet if colour[3] < 255 else sheet.convert("RGB")


def blur(image: Image.Image, radius: float, sigma: float) -> Image.Image:
    """Blur by a Gaussian of ``sigma`` that is cut off at ``radius``; sigma 0 leaves the picture as it is."""
    if sigma == 0 or radius == 0:
        return image
    if radius >= 2 * sigma:
        return image.filter(ImageFilter.GaussianBlur(sigma))
    if radius <= sigma:
        return image.filter(ImageFilter.BoxBlur(radius))
    weights = {k: math.exp(-(k**2) / (2 * sigma**2)) for k in range(-int(radius), int(radius) + 1)}
    spread = math.sqrt(sum(k**2 * weight for k, weight in weights.items()) / sum(weights.values()))
    return image.filter(ImageFilter.GaussianBlur(spread))


def sharpen(image: Image.Image) -> Image.Image:
    """Sharpen a little."""
    return image.filter(ImageFilter.UnsharpMask(radius=1, percent=100, threshold=0))


def flatten(image: Image.Image) -> Image.Image:
    """Without transparency: what shows through is white."""
    if image.mode != "RGBA":
        return image
    sheet = Image.new("RGB", image.size, "white")
    sheet.paste(image, mask=image.getchannel("A"))
    return sheet


def fade(layer: Image.Image, dissolve: int | None) -> Image.Image:
    """An RGBA layer at ``dissolve`` percent of its opacity."""
    layer = layer.convert("RGBA")
    if dissolve is not None and dissolve < 100:
        layer.putalpha(layer.getchannel("A").point([(value * dissolve + 50) // 100 for value in range(256)]))
    return layer


def overlay(image: Image.Image, layer: Image.Image, at: tuple[int, int]) -> Image.Image:
    """Lay an RGBA layer over a picture; what hangs over the edge is lost."""
    sheet = image.convert("RGB") if image.mode == "L" else image.copy()
    if sheet.mode != "RGBA":
        sheet.paste(layer, at, layer)
        return sheet
    left, top = max(at[0], 0), max(at[1], 0)
    right, bottom = min(at[0] + layer.width, sheet.width), min(at[1] + layer.height, sheet.height)
    if left < right and top < bottom:
        visible = layer.crop((left - at[0], top - at[1], right - at[0], bottom - at[1]))
        sheet.alpha_composite(visible, (left, top))
    return sheet


def round_corners(image: Image.Image, rx: float, ry: float) -> Image.Image:
    """Make everything outside quarter ellipses of radii ``rx`` and ``ry`` at the corners transparent."""
    image = image.convert("RGBA")
    cw, ch = math.ceil(rx), math.ceil(ry)
    if not cw or not ch:
        return image
    scale = 4 if cw * ch <= 4_000_000 else 1
    corner = Image.new("L", (cw * scale, ch * scale), 0)
    ImageDraw.Draw(corner).ellipse((0, 0, 2 * rx * scale - 1, 2 * ry * scale - 1), fill=255)
    corner = corner.resize((cw, ch), Image.Resampling.BOX)
    mask = Image.new("L", image.size, 255)
    flip, mirror = Image.Transpose.FLIP_TOP_BOTTOM, Image.Transpose.FLIP_LEFT_RIGHT
    right, bottom = image.width - cw, image.height - ch
    for layer, (x, y) in (
        (corner, (0, 0)),
        (corner.transpose(mirror), (right, 0)),
        (corner.transpose(flip), (0, bottom)),
        (corner.transpose(Image.Transpose.ROTATE_180), (right, bottom)),
    ):
        # Halves of an odd side share a row or column: the darker one counts.
        box = (x, y, x + cw, y + ch)
        mask.paste(ImageChops.darker(mask.crop(box), layer), box)
    image.putalpha(ImageChops.multiply(image.getchannel("A"), mask))
    return image
