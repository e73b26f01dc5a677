"""Pictures changed as a whole: corners, weight, animation, panoramas, super-resolution."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from ..core import Fop, In, Out
from ..declaration import Facts
from ..media import Animation, Image, Video
from ..wire import INT, Fact, Flag, Grammar, Many, Repeat, Tail, Text, Unit, Url, Word, camel
from ._signatures import AicvtCalls
from .image import FORMATS

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["Aicvt", "AicvtImage", "AicvtVideo", "Animate", "Imageslim", "RoundPic", "Stitch"]

RADIUS = Grammar(
    r"[0-9]+|![0-9]+(?:\.[0-9]+)?p",
    "pixels such as 50, or a percentage such as !50p",
    kind="pixels or percentage",
    numbers=True,
)
if TYPE_CHECKING:
    Radius: TypeAlias = str | int
    """Pixels, or a percentage as text: ``"!50p"``."""
else:
    Radius = Annotated[str, RADIUS]


def _stored(url: str) -> str:
    if not re.fullmatch(r"(?is)kodo://[^/]+/.+", url):
        raise PydanticCustomError("url", "must be an object such as kodo://bucket/key")
    return url


KodoUrl = Annotated[Url, AfterValidator(_stored)]
"""A stored object, ``kodo://bucket/key``, given plain and written in base64."""
Centiseconds = Annotated[int, Strict(), Ge(1), Unit("hundredths of a second"), INT]
PICTURES = ("jpg", "png", "bmp")


class RoundPic(
    Fop[Image, Image],
    fop="roundPic",
    facts=Facts(
        title="Round the corners of a picture",
        zh="图片圆角处理",
        docs=("https://developer.qiniu.com/dora/4083/image-rounded-corner",),
        modes=("sync", "persistent", "style"),
        rules=(
            "Either radius alone, or radiusx and radiusy together.",
            "More than half a side counts as half: !50p makes a circle of a square.",
            "The result is always a PNG; the corners are transparent.",
            "Not for pictures that the CDN fetches from another source.",
        ),
        limits=("Takes png and jpg.", "Online: source at most 20 MB."),
        examples=(
            ("roundPic/radius/50", "corners of 50 px"),
            ("roundPic/radius/!50p", "a circle from a square"),
            ("roundPic/radiusx/!50p/radiusy/!50p", "the same, side by side"),
        ),
    ),
):
    """Cut the corners of a picture to arcs. Takes a png or jpg, makes a png.

    Raises:
        ValidationError: a radius is neither pixels nor a percentage, or both ways of giving it are mixed.
    """

    radius: Annotated[Radius | None, Fact("radiusx and radiusy")] = None
    """Radius of every corner: pixels, or ``"!50p"`` for a share of each side in percent."""
    radiusx: Annotated[Radius | None, Fact("radius")] = None
    """Horizontal radius, as ``radius``. Goes with ``radiusy``."""
    radiusy: Annotated[Radius | None, Fact("radius")] = None
    """Vertical radius, as ``radius``. Goes with ``radiusx``."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.radius is not None and (self.radiusx is not None or self.radiusy is not None):
            raise ValueError("radius cannot be given together with radiusx or radiusy")
        if self.radius is None and (self.radiusx is None or self.radiusy is None):
            raise ValueError("needs radius, or radiusx and radiusy together")
        return self


class Imageslim(
    Fop[Image, Image],
    fop="imageslim",
    facts=Facts(
        title="Make a picture lighter without visible change",
        zh="图片瘦身",
        docs=("https://developer.qiniu.com/dora/1271/image-thin-body-imageslim",),
        modes=("sync", "persistent", "style"),
        rules=(
            "Best last, behind every other picture operation.",
            "The source comes back unchanged after an error, or when the result would be larger.",
        ),
        limits=("Jpeg and png only.", "A jpeg has 1 s online and 10 s in a job, a png 3 s and 30 s."),
        examples=(
            ("imageslim", "slimmed"),
            ("imageslim/zlevel/2", "slimmed more gently"),
            ("imageMogr2/auto-orient/thumbnail/300x/interlace/1/blur/1x0/quality/75|imageslim", "last in its command"),
        ),
    ),
):
    """Recompress a picture with hardly visible loss. Takes and makes a jpeg or png of the same size."""

    zlevel: Annotated[int, Strict(), Ge(0), Le(10), INT, Fact("3")] | None = None
    """How much may be lost, 0 to 10: lower is better and larger."""


class Animate(
    Fop[Image, Animation],
    fop="animate",
    facts=Facts(
        title="Animate pictures",
        zh="图片动图合成",
        docs=("https://developer.qiniu.com/dora/5448/animate",),
        modes=("sync", "persistent", "style"),
        rules=(
            "All pictures lie in the bucket of the source and should have the same size.",
            "The keys are the frames in order; whether the source comes before them is told both ways.",
            "Not for pictures that the CDN fetches from another source.",
        ),
        limits=("At most 20 frames, each a jpeg or png of at most 1080x1080.",),
        examples=(
            ("animate/duration/1/merge/key/cWluaXUucG5n/key/cWluaXUucG5n/key/cWluaXUucG5n", "10 ms a frame"),
            (
                "animate/duration/10/merge/key/dW5pY2xvdWQvZXh0LXN0b3JhZ2UvMi5wbmc="
                "/key/dW5pY2xvdWQvZXh0LXN0b3JhZ2UvMy5wbmc=/effect/1",
                "backwards",
            ),
        ),
    ),
):
    """Make an animated gif of several stored pictures. Takes a picture, makes an animation.

    Raises:
        ValidationError: there is no frame, or there are more than 20.
    """

    duration: Centiseconds
    """Time of each frame in hundredths of a second."""
    merge: Annotated[Literal[True], Flag("merge")] = True
    """Always written: the word before the keys."""
    keys: Annotated[Many[Text], Field(min_length=1, max_length=20), Repeat("key")]
    """Keys of the frames in order, in the bucket of the source."""
    effect: Annotated[Literal[0, 1] | None, Fact("0")] = None
    """1 plays backwards."""


class Stitch(
    Fop[Image, Image],
    fop="stitch",
    facts=Facts(
        title="Stitch a panorama",
        zh="全景图拼接",
        docs=("https://developer.qiniu.com/dora/6670/panoramic-view-image-splicing-stitch",),
        modes=("persistent",),
        rules=("The buckets lie in the region of the source.", "The pictures stand last."),
        limits=("At most 10 pictures with the source, each a jpg or png of at most 20 MB and 3200x2400.",),
        examples=(
            (
                "stitch/format/jpg/images/a29kbzovL2RldmVsb3Blci1kb2N1bWVudHMtaW1hZ2UvYm9hdDJfMTI4MHg3MjAuanBn"
                "/a29kbzovL2RldmVsb3Blci1kb2N1bWVudHMtaW1hZ2UvYm9hdDNfMTI4MHg3MjAuanBn",
                "a panorama of three pictures",
            ),
        ),
    ),
):
    """Join overlapping pictures to one wide one. Takes and makes a picture; its size depends on the content.

    Raises:
        ValidationError: there are no pictures, more than nine, or one is no ``kodo://`` reference.
    """

    format: Literal["jpg", "png"]
    """Format of the result."""
    images: Annotated[Many[KodoUrl], Field(min_length=1, max_length=9), Tail("images")]
    """The further pictures, ``kodo://bucket/key`` each, one to nine."""


