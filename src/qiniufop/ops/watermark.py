"""Watermarks on pictures: one wire name, one public name, a class for each mode."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field, Strict

from ..core import Fop
from ..declaration import Facts
from ..declared import Declared, Group
from ..media import Image
from ..wire import (
    INT,
    Fact,
    Gravity,
    Groups,
    Int,
    Many,
    Number,
    Percent,
    Positive,
    Ratio,
    Switch,
    Text,
    Unit,
    Url,
    Word,
    hyphen,
)
from ._signatures import WatermarkCalls
from .mogr import Color

__all__ = [
    "ImageLayer",
    "TextLayer",
    "Watermark",
    "WatermarkImage",
    "WatermarkMixed",
    "WatermarkText",
    "WatermarkTiled",
]

_PAGE = "https://developer.qiniu.com/dora/1316/image-watermarking-processing-watermark"
FORMATS = ("copy", "avif", "heic")
Twips = Annotated[int, Strict(), Ge(0), Le(10000), Unit("twips, 1/20 point"), INT]
Angle = Annotated[int, Strict(), Ge(-180), Le(180), Unit("degrees"), INT]
Factor = Annotated[float, Field(strict=True, allow_inf_nan=False), Ge(0.1), Le(10)]
_LIMITS = ("As imageView2.", "Mode 4 takes no animated gif or webp.")


class Anchored(Declared):
    """Where a mark stands, and how much of it shows."""

    dissolve: Annotated[Percent | None, Fact("100")] = None
    """Opacity in percent, 1 to 100."""
    gravity: Annotated[Gravity | None, Fact("SouthEast")] = None
    """Anchor."""
    dx: Annotated[Int | None, Fact("10", alias="offset_x")] = None
    """Distance from the anchor's side in pixels; may be negative."""
    dy: Annotated[Int | None, Fact("10", alias="offset_y")] = None
    """Distance from the anchor's top or bottom in pixels; may be negative."""


class PictureKeys(Anchored):
    """A picture as a mark."""

    image: Url
    """The mark: ``kodo://bucket/key`` in the source's region, or an ``http(s)`` URL, which may carry a command."""
    ws: Annotated[Ratio | None, Fact("not scaled")] = None
    """Scale the mark to this share, 0 to 1, of a side of the source; 0 leaves it."""
    wst: Annotated[Literal[0, 1, 2, 3] | None, Fact("0")] = None
    """Which side ``ws`` is about: 0 short, 1 long, 2 width, 3 height."""


class Lettering(Declared):
    """A text, and how it is set."""

    text: Text
    """The text, given plain."""
    font: Annotated[Text | None, Fact("黑体")] = None
    """Name of the font family. Chinese text needs a Chinese font."""
    fontsize: Annotated[Twips | None, Fact("240")] = None
    """Size in twips, 1/20 point: 240 is 12 px."""
    fill: Annotated[Color | None, Fact("black", alias="color")] = None
    """Colour: a name or ``#RRGGBB``, given plain."""


class Watermark(
    WatermarkCalls,
    Fop[Image, Image],
    fop="watermark",
    family=True,
    init=False,
    spell=hyphen,
    facts=Facts(
        title="Watermark",
        zh="图片水印处理",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        limits=_LIMITS,
    ),
):
    """Put pictures or text on a picture. Takes and makes a picture of the same size.

    The mode picks the kind, and with it the parameters:

    * ``Watermark(mode=1, image=...)`` one picture (:class:`WatermarkImage`);
    * ``Watermark(mode=2, text=...)`` one text (:class:`WatermarkText`);
    * ``Watermark(mode=3, layers=[...])`` several of both (:class:`WatermarkMixed`);
    * ``Watermark(mode=4, text=...)`` text repeated all over (:class:`WatermarkTiled`);
    * ``Watermark(mode=5, method=...)`` a picture that nobody sees (:class:`WatermarkBlind`);
    * ``Watermark(mode=6, method=...)`` a text that nobody sees (:class:`WatermarkBlindText`).

    Text, URLs, fonts and colours are given plain and encoded on the wire.

    Raises:
        ValidationError: a value is outside its range.
        TypeError: there is no such mode.
    """

    mode: int = Field(kw_only=False)
    """Kind of watermark."""


class WatermarkImage(
    Watermark,
    PictureKeys,
    variant=("1",),
    init=False,
    facts=Facts(
        title="One picture as watermark",
        zh="图片水印",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        rules=(
            "A source smaller than the mark comes back unmarked.",
            "A changed picture behind the same URL may not show because of caching; rename it instead.",
        ),
        limits=_LIMITS,
        examples=(
            (
                "watermark/1/image/aHR0cDovL3d3dy5iMS5xaW5pdWRuLmNvbS9pbWFnZXMvbG9nby0yLnBuZw==/dissolve/50"
                "/gravity/SouthEast/dx/20/dy/20",
                "a half transparent logo at the bottom right",
            ),
            (
                "watermark/1/image/a29kbzovL2RldmVsb3Blci1kb2N1bWVudHMtaW1hZ2UvcWluaXV5dW4ucG5n/ws/0.2",
                "a stored picture, scaled to a fifth of the short side",
            ),
        ),
    ),
):
    """Put one picture on a picture. Takes and makes a picture."""

    mode: Literal[1] = Field(default=1, kw_only=False)
    """Always 1."""
    format: Annotated[Word | None, Fact("as the source", choices=FORMATS)] = None
    """Format of the result."""
    tile: Annotated[Switch | None, Fact("0")] = None
    """Repeat the mark all over the picture."""
    uws: Number | None = None
    """Width of a tile as a factor; its range is not known."""
    uhs: Number | None = None
    """Height of a tile as a factor; its range is not known."""
    ignore_error: Annotated[Switch | None, Fact("0")] = None
    """Give back the input of the stage instead of an error."""


