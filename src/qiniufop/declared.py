"""A model whose fields say how it is written: the common base of operations and of the groups inside them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self, dataclass_transform

from . import plan, wire
from .complaints import explain, nearest
from .declaration import extra_pairs, signature_of
from .shapes import is_list, is_mapping, is_tuple

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(BaseModel)

if TYPE_CHECKING:
    Extra: TypeAlias = Mapping[str, str | None] | Sequence[tuple[str, str | None]]
else:
    Extra = Annotated[tuple[tuple[str, str | None], ...], BeforeValidator(extra_pairs)]


_BASES = frozenset({__name__, "qiniufop.core"})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(Field,))
class DeclaredMeta(ModelMetaclass):
    """Makes the values. Tells type checkers what is true at run time: they are frozen and may take positionals."""

    if not TYPE_CHECKING:

        def __call__(cls, *args, **data):  # noqa: N805
            # Values are immutable and programs build the same few often, so equal arguments may give the same object.
            try:
                return _remembered(cls, *args, **data)
            except TypeError:  # a list or another unhashable argument
                pass
            return make(cls, args, data)

        @property
        def __signature__(cls):  # noqa: N805
            return signature_of(cls)

        @__signature__.setter
        def __signature__(cls, value):  # noqa: N805
            pass  # pydantic's own knows no positionals


def make(cls: Any, args: tuple[Any, ...], data: dict[str, Any]) -> Any:
    """A validated value of ``cls``."""
    if not cls.direct:
        return cls._make(args, data)
    if args:
        data = positional(cls, args, data)
    try:
        return cls.__pydantic_validator__.validate_python(data)
    except ValidationError as exc:
        error = exc
    raise reworded(cls, error) from None


def positional(cls: Any, args: tuple[Any, ...], data: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments with the positional ones among them.

    Raises:
        TypeError: there are too many, or one is given twice.
    """
    known: tuple[str, ...] = cls._positional
    if len(args) > len(known):
        takes = f"{len(known)} positional arguments ({', '.join(known)})" if known else "keywords only"
        raise TypeError(f"{cls.__name__} takes {takes}, got {len(args)}")
    fields = dict(zip(known, args, strict=False))
    if data:
        if twice := fields.keys() & data.keys():
            raise TypeError(f"{cls.__name__} got {min(twice)!r} twice")
        fields.update(data)
    return fields


@lru_cache(maxsize=256, typed=True)
def _remembered(cls: Any, *args: Any, **data: Any) -> Any:
    if cls.fleeting:
        raise TypeError(f"{cls.__name__} is made anew every time")
    return make(cls, args, data)


