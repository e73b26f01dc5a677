"""Relatives of avthumb: slimming, parallel transcoding, and the watermark commands of old."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, field_validator
from pydantic_core import PydanticCustomError

from ..core import Fop
from ..declaration import Facts
from ..media import Playlist, Video
from ..wire import (
    BitRate,
    Fact,
    Gravity,
    Groups,
    Int,
    Many,
    Number,
    Opaque,
    Pair,
    Resolution,
    Switch,
    Text,
    Url,
    Word,
    camel,
)
from .marks import ImageMark, TextMark
from .mogr import Color
from .tracks import GUESS, SIZE, Mosaic, Rates, Size, Slimming, Sound, sides

__all__ = ["Avfast", "Avsmart", "Avwatermarks", "Vwatermark"]

_SEEN = Fact(known="observed")


def _even(size: str) -> str:
    if any(side % 2 for side in sides(size) if side is not None):
        raise PydanticCustomError("size", "must have even sides, not {size}", {"size": size})
    return size


EvenSize = Annotated[str, SIZE, AfterValidator(_even)]


class Avsmart(
    Fop[Video, Video],
    fop="avsmart",
    spell=camel,
    facts=Facts(
        title="Slim a video",
        zh="锐智转码（旧版）",
        docs=("https://developer.qiniu.com/dora/5135/avsmart",),
        status="legacy",
        modes=("persistent",),
        idle=True,
        rules=(
            "Use avthumb with avsmart/1 instead.",
            "Width and height are even and not above those of the source.",
            "Besides size and watermark it has nothing of avthumb.",
        ),
        examples=(
            ("avsmart/mp4", "a slimmer video"),
            ("avsmart/mp4/oau/0", "the sound left alone"),
            ("avsmart/mp4/ignore-error/1/s/1280x720", "the source where nothing could be saved"),
        ),
    ),
):
    """Make a video smaller at about the same look. Takes and makes a video.

    Raises:
        ValidationError: a side is odd, or a value is outside its range.
    """

    format: Literal["mp4"] = Field(kw_only=False)
    """Always mp4."""
    oau: Switch | None = None
    """Encode the sound, too."""
    ignore_error: Annotated[Switch | None, Pair("ignore-error")] = None
    """Give back the source instead of failing where nothing could be saved."""
    s: Annotated[EvenSize | None, Fact("as the source", alias="size")] = None
    """Size: ``640x360`` exactly, ``640x`` or ``x360`` in proportion; even, and not above the source."""
    wm_image: Url | None = None
    """A jpg or png laid on the video: ``kodo://bucket/key`` or an ``http(s)`` URL, given plain."""
    wm_gravity: Annotated[Gravity | None, Fact("NorthEast", applies="wmImage")] = None
    """Anchor of the picture."""
    wm_img_resolution: Annotated[str, SIZE, Fact(applies="wmImage")] | None = None
    """Size of the picture: ``120x40``, ``120x`` or ``x40``."""
    wm_text: Text | None = None
    """A text laid on the video, given plain."""
    wm_gravity_text: Annotated[Opaque | None, Fact(known="inferred", applies="wmText")] = None
    """Anchor of the text, one of the nine."""
    wm_font: Annotated[Text | None, Fact(known="inferred", applies="wmText")] = None
    """Name of the font, given plain."""
    wm_font_size: Annotated[Opaque | None, Fact(known="inferred", applies="wmText")] = None
    """Size of the text."""
    wm_font_color: Annotated[Color | None, Fact(known="inferred", applies="wmText")] = None
    """Colour of the text, given plain."""
    vb: Annotated[Opaque | None, GUESS] = None
    """Highest bit rate of the picture."""


class Avfast(
    Sound,
    Mosaic,
    Size,
    Rates,
    Slimming,
    Fop[Video, Any],
    fop="avfast",
    spell=camel,
    facts=Facts(
        title="Transcode in parallel",
        zh="极速转码",
        docs=("https://developer.qiniu.com/dora/5777/avfast",),
        modes=("persistent",),
        rules=(
            "Sources are mp4 or m3u8, too.",
            "No watermarks, and neither remuxing nor sound alone.",
            "What the parameters mean is taken from avthumb, whose names they have.",
        ),
        limits=(
            "Meant for videos of more than 25 minutes; shorter ones gain nothing and are billed at the fast rate.",
            "Not for sources of a variable frame rate.",
        ),
        examples=(("avfast/mp4/vcodec/libx264/s/1280x720", "an mp4 of 1280x720"),),
    ),
):
    """Transcode a long video in many pieces at once. Takes a video, makes a video or, for m3u8, a playlist.

    Raises:
        ValidationError: a value is outside its range, or ``crf`` and ``vb`` are both given.
    """

    format: Literal["mp4", "m3u8"] = Field(kw_only=False)
    """Container of the result."""
    vcodec: Annotated[Literal["libx264", "libx265"] | None, Fact(alias="video_codec")] = None
    """Video encoder."""
    cut: Annotated[Opaque | None, GUESS] = None
    """Cut pieces from the source."""
    scodec: Annotated[Word | None, Fact(known="inferred", choices=("mov_text",))] = None
    """Codec of the subtitles."""

    @property
    def makes(self) -> Any:
        return Playlist if self.format == "m3u8" else Video


