"""Many pictures out of one video, and many files out of one: each result has a key of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from annotated_types import Ge
from pydantic import Field, model_validator
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..media import AV, Image, Json, Video
from ..wire import FLOAT, Fact, Grammar, Opaque, Positive, Tenths, Text, Unit, Word, camel
from ._signatures import VsampleCalls
from .tracks import FrameSize, Rotation, Template

__all__ = ["Segment", "Vsample", "VsampleFrames", "VsampleSprite"]

_PAGE = "https://developer.qiniu.com/dora/1315/video-sampling-thumbnails-vsample"
_SPRITE_PAGE = "https://developer.qiniu.com/dora/12439/video-sprite-screenshots"
_GUESS = Fact(known="inferred")
_GAP = Annotated[Tenths, Ge(0.1)]
CellSize = Annotated[str, Grammar(r"[0-9]{1,5}x[0-9]{1,5}", "a size such as 160x90", kind="width x height")]
SegmentLength = Annotated[float, Field(strict=True, allow_inf_nan=False), Ge(5), Unit("s"), FLOAT]


def _one_template(pattern: str | None, save_pattern: str | None) -> None:
    """Results of which there are many need the template of their keys, under its new name or its old one."""
    if pattern is not None and save_pattern is not None:
        raise ValueError("pattern is the old name of savePattern: give one of them")
    if pattern is None and save_pattern is None:
        raise ValueError("needs savePattern, the template of the keys")


class Vsample(
    VsampleCalls,
    Fop[Video, Image],
    fop="vsample",
    family=True,
    init=False,
    spell=camel,
    facts=Facts(
        title="Many frames as pictures",
        zh="视频采样缩略图",
        docs=(_PAGE, _SPRITE_PAGE),
        modes=("persistent",),
        idle=True,
        rules=("interval and frames exclude each other; without either a frame is taken every 5 s.",),
    ),
):
    """Take many frames of a video as pictures. Takes a video, makes pictures, each stored under a key of its own.

    * ``Vsample("jpg", save_pattern="f-$(count).jpg")`` single pictures (:class:`VsampleFrames`);
    * ``Vsample("jpg", save_sprite_pattern="s-$(count).jpg")`` sheets of many (:class:`VsampleSprite`).

    Raises:
        ValidationError: a value is outside its range, no template is given, or two parameters exclude each other.
    """

    foreign = {
        "offset": "that is vframe's, which takes one picture; here ss is the start",
        "w": "that is vframe's; here the size is s/<w>x",
        "h": "that is vframe's; here the size is s/x<h>",
    }

    format: Literal["jpg", "png"] = Field(kw_only=False)
    """Format of the pictures."""
    ss: Annotated[Tenths | None, Fact("the beginning", alias="start")] = None
    """Start in seconds, at most one decimal."""
    t: Annotated[Tenths | None, Fact("to the end", alias="duration")] = None
    """Length of the part to sample in seconds, at most one decimal."""
    rotate: Annotated[Rotation | None, Fact("no rotation")] = None
    """Degrees clockwise, or ``auto`` to follow the rotation tag."""
    interval: Annotated[_GAP | None, Fact("5")] = None
    """Seconds between pictures, at least 0.1, at most one decimal. Not with ``frames``."""
    frames: Annotated[Positive | None, Fact(since="2023")] = None
    """Number of pictures, evenly spread; never more than the video has. Not with ``interval``."""

    @model_validator(mode="after")
    def _one_rhythm(self) -> Self:
        if self.interval is not None and self.frames is not None:
            raise ValueError("interval and frames cannot be given together")
        return self

    @classmethod
    def _choose(cls, args: tuple[Any, ...], data: Mapping[str, Any]) -> type[Fop[Any, Any]]:
        return VsampleSprite if _SPRITE & data.keys() else VsampleFrames

    @classmethod
    def _variant(cls, segments: list[str]) -> type[Fop[Any, Any]]:
        if cls._family is not cls:
            return cls
        return VsampleSprite if _SPRITE.intersection(segments[1::2]) else VsampleFrames


class VsampleFrames(
    Vsample,
    variant=("frames",),
    init=False,
    facts=Facts(
        title="Many frames as pictures",
        zh="视频采样缩略图",
        docs=(_PAGE,),
        modes=("persistent",),
        idle=True,
        rules=(
            "interval and frames exclude each other; without either a frame is taken every 5 s.",
            "pattern is the old name of savePattern; one of them is needed and must contain $(count).",
            "The template carries the extension, nothing is appended (inferred).",
        ),
        limits=("The distance of pictures best divides the frame rate.",),
        examples=(
            ("vsample/jpg/interval/20/savePattern/ZnJhbWUtJChjb3VudCkuanBn", "a picture every 20 s"),
            ("vsample/jpg/frames/12/savePattern/dmZyYW1lLSQoY291bnQp", "twelve pictures, evenly spread"),
            (
                "vsample/jpg/ss/7/t/180/s/480x360/interval/60/pattern/dmZyYW1lLSQoY291bnQp",
                "one a minute of three minutes, by the old name of the template",
            ),
            (
                "vsample/png/ss/0/t/180/s/400x224/rotate/auto/interval/10/pattern/dmZyYW1lLSQoY291bnQp",
                "as png, turned as the rotation tag says",
            ),
        ),
    ),
):
    """Take many frames of a video, each as a picture. Takes a video, makes pictures."""

    s: Annotated[FrameSize | None, Fact("as the source", alias="size")] = None
    """Size: ``480x360``, ``480x`` or ``x360``; sides of 20 to 3840 by 20 to 2160, either way round."""
    pattern: Annotated[Template | None, Fact(removed="renamed savePattern in 2024")] = None
    """Old name of ``save_pattern``."""
    save_pattern: Annotated[Template | None, Fact(since="2024-11")] = None
    """Template of the keys, given plain: ``frame-$(count).jpg``. It or ``pattern`` is needed."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        _one_template(self.pattern, self.save_pattern)
        return self


