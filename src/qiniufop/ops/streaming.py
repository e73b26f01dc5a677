"""HLS in several qualities, HLS made while it is watched, and signed playlists."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import AfterValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..faults import Fault
from ..media import AV, Playlist, Video
from ..wire import (
    BITRATE,
    INT,
    BitRate,
    Codec,
    Fact,
    Grammar,
    Gravity,
    Int,
    Many,
    Natural,
    Number,
    Opaque,
    Positive,
    Resolution,
    Seconds,
    Switch,
    Text,
    Unit,
    Url,
    Word,
    b64decode,
    b64encode,
    camel,
)
from .mogr import Color
from .tracks import GUESS, SIZE, Variable, sides, size_problem, within

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["Adapt", "Avcvt", "Avhls", "Avvod", "Pm3u8"]

_SEEN = Fact(known="observed")
_TEXT_MARK = Fact(since="2025", applies="wmText")


def listed(one: Codec) -> Codec:
    """Values with commas between them."""

    def spell(items: Iterable[Any]) -> str:
        return ",".join([str(one.encode(item)) for item in items])

    def read(text: str) -> tuple[Any, ...]:
        return tuple([one.decode(item) for item in text.split(",")])

    return Codec(spell, read, f"list of {one.kind}, with commas")


def _band(bandwidth: int) -> int:
    if not 50_000 <= bandwidth <= 30_000_000:
        raise PydanticCustomError("band", "must be from 50000 to 30000000 bit/s, not {value}", {"value": bandwidth})
    return bandwidth


Band = Annotated[int, Strict(), AfterValidator(_band)]
_RATES = Grammar(
    rf"(?:{BITRATE.regex})|\$\(origin\)", "a bit rate such as 128k, or $(origin) for that of the source", numbers=True
)
_SIZES = Grammar(r"[0-9]{1,5}:[0-9]{1,5}|\$\(origin\)", "a size such as 640:360, or $(origin) for that of the source")
if TYPE_CHECKING:
    Rate: TypeAlias = str | int
else:
    Rate = Annotated[str, _RATES]
Bands = Annotated[Many[Band], listed(INT)]
Rates = Annotated[Many[Rate], listed(_RATES.codec)]
Sizes = Annotated[Many[Annotated[str, _SIZES]], listed(_SIZES.codec)]
Names = Annotated[
    Many[Annotated[str, Field(min_length=1)]],
    listed(Codec(b64encode, b64decode, "base64 text")),
]
ColonSize = Annotated[str, Grammar(r"[0-9]{1,5}:[0-9]{1,5}", "a size such as 640:360", kind="width:height")]


class Adapt(
    Fop[Video, Playlist],
    fop="adapt",
    spell=camel,
    facts=Facts(
        title="HLS in several qualities",
        zh="多码率自适应转码",
        docs=("https://developer.qiniu.com/dora/1245/multiple-rate-adaptive-transcoding-adapt",),
        modes=("persistent",),
        rules=(
            "multiAb excludes ab, multiVb excludes vb, multiResolution excludes resolution.",
            "Every list has as many values as envBandWidth, whose values ascend.",
            "Sizes have a colon here, where avthumb has an x.",
            "Sides are 20 to 8192 by 20 to 4320 for H.264 and H.265, otherwise 20 to 3840 by 20 to 2160.",
        ),
        limits=("2 to 5 qualities.",),
        examples=(
            (
                "adapt/m3u8/multiResolution/320:240,640:480/envBandWidth/200000,800000/multiVb/200k,1200k/hlstime/10",
                "two qualities",
            ),
            (
                "adapt/m3u8/envBandWidth/200000,800000/multiPrefix/cWluaXUtYQ==,cWluaXUtYg==",
                "playlists of a given name",
            ),
        ),
    ),
):
    """Transcode a video to HLS in several qualities, of which players choose. Takes a video, makes a playlist.

    ::

        Adapt("m3u8", env_band_width=[200_000, 800_000], multi_vb=["200k", "$(origin)"])

    Raises:
        ValidationError: the lists differ in length, the bandwidths do not ascend, or a value is outside its range.
    """

    format: Literal["m3u8"] = Field(kw_only=False)
    """Always m3u8."""
    env_band_width: Bands
    """Two to five bandwidths in bit/s from which a quality is chosen, ascending, each 50000 to 30000000."""
    multi_ab: Rates | None = None
    """Audio bit rate of each quality; ``$(origin)`` is that of the source. Not with ``ab``."""
    multi_vb: Rates | None = None
    """Video bit rate of each quality; ``$(origin)`` is that of the source. Not with ``vb``."""
    multi_resolution: Sizes | None = None
    """Size of each quality as ``640:360``, forced; ``$(origin)`` is that of the source. Not with ``resolution``."""
    multi_prefix: Names | None = None
    """Name of each quality's playlist and segments, given plain."""
    vb: Annotated[BitRate | None, Fact(alias="video_bitrate")] = None
    """Video bit rate of all qualities."""
    ab: Annotated[BitRate | None, Fact(alias="audio_bitrate")] = None
    """Audio bit rate of all qualities."""
    resolution: ColonSize | None = None
    """Size of all qualities, as ``640:360``."""
    hlstime: Annotated[Positive | None, Fact("10")] = None
    """Length of a segment in seconds. A page of 2019 says 10 to 60; shorter ones are in use."""
    vcodec: Annotated[Word | None, Fact(known="inferred", choices=("libx264", "libx265"))] = None
    """Video encoder; not in the published grammar."""
    wm_image: Url | None = None
    """A picture laid on the video: ``kodo://bucket/key``, given plain."""
    wm_text: Annotated[Text | None, Fact(since="2025")] = None
    """A text laid on the video, given plain."""
    wm_font: Annotated[Text | None, _TEXT_MARK] = None
    """Name of the font, given plain."""
    wm_font_size: Annotated[Int | None, _TEXT_MARK] = None
    """Size of the text."""
    wm_font_color: Annotated[Color | None, _TEXT_MARK] = None
    """Colour of the text, given plain."""
    wm_border_width: Annotated[Opaque | None, Fact(known="inferred", since="2025", applies="wmText")] = None
    """Width of the outline."""
    wm_border_color: Annotated[Text | None, Fact(known="inferred", since="2025", applies="wmText")] = None
    """Colour of the outline, given plain."""
    wm_gravity: Annotated[Gravity | None, Fact(since="2025", applies="wmImage")] = None
    """Anchor of the picture."""
    wm_gravity_text: Annotated[Gravity | None, _TEXT_MARK] = None
    """Anchor of the text."""
    wm_offset_x: Annotated[Int | None, Fact(since="2025")] = None
    """Shift to the right in pixels."""
    wm_offset_y: Annotated[Int | None, Fact(since="2025")] = None
    """Shift down in pixels."""

    @model_validator(mode="after")
    def _alike(self) -> Self:
        bands = self.env_band_width
        if not 2 <= len(bands) <= 5:
            raise ValueError(f"envBandWidth must have 2 to 5 values, not {len(bands)}")
        if any(low >= high for low, high in pairwise(bands)):
            raise ValueError("envBandWidth must ascend")
        for key, several, one, single in (
            ("multiAb", self.multi_ab, "ab", self.ab),
            ("multiVb", self.multi_vb, "vb", self.vb),
            ("multiResolution", self.multi_resolution, "resolution", self.resolution),
            ("multiPrefix", self.multi_prefix, "", None),
        ):
            if several is not None and single is not None:
                raise ValueError(f"{key} and {one} cannot be given together")
            if several is not None and len(several) != len(bands):
                raise ValueError(f"{key} must have {len(bands)} values, as envBandWidth, not {len(several)}")
        return self

    @model_validator(mode="after")
    def _sized(self) -> Self:
        most = (8192, 4320) if self.vcodec in (None, "libx264", "libx265") else (3840, 2160)
        for size in (*(self.multi_resolution or ()), *([self.resolution] if self.resolution else ())):
            if (problem := size_problem(size, 20, *most)) is not None:
                raise ValueError(f"a size {problem}")
        return self


