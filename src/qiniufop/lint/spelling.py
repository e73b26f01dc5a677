"""How a stage differs from its normal form, where the meaning is certain all the same."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .. import escapes, wire
from ..diagnostics import Diagnostic, Fix


def misspelt(text: str, op: Any) -> list[Diagnostic]:
    """What is odd about the text of an operation, each with a fix."""
    normal: str = op.to_fop()
    if text == normal:
        return []
    found: list[Diagnostic] = []
    body = text
    if text.endswith("/"):
        body = text.rstrip("/")
        span = (len(body), len(text))
        found.append(Diagnostic("trailing-slash", "warning", span, "nothing follows the '/'", fix=Fix(span, "")))
    wanted = normal.split("/")
    left = Counter(wanted)
    given = body.split("/")
    left.subtract(s for s in given if left[s] > 0)
    spare = [s for s in wanted if left[s] > 0]
    taken = Counter(wanted)
    at = 0
    odd = False
    for segment in given:
        span = (at, at + len(segment))
        at += len(segment) + 1
        if taken[segment] > 0:
            taken[segment] -= 1
            continue
        odd = True
        found.append(_one(segment, span, spare, text))
    if not odd and given != wanted and sorted(given) == sorted(wanted):
        message = "the parameters stand in an unusual order"
        found.append(Diagnostic("key-order", "advice", (0, len(body)), message, fix=Fix((0, len(text)), normal)))
        found = [d if d.code == "key-order" else _with(d, Fix((0, len(text)), normal)) for d in found]
    return found


def _with(diagnostic: Diagnostic, fix: Fix) -> Diagnostic:
    return Diagnostic(diagnostic.code, diagnostic.severity, diagnostic.span, diagnostic.message, fix=fix)


def _one(segment: str, span: tuple[int, int], spare: list[str], text: str) -> Diagnostic:
    if "%" in segment and escapes.has_escape(segment):
        plain = escapes.once(segment)
        return Diagnostic(
            "percent-encoded", "warning", span, f"written with percent signs: {plain}", plain, fix=Fix(span, plain)
        )
    for normal in spare:
        if normal.lower() == segment.lower():
            return Diagnostic("letter-case", "warning", span, f"spelt {normal}", normal, fix=Fix(span, normal))
    for normal in spare:
        if _bytes(normal) is not None and _bytes(normal) == _bytes(segment):
            code, why = ("base64-padding", "lost its '=' at the end")
            if "+" in segment:
                code, why = "base64-alphabet", "is in the standard alphabet, not the URL-safe one"
            return Diagnostic(code, "warning", span, f"the base64 {why}", normal, fix=Fix(span, normal))
    for normal in spare:
        if _number(normal) is not None and _number(normal) == _number(segment):
            return Diagnostic("number", "advice", span, f"usually written {normal}", normal, fix=Fix(span, normal))
    if segment == "true":
        start = span[0] - 1
        return Diagnostic("flag-value", "warning", span, "a flag takes no value", fix=Fix((start, span[1]), ""))
    return Diagnostic("spelling", "advice", span, f"{segment!r} is an unusual spelling")


def _bytes(text: str) -> bytes | None:
    if len(text) < 2:
        return None
    try:
        return wire.b64bytes(text)
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text.rstrip("!"))
    except ValueError:
        return None
