"""Transcoding: one wire name with a plain, an HLS and a preset form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import Field, Strict, field_validator, model_validator
from typing_extensions import Self

from ..core import Fop, Out
from ..declaration import Facts
from ..declared import Declared, Group
from ..media import AV, Animation, Audio, Document, Playlist, Transcoded, Video
from ..wire import (
    B64_RAW,
    INT,
    BitRate,
    Fact,
    Grammar,
    Gravity,
    Groups,
    Int,
    Many,
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
)
from ._signatures import AvthumbCalls
from .marks import ImageMark, TextMark, VideoMark

__all__ = ["Avthumb", "AvthumbFile", "AvthumbHls", "AvthumbPreset"]

_GUESS = Fact(known="inferred")
"""The vendor publishes the name of the parameter, not its values: any word is taken."""
_PAGES = (
    "https://developer.qiniu.com/dora/1248/audio-and-video-transcoding-avthumb",
    "https://developer.qiniu.com/kodo/12787/avthumb-transcode",
)
_HLS_PAGES = ("https://developer.qiniu.com/dora/1485/audio-and-video-slice",)

AUDIO = ("mp3", "m4a", "aac", "adts", "amr", "flac", "wav", "ogg", "opus", "ac3", "eac3", "aiff", "au", "caf", "mp2")
IMAGE = ("gif", "webp")
VIDEO = ("mp4", "flv", "mov", "avi", "mkv", "ts", "webm", "ogv", "3gp", "3g2", "asf", "f4v", "wmv", "mpg", "mpegts")
HLS = ("m3u8", "hls")
DEVICES = (
    "android", "android_low", "android_high", "android-low", "android-high", "iphone", "iphone_low", "iphone_high",
    "ipad", "ipad_low", "ipad_high", "flash",
)  # fmt: skip
HLS_PRESETS = (
    "audio_32k", "audio_48k", "audio_64k", "video_16x9_150k", "video_16x9_240k", "video_16x9_440k", "video_16x9_640k",
    "video_4x3_150k", "video_4x3_240k", "video_4x3_440k", "video_4x3_640k", "video_150k", "video_240k", "video_440k",
    "video_640k", "video_1000k", "video_1500k",
)  # fmt: skip

FrameRate = Annotated[float, Field(strict=True, allow_inf_nan=False), Ge(1), Le(60), Unit("frames/s")]
Crf = Annotated[int, Strict(), Ge(18), Le(33), INT]
Key16 = Annotated[str | bytes, Field(min_length=1), B64_RAW]


class Picture(Declared, spell=camel):
    """How the moving picture is encoded and shaped."""

    vcodec: Annotated[
        Word | None,
        Fact(
            "libx264",
            choices=("copy", "libx264", "libx265", "libvpx", "libvpx-vp9", "libtheora", "libxvid"),
            alias="video_codec",
        ),
    ] = None
    """Video encoder, by its ffmpeg name; ``copy`` keeps the stream untouched."""
    avsmart: Annotated[Switch | None, Fact("0")] = None
    """Content-adaptive encoding, for H.264 and H.265; billed separately. Makes ``vb`` ineffective."""
    smt_type: Annotated[Literal[1, 2] | None, Fact("1", removed="2024", applies="avsmart")] = None
    """Model of the first generation of avsmart."""
    smt_enhance: Annotated[Switch | None, Fact("1", removed="2024", applies="avsmart")] = None
    """Picture enhancement of the first generation of avsmart."""
    enhance: Annotated[Switch | None, Fact(known="observed")] = None
    """Seen once beside avsmart."""
    smt_maxvbr: Annotated[BitRate | None, Fact(applies="avsmart")] = None
    """Ceiling of the average bit rate under avsmart; no effect for H.265."""
    smt_quality: Annotated[int, Strict(), Ge(-7), Le(9), INT, Fact(applies="avsmart")] | None = None
    """Quality under avsmart, -7 to 9; higher looks better."""
    refine: Annotated[Switch | None, Fact("0")] = None
    """Ask for the high-quality encoding profile."""
    maxrate: Annotated[Opaque | None, _GUESS] = None
    """Peak bit rate of the video stream."""
    r: Annotated[FrameRate | None, Fact("as the source", alias="frame_rate")] = None
    """Frames per second, 1 to 60; above 30 only with ``hr``."""
    ref: Annotated[Opaque | None, _GUESS] = None
    """Number of reference frames."""
    hr: Annotated[Switch | None, Fact("0")] = None
    """Allow frame rates above 30."""
    vb: Annotated[BitRate | None, Fact("as the source", alias="video_bitrate")] = None
    """Average video bit rate, as in ``128k``, ``1.25m`` or a number of bit/s; never above the source's while the codec
    stays, unless ``!`` behind it forces it. 1 to 50000 kbit/s."""
    crf: Annotated[Crf | None, Fact(applies="H.264 18-28, H.265 23-33")] = None
    """Constant rate factor; lower looks better and is larger. Not with ``vb``."""
    h264_crf: Annotated[Crf | None, Fact(removed="renamed crf", applies="H.264")] = None
    """Old name of ``crf``. Not with ``vb``."""
    h264_profile: Annotated[Literal["baseline", "main", "high"] | None, Fact(applies="H.264")] = None
    """H.264 profile."""
    h264_level: Annotated[Literal["3.0", "3.1", "4.0", "4.1", "4.2"] | None, Fact(applies="H.264")] = None
    """H.264 level."""
    s: Annotated[Resolution | None, Fact("as the source", alias="size")] = None
    """Size: ``640x360`` exactly, which distorts unless ``autoscale`` is set; ``640x`` or ``x360`` keeps the ratio.
    ``>`` behind it is taken to mean only shrink, ``<`` only enlarge (inferred)."""
    aspect: Annotated[str, Grammar(r"[0-9]{1,3}:[0-9]{1,3}", "a ratio such as 16:9", kind="ratio")] | None = None
    """Display aspect ratio, as in ``16:9``."""
    autoscale: Annotated[Literal[0, 1, 2] | None, Fact("0", applies="s")] = None
    """How ``s`` is honoured: 0 stretches, 1 fits inside and keeps the ratio, 2 pads with black first."""
    pad_w: Annotated[Opaque | None, _GUESS] = None
    """Width of the padded canvas."""
    pad_h: Annotated[Opaque | None, _GUESS] = None
    """Height of the padded canvas."""
    pad_video_x: Annotated[Opaque | None, _GUESS] = None
    """Left edge of the picture on the padded canvas."""
    pad_video_y: Annotated[Opaque | None, _GUESS] = None
    """Top edge of the picture on the padded canvas."""
    gop: Annotated[int, Strict(), Ge(0), Le(3000), Unit("frames"), INT, Fact("0, the encoder's own")] | None = None
    """Most frames between two key frames, 0 to 3000."""
    colorspace: Annotated[Opaque | None, _GUESS] = None
    """Colour space of the result."""
    key_frame_position: Annotated[Opaque | None, _GUESS] = None
    """Forced positions of key frames."""
    rotate: Annotated[Literal[90, 180, 270, "auto"] | None, Fact("no rotation")] = None
    """Degrees clockwise, or ``auto`` to follow the rotation tag."""
    rotateinfo: Annotated[Opaque | None, Fact(known="inferred", since="2023")] = None
    """Rotation written as metadata only."""
    flip: Annotated[Opaque | None, _GUESS] = None
    """Direction to flip."""
    compress_level: Annotated[Opaque | None, _GUESS] = None
    """Compression effort."""
    gif_high_color: Annotated[Switch | None, Fact("0", applies="gif")] = None
    """Better palette for gif; only with ``r``, ``s``, ``ss``, ``t`` and ``autoscale``."""
    deinterlace: Annotated[Opaque | None, _GUESS] = None
    """Remove interlacing."""
    vn: Annotated[Switch | None, Fact("0", alias="no_video")] = None
    """Drop the video."""
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


class Sound(Declared, spell=camel):
    """How the sound is encoded and mixed."""

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
    ar: (
        Annotated[int, Strict(), Ge(8000), Le(100000), Unit("Hz"), INT, Fact("44100 for mp3", alias="sample_rate")]
        | None
    ) = None
    """Sampling rate in Hz, 8000 to 100000."""
    aq: Annotated[int, Strict(), Ge(0), Le(500), INT, Fact(applies="mp3 0-9, aac 10-500")] | None = None
    """Quality at a variable bit rate; lower is better. Not with ``ab``."""
    audio_profile: Annotated[Literal["aac_he"] | None, Fact(applies="acodec libfdk_aac")] = None
    """Audio profile."""
    volume: Annotated[Opaque | None, _GUESS] = None
    """Change of volume."""
    loudnorm: Annotated[Opaque | None, _GUESS] = None
    """Normalise the loudness by EBU R128."""
    loudnorm_i: Annotated[Opaque | None, _GUESS] = None
    """Integrated loudness to aim at, in LUFS; ffmpeg takes -70 to -5."""
    loudnorm_lra: Annotated[Opaque | None, Pair("loudnormLRA"), _GUESS] = None
    """Loudness range to aim at; ffmpeg takes 1 to 50."""
    loudnorm_tp: Annotated[Opaque | None, Pair("loudnormTP"), _GUESS] = None
    """Highest true peak, in dBTP; ffmpeg takes -9 to 0."""
    an: Annotated[Switch | None, Fact("0", alias="no_audio")] = None
    """Drop the sound."""
    speex: Annotated[Opaque | None, _GUESS] = None
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


class Subtitles(Declared, spell=camel):
    """Subtitles, and which streams are kept."""

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
    cut: Annotated[Opaque | None, _GUESS] = None
    """Cut pieces from the source."""
    ss: Annotated[Seconds | None, Fact("0", alias="start")] = None
    """Start of the excerpt in seconds, at most three decimals."""
    t: Annotated[Seconds | None, Fact("to the end", alias="duration")] = None
    """Length of the excerpt in seconds, at most three decimals."""
    stripmeta: Annotated[Switch | None, Fact("0")] = None
    """Remove the container's metadata."""
    preset: Annotated[Word | None, Fact(known="observed")] = None
    """Settings by name: of old after a format, of the console instead of one."""


