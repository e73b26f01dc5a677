"""Values as the Python code that makes them."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from typing import Any, cast

import libcst as cst

import qiniufop

from ..core import Value
from ..edits import EditList
from ..errors import FopError

WIDTH = 100
"""Columns after which a pipeline is written stage by stage."""


def quoted(text: str) -> str:
    """A string literal, in double quotes where that needs no escapes."""
    code = repr(text)
    return code if '"' in text or code[0] == '"' else f'"{code[1:-1]}"'.replace("\\'", "'")


class _Tidy(cst.CSTTransformer):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_Call(self, node: cst.Call) -> None:  # noqa: N802
        if isinstance(node.func, cst.Name):
            self.names.add(node.func.value)

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:  # noqa: N802
        value = updated_node.evaluated_value
        return updated_node.with_changes(value=quoted(value)) if isinstance(value, str) else updated_node

    def leave_Float(self, original_node: cst.Float, updated_node: cst.Float) -> cst.BaseExpression:  # noqa: N802
        value = updated_node.evaluated_value
        return cst.Integer(str(int(value))) if value.is_integer() and "e" not in updated_node.value else updated_node

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        kind: Any = getattr(qiniufop, getattr(original_node.func, "value", ""), None)
        args = list(updated_node.args)
        for n, (arg, attr) in enumerate(zip(args, _leading(kind), strict=False)):
            if arg.keyword is None or arg.keyword.value != attr or not isinstance(arg.value, cst.SimpleString):
                break
            args[n] = arg.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(args=args)


def _leading(kind: Any) -> tuple[str, ...]:
    """Fields that may be given by their place."""
    if EditList in getattr(kind, "__mro__", ()):  # edits are keywords, and so is what precedes them
        return ()
    variants: dict[str, Any] = getattr(kind, "variants", {}) if getattr(kind, "_family", None) is kind else {}
    found: set[tuple[str, ...]] = {v._positional[:1] for v in variants.values()}
    return found.pop() if len(found) == 1 else getattr(kind, "_positional", ())


def made_by(code: str, names: Iterable[str]) -> Value:
    """What a piece of generated code makes."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return cast("Value", eval(code, {name: getattr(qiniufop, name) for name in names}))


def code_of(value: Value) -> tuple[str, set[str]]:
    """The code that makes a value, and the names of ``qiniufop`` it uses.

    Raises:
        ValueError: there is no such code, or it makes something else.
    """
    tidy = _Tidy()
    tree = cst.parse_module(repr(value)).visit(tidy)
    code = tree.code.strip()
    try:
        made = made_by(code, tidy.names)
    except (FopError, TypeError, NameError, AttributeError) as error:
        raise ValueError(f"{value} has no typed code: {error}") from None
    if made != value:
        raise ValueError(f"{code} is not {value}")
    return code, tidy.names


def piped(parts: list[str], column: int) -> str:
    """Stages joined by ``|``; one a line if they do not fit from ``column`` on."""
    line = " | ".join(parts)
    if len(parts) == 1 or column + len(line) <= WIDTH:
        return line
    return "(\n" + "\n".join(f"    {'| ' if n else ''}{part}" for n, part in enumerate(parts)) + "\n)"
