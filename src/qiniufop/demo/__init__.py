"""The demonstration: typed commands, sent by the real client to the local dev server, on a photograph and a video."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .. import samples
from ..errors import MissingExtraError

if TYPE_CHECKING:
    from ..core import Value
    from ..server import DevServer
    from .report import Media, Task

__all__ = ["Demo", "run"]

PATIENCE = 120.0
"""Seconds a job may take on a slow machine before the demo gives up."""


@dataclass(frozen=True)
class Demo:
    """What a run of the demo left behind.

    Attributes:
        folder: where everything is.
        files: the outputs, in the order they are shown.
        sheet: a PNG that shows each output beside its source.
        page: an HTML page with the same, the commands, and the videos to play.
        seconds: how long the jobs took together.
    """

    folder: Path
    files: tuple[Path, ...]
    sheet: Path
    page: Path
    seconds: float


@dataclass(frozen=True)
class Job:
    """A job of the demo: what it is for, the object it reads, and its commands, each of which saves one object."""

    title: str
    bucket: str
    key: str
    commands: tuple[Value, ...]


def jobs() -> tuple[Job, ...]:
    """The jobs the demo shows."""
    from .. import Avthumb, ImageMark, ImageMogr2, ImageView2, Saveas, Vframe, Watermark

    logo = "kodo://media/logo.png"
    marked = (
        ImageView2(mode=2, w=480)
        | Watermark(mode=1, image=logo, ws=0.15, gravity="SouthEast", dx=12, dy=12)
        | Watermark(mode=2, text="Cape Canaveral, 2015", fontsize=440, fill="white", gravity="NorthWest", dx=14, dy=12)
        | Saveas("out", "photo-marked.jpg")
    )
    square = ImageView2(mode=1, w=320, h=320, format="webp") | Saveas("out", "photo-square.webp")
    tall = ImageMogr2().gravity("Center").crop("240x427").thumbnail("180x") | Saveas("out", "photo-tall.jpg")
    blurred = ImageMogr2().thumbnail("320x").blur("30x10").format("webp") | Saveas("out", "photo-blurred.webp")
    mark = ImageMark(wm_image=logo, wm_scale=0.13, wm_gravity="NorthEast", wm_offset_x=-12, wm_offset_y=12)
    small = Avthumb("mp4", s="640x360", vb="300k", ab="48k", watermarks=[mark]) | Saveas("out", "clip-360p.mp4")
    frame = Vframe("jpg", offset=2.5) | Saveas("out", "clip-frame.jpg")
    cover = (
        Vframe("jpg", offset=2.5) | ImageView2(mode=1, w=320, h=180, format="webp") | Saveas("out", "clip-cover.webp")
    )
    return (
        Job("A photograph, resized and watermarked", "media", "photo.jpg", (marked,)),
        Job("Three variants in one job", "media", "photo.jpg", (square, tall, blurred)),
        Job("A video, transcoded and watermarked", "media", "clip.mp4", (small,)),
        Job("Pictures from the video", "media", "clip.mp4", (frame, cover)),
    )


def run(out: Path | str = "qiniufop-demo", say: Callable[[str], object] = print) -> Demo:
    """Resize and watermark a photograph, transcode and thumbnail a video, and show what came out.

    Starts a dev server on a free port of this machine, seeds it with the sample media, submits every job to it
    over HTTP and waits. No account, no network beyond this machine.

    Args:
        out: folder for the results; made if it is missing, files of an earlier run are replaced.
        say: takes each line of the report.

    Raises:
        MissingExtraError: the packages of the extra ``local`` are not installed.
        FopError: a job was refused or failed.
        OSError: the folder cannot be written.
    """
    try:
        from ..server import DevServer
        from .page import write_page
        from .sheet import draw_sheet
    except ModuleNotFoundError as error:
        raise MissingExtraError("The demo", "local") from error
    from .report import table

    folder = Path(out)
    (folder / "source").mkdir(parents=True, exist_ok=True)
    for sample in (samples.photo, samples.logo, samples.clip):
        shutil.copyfile(sample, folder / "source" / sample.name)
    with tempfile.TemporaryDirectory(prefix="qiniufop-demo-") as root, DevServer(Path(root), port=0) as server:
        say(f"The dev server listens at {server.url}")
        for sample in (samples.photo, samples.logo, samples.clip):
            server.put("media", sample.name, sample)
        tasks = do_jobs(server, folder, say)
    sheet, page = folder / "sheet.png", folder / "index.html"
    draw_sheet(tasks, sheet)
    write_page(tasks, page)
    say(table(tasks, folder))
    say("")
    say("Before and after on one sheet, and a page with the videos and the Python that made them:")
    say(f"  {sheet}")
    say(f"  {page}")
    files = tuple(made.media.path for task in tasks for made in task.made)
    return Demo(folder, files, sheet, page, sum(task.seconds for task in tasks))


def do_jobs(server: DevServer, folder: Path, say: Callable[[str], object]) -> tuple[Task, ...]:
    """Submit the jobs one after another, wait for each, and fetch what they made."""
    from .. import Saveas, Vframe
    from .report import Made, Task

    with server.client() as client:
        plan = jobs()
        timed: list[float] = []
        for job in plan:
            say(f"Submitting a job on kodo://{job.bucket}/{job.key}: {job.title.lower()} ...")
            began = time.perf_counter()
            client.submit(job.bucket, job.key, *job.commands).wait(timeout=PATIENCE)
            timed.append(time.perf_counter() - began)
        # A frame of the new video, to stand for it on the sheet.
        poster = Vframe("jpg", offset=2.5) | Saveas("out", "clip-360p-frame.jpg")
        client.submit("out", "clip-360p.mp4", poster).wait(timeout=PATIENCE)
    for key in [*(saved_key(command) for job in plan for command in job.commands), saved_key(poster)]:
        (folder / key).write_bytes(server.get("out", key))
    stills = {"clip.mp4": folder / "clip-frame.jpg", "clip-360p.mp4": folder / "clip-360p-frame.jpg"}
    return tuple(
        Task(
            title=job.title,
            source=measure(folder / "source" / job.key, stills),
            made=tuple(
                Made(measure(folder / saved_key(command), stills), str(command), as_python(command))
                for command in job.commands
            ),
            seconds=seconds,
        )
        for job, seconds in zip(plan, timed, strict=True)
    )


def saved_key(command: Value) -> str:
    """The key under which a command saves its result."""
    from .. import Saveas

    *_, last = command.stages
    if not isinstance(last, Saveas) or last.key is None:
        raise ValueError(f"{command} does not say where its result goes")
    return last.key


def measure(path: Path, stills: dict[str, Path]) -> Media:
    """A file with the picture that stands for it and its size; a video's frames are taken to be as large as it is."""
    from PIL import Image

    from .report import Media

    still = stills.get(path.name, path)
    with closing(Image.open(still)) as picture:
        return Media(path, picture.size, still)


def as_python(command: Value) -> str:
    """The expression that builds a command, a stage to a line."""
    first, *rest = (repr(stage) for stage in command.stages)
    return "\n".join([first, *(f"| {stage}" for stage in rest)])
