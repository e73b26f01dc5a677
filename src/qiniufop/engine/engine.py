"""Runs a command on a local file, stage by stage."""

from __future__ import annotations

import mimetypes
import os
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from threading import BoundedSemaphore, local
from time import monotonic
from typing import Any, Protocol
from uuid import uuid4

from ..errors import FopError, MissingExtraError, StageError
from .artifact import Artifact
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .limits import Limits
from .registry import HANDLERS, Entry, Resolver, Run

_JSON = "application/json"
_WITHOUT_HANDLERS = ("engine", "picture", "text", "fonts")
"""How the names of modules begin that hold no handlers. All others import Pillow only when an operation runs."""


_OUTSIDE = "it is done by a service of another company"
_TRAINED = "it is done by trained models that only the service has"
_ONLY_THERE = {
    **dict.fromkeys(("nrop", "ad", "facecrop2", "sequickimage", "tupu-video", "yifangyun_preview"), _OUTSIDE),
    **dict.fromkeys(("aicvt", "stitch", "image-censor", "video-censor", "qpulp", "qterror", "qpolitician"), _TRAINED),
    "p": "it fetches what the service stored earlier",
}
"""Why some documented operations can only be run by the service."""


class Runnable(Protocol):
    """An operation or a pipeline: whatever has stages."""

    @property
    def stages(self) -> tuple[Any, ...]:
        """The operations, in the order they run."""
        ...


class StoredObject(Protocol):
    """An object as a store gives it."""

    def artifact(self) -> Artifact:
        """Its content."""
        ...


