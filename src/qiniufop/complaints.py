"""Pydantic's errors in the words of the reader: the range and its unit, the nearest spelling, the bad character."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from annotated_types import Ge, Gt, Le, Lt
from pydantic_core import ErrorDetails, PydanticCustomError

from .wire import Unit, check_raw

_KINDS = {
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "string_type": "must be text",
    "string_unicode": "must not contain half a surrogate pair",
    "string_too_short": "must not be empty",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "missing": "is required",
    "tuple_type": "must be a list",
    "too_short": "must not be empty",
}
_RANGES = {"greater_than_equal", "greater_than", "less_than_equal", "less_than"}


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The valid spelling that ``word`` was probably meant to be; letter case and separators do not count."""
    names = list(known)
    plain = {folded(name): name for name in reversed(names)}
    if (exact := plain.get(folded(word))) is not None:
        return exact
    if len(word) > 64:
        return None
    from difflib import get_close_matches  # only errors need it

    close = get_close_matches(folded(word), plain, 1, 0.7)
    return plain[close[0]] if close else None


def folded(name: str) -> str:
    """A name without what people get wrong: letter case and separators."""
    return name.replace("-", "").replace("_", "").lower()


def bounds(meta: Sequence[Any]) -> str:
    """A range in words, with its unit: ``from 1 to 9999 px``."""
    low = high = unit = ""
    for m in meta:
        if isinstance(m, Ge):
            low = f"from {m.ge}"
        elif isinstance(m, Gt):
            low = f"above {m.gt}"
        elif isinstance(m, Le):
            high = f"to {m.le}" if low else f"at most {m.le}"
        elif isinstance(m, Lt):
            high = f"below {m.lt}"
        elif isinstance(m, Unit):
            unit = f" {m.name}"
    if low.startswith("from") and not high:
        low = f"at least {low[5:]}"
    return f"{' '.join(filter(None, (low, high)))}{unit}"


def explain(error: ErrorDetails, meta: Sequence[Any]) -> tuple[str, str | None]:
    """What is wrong with a value, without saying which; and the nearest valid spelling, if there is one."""
    kind, value = error["type"], error.get("input")
    if "text" in (context := error.get("ctx", {})):  # in our words already
        return str(context["text"]), None
    if kind in _RANGES and (words := bounds(meta)):
        return f"must be {words}, not {value!r}", None
    if kind == "literal_error":
        expected = str(error.get("ctx", {}).get("expected", ""))
        near = nearest(str(value), [w.strip().strip("'") for w in expected.replace(" or ", ", ").split(", ")])
        if near is not None and near == value:
            return f"must be {expected}, not {value!r}; did you mean the number {near}?", near
        return f"must be {expected}, not {value!r}" + (f"; did you mean {near!r}?" if near else ""), near
    if kind == "string_pattern_mismatch" and isinstance(value, str):
        try:
            check_raw(value, "it")
        except PydanticCustomError as exc:
            return exc.message(), None
    if kind == "too_long" and "max_length" in (limits := error.get("ctx", {})):
        return f"must have at most {limits['max_length']} items, not {limits.get('actual_length', 'more')}", None
    if kind in _KINDS:
        return f"{_KINDS[kind]}" + ("" if value is None or kind in ("missing",) else f", not {value!r:.80}"), None
    message = error["msg"].removeprefix("Value error, ")
    return message, None