class Aicvt(
    AicvtCalls,
    Fop[In, Out],
    fop="aicvt",
    family=True,
    init=False,
    spell=camel,
    facts=Facts(
        title="Super-resolution",
        zh="超分辨率",
        docs=(
            "https://developer.qiniu.com/dora/12509/Image%20super%20resolution",
            "https://developer.qiniu.com/dora/12508",
        ),
        modes=("persistent",),
    ),
):
    """Enlarge a picture or a video by learned detail. The format tells which: jpg, png and bmp are pictures.

    * ``Aicvt(format="png", super_resolution=4, sr_mode="enhance")`` a picture (:class:`AicvtImage`);
    * ``Aicvt(format="mp4", super_resolution=2)`` a video (:class:`AicvtVideo`).

    Raises:
        ValidationError: a value is not among those published.
    """

    @classmethod
    def _choose(cls, args: tuple[Any, ...], data: Mapping[str, Any]) -> type[Fop[Any, Any]]:
        return _kind(data.get("format"))

    @classmethod
    def _variant(cls, segments: list[str]) -> type[Fop[Any, Any]]:
        if cls._family is not cls:
            return cls
        at = segments.index("format") + 1 if "format" in segments else len(segments)
        return _kind(segments[at] if at < len(segments) else None)


class AicvtImage(
    Aicvt[Image, Image],
    variant=PICTURES,
    facts=Facts(
        title="Super-resolution of a picture",
        zh="图片超分",
        docs=("https://developer.qiniu.com/dora/12509/Image%20super%20resolution",),
        modes=("persistent",),
        rules=("srMode base enlarges by 2 only, enhance by 2 and 4.",),
        limits=("Source jpg, png or bmp of at most 1920x1080.", "For objects in East China only, at the time."),
        examples=(("aicvt/format/png/superResolution/4/srMode/enhance", "four times as wide and as high"),),
    ),
):
    """Enlarge a picture by learned detail. Takes and makes a picture.

    Raises:
        ValidationError: a factor of 4 without ``sr_mode="enhance"``.
    """

    format: Literal["jpg", "png", "bmp"]
    """Format of the result."""
    super_resolution: Literal[2, 4] | None = None
    """Factor by which both sides grow."""
    sr_mode: Annotated[Literal["base", "enhance"] | None, Fact("base")] = None
    """``base`` is the steady one, ``enhance`` the stronger."""

    @model_validator(mode="after")
    def _strong_enough(self) -> Self:
        if self.super_resolution == 4 and self.sr_mode != "enhance":
            raise ValueError("superResolution/4 needs srMode/enhance")
        return self


class AicvtVideo(
    Aicvt[Video, Video],
    variant=(),
    facts=Facts(
        title="Super-resolution of a video",
        zh="视频超分",
        docs=("https://developer.qiniu.com/dora/12508",),
        modes=("persistent",),
        examples=(("aicvt/format/mp4/superResolution/2", "twice as wide and as high"),),
    ),
):
    """Enlarge a video by learned detail. Takes and makes a video."""

    format: Word
    """Container of the result, such as ``mp4``."""
    vcodec: Word | None = None
    """Video codec of the result."""
    super_resolution: Literal[2, 3] | None = None
    """Factor by which both sides grow."""
    sr_mode: Annotated[Literal["base", "faceEnhance"] | None, Fact("base", known="inferred")] = None
    """``faceEnhance`` is for faces."""


def _kind(format: Any) -> type[Fop[Any, Any]]:
    return AicvtImage if str(format).lower() in {*PICTURES, *FORMATS} - {"copy"} else AicvtVideo