class Avthumb(
    AvthumbCalls,
    Subtitles,
    Sound,
    Picture,
    Fop[AV, Out],
    fop="avthumb",
    family=True,
    init=False,
    spell=camel,
    facts=Facts(
        title="Transcode audio or video",
        zh="音视频转码",
        docs=_PAGES,
        modes=("persistent", "style"),
        idle=True,
        rules=(
            "crf and vb exclude each other, and so do aq and ab.",
            "A two-sided s without autoscale is forced and may distort.",
            "The bit rate asked for is capped at the source's while the codec stays, unless forced with '!'.",
            "Sides are 20 to 8192 by 20 to 4320 for H.264 and H.265, otherwise 20 to 3840 by 20 to 2160.",
            "vcodec copy and acodec copy together only repackage.",
        ),
        examples=(),
    ),
):
    """Transcode audio or video. Takes audio or video; what it makes follows from the format.

    The first argument picks the form, and with it the parameters:

    * ``Avthumb("mp4", vb="1.25m")`` a container by its ffmpeg name (:class:`AvthumbFile`);
    * ``Avthumb("m3u8", segtime=10)`` an HLS playlist and its segments (:class:`AvthumbHls`);
    * ``Avthumb(preset="...")`` settings stored in the console (:class:`AvthumbPreset`).

    Overlays are groups, in the order they are laid::

        Avthumb("mp4", watermarks=[ImageMark(wm_image="kodo://b/logo.png"), TextMark(wm_text="hi")])

    A single one may be written flat, as on the wire: ``Avthumb("mp4", wm_image="kodo://b/logo.png", wm_offset_x=-20)``.

    Raises:
        ValidationError: a value is outside its range, or two parameters exclude each other.
    """

    foreign = {
        "af": "filters are not free: use volume, loudnorm or fade",
        "vf": "filters are not free: use s, rotate, flip, mosaic or an overlay",
        "vcode": "did you mean 'vcodec'?",
        "acode": "did you mean 'acodec'?",
        "vmImage": "it was renamed wmImage in 2015",
        "vmGravity": "it was renamed wmGravity in 2015",
    }
    flat: ClassVar[tuple[type[Group], ...]] = (ImageMark, VideoMark, TextMark)
    """The groups whose parameters may be given flat."""

    watermarks: Annotated[Many[ImageMark | VideoMark | TextMark], Groups()] = ()
    """Overlays, in the order they are laid; later ones lie on top."""

    @model_validator(mode="after")
    def _exclusive(self) -> Self:
        if self.vb is not None and (self.crf is not None or self.h264_crf is not None):
            raise ValueError("crf and vb cannot be given together")
        if self.ab is not None and self.aq is not None:
            raise ValueError("aq and ab cannot be given together")
        return self

    @classmethod
    def _choose(cls, args: tuple[Any, ...], data: Mapping[str, Any]) -> type[Fop[Any, Any]]:
        asked = args[0] if args else data.get("format")
        if asked is None and data.get("preset") is not None:
            return AvthumbPreset
        return AvthumbHls if asked in HLS else AvthumbFile

    @classmethod
    def _variant(cls, segments: list[str]) -> type[Fop[Any, Any]]:
        if cls._family is not cls:
            return cls
        if segments and segments[0] in HLS:
            return AvthumbHls
        return AvthumbPreset if "preset" in segments[::2] else AvthumbFile

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        if not any(attr.startswith("wm_") for attr in data):
            return data
        return fold_marks(data)