class Avvod(
    Fop[AV, Playlist],
    fop="avvod",
    facts=Facts(
        title="HLS made while it is watched, first generation",
        zh="音视频实时转码（旧版）",
        docs=("https://developer.qiniu.com/dora/manual/1249/real-time-audio-and-video-transcoding-avvod",),
        status="legacy",
        modes=("sync",),
        rules=("ab and aq exclude each other.", "It was followed by avhls, and that by avcvt."),
        examples=(
            ("avvod/m3u8", "as the source"),
            ("avvod/m3u8/s/960x640/vb/1000k", "960x640 at 1000 kbit/s"),
            ("avvod/m3u8/autosave/1", "playlist and segments kept"),
        ),
    ),
):
    """Watch a file as HLS while it is transcoded; part of a URL. Takes audio or video, makes a playlist.

    Raises:
        ValidationError: a value is outside its range, or ``ab`` and ``aq`` are both given.
    """

    format: Literal["m3u8"] = Field(kw_only=False)
    """Always m3u8."""
    ab: Annotated[BitRate | None, Fact(alias="audio_bitrate")] = None
    """Audio bit rate. Not with ``aq``."""
    aq: Annotated[Variable | None, Fact(applies="mp3 0-9, aac 10-500")] = None
    """Quality of the sound at a variable bit rate; lower is better. Not with ``ab``."""
    ar: Annotated[Int | None, Fact(alias="sample_rate")] = None
    """Sampling rate in Hz."""
    r: Annotated[Number | None, Fact(alias="frame_rate")] = None
    """Frames per second."""
    vb: Annotated[BitRate | None, Fact(alias="video_bitrate")] = None
    """Video bit rate, never above the source's."""
    vcodec: Annotated[Literal["libx264", "libvpx", "libtheora", "libxvid"] | None, Fact("libx264")] = None
    """Video encoder."""
    acodec: Annotated[Literal["libmp3lame", "libfaac"] | None, Fact("libfaac")] = None
    """Audio encoder."""
    s: Annotated[str, SIZE, AfterValidator(within(20, 1920, 1920)), Fact("as the source", alias="size")] | None = None
    """Size as ``640x360``: 20 to 1920 by 20 to 1080; odd sides lose a pixel."""
    autosave: Annotated[Switch | None, Fact("0")] = None
    """Keep playlist and segments in the bucket of the source."""
    pipeline: Annotated[Word | None, _SEEN] = None
    """Name of a private queue."""

    @model_validator(mode="after")
    def _exclusive(self) -> Self:
        if self.ab is not None and self.aq is not None:
            raise ValueError("aq and ab cannot be given together")
        if self.s is not None and (sides(self.s)[1] or 0) > 1080:
            raise ValueError(f"s must be at most 1080 px high, not {self.s}")
        return self


