"""Running commands on a file: where results go, and where other files come from."""

from __future__ import annotations

import mimetypes
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import FopError
from ..media import Json
from .failure import UsageError

if TYPE_CHECKING:
    from ..core import Value
    from ..engine.artifact import Artifact

_SUFFIXES = {"image/jpeg": ".jpg", "audio/mpeg": ".mp3", "video/mp4": ".mp4", "image/webp": ".webp"}
"""Where the system's table would choose another one, or has none."""


@dataclass(frozen=True)
class Made:
    """What one command made.

    Attributes:
        path: the result, or None if it is in ``content``.
        mime, size: of the result; bytes.
        files: further files that belong to it.
        notes: what was only approximated.
        content: a result that was asked for without a file.
    """

    command: str
    path: Path | None
    mime: str
    size: int
    files: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    content: bytes | None = None

    @property
    def paths(self) -> tuple[Path, ...]:
        """Every file."""
        return (() if self.path is None else (self.path,)) + self.files


@dataclass(frozen=True)
class Target:
    """Where one command's result goes.

    Attributes:
        folder: files that belong to the result lie below it.
        name: of the result, below ``folder``; None to name it after the source and its kind.
        key: the key that ``saveas`` names, when the result gets that name.
        printed: the result goes to standard output.
    """

    folder: Path
    name: str | None
    key: str = ""
    printed: bool = False


def targets(value: Value, source: Path, out: Path | None, *, directory: bool) -> list[Target]:
    """Where each command's result goes.

    Args:
        out: a file or a folder, or None for results that are text.
        directory: whether ``out`` was written as a folder.

    Raises:
        UsageError: it cannot be told, or two results would go to the same place.
    """
    commands = value.commands
    if out is None:
        mute = next((str(c) for c in commands if _kind(c) is not Json), None)
        if mute is not None:
            raise UsageError(f"say where the result of {mute} goes: -o FILE, -o FOLDER/ or, in text, -o -")
        return [Target(Path(), None, printed=True) for _ in commands]
    into = directory or out.is_dir() or len(commands) > 1
    if into and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file: {len(commands)} commands need a folder")
    if not into:
        _apart(source, out)
        return [Target(out.parent, out.name)]
    found = [_in_folder(command, source, out) for command in commands]
    names = [target.name for target in found if target.name is not None]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"two commands save {twice!r}: one would replace the other")
    for name in names:
        _apart(source, out / name)
    return found


def _apart(source: Path, target: Path) -> None:
    if target.exists() and target.samefile(source):
        raise UsageError(f"{target} is the source: it would be replaced")


def _kind(command: Value) -> Any:
    """What the last operation before a ``saveas`` makes."""
    made = [op for op in command.stages if op.name != "saveas"]
    return made[-1].makes if made else None


def _in_folder(command: Value, source: Path, folder: Path) -> Target:
    from ..engine.keys import etag, expand, input_variables
    from ..server.folder import readable

    last: Any = command.stages[-1]
    key: str | None = last.key if last.name == "saveas" else None
    if last.name == "saveas" and last.save_pattern is not None:
        kind = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
        values = input_variables("", source.name, etag(source), source.stat().st_size, kind)
        key = expand(last.save_pattern, values.get)
    if not key:
        return Target(folder, None)
    if not readable(key):
        raise UsageError(f"the key {key!r} cannot be the name of a file here: give the file with -o")
    return Target(folder, key, key)


@dataclass(frozen=True)
class Others:
    """Finds the other files that commands refer to.

    Args:
        objects: a folder in which ``kodo://bucket/key`` is ``bucket/key``; None if there is none.
        allow: hosts that may be asked over the network.
    """

    objects: Path | None
    allow: tuple[str, ...]

    def __call__(self, reference: str) -> Artifact:
        """The content behind a reference.

        Raises:
            FopFailed: nothing is there, or it may not be asked for.
        """
        from ..engine.artifact import Artifact
        from ..engine.errors import FopFailed
        from ..server.folder import readable

        scheme, _, place = reference.partition("://")
        if scheme in ("http", "https"):
            return self._fetch(reference)
        if scheme != "kodo" or self.objects is None:
            raise FopFailed("source", f"{reference} is not on this machine; with --objects DIR it is DIR/BUCKET/KEY")
        path = self.objects / place
        if not readable(place) or not path.is_file():
            raise FopFailed("source", f"{reference} is not there: {path} is no file")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return Artifact(kind, path=path, name=path.name)

    def _fetch(self, reference: str) -> Artifact:
        from ..engine.errors import FopFailed
        from ..server.addresses import Resolver
        from ..server.network import Policy
        from ..server.store import MemoryStore

        def process(source: Any, text: str) -> Artifact:
            raise FopFailed("source", f"{reference}: nothing here runs {text}")

        if not self.allow:
            host = reference.partition("://")[2].partition("/")[0]
            raise FopFailed("source", f"{reference} is not on this machine, and the network is off; --allow {host}")
        return Resolver(MemoryStore(), {}, process, Policy(self.allow))(reference)


def carry_out(command: Value, source: Path, target: Target, others: Others, progress: Callable[[float], None]) -> Made:
    """Run one command and put its result in place.

    Raises:
        FopError: it failed.
        OSError: the result cannot be written.
    """
    from ..engine.engine import LocalEngine

    engine = LocalEngine(resolver=others, settings={"variables": {"saveas.key": target.key}})
    with tempfile.TemporaryDirectory(prefix="qiniufop-run-") as name:
        done = engine.run(source, command, key=source.name, out=Path(name), progress=progress)
        made = Made(str(command), None, done.mime, done.size, notes=done.notes)
        if target.printed:
            return replace(made, content=done.read())
        target.folder.mkdir(parents=True, exist_ok=True)
        files = tuple(_place(file, target.folder, key) for key, file in done.files)
        if done.multiple:
            return replace(made, files=files, size=sum(path.stat().st_size for path in files))
        path = _place(done, target.folder, target.name or _named(source, done, target.folder))
        return replace(made, path=path, files=files)


def _named(source: Path, artifact: Artifact, folder: Path) -> str:
    """A name that is free: ``photo.webp``, else ``photo-2.webp`` and so on."""
    suffix = Path(artifact.name).suffix or _SUFFIXES.get(artifact.mime) or mimetypes.guess_extension(artifact.mime)
    names = (f"{source.stem}{f'-{number}' if number > 1 else ''}{suffix or ''}" for number in range(1, 1_000_000))
    return next(name for name in names if not (folder / name).exists())


def _place(artifact: Artifact, folder: Path, name: str) -> Path:
    from ..server.folder import readable

    path = folder / name
    if not readable(Path(name).as_posix()) and path.parent != folder:
        raise FopError(f"the key {name!r} cannot be the name of a file here")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        if artifact.path is not None:
            shutil.copyfile(artifact.path, part)
        else:
            part.write_bytes(artifact.read())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    return path
