"""The options of an audio/video command, kept so that none is skipped in silence.

A handler takes what it understands; :meth:`Options.finish` then refuses whatever is left, by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, NamedTuple

from pydantic import BaseModel

from .errors import FopFailed, UnsupportedFopError

_ODD_KEYS = {
    "ignore_error": "ignore-error",
    "hls_iv": "hlsIV",
    "hls_iv_type": "hlsIVType",
    "loudnorm_lra": "loudnormLRA",
    "loudnorm_tp": "loudnormTP",
}
_GRAVITIES = ("NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast")
_STRUCTURE = frozenset({"name", "extra", "source", "mode"})
"""Attributes that say which operation it is rather than what it shall do."""


def wire_key(attribute: str) -> str:
    """How an attribute is spelt in a command: ``wm_font_size`` is ``wmFontSize``."""
    head, *rest = attribute.split("_")
    return _ODD_KEYS.get(attribute) or head + "".join(part[:1].upper() + part[1:] for part in rest)


class BitRate(NamedTuple):
    """Bits per second, and whether they are wanted even above the source's."""

    bits: int
    forced: bool = False

    def capped(self, source: int | None) -> int:
        """The rate, no higher than the source's unless it is forced."""
        return self.bits if self.forced or not source else min(self.bits, source)


def bit_rate(text: str) -> BitRate:
    """Read ``128k``, ``1.25m``, ``64000`` or any of them with ``!`` behind it."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([kKmM]?)(!?)", text)
    if found is None or not Decimal(found[1]):
        raise ValueError(f"{text!r} is not a bit rate such as 128k, 1.25m or 64000")
    return BitRate(int(Decimal(found[1]) * {"": 1, "k": 1000, "m": 1_000_000}[found[2].lower()]), bool(found[3]))


class Options:
    """The values a command sets, by attribute name.

    Args:
        fop: the operation, for messages.
        values: what is set; None means it is not.
    """

    def __init__(self, fop: str, values: Mapping[str, Any]) -> None:
        self.fop = fop
        self.notes: list[str] = []
        self._values = {name: value for name, value in values.items() if value is not None and value != ()}
        self._taken: set[str] = set()

    @classmethod
    def of(cls, op: BaseModel, defaults: Mapping[str, Any] | None = None, fop: str | None = None) -> Options:
        """The set fields of an operation, over ``defaults`` where it sets none."""
        fop = fop or str(getattr(op, "name", ""))
        if extra := getattr(op, "extra", ()):
            raise UnsupportedFopError(fop, "the option is not a documented one", str(extra[0][0]))
        fields = type(op).model_fields
        names = [name for name in fields if name not in _STRUCTURE and getattr(op, name) != fields[name].default]
        return cls(fop, {**(defaults or {}), **{name: getattr(op, name) for name in names}})

    def fill(self, defaults: Mapping[str, Any]) -> None:
        """Set what the command leaves open."""
        self._values = {**defaults, **self._values}

    def values(self) -> Mapping[str, Any]:
        """Everything that is set."""
        return dict(self._values)

    def has(self, name: str) -> bool:
        """Whether an option is set; leaves it to be taken."""
        return name in self._values

    def any_of(self, names: Iterable[str]) -> str | None:
        """The first of the options that is set and not switched off."""
        return next((name for name in names if self._values.get(name) not in (None, False, ())), None)

    def take(self, name: str) -> Any:
        """The value of an option, or None; it counts as understood."""
        self._taken.add(name)
        return self._values.get(name)

    def text(self, name: str) -> str | None:
        """The value as text."""
        value = self.take(name)
        return None if value is None else str(value)

    def number(self, name: str) -> float | None:
        """The value as a number."""
        value = self.take(name)
        try:
            found = None if value is None else float(value)
        except ValueError:
            raise self.wrong(name, "a number") from None
        if found is not None and not isfinite(found):
            raise self.wrong(name, "a number")
        return found

    def whole(self, name: str) -> int | None:
        """The value as a whole number."""
        value = self.number(name)
        if value is not None and value != int(value):
            raise self.wrong(name, "a whole number")
        return None if value is None else int(value)

    def gravity(self, name: str) -> str:
        """The value as one of the nine anchors; the upper right one by default."""
        value = self.text(name) or "NorthEast"
        if value not in _GRAVITIES:
            raise self.wrong(name, f"one of {', '.join(_GRAVITIES)}")
        return value

    def on(self, name: str, *, default: bool = False) -> bool:
        """The value as a switch."""
        value = self.take(name)
        return default if value is None else value in (True, 1, "1")

    def rate(self, name: str) -> BitRate | None:
        """The value as a bit rate."""
        value = self.text(name)
        try:
            return None if value is None else bit_rate(value)
        except ValueError:
            raise self.wrong(name, "a bit rate such as 128k") from None

    def wrong(self, name: str, expected: str) -> FopFailed:
        """The error of a value that cannot be read."""
        return FopFailed(self.fop, f"{wire_key(name)} must be {expected}, not {str(self._values.get(name))!r}")

    def unsupported(self, name: str, reason: str) -> UnsupportedFopError:
        """The error of an option that cannot run here."""
        return UnsupportedFopError(self.fop, reason, wire_key(name))

    def refuse(self, reason: str, *names: str) -> None:
        """Refuse the options that are set; one that is switched off asks for nothing and is fine."""
        for name in names:
            if self.take(name) not in (None, False, "0"):
                raise self.unsupported(name, reason)

    def idle(self, why: str, *names: str) -> None:
        """Take options that have nothing to act on, and say so if they are set."""
        for name in names:
            if self.take(name) not in (None, False):
                self.note(f"{wire_key(name)} has no effect: {why}")

    def note(self, text: str) -> None:
        """Remember something that is only approximated."""
        self.notes.append(f"{self.fop}: {text}")

    def finish(self) -> None:
        """Refuse what nobody took.

        Raises:
            UnsupportedFopError: an option is set that no part of the engine understood.
        """
        for name in self._values:
            if name not in self._taken:
                raise self.unsupported(name, "the engine does not know what it means here")
