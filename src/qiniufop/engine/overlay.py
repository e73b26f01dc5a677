"""Watermarks on moving pictures: a picture, a clip or a text, each at its place and for its time."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import warnings
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import MissingExtraError
from .errors import FopFailed, LimitExceeded
from .probe import probe
from .video_filters import window
from .video_options import Options
from .video_plan import Plan, seconds
from .video_size import Frame, anchor, by_side, fit, read_size

if TYPE_CHECKING:
    from PIL import Image

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")
_IMAGE = ("wm_image", "wm_gravity", "wm_scale", "wm_scale_type", "wm_alpha", "wm_ignore_loop", "wm_img_resolution")
_TEXT = (
    *("wm_text", "wm_gravity_text", "wm_font", "wm_font_style", "wm_font_color", "wm_font_size"),
    *("wm_border_width", "wm_border_color"),
)
_COMMON = ("wm_offset_x", "wm_offset_y", "wm_pos", "wm_duration", "wm_shortest", "wm_constant")
_SLACK = 0.05
"""Seconds an overlay may reach over the end: what rounding makes of a duration."""


def put_marks(plan: Plan, label: str) -> str:
    """Lay the marks of a command over the picture, in the order they are written, and return what comes out."""
    for number, mark in enumerate(_groups(plan.options)):
        label = _put(plan, label, mark, number)
        mark.finish()
        plan.options.notes += mark.notes
    return label


def _groups(options: Options) -> list[Options]:
    """The marks of a command: its groups, or the one picture and the one text of commands that have no groups."""
    marks = [Options.of(mark, fop=options.fop) for mark in options.take("watermarks") or ()]
    for keys in (_IMAGE, _TEXT):
        values = {key: options.take(key) for key in (*keys, *_COMMON)}
        if values[keys[0]] is not None:
            marks.append(Options(options.fop, values))
        elif stray := next((key for key in keys if values[key] is not None), None):
            raise options.unsupported(stray, "it belongs to a mark, and the command has none")
    return marks


def _put(plan: Plan, label: str, mark: Options, number: int) -> str:
    mark.refuse("what it does is not published", "wm_constant", "wm_video_order", "wm_font_style")
    start, end = _window(plan, mark)
    offset = mark.whole("wm_offset_x") or 0, mark.whole("wm_offset_y") or 0
    alpha = mark.number("wm_alpha")
    alpha = 1.0 if alpha is None else alpha
    if not 0 <= alpha <= 1:
        raise mark.wrong("wm_alpha", "from 0 to 1")
    if mark.has("wm_text"):
        drawn = _text(plan, mark)
        layer, size, ending = _still(plan, drawn, alpha, number)
        gravity = mark.gravity("wm_gravity_text")
    else:
        video = mark.text("wm_video")
        make = _picture if video is None else _clip
        layer, size, ending = make(plan, mark, str(video or mark.text("wm_image")), alpha, start, number)
        gravity = mark.gravity("wm_gravity")
    x, y = anchor(plan.frame, size, gravity, *offset)
    return plan.graph.add(f"overlay={x}:{y}{ending}{window(start, end)}", label, layer)


def _window(plan: Plan, mark: Options) -> tuple[float, float | None]:
    position, length = mark.text("wm_pos"), mark.text("wm_duration")
    shortest = mark.on("wm_shortest")
    if position is None and length is None:
        return 0.0, None
    if length in ("$(gte)", "$(lte)"):
        mark.note(f"wmDuration/{length} is taken for 'from' and 'until' wmPos: what it does is not published")
    try:
        return time_window(position or "0", length, shortest=shortest, whole=plan.seconds)
    except ValueError as error:
        raise FopFailed(plan.options.fop, str(error)) from None


def time_window(
    position: str, length: str | None, *, shortest: bool = False, whole: float | None = None
) -> tuple[float, float | None]:
    """From when until when a mark shows, in seconds; None as the end is the end of the video.

    Args:
        position: ``wmPos``: a second, or ``$(end)`` to count from the end.
        length: ``wmDuration``: seconds, negative with ``$(end)``.
        shortest: ``wmShortest``: whether a mark that reaches over the end is cut.
        whole: how long the video is.

    Raises:
        ValueError: the mark reaches over the end, or the values do not fit each other.
    """
    if position == "$(end)":
        if whole is None:
            raise ValueError("wmPos/$(end) needs to know how long the source is, which it does not tell")
        back = -float(length or 0)
        if back <= 0:
            raise ValueError("wmDuration must be negative with wmPos/$(end)")
        if back > whole + _SLACK and not shortest:
            raise ValueError(f"wmDuration/-{back:g} is longer than the video of {whole:g} s, and wmShortest is not 1")
        return max(0.0, whole - back), None
    start = float(position)
    if length is None or length == "$(gte)":
        return start, None
    if length == "$(lte)":
        return 0.0, start
    end = start + float(length)
    if end <= start:
        raise ValueError("wmDuration must be more than 0 s")
    if whole is not None and end > whole + _SLACK and not shortest:
        raise ValueError(f"the mark ends at {end:g} s, the video at {whole:g} s, and wmShortest is not 1")
    return start, end


Layer = tuple[str, Frame, str]
"""A label of the graph, the size of what it shows, and what the overlay does when it ends."""


def _still(plan: Plan, drawn: Image.Image, alpha: float, number: int) -> Layer:
    """A picture that stays: it is read once and repeated."""
    if alpha < 1:
        drawn.putalpha(drawn.getchannel("A").point([round(level * alpha) for level in range(256)]))
    name = f"mark{number}.png"
    drawn.save(plan.job.folder / name)
    return f"{plan.add_input(name)}:v:0", Frame(*drawn.size), ""


def _text(plan: Plan, mark: Options) -> Image.Image:
    try:
        from .picture_colour import colour
        from .text import draw_text
    except ImportError:
        raise MissingExtraError("watermarks on video", "local") from None
    ink = colour(mark.text("wm_font_color") or "black")
    known = plan.job.run.fonts
    twips, font = mark.whole("wm_font_size"), mark.text("wm_font")
    text = draw_text(str(mark.text("wm_text")), ink, font=font, twips=twips, known=known)
    if text.note:
        mark.note(text.note)
    width = mark.whole("wm_border_width") or 0
    border = colour(mark.text("wm_border_color") or "black")
    if not 0 <= width <= 100:
        raise mark.wrong("wm_border_width", "from 0 to 100 pixels")
    return outlined(text.image, width, border) if width else text.image


def outlined(drawn: Image.Image, width: int, ink: tuple[int, int, int, int]) -> Image.Image:
    """A drawing with a line of ``width`` pixels around it, and as much larger."""
    from PIL import Image, ImageFilter

    canvas = Image.new("RGBA", (drawn.width + 2 * width, drawn.height + 2 * width), (*ink[:3], 0))
    canvas.paste(drawn, (width, width))
    reach = canvas.getchannel("A").filter(ImageFilter.MaxFilter(2 * width + 1))
    ground = Image.new("RGBA", canvas.size, (*ink[:3], 0))
    ground.putalpha(reach.point([level * ink[3] // 255 for level in range(256)]))
    ground.alpha_composite(canvas)
    return ground


def _picture(plan: Plan, mark: Options, reference: str, alpha: float, start: float, number: int) -> Layer:
    name = plan.job.resolve(reference)
    once = mark.on("wm_ignore_loop", default=True)
    with _opened(plan, plan.job.folder / name) as image:
        size = _mark_size(plan, mark, Frame(*image.size))
        moves = image.format == "GIF" and bool(getattr(image, "is_animated", False))
        drawn = image if moves else image.convert("RGBA")
    if moves:
        loops = ("-ignore_loop", "1" if once else "0")
        source = f"{plan.add_input(name, *loops)}:v:0"
        return _moving(plan, source, size, alpha, start), size, "" if once else ":shortest=1"
    return _still(plan, drawn if size == drawn.size else drawn.resize(size), alpha, number)


def _clip(plan: Plan, mark: Options, reference: str, alpha: float, start: float, number: int) -> Layer:
    name = plan.job.resolve(reference)
    stream = probe(plan.job, name).video
    if stream is None:
        raise FopFailed(plan.options.fop, f"wmVideo of mark {number + 1} has no picture")
    size = _mark_size(plan, mark, Frame(stream.width, stream.height))
    loops = () if mark.on("wm_ignore_loop", default=True) else ("-stream_loop", "-1")
    source = f"{plan.add_input(name, *loops, '-noautorotate')}:v:0"
    return _moving(plan, source, size, alpha, start), size, ":shortest=1" if loops else ":eof_action=pass"


def _moving(plan: Plan, source: str, size: Frame, alpha: float, start: float) -> str:
    filters = [f"scale={size.width}:{size.height}", "format=rgba"]
    if alpha < 1:
        filters.append(f"colorchannelmixer=aa={alpha:.3f}")
    if start:
        filters.append(f"setpts=PTS+{seconds(start)}/TB")
    return plan.graph.add(filters, source)


def _mark_size(plan: Plan, mark: Options, size: Frame) -> Frame:
    scale, side = mark.number("wm_scale"), mark.whole("wm_scale_type") or 0
    wanted = mark.text("wm_img_resolution")
    if side not in range(4):
        raise mark.wrong("wm_scale_type", "0 (short side), 1 (long side), 2 (width) or 3 (height)")
    if wanted is not None:
        try:
            return fit(size, read_size(wanted), step=1).frame
        except ValueError:
            raise mark.wrong("wm_img_resolution", "a size such as 120x40, 120x or x40") from None
    if scale is None:
        return size
    if not 0 < scale <= 1:
        raise mark.wrong("wm_scale", "above 0 and at most 1")
    return by_side(size, plan.frame, scale, side)


@contextmanager
def _opened(plan: Plan, path: Path) -> Generator[Image.Image]:
    """A picture, once its size is known to be harmless."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise MissingExtraError("watermarks on video", "local") from None
    limits = plan.job.run.limits
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            opened = Image.open(path, formats=_FORMATS)
    except UnidentifiedImageError:
        raise FopFailed(plan.options.fop, "the watermark is no picture: png, jpg, gif or bmp was expected") from None
    except Image.DecompressionBombError:
        raise LimitExceeded(plan.options.fop, "the watermark has too many pixels") from None
    with opened:
        if opened.width * opened.height > limits.source_pixels or max(opened.size) > limits.source_side:
            raise LimitExceeded(plan.options.fop, "the watermark has too many pixels")
        yield opened
