"""The first generation of picture operations, frozen since 2014."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field, Strict

from ..core import Fop
from ..declaration import Facts
from ..declared import Declared
from ..edits import EditList
from ..media import Image
from ..wire import INT, Fact, Flag, Gravity, Int, Switch, Unit, Word, hyphen
from ._signatures import ImageMogrCalls
from .mogr import CROP, THUMBNAIL, Degrees

__all__ = ["ImageMogr", "ImageView"]

FORMATS = ("jpg", "gif", "png", "webp")
Length = Annotated[int, Strict(), Ge(1), Unit("px"), INT]
PlainQuality = Annotated[int, Strict(), Ge(1), Le(100), INT]
_YEAR_2012 = Fact(known="observed", removed="2013")


class ImageView(
    Fop[Image, Image],
    fop="imageView",
    facts=Facts(
        title="Scale, crop and convert a picture, first generation",
        zh="图片基本处理（旧版）",
        docs=("https://github.com/qiniu/developer.qiniu.com/blob/master/docs/v6/api/reference/obsolete/imageview.md",),
        status="legacy",
        modes=("sync", "persistent", "style"),
        rules=(
            "Frozen: use imageView2.",
            "Mode 1 is said to need w and h, mode 2 one of them; real commands leave them out.",
            "A picture with an EXIF orientation is turned upright first.",
        ),
        examples=(
            ("imageView/1/w/500/h/500", "640x427 becomes 500x500, enlarged and cropped"),
            ("imageView/2/h/200", "scaled to a height of 200"),
        ),
    ),
):
    """Scale a picture, convert it. Takes and makes a picture. Superseded by :class:`~qiniufop.ImageView2`."""

    mode: Literal[0, 1, 2, 3, 4, 5] = Field(kw_only=False)
    """1 crops the centre to exactly ``w`` x ``h`` and may enlarge; 2 fits inside. The others are only seen in real
    commands."""
    w: Annotated[Length | None, Fact(alias="width")] = None
    """Width in pixels."""
    h: Annotated[Length | None, Fact(alias="height")] = None
    """Height in pixels."""
    q: Annotated[PlainQuality | None, Fact("85")] = None
    """Quality of the result, 1 to 100."""
    format: Annotated[Word | None, Fact("as the source", choices=FORMATS)] = None
    """Format of the result. The set is open."""
    quality: Annotated[Int | None, _YEAR_2012] = None
    """Older name of ``q``."""
    sharpen: Annotated[Int | None, _YEAR_2012] = None
    """Strength of a sharpening."""
    watermark: Annotated[Switch | None, _YEAR_2012] = None
    """Whether the watermark set for the bucket is put on."""


class MogrEdits(Declared, spell=hyphen):
    """The edits of imageMogr."""

    auto_orient: Annotated[bool, Flag("auto-orient")] = False
    """Turn the picture upright by its EXIF orientation."""
    thumbnail: Annotated[str, THUMBNAIL, Fact("no scaling")] | None = None
    """Scale, in the forms of imageMogr2; a percentage of one side is followed by the other here."""
    gravity: Annotated[Gravity | None, Fact("NorthWest")] = None
    """Anchor of the crops that follow."""
    crop: Annotated[str, CROP, Fact("no cropping")] | None = None
    """Cut a region, in the forms of imageMogr2."""
    quality: Annotated[PlainQuality | None, Fact("85")] = None
    """Quality of the result, 1 to 100; never above that of the source."""
    rotate: Annotated[Degrees | None, Fact("no rotation")] = None
    """Degrees clockwise, 1 to 360."""
    format: Annotated[Word | None, Fact("as the source", choices=FORMATS)] = None
    """Format of the result. The set is open."""


class ImageMogr(
    ImageMogrCalls,
    EditList[Image, Image],
    fop="imageMogr",
    edits=MogrEdits,
    init=False,
    facts=Facts(
        title="Edit a picture step by step, first generation",
        zh="图片高级处理（旧版）",
        docs=("https://github.com/qiniu/developer.qiniu.com/blob/master/docs/v6/api/reference/obsolete/imagemogr.md",),
        status="legacy",
        modes=("sync", "persistent", "style"),
        rules=("Frozen: use imageMogr2.", "Edits act in the order they are written.", "Without v2 a gif is untouched."),
        examples=(
            ("imageMogr/v2/auto-orient/thumbnail/!75p", "640x427 becomes 480x320"),
            ("imageMogr/thumbnail/32x32", "fitted into 32x32"),
        ),
    ),
):
    """Edit a picture: an ordered list of steps. Takes and makes a picture. Superseded by
    :class:`~qiniufop.ImageMogr2`.

    Raises:
        ValidationError: a value is outside its grammar or range.
    """

    version: Annotated[Literal["v1", "v2"] | None, Fact("the first revision")] = Field(default=None, kw_only=False)
    """``v2`` is the second revision; ``v1`` is only seen in real commands."""