class Avhls(
    Fop[Video, Playlist],
    fop="avhls",
    spell=camel,
    facts=Facts(
        title="HLS made while it is watched, second generation",
        zh="实时转码样式（旧版）",
        docs=("https://developer.qiniu.com/kodo/development_guidelines/12654/video-process",),
        status="legacy",
        modes=("sync",),
        rules=(
            "The console knows the parameters in this order only.",
            "ss and t appear together.",
            "Known from the console only: no value is checked for its range.",
        ),
        examples=(
            (
                "avhls/m3u8/segtime/10/ss/3.345/t/1.5/ab/128k!/ar/44100/r/25/vb/1000k!/vcodec/libx264"
                "/acodec/libfdk_aac/s/1280x",
                "an excerpt at forced bit rates",
            ),
        ),
    ),
):
    """Watch a video as HLS while it is transcoded, by an image style. Takes a video, makes a playlist."""

    format: Literal["m3u8"] = Field(kw_only=False)
    """Always m3u8."""
    segtime: Annotated[Number | None, _SEEN] = None
    """Length of a segment in seconds; 2 to 120 in the console."""
    ss: Annotated[Number | None, Fact(known="observed", alias="start")] = None
    """Start in seconds."""
    t: Annotated[Number | None, Fact(known="observed", alias="duration")] = None
    """Length in seconds."""
    ab: Annotated[BitRate | None, Fact(known="observed", alias="audio_bitrate")] = None
    """Audio bit rate; 1 to 600 kbit/s in the console."""
    ar: Annotated[Int | None, Fact(known="observed", alias="sample_rate")] = None
    """Sampling rate in Hz; 8000 to 100000 in the console."""
    r: Annotated[Int | None, Fact(known="observed", alias="frame_rate")] = None
    """Frames per second; 1 to 30 in the console."""
    vb: Annotated[BitRate | None, Fact(known="observed", alias="video_bitrate")] = None
    """Video bit rate; 10 to 60000 kbit/s in the console."""
    vcodec: Annotated[Word | None, Fact("libx264", known="observed", choices=("libx264", "libx265"))] = None
    """Video encoder."""
    acodec: Annotated[Word | None, Fact("libfdk_aac", known="observed", choices=("libmp3lame", "libfdk_aac"))] = None
    """Audio encoder."""
    s: Annotated[Resolution | None, Fact("as the source", known="observed", alias="size")] = None
    """Size: ``1280x720``, ``1280x`` or ``x720``; 20 to 3840 by 20 to 2160 in the console."""
    play: Annotated[Opaque | None, _SEEN] = None
    """Turns the growing playlist into a finished one."""
    dest_key: Annotated[Text | None, _SEEN] = None
    """Key under which the playlist is stored, given plain."""
    pattern: Annotated[Text | None, _SEEN] = None
    """Template of the segments' keys, with ``$(count)``, given plain."""


