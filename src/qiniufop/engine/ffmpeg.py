"""Finds the ffmpeg program and runs it, fenced in.

ffmpeg is started as a program of its own, without a shell, in a directory made for it, on files that we named.
Nothing a user wrote becomes a file name. Which demuxers and protocols it may use is a closed list: a "video" that is
a playlist, an ffconcat list or a URL opens nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from time import monotonic
from typing import IO

from ..errors import MissingExtraError
from .artifact import Artifact
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .registry import Run

_DEMUXERS = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,flv,avi,mpegts,mpeg,mp3,aac,wav,ogg,flac,amr,asf,gif,image2,png_pipe,"
    "jpeg_pipe,mpegvideo,h264,ac3,eac3,aiff,au,caf"
)
"""Formats that are one file and cannot refer to another."""

_KEPT_ENVIRONMENT = (
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SYSTEMROOT",
    "LD_LIBRARY_PATH",
    "FONTCONFIG_FILE",
)
_GRACE = 5.0
"""Seconds between asking the program to end and killing it."""

_TICK = 0.25
"""Seconds between two looks at the size of what it wrote."""

_NOISE = re.compile(
    "Conversion failed!|Error opening (?:in|out)put file|Nothing was written|Task finished with error|"
    "Terminating thread with|Could not open encoder before|Error sending frames|Error while filtering|"
    r"At least one output file|Error while opening encoder|^[\d.]+$"
)
"""Lines that only repeat that something went wrong."""

_ORIGIN = re.compile(r"^\[[^\]]*\]\s*")


def find_program(run: Run) -> str:
    """The ffmpeg to use: the one the engine was given, ``QINIUFOP_FFMPEG``, imageio-ffmpeg's, or the one on ``PATH``.

    Raises:
        MissingExtraError: there is none.
        FopFailed: one was named, but it is not there.
    """
    for origin, named in (("ffmpeg=", run.ffmpeg), ("QINIUFOP_FFMPEG", os.environ.get("QINIUFOP_FFMPEG"))):
        if named:
            found = shutil.which(named)
            if found is None:
                raise FopFailed("ffmpeg", f"{origin} names {named!r}, which is not a program")
            return found
    found = _bundled() or shutil.which("ffmpeg")
    if found is None:
        raise MissingExtraError("audio and video", "local")
    return found


@cache
def _bundled() -> str | None:
    try:
        return str(import_module("imageio_ffmpeg").get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return None


@cache
def encoders(program: str) -> frozenset[str]:
    """The encoders a program was built with, asked of the program itself once."""
    shown = subprocess.run(
        [program, "-hide_banner", "-encoders"],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=30,
        check=False,
    )
    listed = re.findall(r"^ [VAS][.\w]{5} (\S+)", shown.stdout.decode(errors="replace"), re.MULTILINE)
    return frozenset(listed)


def environment() -> dict[str, str]:
    """The variables a program gets: what it needs to run, and no secrets."""
    return {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}


@dataclass(frozen=True, slots=True)
class Input:
    """A file in the directory of the job, and the options that stand before it."""

    name: str
    options: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """The arguments, fences included."""
        return [*fences(), *self.options, "-i", f"file:{self.name}"]


def fences(*more_demuxers: str) -> list[str]:
    """The options before every input that keep it from opening anything else."""
    demuxers = ",".join((_DEMUXERS, *more_demuxers))
    return [
        *("-protocol_whitelist", "file,crypto,data"),
        *("-format_whitelist", demuxers),
        *("-max_pixels", "35000000"),
    ]


@dataclass
class Job:
    """One directory to work in, and the program that works in it.

    Attributes:
        fop: the operation, for messages.
        run: the command it belongs to.
        folder: the directory.
        program: the ffmpeg to start.
    """

    fop: str
    run: Run
    folder: Path = field(init=False)
    program: str = field(init=False)
    _placed: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.program = find_program(self.run)
        self.folder = Path(mkdtemp(prefix="av-", dir=self.run.workdir))

    def place(self, artifact: Artifact) -> str:
        """Put a content into the directory and return the name it got there."""
        if artifact.size > self.run.limits.source_bytes:
            raise LimitExceeded(self.fop, f"an input is larger than {self.run.limits.source_bytes} bytes")
        suffix = Path(artifact.name).suffix.lower()
        name = f"in{self._placed}{suffix if re.fullmatch(r'[.][a-z0-9]{1,5}', suffix) else ''}"
        self._placed += 1
        target = self.folder / name
        if artifact.path is None:
            target.write_bytes(artifact.read())
        else:
            try:
                os.link(artifact.path.resolve(), target)
            except OSError:
                shutil.copyfile(artifact.path, target)
        return name

    def resolve(self, reference: str) -> str:
        """Put what a reference names into the directory and return the name it got there."""
        return self.place(self.run.resolve(reference))

    def need_encoder(self, name: str, option: str | None) -> str:
        """``name``, if the program can encode with it.

        Raises:
            UnsupportedFopError: this build of ffmpeg cannot.
        """
        if name not in encoders(self.program):
            raise UnsupportedFopError(self.fop, f"this build of ffmpeg has no encoder {name}", option)
        return name

    @property
    def size_cap(self) -> list[str]:
        """The output option that ends a file at the limit."""
        return ["-fs", str(self.run.limits.result_bytes)]

    def result(self, name: str, mime: str, *, notes: Sequence[str] = ()) -> Artifact:
        """The file ``name`` that the program has written.

        Raises:
            FopFailed: it wrote nothing.
            LimitExceeded: the file was cut at the limit.
        """
        path = self.folder / name
        if not path.is_file() or not path.stat().st_size:
            raise FopFailed(self.fop, "ffmpeg wrote nothing: no picture or sound lies in the asked range")
        if path.stat().st_size >= self.run.limits.result_bytes:
            raise LimitExceeded(self.fop, f"the result is larger than {self.run.limits.result_bytes} bytes")
        return Artifact(mime, path=path, name=name, notes=tuple(notes))

    def execute(self, arguments: Sequence[str], *, seconds: float | None = None, share: float = 1.0) -> None:
        """Run the program to its end.

        Args:
            arguments: inputs, filters and outputs.
            seconds: how long the result will be, to tell the progress.
            share: the part of the work this run is.

        Raises:
            FopFailed: the program failed; the message ends in its last lines.
            LimitExceeded: it took too long or wrote too much.
        """
        report = self.run.progress

        def line(text: str) -> None:
            if report is not None and seconds and text.startswith("out_time_us=") and text[12:].strip().isdigit():
                report(min(1.0, int(text[12:]) / 1e6 / seconds) * share)

        start = ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", "-nostats", "-progress", "pipe:1"]
        code, errors = self._supervise([self.program, *start, *arguments], line)
        if code:
            raise FopFailed(self.fop, f"ffmpeg failed: {tell_error(errors)}")

    def show(self, name: str) -> str:
        """What ``ffmpeg -i`` prints about a file."""
        _, shown = self._supervise(
            [self.program, "-hide_banner", "-nostdin", *Input(name).arguments], _ignore, lines=4000
        )
        return "\n".join(shown)

    def _supervise(self, command: list[str], on_line: Callable[[str], None], lines: int = 60) -> tuple[int, deque[str]]:
        errors: deque[str] = deque(maxlen=lines)
        ends = monotonic() + self.run.seconds_left(self.fop)
        room = self.run.limits.result_bytes + self._written()
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        failures: list[Exception] = []
        readers = [
            Thread(target=_drain, args=(process.stdout, on_line, failures), daemon=True),
            Thread(target=_drain, args=(process.stderr, errors.append, failures), daemon=True),
        ]
        try:
            for reader in readers:
                reader.start()
            while True:
                left = ends - monotonic()
                if left <= 0:
                    raise LimitExceeded(self.fop, f"took longer than {self.run.limits.seconds:g} s")
                try:
                    process.wait(min(_TICK, left))
                    break
                except subprocess.TimeoutExpired:
                    if failures:
                        break
                    if self._written() > room:
                        limit = self.run.limits.result_bytes
                        raise LimitExceeded(self.fop, f"the result is larger than {limit} bytes") from None
        finally:
            _end(process)
            for reader in readers:
                reader.join(_GRACE)
            for stream in (process.stdout, process.stderr):
                if stream is not None:
                    stream.close()
        if failures:
            raise failures[0]
        return process.returncode, errors

    def _written(self) -> int:
        total = 0
        with os.scandir(self.folder) as entries:
            for entry in entries:
                with suppress(OSError):
                    total += entry.stat().st_size
        return total


def tell_error(lines: Sequence[str]) -> str:
    """The last lines that say something, without addresses of the program's memory and without repeats."""
    useful: list[str] = []
    for line in lines:
        text = line.strip()
        while _ORIGIN.match(text):
            text = _ORIGIN.sub("", text)
        if text and not _NOISE.search(text) and text not in useful:
            useful.append(text[:300])
    return "; ".join(useful[-3:]) or "it gave no reason"


def _drain(stream: IO[bytes], on_line: Callable[[str], None], failures: list[Exception]) -> None:
    """Read to the end, so that the program never waits for us; what a listener raises goes to ``failures``."""
    while chunk := stream.readline(8192):
        try:
            on_line(chunk.decode(errors="replace").rstrip("\r\n"))
        except Exception as error:
            failures.append(error)


def _ignore(_: str) -> None:
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and whatever it started: asked first, killed when it does not listen."""
    if process.poll() is not None:
        return
    _signal(process, kill=False)
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        _signal(process, kill=True)
        process.wait()


def _signal(process: subprocess.Popen[bytes], *, kill: bool) -> None:
    if sys.platform == "win32":
        if kill:
            process.kill()
        else:
            process.terminate()
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
