"""Pictures edited step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import AfterValidator, Field, StringConstraints, model_validator
from typing_extensions import Self

from ..declaration import Facts
from ..declared import Declared
from ..edits import EditList
from ..media import Image
from ..values import Color as ColorText
from ..values import Crop, Extent, Thumbnail
from ..wire import B64, FLOAT, Fact, Flag, Grammar, Gravity, Pair, Quality, Switch, Text, Unit, Word, hyphen
from ._signatures import ImageMogr2Calls
from .image import FORMATS, Palette

__all__ = ["ImageMogr2"]

_N = r"[0-9]{1,9}"
_PCT = r"[0-9]{1,4}(?:\.[0-9]+)?"
THUMBNAIL = Grammar(
    rf"!?(?:(?:{_N}x(?:{_N})?|x{_N})[r!<>^]?|{_N}[<>!]?|{_PCT}[p%]x?|x{_PCT}[p%]|{_PCT}[p%]x{_PCT}[p%]|{_N}@)",
    "a size such as 300x, x300, 300x300, !300x300r, 300x300!, 300x300>, !50p or 90000@",
    kind="thumbnail geometry",
    value=Thumbnail,
)
CROP = Grammar(
    rf"!?(?:{_N}x(?:{_N})?|x{_N})(?:[a+-]{_N}[a+-]{_N})?",
    "a region such as 300x200, 300x, x200 or !300x200a10a10",
    kind="crop geometry",
    value=Crop,
)
EXTENT = Grammar(
    rf"!?{_N}x{_N}(?:[a+-]{_N}[a+-]{_N})?|![a+-]{_N}[a+-]{_N}",
    "a canvas such as 642x429, !642x429a1a1 or !-3a0",
    kind="extent geometry",
    value=Extent,
)
BORDER = Grammar(rf"{_N}x{_N}", "a frame such as 10x10", kind="width x height")
BLUR = Grammar(
    r"(?:[1-9]|[1-4][0-9]|50)x[0-9]{1,4}(?:\.[0-9]+)?",
    "radius x sigma such as 3x5, radius 1 to 50",
    kind="radius x sigma",
)
SIZE_LIMIT = Grammar(
    r"(?:[0-9]{1,12}[kKmM]?|\$\(fsize\))!?",
    "a size in bytes such as 15k, 2m or $(fsize), with '!' behind it to give back the source rather than more",
    kind="bytes",
)
Color = Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(ColorText), B64]
"""A colour name or ``#RRGGBB``, given plain."""


def _whole(x: float) -> float:
    return int(x) if x == int(x) else round(x, 9)


Degrees = Annotated[float, Ge(1), Le(360), Unit("degrees"), AfterValidator(_whole), FLOAT]


class ImageEdits(Declared, spell=hyphen):
    """The edits of imageMogr2."""

    auto_orient: Annotated[bool, Flag("auto-orient")] = False
    """Turn the picture upright by its EXIF orientation; best first."""
    thumbnail: Annotated[str, THUMBNAIL, Fact("no scaling")] | None = None
    """Scale: ``300x`` or ``x300`` one side; ``300x300`` fits inside; ``!300x300r`` covers; ``300x300!`` forces;
    ``300x300>`` only shrinks; ``300x300<`` only enlarges; ``!50p`` percent; ``!50px``, ``!x50p`` one side;
    ``90000@`` area in pixels."""
    strip: Annotated[bool, Flag("strip")] = False
    """Drop all metadata."""
    gravity: Annotated[Gravity | None, Fact("NorthWest")] = None
    """Anchor of the crops that follow."""
    crop: Annotated[str, CROP, Fact("no cropping")] | None = None
    """Cut a region: ``300x200``, ``300x``, ``x200``; with an offset from the anchor ``!300x200a10a10``, where ``a`` is
    plus and ``-`` cuts off what is outside."""
    rotate: Annotated[Degrees | None, Fact("no rotation")] = None
    """Degrees clockwise, 1 to 360. Animations take 90, 180 and 270 only."""
    format: Annotated[Word | None, Fact("as the source; jpeg for avif and heic", choices=FORMATS)] = None
    """Format of the result. The set is open; avif and heic are billed separately."""
    colors: Annotated[Palette | None, Fact("128 for a gif", applies="gif sources, png output")] = None
    """Size of the palette."""
    blur: Annotated[str, BLUR] | None = None
    """Gaussian blur as radius x sigma, radius 1 to 50. Not for gif; sigma 0 does nothing."""
    interlace: Annotated[Switch | None, Fact("0", applies="jpg")] = None
    """Whether a JPEG shows progressively."""
    background: Annotated[Color | None, Fact("white")] = None
    """Colour of the area that rotation and extent uncover: a name or ``#RRGGBB[AA]``, given plain."""
    extent: Annotated[str, EXTENT] | None = None
    """Canvas: ``642x429`` centres the picture, ``!642x429a1a1`` shifts it right and down, ``!-3a0`` adds 3 px left."""
    bordercolor: Annotated[Color | None, Fact("white")] = None
    """Colour of the border, as ``background``."""
    border: Annotated[str, BORDER] | None = None
    """Frame: ``10x8`` adds 10 px left and right, 8 px above and below."""
    quality: Annotated[Quality | None, Fact("75; heic 35; avif 50")] = None
    """Quality of the result, 1 to 100; ``"90!"`` forces it."""
    sharpen: Literal[0, 1] | None = None
    """1 sharpens."""
    density: Annotated[int, Field(strict=True), Ge(1), Le(1200), Unit("dpi"), Fact("as the source")] | None = None
    """Resolution to note in the file, 1 to 1200 dpi."""
    meta_keep_list: Text | None = None
    """Metadata to keep, comma separated: ``icc``, ``exif`` or some tags."""
    exif_modify: Annotated[Word | None, Pair("exifModify"), Fact(known="inferred")] = None
    """Named in the grammar of the metadata page; the form of its value is not known, so any word is taken."""
    exif_retain_names: Text | None = None
    """EXIF tags to keep, comma separated, such as ``Exif.Image.ApertureValue``. For jpeg, png and webp output."""
    size_limit: Annotated[str, SIZE_LIMIT, Fact(applies="jpg")] | None = None
    """Size to aim at: ``15k``, ``2m`` or ``$(fsize)``; ``!`` gives back the source if the result is larger."""
    ignore_error: Annotated[Switch | None, Fact("0")] = None
    """Give back the input of the stage instead of an error."""
    heic_exif: Annotated[Switch | None, Fact(known="observed")] = None
    """Seen in real commands only."""
    colorspace: Annotated[Word | None, Fact(known="observed")] = None
    """Seen in real commands only, with ``srgb`` and ``gray``."""