class AvthumbFile(
    Avthumb[Out],
    variant=("",),
    facts=Facts(
        title="Transcode to a file",
        zh="普通音视频转码",
        docs=_PAGES,
        modes=("persistent", "style"),
        idle=True,
        rules=Avthumb.facts.rules,
        examples=(
            ("avthumb/mp4/s/640x360/vb/1.25m", "an mp4 of 640x360"),
            ("avthumb/mp3/ab/192k", "an mp3 at 192 kbit/s"),
            ("avthumb/mp4/s/640x360/autoscale/1/vb/1.25m", "fitted into 640x360"),
            ("avthumb/mp4/vcodec/copy/acodec/copy", "repackaged only"),
            ("avthumb/gif/ss/0/t/3/r/5", "a gif of three seconds"),
            ("avthumb/mp4/ss/60/t/60|saveas/cnd4Zjpwcm9jZXNzZWQubXA0", "the second minute"),
            ("avthumb/iphone_low", "a device preset of old"),
        ),
    ),
):
    """Transcode to a container. Takes audio or video."""

    overloads: ClassVar[tuple[tuple[tuple[str, ...], type], ...]] = (
        (VIDEO, Video),
        (AUDIO, Audio),
        (IMAGE, Animation),
        ((), object),
    )
    """What type checkers are told a format makes; the last one is any other word, of which they know nothing."""

    format: Annotated[Word, Fact(choices=(*VIDEO, *AUDIO, *IMAGE))] = Field(kw_only=False)
    """Container, by its ffmpeg name, or a device preset such as ``iphone``. The set is open."""

    @field_validator("format")
    @classmethod
    def _is_no_key(cls, word: str) -> str:
        return cls.plan.not_a_key(word)

    @property
    def makes(self) -> Any:
        if self.vn or self.format in AUDIO:
            return Audio
        if self.format in IMAGE:
            return Animation
        if self.format in ("srt", "ass"):
            return Document
        return Video if self.format in VIDEO or self.format in DEVICES else Transcoded

    @property
    def label(self) -> str:
        return f"avthumb/{self.format}"


