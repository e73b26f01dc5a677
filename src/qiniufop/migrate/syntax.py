"""Python as it is written: constants, arguments, and texts joined by ``;``."""

from __future__ import annotations

from typing import Any

import libcst as cst
import libcst.matchers as m


class Unknown(Exception):
    """Only the running program knows."""


def has_parts(text: str) -> bool:
    """Whether a text is more than a word, which may mean anything."""
    return "/" in text or "|" in text


def joined_parts(node: cst.CSTNode) -> list[cst.BaseExpression] | None:
    """The parts of ``f"{a};{b}"`` or ``";".join([a, b])``; None for anything else."""
    if isinstance(node, cst.FormattedString):
        texts = [part.value for part in node.parts[1::2] if isinstance(part, cst.FormattedStringText)]
        held = [part for part in node.parts[::2] if isinstance(part, cst.FormattedStringExpression)]
        whole = len(node.parts) == 2 * len(held) - 1 and texts == [";"] * (len(held) - 1)
        plain = all(part.conversion is None and part.format_spec is None for part in held)
        return [part.expression for part in held] if whole and plain and len(held) > 1 else None
    if not m.matches(node, m.Call(func=m.Attribute(value=m.SimpleString(), attr=m.Name("join")), args=[m.Arg()])):
        return None
    call = cst.ensure_type(node, cst.Call)
    mark = cst.ensure_type(cst.ensure_type(call.func, cst.Attribute).value, cst.SimpleString).evaluated_value
    listed = call.args[0].value
    if mark != ";" or not isinstance(listed, (cst.List, cst.Tuple)) or not listed.elements:
        return None
    elements = [e.value for e in listed.elements if isinstance(e, cst.Element)]
    return elements if len(elements) == len(listed.elements) else None


def argument(call: cst.Call, index: int, name: str) -> cst.BaseExpression | None:
    """The argument of a call, by its place or its name."""
    for n, arg in enumerate(call.args):
        if arg.star:
            return None
        if arg.keyword.value == name if arg.keyword else n == index:
            return arg.value
    return None


def constants(call: cst.Call) -> tuple[list[Any], dict[str, Any]]:
    """The arguments of a call, all written out.

    Raises:
        Unknown: one is not.
    """
    args: list[Any] = []
    named: dict[str, Any] = {}
    for arg in call.args:
        if arg.star:
            raise Unknown
        if arg.keyword is None:
            args.append(constant(arg.value))
        else:
            named[arg.keyword.value] = constant(arg.value)
    return args, named


_WORDS = {"None": None, "True": True, "False": False}


def constant(node: cst.BaseExpression) -> Any:
    """The value of text, a number, None, True or False.

    Raises:
        Unknown: it is something else.
    """
    if isinstance(node, (cst.SimpleString, cst.ConcatenatedString, cst.Integer, cst.Float)):
        value: Any = node.evaluated_value
        if value is None:
            raise Unknown
        return value
    if isinstance(node, cst.Name) and node.value in _WORDS:
        return _WORDS[node.value]
    if isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Minus):
        value = constant(node.expression)
        if isinstance(value, (int, float)):
            return -value
    raise Unknown
