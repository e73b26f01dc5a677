"""How large a picture becomes: plain arithmetic, without ffmpeg."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from .video_formats import SIZE_NAMES


class Frame(NamedTuple):
    """A size in pixels."""

    width: int
    height: int


class Size(NamedTuple):
    """A size as it is written: ``640x360``, ``640x``, ``x360`` or a name, and what may not happen.

    Attributes:
        width, height: in pixels; None follows from the other.
        only: ``>`` shrinks only, ``<`` enlarges only, empty does either.
    """

    width: int | None
    height: int | None
    only: str = ""


class Fitted(NamedTuple):
    """What to do with a picture: scale it to ``frame``, then put it into the middle of ``box`` if there is one."""

    frame: Frame
    box: Frame | None = None


def read_size(text: str) -> Size:
    """Read a size.

    Raises:
        ValueError: it is none.
    """
    body = text.rstrip("<>")
    only = text[len(body) :]
    if body.lower() in SIZE_NAMES:
        return Size(*SIZE_NAMES[body.lower()], only)
    found = re.fullmatch(r"(\d*)[xX:](\d*)", body)
    if found is None or len(only) > 1 or not (found[1] or found[2]) or "0" in (found[1], found[2]):
        raise ValueError(f"{text!r} is not a size such as 640x360, 640x or x360")
    return Size(int(found[1]) if found[1] else None, int(found[2]) if found[2] else None, only)


def fit(frame: Frame, size: Size, autoscale: int = 0, *, step: int = 2, pixel_ratio: Fraction = Fraction(1)) -> Fitted:
    """What a picture of ``frame`` becomes under ``s`` and ``autoscale``.

    Args:
        frame: the picture as coded.
        size: what was asked for.
        autoscale: 0 stretches, 1 fits inside the box, 2 fits inside and fills the box up with black.
        step: what both sides must divide by: 2 for H.264 and its kin.
        pixel_ratio: width of a pixel by its height.
    """
    shown = frame.width * pixel_ratio, Fraction(frame.height)
    width, height = size.width, size.height
    box: Frame | None = None
    if width is None or height is None:
        scale = Fraction(height or 0) / shown[1] if width is None else Fraction(width) / shown[0]
        target = Frame(width or _near(shown[0] * scale, step), height or _near(shown[1] * scale, step))
    elif autoscale == 0:
        target = Frame(width, height)
    else:
        scale = min(width / shown[0], height / shown[1])
        target = Frame(_under(shown[0] * scale, step), _under(shown[1] * scale, step))
        box = Frame(_under(width, step), _under(height, step)) if autoscale == 2 else None
    target = Frame(_under(target.width, step), _under(target.height, step))
    grows = target.width >= frame.width and target.height >= frame.height
    shrinks = target.width <= frame.width and target.height <= frame.height
    if (size.only == ">" and grows) or (size.only == "<" and shrinks):
        return Fitted(even(frame, step))
    return Fitted(target, None if box == target else box)


def even(frame: Frame, step: int = 2) -> Frame:
    """The largest size no larger than ``frame`` whose sides divide by ``step``."""
    return Frame(_under(frame.width, step), _under(frame.height, step))


def turned(frame: Frame, degrees: int) -> Frame:
    """The size after a turn by a multiple of 90 degrees."""
    return Frame(frame.height, frame.width) if degrees % 180 else frame


def anchor(frame: Frame, mark: Frame, gravity: str, dx: int = 0, dy: int = 0) -> tuple[int, int]:
    """Where the upper left corner of ``mark`` lies, ``dx`` right and ``dy`` down of its anchor."""
    free = frame.width - mark.width, frame.height - mark.height
    x = 0 if gravity.endswith("West") else free[0] if gravity.endswith("East") else free[0] // 2
    y = 0 if gravity.startswith("North") else free[1] if gravity.startswith("South") else free[1] // 2
    return x + dx, y + dy


def by_side(mark: Frame, frame: Frame, scale: float, side: int = 0) -> Frame:
    """The size of a mark one side of which is ``scale`` of the same side of the frame.

    Args:
        side: 0 the short sides, 1 the long ones, 2 the widths, 3 the heights.
    """
    length, of = [(min(f), max(f), f.width, f.height)[side] for f in (frame, mark)]
    factor = Fraction(scale).limit_denominator(10_000) * length / of
    return Frame(_near(mark.width * factor, 1), _near(mark.height * factor, 1))


def _near(value: Fraction, step: int) -> int:
    return max(step, int((value / step) + Fraction(1, 2)) * step)


def _under(value: Fraction | int, step: int) -> int:
    return max(step, (int(Fraction(value) + (Fraction(1, 2) if isinstance(value, Fraction) else 0))) // step * step)
