"""A declaration read back as rows: for documentation, command-line help and schema text."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple, get_args, get_origin

from . import wire
from .complaints import bounds
from .declared import Declared, Group
from .plan import Step


class Row(NamedTuple):
    """One parameter, in words."""

    attr: str
    key: str
    kind: str
    type: str
    range: str
    required: bool
    default: str
    applies: str
    known: str
    source: str
    alias: str
    doc: str


@cache
def field_docs(cls: Any) -> dict[str, str]:
    """The string under each field, of a class and of those it inherits from."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("qiniufop") and issubclass(base, Declared):
            docs.update(_own_docs(base))
    return docs


def _own_docs(cls: type[Any]) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError):  # a class made at run time has no source
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    docs: dict[str, str] = {}
    for field, below in pairwise(body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            docs[field.target.id] = inspect.cleandoc(below.value.value)
    return docs


def rows(cls: type[Declared]) -> list[Row]:
    """The parameters of an operation or group, in the order of the wire. ``extra`` is not one of them."""
    declaring: list[Any] = [cls, getattr(cls, "edits", cls)]
    docs = {attr: doc for declares in declaring for attr, doc in field_docs(declares).items()}
    source = next(iter(getattr(getattr(cls, "facts", None), "docs", ())), "")
    return [_row(step, docs.get(step.attr, ""), source) for step in cls.plan.steps if step.kind != "extra"]


def _row(step: Step, doc: str, source: str) -> Row:
    fact = next((m for m in step.meta if isinstance(m, wire.Fact)), wire.Fact())
    return Row(
        attr=step.attr,
        key=step.key,
        kind=step.kind,
        type=_type(step, fact),
        range=bounds(step.meta),
        required=step.required,
        default=fact.default,
        applies=fact.applies,
        known=fact.known,
        source=fact.source or source,
        alias=fact.alias,
        doc=doc,
    )


def _type(step: Step, fact: wire.Fact) -> str:
    if step.kind == "groups":
        return "groups: " + " or ".join(m.__name__ for m in groups(step))
    if get_origin(step.base) is Literal:
        text = ", ".join(str(v) for v in get_args(step.base))
    elif fact.choices:
        text = f"{', '.join(fact.choices)}, or another word"
    else:
        text = step.codec.kind
    return f"list of {text}" if step.kind in ("repeat", "tail") else text


def groups(step: Step) -> list[type[Group]]:
    """The models of a field of repeated groups."""
    member = get_args(step.base)[0]
    return list(get_args(member)) or [member]