class Declared(BaseModel, metaclass=DeclaredMeta):
    """A frozen model with a wire spelling.

    Class keywords: ``spell`` makes a key from a field name, ``joiner`` is what stands between key and value.
    """

    # A validator takes a millisecond to build: each is built when its class is first used.
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    extra: Extra = ()
    """Undocumented parameters, written as given: a mapping of key to value, or pairs if a key repeats."""

    name: ClassVar[str] = ""
    plan: ClassVar[plan.Plan]
    foreign: ClassVar[Mapping[str, str]] = {}
    """Keys that people write here by mistake, each with what to do instead."""
    flat: ClassVar[tuple[type[Any], ...]] = ()
    """The groups whose parameters may be given flat."""
    fleeting: ClassVar[bool] = False
    """Whether making one does more than give a value: a warning, say."""
    direct: ClassVar[bool] = False
    """Whether keywords need nothing but validation."""
    _positional: ClassVar[tuple[str, ...]] = ()
    _spell: ClassVar[Callable[[str], str]] = str
    _joiner: ClassVar[str] = "/"

    if TYPE_CHECKING:  # subclasses get the signature from their fields

        def __init__(self, *args: Any, **data: Any) -> None: ...

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__()

    @classmethod
    def __pydantic_init_subclass__(
        cls, *, spell: Callable[[str], str] | None = None, joiner: str | None = None, **kwargs: Any
    ) -> None:
        if spell is not None:
            cls._spell = staticmethod(spell)
        if joiner is not None:
            cls._joiner = joiner
        cls.plan = plan.build(cls.name, cls.__pydantic_fields__, cls._spell, cls._joiner)._replace(foreign=cls.foreign)
        cls._positional = tuple(n for n, f in cls.__pydantic_fields__.items() if f.kw_only is False)
        cls.direct = not cls.overrides("_make", "_prepared")

    @classmethod
    def overrides(cls, *methods: str) -> bool:
        """Whether a class has a way of its own to do any of these."""
        return any(m in c.__dict__ for c in cls.__mro__ for m in methods if c.__module__ not in _BASES)

    @classmethod
    def _make(cls, args: tuple[Any, ...], data: dict[str, Any]) -> Any:
        if args:
            data = positional(cls, args, data)
        try:
            return cls.__pydantic_validator__.validate_python(cls._prepared(data))
        except ValidationError as exc:
            error = exc
        raise reworded(cls, error) from None

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        """Keyword arguments on their way in; a class with shorthands unfolds them here."""
        return data

    @field_validator("extra", mode="after")
    @classmethod
    def _really_extra(cls, pairs: tuple[tuple[str, str | None], ...]) -> tuple[tuple[str, str | None], ...]:
        for key, value in pairs:
            if (problem := cls.plan.extra_problem(key, value)) is not None:
                raise PydanticCustomError("extra", "{text}", {"text": problem})
        return pairs

    def spell(self) -> str:
        """The fields as segments."""
        return self.plan.spell(self, self.name)

    def given(self) -> Iterator[tuple[str, Any]]:
        """The fields that say something, in the order of the wire."""
        values = self.__dict__
        for step in self.plan.steps:
            value = values[step.attr]
            if value is not None and value != () and (value is not False or step.kind == "pair"):
                yield step.attr, value

    def to_data(self) -> Any:
        """Plain data that reads back as this value."""
        return {attr: plain(value) for attr, value in self.given()}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Declared):
            return NotImplemented
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{attr}={value!r}' for attr, value in self.given())})"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """As pydantic's; a mapping may also use the exact wire keys and the readable aliases."""
        try:
            return super().model_validate(cls._renamed(obj) if is_mapping(obj) else obj, **options)
        except ValidationError as exc:
            error = exc
        raise reworded(cls, error) from None

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """As pydantic's; an object may also use the exact wire keys and the readable aliases."""
        import json

        return super().model_validate(cls._renamed(json.loads(json_data)), **options)

    @classmethod
    def model_construct(cls, _fields_set: set[str] | None = None, **values: Any) -> Self:
        """As calling the class: a command is never made without validation."""
        return cast("Self", cls._make((), values))

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """A copy with some fields changed, validated like a new one."""
        return cast("Self", self._make((), {**dict(self.given()), **update})) if update else self

    @classmethod
    def _renamed(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        names = {attr: attr for attr in cls.__pydantic_fields__}
        for steps in (cls.plan, *[group.plan for group in cls.flat]):
            names = {**aliases(steps), **names}
        fields: dict[str, Any] = {}
        came: dict[str, str] = {}
        for key, value in data.items():
            attr = names.get(key, key)
            if attr in fields:
                raise ValueError(f"{came[attr]!r} and {key!r} are the same parameter")
            fields[attr], came[attr] = value, key
        groups = cls.plan.groups
        if groups is not None and is_list(items := fields.get(groups.attr)):
            fields[groups.attr] = [_group(groups, item) if is_mapping(item) else item for item in items]
        return cls._prepared(fields)


def _group(groups: plan.GroupPlan, data: Mapping[str, Any]) -> Any:
    """A group whose keys may be spelt as on the wire."""
    for model in groups.openers.values():
        opener = model.plan.steps[0]
        if opener.attr in data or opener.key in data:
            return model._renamed(data)
    return data


def aliases(steps: plan.Plan) -> dict[str, str]:
    """Other names of the fields: the exact wire key, and the readable one."""
    names = {s.key: s.attr for s in steps.steps if s.key}
    names.update({m.alias: s.attr for s in steps.steps for m in s.meta if isinstance(m, wire.Fact) and m.alias})
    return names


def plain(value: Any) -> Any:
    """A field value as plain data."""
    if is_tuple(value):
        return [plain(v) for v in value]
    if isinstance(value, str):
        return str.__str__(value)  # of a kind of text, the text
    if isinstance(value, bytes):
        return {"base64": wire.B64_RAW.encode(value)}
    return value.to_data() if isinstance(value, Declared) else value


def reworded(cls: type[Declared], exc: ValidationError) -> ValidationError:
    """The same errors in the words of the reader."""
    errors: list[Any] = []
    for error in exc.errors(include_url=False):
        loc: tuple[str | int, ...] = error["loc"]
        if len(loc) > 1 and loc[0] == "steps":
            loc = loc[1:]
        step = cls.plan.step(str(loc[0])) if loc else None
        what = cls.name or cls.__name__
        if error["type"] == "extra_forbidden" and len(loc) == 1:
            asked, known = str(loc[0]), [s.attr for s in cls.plan.steps if s.kind != "extra"]
            other = aliases(cls.plan)
            near = other.get(asked) or nearest(asked, [*known, *other])
            near = other.get(near, near) if near else None
            some = ", ".join(known[:12]) + (", ..." if len(known) > 12 else "")
            hint = cls.foreign.get(asked) or (f"did you mean {near!r}?" if near else f"it takes {some}")
            text = f"{what} has no parameter {asked!r}; {hint}"
        elif error["type"] == "missing":
            text = f"{what} needs {str([*loc, ''][-2])!r}"
        else:
            text, _ = explain(error, step.meta if step else ())
        kind = cast("Any", error["type"])
        error_type = PydanticCustomError(kind, "{text}", {"text": text})
        errors.append({"type": error_type, "loc": loc, "input": error["input"]})
    return ValidationError.from_exception_data(cls.__name__, errors)


class Group(Declared):
    """A group inside an operation, opened by its first field: a watermark layer, a file to pack."""

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        cls.plan = cls.plan._replace(dangling=False)
