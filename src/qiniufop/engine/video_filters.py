"""Texts of single video and audio filters, from plain numbers."""

from __future__ import annotations

import re

from .video_plan import seconds
from .video_size import Fitted, Frame

TURNS = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}
"""Filters that turn the picture clockwise."""

FORGET_TURN = "sidedata=mode=delete:type=DISPLAYMATRIX"
"""Takes away the tag that would have players turn it once more."""

_FLIPS = {"h": "hflip", "hflip": "hflip", "horizontal": "hflip", "v": "vflip", "vflip": "vflip", "vertical": "vflip"}


def flip(direction: str) -> str:
    """Mirror the picture.

    Raises:
        ValueError: the direction is none.
    """
    try:
        return _FLIPS[direction.lower()]
    except KeyError:
        raise ValueError("h (horizontal) or v (vertical)") from None


def scale(fitted: Fitted) -> list[str]:
    """Scale, and fill up with black if the picture shall stand in a box."""
    filters = [f"scale={fitted.frame.width}:{fitted.frame.height}"]
    if fitted.box is not None:
        left = (fitted.box.width - fitted.frame.width) // 2
        above = (fitted.box.height - fitted.frame.height) // 2
        filters.append(pad(fitted.box, left, above))
    return [*filters, "setsar=1"]


def pad(box: Frame, left: int, above: int) -> str:
    """Put the picture on a black canvas."""
    return f"pad={box.width}:{box.height}:{left}:{above}:black"


def window(start: float | None, end: float | None) -> str:
    """The condition of a filter that acts from ``start`` until ``end``, in seconds; empty if it always does."""
    parts: list[str] = []
    if start:
        parts.append(f"gte(t,{seconds(start)})")
    if end is not None:
        parts.append(f"lt(t,{seconds(end)})")
    return f":enable='{'*'.join(parts)}'" if parts else ""


def read_fade(text: str) -> tuple[float, float]:
    """The seconds of fading in and of fading out in ``3-2``, ``3`` or ``-2``.

    Raises:
        ValueError: it is no such text.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)?(?:-(\d+(?:\.\d+)?))?", text)
    if found is None:
        raise ValueError("seconds of fading in and out such as 3-2, 3 or -2")
    return float(found[1] or 0), float(found[2] or 0)


def fade(name: str, inwards: float, outwards: float, length: float) -> list[str]:
    """Fade in from black and out to it; ``afade`` is the same for sound."""
    filters = [f"{name}=t=in:st=0:d={seconds(inwards)}"] if inwards else []
    if outwards:
        start = max(0.0, length - outwards)
        filters.append(f"{name}=t=out:st={seconds(start)}:d={seconds(outwards)}")
    return filters


def volume(text: str) -> str:
    """Make the sound louder or softer: a factor, or decibels with ``dB`` behind them.

    Raises:
        ValueError: it is neither.
    """
    found = re.fullmatch(r"(-?\d{1,4}(?:\.\d{1,6})?)(dB)?", text, re.IGNORECASE)
    if found is None or (found[2] is None and found[1].startswith("-")):
        raise ValueError("a factor such as 1.5, or decibels such as -3dB")
    return f"volume={found[1]}{'dB' if found[2] else ''}"


def key_frames(text: str) -> str:
    """The seconds at which key frames are forced.

    Raises:
        ValueError: they are none.
    """
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?(,\d{1,6}(\.\d{1,3})?){0,999}", text):
        raise ValueError("seconds, with commas between them")
    return text


def mosaic_chain(region: Frame, x: int, y: int, block: int = 16) -> str:
    """Cut a region out and make blocks of it."""
    small = Frame(max(1, region.width // block), max(1, region.height // block))
    return (
        f"crop={region.width}:{region.height}:{x}:{y},scale={small.width}:{small.height}:flags=area,"
        f"scale={region.width}:{region.height}:flags=neighbor"
    )
