"""What a media file holds: the report of ``avinfo``, and the facts the other handlers decide by."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, cast

from .artifact import Artifact
from .errors import FopFailed
from .ffmpeg import Job, environment, fences, tell_error
from .registry import Run, handles

Report = dict[str, Any]
"""A report in the shape of ``ffprobe -show_format -show_streams``."""

_APPROXIMATE = "avinfo: read from the banner of ffmpeg: bit rates are rounded to kb/s and times to 10 ms"

_INPUT = re.compile(r"Input #0, (\S+), from ")
_DURATION = re.compile(
    r"  Duration: (N/A|(\d+):(\d+):([\d.]+))(?:, start: (-?[\d.]+))?(?:, bitrate: (?:N/A|(\d+) kb/s))?"
)
_STREAM = re.compile(r"  Stream #0:(\d+)(?:\[0x([0-9a-f]+)\])?(?:\((\w+)\))?: (\w+): (.*)")
_TAG = re.compile(r"(    | {6})(\S[^:]*?)\s*: (.*)")
_TURN = re.compile(r"\s+Display Matrix: rotation of (-?[\d.]+) degrees")
_DISPOSITION = re.compile(r"(?: \((?:default|attached pic|original|dub|forced|comment|[a-z ]{4,20})\))+$")
_SIZE = re.compile(r"(\d+)x(\d+)(?: \[SAR (\d+:\d+) DAR (\d+:\d+)\])?")
_LAYOUTS = {"mono": 1, "stereo": 2, "2.1": 3, "4.0": 4, "quad": 4, "5.0": 5, "5.1": 6, "6.1": 7, "7.1": 8}


@dataclass(frozen=True, slots=True)
class StreamInfo:
    """One stream of a file.

    Attributes:
        index: its number in the file, as ``avthumb``'s ``stream`` counts.
        kind: ``video``, ``audio``, ``subtitle`` or ``data``.
        codec: the name of the codec, such as ``h264``.
        width, height: as coded, before any rotation.
        rate: pictures per second.
        bit_rate: bits per second.
        turn: degrees to turn the picture clockwise for showing it: 0, 90, 180 or 270.
        pixel_ratio: width of a pixel by its height.
        cover: a picture attached to a sound file rather than a video.
    """

    index: int
    kind: str
    codec: str = ""
    width: int = 0
    height: int = 0
    rate: Fraction | None = None
    bit_rate: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    turn: int = 0
    pixel_ratio: Fraction = Fraction(1)
    cover: bool = False


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What is known of a file.

    Attributes:
        formats: the names of its container.
        duration: seconds, or None where the file does not tell.
        bit_rate: bits per second of the whole file.
        streams: in the order of the file.
        report: all of it, as ``avinfo`` answers.
        approximate: read from ffmpeg's banner, with its roundings.
    """

    formats: tuple[str, ...]
    duration: float | None
    bit_rate: int | None
    streams: tuple[StreamInfo, ...]
    report: Report
    approximate: bool

    @property
    def video(self) -> StreamInfo | None:
        """The first moving picture."""
        return next((s for s in self.streams if s.kind == "video" and not s.cover), None)

    @property
    def audio(self) -> StreamInfo | None:
        """The first sound."""
        return next((s for s in self.streams if s.kind == "audio"), None)


@handles("avinfo")
def avinfo(op: object, source: Artifact, run: Run) -> Artifact:
    """The streams and the container of a file, as ffprobe words them."""
    job = Job("avinfo", run)
    info = probe(job, job.place(source))
    text = json.dumps(info.report, ensure_ascii=False, indent=4)
    notes = (_APPROXIMATE,) if info.approximate else ()
    return Artifact("application/json", data=text.encode(), name="avinfo.json", notes=notes)


def probe(job: Job, name: str) -> MediaInfo:
    """Look into the file ``name`` of a job.

    Raises:
        FopFailed: it is no media file that may be read.
    """
    report = _ask_ffprobe(job, name)
    approximate = report is None
    if report is None:
        report = read_banner(job.show(name), job.fop)
        report["approximate"] = True
    form = report.setdefault("format", {})
    form.pop("filename", None)
    form["size"] = str((job.folder / name).stat().st_size)
    return from_report(report, approximate=approximate)


