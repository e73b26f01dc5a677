"""Runs one command on a stored object and stores what comes out where the service would."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Literal, Protocol

from ..core import parse
from ..engine.artifact import Artifact
from ..engine.engine import LocalEngine
from ..engine.keys import default_key, etag, expand, input_variables, output_variables
from ..engine.limits import Limits
from ..errors import FopError
from ..escapes import hides_structure
from .jobs import Outcome
from .store import Meta, ObjectStore, StoredObject

JSON = "application/json"
_CHINA = timezone(timedelta(hours=8))
_log = logging.getLogger(__name__)


class Engine(Protocol):
    """What runs commands: :class:`~qiniufop.engine.engine.LocalEngine`, or a stand-in with the same method."""

    def run(
        self,
        source: Artifact | Path | bytes,
        command: Any,
        *,
        key: str = "",
        bucket: str = "",
        url: str | None = None,
        out: Path | None = None,
        limits: Limits | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Artifact:
        """See :meth:`~qiniufop.engine.engine.LocalEngine.run`."""
        ...


class CommandError(FopError):
    """A command cannot be run.

    Attributes:
        stage: the index of the stage that is the trouble.
    """

    def __init__(self, message: str, stage: int = 0) -> None:
        super().__init__(message)
        self.stage = stage


@dataclass(frozen=True, slots=True)
class Target:
    """Where a result goes. Without a key, the template ``save_key`` or the result's own hash names it."""

    bucket: str
    key: str | None
    save_key: str | None = None
    days: int | None = None


def split(fops: str) -> list[str]:
    """The commands of a job. Nothing is unescaped, so a ``;`` always ends a command, wherever it stands."""
    return fops.split(";")


def read_command(text: str, mode: Literal["persistent", "sync"] = "persistent") -> Any:
    """One command, as the service would read it; operations and keys it does not know are kept.

    Args:
        mode: where it is to run, in a job or in a URL.

    Raises:
        CommandError: the text is no command, or one of its operations does not run there.
    """
    if hides_structure(text):
        raise CommandError(f"{text!r} has percent-encoded separators, which nothing decodes")
    try:
        parsed = parse(text, unknown="keep")
    except FopError as error:
        span = getattr(error, "span", None)
        before = text[: span[0]] if span else ""
        raise CommandError(getattr(error, "message", "") or one_line(error), before.count("|")) from error
    command = parsed.commands[0]
    for stage, operation in enumerate(command.stages):
        if mode not in operation.facts.modes:
            where = "a URL, only in a job" if mode == "sync" else "a job, only in a URL"
            raise CommandError(f"{operation.name} does not run in {where}", stage)
    return command


def one_line(error: BaseException) -> str:
    """The first line of an error's message, or its kind."""
    return (str(error).splitlines() or [""])[0] or type(error).__name__


