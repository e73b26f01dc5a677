"""How values and parameters are spelt on the wire.

A *type* says how a value is written (:class:`Codec`), a *mark* on a field says where
(:class:`Pair`, :class:`Flag`, :class:`Tail`, ...). :mod:`qiniufop.plan` reads both once per class.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeVar

from annotated_types import Ge, Le
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    PlainSerializer,
    StringConstraints,
)
from pydantic.types import Strict
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from . import values
from .shapes import is_mapping

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from pydantic import GetJsonSchemaHandler


class Codec(NamedTuple):
    """How one value becomes one path segment, and back. ``decode`` raises ``ValueError`` with what was expected."""

    encode: Callable[[Any], str | None]
    decode: Callable[[str], Any]
    kind: str = "text"


class Pair(NamedTuple):
    """``/key/value``. Only needed where the key is not the field's name, or stands ``first``, before required ones."""

    key: str
    first: bool = False


class Flag(NamedTuple):
    """``/key`` when true, nothing when false."""

    key: str


class Repeat(NamedTuple):
    """A tuple written ``/key/a/key/b``."""

    key: str


class Tail(NamedTuple):
    """A tuple written as bare segments at the end of the command, after ``key`` if there is one.

    An ``early`` one has no key and stands before the keys.
    """

    key: str = ""
    early: bool = False


class Groups(NamedTuple):
    """A tuple of small models, each opened by its own key and followed by the keys that belong to it.

    Unless ``strict``, a key that stands before every opener belongs to the first group that has it.
    """

    strict: bool = False


class Rest(NamedTuple):
    """Everything that is left of the stage, slashes included."""


class Fact(NamedTuple):
    """What is known about a parameter besides its type.

    Args:
        default: what the service does when the parameter is not written.
        known: ``documented`` by the vendor, ``observed`` in real commands, or ``inferred``;
            only documented facts are ever enforced.
        applies: the media or formats the parameter is about, when not all.
        source: where it says so, when that is not the page of the operation.
        choices: the documented values of an open set: any other word is accepted, too.
        since, removed: when the parameter came or went.
        alias: a readable name accepted in configuration, beside the wire's.
    """

    default: str = ""
    known: Literal["documented", "observed", "inferred"] = "documented"
    applies: str = ""
    source: str = ""
    choices: tuple[str, ...] = ()
    since: str = ""
    removed: str = ""
    alias: str = ""


class Unit(NamedTuple):
    """The unit of a number, for messages and documentation."""

    name: str


# encoding ------------------------------------------------------------------

_TO_URLSAFE = bytes.maketrans(b"+/", b"-_")
_FROM_URLSAFE = str.maketrans("-_", "+/")
_b2a, _a2b = binascii.b2a_base64, binascii.a2b_base64
_T = TypeVar("_T")
_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]*)?|-?\.[0-9]+").fullmatch
_INTEGER = re.compile(r"-?[0-9]{1,40}").fullmatch
_BASE64 = re.compile(r"[A-Za-z0-9+_-]+={0,2}").fullmatch


def b64encode(text: str) -> str:
    """URL-safe base64 of the UTF-8 of ``text``, padding kept."""
    return _b2a(text.encode(), newline=False).translate(_TO_URLSAFE).decode()


def b64bytes(text: str) -> bytes:
    """The bytes behind base64, with or without padding, in the URL-safe or the standard alphabet."""
    body = text.rstrip("=")
    if not _BASE64(text) or len(body) % 4 == 1:
        raise ValueError("URL-safe base64")
    return _a2b((body + "=" * (-len(body) % 4)).translate(_FROM_URLSAFE))


def b64decode(text: str) -> str:
    """The text behind base64, as :func:`b64bytes`."""
    try:
        return b64bytes(text).decode()
    except UnicodeDecodeError:
        raise ValueError("URL-safe base64 of UTF-8 text") from None


def _b64raw_decode(text: str) -> str | bytes:
    raw = b64bytes(text)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw


def _b64raw_encode(value: str | bytes) -> str:
    raw = value.encode() if isinstance(value, str) else value
    return _b2a(raw, newline=False).translate(_TO_URLSAFE).decode()


def number(x: float) -> str:
    """The shortest plain decimal of ``x``: no exponent, no trailing ``.0``."""
    text = repr(x)
    if text.endswith(".0"):
        return text[:-2]
    return format(Decimal(text), "f") if "e" in text else text


def _int(text: str) -> int:
    if not _INTEGER(text):
        raise ValueError("a whole number")
    return int(text)


def _float(text: str) -> float:
    if not _DECIMAL(text):
        raise ValueError("a number")
    return float(text)


def _switch(on: Any) -> str:
    return "1" if on else "0"


def _flag(on: Any) -> str | None:
    return "" if on else None


def table(pairs: Iterable[tuple[str, Any]]) -> Callable[[str], Any]:
    """A decoder for a closed set of spellings; letter case is forgiven where it is certain."""
    exact: Mapping[str, Any] = dict(pairs)
    folded: dict[str, Any] = {}
    for spelling, value in exact.items():
        folded.setdefault(spelling.lower(), value)

    def decode(text: str) -> Any:
        if text in exact:
            return exact[text]
        try:
            return folded[text.lower()]
        except KeyError:
            raise ValueError(" or ".join(exact)) from None

    return decode


def same(text: str) -> str:
    """Spelling and value are the same text."""
    return text


def choice(*values: Any) -> Codec:
    """The codec of a ``Literal``."""
    return Codec(str, table((str(v), v) for v in values), "choice")


WORD = Codec(same, same, "word")
INT = Codec(str, _int, "integer")
FLOAT = Codec(number, _float, "number")
SWITCH = Codec(_switch, table([("1", True), ("0", False)]), "0 or 1")
FLAG = Codec(_flag, bool, "flag")
B64 = Codec(b64encode, b64decode, "base64 text")
B64_RAW = Codec(_b64raw_encode, _b64raw_decode, "base64 bytes")


def camel(name: str) -> str:
    """``ignore_error`` as ``ignoreError``."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def hyphen(name: str) -> str:
    """``ignore_error`` as ``ignore-error``."""
    return name.replace("_", "-")


# raw text ------------------------------------------------------------------

RAW = r"[^/|;%\s\x00-\x1f\x7f-\x9f]"
"""A character that may stand raw in a segment, as pydantic's regular expressions see it."""