class AvthumbHls(
    Avthumb[Playlist],
    variant=HLS,
    facts=Facts(
        title="Transcode to HLS",
        zh="音视频切片（HLS）",
        docs=_HLS_PAGES,
        modes=("persistent",),
        idle=True,
        rules=(
            "noDomain/1 and domain exclude each other; noDomain/1 is recommended.",
            "pattern is the old name of savePattern; either must contain $(count).",
            "t is the length of the excerpt, segtime that of a segment.",
        ),
        limits=("Segments are 2 to 120 s long.",),
        examples=(
            ("avthumb/m3u8/noDomain/1/vb/500k/t/10", "ten seconds at 500 kbit/s"),
            ("avthumb/m3u8/segtime/10/vcodec/libx264/s/320x240", "segments of ten seconds"),
            (
                "avthumb/m3u8/vb/640k/hlsKey/ZXhhbXBsZWtleTEyMzQ1Ng=="
                "/hlsKeyUrl/aHR0cDovL3p0ZXN0LnFpbml1ZG4uY29tL2NyeXB0MC5rZXk=",
                "encrypted",
            ),
        ),
    ),
):
    """Transcode to an HLS playlist and segments. Takes audio or video, makes a playlist."""

    format: Literal["m3u8", "hls"] = Field(kw_only=False)
    """``m3u8``, or its alias ``hls``."""
    no_domain: Annotated[Switch | None, Fact("0")] = None
    """Write relative addresses into the playlist; recommended."""
    domain: Text | None = None
    """Host of the segments, without a scheme."""
    segtime: Annotated[int, Strict(), Ge(2), Le(120), Unit("s"), INT, Fact("10")] | None = None
    """Length of a segment in seconds, 2 to 120."""
    seg_first_time: Annotated[int, Strict(), Ge(1), Le(120), Unit("s"), INT, Fact("as segtime")] | None = None
    """Length of the first segment in seconds."""
    hls_key: Annotated[Key16 | None, Fact("not encrypted")] = None
    """AES-128 key: 16 bytes, or their RSA-OAEP ciphertext when ``hls_key_type`` is 1.x."""
    hls_key_type: Annotated[str, Grammar(r"0|1\.[0-9]+", "0, or a key version such as 1.0"), Fact("0")] | None = None
    """0 for a plain key, ``1.0`` and so on for one encrypted with the published RSA key of that version."""
    hls_key_url: Text | None = None
    """Address from which players fetch the key."""
    hls_iv_type: Annotated[Opaque | None, Pair("hlsIVType"), _GUESS] = None
    """How the initialisation vector is passed."""
    hls_iv: Annotated[Key16 | None, Pair("hlsIV"), _GUESS] = None
    """Initialisation vector."""
    hls_method: Annotated[Word | None, Fact(known="observed", choices=("qiniu-protection-10",))] = None
    """Method of encryption, when it is not AES-128."""
    hls_duration_modify: Annotated[Opaque | None, _GUESS] = None
    """Correct the durations in the playlist."""
    multi_audio: Annotated[Opaque | None, _GUESS] = None
    """Several audio tracks."""
    segment_type: Annotated[Opaque | None, _GUESS] = None
    """Container of the segments."""
    segment_init: Annotated[Text | None, _GUESS] = None
    """Name of the initialisation segment."""
    pattern: Annotated[Text | None, Fact(removed="renamed savePattern in 2024")] = None
    """Old name of ``save_pattern``."""
    save_pattern: Annotated[Text | None, Fact(since="2024")] = None
    """Template of the segments' keys; must contain ``$(count)``."""

    @model_validator(mode="after")
    def _segments_named(self) -> Self:
        if self.no_domain and self.domain is not None:
            raise ValueError("noDomain/1 and domain cannot be given together")
        if self.pattern is not None and self.save_pattern is not None:
            raise ValueError("pattern is the old name of savePattern: give one of them")
        template = self.save_pattern or self.pattern
        if template is not None and "$(count)" not in template and "${count}" not in template:
            raise ValueError("the template of the segments must contain $(count)")
        return self

    @property
    def label(self) -> str:
        return f"avthumb/{self.format}"

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        if len(segments) % 2 == 0 and segments[-1] in HLS_PRESETS:  # once written without its key
            segments = [*segments[:-1], "preset", segments[-1]]
        return super()._read_segments(segments, keep)


