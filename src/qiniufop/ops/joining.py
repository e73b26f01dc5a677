"""Files joined one after the other."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from annotated_types import Ge, Le
from pydantic import BeforeValidator, Field, Strict, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..declared import Group
from ..faults import Fault
from ..media import AV, Audio, Transcoded, Video
from ..wire import (
    FLOAT,
    INT,
    BitRate,
    Codec,
    Fact,
    Many,
    Number,
    Switch,
    Tail,
    Url,
    Word,
    b64decode,
    b64encode,
    camel,
    number,
)
from .tracks import FrameSize

__all__ = ["Avconcat", "Transition"]

_SCHEME = "video://transition/"
MAX_CLIPS = 20
AUDIO = ("mp3", "m4a", "aac")
RATED = ("mp4", "mov", "mkv")
"""Containers that know a peak bit rate."""
Place = Annotated[int, Strict(), Ge(1), Le(MAX_CLIPS + 1), INT]


class Transition(Group):
    """What happens between two clips: ``Transition("fade", 1.5)``."""

    kind: Word = Field(kw_only=False)
    """Name of the transition; the vendor does not publish the list."""
    seconds: Annotated[Number, Ge(0)] = Field(kw_only=False)
    """How long it takes, in seconds."""

    def __str__(self) -> str:
        return f"{_SCHEME}{self.kind}/{number(self.seconds)}"


def _item(value: Any) -> Any:
    return _read(value) if isinstance(value, str) and value.startswith(_SCHEME) else value


def _read(text: str) -> Transition:
    kind, _, seconds = text.removeprefix(_SCHEME).partition("/")
    try:
        return Transition(kind, FLOAT.decode(seconds))
    except ValueError:
        raise PydanticCustomError(
            "transition", "must be a transition such as {example}", {"example": f"{_SCHEME}fade/1.5"}
        ) from None


def _spell(item: str | Transition) -> str:
    return b64encode(str(item))


ITEM = Codec(_spell, b64decode, "base64 text")
Item = Annotated[Url | Transition, BeforeValidator(_item), ITEM]


class Avconcat(
    Fop[AV, Transcoded],
    fop="avconcat",
    spell=camel,
    facts=Facts(
        title="Join audio or video files",
        zh="音视频拼接",
        docs=(
            "https://developer.qiniu.com/dora/1246/audio-and-video-stitching-avconcat",
            "https://developer.qiniu.com/kodo/12791/avconcat",
        ),
        modes=("persistent",),
        idle=True,
        rules=(
            "The source of the job is not listed; index is its place among the joined files.",
            "Mode 1 joins without encoding and takes neither s nor addAudio; maxrate needs mode 2 and mp4, mov or mkv.",
            "Transitions need mode 2, do not count as files and make addAudio ineffective.",
            "Files lie in the same region as the source.",
            "m3u8 files cannot be joined; transcode them first.",
        ),
        limits=("20 files besides the source of the job.",),
        examples=(
            (
                "avconcat/2/format/mp4/a29kbzovL2IvdHdvLm1wNA==/a29kbzovL2IvdGhyZWUubXA0",
                "three clips, that of the job first",
            ),
            (
                "avconcat/2/format/mp4/index/2/a29kbzovL2Ivb25lLm1wNA==/a29kbzovL2IvdGhyZWUubXA0",
                "the clip of the job between the other two",
            ),
            (
                "avconcat/2/format/mp4/dmlkZW86Ly90cmFuc2l0aW9uL2ZhZGUvMS41/a29kbzovL2IvdHdvLm1wNA==",
                "two clips with a transition of 1.5 s between them",
            ),
            ("avconcat/2/format/mp3/a29kbzovL2IvdHdvLm1wMw==", "two sound files"),
        ),
    ),
):
    """Join the source with other files, in order. Takes audio or video; what it makes follows from the format.

    ::

        Avconcat(2, ["kodo://b/two.mp4", Transition("fade", 1.5), "kodo://b/three.mp4"], format="mp4")

    Raises:
        ValidationError: there are no files or more than 20, ``index`` is beyond them, a parameter does not belong to
            the mode, or a size is outside its range.
    """

    mode: Literal[1, 2] = Field(kw_only=False)
    """1 joins the files as they are, 2 encodes them anew."""
    sources: Annotated[Many[Item], Field(min_length=1), Tail()] = Field(kw_only=False)
    """The other files in order, 1 to 20, as ``kodo://bucket/key`` or ``http(s)`` URLs, given plain, and
    :class:`Transition` values between them."""
    format: Annotated[Word, Fact(choices=("mp4", "flv", "mov", "mkv", "mp3", "m4a", "aac"))]
    """Container of the result, by its ffmpeg name. The set is open."""
    s: Annotated[FrameSize | None, Fact("as the source", applies="mode 2", alias="size")] = None
    """Size: ``640x360``; sides of 20 to 3840 by 20 to 2160, either way round. Mode 2 only."""
    index: Annotated[Place | None, Fact("1")] = None
    """Place of the job's source among the joined files, from 1 to their number."""
    maxrate: Annotated[BitRate | None, Fact(applies="mode 2, mp4, mov and mkv")] = None
    """Peak bit rate, as in ``2m``. Mode 2 with mp4, mov or mkv only."""
    add_audio: Annotated[Switch | None, Fact("1", applies="mode 2")] = None
    """Give silent files a silent track. Mode 2 only."""

    @model_validator(mode="after")
    def _of_mode(self) -> Self:
        if self.mode == 1:
            moves = any(isinstance(item, Transition) for item in self.sources)
            given = [("s", self.s), ("addAudio", self.add_audio), ("maxrate", self.maxrate)]
            for key, value in [*given, ("a transition", True if moves else None)]:
                if value is not None:
                    raise ValueError(f"{key} needs mode 2, which encodes")
        if self.maxrate is not None and self.format not in RATED:
            raise ValueError(f"maxrate needs format mp4, mov or mkv, not {self.format}")
        return self

    @model_validator(mode="after")
    def _counted(self) -> Self:
        clips = sum(not isinstance(item, Transition) for item in self.sources)
        if not 1 <= clips <= MAX_CLIPS:
            raise ValueError(f"takes 1 to {MAX_CLIPS} files besides its source, not {clips}")
        if self.index is not None and self.index > clips + 1:
            raise ValueError(f"index must be from 1 to {clips + 1}, the number of files, not {self.index}")
        return self

    @property
    def makes(self) -> Any:
        return Audio if self.format in AUDIO else Video

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        if segments[:1] == ["mode"]:
            start = len("avconcat/")
            raise Fault(
                "avconcat: the mode is a bare number: avconcat/2/format/..., not avconcat/mode/2",
                (start, start + len("mode")),
                "bad-value",
            )
        first = 1
        while first < len(segments) and segments[first] in cls.plan.keyed:
            first += 2
        for index, segment in enumerate(segments[first:], first):
            if segment in cls.plan.keyed:
                start = len("avconcat/") + sum(len(s) + 1 for s in segments[:index])
                raise Fault(
                    f"avconcat: {segment!r} must stand before the files", (start, start + len(segment)), "order"
                )
        return super()._read_segments(segments, keep)