class Avwatermarks(
    Fop[Video, Video],
    fop="avwatermarks",
    spell=camel,
    facts=Facts(
        title="Several overlays on a video",
        zh="视频多水印",
        docs=("https://developer.qiniu.com/dora/api/video-watermarking",),
        status="legacy",
        modes=("persistent",),
        rules=(
            "Every overlay begins with its picture or text; what follows belongs to it until the next one.",
            "avthumb can do all of this.",
        ),
        examples=(
            (
                "avwatermarks/mp4/wmImage/a29kbzovL2IvbG9nby5wbmc=/wmGravity/NorthWest"
                "/wmImage/a29kbzovL2IvbG9nby5wbmc=/wmGravity/NorthEast",
                "a logo in two corners",
            ),
            (
                "avwatermarks/m3u8/wmImage/a29kbzovL2IvbG9nby5wbmc=/wmPos/$(end)/wmDuration/-5",
                "a logo for the last five seconds",
            ),
        ),
    ),
):
    """Lay pictures and texts on a video. Takes and makes a video.

    Raises:
        ValidationError: there is no overlay, or a value of one is outside its range.
    """

    format: Annotated[Word, Fact(choices=("mp4", "m3u8", "flv"))] = Field(kw_only=False)
    """Container of the result. The set is open."""

    @field_validator("format")
    @classmethod
    def _is_no_key(cls, word: str) -> str:
        return cls.plan.not_a_key(word)

    r: Annotated[Number | None, Fact("as the source", known="observed", alias="frame_rate")] = None
    """Frames per second."""
    s: Annotated[Resolution | None, Fact("as the source", known="observed", alias="size")] = None
    """Size of the result."""
    aspect: Annotated[Opaque | None, _SEEN] = None
    """Display aspect ratio, as in ``16:9``."""
    subtitle: Annotated[Text | None, _SEEN] = None
    """Subtitles to burn in: a URL, or ``embed``, given plain."""
    ab: Annotated[BitRate | None, Fact(known="observed", alias="audio_bitrate")] = None
    """Audio bit rate."""
    aq: Annotated[Int | None, _SEEN] = None
    """Quality of the sound at a variable bit rate."""
    ar: Annotated[Int | None, Fact(known="observed", alias="sample_rate")] = None
    """Sampling rate in Hz."""
    ac: Annotated[Int | None, Fact(known="observed", alias="channels")] = None
    """Number of channels."""
    ss: Annotated[Number | None, Fact(known="observed", alias="start")] = None
    """Start of the excerpt in seconds."""
    t: Annotated[Number | None, Fact(known="observed", alias="duration")] = None
    """Length of the excerpt in seconds."""
    stripmeta: Annotated[Switch | None, _SEEN] = None
    """Remove the container's metadata."""
    watermarks: Annotated[Many[ImageMark | TextMark], Field(min_length=1), Groups(strict=True)]
    """The overlays, in the order they are laid; later ones lie on top."""


class Vwatermark(
    Fop[Video, Video],
    fop="vwatermark",
    facts=Facts(
        title="One picture on a video",
        zh="视频水印（旧版）",
        docs=(
            "https://github.com/qiniu/developer.qiniu.com/blob/master/docs/v6/api/reference/fop/av/video-watermark.md",
        ),
        status="retired",
        modes=("persistent",),
        rules=("Use avthumb with wmImage instead.",),
        examples=(
            (
                "vwatermark/1/image/aHR0cDovL3Rlc3R1bml0LnFpbml1ZG4uY29tL3Fpbml1bG9nby5wbmc=/gravity/NorthEast/format/mp4",
                "a logo at the top right",
            ),
        ),
    ),
):
    """Put one picture on a video. Takes and makes a video."""

    mode: Literal[1] = Field(kw_only=False)
    """Always 1, a picture."""
    image: Url
    """The picture: an ``http(s)`` URL or ``kodo://bucket/key``, given plain."""
    gravity: Annotated[Gravity | None, Fact("NorthEast")] = None
    """Anchor."""
    format: Annotated[Literal["mp4", "flv"] | None, Fact("mp4")] = None
    """Container of the result."""