class CommandRunner:
    """Runs commands on the objects of a store.

    Args:
        create_buckets: whether a bucket that a ``saveas`` names is made if it is missing.
    """

    def __init__(
        self, engine: Engine, store: ObjectStore, *, limits: Limits | None = None, create_buckets: bool = True
    ) -> None:
        self._engine = engine
        self._store = store
        self._limits = limits
        self._create_buckets = create_buckets

    def run(
        self, bucket: str, key: str, text: str, *, force: bool = False, wanted: Callable[[], bool] = lambda: True
    ) -> Outcome:
        """Run a command of a job. Whatever goes wrong is in the outcome.

        Args:
            force: run even if the output exists, and replace it.
            wanted: asked before anything is stored.
        """
        try:
            return self._run(bucket, key, text, force, wanted)
        except FopError as error:
            stage = getattr(error, "stage", 0)
            return Outcome(error=f"execute fop cmd failed: {one_line(error)}", error_index=stage)
        except Exception as error:
            _log.exception("%s failed on kodo://%s/%s", text, bucket, key)
            return Outcome(error=f"execute fop cmd failed: internal error: {type(error).__name__}")

    def render(self, source: StoredObject, command: Any, *, url: str, limits: Limits, out: Path) -> Artifact:
        """The result of a command, for a plain GET."""
        return self._engine.run(
            source.artifact(), command, key=source.key, bucket=source.bucket, url=url, out=out, limits=limits
        )

    def target(self, source: StoredObject, command: Any, text: str) -> Target:
        """Where the result of a command goes."""
        last = command.stages[-1]
        if last.name != "saveas":
            archive = (last.name or getattr(last, "command", "")) == "mkzip"
            return Target(source.bucket, None if archive else default_key(text, source.hash))
        key: str | None = last.key
        if last.save_pattern is not None:
            key = expand(last.save_pattern, _variables_of(source).get)
        elif last.save_key is not None:
            key = None
        elif key is None:
            key = default_key(text, source.hash)
        return Target(last.bucket, key, last.save_key, last.delete_after_days)

    def save(self, target: Target, artifact: Artifact) -> StoredObject:
        """Store a result, and the files that belong to it."""
        key = target.key
        if key is None:
            hash_ = etag(artifact.data if artifact.data is not None else artifact.file)
            key = hash_ if target.save_key is None else _from_output(target.save_key, hash_)
        self._save_files(target, artifact)
        return self._put(target, key, artifact)

    def _run(self, bucket: str, key: str, text: str, force: bool, wanted: Callable[[], bool]) -> Outcome:
        source = self._store.get(bucket, key)
        if source is None:
            raise CommandError("source data is empty or fail to get source data")
        command = read_command(text)
        target = self.target(source, command, text)
        if self._create_buckets and not self._store.has_bucket(target.bucket):
            self._store.create_bucket(target.bucket)
        if not force and target.key is not None:
            old = self._store.get(target.bucket, target.key)
            if old is not None:
                return Outcome(hash=old.hash, key=old.key, returned_old=True)
        with self.workplace() as out:
            engine = _knowing(self._engine, {**_variables_of(source), **_variables_to(target)})
            artifact = engine.run(source.artifact(), command, key=key, bucket=bucket, out=out, limits=self._limits)
            if not wanted():
                raise CommandError("the job was called off")
            if artifact.mime == JSON and command.stages[-1].name != "saveas" and not artifact.multiple:
                return Outcome(result=artifact.read().decode())
            if artifact.multiple:
                return Outcome(keys=self._save_files(target, artifact))
            stored = self.save(target, artifact)
        return Outcome(hash=stored.hash, key=stored.key)

    @contextmanager
    def workplace(self) -> Generator[Path]:
        """A directory for results, in the store's own file system if it has one; removed with what is left in it."""
        name = tempfile.mkdtemp(prefix="qiniufop-out-", dir=self._store.staging)
        try:
            yield Path(name)
        finally:
            shutil.rmtree(name, ignore_errors=True)

    def _save_files(self, target: Target, artifact: Artifact) -> tuple[str, ...]:
        return tuple(self._put(target, key, file).key for key, file in artifact.files)

    def _put(self, target: Target, key: str, artifact: Artifact) -> StoredObject:
        content = artifact.data if artifact.data is not None else artifact.file
        return self._store.put(target.bucket, key, content, Meta(artifact.mime, target.days))


def _variables_of(source: StoredObject) -> dict[str, str]:
    return dict(
        input_variables(
            source.bucket,
            source.key,
            source.hash,
            source.size,
            source.mime,
            fname=source.meta.fname,
            end_user=source.meta.end_user,
        )
    )


def _variables_to(target: Target) -> dict[str, str]:
    """The variables that tell commands with several results where the result goes."""
    known = {"saveas.bucket": target.bucket}
    if target.key is not None:
        name = target.key.rpartition("/")[2]
        known["saveas.key"] = target.key
        known["saveas.keyPrefix"] = target.key[: len(target.key) - len(name)] + (name.rpartition(".")[0] or name)
    return known


def _knowing(engine: Engine, variables: dict[str, str]) -> Engine:
    """The engine with variables for one command. A copy shares its limits, its places and its programs."""
    if not isinstance(engine, LocalEngine):
        return engine
    own = copy(engine)
    own.settings = {**engine.settings, "variables": {**engine.settings.get("variables", {}), **variables}}
    return own


def _from_output(template: str, hash_: str) -> str:
    return expand(template, output_variables(hash_, datetime.now(_CHINA)).get)
