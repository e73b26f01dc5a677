"""Commands as text, put together piece by piece."""

from __future__ import annotations

import warnings
from contextlib import suppress
from itertools import pairwise
from typing import Any, cast

from .. import ops_index
from ..client.errors import SubmitRefused
from ..core import MAX_STAGES, Pipeline, Value, parse
from ..errors import FopError, FopSyntaxError
from ..escapes import hides_structure
from ..faults import Fault
from ..ops.storage import Saveas
from ..plan import Step
from ..raw import RawOp
from ..wire import b64encode, number

Scalar = str | int | float | bool


class BuildError(FopError, ValueError):
    """A command cannot be made of these arguments."""


class UnreadableCommandWarning(UserWarning):
    """A command was built that the service would not understand. It is refused when it is submitted."""


def build_op(cmd: str, first_arg: Scalar | None = None, *more: Scalar, **kwargs: Scalar | None) -> str:
    """An operation as text: ``build_op("vframe", "jpg", offset=1)`` is ``vframe/jpg/offset/1``.

    Args:
        cmd: the operation's name.
        first_arg: what stands right after it, if anything.
        more: what stands after that.
        kwargs: parameters in the order they are to stand, by their wire names or those with ``_`` for ``-``. None
            leaves one out; True and False are written as the parameter has it. A parameter that the service takes in
            base64 is encoded unless the value is the base64 of some readable text already.

    Raises:
        BuildError: a value would end its place in the command and begin something else.

    Warns:
        UnreadableCommandWarning: the service would not understand it.
    """
    head = [_text(value, "/|;"[1:], what) for what, value in _positional(cmd, first_arg, more)]
    known = _declaration(head)
    written = [_pair(name, value, known) for name, value in kwargs.items() if value is not None]
    text = "/".join([*head, *(part for part in written if part)])
    try:
        read(text)
    except FopError as error:
        warnings.warn(str(error), UnreadableCommandWarning, stacklevel=2)
    return text


def pipe_cmd(*cmds: str | Value) -> str:
    """The stages of one command, joined by ``|``.

    Raises:
        BuildError: there are none, one is empty or several commands, or something follows a ``saveas``.
        StageError: a stage does not take what the one before it makes.
    """
    texts = [str(cmd) for cmd in cmds]
    if not texts:
        raise BuildError("pipe_cmd needs at least one operation")
    for n, (cmd, text) in enumerate(zip(cmds, texts, strict=True), 1):
        if not isinstance(cast("object", cmd), (str, Value)):
            raise BuildError(f"pipe_cmd, argument {n}: expected text, not {type(cmd).__name__}; spread a list with *")
        if not all(text.split("|")):
            raise BuildError(f"pipe_cmd, argument {n}: an operation is empty in {text!r}")
        if ";" in text:
            raise BuildError(f"pipe_cmd, argument {n}: {text!r} is several commands; pipe each of them by itself")
    whole = "|".join(texts)
    stages = whole.split("|")
    for stage, after in pairwise(stages):
        if stage.partition("/")[0] == "saveas":
            raise BuildError(f"nothing may follow saveas, which stores the result: {after} comes after it")
    if len(stages) > MAX_STAGES:
        raise BuildError(f"a command has at most {MAX_STAGES} stages, not {len(stages)}")
    with suppress(FopSyntaxError):  # of which build_op has warned, and which execute refuses
        Pipeline.parse(whole, unknown="keep")
    return whole


def op_save(op: str | Value, bucket: str, key: str | bytes | None = None) -> str:
    """A command whose result is stored as ``bucket:key``.

    Args:
        op: one command.
        bucket: the bucket.
        key: the key; None lets the service choose it, which an empty one does not.

    Raises:
        BuildError: ``op`` is several commands, of which only the last would be stored, or stores its result already.
        ValueError: bucket or key cannot be one.
    """
    several = str(op).count(";")
    if several:
        raise BuildError(f"op_save stores one command, and these are {several + 1}: save each, then join them with ';'")
    return pipe_cmd(op, str(Saveas(bucket, key.decode() if isinstance(key, bytes) else key)))


def read(fop: Any) -> Value:
    """A command, checked. An operation of the user's own passes unless it looks like a misspelling."""
    if isinstance(fop, Value):
        return fop
    if not isinstance(fop, str):
        raise SubmitRefused(f"a command is {type(fop).__name__}: expected text")
    try:
        return parse(fop)
    except FopSyntaxError as error:
        if error.code != "unknown-operation" or error.suggestion:
            raise
    kept = parse(fop, unknown="keep")
    for stage in kept.stages:
        name = stage.command if isinstance(stage, RawOp) else stage.name
        if not isinstance(stage, RawOp) or ops_index.near(name):
            parse(str(stage))
    return kept


def _positional(cmd: str, first: Scalar | None, more: tuple[Scalar, ...]) -> list[tuple[str, Scalar]]:
    given = [("the operation", cmd), *([] if first is None else [("first_arg", first)])]
    return [*given, *((f"argument {n}", value) for n, value in enumerate(more, 3))]


def _declaration(head: list[str]) -> Any:
    """The class behind the beginning of an operation, or None."""
    name, *segments = "/".join(head).split("/")
    found = ops_index.find(name)
    try:
        return None if found is None else found._variant(segments)
    except Fault:
        return None


def _step(known: Any, name: str) -> Step | None:
    if known is None:
        return None
    plans = [known.plan, *(m.plan for m in (known.plan.groups.openers.values() if known.plan.groups else ()))]
    for plan in plans:
        step: Step | None = plan.keyed.get(name) or plan.step(name)
        if step is not None and step.key:
            return step
    return None


def _pair(name: str, value: Scalar, known: Any) -> str:
    step = _step(known, name)
    key = step.key if step else name
    if step is not None and step.kind == "flag" and isinstance(value, bool):
        return key if value else ""
    joiner = known.plan.joiner if step is not None else "/"
    if (
        step is not None
        and isinstance(value, str)
        and step.codec.kind.startswith("base64")
        and not _is_encoded(step, value)
    ):
        return f"{key}{joiner}{b64encode(value)}"
    return f"{key}{joiner}{_text(value, '/|;', name)}"


def _is_encoded(step: Step, text: str) -> bool:
    """Whether a text is base64 already: that of printable text, or of anything where the parameter takes bytes."""
    try:
        plain = step.codec.decode(text)
    except ValueError:
        return False
    return not isinstance(plain, str) or all(c.isprintable() or c.isspace() for c in plain)


def _text(value: object, forbidden: str, what: str) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float) and abs(value) < float("inf"):
        return number(round(value, 9))
    if not isinstance(value, str):
        raise BuildError(f"{what}: expected text or a number, not {value!r}")
    bad = next((c for c in value if c in forbidden or not c.isprintable()), None)
    if bad is not None or hides_structure(value):
        found = "a percent-encoded '/', '|' or ';'" if bad is None else repr(bad)
        raise BuildError(f"{what}={value!r} holds {found}, which would begin something else; write free text in base64")
    if not value:
        raise BuildError(f"{what} is empty")
    return value
