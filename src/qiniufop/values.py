"""Values with a small language of their own: geometries, sizes, bit rates, colours, references, key templates.

Each is text as the wire has it, so plain text does everywhere; the constructors spell it for you, and the attributes
read it back. A field gives its value as one of these, whichever way it was set::

    ImageMogr2(thumbnail=Thumbnail.cover(300, 300), gravity="Center", crop=Crop.size(300, 300))
    Avthumb("mp4", s=Resolution.fit_width(640), vb=BitRate.mbps(1.25))
    Watermark(mode=1, image=KodoUrl("bucket", "logo.png"))
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from typing_extensions import Self

__all__ = ["BitRate", "Color", "Crop", "Extent", "KeyPattern", "KodoUrl", "Resolution", "Thumbnail"]

_BOX = re.compile(r"(\d*)x(\d*)")


class Text(str):
    """Text with a grammar. Subclasses add constructors and attributes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str.__repr__(self)


def _number(x: float) -> str:
    return str(int(x)) if x == int(x) else str(x)


def _positive(**sides: float | None) -> None:
    for name, side in sides.items():
        if side is not None and side < 1:
            raise ValueError(f"{name} must be at least 1, not {side}")


class Thumbnail(Text):
    """How imageMogr2 scales. Sides are pixels from 1 to 9999, percentages from 1 to 999."""

    __slots__ = ()

    @classmethod
    def fit(cls, width: int, height: int) -> Self:
        """As large as fits inside the box, ratio kept; may enlarge."""
        _positive(width=width, height=height)
        return cls(f"{width}x{height}")

    @classmethod
    def cover(cls, width: int, height: int) -> Self:
        """As small as covers the box, ratio kept; may enlarge. Usually followed by a crop."""
        _positive(width=width, height=height)
        return cls(f"!{width}x{height}r")

    @classmethod
    def exact(cls, width: int, height: int) -> Self:
        """Exactly this size; distorts."""
        _positive(width=width, height=height)
        return cls(f"{width}x{height}!")

    @classmethod
    def shrink(cls, width: int, height: int) -> Self:
        """Fit inside the box, but never enlarge."""
        _positive(width=width, height=height)
        return cls(f"{width}x{height}>")

    @classmethod
    def enlarge(cls, width: int, height: int) -> Self:
        """Fit inside the box, but never shrink."""
        _positive(width=width, height=height)
        return cls(f"{width}x{height}<")

    @classmethod
    def width(cls, width: int) -> Self:
        """To this width; the height follows."""
        _positive(width=width)
        return cls(f"{width}x")

    @classmethod
    def height(cls, height: int) -> Self:
        """To this height; the width follows."""
        _positive(height=height)
        return cls(f"x{height}")

    @classmethod
    def percent(cls, both: float | None = None, *, width: float | None = None, height: float | None = None) -> Self:
        """Percent of the source: of both sides, or of one while the other stays.

        Raises:
            ValueError: not exactly one of the three is given.
        """
        if [both, width, height].count(None) != 2:
            raise ValueError("give the percentage of both sides, of the width, or of the height")
        _positive(both=both, width=width, height=height)
        if both is not None:
            return cls(f"!{_number(both)}p")
        return cls(f"!{_number(width)}px" if width is not None else f"!x{_number(height or 0)}p")

    @classmethod
    def area(cls, pixels: int) -> Self:
        """At most this many pixels in all, ratio kept."""
        _positive(pixels=pixels)
        return cls(f"{pixels}@")


class Box(NamedTuple):
    """A region: its sides, None where it is the source's, and its offset from the anchor."""

    width: int | None
    height: int | None
    dx: int
    dy: int


class Crop(Text):
    """What imageMogr2 cuts out. Sides and offsets are pixels."""

    __slots__ = ()

    @classmethod
    def size(cls, width: int | None = None, height: int | None = None) -> Self:
        """A region at the anchor; a side that is not given is the source's.

        Raises:
            ValueError: neither side is given.
        """
        if width is None and height is None:
            raise ValueError("give the width, the height, or both")
        _positive(width=width, height=height)
        return cls(f"{'' if width is None else width}x{'' if height is None else height}")

    @classmethod
    def box(cls, width: int, height: int, dx: int, dy: int) -> Self:
        """A region shifted from the anchor: positive is right and down, negative cuts off what lies outside."""
        return cls(f"!{cls.size(width, height)}{_offset(dx)}{_offset(dy)}")

    @property
    def region(self) -> Box:
        """Sides and offset."""
        body = self.lstrip("!")
        size, *offsets = (
            re.split(r"(?=[a+-])", body, maxsplit=2) if body[:1] != "x" else re.split(r"(?<=\d)(?=[a+-])", body)
        )
        sides = _BOX.fullmatch(size)
        dx, dy = (int(o.replace("a", "+")) for o in offsets) if len(offsets) == 2 else (0, 0)
        if sides is None:
            return Box(None, None, dx, dy)
        return Box(int(sides[1]) if sides[1] else None, int(sides[2]) if sides[2] else None, dx, dy)


def _offset(n: int) -> str:
    return f"a{n}" if n >= 0 else f"-{-n}"


