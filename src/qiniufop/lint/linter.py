"""One text in, diagnostics out: errors of reading, odd spelling, and the rules of advice."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from typing import Any, NamedTuple

from .. import escapes, parser
from ..complaints import folded
from ..core import MAX_STAGES, meet
from ..diagnostics import SEVERITIES, Diagnostic, Fix, apply_fixes
from ..edits import EditList
from ..errors import StageError
from ..faults import Fault, Span
from . import commands as whole
from . import files, pictures, spelling, tracks
from .commands import Where
from .places import Places
from .rules import STAGE_RULES, Given, Rule

_DECLARED = (files, pictures, tracks)  # importing them registers their rules

RULES: tuple[Rule, ...] = tuple(STAGE_RULES)
"""The rules about single operations; the others are in :mod:`qiniufop.lint.commands`."""

ABOUT: dict[str, str] = {
    "unknown-operation": "The catalogue has no such operation.",
    "unknown-key": "The operation has no such parameter.",
    "missing": "A required part is missing.",
    "missing-value": "A parameter has no value.",
    "empty": "There is nothing where an operation or a value should be.",
    "bad-value": "A value is not what the parameter takes.",
    "duplicate": "A parameter is given twice.",
    "no-group": "A parameter stands before the one that opens its group.",
    "rule": "The parameters contradict one another.",
    "media": "A stage does not take what the one before it makes.",
    "after-saveas": "Something follows saveas.",
    "too-many-stages": "A command has too many stages.",
    "leading-pipe": "Nothing stands before the first pipe.",
    "trailing-pipe": "Nothing follows the last pipe.",
    "trailing-semicolon": "Nothing follows the last semicolon.",
    **spelling.ABOUT,
    **whole.ABOUT,
    **{rule.code: rule.about for rule in reversed(RULES)},
}
"""Every code a diagnostic may have, and what it is about."""

_ROUNDS = 12  # of fixing; each fix may uncover another, but never many


def _by_trigger() -> dict[str, dict[str | None, list[Rule]]]:
    table: dict[str, dict[str | None, list[Rule]]] = defaultdict(lambda: defaultdict(list))
    for rule in RULES:
        triggers: tuple[str | None, ...] = rule.triggers or (None,)
        for op in rule.ops:
            for trigger in triggers:
                table[op][trigger].append(rule)
    return {op: dict(rules) for op, rules in table.items()}


_BY_TRIGGER = _by_trigger()


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
        text: one command or several, as they would be sent; in a URL, percent-encoded once or not at all.
        where: where it is going to be used; ``"any"`` leaves out what depends on that.
        unknown: ``"keep"`` says nothing about operations and parameters that the catalogue does not know.
    """
    found: list[Diagnostic] = []
    plain, places = escapes.undo(text) if "%" in text and escapes.hides_structure(text) else (text, None)
    keep, escaped = unknown == "keep", where == "url"
    commands = [_read(part, at, keep, escaped, found) for part, at in _commands(plain, found)]
    for stages in commands:
        for left, right in pairwise(stages):
            _meet(left, right, found)
        for stage in stages:
            if stage.op is not None:
                _advise(stage, found)
    for remark in whole.remarks([[s.op for s in stages] for stages in commands], where):
        stages = commands[remark.command]
        if remark.stage is None:
            span, url = (stages[0].at, stages[-1].span[1]), None
        else:
            stage = stages[remark.stage]
            places_of = Places(stage.text, stage.op.plan) if remark.attr is not None else None
            span, url = _span(stage, places_of, remark.attr, 0), _page(stage.op)
        found.append(Diagnostic(remark.code, remark.severity, span, remark.message, url=url))
    if places is not None:
        found = [_placed(d, places, escaped) for d in found]
        if not escaped or escapes.hides_structure(escapes.once(text)):
            span = (0, len(text))
            message = "the whole command is percent-encoded; the service decodes once and would take it for one name"
            found.append(Diagnostic("percent-encoded", "warning", span, message, fix=Fix(span, plain)))
    return sorted(found, key=_rank)


def fixed(text: str, *, where: Where = "any", unknown: str = "error") -> str:
    """``text`` with every certain fix applied, until there is nothing left to fix."""
    for _ in range(_ROUNDS):
        better = apply_fixes(text, lint(text, where=where, unknown=unknown))
        if better == text:
            break
        text = better
    return text


def _rank(diagnostic: Diagnostic) -> tuple[int, int, str]:
    return diagnostic.span[0], SEVERITIES.index(diagnostic.severity), diagnostic.code


def _placed(diagnostic: Diagnostic, places: list[int], escaped: bool) -> Diagnostic:
    """The same about the text as it was before percent-encoding was undone.

    A fix fits there only where that encoding may stay, as in a URL.
    """
    start, end = diagnostic.span
    fix = diagnostic.fix
    if fix is not None:
        fix = Fix((places[fix.span[0]], places[fix.span[1]]), fix.text) if escaped else None
    return replace(diagnostic, span=(places[start], places[end]), fix=fix)