class Store(Protocol):
    """Where ``kodo://bucket/key`` is looked up."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """The object, or None."""
        ...


class LocalEngine:
    """Runs commands on this machine, without the service.

    Args:
        store: answers ``kodo://bucket/key``. Without it and ``resolver`` a command cannot refer to other objects.
        limits: what one command may cost.
        fonts: font files by the family name commands use, such as ``{"微软雅黑": Path("msyh.ttc")}``.
        ffmpeg: the ffmpeg program; None looks for one.
        resolver: answers every reference, in place of ``store``. It is given ``kodo://bucket/key`` or a URL.
        settings: what single operations may ask for, such as ``{"soffice": "/opt/office/soffice"}``.
        workdir: where temporary directories are made; None is the system's place for them.
        concurrency: commands that may work at the same time; the others wait. Default: the number of CPUs.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        limits: Limits | None = None,
        fonts: Mapping[str, Path] | None = None,
        ffmpeg: str | None = None,
        resolver: Resolver | None = None,
        settings: Mapping[str, Any] | None = None,
        workdir: Path | None = None,
        concurrency: int | None = None,
    ) -> None:
        self.store = store
        self.limits = limits or Limits()
        self.fonts = dict(fonts or {})
        self.ffmpeg = ffmpeg
        self.resolver = resolver
        self.settings = dict(settings or {})
        self.workdir = workdir
        self._slots = BoundedSemaphore(concurrency or os.cpu_count() or 1)
        self._held = local()

    def run(
        self,
        source: Artifact | Path | str | bytes,
        command: Runnable | str,
        *,
        key: str = "",
        bucket: str = "",
        url: str | None = None,
        out: Path | None = None,
        limits: Limits | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Artifact:
        """Run one command and return its result.

        A ``saveas`` stage stores nothing here: it only says how the caller may name the result.

        Args:
            source: the object to work on: its content, or the path of a file, which is never changed.
            command: an operation, a pipeline, or their text.
            key, bucket: what the source is called in the store. Bare keys in the command mean this bucket.
            url: the URL that was requested, for ``qrcode``.
            out: a directory the caller owns. Results that are files are moved into it, under new names.
                Without it every result is read into memory.
            limits: in place of the engine's, for this command.
            progress: told the share done, 0 to 1.

        Raises:
            FopSyntaxError: the text is not a command.
            UnsupportedFopError: an operation or an option cannot run locally.
            LimitExceeded: the command costs more than it may.
            FopFailed: an operation failed.

            The last three carry the index of the failed stage as ``stage``, counted from 0.
        """
        stages = _stages(command)
        source = Path(source) if isinstance(source, str) else source
        limits = limits or self.limits
        with self._slot(), tempfile.TemporaryDirectory(prefix="qiniufop-", dir=self.workdir) as name:
            run = Run(
                workdir=Path(name),
                limits=limits,
                resolve=self._resolver(bucket),
                bucket=bucket,
                key=key,
                url=url,
                fonts=self.fonts,
                ffmpeg=self.ffmpeg,
                settings=self.settings,
                started=monotonic(),
            )
            artifact = _artifact(source, key)
            notes: dict[str, None] = {}
            for index, operation in enumerate(stages):
                with _located(index, operation.label):
                    if index == 0 and artifact.size > limits.source_bytes:
                        raise LimitExceeded(operation.label, f"the source is larger than {limits.source_bytes} bytes")
                    entry = _entry(operation)
                    if entry is None:
                        continue
                    _check_input(operation.label, stages[index - 1].label if index else "", artifact)
                    run.seconds_left(operation.label)
                    artifact = entry.run(operation, artifact, _part(run, progress, index, len(stages)))
                    notes.update(dict.fromkeys((*entry.approximations, *artifact.notes)))
                    if artifact.size > limits.result_bytes:
                        raise LimitExceeded(operation.label, f"the result is larger than {limits.result_bytes} bytes")
            return replace(_hand_over(artifact, run.workdir, out), notes=tuple(notes))

    @contextmanager
    def _slot(self) -> Generator[None]:
        """Wait for a free place. A command started from within another, by a resolver, shares the place of that one."""
        if getattr(self._held, "slot", False):
            yield
            return
        with self._slots:
            self._held.slot = True
            try:
                yield
            finally:
                self._held.slot = False

    def _resolver(self, bucket: str) -> Resolver:
        def resolve(reference: str) -> Artifact:
            if not reference.startswith(("kodo://", "http://", "https://")) and bucket:
                reference = f"kodo://{bucket}/{reference}"
            if self.resolver is not None:
                return self.resolver(reference)
            if self.store is None or not reference.startswith("kodo://"):
                raise FopFailed("source", f"{reference!r} cannot be reached: the engine was given no way to look it up")
            where, _, key = reference.removeprefix("kodo://").partition("/")
            found = self.store.get(where, key)
            if found is None:
                raise FopFailed("source", f"there is no object {reference!r}")
            return found.artifact()

        return resolve


def _stages(command: Runnable | str) -> tuple[Any, ...]:
    if isinstance(command, str):
        from ..core import parse

        return _stages(parse(command))
    commands: tuple[Any, ...] = getattr(command, "commands", ())
    if len(commands) > 1:
        raise StageError(f"the engine runs one command at a time, not {len(commands)}: take them from .commands")
    return command.stages


def _artifact(source: Artifact | Path | bytes, key: str) -> Artifact:
    if isinstance(source, Artifact):
        return source
    name = key.rpartition("/")[2]
    if isinstance(source, bytes):
        return Artifact(_mime(name), data=source, name=name)
    if not source.is_file():
        raise FopFailed("source", f"there is no file {str(source)!r}")
    name = name or source.name
    return Artifact(_mime(name), path=source, name=name)


def _mime(name: str) -> str:
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _entry(operation: Any) -> Entry | None:
    """The handler of an operation; None for ``saveas``, which has nothing to run."""
    name: str = operation.name
    if operation.extra:
        raise UnsupportedFopError(operation.label, "the option is not a documented one", str(operation.extra[0][0]))
    if name == "saveas":
        return None
    modules = iter(_modules())
    while name not in HANDLERS:
        module = next(modules, None)
        if module is None:
            reason = _ONLY_THERE.get(name or operation.label, "the local engine does not know this operation")
            raise UnsupportedFopError(operation.label, reason)
        import_module(f"{__package__}.{module}")
    return HANDLERS[name]


@cache
def _modules() -> tuple[str, ...]:
    found = (module.name for module in iter_modules([str(Path(__file__).parent)]))
    return tuple(sorted(name for name in found if not name.startswith(_WITHOUT_HANDLERS)))


def _check_input(name: str, before: str, artifact: Artifact) -> None:
    if before and artifact.mime == _JSON:
        raise FopFailed(name, f"{before} gives JSON, which can only be saved")
    if artifact.multiple:
        raise FopFailed(name, f"{before} gives several files, which can only be saved")


def _part(run: Run, progress: Callable[[float], None] | None, index: int, stages: int) -> Run:
    if progress is None:
        return run
    tell = progress

    def scaled(share: float) -> None:
        tell((index + min(max(share, 0.0), 1.0)) / stages)

    return replace(run, progress=scaled)


@contextmanager
def _located(index: int, name: str) -> Generator[None]:
    """Mark errors with the stage they come from; what a library raised becomes a failure of the stage."""
    try:
        yield
    except FopError as error:
        vars(error)["stage"] = index
        raise
    except ImportError as error:
        raise _missing(name, index) from error
    except Exception as error:
        # A library may raise anything at a damaged file. What it was stays the cause of this error.
        failed = FopFailed(name, f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        vars(failed)["stage"] = index
        raise failed from error


def _missing(name: str, index: int) -> MissingExtraError:
    error = MissingExtraError(f"running {name}", "local")
    vars(error)["stage"] = index
    return error


def _hand_over(artifact: Artifact, workdir: Path, out: Path | None) -> Artifact:
    """The artifact without anything in ``workdir``, which is about to be removed."""
    files = tuple((key, _hand_over(file, workdir, out)) for key, file in artifact.files)
    if artifact.path is None:
        return replace(artifact, files=files)
    if out is None:
        return replace(artifact, data=artifact.path.read_bytes(), path=None, files=files)
    target = out / f"{uuid4().hex}{artifact.path.suffix}"
    if artifact.path.is_relative_to(workdir):
        shutil.move(artifact.path, target)
    else:
        shutil.copyfile(artifact.path, target)
    return replace(artifact, path=target, files=files)
