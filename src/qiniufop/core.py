"""Stages: operations, and the pipelines and jobs that are made of them.

Three kinds of value share :class:`Value`: an operation (:class:`Fop`), a :class:`Pipeline`
of operations joined by ``|``, and the commands of one job (:class:`Fops`). Each makes and reads the others, which is
why they share a room.
"""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, cast, overload

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema
from typing_extensions import Self, TypeVar

from . import media, ops_index, parser
from .declaration import Facts, media_of
from .declared import Declared, make
from .errors import FopSyntaxError, RetiredWarning, StageError
from .faults import Fault
from .plan import Reading
from .shapes import is_list, is_mapping

In = TypeVar("In", contravariant=True)
Out = TypeVar("Out", covariant=True)
Next = TypeVar("Next")
Unknown = Literal["error", "keep"]

MAX_STAGES = 30
"""Stages one command may chain, as documented."""

GONE = ("retired", "third-party")
"""Statuses of operations that the service does not offer any more."""

_set = object.__setattr__


class Value:
    """What operations, pipelines and jobs have in common."""

    __slots__ = ()

    @property
    @abstractmethod
    def stages(self) -> tuple[Fop[Any, Any], ...]:
        """Every operation, in order."""

    @property
    @abstractmethod
    def commands(self) -> tuple[Fop[Any, Any] | Pipeline[Any, Any], ...]:
        """The independent commands, in order."""

    @abstractmethod
    def canonical(self) -> Self:
        """The same meaning in the normal spelling."""

    @abstractmethod
    def to_data(self) -> Any:
        """Plain data that :func:`load` reads back: a dict for an operation, lists for what is made of them."""

    def to_json(self, *, indent: int | None = None) -> str:
        """:meth:`to_data` as JSON."""
        import json

        return json.dumps(self.to_data(), ensure_ascii=False, indent=indent)

    def to_yaml(self) -> str:
        """:meth:`to_data` as YAML.

        Raises:
            MissingExtraError: PyYAML is not installed.
        """
        from .config_text import yaml_dump

        return yaml_dump(self.to_data())

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (self.to_data(), str(self))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self


class Stage(Value, Generic[In, Out]):
    """Takes ``In``, makes ``Out``."""

    __slots__ = ()

    @overload
    def __or__(self, other: Stage[Out, Next]) -> Pipeline[In, Next]: ...
    @overload
    def __or__(self, other: str) -> Pipeline[In, Any]: ...
    def __or__(self, other: Stage[Any, Any] | str) -> Pipeline[Any, Any]:
        if not isinstance(other, Stage):
            if not isinstance(other, str):  # pyright: ignore[reportUnnecessaryIsInstance]
                return NotImplemented
            other = Pipeline.parse(other)
        head, tail = self.stages, other.stages
        left, right = head[-1], tail[0]
        if left.makes is not right.takes:
            meet(left, right)
        return _pipeline(_counted(head + tail))

    def __ror__(self, other: str) -> Pipeline[Any, Out]:
        return Pipeline.parse(other) | self if isinstance(other, str) else NotImplemented  # pyright: ignore[reportUnnecessaryIsInstance]


def _counted(stages: tuple[Fop[Any, Any], ...]) -> tuple[Fop[Any, Any], ...]:
    if len(stages) > MAX_STAGES:
        raise StageError(f"a command has at most {MAX_STAGES} stages, not {len(stages)}", code="too-many-stages")
    return stages


def meet(left: Fop[Any, Any], right: Fop[Any, Any]) -> None:
    """Make sure that one operation can feed another.

    Raises:
        StageError: it cannot.
    """
    makes, takes = left.makes, right.takes
    if makes is takes or makes is Any or takes is Any or issubclass(makes, takes):
        return
    if makes is media.Stored:
        raise StageError(
            f"nothing may follow {left.name}, which stores the result: {right.label} comes after it",
            code="after-saveas",
        )
    if makes is media.Json:
        raise StageError(f"{left.label} makes Json, which can only be saved, but {right.label} takes {takes.__name__}")
    raise StageError(f"{left.label} makes {makes.__name__}, but {right.label} takes {takes.__name__}")