class AvthumbPreset(
    Avthumb[Any],
    variant=(),
    facts=Facts(
        title="Transcode with a stored preset",
        zh="预设转码",
        docs=("https://developer.qiniu.com/dora/6492/transcoding-preset",),
        modes=("persistent",),
        rules=("The container comes from the preset, so no format is written.", "Known from the console only."),
        examples=(("avthumb/preset/my-preset/ss/0/t/5", "five seconds with the settings of my-preset"),),
    ),
):
    """Transcode with settings stored in the console. Takes audio or video; what it makes is not known here."""

    preset: Annotated[Word, Fact(known="observed")]
    """Id of the preset."""


def fold_marks(data: dict[str, Any]) -> dict[str, Any]:
    """Overlay parameters written flat, gathered into the groups that their order on the wire means."""
    groups: list[dict[str, Any]] = []
    early: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    kinds: dict[str, type[Group]] = {"wm_image": ImageMark, "wm_video": VideoMark, "wm_text": TextMark}
    members: list[type[Group]] = []
    for attr, value in data.items():
        if attr in kinds:
            members.append(kinds[attr])
            groups.append({attr: value})
            for name in [n for n in early if n in kinds[attr].__pydantic_fields__]:
                groups[-1][name] = early.pop(name)
            continue
        place = next((i for i in reversed(range(len(groups))) if attr in members[i].__pydantic_fields__), None)
        if not attr.startswith("wm_"):
            rest[attr] = value
        elif place is None:
            early[attr] = value
        else:
            groups[place][attr] = value
    made = [members[i](**group) for i, group in enumerate(groups)]
    return {**rest, **early, "watermarks": (*rest.get("watermarks", ()), *made)}
