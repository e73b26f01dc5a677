"""What the service says about a job, as models that tolerate what they do not know.

Every optional field may be missing, null or of an older shape, and fields that are not declared here are kept
(``model_extra``). ``model_dump(by_alias=True)`` gives the wire's names back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from enum import Enum
from typing import Any, cast

from pydantic import BaseModel, ConfigDict, Field, field_validator

from qiniufop.client.auth import decode


class State(Enum):
    """How a job, or one of its commands, stands."""

    SUCCEEDED = "succeeded"
    """Code 0."""
    WAITING = "waiting"
    """Code 1: queued."""
    RUNNING = "running"
    """Code 2."""
    FAILED = "failed"
    """Code 3: of a job, at least one command failed."""
    NOTIFY_FAILED = "notify_failed"
    """Code 4: the outputs exist, but the notification could not be delivered. Not a failure of the processing."""
    UNKNOWN = "unknown"
    """Any other code. Neither success nor failure."""


_STATES = dict(enumerate((State.SUCCEEDED, State.WAITING, State.RUNNING, State.FAILED, State.NOTIFY_FAILED)))


class _Wire(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True, protected_namespaces=())


class Output(_Wire):
    """One thing a command made."""

    bucket: str
    """The bucket named by ``saveas``, else that of the source: the service does not say it, the command does."""
    key: str | None = None
    """The object's key, or None for a result that is not stored."""
    hash: str | None = None
    """The object's etag."""
    result: Any = None
    """What a command found out that stores nothing, such as a picture's rating."""


class JobItem(_Wire):
    """How one command of a job stands."""

    cmd: str = ""
    """The command as it was run."""
    code: int = 1
    """0 succeeded, 1 waiting, 2 running, 3 failed, 4 succeeded without its notification."""
    desc: str = ""
    """``code`` in words."""
    error: str = ""
    """Why it failed, or empty."""
    error_index: int | None = Field(default=None, alias="errorIndex")
    """Which stage of the command failed, counted from 0."""
    hash: str | None = None
    """The etag of the output."""
    key: str | None = None
    """The key of the output."""
    keys: tuple[str, ...] = ()
    """The keys of a command that makes several objects."""
    result: Any = None
    """The result of a command that stores nothing."""
    returned_old: bool = Field(default=False, alias="returnOld")
    """The output existed, so nothing was run and nothing overwritten; ``force`` would have."""

    @field_validator("cmd", "desc", "error", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        return "" if value is None else value

    @field_validator("keys", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return value or ()

    @field_validator("returned_old", mode="before")
    @classmethod
    def _flag(cls, value: object) -> object:
        return bool(value)

    @property
    def state(self) -> State:
        """``code`` as a name."""
        return _STATES.get(self.code, State.UNKNOWN)

    @property
    def ok(self) -> bool:
        """Whether the command made what it was to make."""
        return self.code in (0, 4)

    @property
    def failed_stage(self) -> str | None:
        """The text of the stage that failed, if the service says which."""
        stages = self.cmd.split("|")
        if self.error_index is None or not 0 <= self.error_index < len(stages):
            return None
        return stages[self.error_index]


class JobStatus(_Wire):
    """How a job stands."""

    id: str = ""
    """The job's id. Whoever knows it can read the job."""
    code: int
    """0 succeeded, 1 waiting, 2 running, 3 failed, 4 succeeded without its notification. See :attr:`state`."""
    desc: str = ""
    """``code`` in words."""
    pipeline: str = ""
    """The queue that was used."""
    reqid: str = ""
    """The request id of the submission."""
    input_bucket: str = Field(default="", alias="inputBucket")
    input_key: str = Field(default="", alias="inputKey")
    items: tuple[JobItem, ...] = ()
    """One per command, in order. Empty while the job has not been split."""
    type: int = 0
    """1 for an idle-time job."""
    creation_date: str | None = Field(default=None, alias="creationDate")
    """When the job was made, as the service wrote it. See :attr:`created_at`."""
    task_from: str | None = Field(default=None, alias="taskFrom")
    """``<source>: <id>`` for a job that a workflow or a trigger made."""

    @field_validator("id", "desc", "pipeline", "reqid", "input_bucket", "input_key", mode="before")
    @classmethod
    def _text(cls, value: object) -> object:
        return "" if value is None else value

    @field_validator("items", mode="before")
    @classmethod
    def _list(cls, value: object) -> object:
        return value or ()

    @field_validator("type", mode="before")
    @classmethod
    def _number(cls, value: object) -> object:
        return value or 0

    @property
    def state(self) -> State:
        """``code`` as a name. Look at ``ok`` and the items as well: a job may succeed in part."""
        return _STATES.get(self.code, State.UNKNOWN)

    @property
    def done(self) -> bool:
        """Whether the job has ended, in whatever way."""
        return self.code in (0, 3, 4)

    @property
    def ok(self) -> bool:
        """Whether the job has ended and every command made what it was to make."""
        return self.code in (0, 4) and all(item.ok for item in self.items)

    @property
    def notify_failed(self) -> bool:
        """The outputs exist, but the notification could not be delivered."""
        return self.code == 4

    @property
    def idle(self) -> bool:
        """Whether the job waits for spare capacity."""
        return self.type == 1

    @property
    def created_at(self) -> datetime | None:
        """When the job was made, with its time zone, or None if the service does not say."""
        return _instant(self.creation_date)

    @property
    def failed(self) -> tuple[JobItem, ...]:
        """The commands of an ended job that did not succeed."""
        return tuple(item for item in self.items if not item.ok) if self.done else ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What the commands that succeeded have made, in order."""
        return tuple(output for item in self.items for output in self.outputs_of(item))

    def outputs_of(self, item: JobItem) -> tuple[Output, ...]:
        """What one of this job's commands has made; nothing unless it succeeded."""
        if not item.ok:
            return ()
        bucket = saved_bucket(item.cmd) or self.input_bucket
        if item.keys:
            return tuple(Output(bucket=bucket, key=key) for key in item.keys)
        entry = saved_entry(item.cmd)
        key = entry[1] if item.key is None and entry else item.key
        if key is None and item.result is None and item.hash is None:
            return ()
        return (Output(bucket=bucket, key=key, hash=item.hash, result=item.result),)


def saved_entry(cmd: str) -> tuple[str, str | None] | None:
    """Bucket and key that the ``saveas`` at the end of a command names; None if it has none that can be read."""
    name, _, rest = cmd.rpartition("|")[2].partition("/")
    entry = rest.partition("/")[0]
    if name != "saveas" or not entry:
        return None
    try:
        text = decode(entry).decode()
    except ValueError:
        return None
    bucket, colon, key = text.partition(":")
    return bucket, key if colon else None


def saved_bucket(cmd: str) -> str | None:
    """The bucket that the ``saveas`` at the end of a command names."""
    entry = saved_entry(cmd)
    return entry[0] if entry else None


_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$")


def _instant(text: str | None) -> datetime | None:
    match = _INSTANT.match(text or "")
    if not match:
        return None
    whole, fraction, zone = match.groups()
    offset = "+0000" if zone in (None, "Z") else cast(str, zone).replace(":", "")
    try:
        instant = datetime.strptime(whole.replace(" ", "T") + offset, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return None
    if zone in (None, "Z"):
        instant = instant.replace(tzinfo=timezone.utc)
    return instant.replace(microsecond=int((fraction or ".0")[1:7].ljust(6, "0")))


def is_job(payload: Mapping[str, Any]) -> bool:
    """Whether a JSON object is a job of this API, and not a task of the newer one or something else."""
    return isinstance(payload.get("code"), int) and payload.get("version") != "v3"
