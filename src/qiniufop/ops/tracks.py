"""What operations on sound and moving pictures share: kinds of value, and the parameters of their tracks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, Field, Strict, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from ..declared import Declared
from ..values import KeyPattern
from ..wire import (
    B64,
    INT,
    BitRate,
    Fact,
    Grammar,
    Gravity,
    Int,
    Opaque,
    Pair,
    Resolution,
    Seconds,
    Switch,
    Text,
    Unit,
    Url,
    Word,
    camel,
    utf8,
)

__all__: list[str] = []

GUESS = Fact(known="inferred")
"""The vendor publishes the name of the parameter, not its values: any word is taken."""
SIZE = Grammar(r"[0-9]{1,5}x[0-9]{0,5}|x[0-9]{1,5}", "a size such as 640x360, 640x or x360", kind="size")
RATIO = Grammar(r"[0-9]{1,3}:[0-9]{1,3}", "a ratio such as 16:9", kind="ratio")
Aspect = Annotated[str, RATIO]
FrameRate = Annotated[float, Field(strict=True, allow_inf_nan=False), Ge(1), Le(60), Unit("frames/s")]
Crf = Annotated[int, Strict(), Ge(18), Le(33), INT]
OldCrf = Annotated[int, Strict(), Ge(18), Le(28), INT]
Gop = Annotated[int, Strict(), Ge(0), Le(3000), Unit("frames"), INT]
SampleRate = Annotated[int, Strict(), Ge(8000), Le(100000), Unit("Hz"), INT]
Variable = Annotated[int, Strict(), Ge(0), Le(500), INT]
"""Quality of sound at a variable bit rate: 0 to 9 for mp3, 10 to 500 for aac; lower is better."""
Rotation = Literal[90, 180, 270, "auto"]
Length = Annotated[Seconds, Gt(0)]

_SIDES = re.compile(r"([0-9]*)[x:]([0-9]*)[<>]?").fullmatch


def sides(size: str) -> tuple[int | None, int | None]:
    """Width and height that a size names; None for one that follows the other, and for a size by name."""
    found = _SIDES(size)
    width, height = found.groups() if found else ("", "")
    return int(width) if width else None, int(height) if height else None


def size_problem(size: str, low: int, high: int, short: int) -> str | None:
    """Why a size is outside ``low`` to ``high`` by ``low`` to ``short`` pixels, either way round; None if it is not."""
    named = [side for side in sides(size) if side is not None]
    if any(not low <= side <= high for side in named):
        return f"must have sides from {low} to {high} px, not {size}"
    if len(named) == 2 and min(named) > short:
        return f"may have only one side above {short} px, not {size}"
    return None


def within(low: int, high: int, short: int) -> Callable[[str], str]:
    """A validator of sizes."""

    def check(size: str) -> str:
        if (problem := size_problem(size, low, high, short)) is not None:
            raise PydanticCustomError("size", "{text}", {"text": problem})
        return size

    return check


FrameSize = Annotated[str, SIZE, AfterValidator(within(20, 3840, 2160))]
"""``WxH``, ``Wx`` or ``xH``, sides of 20 to 3840 by 20 to 2160 pixels, either way round."""


def _counted(template: str) -> str:
    if "$(count)" not in template and "${count}" not in template:
        raise PydanticCustomError("template", "must contain $(count)")
    return KeyPattern(template)


Template = Annotated[str, StringConstraints(min_length=1), AfterValidator(utf8), AfterValidator(_counted), B64]
"""Template of the keys of several results, given plain. ``$(count)``, a counter of six digits, must occur in it."""


class Encoder(Declared, spell=camel):
    """The video encoder."""

    vcodec: Annotated[
        Word | None,
        Fact(
            "libx264",
            choices=("copy", "libx264", "libx265", "libvpx", "libvpx-vp9", "libtheora", "libxvid"),
            alias="video_codec",
        ),
    ] = None
    """Video encoder, by its ffmpeg name; ``copy`` keeps the stream untouched."""


class Slimming(Declared, spell=camel):
    """Encoding that adapts to the content. The other keys are only read when ``avsmart`` is on."""

    avsmart: Annotated[Switch | None, Fact("0")] = None
    """Content-adaptive encoding, for H.264 and H.265; billed separately. Makes ``vb`` ineffective."""
    smt_enhance: Annotated[Switch | None, Fact("1", removed="2024", applies="avsmart")] = None
    """Picture enhancement of the first generation of avsmart."""
    smt_maxvbr: Annotated[BitRate | None, Fact(applies="avsmart")] = None
    """Ceiling of the average bit rate under avsmart; no effect for H.265."""
    smt_quality: Annotated[int, Strict(), Ge(-7), Le(9), INT, Fact(applies="avsmart")] | None = None
    """Quality under avsmart, -7 to 9; higher looks better."""


class Tuning(Declared, spell=camel):
    """How hard the video encoder tries."""

    smt_type: Annotated[Literal[1, 2] | None, Fact("1", removed="2024", applies="avsmart")] = None
    """Model of the first generation of avsmart."""
    enhance: Annotated[Switch | None, Fact(known="observed")] = None
    """Seen once beside avsmart."""
    refine: Annotated[Switch | None, Fact("0")] = None
    """Ask for the high-quality encoding profile."""
    maxrate: Annotated[Opaque | None, GUESS] = None
    """Peak bit rate of the video stream."""
    ref: Annotated[Opaque | None, GUESS] = None
    """Number of reference frames."""


class Rates(Declared, spell=camel):
    """Frame and bit rate of the moving picture; a quality and a bit rate exclude each other."""

    r: Annotated[FrameRate | None, Fact("as the source", alias="frame_rate")] = None
    """Frames per second, 1 to 60; above 30 only with ``hr``."""
    hr: Annotated[Switch | None, Fact("0")] = None
    """Allow frame rates above 30."""
    vb: Annotated[BitRate | None, Fact("as the source", alias="video_bitrate")] = None
    """Average video bit rate, as in ``128k``, ``1.25m`` or a number of bit/s; never above the source's while the codec
    stays, unless ``!`` behind it forces it. 1 to 50000 kbit/s."""
    crf: Annotated[Crf | None, Fact(applies="H.264 18-28, H.265 23-33")] = None
    """Constant rate factor, 18 to 28 for H.264 and 23 to 33 for H.265; lower looks better and is larger. Not with
    ``vb``."""

    @model_validator(mode="after")
    def _one_rate(self) -> Self:
        if self.vb is not None and self.crf is not None:
            raise ValueError("crf and vb cannot be given together")
        return self


class Profile(Declared, spell=camel):
    """What decoders must be able to do."""

    h264_crf: Annotated[OldCrf | None, Fact(removed="renamed crf", applies="H.264")] = None
    """Old name of ``crf``, 18 to 28. Not with ``vb``."""
    h264_profile: Annotated[Literal["baseline", "main", "high"] | None, Fact(applies="H.264")] = None
    """H.264 profile."""
    h264_level: Annotated[Literal["3.0", "3.1", "4.0", "4.1", "4.2"] | None, Fact(applies="H.264")] = None
    """H.264 level."""


class Size(Declared, spell=camel):
    """Size of the moving picture, and its key frames."""

    s: Annotated[Resolution | None, Fact("as the source", alias="size")] = None
    """Size: ``640x360`` exactly, which distorts unless ``autoscale`` is set; ``640x`` or ``x360`` keeps the ratio.
    ``>`` behind it is taken to mean only shrink, ``<`` only enlarge (inferred)."""
    autoscale: Annotated[Literal[0, 1, 2] | None, Fact("0", applies="s")] = None
    """How ``s`` is honoured: 0 stretches, 1 fits inside and keeps the ratio, 2 pads with black first."""
    gop: Annotated[Gop | None, Fact("0, the encoder's own")] = None
    """Most frames between two key frames, 0 to 3000."""


class Shape(Declared, spell=camel):
    """How the moving picture is turned, padded and shown."""

    aspect: Aspect | None = None
    """Display aspect ratio, as in ``16:9``."""
    pad_w: Annotated[Opaque | None, GUESS] = None
    """Width of the padded canvas."""
    pad_h: Annotated[Opaque | None, GUESS] = None
    """Height of the padded canvas."""
    pad_video_x: Annotated[Opaque | None, GUESS] = None
    """Left edge of the picture on the padded canvas."""
    pad_video_y: Annotated[Opaque | None, GUESS] = None
    """Top edge of the picture on the padded canvas."""
    colorspace: Annotated[Opaque | None, GUESS] = None
    """Colour space of the result."""
    key_frame_position: Annotated[Opaque | None, GUESS] = None
    """Forced positions of key frames."""
    rotate: Annotated[Rotation | None, Fact("no rotation")] = None
    """Degrees clockwise, or ``auto`` to follow the rotation tag."""
    rotateinfo: Annotated[Opaque | None, Fact(known="inferred", since="2023")] = None
    """Rotation written as metadata only."""
    flip: Annotated[Opaque | None, GUESS] = None
    """Direction to flip."""
    compress_level: Annotated[Opaque | None, GUESS] = None
    """Compression effort."""
    gif_high_color: Annotated[Switch | None, Fact("0", applies="gif")] = None
    """Better palette for gif; only with ``r``, ``s``, ``ss``, ``t`` and ``autoscale``."""
    deinterlace: Annotated[Opaque | None, GUESS] = None
    """Remove interlacing."""
    vn: Annotated[Switch | None, Fact("0", alias="no_video")] = None
    """Drop the video."""
    fade: (
        Annotated[
            str,
            Grammar(
                r"(?=.)(?:[0-9]+(?:\.[0-9]+)?)?(?:-[0-9]+(?:\.[0-9]+)?)?", "seconds in and out such as 3, -3 or 1.5-3"
            ),
            Fact("0", known="observed"),
        ]
        | None
    ) = None
    """Fade from and to black: seconds in, seconds out, as ``3-3``; either half may be missing."""


class Mosaic(Declared, spell=camel):
    """One blurred region."""

    mosaic: Annotated[Switch | None, Fact("0")] = None
    """Blur one region; not together with a new size."""
    mosaic_gravity: Annotated[Gravity | None, Fact("NorthEast", applies="mosaic")] = None
    """Anchor of the region."""
    mosaic_offset_x: Annotated[Int | None, Fact(applies="mosaic")] = None
    """Shift of the region to the right in pixels."""
    mosaic_offset_y: Annotated[Int | None, Fact(applies="mosaic")] = None
    """Shift of the region down in pixels."""
    mosaic_size: Annotated[Opaque | None, Fact(known="inferred", applies="mosaic")] = None
    """Size of the region, as ``WxH``."""
    mosaic_start: Annotated[Opaque | None, Fact(known="inferred", applies="mosaic")] = None
    """Second at which the region starts."""
    mosaic_duration: Annotated[Opaque | None, Fact(known="inferred", applies="mosaic")] = None
    """Seconds the region stays."""


class Sound(Declared, spell=camel):
    """How the sound is encoded."""

    acodec: Annotated[
        Word | None,
        Fact(
            choices=(
                "copy", "libmp3lame", "libfdk_aac", "libfaac", "aac", "libvorbis", "libopencore_amrnb", "flac", "ac3",
                "eac3", "alac", "mp2", "pcm_alaw", "pcm_mulaw",
            ),
            alias="audio_codec",
        ),
    ] = None  # fmt: skip
    """Audio encoder, by its ffmpeg name; ``copy`` keeps the stream untouched."""
    ab: Annotated[BitRate | None, Fact("128k for mp3", alias="audio_bitrate")] = None
    """Audio bit rate, as in ``128k``; never above the source's while the codec stays, unless ``!`` behind it forces it.
    1 to 600 kbit/s. Not with ``aq``."""
    ac: Annotated[Literal[1, 2, 4, 5, 6, 8] | None, Fact("as the source", alias="channels")] = None
    """Number of channels, not above the source's; mp3 has 1 or 2."""
    ar: Annotated[SampleRate | None, Fact("44100 for mp3", alias="sample_rate")] = None
    """Sampling rate in Hz, 8000 to 100000."""


