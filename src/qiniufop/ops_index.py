"""Which class spells which operation. A module of operations is imported when one of its names is first met."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from .ops._names import WIRE

_known: dict[str, Any] = {}


def register(name: str, cls: Any) -> None:
    """Note that ``cls`` spells ``name``.

    Raises:
        TypeError: another class does already.
    """
    if name in _known:
        raise TypeError(f"{cls.__name__}: {_known[name].__name__} already spells {name!r}")
    _known[name] = cls


def find(name: str) -> Any:
    """The class that spells ``name``, or None."""
    found = _known.get(name)
    if found is None and (module := WIRE.get(name)) is not None:
        importlib.import_module(f"qiniufop.{module}")
        found = _known[name]
    return found


def names() -> list[str]:
    """Every wire name, loaded or not."""
    return sorted({*WIRE, *_known} - {""})


def load_all() -> dict[str, Any]:
    """Every class by wire name, after importing all of them."""
    return {name: find(name) for name in names()}


def near(name: str) -> str | None:
    """The known name that ``name`` was probably meant to be."""
    if len(name) > 64:
        return None
    from difflib import get_close_matches  # only errors need it

    folded = {n.lower(): n for n in names()}
    close = [name.lower()] if name.lower() in folded else get_close_matches(name.lower(), folded, 1, 0.7)
    return folded[close[0]] if close else None


Finder = Callable[[str], Any]