class VsampleSprite(
    Vsample,
    variant=("sprite",),
    init=False,
    facts=Facts(
        title="Sheets of many frames",
        zh="视频雪碧图截图",
        docs=(_SPRITE_PAGE,),
        modes=("persistent",),
        idle=True,
        rules=(
            "interval and frames exclude each other; without either a frame is taken every 5 s.",
            "The size is that of a cell, cellSize; there is no s.",
        ),
        limits=("Billed by the number of frames plus that of sheets.",),
        examples=(
            (
                "vsample/jpg/interval/10/cellSize/160x90/lines/5/columns/5/saveSpritePattern/c2hlZXQtJChjb3VudCkuanBn",
                "sheets of five by five pictures",
            ),
        ),
    ),
):
    """Take many frames of a video and lay them on sheets. Takes a video, makes pictures."""

    foreign = {**Vsample.foreign, "s": "the size of a cell is cellSize here"}

    sprite_format: Annotated[Literal["jpg", "png"] | None, Fact("as format")] = None
    """Format of the sheets; ``format`` is that of single pictures."""
    cell_size: Annotated[CellSize | None, Fact("as the source")] = None
    """Size of one cell, as ``160x90``."""
    padding: Annotated[Opaque | None, _GUESS] = None
    """Gap between cells in pixels."""
    margin: Annotated[Opaque | None, _GUESS] = None
    """Border around a sheet in pixels."""
    color: Annotated[Opaque | None, _GUESS] = None
    """Colour of the background."""
    lines: Annotated[Opaque | None, _GUESS] = None
    """Rows of a sheet."""
    columns: Annotated[Opaque | None, _GUESS] = None
    """Columns of a sheet."""
    save_pattern: Annotated[Text | None, _GUESS] = None
    """Template of the keys of single pictures, given plain; they are not kept without."""
    save_sprite_pattern: Annotated[Text, _GUESS]
    """Template of the keys of the sheets, given plain."""


_SPRITE = {
    name
    for step in VsampleSprite.plan.steps
    for name in (step.attr, step.key)
    if name and name not in VsampleFrames.plan.rank and name not in VsampleFrames.plan.keyed
}
"""What only sheets have, as attributes and as keys."""


class Segment(
    Fop[AV, Json],
    fop="segment",
    spell=camel,
    facts=Facts(
        title="Cut into files without encoding",
        zh="音视频分段",
        docs=("https://developer.qiniu.com/dora/4154/dora-segment",),
        modes=("persistent",),
        idle=True,
        rules=(
            "The codecs of the source must fit the container.",
            "pattern is the old name of savePattern; one of them is needed and must contain $(count).",
        ),
        limits=("Cuts fall on key frames, so pieces are only about segtime long.",),
        examples=(
            ("segment/mp4/segtime/10/savePattern/cWluaXUtJChjb3VudCkubXA0", "pieces of about ten seconds"),
            ("segment/mp4/segtime/10/pattern/cWluaXUtJChmbmFtZSkkKGNvdW50KQ==", "named after the source"),
        ),
    ),
):
    """Cut a file into pieces of about equal length, as it is encoded. Takes audio or video, makes a list as JSON.

    Raises:
        ValidationError: no template is given, it lacks ``$(count)``, or a piece would be shorter than 5 s.
    """

    format: Annotated[Word, Fact(choices=("mp4", "mkv", "flv", "mov", "ts", "m3u8", "mp3", "m4a"))] = Field(
        kw_only=False
    )
    """Container of the pieces, by its ffmpeg name. The set is open."""
    segtime: Annotated[SegmentLength | None, Fact("5")] = None
    """Length of a piece in seconds, at least 5."""
    pattern: Annotated[Template | None, Fact(removed="renamed savePattern in 2025")] = None
    """Old name of ``save_pattern``."""
    save_pattern: Annotated[Template | None, Fact(since="2024")] = None
    """Template of the keys, given plain: ``part-$(count).mp4``. It or ``pattern`` is needed."""

    @model_validator(mode="after")
    def _named(self) -> Self:
        _one_template(self.pattern, self.save_pattern)
        return self
