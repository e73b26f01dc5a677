"""A submission, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from urllib.parse import urlencode

from qiniufop.client.errors import SubmitRefused

if TYPE_CHECKING:
    from qiniufop.core import Value

MAX_KEY_BYTES = 750


FopsLike: TypeAlias = "Value | str"
"""A command, or several: typed, or a string, which is parsed to be checked and sent exactly as written."""


@dataclass(frozen=True)
class Submission:
    """The fields of ``POST /pfop/``. Made by :func:`submission`, which checks them."""

    bucket: str
    key: str
    fops: str | None = None
    workflow_template_id: str | None = None
    force: bool = False
    idle: bool = False
    pipeline: str | None = None
    notify_url: str | None = None

    def form(self) -> bytes:
        """The body, byte for byte as it is signed and sent."""
        fields = {"bucket": self.bucket, "key": self.key}
        if self.fops is not None:
            fields["fops"] = self.fops
        if self.workflow_template_id is not None:
            fields["workflowTemplateID"] = self.workflow_template_id
        if self.notify_url is not None:
            fields["notifyURL"] = self.notify_url
        if self.force:
            fields["force"] = "1"
        if self.idle:
            fields["type"] = "1"
        if self.pipeline is not None:
            fields["pipeline"] = self.pipeline
        return urlencode(fields).encode()


def submission(
    bucket: str | None,
    key: str,
    fops: Iterable[FopsLike],
    *,
    workflow_template_id: str | None = None,
    force: bool = False,
    idle: bool = False,
    pipeline: str | None = None,
    notify_url: str | None = None,
    default_bucket: str | None = None,
    default_pipeline: str | None = None,
    default_notify_url: str | None = None,
) -> Submission:
    """Check the arguments of ``submit`` and put the commands into one string.

    A default pipeline is not used for an idle-time job, which may have none.

    Raises:
        SubmitRefused: the arguments contradict one another or the service's documented rules.
        FopError: a command given as text is not valid.
    """
    bucket = bucket or default_bucket
    if not bucket:
        raise SubmitRefused("no bucket: give one to submit or, for all submissions, to the client")
    _check_key(key)
    _check_flag("force", force, "True to run again although the output exists")
    if not isinstance(cast(object, idle), bool):
        raise SubmitRefused(
            f"idle={idle!r}: expected True or False. As persistent_type the service knows 0 (normal) and 1 (idle) and "
            "nothing else; the 2 of old examples, said to mean a workflow, is undefined. "
            "For a workflow give workflow_template_id=... and leave idle out."
        )
    given = tuple(fops)
    if bool(given) == (workflow_template_id is not None):
        both = "both commands and" if given else "neither commands nor"
        raise SubmitRefused(f"{both} a workflow_template_id: a job has exactly one of the two")
    if workflow_template_id is not None and not workflow_template_id:
        raise SubmitRefused("workflow_template_id is empty; expected a name from the console's list of workflows")
    if idle and pipeline:
        raise SubmitRefused(f"idle=True with pipeline={pipeline!r}: an idle-time job cannot choose its queue")
    notify_url = notify_url or default_notify_url
    if notify_url and not notify_url.startswith(("http://", "https://")):
        raise SubmitRefused(f"notify_url {notify_url!r}: expected a URL that begins with http:// or https://")
    return Submission(
        bucket,
        key,
        join(given, idle=idle) if given else None,
        workflow_template_id,
        force,
        idle,
        None if idle else pipeline or default_pipeline or None,
        notify_url or None,
    )


def join(fops: Iterable[FopsLike], *, idle: bool = False) -> str:
    """Commands as the one string that the service takes. A ``str`` is checked and used exactly as written.

    Raises:
        SubmitRefused: an argument is no command, or not one for an idle-time job.
        FopError: a text is not valid.
    """
    from qiniufop.core import Value, parse

    texts: list[str] = []
    targets: set[tuple[str, str]] = set()
    for fop in fops:
        if not isinstance(cast(object, fop), (str, Value)):
            raise SubmitRefused(
                f"{type(fop).__name__} is no command: expected operations, pipelines or strings, "
                "each as an argument of its own: submit(bucket, key, first, second)"
            )
        value = parse(fop) if isinstance(fop, str) else fop
        if idle:
            check_idle(value)
        for target in _targets(value):
            if target in targets:
                raise SubmitRefused(f"two commands write {target[0]}:{target[1]}: one would overwrite the other")
            targets.add(target)
        texts.append(str(fop))
    return ";".join([*(text.rstrip(";") for text in texts[:-1]), *texts[-1:]])


def _targets(value: Value) -> Iterator[tuple[str, str]]:
    """Where the commands store their results, as far as the command says."""
    for command in value.commands:
        last: Any = command.stages[-1]
        if last.name == "saveas" and last.key is not None and last.save_pattern is None:
            yield last.bucket, last.key


def check_idle(value: Value) -> None:
    """Whether every operation may run in spare capacity. A ``saveas`` may.

    Raises:
        SubmitRefused: one may not.
    """
    for stage in value.stages:
        if stage.name != "saveas" and not stage.facts.idle:
            raise SubmitRefused(
                f"idle=True with {stage.name}: "
                "only transcoding, avconcat, segment and video snapshots may run in spare capacity"
            )


def _check_key(key: str) -> None:
    if not isinstance(cast(object, key), str):
        raise SubmitRefused(f"key={key!r}: expected a str; every job has a source object, even if a command ignores it")
    try:
        size = len(key.encode())
    except UnicodeEncodeError:
        raise SubmitRefused(f"key={key!r}: half of a surrogate pair has no UTF-8, so no object has this key") from None
    if size > MAX_KEY_BYTES:
        raise SubmitRefused(f"the key has {size} bytes in UTF-8; the service takes up to {MAX_KEY_BYTES}")


def _check_flag(name: str, value: bool, meaning: str) -> None:
    if not isinstance(cast(object, value), bool):
        raise SubmitRefused(f"{name}={value!r}: expected {meaning}, else False")
