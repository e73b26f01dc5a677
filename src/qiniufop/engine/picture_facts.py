"""imageInfo, exif and imageAve: what can be said about a picture, as JSON."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from typing import Any

from PIL import Image, ImageStat

from .artifact import Artifact
from .errors import FopFailed
from .picture import Picture, flatten, opened
from .picture_metadata import tags
from .registry import Run

_ORIENTATIONS = (
    *("Top-left", "Top-right", "Bottom-right", "Bottom-left"),
    *("Left-top", "Right-top", "Right-bottom", "Left-bottom"),
)


def _report(facts: dict[str, Any]) -> Artifact:
    return Artifact("application/json", data=json.dumps(facts, ensure_ascii=False).encode(), name="out.json")


def info(source: Artifact, run: Run) -> Artifact:
    """Run ``imageInfo``: size, format, width, height, colorModel, and where they apply orientation and frameNumber."""
    with opened(source, "imageInfo", run) as picture:
        facts: dict[str, Any] = {
            "size": source.size,
            "format": picture.format.lower(),
            "width": picture.size[0],
            "height": picture.size[1],
            "colorModel": _colour_model(picture),
        }
        if picture.exif:
            facts["orientation"] = _ORIENTATIONS[picture.orientation - 1]
        if picture.format == "GIF":
            facts["frameNumber"] = picture.count
    return _report(facts)


def _colour_model(picture: Picture) -> str:
    """The name the service's own decoder gives to the way colours are stored."""
    image, mode = picture.image, picture.image.mode
    if mode == "P" or picture.format == "GIF":
        palette = image.getpalette()
        return f"palette{len(palette) // 3}" if palette else "palette256"
    if mode in ("L", "1"):
        return "gray"
    if mode.startswith("I"):
        return "gray16"
    if mode == "CMYK":
        return "cmyk"
    if picture.format == "JPEG" or (picture.format in ("WEBP", "AVIF") and mode == "RGB"):
        return "ycbcr"
    return "nrgba" if mode in ("RGBA", "LA") else "rgba"


def exif(source: Artifact, run: Run) -> Artifact:
    """Run ``exif``: each tag with its type number and its value as text."""
    with opened(source, "exif", run) as picture:
        if picture.format == "AVIF":
            raise FopFailed("exif", "unsupported format: avif")
        found = tags(picture.exif) if picture.exif else []
    if not found:
        raise FopFailed("exif", "no exif data")
    return _report({tag.name: {"val": tag.value, "type": tag.type} for tag in found})


def average(source: Artifact, run: Run) -> Artifact:
    """Run ``imageAve``: the mean of all pixels."""
    with opened(source, "imageAve", run) as picture:
        (image,) = picture.frames(lambda frame: flatten(frame).convert("RGB"), every=False)
    return _report({"RGB": f"0x{_mean(image)}"})


def _mean(image: Image.Image) -> str:
    return "".join(f"{round(channel):02x}" for channel in ImageStat.Stat(image).mean)
