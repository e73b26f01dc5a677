"""What the official SDK's builders write, trap by trap, and what was meant by it."""

from __future__ import annotations

import warnings
from typing import Any

from ..client.auth import encode_entry
from ..compat import build_op
from ..core import Value, parse
from ..errors import FopError


class Unclear(Exception):
    """An expression is left alone; the message says why."""


def written(args: list[Any], named: dict[str, Any]) -> str:
    """What the official ``build_op`` returns.

    Raises:
        TypeError: it raises this.
    """
    if len(args) + ("cmd" in named) + ("first_arg" in named) != 2:
        raise TypeError("build_op takes a name and one value after it")
    given = dict(named)
    cmd, first = [*args, *(given.pop(name) for name in ("cmd", "first_arg")[len(args) :] if name in given)]
    head = [cmd] if first is None else [cmd, first]
    if not all(isinstance(part, str) for part in head):
        raise TypeError("build_op joins text only")
    return "/".join([*head, *(f"{name}/{value}" for name, value in given.items())])


def meant(args: list[Any], named: dict[str, Any]) -> Value:
    """The operation that a call of ``build_op`` is about.

    Raises:
        Unclear: the service knows no such operation.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return parse(build_op(*args, **named))
        except (FopError, TypeError) as error:
            raise Unclear(str(error).partition("\n")[0]) from None


def saved(text: str, bucket: str, key: str | None) -> str:
    """What the official ``op_save`` returns."""
    return f"{text}|saveas/{encode_entry(bucket, key)}"


def difference(before: str | None, after: str) -> str | None:
    """How what is sent differs from what was, or None if it does not."""
    if before == after:
        return None
    if before is None:
        return f"the official SDK fails here; now: {after}"
    try:
        same = parse(before).canonical() == parse(after).canonical()
    except FopError as error:
        return f"was {before}, which is not valid ({str(error).partition(chr(10))[0]}); now: {after}"
    if not same:
        raise Unclear(f"{after} would not mean the same as {before}")
    return f"was {before}, the same in another spelling; now: {after}"