class Mixing(Declared, spell=camel):
    """How the sound is treated and mixed."""

    aq: Annotated[Variable | None, Fact(applies="mp3 0-9, aac 10-500")] = None
    """Quality at a variable bit rate; lower is better. Not with ``ab``."""
    audio_profile: Annotated[Literal["aac_he"] | None, Fact(applies="acodec libfdk_aac")] = None
    """Audio profile."""
    volume: Annotated[Opaque | None, GUESS] = None
    """Change of volume."""
    loudnorm: Annotated[Opaque | None, GUESS] = None
    """Normalise the loudness by EBU R128."""
    loudnorm_i: Annotated[Opaque | None, GUESS] = None
    """Integrated loudness to aim at, in LUFS; ffmpeg takes -70 to -5."""
    loudnorm_lra: Annotated[Opaque | None, Pair("loudnormLRA"), GUESS] = None
    """Loudness range to aim at; ffmpeg takes 1 to 50."""
    loudnorm_tp: Annotated[Opaque | None, Pair("loudnormTP"), GUESS] = None
    """Highest true peak, in dBTP; ffmpeg takes -9 to 0."""
    an: Annotated[Switch | None, Fact("0", alias="no_audio")] = None
    """Drop the sound."""
    speex: Annotated[Opaque | None, GUESS] = None
    """Something about Speex."""
    write_xing: Annotated[Switch | None, Fact("1", applies="mp3")] = None
    """Write the Xing header, from which players know the length."""
    amix: Url | None = None
    """Another file whose sound is mixed in: one audio track, as many channels as the source."""
    amix_offset: Annotated[Seconds | None, Fact("0", applies="amix")] = None
    """Second of the result at which the mix starts."""
    amix_start: Annotated[Seconds | None, Fact("0", applies="amix")] = None
    """Second of the other file to start from."""
    amix_duration: Annotated[Seconds | None, Fact("all of it", applies="amix")] = None
    """Seconds of the other file to use."""
    multi_arep: Annotated[Url | None, Fact(known="observed")] = None
    """Another file whose sound replaces that of the source."""
    multi_arep_offset: Annotated[Opaque | None, Fact(known="inferred", applies="multiArep")] = None
    """Where in the result the replacement starts."""
    multi_arep_start: Annotated[Opaque | None, Fact(known="inferred", applies="multiArep")] = None
    """Where in the replacement to start."""
    multi_arep_duration: Annotated[Opaque | None, Fact(known="inferred", applies="multiArep")] = None
    """How much of the replacement to use."""


