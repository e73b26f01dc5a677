"""imageView2, imageMogr2 and their predecessors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from PIL import Image

from . import geometry, picture
from .artifact import Artifact
from .errors import FopFailed, UnsupportedFopError
from .geometry import Scaling
from .picture import Picture, opened
from .picture_colour import WHITE, Colour, colour
from .picture_save import Encoding, Format, is_animated, save, target_format
from .registry import Run

Step = tuple[str, Any]

_SETTINGS = {
    *("strip", "gravity", "format", "colors", "interlace", "background", "bordercolor", "quality", "density"),
    *("meta_keep_list", "exif_retain_names", "size_limit", "ignore_error", "heic_exif"),
}
_LEGACY_QUALITY = 85


def view2(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``imageView2``."""
    with opened(source, "imageView2", run) as before:
        scaling = geometry.image_view2(op.mode, op.w, op.h, before.upright)
        how = Encoding(format=op.format, quality=_text(op.q), interlace=bool(op.interlace), colors=op.colors)
        return _scale(before, scaling, how)


def view(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``imageView``."""
    for option in ("sharpen", "watermark"):
        if getattr(op, option):
            raise UnsupportedFopError("imageView", "it went out of use before it was described", option)
    with opened(source, "imageView", run) as before:
        scaling = geometry.image_view(op.mode, op.w, op.h, before.upright)
        how = Encoding(format=op.format, quality=_text(op.q or op.quality), default_quality=_LEGACY_QUALITY)
        return _scale(before, scaling, how)


def _scale(before: Picture, scaling: Scaling, how: Encoding) -> Artifact:
    target = target_format(before, how.format)
    every = is_animated(before, target)
    before.check(scaling.size, every=every)
    before.reduce(scaling.size, upright=True)
    frames = before.frames(
        lambda image: picture.fit(picture.turn_upright(image, before.orientation), scaling), every=every
    )
    return save(before, frames, target, how, turned=True)


def mogr(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``imageMogr``, whose first revision leaves a GIF alone."""
    steps = tuple((key, _proportional(value) if key == "thumbnail" else value) for key, value in op.steps)
    with opened(source, "imageMogr", run) as before:
        untouched = before.format == "GIF" and op.version != "v2"
    return source if untouched else mogr2("imageMogr", steps, source, run, default_quality=_LEGACY_QUALITY)


def _proportional(text: str) -> str:
    """A percentage of one side, which in the first generation the other side follows."""
    percent = text.removeprefix("!").removeprefix("x").removesuffix("x").removesuffix("p")
    one_sided = text.startswith("!") and text in (f"!{percent}px", f"!x{percent}p")
    return f"!{percent}p" if one_sided else text


def mogr2(fop: str, steps: Iterable[Step], source: Artifact, run: Run, *, default_quality: int = 75) -> Artifact:
    """Run the edits of ``imageMogr2`` in the order they are written; the last of several settings counts."""
    steps = tuple(steps)
    _refuse_unknown(fop, steps)
    settings = dict(steps)
    notes: list[str] = []
    with opened(source, fop, run) as before:
        target = target_format(before, settings.get("format"))
        every = is_animated(before, target)
        how = _encoding(fop, settings, target, default_quality, notes)
        edits = _Edits(steps, before, notes, every=every)
        edits.reduce()
        frames = before.frames(edits.apply, every=every)
        result = save(before, frames, target, how, turned="auto_orient" in settings)
    return replace(result, notes=(*notes, *result.notes))


def _refuse_unknown(fop: str, steps: tuple[Step, ...]) -> None:
    for key, value in steps:
        if key == "extra":
            raise UnsupportedFopError(fop, "the option is not a documented one", str(value[0]))
        if key == "exif_modify":
            raise UnsupportedFopError(fop, "what it takes is not published", "exifModify")
        if key not in _SETTINGS and key not in _EDITS:
            raise UnsupportedFopError(fop, "the local engine does not know it", key.replace("_", "-"))


def _encoding(fop: str, settings: dict[str, Any], target: Format, default_quality: int, notes: list[str]) -> Encoding:
    if settings.get("heic_exif"):
        notes.append("heic-exif: HEIC pictures cannot be read here, and others are not concerned")
    keep, retain = _names(settings.get("meta_keep_list")), _names(settings.get("exif_retain_names"))
    if keep is not None and retain is not None:
        raise FopFailed(fop, "meta-keep-list and exif-retain-names exclude each other")
    if retain is not None and target.pillow not in ("JPEG", "PNG", "WEBP"):
        raise FopFailed(fop, f"exif-retain-names needs a jpg, png or webp result, and this one is {target.extension}")
    if retain is not None and "thumbnail" in settings:
        retain = None
    return Encoding(
        format=settings.get("format"),
        quality=_text(settings.get("quality")),
        default_quality=default_quality,
        interlace=bool(settings.get("interlace")),
        colors=settings.get("colors"),
        strip=bool(settings.get("strip")),
        density=settings.get("density"),
        keep_metadata=keep,
        retain_exif=retain,
        size_limit=_text(settings.get("size_limit")),
    )


def _names(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(name.strip() for name in text.split(",") if name.strip())


def _text(value: object) -> str | None:
    return None if value is None else str(value)


class _Edits:
    """The edits of one command, applied to each frame."""

    def __init__(self, steps: tuple[Step, ...], source: Picture, notes: list[str], *, every: bool) -> None:
        settings = dict(steps)
        self.steps, self.source, self.every = steps, source, every
        self.background = _colour(settings.get("background"))
        self.bordercolor = _colour(settings.get("bordercolor"))
        self.size = source.size
        self.gravity = "NorthWest"
        if settings.get("sharpen"):
            notes.append("sharpen: the service's strength is not published")
        if "blur" in settings and source.format == "GIF":
            raise FopFailed(source.fop, "blur does not take a gif")

    def reduce(self) -> None:
        """Read a JPEG at a fraction of its size where the first edit makes it small anyway."""
        upright = False
        for key, value in self.steps:
            if key == "auto_orient":
                upright = True
            elif key == "thumbnail":
                size = self.source.upright if upright else self.source.size
                self.source.reduce(geometry.thumbnail(value, size), upright=upright)
                return
            elif key not in _SETTINGS:
                return

    def apply(self, image: Image.Image) -> Image.Image:
        """Edit one frame."""
        # A reduced JPEG is smaller than the geometry believes until its first scaling.
        self.size, self.gravity = self.source.size, "NorthWest"
        for key, value in self.steps:
            if key == "gravity":
                self.gravity = value
            if key in _EDITS:
                image = _EDITS[key](self, image, value)
                if key != "auto_orient":
                    self.size = image.size
        return image

    def check(self, size: geometry.Size) -> geometry.Size:
        return self.source.check(size, every=self.every)

    def auto_orient(self, image: Image.Image, value: Any) -> Image.Image:
        turned = picture.turn_upright(image, self.source.orientation)
        if self.source.orientation >= 5:
            self.size = self.size[1], self.size[0]
        return turned

    def thumbnail(self, image: Image.Image, value: str) -> Image.Image:
        return picture.resize(image, self.check(geometry.thumbnail(value, self.size)))

    def crop(self, image: Image.Image, value: str) -> Image.Image:
        return image.crop(geometry.crop(value, image.size, self.gravity))

    def rotate(self, image: Image.Image, value: float) -> Image.Image:
        if self.every and value % 90:
            raise FopFailed(self.source.fop, f"an animation can be turned by 90, 180 or 270 degrees, not by {value}")
        self.check(geometry.rotated(image.size, value))
        return picture.rotate(image, value, self.background)

    def extent(self, image: Image.Image, value: str) -> Image.Image:
        canvas = geometry.extent(value, image.size)
        self.check(canvas.size)
        return picture.lay_on(image, canvas, self.background)

    def border(self, image: Image.Image, value: str) -> Image.Image:
        canvas = geometry.border(value, image.size)
        self.check(canvas.size)
        return picture.lay_on(image, canvas, self.bordercolor)

    def blur(self, image: Image.Image, value: str) -> Image.Image:
        return picture.blur(image, *geometry.blur(value))

    def sharpen(self, image: Image.Image, value: int) -> Image.Image:
        return picture.sharpen(image) if value else image


_EDITS: dict[str, Callable[[_Edits, Image.Image, Any], Image.Image]] = {
    "auto_orient": _Edits.auto_orient,
    "thumbnail": _Edits.thumbnail,
    "crop": _Edits.crop,
    "rotate": _Edits.rotate,
    "extent": _Edits.extent,
    "border": _Edits.border,
    "blur": _Edits.blur,
    "sharpen": _Edits.sharpen,
}


def _colour(text: str | None) -> Colour:
    return WHITE if text is None else colour(text)
