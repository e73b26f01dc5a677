"""Small clips to work on, made once, and ways to look at what came out."""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

from PIL import Image
from pydantic import BaseModel, ConfigDict, create_model

from qiniufop.engine import hls_adapt, probe, video_frames, video_join, video_transcode
from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed
from qiniufop.engine.ffmpeg import Job, find_program
from qiniufop.engine.limits import Limits
from qiniufop.engine.probe import MediaInfo
from qiniufop.engine.registry import HANDLERS, Run

HANDLER_MODULES = (hls_adapt, probe, video_frames, video_join, video_transcode)

_TEST = "testsrc=size=160x120:rate=10:duration=2"
_GREY = "color=c=0x808080:size=160x120:rate=10:duration=2"
_HALVES = "color=c=red:size=80x120:rate=10:duration=1[l];color=c=blue:size=80x120:rate=10:duration=1[r];[l][r]hstack"
_TONE = "sine=frequency=440:duration=2:sample_rate=44100"
_X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-pix_fmt", "yuv420p")
_AAC = ("-c:a", "aac", "-b:a", "64k")


def _with_tone(picture: str) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", _TONE, *_X264, *_AAC)


_RECIPES: dict[str, tuple[str, ...]] = {
    "clip.mp4": _with_tone(_TEST),
    "grey.mp4": _with_tone(_GREY),
    "halves.mp4": ("-f", "lavfi", "-i", _HALVES, *_X264),
    "silent.mp4": ("-f", "lavfi", "-i", "color=c=green:size=160x120:rate=10:duration=1", *_X264),
    "small.mp4": ("-f", "lavfi", "-i", "color=c=green:size=80x60:rate=5:duration=1", *_X264),
    "tone.mp3": ("-f", "lavfi", "-i", "sine=frequency=880:duration=1:sample_rate=44100", "-b:a", "64k"),
    "tone.wav": ("-f", "lavfi", "-i", "sine=frequency=880:duration=1:sample_rate=44100"),
    "odd.mkv": ("-f", "lavfi", "-i", "testsrc=size=81x61:rate=10:duration=1", "-c:v", "ffv1"),
}
SRT = "1\n00:00:00,000 --> 00:00:01,000\nHello\n\n2\n00:00:01,000 --> 00:00:02,000\n<b>World</b>\n"