def _commands(text: str, found: list[Diagnostic]) -> list[tuple[str, int]]:
    parts = text.split(";")
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
        span = (len(text) - 1, len(text))
        found.append(Diagnostic("trailing-semicolon", "warning", span, "nothing follows the ';'", fix=Fix(span, "")))
    out: list[tuple[str, int]] = []
    at = 0
    for part in parts:
        out.append((part, at))
        at += len(part) + 1
    return out


def _read(part: str, at: int, keep: bool, escaped: bool, found: list[Diagnostic]) -> list[_Stage]:
    texts = part.split("|")
    stages: list[_Stage] = []
    last = len(texts) - 1
    for i, text in enumerate(texts):
        if last and not text and i in (0, last):
            code, span = ("leading-pipe", (at, at + 1)) if i == 0 else ("trailing-pipe", (at - 1, at))
            message = "there is no operation on this side of the '|'"
            found.append(Diagnostic(code, "warning", span, message, fix=Fix(span, "")))
        else:
            stages.append(_Stage(text, at, _operation(text, at, keep, escaped, found)))
        at += len(text) + 1
    if len(stages) > MAX_STAGES:
        message = f"a command has at most {MAX_STAGES} stages, not {len(stages)}"
        found.append(Diagnostic("too-many-stages", "error", stages[MAX_STAGES].span, message))
    if not stages:
        found.append(Diagnostic("empty", "error", (at - len(part) - 1, at - 1), "there is no operation"))
    return stages


def _operation(text: str, at: int, keep: bool, escaped: bool, found: list[Diagnostic]) -> Any:
    if not text:
        found.append(Diagnostic("empty", "error", (at, at), "a stage is empty"))
        return None
    try:
        op = parser.stage(text, keep)
    except Fault as fault:
        start, end = min(fault.span[0], len(text)), min(fault.span[1], len(text))
        span = (at + start, at + max(start, end))
        fix = _certain(fault, text, span)
        found.append(Diagnostic(fault.code, "error", span, fault.message, fault.suggestion, fix=fix))
        return None
    found += [d.moved(at) for d in spelling.misspelt(text, op, escaped=escaped)]
    return op


def _certain(fault: Fault, text: str, span: Span) -> Fix | None:
    """A fix for an error, where only letter case, a separator or a slash in front is wrong."""
    if fault.code == "empty" and text.startswith("/") and text.strip("/"):
        return Fix((span[0], span[0] + len(text) - len(text.lstrip("/"))), "")
    start, end = fault.span
    wrong = text[start:end]
    if fault.suggestion is not None and wrong != fault.suggestion and folded(wrong) == folded(fault.suggestion):
        return Fix(span, fault.suggestion)
    return None


def _meet(left: _Stage, right: _Stage, found: list[Diagnostic]) -> None:
    if left.op is None or right.op is None:
        return
    try:
        meet(left.op, right.op)
    except StageError as exc:
        found.append(Diagnostic(exc.code, "error", right.span, exc.message))


def _given(op: Any) -> Given:
    """The fields that were written."""
    values: Given = op.__dict__
    if isinstance(op, EditList):
        return {**{s.attr: values[s.attr] for s in op.head if values[s.attr] is not None}, **dict(op.steps)}
    return {attr: values[attr] for attr in op.__pydantic_fields_set__ if values[attr] is not None}


def _advise(stage: _Stage, found: list[Diagnostic]) -> None:
    op = stage.op
    table = _BY_TRIGGER.get(op.name)
    if table is None:
        return
    given = _given(op)
    rules = list(table.get(None, ()))
    for name in given:
        rules += [rule for rule in table.get(name, ()) if rule not in rules]
    places = None
    for rule in rules:
        for message, attr, nth in rule.check(op, given):
            places = places or Places(stage.text, op.plan)
            span = _span(stage, places, attr, nth)
            fix = _renaming(stage, attr, span) if rule.code == "old-name" else None
            found.append(Diagnostic(rule.code, rule.severity, span, message, url=_page(op), fix=fix))


def _page(op: Any) -> str | None:
    return next(iter(op.facts.docs), None)


def _span(stage: _Stage, places: Places | None, attr: str | None, nth: int) -> Span:
    inside = None if attr is None or places is None else places.find(attr, nth)
    return stage.span if inside is None else (stage.at + inside[0], stage.at + inside[1])


def _renaming(stage: _Stage, attr: str | None, span: Span) -> Fix | None:
    """The new name of a key, if the operation can still be read with it."""
    step = stage.op.plan.step(attr)
    new = tracks.RENAMED.get(attr or "")
    if new is None or step is None or span == stage.span:
        return None
    start = span[0] - stage.at
    end = start + len(step.key)
    try:
        parser.stage(stage.text[:start] + new + stage.text[end:], True)
    except Fault:
        return None
    return Fix((span[0], span[0] + len(step.key)), new)
