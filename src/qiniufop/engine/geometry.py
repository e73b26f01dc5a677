"""How large the result is, and which part of the picture it shows: integers and fractions, no pictures.

Sizes are ``(width, height)`` in pixels, boxes are ``(left, top, right, bottom)``. Every division is exact;
a scaled side is rounded half up and is at least 1.
"""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import NamedTuple

from .errors import EngineError

Size = tuple[int, int]
Box = tuple[int, int, int, int]

GRAVITIES = ("NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast")
"""Anchors of crops and watermarks. Letter case does not matter."""

_COLUMN = {g.lower(): i % 3 for i, g in enumerate(GRAVITIES)}
_ROW = {g.lower(): i // 3 for i, g in enumerate(GRAVITIES)}
_ESCAPES = str.maketrans("pra", "%^+")
_PERCENT_ENCODED = {"%3c": "<", "%3e": ">", "%40": "@", "%5e": "^", "%21": "!"}

_THUMBNAIL = re.compile(r"(\d+(?:\.\d+)?)?(%)?(?:(x)(\d+(?:\.\d+)?)?(%)?)?([!<>^@]*)", re.ASCII)
_REGION = re.compile(r"(?:(\d+)?(?:(x)(\d+)?)?)?(?:([+-]\d+)([+-]\d+))?", re.ASCII)
_BLUR = re.compile(r"(\d+(?:\.\d+)?)x(\d+(?:\.\d+)?)", re.ASCII)
_RADIUS = re.compile(r"!(\d+(?:\.\d+)?)p|(\d+(?:\.\d+)?)", re.ASCII)


class GeometryError(EngineError, ValueError):
    """A geometry cannot be read, or leaves nothing of the picture."""


class Scaling(NamedTuple):
    """Scale to ``size``, then keep ``crop`` if there is one."""

    size: Size
    crop: Box | None = None


class Canvas(NamedTuple):
    """A new canvas of ``size`` with the picture's corner at ``at``, which may lie outside."""

    size: Size
    at: tuple[int, int]


def rounded(value: Fraction | int) -> int:
    """Half up, at least 1.

    >>> rounded(Fraction(5, 2)), rounded(Fraction(1, 3))
    (3, 1)
    """
    return max(1, math.floor(value + Fraction(1, 2)))


def scaled(size: Size, kx: Fraction | int, ky: Fraction | int | None = None) -> Size:
    """A size times a factor, or times one factor a side."""
    return rounded(size[0] * kx), rounded(size[1] * (kx if ky is None else ky))


def image_view2(mode: int, w: int | None, h: int | None, size: Size) -> Scaling:
    """What ``imageView2/<mode>/w/<w>/h/<h>`` does to an upright picture. It never enlarges.

    Args:
        mode: 0 to 5.
        w, h: the sides asked for; in modes 0, 4 and 5 those of the long and the short edge.
        size: the picture.
    """
    if mode not in range(6):
        raise GeometryError(f"there is no mode {mode}: expected 0 to 5")
    at_most = mode in (0, 2)
    if not at_most:
        w, h = w or h, h or w
    if mode in (0, 4, 5) and size[0] < size[1]:
        w, h = h, w
    factors = [Fraction(asked, side) for asked, side in zip((w, h), size, strict=True) if asked]
    if not factors:
        return Scaling(size)
    target = scaled(size, min(Fraction(1), min(factors) if at_most else max(factors)))
    if mode not in (1, 5) or w is None or h is None:
        return Scaling(target)
    kept = min(w, target[0]), min(h, target[1])
    left, top = place("Center", target, kept)
    return Scaling(target, (left, top, left + kept[0], top + kept[1]) if kept != target else None)


def image_view(mode: int, w: int | None, h: int | None, size: Size) -> Scaling:
    """What the first generation's ``imageView`` does: mode 1 fills ``w x h`` and may enlarge, mode 2 fits inside.

    Other modes are not documented; they do as in ``imageView2``.
    """
    w, h = (w or h, h or w) if mode == 1 else (w, h)
    if mode != 1 or not w or not h:
        return image_view2(mode, w, h, size)
    target = scaled(size, max(Fraction(w, size[0]), Fraction(h, size[1])))
    left, top = place("Center", target, (w, h))
    return Scaling(target, (left, top, left + w, top + h) if target != (w, h) else None)


def unescape(text: str) -> str:
    """A geometry without the escapes that a leading ``!`` announces: p is %, r is ^, a is +.

    >>> unescape("!50x50r"), unescape("!300x400a10a10"), unescape("200x300!")
    ('50x50^', '300x400+10+10', '200x300!')
    """
    for code, sign in _PERCENT_ENCODED.items():
        text = re.sub(re.escape(code), sign, text, flags=re.IGNORECASE)
    return text[1:].translate(_ESCAPES) if text.startswith("!") else text


def thumbnail(text: str, size: Size) -> Size:
    """The size that ``thumbnail/<text>`` gives a picture. It may enlarge.

    >>> thumbnail("!75p", (640, 427)), thumbnail("200x300>", (640, 427))
    ((480, 320), (200, 133))
    """
    match = _THUMBNAIL.fullmatch(unescape(text))
    if match is None:
        raise GeometryError(f"{text!r} is not a thumbnail size: expected a form like 300x200, 300x, !50p or !300x200r")
    wide, wide_percent, cross, high, high_percent, flags = match.groups()
    x, y = Fraction(wide or 0), Fraction(high or 0)
    if not x and not y:
        raise GeometryError(f"{text!r} is not a thumbnail size: neither side is given")
    if "@" in flags:
        return _area(text, x, size) if not cross else _refuse(text, "an area is one number")
    if wide_percent or high_percent:
        kx, ky = x / 100 or Fraction(1), y / 100 or Fraction(1)
        return scaled(size, kx, kx if not cross else ky)
    if "!" in flags:
        return _exact(x, y, flags, size)
    factors = [asked / side for asked, side in zip((x, y), size, strict=True) if asked]
    k = max(factors) if "^" in flags else min(factors)
    if (">" in flags and k >= 1) or ("<" in flags and k <= 1):
        return size
    return scaled(size, k)


def _refuse(text: str, why: str) -> Size:
    raise GeometryError(f"{text!r} is not a thumbnail size: {why}")


def _area(text: str, area: Fraction, size: Size) -> Size:
    if area.denominator != 1:
        return _refuse(text, "an area is a whole number of pixels")
    pixels, (w, h) = int(area), size
    return max(1, math.isqrt(pixels * w // h)), max(1, math.isqrt(pixels * h // w))


def _exact(x: Fraction, y: Fraction, flags: str, size: Size) -> Size:
    asked = [rounded(side) if side else old for side, old in zip((x, y), size, strict=True)]
    if ">" in flags:
        asked = [min(new, old) for new, old in zip(asked, size, strict=True)]
    elif "<" in flags:
        asked = [max(new, old) for new, old in zip(asked, size, strict=True)]
    return asked[0], asked[1]


def place(gravity: str, outer: Size, inner: Size, dx: int = 0, dy: int = 0) -> tuple[int, int]:
    """Where the corner of ``inner`` goes in ``outer``.

    ``dx`` and ``dy`` lead inward from an edge, and right and down from the middle.
    """
    column, row = _COLUMN.get(gravity.lower()), _ROW.get(gravity.lower())
    if column is None or row is None:
        raise GeometryError(f"{gravity!r} is not a gravity: expected one of {', '.join(GRAVITIES)}")
    return _offset(column, outer[0], inner[0], dx), _offset(row, outer[1], inner[1], dy)


def _offset(edge: int, outer: int, inner: int, shift: int) -> int:
    return (shift, outer // 2 - inner // 2 + shift, outer - inner - shift)[edge]


def _region(text: str, what: str) -> tuple[int, int, tuple[int, int] | None]:
    match = _REGION.fullmatch(unescape(text))
    if match is None or not text or text == "!":
        raise GeometryError(f"{text!r} is not {what}: expected a form like 300x200 or !300x200a10a20")
    wide, _, high, dx, dy = match.groups()
    return int(wide or 0), int(high or 0), None if dx is None else (int(dx), int(dy))


def crop(text: str, size: Size, gravity: str = "NorthWest") -> Box:
    """The part of a picture that ``crop/<text>`` keeps. A missing side is the picture's own.

    >>> crop("!300x300a30-100", (640, 427))
    (30, 0, 330, 200)
    """
    w, h, shift = _region(text, "a crop")
    inner = w or size[0], h or size[1]
    left, top = place(gravity, size, inner, *(shift or (0, 0)))
    box = max(left, 0), max(top, 0), min(left + inner[0], size[0]), min(top + inner[1], size[1])
    if box[0] >= box[2] or box[1] >= box[3]:
        raise GeometryError(f"crop {text!r} lies outside the picture of {size[0]}x{size[1]}")
    return box


def extent(text: str, size: Size) -> Canvas:
    """The canvas that ``extent/<text>`` puts a picture on.

    A size alone centres the picture. Offsets alone widen the canvas: ``-`` to the left or the top,
    ``a`` to the right or the bottom. With both, ``a`` moves the canvas right or down, ``-`` left or up.

    >>> extent("!642x429", (640, 427))
    Canvas(size=(642, 429), at=(1, 1))
    """
    w, h, shift = _region(text, "an extent")
    target = w or size[0], h or size[1]
    if shift is None:
        return Canvas(target, place("Center", target, size))
    if w or h:
        return Canvas(target, (-shift[0], -shift[1]))
    grown = size[0] + abs(shift[0]), size[1] + abs(shift[1])
    return Canvas(grown, (max(0, -shift[0]), max(0, -shift[1])))


def border(text: str, size: Size) -> Canvas:
    """The canvas that ``border/<A>x<B>`` makes: A more on the left and right, B more above and below."""
    w, h, shift = _region(text, "a border")
    if shift is not None or "x" not in text:
        raise GeometryError(f"{text!r} is not a border: expected a form like 10x10")
    return Canvas((size[0] + 2 * w, size[1] + 2 * h), (w, h))


def blur(text: str) -> tuple[float, float]:
    """Radius and sigma of ``blur/<text>``, in pixels. Sigma 0 means no blur."""
    match = _BLUR.fullmatch(text)
    if match is None:
        raise GeometryError(f"{text!r} is not a blur: expected radius and sigma, as in 3x5")
    return float(match[1]), float(match[2])


def rotated(size: Size, degrees: float) -> Size:
    """The box around a picture turned by ``degrees``; exact for quarter turns."""
    if degrees % 180 == 0:
        return size
    if degrees % 90 == 0:
        return size[1], size[0]
    sine, cosine = abs(math.sin(math.radians(degrees))), abs(math.cos(math.radians(degrees)))
    return math.ceil(size[0] * cosine + size[1] * sine), math.ceil(size[0] * sine + size[1] * cosine)


def mark(size: Size, source: Size, ws: float | None, wst: int | None) -> Size:
    """The size of a watermark picture.

    Args:
        size: the picture as it is.
        source: the picture that is marked.
        ws: share of one side of the source, 0 to 1; 0 and None leave the mark as it is.
        wst: which side: 0 the short ones of both, 1 the long ones, 2 the widths, 3 the heights.
    """
    if not ws:
        return size
    ours, theirs = {
        0: (min(size), min(source)),
        1: (max(size), max(source)),
        2: (size[0], source[0]),
        3: (size[1], source[1]),
    }[wst or 0]
    k = Fraction(str(ws)) * theirs / ours
    # Cut, not rounded: the documentation turns 372.95 into 372.
    return max(1, math.floor(size[0] * k)), max(1, math.floor(size[1] * k))


def radius(text: str, side: int) -> float:
    """A corner radius in pixels: ``30``, or ``!25p`` of the side; at most half the side."""
    match = _RADIUS.fullmatch(text)
    if match is None:
        raise GeometryError(f"{text!r} is not a radius: expected pixels like 30, or a percentage like !25p")
    asked = Fraction(match[1]) * side / 100 if match[1] else Fraction(match[2])
    return float(min(asked, Fraction(side, 2)))
