"""Rules about whole commands and jobs: how stages follow one another, and where a command may be used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from ..diagnostics import Severity

Where = Literal["any", "job", "idle-job", "url", "style"]
"""Where a command is going to be used."""

SUCCESSORS = {
    "imageView": "imageView2",
    "imageMogr": "imageMogr2",
    "vwatermark": "avthumb with wmImage",
    "avwatermarks": "avthumb with watermark groups",
    "avvod": "avcvt",
    "avhls": "avcvt",
    "avsmart": "avthumb with avsmart/1",
}


class Remark(NamedTuple):
    """What a rule found: about a stage of a command, or a whole command (``stage`` is None)."""

    code: str
    severity: Severity
    command: int
    stage: int | None
    message: str


def remarks(commands: list[list[Any]], where: Where) -> Iterator[Remark]:
    """Everything to be said about the operations of each command; a stage that could not be read is None."""
    for index, ops in enumerate(commands):
        yield from _order(index, ops)
        for stage, op in enumerate(ops):
            if op is not None:
                yield from _place(index, stage, op, where, len(ops))
    if where in ("any", "job") and len(commands) > 0:
        yield from _idle(commands, where)
    yield from _targets(commands)


def _order(command: int, ops: list[Any]) -> Iterator[Remark]:
    for stage in range(1, len(ops)):
        left, right = ops[stage - 1], ops[stage]
        if left is None or right is None:
            continue
        if left.name == right.name == "imageMogr2" and not left["ignore_error"]:
            yield Remark(
                "one-stage",
                "advice",
                command,
                stage,
                "decodes and encodes a second time: one imageMogr2 can hold all these steps",
            )
        if left.name == "imageslim" and right.name != "saveas":
            yield Remark(
                "slim-last", "warning", command, stage - 1, "imageslim should come after every other operation"
            )
        if right.name in ("exif", "imageAve"):
            yield Remark(
                "original-only",
                "warning",
                command,
                stage,
                f"{right.name} reads stored originals, not the result of {left.name}",
            )
    if len(ops) == 1 and ops[0] is not None and ops[0].name == "saveas":
        yield Remark("saveas-alone", "warning", command, 0, "saveas has nothing before it to store")


def _place(command: int, stage: int, op: Any, where: Where, count: int) -> Iterator[Remark]:
    facts = op.facts
    if facts.status in ("legacy", "retired", "third-party") and op.plan.name:
        successor = SUCCESSORS.get(op.name)
        what = {
            "legacy": "is superseded",
            "retired": "is retired",
            "third-party": "belonged to a third party and is gone",
        }
        hint = f"; use {successor}" if successor else ""
        yield Remark("outdated", "warning", command, stage, f"{op.name} {what[facts.status]}{hint}")
    if where == "url" and "sync" not in facts.modes:
        yield Remark("job-only", "error", command, stage, f"{op.name} runs in jobs only, not in a URL")
    if where in ("job", "idle-job") and "persistent" not in facts.modes:
        yield Remark("url-only", "error", command, stage, f"{op.name} runs in a URL only, not in a job")
    if where == "idle-job" and not facts.idle and op.name != "saveas":
        yield Remark("not-idle", "error", command, stage, f"{op.name} cannot run in an idle-time job")
    if count > 1 and not facts.piped:
        yield Remark("not-piped", "error", command, stage, f"{op.name} cannot take part in a pipeline")
    if op.name == "saveas" and op.sign is not None and where in ("job", "idle-job"):
        yield Remark("sign-in-job", "warning", command, stage, "a job needs no sign: its request is authenticated")
    if op.name == "saveas" and op.sign is None and where == "url":
        yield Remark("sign-missing", "error", command, stage, "saveas in a URL needs sign")


def _idle(commands: list[list[Any]], where: Where) -> Iterator[Remark]:
    ops = [op for command in commands for op in command]
    if where != "job" or any(op is None for op in ops):
        return
    working = [op for op in ops if op.name != "saveas"]
    if working and all(op.facts.idle for op in working):
        yield Remark("idle-eligible", "advice", 0, None, "every command may run in an idle-time job, which costs less")


def _targets(commands: list[list[Any]]) -> Iterator[Remark]:
    seen: dict[tuple[str, str], int] = {}
    for index, ops in enumerate(commands):
        last = ops[-1] if ops else None
        if last is None or last.name != "saveas" or last.key is None or last.save_pattern is not None:
            continue
        target = (last.bucket, last.key)
        if target in seen:
            yield Remark(
                "same-target", "error", index, len(ops) - 1,
                f"{last.bucket}:{last.key} is written by command {seen[target] + 1}, too",
            )  # fmt: skip
        seen.setdefault(target, index)