class WatermarkText(
    Watermark,
    Anchored,
    Lettering,
    variant=("2",),
    init=False,
    facts=Facts(
        title="One text as watermark",
        zh="文字水印",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        rules=("Chinese text needs a Chinese font.",),
        limits=_LIMITS,
        examples=(
            (
                "watermark/2/text/5LiD54mb5LqR5a2Y5YKo/font/5a6L5L2T/fontsize/1000/fill/d2hpdGU=/dissolve/85"
                "/gravity/SouthEast/dx/20/dy/20",
                "white text of 50 px",
            ),
        ),
    ),
):
    """Put one text on a picture. Takes and makes a picture."""

    mode: Literal[2] = Field(default=2, kw_only=False)
    """Always 2."""
    format: Annotated[Word | None, Fact("as the source", choices=FORMATS)] = None
    """Format of the result."""
    ignore_error: Annotated[Switch | None, Fact("0")] = None
    """Give back the input of the stage instead of an error."""


class ImageLayer(PictureKeys, Group):
    """A picture among the layers of ``Watermark(mode=3)``."""


class TextLayer(Anchored, Lettering, Group):
    """A text among the layers of ``Watermark(mode=3)``."""


class WatermarkMixed(
    Watermark,
    variant=("3",),
    init=False,
    facts=Facts(
        title="Several pictures and texts in one pass",
        zh="混合水印",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        rules=("Layers are applied in the order given.", "Every layer begins with its image or text."),
        limits=_LIMITS,
        examples=(
            (
                "watermark/3/image/aHR0cDovL2RldmVsb3Blci5xaW5pdS5jb20vcmVzb3VyY2UvbG9nby0yLmpwZw=="
                "/text/5LiD54mb5LqR5a2Y5YKo",
                "a logo, then a text",
            ),
        ),
    ),
):
    """Put several pictures and texts on a picture, one after the other. Takes and makes a picture."""

    mode: Literal[3] = Field(default=3, kw_only=False)
    """Always 3."""
    format: Annotated[Word | None, Fact("as the source", choices=FORMATS)] = None
    """Format of the result."""
    ignore_error: Annotated[Switch | None, Fact("0", known="inferred")] = None
    """Give back the input of the stage instead of an error."""
    layers: Annotated[Many[ImageLayer | TextLayer], Field(min_length=1), Groups(strict=True)]
    """The layers, in the order they are applied; later ones lie on top."""


class WatermarkTiled(
    Watermark,
    Lettering,
    variant=("4",),
    init=False,
    facts=Facts(
        title="Text repeated all over",
        zh="平铺文字水印",
        docs=(_PAGE,),
        modes=("sync", "persistent", "style"),
        rules=("It has no gravity, dx or dy.", "Not for animated gif or webp."),
        limits=_LIMITS,
        examples=(
            (
                "watermark/4/text/6IGq5bGL6YCJ5oi_/font/5a6L5L2T/fontsize/500/fill/Z3JheQ==/dissolve/50/rotate/-45"
                "/uw/100/uh/100/resize/1",
                "grey text at an angle",
            ),
        ),
    ),
):
    """Repeat a text all over a picture. Takes and makes a still picture."""

    mode: Literal[4] = Field(default=4, kw_only=False)
    """Always 4."""
    dissolve: Annotated[Percent | None, Fact("100")] = None
    """Opacity in percent, 1 to 100."""
    rotate: Annotated[Angle | None, Fact("0")] = None
    """Angle of the text in degrees, -180 to 180."""
    uw: Annotated[Positive | None, Fact("100")] = None
    """Width of a cell in pixels."""
    uh: Annotated[Positive | None, Fact("100")] = None
    """Height of a cell in pixels."""
    resize: Annotated[Factor | None, Fact("1")] = None
    """Scale of the cells, 0.1 to 10."""
    format: Annotated[Word | None, Fact("as the source", choices=FORMATS)] = None
    """Format of the result."""
    ignore_error: Annotated[Switch | None, Fact("0", known="inferred")] = None
    """Give back the input of the stage instead of an error."""
    dx: Annotated[Int | None, Fact(known="observed")] = None
    """Seen in real commands; not documented for this mode."""
    dy: Annotated[Int | None, Fact(known="observed")] = None
    """Seen in real commands; not documented for this mode."""


from . import blind as blind  # noqa: E402  the family is complete once its other module is read, too
