"""Transcoding: one wire name with a plain, an HLS and a preset form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Ge, Le
from pydantic import Field, Strict, field_validator, model_validator
from typing_extensions import Self

from ..core import Fop, Out
from ..declaration import Facts
from ..declared import Group
from ..media import AV, Animation, Audio, Document, Playlist, Transcoded, Video
from ..wire import (
    INT,
    Fact,
    Grammar,
    Groups,
    Key,
    Many,
    Opaque,
    Pair,
    Switch,
    Text,
    Unit,
    Word,
    camel,
)
from ._signatures import AvthumbCalls
from .marks import ImageMark, TextMark, VideoMark
from .tracks import (
    GUESS,
    Encoder,
    Mixing,
    Mosaic,
    Profile,
    Rates,
    Shape,
    Size,
    Slimming,
    Sound,
    Streams,
    Template,
    Tuning,
    size_problem,
)

__all__ = ["Avthumb", "AvthumbFile", "AvthumbHls", "AvthumbPreset"]

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

CRF = {"libx264": (18, 28), "libx265": (23, 33)}
SMALLER = ("libvpx", "libvpx-vp9", "libtheora", "libxvid")
"""Encoders that go up to 3840x2160; the others up to 8192x4320."""
MP3 = {"mp3", "libmp3lame"}
AAC = {"aac", "libfdk_aac", "libfaac"}


class Avthumb(
    AvthumbCalls,
    Streams,
    Mixing,
    Sound,
    Mosaic,
    Shape,
    Size,
    Profile,
    Rates,
    Tuning,
    Slimming,
    Encoder,
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
    flat = (ImageMark, VideoMark, TextMark)

    watermarks: Annotated[Many[ImageMark | VideoMark | TextMark], Groups()] = ()
    """Overlays, in the order they are laid; later ones lie on top."""

    @model_validator(mode="after")
    def _exclusive(self) -> Self:
        if self.vb is not None and self.h264_crf is not None:
            raise ValueError("h264Crf and vb cannot be given together")
        if self.ab is not None and self.aq is not None:
            raise ValueError("aq and ab cannot be given together")
        return self

    @model_validator(mode="after")
    def _suits_codecs(self) -> Self:
        """Ranges that depend on a codec; one that is not written, or not known here, sets no bounds."""
        low, high = CRF.get(self.vcodec or "", (18, 33))
        if self.crf is not None and not low <= self.crf <= high:
            raise ValueError(f"crf must be from {low} to {high} for {self.vcodec}, not {self.crf}")
        coded = self.acodec or getattr(self, "format", None)
        if coded in MP3 and self.aq is not None and self.aq > 9:
            raise ValueError(f"aq must be from 0 to 9 for mp3, not {self.aq}")
        if coded in MP3 and self.ac is not None and self.ac > 2:
            raise ValueError(f"ac must be 1 or 2 for mp3, not {self.ac}")
        if coded in AAC and self.aq is not None and self.aq < 10:
            raise ValueError(f"aq must be from 10 to 500 for aac, not {self.aq}")
        if self.audio_profile is not None and self.acodec != "libfdk_aac" and getattr(self, "preset", None) is None:
            raise ValueError("audioProfile/aac_he needs acodec/libfdk_aac")
        return self

    @model_validator(mode="after")
    def _sized(self) -> Self:
        if self.s is not None:
            most = (3840, 2160) if self.vcodec in SMALLER else (8192, 4320)
            if (problem := size_problem(self.s, 20, *most)) is not None:
                raise ValueError(f"s {problem}")
        return self

    @model_validator(mode="after")
    def _few_for_gif(self) -> Self:
        if self.gif_high_color:
            others = [
                attr
                for attr, _ in self.given()
                if attr not in ("format", "gif_high_color", "r", "s", "ss", "t", "autoscale")
            ]
            if others:
                raise ValueError(f"gifHighColor goes with r, s, ss, t and autoscale only, not with {others[0]}")
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
    init=False,
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
    preset: Annotated[Word | None, Fact(known="observed", removed="2015", choices=HLS_PRESETS)] = None
    """Settings of old, which belong to HLS but occur with other containers, too."""

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
    init=False,
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
    hls_key: Annotated[Key | None, Fact("not encrypted")] = None
    """AES-128 key: 16 bytes, or their RSA-OAEP ciphertext when ``hls_key_type`` is 1.x."""
    hls_key_type: Annotated[str, Grammar(r"0|1\.[0-9]+", "0, or a key version such as 1.0"), Fact("0")] | None = None
    """0 for a plain key, ``1.0`` and so on for one encrypted with the published RSA key of that version."""
    hls_key_url: Text | None = None
    """Address from which players fetch the key."""
    hls_iv_type: Annotated[Opaque | None, Pair("hlsIVType"), GUESS] = None
    """How the initialisation vector is passed."""
    hls_iv: Annotated[Key | None, Pair("hlsIV"), GUESS] = None
    """Initialisation vector."""
    hls_method: Annotated[Word | None, Fact(known="observed", choices=("qiniu-protection-10",))] = None
    """Method of encryption, when it is not AES-128."""
    hls_duration_modify: Annotated[Opaque | None, GUESS] = None
    """Correct the durations in the playlist."""
    multi_audio: Annotated[Opaque | None, GUESS] = None
    """Several audio tracks."""
    segment_type: Annotated[Opaque | None, GUESS] = None
    """Container of the segments."""
    segment_init: Annotated[Text | None, GUESS] = None
    """Name of the initialisation segment."""
    pattern: Annotated[Template | None, Fact(removed="renamed savePattern in 2024")] = None
    """Old name of ``save_pattern``."""
    save_pattern: Annotated[Template | None, Fact(since="2024")] = None
    """Template of the segments' keys; must contain ``$(count)``."""
    preset: Annotated[Word | None, Fact(removed="2015", choices=HLS_PRESETS)] = None
    """Settings of old."""

    @model_validator(mode="after")
    def _segments_named(self) -> Self:
        if self.no_domain and self.domain is not None:
            raise ValueError("noDomain/1 and domain cannot be given together")
        if self.pattern is not None and self.save_pattern is not None:
            raise ValueError("pattern is the old name of savePattern: give one of them")
        return self

    @model_validator(mode="after")
    def _locked(self) -> Self:
        if (self.hls_key is None) != (self.hls_key_url is None):
            given, lacking = ("hlsKey", "hlsKeyUrl") if self.hls_key is not None else ("hlsKeyUrl", "hlsKey")
            raise ValueError(f"{given} needs {lacking}")
        if self.hls_key is not None and self.hls_key_type in (None, "0"):
            length = len(self.hls_key.encode() if isinstance(self.hls_key, str) else self.hls_key)
            if length != 16:
                raise ValueError(f"hlsKey must be 16 bytes, not {length}")
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
    init=False,
    facts=Facts(
        title="Transcode with a stored preset",
        zh="预设转码",
        docs=("https://developer.qiniu.com/dora/6492/transcoding-preset",),
        modes=("persistent",),
        idle=True,
        rules=("The container comes from the preset, so no format is written.", "Known from the console only."),
        examples=(("avthumb/preset/my-preset/ss/0/t/5", "five seconds with the settings of my-preset"),),
    ),
):
    """Transcode with settings stored in the console. Takes audio or video; what it makes is not known here."""

    preset: Annotated[Word, Fact(known="observed")]
    """Id of the preset."""


AvthumbFile.foreign = {
    **Avthumb.foreign,
    **{
        name: f"it is for HLS: {AvthumbHls.name}/m3u8"
        for step in AvthumbHls.plan.steps
        if step.attr not in AvthumbFile.plan.rank
        for name in (step.attr, step.key)
    },
}
AvthumbFile.plan = AvthumbFile.plan._replace(foreign=AvthumbFile.foreign)


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