_UNSAFE = re.compile(r"[/|;%\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def check_raw(text: str, what: str = "value") -> str:
    """Refuse text that would end its segment: a slash, pipe, semicolon, percent sign, space or control character."""
    if not text:
        raise PydanticCustomError("empty", "must not be empty")
    if found := _UNSAFE.search(text):
        raise PydanticCustomError(
            "raw_text", "{what} must not contain {char}", {"what": what, "char": _show(found.group())}
        )
    return text


def _show(char: str) -> str:
    return {"/": "'/'", "|": "'|'", ";": "';'", "%": "'%'"}.get(char, "white space" if char.isspace() else ascii(char))


def utf8(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("surrogate", "must not contain half a surrogate pair") from None
    return text


def _tidy(x: float) -> float:
    return round(x, 9) + 0.0


def _millis(x: float) -> float:
    short = round(x, 3) + 0.0
    if abs(short - x) > 1e-6:
        raise PydanticCustomError("decimals", "must have at most three decimals")
    return short


def _tenths(x: float) -> float:
    short = round(x, 1) + 0.0
    if abs(short - x) > 1e-6:
        raise PydanticCustomError("decimals", "must have at most one decimal")
    return short


Word = Annotated[str, StringConstraints(pattern=f"^{RAW}+$"), WORD]
"""A raw word: no slash, pipe, semicolon, percent sign, white space or control character."""
Int = Annotated[int, Strict(), INT]
Number = Annotated[float, Field(allow_inf_nan=False, strict=True), AfterValidator(_tidy), FLOAT]
Text = Annotated[str, StringConstraints(min_length=1), B64]
"""Free text, given plain and written in base64."""
Switch = Annotated[bool, SWITCH]
"""Written 1 or 0."""
Pixels = Annotated[int, Strict(), Ge(1), Le(9999), Unit("px"), INT]
Sides = Annotated[int, Strict(), Ge(1), Le(16383), Unit("px"), INT]
"""A side of a picture: up to 9999 online, 14999 in a job, 16383 for WebP."""
Natural = Annotated[int, Strict(), Ge(0), INT]
Positive = Annotated[int, Strict(), Ge(1), INT]
Percent = Annotated[int, Strict(), Ge(1), Le(100), Unit("percent"), INT]
Seconds = Annotated[
    float, Field(allow_inf_nan=False, strict=True), Ge(0), AfterValidator(_millis), Unit("s, three decimals"), FLOAT
]
Tenths = Annotated[
    float, Field(allow_inf_nan=False, strict=True), Ge(0), AfterValidator(_tenths), Unit("s, one decimal"), FLOAT
]
Ratio = Annotated[float, Field(allow_inf_nan=False, strict=True), Ge(0), Le(1), AfterValidator(_tidy), FLOAT]

Gravity = Literal["NorthWest", "North", "NorthEast", "West", "Center", "East", "SouthWest", "South", "SouthEast"]
"""One of the nine anchors. Other letter case is understood when a command is read."""


class Grammar:
    """The metadata of a raw text with a grammar of its own.

    Args:
        regex: what the whole text must match; it must admit no slash, pipe, semicolon, white space or control.
        expected: the grammar in words, for messages.
        kind: the name of the grammar, for documentation.
        numbers: whether a plain number is taken for its text.
        value: the type of the value, a kind of text.
    """

    __slots__ = ("_match", "codec", "expected", "kind", "numbers", "regex", "value")

    def __init__(
        self, regex: str, expected: str, *, kind: str = "text", numbers: bool = False, value: type[str] | None = None
    ) -> None:
        self.value = value
        self.regex = regex
        self.expected = expected
        self.kind = kind
        self.numbers = numbers
        self._match: Callable[[str], re.Match[str] | None] | None = None
        self.codec = Codec(same, same, kind)

    def match(self, text: str) -> re.Match[str] | None:
        """The match of the whole text. The expression is compiled when it is first needed."""
        if self._match is None:
            self._match = re.compile(self.regex, re.ASCII).fullmatch
        return self._match(text)

    def _check(self, value: Any) -> Any:
        if self.numbers and type(value) in (int, float, bool):
            value = number(+value)
        if not isinstance(value, str):
            raise PydanticCustomError("string_type", "must be text, not {what}", {"what": type(value).__name__})
        if not self.match(value):
            raise PydanticCustomError("grammar", "must be {expected}", {"expected": self.expected})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        checked = core_schema.no_info_before_validator_function(self._check, handler(source))
        return checked if self.value is None else core_schema.no_info_after_validator_function(self.value, checked)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "pattern": f"^(?:{self.regex})$"}


def _key_bytes(value: Any) -> Any:
    """A key as text where it is UTF-8, else as bytes; in plain data the bytes stand as ``{"base64": ...}``."""
    if is_mapping(value) and list(value) == ["base64"]:
        value = b64bytes(str(value["base64"]))
    if isinstance(value, (bytes, bytearray)):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return bytes(value)
    return utf8(value) if isinstance(value, str) else value


def _key_json(value: str | bytes) -> Any:
    return {"base64": _b64raw_encode(value)} if isinstance(value, bytes) else value


def _forced(value: Any) -> int | str:
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,6}!?", text) or not 1 <= int(text.rstrip("!")) <= 100:
        raise PydanticCustomError("forced", "must be a whole number from 1 to 100, with '!' behind it to force it")
    return f"{int(text[:-1])}!" if text.endswith("!") else int(text)


