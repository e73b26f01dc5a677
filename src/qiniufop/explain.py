"""A command in words: what each stage and parameter says, with base64 opened, units, defaults and where to read on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import unquote

from .core import Fop, Value, parse
from .declaration import media_of
from .declared import Declared
from .describe import Row, rows
from .errors import FopError
from .media import Json, Media, Stored
from .plan import Step
from .shapes import is_list, is_mapping, is_tuple
from .wire import Unit, number

__all__ = ["Command", "Explanation", "Parameter", "Stage", "explain", "media_of_class", "plain_doc"]

_MEDIA = {
    "AV": "audio or video", "Transcoded": "audio, video or picture", "Json": "JSON", "Media": "anything",
    "Stored": "nothing more", "Image": "picture", "Archive": "zip file",
}  # fmt: skip
_ARTICLES = {"picture": "a picture", "video": "a video", "animation": "an animation",
    "playlist": "a playlist", "document": "a document", "zip file": "a zip file"}  # fmt: skip
_BASE64 = ("base64 text", "base64 bytes")
_OFF = ("", "0")
"""Defaults that go without saying."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a stage, as it was given.

    Attributes:
        name: its name in Python.
        key: its key on the wire; empty for a value that has its place instead.
        value: the value, decoded.
        written: the value as it stands in the command.
        encoded: whether the command holds it in base64.
        unit: the unit of a number.
        meaning: what the parameter does.
        range: the values it takes, in words.
        default: what the service does without it.
        applies: the media it is about, when not all.
        known: ``documented``, ``observed`` or ``inferred``.
        inside: the parameters of a group, or of an operation within an address.
    """

    name: str
    key: str
    value: str
    written: str = ""
    encoded: bool = False
    unit: str = ""
    meaning: str = ""
    range: str = ""
    default: str = ""
    applies: str = ""
    known: str = "documented"
    inside: tuple[Parameter, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One operation of a command.

    Attributes:
        name: the wire name.
        text: the stage as it is written.
        title, zh: what it does, in English and in Chinese.
        summary: the same in a sentence.
        status: whether the vendor still offers it.
        takes, makes: the media, in words.
        parameters: what is given, in the order of the wire.
        defaults: what is not given and has a default worth knowing: (key, default).
        docs: the pages that describe it.
    """

    name: str
    text: str
    title: str
    zh: str
    summary: str
    status: str
    takes: str
    makes: str
    parameters: tuple[Parameter, ...]
    defaults: tuple[tuple[str, str], ...]
    docs: tuple[str, ...]


@dataclass(frozen=True)
class Command:
    """One command of a job: its stages, and in a sentence what becomes of the result."""

    text: str
    stages: tuple[Stage, ...]
    result: str


@dataclass(frozen=True)
class Explanation:
    """What a text says.

    Attributes:
        text: as it was given.
        canonical: the normal spelling.
        commands: the commands of the job, which run independently.
    """

    text: str
    canonical: str
    commands: tuple[Command, ...]

    def to_data(self) -> dict[str, Any]:
        """The same as plain data, without what is empty."""
        data: dict[str, Any] = _kept(asdict(self))
        return data


def explain(command: Value | str) -> Explanation:
    """Put a command into words.

    Args:
        command: a value, or a text, in which unknown operations and parameters are kept and called so.

    Raises:
        FopSyntaxError: the text is not a command.
        StageError: two stages do not meet.
    """
    value = parse(command, unknown="keep") if isinstance(command, str) else command
    return Explanation(
        text=str(value),
        canonical=str(value.canonical()),
        commands=tuple(
            Command(str(one), tuple(_stage(stage) for stage in one.stages), _result(one.stages))
            for one in value.commands
        ),
    )


def media_name(kind: Any) -> str:
    """A class of :mod:`qiniufop.media` in words."""
    if kind is Any:
        return "anything"
    name: str = kind.__name__
    return _MEDIA.get(name, name.lower())


def media_of_class(cls: type[Fop[Any, Any]]) -> tuple[str, str]:
    """What an operation takes and makes, in words, when its values are not known."""
    takes, makes = media_of(cls, Fop)
    return media_name(takes), media_name(makes)


def plain_doc(text: str) -> str:
    """A docstring's text as one paragraph without markup."""
    text = re.sub(r":[a-z]+:`~?(?:[\w.]*\.)?(\w+)`", r"\1", text.replace("``", ""))
    return " ".join(text.split())


def _stage(op: Fop[Any, Any]) -> Stage:
    if not op.name:
        return _unknown(op)
    cls = type(op)
    facts = cls.facts
    doc = (cls.__doc__ or "").strip().partition("\n\n")[0]
    return Stage(
        name=op.label,
        text=op.piece(),
        title=facts.title,
        zh=facts.zh,
        summary=plain_doc(doc),
        status=facts.status,
        takes=media_name(cls.takes),
        makes=media_name(op.makes),
        parameters=parameters(op),
        defaults=_defaults(op),
        docs=facts.docs,
    )


