"""One text in, diagnostics out: errors of reading, odd spelling, and the rules of advice."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import Any, NamedTuple

from .. import escapes, parser
from ..complaints import folded
from ..core import MAX_STAGES, meet
from ..diagnostics import SEVERITIES, Diagnostic, Fix, apply_fixes
from ..errors import StageError
from ..faults import Fault, Span
from .commands import Where, remarks
from .rules import STAGE_RULES, Rule
from .spelling import misspelt

RULES: tuple[Rule, ...] = tuple(STAGE_RULES)
"""The rules about single operations; the others are in :mod:`qiniufop.lint.commands`."""

_BY_OP: dict[str, list[Rule]] = defaultdict(list)
for _rule in RULES:
    for _name in _rule.ops:
        _BY_OP[_name].append(_rule)


class _Stage(NamedTuple):
    text: str
    at: int
    op: Any

    @property
    def span(self) -> Span:
        return self.at, self.at + len(self.text)


def lint(text: str, *, where: Where = "any", unknown: str = "error") -> list[Diagnostic]:
    """Everything that can be said about a command text, in the order it stands.

    Args:
        text: one command or several, as they would be sent.
        where: where it is going to be used; ``"any"`` leaves out what depends on that.
        unknown: ``"keep"`` says nothing about operations and parameters that the catalogue does not know.
    """
    plain, places = escapes.undo(text) if "%" in text and escapes.hides_structure(text) else (text, None)
    found: list[Diagnostic] = []
    commands = [_read(part, at, unknown == "keep", found) for part, at in _commands(plain, found)]
    for stages in commands:
        _meetings(stages, found)
    for stages in commands:
        for stage in stages:
            if stage.op is not None:
                found += _advice(stage)
    for remark in remarks([[s.op for s in stages] for stages in commands], where):
        stages = commands[remark.command]
        if not stages:
            continue
        last = stages[-1].span[1]
        span = (stages[0].at, last) if remark.stage is None else stages[remark.stage].span
        op = None if remark.stage is None else stages[remark.stage].op
        found.append(Diagnostic(remark.code, remark.severity, span, remark.message, url=_page(op)))
    if places is not None:
        found = [_placed(d, places) for d in found]
        span = (0, len(text))
        message = "the whole command is percent-encoded; the service decodes once and would take it for one name"
        found.append(Diagnostic("percent-encoded", "warning", span, message, fix=Fix(span, plain)))
    return sorted(found, key=lambda d: (d.span[0], SEVERITIES.index(d.severity), d.code))


def fixed(text: str, *, where: Where = "any") -> str:
    """``text`` with every certain fix applied, until there is nothing left to fix."""
    for _ in range(8):
        better = apply_fixes(text, lint(text, where=where))
        if better == text:
            break
        text = better
    return text


def _placed(diagnostic: Diagnostic, places: list[int]) -> Diagnostic:
    start, end = diagnostic.span
    return Diagnostic(
        diagnostic.code,
        diagnostic.severity,
        (places[start], places[end]),
        diagnostic.message,
        diagnostic.suggestion,
        diagnostic.url,
    )


def _commands(text: str, found: list[Diagnostic]) -> list[tuple[str, int]]:
    parts = text.split(";")
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
        at = len(text) - 1
        found.append(
            Diagnostic(
                "trailing-semicolon", "warning", (at, at + 1), "nothing follows the ';'", fix=Fix((at, at + 1), "")
            )
        )
    out: list[tuple[str, int]] = []
    at = 0
    for part in parts:
        out.append((part, at))
        at += len(part) + 1
    return out


def _read(part: str, at: int, keep: bool, found: list[Diagnostic]) -> list[_Stage]:
    texts = part.split("|")
    stages: list[_Stage] = []
    for i, text in enumerate(texts):
        edge = len(texts) > 1 and not text and i in (0, len(texts) - 1)
        if edge:
            code, span = ("leading-pipe", (at, at + 1)) if i == 0 else ("trailing-pipe", (at - 1, at))
            found.append(
                Diagnostic(code, "warning", span, "there is no operation on this side of the '|'", fix=Fix(span, ""))
            )
        else:
            stages.append(_Stage(text, at, _operation(text, at, keep, found)))
        at += len(text) + 1
    if len(stages) > MAX_STAGES:
        message = f"a command has at most {MAX_STAGES} stages, not {len(stages)}"
        found.append(Diagnostic("too-many-stages", "error", stages[MAX_STAGES].span, message))
    return stages


def _operation(text: str, at: int, keep: bool, found: list[Diagnostic]) -> Any:
    try:
        op = parser.stage(text, keep)
    except Fault as fault:
        span = (at + min(fault.span[0], len(text)), at + min(fault.span[1], len(text)))
        found.append(
            Diagnostic(fault.code, "error", span, fault.message, fault.suggestion, fix=_certain(fault, text, span))
        )
        return None
    found += [d.moved(at) for d in misspelt(text, op)]
    return op


def _certain(fault: Fault, text: str, span: Span) -> Fix | None:
    """A fix for an error, where only letter case or a separator is wrong."""
    if fault.code == "empty" and text.startswith("/") and text.strip("/"):
        return Fix((span[0], span[0] + len(text) - len(text.lstrip("/"))), "")
    start, end = fault.span
    if fault.suggestion is not None and folded(text[start:end]) == folded(fault.suggestion):
        return Fix(span, fault.suggestion)
    return None


def _meetings(stages: list[_Stage], found: list[Diagnostic]) -> None:
    for left, right in pairwise(stages):
        if left.op is None or right.op is None:
            continue
        try:
            meet(left.op, right.op)
        except StageError as exc:
            found.append(Diagnostic(exc.code, "error", right.span, exc.message))


def _advice(stage: _Stage) -> list[Diagnostic]:
    out: list[Diagnostic] = []
    for rule in _BY_OP.get(stage.op.name, ()):
        for message, attr in rule.check(stage.op):
            span = stage.span if attr is None else _span_of(stage, attr)
            out.append(
                Diagnostic(
                    rule.code, rule.severity, span, message, url=_page(stage.op), fix=_renamed(rule, stage, attr)
                )
            )
    return out


def _page(op: Any) -> str | None:
    return None if op is None else next(iter(op.facts.docs), None)


def _key(stage: _Stage, attr: str) -> str:
    plan = stage.op.plan
    step = plan.step(attr)
    if step is None and plan.groups is not None:
        steps = (m.plan.step(attr) for m in plan.groups.openers.values())
        step = next((s for s in steps if s is not None), None)
    return step.key if step is not None else ""


def _span_of(stage: _Stage, attr: str) -> Span:
    """Where a parameter stands: its key and its value."""
    key = _key(stage, attr)
    at = stage.at
    segments = stage.text.split("/")
    for i, segment in enumerate(segments):
        if i and key and segment == key:
            value = segments[i + 1] if i + 1 < len(segments) else ""
            step = stage.op.plan.keyed.get(key)
            width = len(segment) if step is not None and step.kind == "flag" else len(segment) + 1 + len(value)
            return at, at + width
        at += len(segment) + 1
    return stage.span


def _renamed(rule: Rule, stage: _Stage, attr: str | None) -> Fix | None:
    if rule.code != "old-name" or attr is None:
        return None
    key = _key(stage, attr)
    start, _ = _span_of(stage, attr)
    return Fix((start, start + len(key)), {"pattern": "savePattern", "h264_crf": "crf"}[attr])
