"""Subtitles burnt into the picture.

libass opens the file it is told by itself, outside ffmpeg's fences. So it never gets a user's file: the cues are read,
checked and written anew into one with a fixed name.
"""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from typing import NamedTuple

from ..errors import MissingExtraError
from .errors import FopFailed
from .ffmpeg import Input
from .probe import MediaInfo, probe
from .video_options import Options
from .video_plan import Plan

_TIME = r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})"
_CUE = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}")
_MAX_CUES = 20_000
_MAX_BYTES = 4 * 1024 * 1024
_MATROSKA = b"\x1a\x45\xdf\xa3"


class Cue(NamedTuple):
    """A text and when it shows, in milliseconds."""

    start: int
    end: int
    text: str


def burn_subtitles(plan: Plan) -> list[str]:
    """The filter that draws the subtitles of a command; nothing if it asks for none."""
    options = plan.options
    source = options.text("subtitle")
    font, size = options.text("st_font"), options.whole("st_font_size")
    options.refuse("what it counts from is not published", "st_offset_x", "st_offset_y")
    if source is None:
        if font is not None or size is not None:
            options.note("stFont and stFontSize have no effect without subtitle")
        return []
    cues = _load(plan, source)
    shift = round(plan.start * 1000)
    moved = [Cue(cue.start - shift, cue.end - shift, cue.text) for cue in cues if cue.end > shift]
    (plan.job.folder / "sub.srt").write_text(write_srt(moved), encoding="utf-8")
    style = [f"Fontname={_give_font(plan, font, cues)}"]
    if size:
        style.append(f"Fontsize={size}")
    return [f"subtitles=filename=sub.srt:fontsdir=fonts:force_style='{','.join(style)}'"]


def _load(plan: Plan, source: str) -> list[Cue]:
    job = plan.job
    if source == "embed":
        name, held = plan.inputs[0].name, plan.source
    else:
        name = job.resolve(source)
        path = job.folder / name
        with path.open("rb") as file:
            head = file.read(4)
        if head != _MATROSKA:
            if path.stat().st_size > _MAX_BYTES:
                raise FopFailed(plan.options.fop, "the subtitles are larger than 4 MiB")
            return _checked(plan.options, path.read_bytes())
        held = probe(job, name)
    _extract(plan, name, held)
    return _checked(plan.options, (job.folder / "embedded.srt").read_bytes())


def _extract(plan: Plan, name: str, held: MediaInfo) -> None:
    if not any(stream.kind == "subtitle" for stream in held.streams):
        raise FopFailed(plan.options.fop, "the file of subtitle has no subtitles")
    plan.job.execute([*Input(name).arguments, "-map", "0:s:0", "-c:s", "srt", "-f", "srt", "embedded.srt"])


def _checked(options: Options, content: bytes) -> list[Cue]:
    try:
        cues = read_srt(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise FopFailed(options.fop, "the subtitles are not UTF-8") from None
    if not cues:
        raise FopFailed(options.fop, "the subtitles have no cue: an srt file was expected")
    if len(cues) > _MAX_CUES:
        raise FopFailed(options.fop, f"the subtitles have more than {_MAX_CUES} cues")
    return cues


def read_srt(text: str) -> list[Cue]:
    """The cues of an srt file, in its order; what is no cue is left out."""
    cues: list[Cue] = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n")):
        lines = block.strip().split("\n")
        place = next((number for number, line in enumerate(lines[:2]) if _CUE.match(line)), None)
        if place is None:
            continue
        found = _CUE.match(lines[place])
        words = "\n".join(line for line in (_clean(line) for line in lines[place + 1 :]) if line)
        if found and words:
            cues.append(Cue(_millis(found.groups()[:4]), _millis(found.groups()[4:]), words))
    return cues


def write_srt(cues: list[Cue]) -> str:
    """An srt file."""
    blocks = (
        f"{number}\n{_clock(max(0, cue.start))} --> {_clock(max(0, cue.end))}\n{cue.text}\n"
        for number, cue in enumerate(cues, 1)
    )
    return "\n".join(blocks)


def _clean(line: str) -> str:
    """A line without control characters and without commands to the renderer."""
    return "".join(c for c in re.sub(r"\{[^}]*\}", "", line) if c.isprintable()).strip()


def _millis(parts: tuple[str, ...]) -> int:
    hours, minutes, whole, rest = parts
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1000 + int(rest.ljust(3, "0"))


def _clock(millis: int) -> str:
    whole, rest = divmod(millis, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d},{rest:03d}"


def _give_font(plan: Plan, name: str | None, cues: list[Cue]) -> str:
    """Put a font that can draw the cues where libass looks, and return the family it goes by."""
    try:
        from .fonts import DEFAULT, find_font
    except ImportError:
        raise MissingExtraError("subtitles on video", "local") from None
    words = "".join(dict.fromkeys("".join(re.sub(r"<[^>]*>|\n", "", cue.text) for cue in cues)))
    font = find_font(name or DEFAULT, words, plan.job.run.fonts)
    if name and not font.named:
        plan.options.note(f"font {name!r} is not installed: the subtitles are drawn with another")
    face = font.at(16)
    folder = plan.job.folder / "fonts"
    folder.mkdir()
    if font.path is not None:
        shutil.copyfile(font.path, folder / f"font{font.path.suffix.lower()}")
    elif isinstance(face.path, BytesIO):
        (folder / "font.ttf").write_bytes(face.path.getvalue())
    return re.sub(r"[^\w -]", "", face.getname()[0] or "")
