"""Colours as commands write them: a name, or ``#RRGGBB`` with an optional opacity."""

from __future__ import annotations

import re

from PIL import ImageColor

from .errors import EngineError

Colour = tuple[int, int, int, int]
"""Red, green, blue and opacity, each 0 to 255."""

WHITE: Colour = (255, 255, 255, 255)
BLACK: Colour = (0, 0, 0, 255)

# The names the service documents, where they differ from those of CSS.
_NAMES = {"transparent": "#00000000", "none": "#00000000", "gray": "#7E7E7E"}
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)


class ColourError(EngineError, ValueError):
    """A text is not a colour."""


def colour(text: str) -> Colour:
    """Read a colour; letter case does not matter.

    >>> colour("red"), colour("#ff000080"), colour("none")
    ((255, 0, 0, 255), (255, 0, 0, 128), (0, 0, 0, 0))
    """
    name = text.strip().lower()
    name = _NAMES.get(name, name)
    if _HEX.fullmatch(name) is None and name not in ImageColor.colormap:
        raise ColourError(f"{text!r} is not a colour: expected a name like red, or #RRGGBB")
    red, green, blue, *rest = ImageColor.getrgb(name)
    return red, green, blue, rest[0] if rest else 255