class Avcvt(
    Fop[AV, Playlist],
    fop="avcvt",
    spell=camel,
    facts=Facts(
        title="HLS made while it is watched",
        zh="实时转码",
        docs=("https://developer.qiniu.com/dora/12739/real-time-transcode",),
        modes=("sync",),
        piped=False,
        rules=(
            "It stands alone: nothing is piped into it or out of it.",
            "It always starts at the beginning: there is no ss.",
            "The container was positional until 2025, avcvt/3/m3u8; that is understood and written as format/m3u8.",
        ),
        limits=(
            "Sources are mp4, mov, 3gp or m4a, neither AV1 nor HDR in H.265.",
            "The result is at most 2560x1440.",
            "Only in Zhejiang, Guangdong and Hebei.",
        ),
        examples=(
            ("avcvt/3/format/m3u8", "as the source"),
            ("avcvt/3/format/m3u8/segtime/10/vb/128k!", "at a forced bit rate"),
        ),
    ),
):
    """Watch a file as HLS while it is transcoded; part of a URL. Takes audio or video, makes a playlist.

    Raises:
        ValidationError: a value is outside its range, or the result would be larger than 2560x1440.
    """

    foreign = {"ss": "it always starts at the beginning; t is the length"}

    mode: Literal[3] = Field(kw_only=False)
    """Always 3."""
    format: Annotated[Literal["m3u8"], Fact(since="2025-06")]
    """Always m3u8."""
    segtime: Annotated[Seconds, Ge(2), Le(10), Unit("s, three decimals"), Fact("10")] | None = None
    """Length of a segment in seconds, 2 to 10, at most three decimals."""
    t: Annotated[Seconds | None, Fact("to the end", alias="duration")] = None
    """Length in seconds from the beginning, at most three decimals."""
    vcodec: Annotated[Literal["libx264", "libx265", "copy"] | None, Fact("libx264", alias="video_codec")] = None
    """Video encoder."""
    vb: Annotated[BitRate | None, Fact("as the source", alias="video_bitrate")] = None
    """Video bit rate; ``!`` behind it forces it."""
    r: Annotated[Opaque | None, GUESS] = None
    """Frames per second."""
    s: Annotated[Opaque | None, GUESS] = None
    """Size, at most 2560x1440."""
    acodec: Annotated[Word | None, Fact(known="inferred", choices=("libfdk_aac", "libmp3lame", "copy"))] = None
    """Audio encoder."""
    ab: Annotated[Opaque | None, GUESS] = None
    """Audio bit rate."""
    ar: Annotated[Opaque | None, GUESS] = None
    """Sampling rate in Hz."""
    output: Annotated[Opaque | None, GUESS] = None
    """Selects the output; how is not published."""

    @model_validator(mode="after")
    def _sized(self) -> Self:
        named = sorted(side or 0 for side in sides(str(self.s or "")))
        if named[1] > 2560 or named[0] > 1440:
            raise ValueError(f"s must be at most 2560x1440, not {self.s}")
        return self

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        if segments[1:2] != ["m3u8"]:
            return super()._read_segments(segments, keep)
        added = "format"
        try:
            return super()._read_segments([segments[0], added, *segments[1:]], keep)
        except Fault as fault:
            start, end = fault.span
            shift = len(added) + 1 if start > len("avcvt/") + len(segments[0]) else 0
            raise Fault(fault.message, (start - shift, end - shift), fault.code, fault.suggestion) from None


class Pm3u8(
    Fop[Playlist, Playlist],
    fop="pm3u8",
    facts=Facts(
        title="Sign a playlist of a private bucket",
        zh="私有 m3u8",
        docs=("https://developer.qiniu.com/dora/manual/1292",),
        modes=("sync",),
        rules=(
            "deadline wins over expires.",
            "Only for private buckets; the command stands in a signed URL, before e and token.",
            "Addresses of segments in the playlist must be absolute.",
        ),
        examples=(
            ("pm3u8/0", "segments signed for the default time"),
            ("pm3u8/0/expires/43200", "for twelve hours"),
            ("pm3u8/0/deadline/1449166183", "up to a moment"),
        ),
    ),
):
    """Sign every segment of a playlist; part of a URL. Takes and makes a playlist.

    Raises:
        ValidationError: ``expires`` is below 1.
    """

    mode: Literal[0] = Field(kw_only=False)
    """Always 0: every segment is signed."""
    query: Text | None = None
    """Query string to add to the segments' addresses, given plain."""
    expires: Annotated[Positive | None, Fact("43200")] = None
    """Seconds for which the signatures last, at least 1."""
    deadline: Natural | None = None
    """Unix time up to which the signatures last. Wins over ``expires``."""
