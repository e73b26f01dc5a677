"""Text into operations: the one reader of commands. What they add up to is the business of :mod:`qiniufop.core`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from . import escapes, ops_index
from .complaints import explain
from .errors import FopSyntaxError
from .faults import Fault, Span
from .plan import Reading

_REMEMBERED = 512  # characters; longer stages are rare and would fill the memory


class Alone(str):
    """The text of an operation that only stands by itself, and not as part of a longer command."""

    __slots__ = ()


def remember_text(op: Any, text: str) -> None:
    """Keep the text that an operation was read from; see ``Fop.__str__``."""
    alone = "%" in text or text[0] == "|" or text[-1] in "|;"
    object.__setattr__(op, "__pydantic_private__", Alone(text) if alone else text)


class Parsed(NamedTuple):
    """The operations of each command, and what is needed to point at one of them."""

    commands: list[list[Any]]
    pieces: list[list[str]]
    places: list[int] | None
    lead: int

    def span(self, command: int, stage: int) -> Span:
        """Where a stage stands in the text as it was given."""
        before = sum(len(p) + 1 for pieces in self.pieces[:command] for p in pieces)
        start = self.lead + before + sum(len(p) + 1 for p in self.pieces[command][:stage])
        return _original(self.places, (start, start + len(self.pieces[command][stage])))


def _original(places: list[int] | None, span: Span) -> Span:
    return span if places is None else (places[span[0]], places[span[1]])


def read(source: str, keep: bool, limit: int) -> Parsed:
    """Read every stage of ``source``.

    Args:
        source: commands joined by ``;``, stages by ``|``; percent-encoded as a whole or not.
        keep: keep unknown operations and keys instead of refusing them.
        limit: how many stages a command may have.

    Raises:
        FopSyntaxError: some stage is not an operation.
    """
    text, places = escapes.undo(source) if "%" in source and escapes.hides_structure(source) else (source, None)
    if text and ";" not in text and "|" not in text:
        return Parsed([[_placed(text, keep, source, places, 0)]], [[text]], places, 0)
    commands: list[list[Any]] = []
    pieces: list[list[str]] = []
    parsed = Parsed(commands, pieces, places, 0)
    at = 0
    parts = text.split(";")
    if len(parts) > 1 and not parts[-1]:
        parts.pop()
    for part in parts:
        ops: list[Any] = []
        stages = part.split("|")
        pieces.append(stages)
        last = len(stages) - 1
        if last > limit + 1:
            span = _original(places, (at, at + len(part)))
            raise FopSyntaxError(
                f"a command has at most {limit} stages, not {last + 1}",
                source=source,
                span=span,
                code="too-many-stages",
            )
        for i, piece in enumerate(stages):
            if piece or (i not in (0, last)) or not last:
                ops.append(_placed(piece, keep, source, places, at))
            at += len(piece) + 1
        if not ops:
            raise FopSyntaxError("there is no operation", source=source, span=(0, len(source)), code="empty")
        commands.append(ops)
    return parsed


def _placed(piece: str, keep: bool, source: str, places: list[int] | None, at: int) -> Any:
    try:
        return stage(piece, keep)
    except Fault as fault:
        start, end = fault.span
        span = _original(places, (at + min(start, len(piece)), at + min(end, len(piece))))
        error = FopSyntaxError(fault.message, source=source, span=span, code=fault.code, suggestion=fault.suggestion)
    raise error


def read_stage(text: str, keep: bool) -> Any:
    """The operation that one stage is.

    Raises:
        Fault: it is none.
    """
    name, *segments = text.split("/")
    if segments and not segments[-1]:
        segments.pop()
    found = ops_index.find(name) if name else None
    if found is None:
        return _unknown(text, name, keep)
    if "%" in text:
        segments = [escapes.once(s) if "%" in s else s for s in segments]
    cls = found._variant(segments)
    op = cls._read_segments(segments, keep)
    remember_text(op, text)
    return op


def _unknown(text: str, name: str, keep: bool) -> Any:
    if not name:
        problem = "a stage is empty" if not text else "the name of an operation is missing"
        raise Fault(problem, (0, max(1, len(text))), "empty")
    if keep:
        raw = ops_index.find("")
        try:
            op = raw.__pydantic_validator__.validate_python({"command": name, "args": tuple(text.split("/")[1:])})
        except ValidationError as exc:
            problem, _ = explain(exc.errors(include_url=False)[0], ())
            raise Fault(f"{name[:64]!r}: {problem}", (0, len(text)), "bad-value") from None
        remember_text(op, text)
        return op
    near = ops_index.near(name)
    hint = f"; did you mean {near!r}?" if near else ""
    raise Fault(f"unknown operation {name[:64]!r}{hint}", (0, len(name)), "unknown-operation", near)


_remembered = lru_cache(maxsize=256)(read_stage)


def stage(text: str, keep: bool) -> Any:
    """As :func:`read_stage`; short stages that were read lately are remembered, as operations are immutable.

    Raises:
        Fault: the text is no operation.
    """
    return (_remembered if len(text) <= _REMEMBERED else read_stage)(text, keep)


def validated(cls: Any, reading: Reading) -> Any:
    """The operation whose field values ``reading`` has gathered.

    Raises:
        Fault: a value or a rule is broken.
    """
    reading.finish()
    try:
        return cls.__pydantic_validator__.validate_python(reading.data)
    except ValidationError as exc:
        error = exc
    raise reading.invalid(error, reading.plan, reading.where)
