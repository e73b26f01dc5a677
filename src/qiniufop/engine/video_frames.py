"""Pictures out of a video: one (``vframe``), many, or many on a sheet (``vsample``)."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from .artifact import Artifact
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .ffmpeg import Input
from .probe import StreamInfo
from .registry import Run, handles
from .video_filters import scale
from .video_keys import KeyTemplate, take_template
from .video_options import Options
from .video_picture import check_result, orient
from .video_plan import Plan, seconds
from .video_size import Frame, Size, fit, read_size
from .video_transcode import open_plan

_MIMES = {"jpg": "image/jpeg", "png": "image/png"}
_ENCODERS = {
    "jpg": ("-c:v", "mjpeg", "-q:v", "2", "-pix_fmt", "yuvj420p"),
    "png": ("-c:v", "png"),
}
_MAX_FRAMES = 10_000
_INTERVAL = 5.0
_CELLS = 10


@handles("vframe")
def vframe(op: Any, source: Artifact, run: Run) -> Artifact:
    """The picture at a moment; the last one if the moment is between it and the end."""
    options = Options.of(op)
    form = _picture_format(options, "format")
    offset = options.number("offset") or 0.0
    size = Size(options.whole("w"), options.whole("h"))
    plan, stream = _open(options, source, run)
    _check_start(plan, "offset", offset)
    filters = [*orient(plan, options.text("rotate"), stream), *_scaled(plan, stream, size)]
    options.finish()
    name = f"out.{form}"
    graph = ["-vf", ",".join(filters)] if filters else []
    first = plan.inputs[0]
    tail = ["-an", "-sn", "-map", f"0:{stream.index}", *graph, *_ENCODERS[form], "-f", "image2", "-update", "1", name]
    at = Input(first.name, (*first.options, "-ss", seconds(offset)))
    plan.job.execute([*at.arguments, "-frames:v", "1", *tail])
    if not (plan.job.folder / name).is_file():
        early = Input(first.name, (*first.options, "-ss", seconds(max(0.0, offset - 1.0))))
        plan.job.execute([*early.arguments, *tail])
    return plan.job.result(name, _MIMES[form], notes=options.notes)


@handles("vsample")
def vsample(op: Any, source: Artifact, run: Run) -> Artifact:
    """Pictures at equal distances, each on its own, on sheets of many, or both."""
    options = Options.of(op)
    form = _picture_format(options, "format")
    sheet = _sheet(options, source, run, form)
    template: KeyTemplate | None = None
    if sheet is None or options.has("save_pattern") or options.has("pattern"):
        template = take_template(options, source, run)
    plan, stream = _open(options, source, run)
    sampling, count = _sampling(plan, stream)
    size = _size(options, "cell_size" if sheet else "s")
    turned = orient(plan, options.text("rotate"), stream)
    label = plan.graph.add([sampling, *turned], f"0:{stream.index}")
    scaled = _scaled(plan, stream, size)
    options.finish()
    arguments = _outputs(plan, label, scaled, count, form if template else None, sheet)
    plan.job.execute([*plan.inputs[0].arguments, *arguments], seconds=plan.seconds)
    files: list[tuple[str, Artifact]] = []
    if template is not None:
        files += _named(plan, "s", form, template)
    if sheet is not None:
        files += _named(plan, "t", sheet.form, sheet.names)
    if not files:
        raise FopFailed("vsample", "there is no picture in the asked range")
    listing = json.dumps([{"key": key} for key, _ in files], ensure_ascii=False)
    notes = tuple(options.notes)
    return Artifact(
        "application/json", data=listing.encode(), name="vsample.json", files=tuple(files), multiple=True, notes=notes
    )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of many pictures: how they lie on it, and what it is called."""

    form: str
    columns: int
    lines: int
    padding: int
    margin: int
    colour: str
    names: KeyTemplate

    @property
    def filter(self) -> str:
        """The filter that lays the pictures out."""
        return f"tile={self.columns}x{self.lines}:padding={self.padding}:margin={self.margin}:color={self.colour}"

    def size(self, cell: Frame) -> Frame:
        """The size of the sheet."""
        width = self.columns * cell.width + (self.columns - 1) * self.padding + 2 * self.margin
        height = self.lines * cell.height + (self.lines - 1) * self.padding + 2 * self.margin
        return Frame(width, height)


def _sheet(options: Options, source: Artifact, run: Run, form: str) -> Sheet | None:
    pattern = options.text("save_sprite_pattern")
    if pattern is None:
        return None
    numbers: dict[str, int] = {}
    for name, default in (("columns", _CELLS), ("lines", _CELLS), ("padding", 0), ("margin", 0)):
        value = options.whole(name)
        numbers[name] = default if value is None else value
        low = 1 if default else 0
        if not low <= numbers[name] <= 1000:
            raise options.wrong(name, f"from {low} to 1000")
        if value is None and default:
            options.note(f"{name} is taken to be {default}: the default is not published")
    colour = "black"
    if (text := options.text("color")) is not None:
        from .picture_colour import colour as read_colour

        red, green, blue, _ = read_colour(re.sub("^0[xX]", "#", text))
        colour = f"0x{red:02X}{green:02X}{blue:02X}"
    sheet_form = _picture_format(options, "sprite_format", form)
    names = KeyTemplate(options.fop, pattern, source, run, "save_sprite_pattern")
    return Sheet(sheet_form, colour=colour, names=names, **numbers)