def _unknown(op: Fop[Any, Any]) -> Stage:
    """An operation the catalogue does not know: its segments as they are."""
    words = str(op).split("/")[1:]
    listed = tuple(Parameter(f"{count}", "", word, word, known="unknown") for count, word in enumerate(words, 1))
    title = "Not in the catalogue"
    return Stage(op.label, op.piece(), title, "", title, "unknown", "anything", "anything", listed, (), ())


def parameters(value: Declared) -> tuple[Parameter, ...]:
    """What an operation or group says, in the order of the wire."""
    steps = {step.attr: step for step in value.plan.steps}
    about = {row.attr: row for row in rows(type(value))}
    text = value.to_fop() if isinstance(value, Fop) else value.spell()
    found: list[Parameter] = []
    for attr, given in value.given():
        if attr == "extra":
            found += [_undocumented(pair) for pair in _pairs(given)]
        elif attr in about:
            found.append(_parameter(steps[attr], about[attr], given, text))
        else:
            found.append(Parameter(name=attr, key="", value=_text(given)))
    return tuple(found)


def _parameter(step: Step, row: Row, value: Any, text: str) -> Parameter:
    inside: tuple[Parameter, ...] = ()
    if step.kind == "groups":
        shown = written = ""
        inside = tuple(
            Parameter(name=type(group).__name__, key="", value=f"{count}", inside=parameters(group))
            for count, group in enumerate(value, 1)
        )
    else:
        shown = _text(value)
        written = step.codec.encode(value) or ""
        inside = _within(value)
    hidden = step.kind == "value" and isinstance(value, str) and f"/{value}" not in text
    if hidden:
        written = ""
    return Parameter(
        name=row.attr,
        key=row.key,
        value=shown,
        written=written,
        encoded=hidden or step.codec.kind in _BASE64,
        unit=next((m.name for m in step.meta if isinstance(m, Unit)), ""),
        meaning=plain_doc(row.doc),
        range=row.range or row.type,
        default=row.default,
        applies=row.applies,
        known=row.known,
        inside=inside,
    )


def _within(value: Any) -> tuple[Parameter, ...]:
    """The commands that an address asks for, which run on what is behind it."""
    if not (isinstance(value, str) and value.startswith(("http://", "https://")) and "?" in value):
        return ()
    query = unquote(value.partition("?")[2].partition("&")[0])
    try:
        stages = parse(query).stages
    except FopError:
        return ()
    return tuple(Parameter(name=op.label, key="", value="", inside=parameters(op)) for op in stages)


def _undocumented(pair: tuple[str, str | None]) -> Parameter:
    key, value = pair
    return Parameter(key, key, value or "", value or "", meaning="Not in the catalogue.", known="unknown")


def _pairs(given: Any) -> Iterable[tuple[str, str | None]]:
    return given if given and is_tuple(given[0]) else (given,)


def _defaults(op: Fop[Any, Any]) -> tuple[tuple[str, str], ...]:
    said = {attr for attr, _ in op.given()}
    return tuple(
        (row.key or row.attr, row.default)
        for row in rows(type(op))
        if row.attr not in said and row.default not in _OFF and not row.applies
    )


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return number(value)
    if isinstance(value, bytes):
        return f"{value.hex()} (hexadecimal)"
    if is_tuple(value):
        return ", ".join(_text(item) for item in value)
    return str(value)


def _result(stages: Sequence[Fop[Any, Any]]) -> str:
    *_, last = stages
    made = [op for op in stages if op.makes is not Stored]
    kind: Any = made[-1].makes if made else Media
    name = media_name(kind)
    what = "whatever the operation makes" if kind in (Any, Media) else _ARTICLES.get(name, name)
    if last.makes is not Stored:
        return f"{what}, answered as it is" if kind is Json else f"{what}, stored under a key the service chooses"
    values = dict(last.given())
    bucket, key = values.get("bucket", ""), values.get("key")
    template = values.get("save_pattern") or values.get("save_key")
    where = f"in bucket {bucket}, " if bucket else ""
    if template is not None:
        return f"{what}, stored {where}named by the template {template}"
    if key is None:
        return f"{what}, stored {where}under a key the service chooses"
    return f"{what}, stored as {bucket}:{key}"


def _kept(data: Any) -> Any:
    if is_mapping(data):
        return {key: _kept(value) for key, value in data.items() if value not in ("", (), False)}
    return [_kept(item) for item in data] if is_list(data) else data
