"""How a rule of advice is declared, and the table of all of them.

A rule looks at one operation and yields what it finds. Documented facts are errors of the models and not repeated
here; what is only inferred, or seen in the service's console, never stops a build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from ..diagnostics import Severity

Given = Mapping[str, Any]
"""The fields of an operation that were written; of an edit that repeats, the last."""


class Finding(NamedTuple):
    """What a rule found.

    Attributes:
        message: one sentence.
        attr: the field it is about; None for the whole stage.
        nth: which of several, from 0, where the field may be written more than once.
    """

    message: str
    attr: str | None = None
    nth: int = 0


Check = Callable[[Any, Given], Iterator[Finding]]


class Rule(NamedTuple):
    """One rule of advice.

    Attributes:
        code: its stable name.
        severity: how grave what it finds is.
        ops: wire names of the operations it looks at.
        triggers: fields of which one must be written before it looks; empty for always.
        check: what it does.
        about: the rule in a sentence.
    """

    code: str
    severity: Severity
    ops: tuple[str, ...]
    triggers: tuple[str, ...]
    check: Check
    about: str


STAGE_RULES: list[Rule] = []
"""Every rule about single operations."""


def stage_rule(code: str, severity: Severity, ops: str, triggers: str = "") -> Callable[[Check], Check]:
    """Register a rule. Names of operations and of the fields that trigger it are separated by spaces."""

    def register(check: Check) -> Check:
        about = " ".join((check.__doc__ or "").split())
        STAGE_RULES.append(Rule(code, severity, tuple(ops.split()), tuple(triggers.split()), check, about))
        return check

    return register


def wire_key(op: Any, attr: str) -> str:
    """What a field is called on the wire."""
    step = op.plan.step(attr)
    return step.label if step is not None else attr