def _picture_format(options: Options, name: str, default: str = "") -> str:
    form = options.text(name) or default
    if form not in _MIMES:
        raise UnsupportedFopError(options.fop, f"{form!r} is not jpg or png", name)
    return form


def _open(options: Options, source: Artifact, run: Run) -> tuple[Plan, StreamInfo]:
    plan = open_plan(options, source, run)
    stream = plan.source.video
    if stream is None:
        raise FopFailed(options.fop, "the source has no moving picture")
    return plan, stream


def _check_start(plan: Plan, name: str, start: float) -> None:
    whole = plan.source.duration
    if start < 0 or (whole is not None and start >= whole > 0):
        raise FopFailed(plan.options.fop, f"{name}/{start:g} is outside the video, which lasts {whole or 0:g} s")


def _size(options: Options, name: str) -> Size:
    text = options.text(name)
    try:
        return Size(None, None) if text is None else read_size(text)
    except ValueError:
        raise options.wrong(name, "a size such as 480x360, 480x or x360") from None


def _scaled(plan: Plan, stream: StreamInfo, size: Size) -> list[str]:
    """Scale the turned picture; sets the frame of the plan."""
    filters: list[str] = []
    if size.width is not None or size.height is not None:
        ratio = 1 / stream.pixel_ratio if plan.frame.width != stream.width else stream.pixel_ratio
        fitted = fit(plan.frame, size, step=1, pixel_ratio=ratio)
        plan.frame = fitted.frame
        filters = scale(fitted)
    check_result(plan.options.fop, plan.frame, plan)
    return filters


def _sampling(plan: Plan, stream: StreamInfo) -> tuple[str, int]:
    """The filter that picks the pictures, and how many there may be."""
    options = plan.options
    interval, frames = options.number("interval"), options.whole("frames")
    if interval is not None and frames is not None:
        raise FopFailed(options.fop, "interval and frames exclude each other")
    start, length = options.number("ss") or 0.0, options.number("t")
    _check_start(plan, "ss", start)
    whole = plan.source.duration
    left = None if whole is None else whole - start
    lasting = left if length is None else min(length, left) if left is not None else length
    first = plan.inputs[0]
    cut = [*(("-ss", seconds(start)) if start else ()), *(("-t", seconds(length)) if length else ())]
    plan.inputs[0] = Input(first.name, (*first.options, *cut))
    plan.seconds = lasting
    if frames is not None:
        if lasting is None:
            raise FopFailed(options.fop, "frames needs to know how long the source is, which it does not tell")
        frames = max(1, min(frames, math.ceil(lasting * stream.rate) if stream.rate else frames))
        interval = lasting / frames
    interval = _INTERVAL if interval is None else interval
    if interval <= 0:
        raise options.wrong("interval", "more than 0 s")
    count = frames or (math.ceil(lasting / interval) if lasting is not None else _MAX_FRAMES)
    if count > _MAX_FRAMES:
        raise LimitExceeded(options.fop, f"{count} pictures are more than {_MAX_FRAMES}")
    return rf"select='gte(t\,selected_n*{interval:.6f}-0.001)'", max(1, count)


def _outputs(plan: Plan, label: str, scaled: list[str], count: int, form: str | None, sheet: Sheet | None) -> list[str]:
    """The single pictures (in ``form``, unless it is None) and the sheets, whose cells alone are scaled then."""
    common = ["-fps_mode", "vfr", "-an", "-sn", "-start_number", "0", "-f", "image2"]
    arguments: list[str] = []
    if sheet is not None:
        check_result(plan.options.fop, sheet.size(plan.frame), plan)
        cells = label
        if form is not None:
            label = plan.graph.add("split", label, outputs=2)
            cells = f"{label}1"
        tiled = plan.graph.add([*scaled, sheet.filter], cells)
        sheets = math.ceil(count / (sheet.columns * sheet.lines))
        arguments += ["-map", plan.graph.mapped(tiled), *common, "-frames:v", str(sheets)]
        arguments += [*_ENCODERS[sheet.form], f"t%06d.{sheet.form}"]
    else:
        label = plan.graph.add(scaled, label)
    if form is not None:
        arguments += ["-map", plan.graph.mapped(label), *common, "-frames:v", str(count)]
        arguments += [*_ENCODERS[form], f"s%06d.{form}"]
    return ["-filter_complex", ";".join(plan.graph.chains), *arguments]


def _named(plan: Plan, letter: str, form: str, names: KeyTemplate) -> list[tuple[str, Artifact]]:
    """The pictures under their keys, which count from 1."""
    found = sorted(plan.job.folder.glob(f"{letter}[0-9]*.{form}"))
    return [(names.key(number), plan.job.result(path.name, _MIMES[form])) for number, path in enumerate(found, 1)]
