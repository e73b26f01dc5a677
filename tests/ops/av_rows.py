"""The specification's rows about sound and moving pictures, held against the models."""

from __future__ import annotations

from typing import Any

import yaml
from annotated_types import Ge, Gt, Le

from qiniufop.describe import field_docs, groups
from qiniufop.plan import Step
from qiniufop.wire import Fact

from .known import SHARED


def entries(op: str) -> list[dict[str, Any]]:
    """What the specification says about an operation, one entry for each variant; none outside development."""
    path = SHARED / "spec" / "av.yaml"
    if not path.exists():
        return []
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [entry for entry in found if entry["op"] == op]


def steps(cls: Any) -> dict[str, Step]:
    """The parameters of a class by key, those of its groups included."""
    own = {step.key: step for step in cls.plan.steps if step.key}
    for step in cls.plan.steps:
        if step.kind == "groups":
            for member in groups(step):
                own = {**{s.key: s for s in member.plan.steps if s.key}, **own}
    return own


def differences(cls: Any, entry: dict[str, Any], open_sets: frozenset[str] = frozenset()) -> list[str]:
    """What the specification documents and the class lacks. ``open_sets`` are keys whose bounds are not enforced."""
    have, out = steps(cls), list[str]()
    facts = cls.facts
    if facts.status != entry["status"]:
        out.append(f"status {facts.status}")
    if not set(entry["modes"]) <= set(facts.modes):
        out.append(f"modes {facts.modes}")
    if not facts.title or not facts.zh or not facts.docs or not facts.rules:
        out.append("facts")
    for row in entry["params"]:
        step = have.get(row["key"])
        if step is None:
            out.append(f"{row['key']}: missing")
            continue
        fact = next((m for m in step.meta if isinstance(m, Fact)), Fact())
        if row["confidence"] == "documented" and row["key"] not in open_sets:
            low = [m.ge for m in step.meta if isinstance(m, Ge)] + [m.gt for m in step.meta if isinstance(m, Gt)]
            high = [m.le for m in step.meta if isinstance(m, Le)]
            if isinstance(row.get("min"), (int, float)) and row["min"] > 0 and not low:
                out.append(f"{row['key']}: no minimum {row['min']}")
            if isinstance(row.get("max"), (int, float)) and row["max"] not in high:
                out.append(f"{row['key']}: no maximum {row['max']}")
        words = {str(choice) for choice in row.get("choices", ())}
        known = {*map(str, getattr(step.base, "__args__", ())), *fact.choices}
        if known and not words <= known:
            out.append(f"{row['key']}: lacks {sorted(words - known)}")
    documented = field_docs(cls)
    out += [f"{s.attr}: no docstring" for s in cls.plan.steps if s.kind != "extra" and not documented.get(s.attr)]
    return out