class ImageMogr2(
    ImageMogr2Calls,
    EditList[Image, Image],
    fop="imageMogr2",
    edits=ImageEdits,
    init=False,
    facts=Facts(
        title="Edit a picture step by step",
        zh="图片高级处理",
        docs=(
            "https://developer.qiniu.com/dora/8255/the-zoom",
            "https://developer.qiniu.com/dora/8256/tailoring",
            "https://developer.qiniu.com/dora/8257/rotating",
            "https://developer.qiniu.com/dora/8258/format-conversion",
            "https://developer.qiniu.com/dora/8351/the-background-color-fill",
            "https://developer.qiniu.com/dora/12720/Limit-image-size",
        ),
        modes=("sync", "persistent", "style"),
        rules=(
            "Edits act in the order they are written; gravity only affects the crops behind it.",
            "Format, quality, interlace, colors, strip, size-limit, density and ignore-error are about encoding the "
            "result, so their place should not matter (inferred).",
            "meta-keep-list and exif-retain-names exclude each other.",
            "size-limit needs jpeg output.",
            "It may enlarge, unlike imageView2.",
        ),
        limits=("As imageView2.",),
        examples=(
            ("imageMogr2/thumbnail/!75p", "640x427 becomes 480x320"),
            ("imageMogr2/thumbnail/700x", "640x427 becomes 700x467"),
            ("imageMogr2/thumbnail/!200x200r", "covers 200x200"),
            ("imageMogr2/crop/!300x300a30a100", "300x300 at (30,100)"),
            ("imageMogr2/gravity/Center/crop/300x300", "the centre"),
            ("imageMogr2/rotate/45", "turned 45 degrees clockwise"),
            ("imageMogr2/border/10x10/bordercolor/cmVk", "a red frame of 10 px"),
            ("imageMogr2/format/jpeg/strip/size-limit/15k!", "about 15 KB, never larger than the source"),
            (
                "imageMogr2/auto-orient/thumbnail/!256x256r/gravity/Center/crop/!256x256/blur/3x9/quality/80",
                "several edits in turn",
            ),
        ),
    ),
):
    """Edit a picture: an ordered list of steps. Takes and makes a picture.

    Keywords act in the order they are given::

        ImageMogr2(auto_orient=True, thumbnail="!300x300r", gravity="Center", crop="300x300")

    A step may be repeated through its method::

        ImageMogr2().thumbnail("300x").crop("200x200").thumbnail("50x")

    ``op.steps`` lists them, ``op["crop"]`` is the value of the last ``crop``.

    Raises:
        ValidationError: a value is outside its grammar or range.
    """

    foreign = dict.fromkeys(
        ("cut", "iradius", "rradius", "scrop", "cgif", "bright", "contrast", "grayscale", "flip", "cut-out"),
        "that is Tencent Cloud's dialect of the same command",
    ) | {
        "iradius": "rounded corners are roundPic/radius/...",
        "roundpic": "rounded corners are an operation: roundPic/radius/...",
        "w": "that is imageView2's; here it is thumbnail/<w>x",
        "h": "that is imageView2's; here it is thumbnail/x<h>",
        "q": "here it is called quality",
    }

    version: Annotated[Literal["v1", "v2"] | None, Fact(known="observed")] = Field(default=None, kw_only=False)
    """Seen in other people's code, which mixes this command up with imageMogr; it has no documented effect."""

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if self["meta_keep_list"] is not None and self["exif_retain_names"] is not None:
            raise ValueError("meta-keep-list and exif-retain-names cannot be given together")
        return self