class Fop(Declared, Stage[In, Out]):
    """One operation. Subclasses declare fields; spelling, reading, schema and documentation follow from them.

    Class keywords: ``fop`` is the wire name; ``family`` marks a name with variants, and ``variant`` the spellings by
    which a family picks this class; ``facts`` are for documentation and lint; ``spell`` and ``joiner`` as in
    :class:`~qiniufop.declared.Declared`.
    """

    facts: ClassVar[Facts] = Facts()
    takes: ClassVar[Any] = Any
    variants: ClassVar[dict[str, type[Fop[Any, Any]]]] = {}
    _family: ClassVar[type[Fop[Any, Any]] | None] = None

    if TYPE_CHECKING:

        def __init__(self, *args: Any, **data: Any) -> None: ...

        @property
        def makes(self) -> Any:
            """The media this operation makes, as a class of :mod:`qiniufop.media`; ``Any`` when it is not known."""
    else:
        makes: ClassVar[Any] = Any  # a property only where it depends on a value
        __class_getitem__ = classmethod(GenericAlias)  # the media are for checkers; pydantic need not know

    @classmethod
    def __pydantic_init_subclass__(
        cls,
        *,
        fop: str = "",
        family: bool = False,
        variant: Sequence[str] | None = None,
        facts: Facts | None = None,
        init: bool = True,
        **kwargs: Any,
    ) -> None:
        cls.name = fop or cls.name
        super().__pydantic_init_subclass__(**kwargs)
        if facts is not None:
            cls.facts = facts
        if not fop and variant is None:
            return
        cls.takes, made = media_of(cls, Fop)
        if not isinstance(cls.makes, property):
            type.__setattr__(cls, "makes", made)
        if family:
            cls._family, cls.variants = cls, {}
        elif variant is not None and cls._family is not None:
            cls._family.variants.update(dict.fromkeys(variant, cls))
        if fop:
            ops_index.register(fop, cls)
        cls.fleeting = cls.facts.status in GONE
        cls.direct = cls.direct and not family and not cls.fleeting

    @property
    def label(self) -> str:
        """What messages call this operation."""
        return self.name

    @classmethod
    def _make(cls, args: tuple[Any, ...], data: dict[str, Any]) -> Any:
        if cls._family is cls:
            return make(cls._choose(args, data), args, data)
        if cls.fleeting:
            what = "retired" if cls.facts.status == "retired" else "a third party's, and gone from the catalogue"
            warnings.warn(f"{cls.name} is {what}; it may not run any more", RetiredWarning, stacklevel=4)
        return super()._make(args, data)

    @classmethod
    def _choose(cls, args: tuple[Any, ...], data: Mapping[str, Any]) -> type[Fop[Any, Any]]:
        """Which variant of a family the arguments ask for.

        Raises:
            TypeError: there is no such variant.
        """
        first = cls._positional[0]
        asked = args[0] if args else data.get(first)
        found = cls.variants.get(str(asked)) if type(asked) in (int, str) else None
        if found is None:
            problem = f"needs {first}" if asked is None else f"has no {first} {asked!r}"
            raise TypeError(f"{cls.__name__} {problem}: one of {', '.join(cls.variants)}")
        return found

    @classmethod
    def _variant(cls, segments: list[str]) -> type[Fop[Any, Any]]:
        """Which variant of a family a text is; the class itself when it has none.

        Raises:
            Fault: there is no such variant.
        """
        if cls._family is not cls:
            return cls
        first = segments[0] if segments else ""
        found = cls.variants.get(first)
        if found is None:
            attr, start = cls._positional[0], len(cls.name) + 1
            problem = f"has no {attr} {first!r}" if first else f"needs its {attr} right after the name"
            choices = ", ".join(cls.variants)
            raise Fault(f"{cls.name} {problem}: one of {choices}", (start, start + len(first)), "bad-value")
        return found

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        """Turn path segments into an operation. Irregular operations override this and ``to_fop``.

        Raises:
            Fault: a segment is unknown, missing or wrong.
        """
        reading = Reading(cls.plan, segments, keep, len(cls.name) + 1)
        reading.read()
        return cast("Self", parser.validated(cls, reading))

    @property
    def stages(self) -> tuple[Fop[Any, Any], ...]:
        return (self,)

    @property
    def commands(self) -> tuple[Fop[Any, Any] | Pipeline[Any, Any], ...]:
        return (self,)

    def to_fop(self) -> str:
        """Spell the operation in the normal form. Equal operations are spelt alike."""
        return self.plan.spell(self, self.name)

    def __str__(self) -> str:
        # pydantic keeps a slot for private values on every model; ours is the text, as read or once spelt
        text: Any = self.__pydantic_private__
        if text is None:
            text = self.to_fop()
            _set(self, "__pydantic_private__", text)
        return cast("str", text)

    def piece(self) -> str:
        """The text as part of a longer command: as it was written, unless it only stands by itself."""
        text: Any = self.__pydantic_private__
        if text is None:
            return str(self)
        return self.to_fop() if isinstance(text, parser.Alone) else str(text)

    def canonical(self) -> Self:
        return self if self.to_fop() == str(self) else self._again()

    def _again(self) -> Self:
        return cast("Self", self.__pydantic_validator__.validate_python(dict(self.given())))

    def to_data(self) -> dict[str, Any]:
        return {"op": self.name, **super().to_data()}

    def __repr__(self) -> str:
        family = (self._family or type(self)).__name__
        return f"{family}({', '.join(f'{attr}={value!r}' for attr, value in self.given())})"

    def __iter__(self) -> NoReturn:
        raise TypeError(f"{type(self).__name__} is one operation; its fields are attributes")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        # A family stands for its variants, and the root for every operation: what is kept is whatever it is.
        return _value_schema(cls, cls.parse) if cls is Fop or cls._family is cls else handler(source)

    @classmethod
    def parse(cls, text: str, *, unknown: Unknown = "error") -> Self:
        """Read one operation back from its text.

        Raises:
            FopSyntaxError: the text is no command, or not this operation.
        """
        return cast("Self", _insist(cls, parse(text, unknown=unknown), text, cls.name or "one operation"))

    @classmethod
    def _renamed(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        fields = dict(data)
        if fields.pop("op", cls.name) != cls.name:
            raise ValueError(f"this is {data['op']!r}, not {cls.name!r}")
        return super()._renamed(fields)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """As pydantic's; a mapping may also use the exact wire keys and the readable aliases, and ``op``."""
        if cls._family is cls and is_mapping(obj):
            return cast("Self", cls._choose((), obj).model_validate(obj, **options))
        return super().model_validate(obj, **options)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """As pydantic's; an object may also use the exact wire keys and the readable aliases, and ``op``."""
        import json

        return cls.model_validate(json.loads(json_data), **options)


Fop.__pydantic_generic_metadata__["parameters"] = ()  # nor when a subclass leaves one of them open


class Joined(Value):
    """Operations or commands, joined. Immutable; equality and hash look at the parts alone, not at the text."""

    __slots__ = ("_parts", "_text")
    _parts: tuple[Any, ...]
    _text: str | None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed: {name}")

    @abstractmethod
    def to_fop(self) -> str:
        """Spell it, each operation as it was written if it was read from text."""

    def __str__(self) -> str:
        if self._text is None:
            _set_text(self, self.to_fop())
        return cast("str", self._text)

    def __hash__(self) -> int:  # what joins one part equals the part
        only, *more = self._parts
        return hash(self._parts if more else only)

    def canonical(self) -> Self:
        return type(self)(*[part.canonical() for part in self._parts])


_new: Any = object.__new__
_set_parts: Any = Joined.__dict__["_parts"].__set__
_set_text: Any = Joined.__dict__["_text"].__set__


class Pipeline(Joined, Stage[In, Out]):
    """Operations run left to right, each fed by the one before.

    A pipeline read from text remembers that text: ``str(Pipeline.parse(s)) == s``.

    Raises:
        StageError: a stage does not take what the one before it makes, or there are more than 30.
    """

    __slots__ = ()

    def __init__(self, *stages: Stage[Any, Any] | str) -> None:
        flat = tuple(s for item in stages for s in (Pipeline.parse(item) if isinstance(item, str) else item).stages)
        if not flat:
            raise StageError("a pipeline needs at least one stage", code="empty")
        for left, right in pairwise(flat):
            meet(left, right)
        _set_parts(self, _counted(flat))
        _set_text(self, None)

    @property
    def stages(self) -> tuple[Fop[Any, Any], ...]:
        return self._parts

    @property
    def commands(self) -> tuple[Fop[Any, Any] | Pipeline[Any, Any], ...]:
        return (self,)

    def to_fop(self) -> str:
        return "|".join([stage.piece() for stage in self._parts])

    def to_data(self) -> list[Any]:
        return [s.to_data() for s in self._parts]

    def __repr__(self) -> str:
        only, *more = self._parts
        return " | ".join(map(repr, self._parts)) if more else f"Pipeline({only!r})"

    def __eq__(self, other: object) -> bool:
        return self._parts == other.stages if isinstance(other, Stage) else NotImplemented

    __hash__ = Joined.__hash__

    @classmethod
    def parse(cls, text: str, *, unknown: Unknown = "error") -> Pipeline[Any, Any]:
        """Read one command back, of one stage or several.

        Raises:
            FopSyntaxError: the text is not a command, or several of them.
            StageError: two stages do not meet.
        """
        value = parse(text, unknown=unknown)
        if value.__class__ is not Pipeline and not isinstance(value, Fops):
            return _pipeline(value.stages, text)
        return cast("Pipeline[Any, Any]", _insist(Pipeline, value, text, "one command"))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _value_schema(cls, Pipeline.parse)


def _pipeline(stages: tuple[Fop[Any, Any], ...], text: str | None = None) -> Pipeline[Any, Any]:
    """A pipeline of stages that are known to meet."""
    made: Pipeline[Any, Any] = _new(Pipeline)
    _set_parts(made, stages)
    _set_text(made, text)
    return made


class Fops(Joined):
    """The independent commands of one job, joined by ``;`` on the wire.

    Args:
        commands: operations, pipelines, other jobs, or text, which is parsed.

    Raises:
        StageError: there is no command.
    """

    __slots__ = ()

    def __init__(self, *commands: Value | str) -> None:
        values = [parse(c) if isinstance(c, str) else c for c in commands]
        flat = tuple(c for value in values for c in value.commands)
        if not flat:
            raise StageError("a job needs at least one command", code="empty")
        _set_parts(self, flat)
        _set_text(self, None)

    @property
    def stages(self) -> tuple[Fop[Any, Any], ...]:
        return tuple(s for c in self._parts for s in c.stages)

    @property
    def commands(self) -> tuple[Fop[Any, Any] | Pipeline[Any, Any], ...]:
        return self._parts

    def to_fop(self) -> str:
        return ";".join(["|".join([s.piece() for s in c.stages]) for c in self._parts])

    def to_data(self) -> dict[str, Any]:
        return {"commands": [c.to_data() for c in self._parts]}

    def __iter__(self) -> Iterator[Fop[Any, Any] | Pipeline[Any, Any]]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __repr__(self) -> str:
        return f"Fops({', '.join(map(repr, self._parts))})"

    def __eq__(self, other: object) -> bool:
        return self._parts == other.commands if isinstance(other, Value) else NotImplemented

    __hash__ = Joined.__hash__

    @classmethod
    def parse(cls, text: str, *, unknown: Unknown = "error") -> Fops:
        """Read the commands of a job back, one or several.

        Raises:
            FopSyntaxError: the text is not a command.
            StageError: two stages do not meet.
        """
        value = parse(text, unknown=unknown)
        if isinstance(value, Fops):
            return value
        made = Fops(value)
        _set_text(made, text)
        return made

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return _value_schema(cls, Fops.parse)


def parse(text: str, *, unknown: Unknown = "error") -> Fop[Any, Any] | Pipeline[Any, Any] | Fops:
    """Read any command text: one operation, a pipeline, or the commands of a job; the narrowest kind that fits.

    Args:
        text: the command. Percent-encoding, a trailing slash or pipe, keys in another order and base64 without
            padding are understood; ``str()`` of the result is ``text`` again, and ``canonical()`` the normal form.
        unknown: ``"error"`` refuses unknown operations and parameters, naming the nearest; ``"keep"`` keeps them as
            :class:`~qiniufop.raw.RawOp` and as ``extra``.

    Raises:
        FopSyntaxError: the text is not a command; the error knows where and what would be right.
        StageError: a stage does not take what the one before it makes.
    """
    if not isinstance(text, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"a command is text, not {type(text).__name__}")
    if unknown not in ("error", "keep"):
        raise ValueError(f"unknown is 'error' or 'keep', not {unknown!r}")
    parsed = parser.read(text, unknown == "keep", MAX_STAGES)
    commands = [_command(parsed, text, i) for i in range(len(parsed.commands))]
    value = commands[0] if len(commands) == 1 else Fops(*commands)
    if str(value) != text:
        if isinstance(value, Fop):  # the operation may be remembered under its own spelling
            value = value._again()
            parser.remember_text(value, text)
        else:
            _set_text(value, text)
    return value


def _command(parsed: parser.Parsed, text: str, index: int) -> Fop[Any, Any] | Pipeline[Any, Any]:
    ops: list[Fop[Any, Any]] = parsed.commands[index]
    if len(ops) == 1:
        return ops[0]
    for i, (left, right) in enumerate(pairwise(ops)):
        try:
            meet(left, right)
        except StageError as exc:
            skipped = 0 if parsed.pieces[index][0] else 1
            raise StageError(
                exc.message, source=text, span=parsed.span(index, i + 1 + skipped), code=exc.code
            ) from None
    if len(ops) > MAX_STAGES:
        span = parsed.span(index, MAX_STAGES)
        raise StageError(f"a command has at most {MAX_STAGES} stages", source=text, span=span, code="too-many-stages")
    return _pipeline(tuple(ops), text if len(parsed.commands) == 1 else None)


def _insist(kind: Any, value: Value, text: str, expected: str) -> Any:
    if isinstance(value, kind):
        return value
    found = value.name if isinstance(value, Fop) else "several commands" if isinstance(value, Fops) else "a pipeline"
    raise FopSyntaxError(f"expected {expected}, found {found}", source=text, span=(0, len(text)), code="wrong-kind")


def load(data: Any) -> Fop[Any, Any] | Pipeline[Any, Any] | Fops:
    """The value behind plain data: text, a mapping with ``op``, a list of stages, or a mapping with ``commands``.

    Field names may be written as in Python, exactly as on the wire, or by their readable alias.

    Raises:
        FopSyntaxError: a text in it is not a command.
        ValueError: it has none of those shapes, or a value is wrong (pydantic's ``ValidationError``).
        StageError: two stages do not meet.
    """
    if isinstance(data, Value):
        value: Any = data
        return cast("Fop[Any, Any]", value)
    if isinstance(data, str):
        return parse(data)
    if is_mapping(data):
        if "commands" in data:
            if not is_list(data["commands"]):
                raise ValueError(f"'commands' must be a list, not {type(data['commands']).__name__}")
            return Fops(*[load(c) for c in data["commands"]])
        name = str(data.get("op", ""))
        found = ops_index.find(name)
        if found is None:
            near = ops_index.near(name)
            raise ValueError(
                f"'op' must name an operation, not {name!r}" + (f"; did you mean {near!r}?" if near else "")
            )
        return cast("Fop[Any, Any]", found.model_validate(data))
    if is_list(data):
        return Pipeline(*[cast("Stage[Any, Any]", load(item)) for item in data])
    raise ValueError(f"expected a command, a mapping or a list, not {type(data).__name__}")


def _revive(data: Any, text: str) -> Any:
    value = load(data)
    if str(value) != text:
        value = parse(text, unknown="keep")
    return value


def _value_schema(kind: type[Any], parse_text: Callable[[str], Any]) -> CoreSchema:
    """A field of a model that holds a value of ``kind``: given as one, as text or as plain data."""
    wire_name: str = kind.name if issubclass(kind, Fop) else ""

    def check(value: Any) -> Any:
        try:
            made = parse_text(value) if isinstance(value, str) else _loaded(value)
        except (FopSyntaxError, StageError, TypeError) as exc:
            raise PydanticCustomError("fops", "{text}", {"text": str(exc)}) from None
        if isinstance(made, kind):
            return made
        if kind is Pipeline:
            whole: Pipeline[Any, Any] = Pipeline(*made.stages)
            return whole
        if kind is Fops:
            return Fops(*made.commands)
        raise PydanticCustomError("fops", "{text}", {"text": f"expected {kind.__name__}, not {type(made).__name__}"})

    def _loaded(value: Any) -> Any:
        if is_mapping(value) and "op" not in value and "commands" not in value and wire_name:
            value = {"op": wire_name, **value}
        return load(value)

    return core_schema.no_info_plain_validator_function(
        check,
        serialization=core_schema.plain_serializer_function_ser_schema(_written),
        json_schema_input_schema=core_schema.str_schema(),
    )


def _written(value: Value) -> Any:
    return value.to_data() if isinstance(value, Fop) else str(value)
