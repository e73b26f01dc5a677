"""Overlays on a video: each a group that its picture, video or text opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Gt, Le
from pydantic import Field, Strict

from ..declared import Group
from ..wire import FLOAT, INT, Fact, Grammar, Gravity, Int, Number, Opaque, Switch, Text, Unit, Url, camel
from .mogr import Color

if TYPE_CHECKING:
    from typing import TypeAlias

__all__ = ["ImageMark", "TextMark", "VideoMark"]

_OBSERVED = Fact(known="observed")
Scale = Annotated[float, Field(strict=True, allow_inf_nan=False), Gt(0), Le(1), FLOAT]
FontSize = Annotated[int, Strict(), Ge(0), Le(100_000), Unit("twips, 1/20 point"), INT]
_POSITION = Grammar(r"[0-9]+(?:\.[0-9]+)?|\$\(end\)", "seconds, or $(end)", kind="moment", numbers=True)
_DURATION = Grammar(
    r"-?[0-9]+(?:\.[0-9]+)?|\$\((?:gte|lte)\)", "seconds, negative with $(end)", kind="duration", numbers=True
)
if TYPE_CHECKING:
    Position: TypeAlias = str | int | float
    Duration: TypeAlias = str | int | float
else:
    Position = Annotated[str, _POSITION]
    Duration = Annotated[str, _DURATION]


class Mark(Group, spell=camel):
    """What every overlay can have. Position and duration come together or not at all."""

    wm_offset_x: Annotated[Int | None, Fact("0")] = None
    """Shift to the right in pixels; negative to the left."""
    wm_offset_y: Annotated[Int | None, Fact("0")] = None
    """Shift down in pixels; negative up."""
    wm_alpha: Annotated[Number | None, Fact("1", known="observed")] = None
    """Opacity, 0 to 1."""
    wm_pos: Annotated[Position | None, _OBSERVED] = None
    """Second at which the overlay appears, or ``$(end)`` to count back from the end. Goes with ``wm_duration``."""
    wm_duration: Annotated[Duration | None, _OBSERVED] = None
    """Seconds it stays; negative with ``$(end)``. Goes with ``wm_pos``."""
    wm_shortest: Annotated[Switch | None, Fact("0", known="observed")] = None
    """Trim the duration to the video instead of failing."""


class _Picture(Mark):
    wm_gravity: Annotated[Gravity | None, Fact("NorthEast")] = None
    """Anchor."""
    wm_scale: Annotated[Scale | None, Fact("not scaled")] = None
    """Size as a share of the video, above 0 to 1; of its short side unless ``wm_scale_type`` says otherwise."""
    wm_scale_type: Annotated[Int | None, Fact("0", known="observed")] = None
    """Which side ``wm_scale`` is about; 0 and 1 have been seen."""
    wm_constant: Annotated[Switch | None, _OBSERVED] = None
    """Keep the overlay at a constant size."""
    wm_ignore_loop: Annotated[Switch | None, Fact("1")] = None
    """Play an animated overlay once instead of looping it."""


class ImageMark(_Picture):
    """A picture on a video: png, jpg, gif or bmp, at most 20 MB."""

    wm_image: Url
    """The picture: ``kodo://bucket/key``, or an ``http(s)`` URL."""


class VideoMark(_Picture):
    """A video on a video."""

    wm_video: Url
    """The video: ``kodo://bucket/key``."""
    wm_video_order: Annotated[Opaque | None, Fact(known="inferred", since="2023")] = None
    """Stacking order; its values are not published."""


class TextMark(Mark):
    """A text on a video."""

    wm_text: Text
    """The text, given plain."""
    wm_gravity_text: Annotated[Gravity | None, Fact("NorthEast")] = None
    """Anchor."""
    wm_font: Annotated[Text | None, Fact("黑体")] = None
    """Name of the font. Chinese text needs a Chinese font."""
    wm_font_style: Annotated[Opaque | None, Fact(known="inferred", since="2022")] = None
    """Font style; its values are not published."""
    wm_font_color: Annotated[Color | None, Fact("black")] = None
    """Colour: a name or ``#RRGGBB``, given plain."""
    wm_font_size: Annotated[FontSize | None, Fact("0, the default size")] = None
    """Size in twips, 1/20 point."""
    wm_border_width: Annotated[Opaque | None, Fact(known="inferred")] = None
    """Width of the outline; published for adapt."""
    wm_border_color: Annotated[Color | None, Fact(known="inferred")] = None
    """Colour of the outline; published for adapt."""
