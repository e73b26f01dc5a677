"""roundPic, imageslim and animate."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from PIL import Image

from . import geometry
from .artifact import Artifact
from .errors import FopFailed, LimitExceeded
from .picture import flatten, opened, round_corners
from .picture_save import Encoding, save, target_format
from .registry import Run

_SLIM_QUALITY = 75
_SLIM_LEVEL = 3
_MAX_FRAMES = 20
_MAX_FRAME_SIDE = 1080


def round_pic(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``roundPic``: the result is always a PNG."""
    with opened(source, "roundPic", run) as picture:
        if picture.format not in ("JPEG", "PNG"):
            raise FopFailed("roundPic", f"takes a png or a jpg, not a {picture.format.lower()}")
        picture.check(picture.size)
        across, down = (op.radius, op.radius) if op.radius is not None else (op.radiusx, op.radiusy)
        if across is None or down is None:
            raise FopFailed("roundPic", "no radius: expected radius, or radiusx and radiusy together")
        rx, ry = geometry.radius(str(across), picture.size[0]), geometry.radius(str(down), picture.size[1])
        frames = picture.frames(lambda image: round_corners(image, rx, ry), every=False)
        return save(picture, frames, target_format(picture, "png"), Encoding())


def slim(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``imageslim``: the smaller of a re-encoded picture and the source."""
    level = _SLIM_LEVEL if op.zlevel is None else int(op.zlevel)
    with opened(source, "imageslim", run) as picture:
        if picture.format == "JPEG":
            # Level 3, the default, is quality 75; the scale around it is a guess.
            asked = str(_SLIM_QUALITY + 4 * (_SLIM_LEVEL - level))
            how = Encoding(quality=asked, interlace="progression" in picture.image.info)
        elif picture.format == "PNG":
            how = Encoding(colors=256)
        else:
            return replace(source, notes=("imageslim: only jpg and png get smaller, others stay as they are",))
        target = target_format(picture, None)
        frames = picture.frames(lambda image: image, every=False)
        result = save(picture, frames, target, how)
    return result if result.size < source.size else source


def animate(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``animate``: the source and the named pictures as the frames of a GIF that repeats for ever."""
    pictures = [source, *(run.resolve(key) for key in op.keys)]
    if len(pictures) > _MAX_FRAMES:
        raise FopFailed("animate", f"{len(pictures)} pictures are more than {_MAX_FRAMES}")
    frames = [_frame(picture, run) for picture in pictures]
    sizes = {frame.size for frame in frames}
    if len(sizes) > 1:
        found = ", ".join(f"{w}x{h}" for w, h in sorted(sizes))
        raise FopFailed("animate", f"all pictures must be of one size, and these are {found}")
    if op.effect:
        frames.reverse()
    stream = BytesIO()
    first, *rest = (frame.quantize(256, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE) for frame in frames)
    first.save(stream, "GIF", save_all=True, append_images=rest, duration=op.duration * 10, loop=0)
    return Artifact("image/gif", data=stream.getvalue(), name="out.gif")


def _frame(source: Artifact, run: Run) -> Image.Image:
    with opened(source, "animate", run) as picture:
        if picture.format not in ("JPEG", "PNG"):
            raise FopFailed("animate", f"takes png and jpg, not {picture.format.lower()}")
        if max(picture.size) > _MAX_FRAME_SIDE:
            raise LimitExceeded("animate", f"a frame has at most {_MAX_FRAME_SIDE}x{_MAX_FRAME_SIDE} pixels")
        (image,) = picture.frames(lambda image: flatten(image).convert("RGB"), every=False)
    return image