def _ask_ffprobe(job: Job, name: str) -> Report | None:
    program = shutil.which(os.environ.get("QINIUFOP_FFPROBE") or "ffprobe")
    if program is None:
        return None
    command = [program, "-v", "error", *fences(), "-print_format", "json", "-show_format", "-show_streams"]
    try:
        done = subprocess.run(
            [*command, f"file:{name}"],
            cwd=job.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=min(60.0, job.run.seconds_left(job.fop)),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FopFailed(job.fop, "ffprobe did not answer") from None
    if done.returncode:
        raise FopFailed(job.fop, f"not a media file: {tell_error(done.stderr.decode(errors='replace').splitlines())}")
    return cast("Report", json.loads(done.stdout))


def from_report(report: Report, *, approximate: bool = False) -> MediaInfo:
    """The facts in a report of ffprobe, or in one of the same shape."""
    form: Mapping[str, Any] = report.get("format", {})
    streams: list[Mapping[str, Any]] = report.get("streams", [])
    return MediaInfo(
        formats=tuple(str(form.get("format_name", "")).split(",")),
        duration=_number(form.get("duration")),
        bit_rate=_whole(form.get("bit_rate")),
        streams=tuple(_stream(stream) for stream in streams),
        report=report,
        approximate=approximate,
    )


def _stream(found: Mapping[str, Any]) -> StreamInfo:
    turn = _number(found.get("tags", {}).get("rotate")) or 0.0
    for side in found.get("side_data_list", ()):
        turn = -(_number(side.get("rotation")) or 0.0) or turn
    return StreamInfo(
        index=int(found.get("index", 0)),
        kind=str(found.get("codec_type", "data")),
        codec=str(found.get("codec_name", "")),
        width=_whole(found.get("width")) or 0,
        height=_whole(found.get("height")) or 0,
        rate=_ratio(found.get("avg_frame_rate")) or _ratio(found.get("r_frame_rate")),
        bit_rate=_whole(found.get("bit_rate")),
        sample_rate=_whole(found.get("sample_rate")),
        channels=_whole(found.get("channels")),
        turn=round(turn / 90) * 90 % 360,
        pixel_ratio=_ratio(found.get("sample_aspect_ratio")) or Fraction(1),
        cover=bool(found.get("disposition", {}).get("attached_pic")),
    )


def _number(value: object) -> float | None:
    try:
        return float(str(value))
    except ValueError:
        return None


def _whole(value: object) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _ratio(value: object) -> Fraction | None:
    above, slash, below = str(value).replace(":", "/").partition("/")
    if not slash or not above.isdigit() or not below.isdigit() or not int(above) or not int(below):
        return None
    return Fraction(int(above), int(below))


def read_banner(banner: str, fop: str = "avinfo") -> Report:
    """The report of ffprobe, as far as the banner of ``ffmpeg -i`` tells it.

    Raises:
        FopFailed: the file could not be opened; ends in the reason of the program.
    """
    streams: list[Report] = []
    form: Report = {}
    tags: dict[str, str] | None = None
    for line in banner.splitlines():
        if not form:
            if opened := _INPUT.match(line):
                form = {"nb_streams": 0, "format_name": opened[1], "tags": {}}
                tags = form["tags"]
        elif duration := _DURATION.match(line):
            form.update(_times(duration))
        elif stream := _STREAM.match(line):
            streams.append(_described(stream))
            tags = streams[-1]["tags"]
        elif line.strip() == "Side data:":
            tags = None
        elif (turn := _TURN.match(line)) and streams:
            side = {"side_data_type": "Display Matrix", "rotation": round(float(turn[1]))}
            streams[-1]["side_data_list"] = [side]
        elif (tag := _TAG.match(line)) and tags is not None:
            tags.setdefault(tag[2], tag[3])
    if not form:
        raise FopFailed(fop, f"not a media file: {tell_error(banner.splitlines())}")
    form["nb_streams"] = len(streams)
    return {"streams": streams, "format": form}


def _times(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    if found[5]:
        yield "start_time", found[5]
    if found[1] != "N/A":
        yield "duration", f"{int(found[2]) * 3600 + int(found[3]) * 60 + float(found[4]):.6f}"
    if found[6]:
        yield "bit_rate", f"{found[6]}000"


def _described(found: re.Match[str]) -> Report:
    kind = found[4].lower()
    text = _DISPOSITION.sub("", found[5])
    flags = found[5][len(text) :]
    parts = _split(text)
    codec, *notes = re.findall(r"^[\w-]+|\([^()]*\)", parts[0])
    stream: Report = {"index": int(found[1]), "codec_name": codec, "codec_type": kind}
    for note in notes:
        if " / 0x" in note:
            stream["codec_tag_string"], _, stream["codec_tag"] = note[1:-1].partition(" / ")
        elif kind != "subtitle" and not note.startswith((f"({codec[:3]}", "(lib")):
            stream.setdefault("profile", note[1:-1])
    if found[2]:
        stream["id"] = f"0x{found[2]}"
    stream["disposition"] = {"default": int("default" in flags), "attached_pic": int("attached" in flags)}
    stream["tags"] = {} if found[3] in (None, "und") else {"language": found[3]}
    details = _picture(parts[1:]) if kind == "video" else _sound(parts[1:]) if kind == "audio" else iter(())
    stream.update(details)
    return stream


def _split(text: str) -> list[str]:
    """The parts between commas that stand in no brackets."""
    return re.findall(r"(?:[^,(\[]|\([^()]*\)|\[[^\]]*\])+", text)


def _picture(parts: list[str]) -> Iterator[tuple[str, Any]]:
    rates: dict[str, Fraction] = {}
    for place, part in enumerate(text.strip() for text in parts):
        if size := _SIZE.match(part):
            yield "width", int(size[1])
            yield "height", int(size[2])
            if size[3]:
                yield "sample_aspect_ratio", size[3]
                yield "display_aspect_ratio", size[4]
        elif rate := re.match(r"(\d+) kb/s", part):
            yield "bit_rate", f"{rate[1]}000"
        elif count := re.match(r"([\d.]+)(k?) (fps|tbr|tbn)", part):
            rates[count[3]] = _rate(float(count[1]) * (1000 if count[2] else 1))
        elif not place:
            yield "pix_fmt", part.partition("(")[0]
    mean = rates.get("fps") or rates.get("tbr")
    base = rates.get("tbr") or mean
    if mean and base:
        yield "r_frame_rate", f"{base.numerator}/{base.denominator}"
        yield "avg_frame_rate", f"{mean.numerator}/{mean.denominator}"
    if clock := rates.get("tbn"):
        yield "time_base", f"{clock.denominator}/{clock.numerator}"


def _rate(shown: float) -> Fraction:
    """The rate behind one that was printed with two decimals: 29.97 is 30000/1001."""
    whole = round(shown * 1.001)
    if shown != round(shown) and abs(whole / 1.001 - shown) < 0.006:
        return Fraction(whole * 1000, 1001)
    return Fraction(shown).limit_denominator(1000)


def _sound(parts: list[str]) -> Iterator[tuple[str, Any]]:
    for place, part in enumerate(text.strip() for text in parts):
        if rate := re.match(r"(\d+) Hz", part):
            yield "sample_rate", rate[1]
        elif bits := re.match(r"(\d+) kb/s", part):
            yield "bit_rate", f"{bits[1]}000"
        elif place == 1:
            counted = re.match(r"(\d+) channels", part)
            layout = part.partition("(")[0]
            yield "channels", int(counted[1]) if counted else _LAYOUTS.get(layout, 2)
            if not counted:
                yield "channel_layout", layout
        elif place == 2:
            yield "sample_fmt", part.partition(" ")[0]