@cache
def folder() -> Path:
    """Where the samples of this session lie."""
    made = Path(tempfile.mkdtemp(prefix="qiniufop-tests-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def ffmpeg(*arguments: str) -> bytes:
    """Run the program itself."""
    program = find_program(new_run())
    command = [program, "-hide_banner", "-nostdin", "-loglevel", "error", "-y", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, cwd=folder())
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


@cache
def clip(name: str) -> Path:
    """A sample by name."""
    path = folder() / name
    if name in _RECIPES:
        ffmpeg(*_RECIPES[name], name)
    elif name == "turned.mp4":
        ffmpeg("-display_rotation", "-90", "-i", str(clip("halves.mp4")), "-c", "copy", name)
    elif name == "logo.png":
        Image.new("RGBA", (20, 10), (0, 255, 0, 255)).save(path)
    elif name == "logo.gif":
        frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=500, loop=0)
    elif name == "subs.srt":
        path.write_text(SRT, encoding="utf-8")
    elif name == "subs.mkv":
        inputs = ("-i", str(clip("grey.mp4")), "-i", str(clip("subs.srt")))
        ffmpeg(*inputs, "-map", "0", "-map", "1", "-c:v", "copy", "-c:a", "copy", "-c:s", "srt", name)
    else:
        raise KeyError(name)
    return path


def resolve(reference: str) -> Artifact:
    """The sample that ``kodo://bucket/NAME`` means."""
    name = reference.rpartition("/")[2]
    try:
        return Artifact("application/octet-stream", path=clip(name), name=name)
    except KeyError:
        raise FopFailed("source", f"there is no {reference}") from None


def new_run(
    *,
    limits: Limits | None = None,
    key: str = "video/in.mp4",
    ffmpeg: str | None = None,
    settings: Mapping[str, Any] | None = None,
    progress: Callable[[float], None] | None = None,
    fonts: Mapping[str, Path] | None = None,
) -> Run:
    """A command being run."""
    limits, settings, fonts = limits or Limits(), dict(settings or {}), dict(fonts or {})
    return Run(
        Path(tempfile.mkdtemp(dir=folder())), limits, resolve, "b", key,
        ffmpeg=ffmpeg, settings=settings, progress=progress, fonts=fonts,
    )  # fmt: skip


def run(op: Any, source: str | Path | Artifact = "clip.mp4", **details: Any) -> Artifact:
    """What an operation makes of a sample."""
    if isinstance(source, str):
        source = clip(source)
    if isinstance(source, Path):
        source = Artifact("application/octet-stream", path=source, name=source.name)
    return HANDLERS[op.name].run(op, source, new_run(**details))


def look(result: Artifact | str) -> MediaInfo:
    """What a result holds."""
    job = Job("test", new_run())
    artifact = resolve(result) if isinstance(result, str) else result
    return probe.probe(job, job.place(artifact))


def frame(result: Artifact, at: float = 0.0) -> Image.Image:
    """The picture at a moment."""
    picked = ("-vf", f"select='gte(t,{at})'", "-frames:v", "1")
    raw = ffmpeg("-noautorotate", "-i", _path(result), *picked, "-f", "image2pipe", "-c:v", "ppm", "-")
    return Image.open(BytesIO(raw))


def colour(picture: Image.Image, x: int, y: int) -> str:
    """The name of the colour at a place: ``red``, ``grey``, ``?`` and so on."""
    pixel = picture.getpixel((x, y))
    assert isinstance(pixel, tuple)
    named = {"black": (0, 0, 0), "grey": (128, 128, 128), "white": (255, 255, 255), "red": (255, 0, 0)}
    named |= {"green": (0, 255, 0), "dark green": (0, 128, 0), "blue": (0, 0, 255)}
    name, distance = min(
        ((name, sum(abs(a - b) for a, b in zip(pixel, value, strict=True))) for name, value in named.items()),
        key=lambda pair: pair[1],
    )
    return name if distance < 120 else f"? {pixel}"


def loudness(result: Artifact, start: float, length: float) -> float:
    """The mean square of the sound in a stretch, 0 to 1."""
    raw = ffmpeg(
        "-i", _path(result), "-ss", f"{start}", "-t", f"{length}", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"
    )
    values = memoryview(raw).cast("h")
    return sum(value * value for value in values) / max(1, len(values)) / 32768**2


def pitch(result: Artifact, start: float, length: float) -> float:
    """The frequency of the sound in a stretch, in Hz, counted by its zero crossings."""
    raw = ffmpeg(
        "-i", _path(result), "-ss", f"{start}", "-t", f"{length}", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"
    )
    values = memoryview(raw).cast("h")
    crossings = sum(1 for a, b in pairwise(values) if a < 0 <= b)
    return crossings / (len(values) / 8000)


def _path(result: Artifact) -> str:
    if result.path is None:
        path = Path(tempfile.mkdtemp(dir=folder())) / "content"
        path.write_bytes(result.read())
        return str(path)
    return str(result.path)


def command(name: str, **values: Any) -> Any:
    """An operation of which only the set fields matter."""
    fields: dict[str, Any] = dict.fromkeys(values, (Any, None))
    return create_model(name, __base__=_Op, **fields)(**values)


def avthumb(form: str, **values: Any) -> Any:
    """An avthumb that was not validated, to see what the engine itself refuses."""
    return command("avthumb", format=form, **values)


class _Op(BaseModel):
    model_config = ConfigDict(frozen=True)

    @property
    def name(self) -> str:
        """The name on the wire."""
        return type(self).__name__

    def __str__(self) -> str:
        return f"{self.name}({', '.join(f'{key}={value!r}' for key, value in self)})"
