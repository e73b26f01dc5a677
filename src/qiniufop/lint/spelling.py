"""How a stage differs from its normal form, where the meaning is certain all the same."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .. import escapes, parser, wire
from ..diagnostics import Diagnostic, Fix, apply_fixes
from ..faults import Fault, Span

ABOUT = {
    "trailing-slash": "Nothing follows the last slash.",
    "key-order": "The parameters stand in another order than in the documents.",
    "percent-encoded": "Percent-encoding is undone once only; the service takes the rest as it is.",
    "letter-case": "The spelling differs in letter case.",
    "base64-padding": "The base64 lost its padding.",
    "base64-alphabet": "The base64 is in the standard alphabet, not the URL-safe one.",
    "number": "The number has superfluous digits.",
    "flag-value": "A flag takes no value.",
    "spelling": "The spelling is unusual.",
}
"""Every code of this module, and what it is about."""


class _Spare:
    """Segments of the normal form that the text lacks, to be found by what is alike."""

    def __init__(self, segments: Iterable[str]) -> None:
        self.lower: dict[str, deque[str]] = defaultdict(deque)
        self.bytes: dict[bytes, deque[str]] = defaultdict(deque)
        self.number: dict[float, deque[str]] = defaultdict(deque)
        for segment in segments:
            self.lower[segment.lower()].append(segment)
            if (raw := _bytes(segment)) is not None:
                self.bytes[raw].append(segment)
            if (number := _number(segment)) is not None:
                self.number[number].append(segment)


def misspelt(text: str, op: Any, *, escaped: bool = False) -> list[Diagnostic]:
    """What is odd about the text of an operation, each with a fix where its meaning is certain.

    Args:
        text: the stage as it was written.
        op: what it was read as.
        escaped: it stands in a URL, where one level of percent-encoding is right.
    """
    normal: str = op.to_fop()
    if text == normal:
        return []
    body = text.rstrip("/")
    wanted, given = normal.split("/"), body.split("/")
    left, lacking = Counter(wanted), Counter(wanted)
    lacking.subtract(Counter(given))
    spare = _Spare(lacking.elements()) if any(count > 0 for count in lacking.values()) else _Spare(())
    found: list[Diagnostic] = []
    at, odd = 0, False
    for segment in given:
        span = (at, at + len(segment))
        at += len(segment) + 1
        if left[segment] > 0:
            left[segment] -= 1
            continue
        odd = True
        if (remark := _one(segment, span, spare, escaped)) is not None:
            found.append(remark)
    if len(body) < len(text):
        span = (len(body), len(text))
        found.append(Diagnostic("trailing-slash", "warning", span, "nothing follows the '/'", fix=Fix(span, "")))
    elif not odd and given != wanted:
        code, message = "key-order", "the parameters stand in an unusual order"
        if len(given) != len(wanted):
            code, message = "spelling", f"usually written {normal[:200]}"
        found.append(Diagnostic(code, "advice", (0, len(body)), message, fix=Fix((0, len(text)), normal)))
    return found if _certain(text, found, op) else [_whole(d, text, normal) for d in found]


def _certain(text: str, found: list[Diagnostic], op: Any) -> bool:
    """Whether the fixes keep the meaning."""
    if any(d.fix is None for d in found):
        return False
    better = apply_fixes(text, found)
    if better == op.to_fop():
        return True
    try:
        return bool(parser.stage(better, True) == op)
    except Fault:
        return False


def _whole(diagnostic: Diagnostic, text: str, normal: str) -> Diagnostic:
    """The same with the normal form as fix."""
    return replace(diagnostic, fix=Fix((0, len(text)), normal))


def _one(segment: str, span: Span, spare: _Spare, escaped: bool) -> Diagnostic | None:
    if "%" in segment and escapes.has_escape(segment):
        if escaped:
            return None
        plain = escapes.once(segment)
        message = f"written with percent signs: {plain}"
        return Diagnostic("percent-encoded", "warning", span, message, plain, fix=Fix(span, plain))
    if alike := spare.lower.get(segment.lower()):
        return _respelt("letter-case", "warning", span, "spelt {}", alike.popleft())
    raw = _bytes(segment)
    if raw is not None and (alike := spare.bytes.get(raw)):
        if "+" in segment:
            message = "the base64 is in the standard alphabet, not the URL-safe one"
            return _respelt("base64-alphabet", "warning", span, message, alike.popleft())
        return _respelt("base64-padding", "warning", span, "the base64 lost its '=' at the end", alike.popleft())
    number = _number(segment)
    if number is not None and (alike := spare.number.get(number)):
        return _respelt("number", "advice", span, "usually written {}", alike.popleft())
    if segment == "true":
        return Diagnostic("flag-value", "warning", span, "a flag takes no value", fix=Fix((span[0] - 1, span[1]), ""))
    return Diagnostic("spelling", "advice", span, f"{segment[:64]!r} is an unusual spelling")


def _respelt(code: str, severity: Any, span: Span, message: str, normal: str) -> Diagnostic:
    return Diagnostic(code, severity, span, message.format(normal), normal, fix=Fix(span, normal))


def _bytes(text: str) -> bytes | None:
    if len(text) < 2:
        return None
    try:
        return wire.b64bytes(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    if len(text) > 64:
        return None
    try:
        number = float(text.rstrip("!"))
    except ValueError:
        return None
    return number if number == number else None
