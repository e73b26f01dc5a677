"""Single frames of a video, and what can be known about media."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le
from pydantic import Field, Strict, model_validator
from typing_extensions import Self

from ..core import Fop
from ..declaration import Facts
from ..media import AV, Image, Json, Video
from ..wire import INT, Fact, Seconds, Unit

__all__ = ["Avinfo", "Vframe"]

Side = Annotated[int, Strict(), Ge(20), Le(3840), Unit("px"), INT]
Rotation = Literal[90, 180, 270, "auto"]


class Vframe(
    Fop[Video, Image],
    fop="vframe",
    facts=Facts(
        title="One frame as a picture",
        zh="视频帧缩略图",
        docs=("https://developer.qiniu.com/dora/1313/video-frame-thumbnails-vframe",),
        modes=("sync", "persistent", "style"),
        idle=True,
        rules=("At most one of w and h is above 2160.", "Not for m3u8 sources."),
        limits=("Online, keep sources below about 450 MB.",),
        examples=(
            ("vframe/jpg/offset/7/w/480/h/360", "the frame at 7 s, 480x360"),
            ("vframe/jpg/offset/1", "the frame at 1 s, in its own size"),
            ("vframe/jpg/offset/0/rotate/auto", "turned as its rotation tag says"),
            ("vframe/png/offset/10/w/400/h/224/rotate/auto", "as png"),
        ),
    ),
):
    """Take one frame of a video as a picture. Takes a video, makes a picture.

    Raises:
        ValidationError: ``offset`` is missing or has more than three decimals, or a side is outside its range.
    """

    format: Literal["jpg", "png"] = Field(kw_only=False)
    """Format of the picture."""
    offset: Seconds
    """Moment of the frame in seconds, at most three decimals."""
    w: Annotated[Side | None, Fact("follows h", alias="width")] = None
    """Width in pixels, 20 to 3840."""
    h: Annotated[Side | None, Fact("follows w", alias="height")] = None
    """Height in pixels, 20 to 3840."""
    rotate: Annotated[Rotation | None, Fact("no rotation")] = None
    """Degrees clockwise, or ``auto`` to follow the rotation tag."""

    @model_validator(mode="after")
    def _short_side(self) -> Self:
        if self.w is not None and self.h is not None and min(self.w, self.h) > 2160:
            raise ValueError("at most one of w and h may be above 2160")
        return self


class Avinfo(
    Fop[AV, Json],
    fop="avinfo",
    facts=Facts(
        title="Metadata of audio and video",
        zh="音视频元信息",
        docs=("https://developer.qiniu.com/dora/1247/audio-and-video-metadata-information-avinfo",),
        rules=("Its stream numbers are what avthumb's stream expects.",),
        examples=(("avinfo", "streams and format, as ffprobe reports them"),),
    ),
):
    """Report streams, codecs, duration and sizes. Takes audio or video, makes JSON."""
