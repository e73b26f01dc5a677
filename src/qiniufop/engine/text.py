"""A text as a picture: for watermarks on images and on video."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from PIL import Image, ImageDraw

from .errors import LimitExceeded
from .fonts import DEFAULT, find_font
from .picture_colour import Colour

TWIPS = 20
"""Twips in a pixel: font sizes are given in twentieths of a point, at 72 dots per inch."""

DEFAULT_SIZE = 240
"""Font size in twips unless told otherwise."""

_MAX_PIXELS = 40_000_000
_SELECTORS = {chr(code) for code in range(0xFE00, 0xFE10)}


class Text(NamedTuple):
    """A drawn text.

    Attributes:
        image: RGBA, as wide as the text and as high as its lines, transparent where nothing is drawn.
        note: which font stood in for the one that was asked for, if one did.
    """

    image: Image.Image
    note: str | None


def draw_text(
    text: str, colour: Colour, *, font: str | None = None, twips: int | None = None, known: Mapping[str, Path]
) -> Text:
    """Draw a text on a transparent ground.

    Args:
        text: what to draw; it may have several lines.
        colour: of the letters.
        font: family name; None for the service's default.
        twips: font size in 1/20 pixel; None and 0 for 240, which is 12 pixels.
        known: font files by family.

    Raises:
        FopFailed: no font on this machine has all characters.
        LimitExceeded: the text would be unreasonably large.
    """
    name = font or DEFAULT
    text = _printable(text)
    found = find_font(name, text, known)
    pixels = (twips or DEFAULT_SIZE) / TWIPS
    lines = text.split("\n")
    if pixels * pixels * len(text) > _MAX_PIXELS:
        raise LimitExceeded("text", f"{len(text)} characters of {pixels:g} pixels are too much to draw")
    face = found.at(max(pixels, 1))
    ascent, descent = face.getmetrics()
    height = ascent + descent
    boxes = [face.getbbox(line, anchor="ls") for line in lines]
    left = min(0, *(math.floor(box[0]) for box in boxes))
    right = max(1, *(math.ceil(max(box[2], face.getlength(line))) for box, line in zip(boxes, lines, strict=True)))
    image = Image.new("RGBA", (right - left, height * len(lines)), (*colour[:3], 0))
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((-left, ascent + number * height), line, fill=colour, font=face, anchor="ls")
    note = None if found.named else f"font {name!r} is not installed: the text is drawn with another"
    return Text(image, note)


def _printable(text: str) -> str:
    """Without what is not drawn but says how to draw: fonts show an empty box for it."""
    text = text.replace("\r\n", "\n").replace("\t", "    ")
    return "".join(c for c in text if c == "\n" or not (unicodedata.category(c) in ("Cc", "Cf") or c in _SELECTORS))
