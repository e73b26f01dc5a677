"""Rules about whole commands and jobs: how stages follow one another, and where a command may be used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
"""What took the place of an operation that is superseded."""

_ABOUT: dict[str, tuple[Severity, str]] = {
    "one-stage": ("advice", "Two stages decode and encode where one could do both."),
    "slim-last": ("warning", "imageslim should come after every other operation."),
    "original-only": ("error", "exif and imageAve read stored originals only."),
    "many-results": ("warning", "saveas is pointless behind an operation that stores many objects itself."),
    "saveas-alone": ("warning", "saveas has nothing before it to store."),
    "outdated": ("warning", "The operation is superseded, retired or gone."),
    "not-piped": ("error", "The operation cannot take part in a pipeline."),
    "job-only": ("error", "The operation runs in jobs only."),
    "url-only": ("error", "The operation runs in a URL only."),
    "not-idle": ("error", "The operation cannot run in an idle-time job."),
    "nowhere": ("warning", "No way of using the command suits all its operations."),
    "sign-in-job": ("warning", "A job needs no sign."),
    "sign-missing": ("error", "saveas in a URL needs sign."),
    "online-limit": ("warning", "A picture made online has sides of at most 9999 px."),
    "online-format": ("warning", "heic is made in jobs only."),
    "idle-eligible": ("advice", "Every command may run in an idle-time job, which costs less."),
    "same-target": ("error", "Two commands of one job write the same object."),
}
ABOUT = {code: about for code, (_, about) in _ABOUT.items()}
"""Every code of this module, and what it is about."""

_ENCODING = frozenset({"format", "quality", "interlace", "strip", "colors"})
_MANY = ("vsample", "segment")
_GONE = {
    "legacy": "is superseded",
    "retired": "is retired",
    "third-party": "belonged to a third party and is gone",
}


class Remark(NamedTuple):
    """What a rule found: about a stage of a command, or a whole command (``stage`` is None)."""

    code: str
    severity: Severity
    command: int
    stage: int | None
    message: str
    attr: str | None = None


def _remark(code: str, command: int, stage: int | None, message: str, attr: str | None = None) -> Remark:
    return Remark(code, _ABOUT[code][0], command, stage, message, attr)


def remarks(commands: Sequence[Sequence[Any]], where: Where) -> Iterator[Remark]:
    """Everything to be said about the operations of each command; a stage that could not be read is None."""
    several = len(commands) > 1
    for index, ops in enumerate(commands):
        if len(ops) > 1:
            yield from _order(index, ops)
            if where == "any":
                yield from _nowhere(index, ops)
        elif ops and ops[0] is not None and ops[0].name == "saveas":
            yield _remark("saveas-alone", index, 0, "saveas has nothing before it to store")
        for stage, op in enumerate(ops):
            if op is not None:
                yield from _place(index, stage, op, "job" if several and where == "any" else where, len(ops))
    if where == "job":
        yield from _idle(commands)
    if several:
        yield from _targets(commands)


def _order(command: int, ops: Sequence[Any]) -> Iterator[Remark]:
    for stage in range(1, len(ops)):
        left, right = ops[stage - 1], ops[stage]
        if left is None or right is None:
            continue
        if (message := _joinable(left, right)) is not None:
            yield _remark("one-stage", command, stage, message)
        if left.name == "imageslim" and right.name != "saveas":
            yield _remark("slim-last", command, stage - 1, "imageslim should come after every other operation")
        if right.name in ("exif", "imageAve"):
            message = f"{right.name} reads stored originals, not the result of {left.label}"
            yield _remark("original-only", command, stage, message)
        if right.name == "saveas" and left.name in _MANY:
            message = f"{left.name} stores its many results itself, by its own template"
            yield _remark("many-results", command, stage, message)


def _joinable(left: Any, right: Any) -> str | None:
    """How two stages could be one, or None."""
    names = (left.name, right.name)
    again = "decodes and encodes a second time"
    if names == ("imageMogr2", "imageMogr2"):
        return None if left["ignore_error"] else f"{again}: one imageMogr2 can hold all these steps"
    if names == ("imageMogr2", "imageView2"):
        plain = right.w is None and right.h is None and not left["ignore_error"]
        return f"{again}: imageMogr2 has format and quality, too" if plain else None
    if names == ("imageView2", "imageMogr2"):
        plain = not left.ignore_error and right.steps and all(attr in _ENCODING for attr, _ in right.steps)
        return f"{again}: imageView2 has format and q, too" if plain else None
    if names == ("watermark", "watermark"):
        plain = left.mode in (1, 2, 3) and right.mode in (1, 2, 3) and not left.ignore_error
        return f"{again}: one watermark/3 can hold all these marks" if plain else None
    if names == ("avthumb", "avwatermarks"):
        return f"{again}: avthumb can lay these marks itself"
    if names == ("avthumb", "avthumb"):
        return f"{again}: transcoding costs quality and money each time"
    return None


def _nowhere(command: int, ops: Sequence[Any]) -> Iterator[Remark]:
    known = [op for op in ops if op is not None and op.plan.name and op.name != "saveas"]
    if known and not any(all(mode in op.facts.modes for op in known) for mode in known[0].facts.modes):
        online = next(op.name for op in known if "persistent" not in op.facts.modes)
        stored = next((op.name for op in known if "sync" not in op.facts.modes), known[0].name)
        message = f"{online} runs in a URL only and {stored} in jobs only, so there is no way to use both"
        yield _remark("nowhere", command, None, message)


def _place(command: int, stage: int, op: Any, where: Where, count: int) -> Iterator[Remark]:
    facts = op.facts
    if facts.status != "current" and op.plan.name:
        successor = SUCCESSORS.get(op.name)
        hint = f"; use {successor}" if successor else ""
        yield _remark("outdated", command, stage, f"{op.name} {_GONE[facts.status]}{hint}")
    if count > 1 and not facts.piped:
        yield _remark("not-piped", command, stage, f"{op.name} cannot take part in a pipeline")
    if where == "any" or not op.plan.name:
        return
    if where in ("url", "style"):
        yield from _online(command, stage, op, where)
    elif "persistent" not in facts.modes:
        yield _remark("url-only", command, stage, f"{op.name} runs in a URL only, not in a job")
    elif where == "idle-job" and not facts.idle and op.name != "saveas":
        yield _remark("not-idle", command, stage, f"{op.name} cannot run in an idle-time job")
    if op.name == "saveas" and op.sign is not None and where in ("job", "idle-job"):
        yield _remark("sign-in-job", command, stage, "a job needs no sign: its request is authenticated", "sign")


def _online(command: int, stage: int, op: Any, where: Where) -> Iterator[Remark]:
    modes = op.facts.modes
    if "sync" not in modes and not (where == "style" and "style" in modes):
        yield _remark("job-only", command, stage, f"{op.name} runs in jobs only, not in a {where}")
    if op.name == "saveas" and op.sign is None and where == "url":
        yield _remark("sign-missing", command, stage, "saveas in a URL needs sign")
    if op.name not in ("imageView2", "imageMogr2"):
        return
    name = str((op["format"] if op.name == "imageMogr2" else op.format) or "").lower()
    if name == "heic":
        yield _remark("online-format", command, stage, "heic is made in jobs only", "format")
    if op.name == "imageView2" and name != "webp":
        for attr in ("w", "h"):
            side = getattr(op, attr)
            if side is not None and side > 9999:
                message = f"{attr}/{side} is above 9999 px, which needs a job"
                yield _remark("online-limit", command, stage, message, attr)


def _idle(commands: Sequence[Sequence[Any]]) -> Iterator[Remark]:
    ops = [op for command in commands for op in command]
    working = [op for op in ops if op is None or op.name != "saveas"]
    if working and all(op is not None and op.facts.idle for op in working):
        yield _remark("idle-eligible", 0, None, "every command may run in an idle-time job, which costs less")


def _targets(commands: Sequence[Sequence[Any]]) -> Iterator[Remark]:
    seen: dict[tuple[str, str], int] = {}
    for index, ops in enumerate(commands):
        last = ops[-1] if ops else None
        if last is None or last.name != "saveas" or last.key is None or last.save_pattern is not None:
            continue
        first = seen.setdefault((last.bucket, last.key), index)
        if first != index:
            message = f"{last.bucket}:{last.key} is written by command {first + 1}, too"
            yield _remark("same-target", index, len(ops) - 1, message)