class Extent(Text):
    """The canvas that imageMogr2 puts the picture on. All pixels."""

    __slots__ = ()

    @classmethod
    def centred(cls, width: int, height: int) -> Self:
        """A canvas with the picture in its middle."""
        _positive(width=width, height=height)
        return cls(f"{width}x{height}")

    @classmethod
    def shifted(cls, width: int, height: int, dx: int, dy: int) -> Self:
        """A canvas whose origin is shifted from the picture's top-left corner, right and down where positive."""
        _positive(width=width, height=height)
        return cls(f"!{width}x{height}{_offset(dx)}{_offset(dy)}")

    @classmethod
    def grown(cls, *, left: int = 0, right: int = 0, top: int = 0, bottom: int = 0) -> Self:
        """The picture with a strip added on one side.

        Raises:
            ValueError: not exactly one side is given.
        """
        strips = {"left": left, "right": right, "top": top, "bottom": bottom}
        if sum(1 for n in strips.values() if n) != 1:
            raise ValueError("give exactly one of left, right, top and bottom")
        if left:
            return cls(f"!-{left}a0")
        if right:
            return cls(f"!a{right}-0")
        return cls(f"!a0-{top}" if top else f"!-0a{bottom}")


class Resolution(Text):
    """The size of a video."""

    __slots__ = ()

    @classmethod
    def exact(cls, width: int, height: int) -> Self:
        """Exactly this size; distorts unless ``autoscale`` is set."""
        _positive(width=width, height=height)
        return cls(f"{width}x{height}")

    @classmethod
    def fit_width(cls, width: int) -> Self:
        """To this width; the height follows."""
        _positive(width=width)
        return cls(f"{width}x")

    @classmethod
    def fit_height(cls, height: int) -> Self:
        """To this height; the width follows."""
        _positive(height=height)
        return cls(f"x{height}")

    @property
    def sides(self) -> tuple[int | None, int | None]:
        """Width and height in pixels; None for one that follows, or when the size has a name."""
        found = _BOX.fullmatch(self.rstrip("<>"))
        return (int(found[1]) if found[1] else None, int(found[2]) if found[2] else None) if found else (None, None)


class BitRate(Text):
    """Bits per second."""

    __slots__ = ()

    @classmethod
    def kbps(cls, rate: float, *, force: bool = False) -> Self:
        """Thousands of bits per second; ``force`` lifts the cap at the source's rate."""
        return cls(f"{_number(rate)}k{'!' if force else ''}")

    @classmethod
    def mbps(cls, rate: float, *, force: bool = False) -> Self:
        """Millions of bits per second; ``force`` lifts the cap at the source's rate."""
        return cls(f"{_number(rate)}m{'!' if force else ''}")

    @property
    def forced(self) -> bool:
        """Whether it may exceed the source's."""
        return self.endswith("!")

    @property
    def bits(self) -> int:
        """The rate in bits per second."""
        text = self.rstrip("!").lower()
        unit = {"k": 1_000, "m": 1_000_000}.get(text[-1:], 1)
        return round(float(text.rstrip("km")) * unit)


class Color(Text):
    """A colour: a name such as ``red``, or hexadecimal."""

    __slots__ = ()

    @classmethod
    def rgb(cls, red: int, green: int, blue: int, alpha: int | None = None) -> Self:
        """From its parts, 0 to 255 each; an alpha of 0 is transparent.

        Raises:
            ValueError: a part is outside its range.
        """
        parts = [red, green, blue] if alpha is None else [red, green, blue, alpha]
        if any(not 0 <= p <= 255 for p in parts):
            raise ValueError(f"each part must be from 0 to 255, not {parts}")
        return cls("#" + "".join(f"{p:02X}" for p in parts))


class KodoUrl(Text):
    """A stored object, as ``kodo://bucket/key``. The bucket lies in the region of the job."""

    __slots__ = ()

    def __new__(cls, bucket: str, key: str) -> Self:
        if not bucket or "/" in bucket:
            raise ValueError(f"a bucket has no '/' and is not empty: {bucket!r}")
        return super().__new__(cls, f"kodo://{bucket}/{key}")

    def __getnewargs__(self) -> tuple[Any, ...]:
        return self.bucket, self.key

    @property
    def bucket(self) -> str:
        """The bucket."""
        return self[7:].partition("/")[0]

    @property
    def key(self) -> str:
        """The key."""
        return self[7:].partition("/")[2]


class KeyPattern(Text):
    """A template of keys with variables, such as ``$(fname)-$(count).jpg``."""

    __slots__ = ()

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables, in order: ``$(name)`` and ``${name}``."""
        return tuple(a or b for a, b in re.findall(r"\$\(([^()]*)\)|\$\{([^{}]*)\}", self))

    def fill(self, **values: object) -> str:
        """The key with its variables replaced; dots in names are written as underscores.

        Raises:
            KeyError: a variable has no value.
        """

        def replaced(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            return str(values[name.replace(".", "_")])

        return re.sub(r"\$\(([^()]*)\)|\$\{([^{}]*)\}", replaced, self)