class _QualitySchema:
    """What JSON schema says of a quality."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        text = {"type": "string", "pattern": "^(?:[1-9][0-9]?|100)!?$"}
        return {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 100}, text]}


def _unforce(text: str) -> int | str:
    return int(text) if _INTEGER(text) else text


_SIZE_NAMES = (
    "sqcif|qcif|cif|4cif|16cif|qqvga|qvga|vga|svga|xga|uxga|qxga|sxga|qsxga|hsxga|wvga|wxga|wsxga|wuxga|woxga|wqsxga|"
    "wquxga|whsxga|whuxga|cga|ega|hd480|hd720|hd1080|2k|2kflat|2kscope|4k|4kflat|4kscope|nhd|hqvga|wqvga|fwqvga|hvga|"
    "qhd|2kdci|4kdci|uhd2160|uhd4320|ntsc|pal|qntsc|qpal|sntsc|spal|film|ntsc-film"
)
BITRATE = Grammar(
    r"[0-9]+(?:\.[0-9]+)?[kKmM]?!?",
    "a bit rate such as 128k, 1.25m or 64000, with '!' behind it to force it",
    kind="bit rate",
    numbers=True,
    value=values.BitRate,
)
RESOLUTION = Grammar(
    rf"(?:[0-9]+x[0-9]*|x[0-9]+|{_SIZE_NAMES})[<>]?",
    "a size such as 640x360, 640x or x360",
    kind="size",
    value=values.Resolution,
)
Resolution = Annotated[str, RESOLUTION]
"""``WxH``, ``Wx`` or ``xH``; ``>`` behind it only shrinks, ``<`` only enlarges (both inferred)."""

URL = r"(?is)(?:https?|kodo)://.+"
"""What a reference to another file looks like: ``kodo://bucket/key`` or an ``http(s)`` URL."""


def _url(text: str) -> str:
    if not re.match(URL, text):
        raise PydanticCustomError("url", "must be a URL such as kodo://bucket/key or https://host/path")
    bucket, slash, key = text[7:].partition("/") if text.startswith("kodo://") else ("", "", "")
    return values.KodoUrl(bucket, key) if bucket and slash else text


Url = Annotated[str, AfterValidator(_url), AfterValidator(utf8), B64]
"""A reference to another file, given plain and written in base64: ``kodo://bucket/key`` or an ``http(s)`` URL."""

_OPAQUE = Grammar(
    r"[^/|;%\s\x00-\x1f\x7f-\x9f\ud800-\udfff]+",
    "one word, without '/', '|', ';', '%' or space",
    kind="any word",
    numbers=True,
)

if TYPE_CHECKING:
    Key: TypeAlias = str | bytes
    """A key of raw bytes, given plain: as text, or as bytes where it is none."""
else:
    Key = Annotated[
        str | bytes,
        BeforeValidator(_key_bytes),
        Field(min_length=1),
        PlainSerializer(_key_json, when_used="json"),
        B64_RAW,
    ]

if TYPE_CHECKING:
    from collections.abc import Sequence

    Many: TypeAlias = Sequence[_T]
else:

    class Many:
        """``Many[T]`` is a tuple that may be given as any sequence."""

        def __class_getitem__(cls, item: Any) -> Any:
            return tuple[item, ...]


if TYPE_CHECKING:
    Opaque: TypeAlias = str | int | float
    """A parameter whose name is published but whose values are not: any word or number."""
    BitRate: TypeAlias = str | int
    """Bits per second: ``128k``, ``1.25m`` or a plain number; ``!`` behind it forces it."""
    Quality: TypeAlias = int | str
    """From 1 to 100; as text with ``!`` behind it (``"90!"``) the value is forced."""
else:
    Opaque = Annotated[str, _OPAQUE]
    BitRate = Annotated[str, BITRATE]
    Quality = Annotated[
        int | str,
        BeforeValidator(_forced),
        _QualitySchema(),
        Codec(str, _unforce, "1 to 100, or 90! to force"),
    ]