class Streams(Declared, spell=camel):
    """Subtitles, which streams are kept, and how much of them."""

    sn: Annotated[Switch | None, Fact("0", alias="no_subtitles")] = None
    """Drop the subtitles."""
    scodec: Annotated[Word | None, Fact(choices=("mov_text", "srt", "ass", "dvdsub"))] = None
    """Codec of subtitles that the source has."""
    subtitle: Text | None = None
    """Subtitles to burn in: the URL of an srt or mkv file, or ``embed`` for the source's own."""
    st_font: Annotated[Text | None, Fact(known="inferred", since="2022")] = None
    """Font of the subtitles."""
    st_font_size: Annotated[Opaque | None, Fact(known="inferred", since="2022")] = None
    """Size of the subtitles."""
    st_offset_x: Annotated[Opaque | None, Fact(known="inferred", since="2022")] = None
    """Horizontal shift of the subtitles."""
    st_offset_y: Annotated[Opaque | None, Fact(known="inferred", since="2022")] = None
    """Vertical shift of the subtitles."""
    stream: (
        Annotated[
            str,
            Grammar(
                r"-?[0-9]+(?:\.\.[0-9]+|(?:,[0-9]+)*)",
                "stream numbers such as 0, 0..2, 0,1 or -1 to drop",
                numbers=True,
            ),
        ]
        | None
    ) = None
    """Streams to keep (``0``, ``0..2``, ``0,1``) or, with a minus, to drop; numbers as avinfo shows them."""
    cut: Annotated[Opaque | None, GUESS] = None
    """Cut pieces from the source."""
    ss: Annotated[Seconds | None, Fact("0", alias="start")] = None
    """Start of the excerpt in seconds, at most three decimals."""
    t: Annotated[Length | None, Fact("to the end", alias="duration")] = None
    """Length of the excerpt in seconds, above 0, at most three decimals."""
    stripmeta: Annotated[Switch | None, Fact("0")] = None
    """Remove the container's metadata."""
