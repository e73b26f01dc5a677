"""Operations that are an ordered list of edits: keys act in the order they are written, and may repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, ClassVar, cast

from pydantic import ValidationError, field_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from . import parser, plan
from .core import Fop, In, Out
from .declaration import extra_pairs
from .declared import Declared, aliases, plain, reworded
from .faults import Fault
from .plan import Reading, Step, assemble
from .shapes import is_list, is_mapping
from .wire import WORD, Rest

Edit = tuple[str, Any]


class EditList(Fop[In, Out]):
    """An operation whose value is a list of edits.

    Class keyword: ``edits`` is the model that declares them. Each of its fields can be given as a keyword, in the
    order it shall act, or added by the method of the same name, as often as needed. Positional fields of the
    operation itself stand before the edits and are given by keyword, too.
    """

    steps: Annotated[tuple[tuple[str, Any], ...], Rest(), WORD] = ()
    """The edits in order, as ``(field, value)``; an undocumented one is ``("extra", (key, value))``."""

    edits: ClassVar[type[Declared]] = Declared
    head: ClassVar[tuple[Step, ...]] = ()
    """What stands before the edits."""

    @classmethod
    def __pydantic_init_subclass__(cls, *, edits: type[Declared] | None = None, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if edits is not None:
            cls.edits = edits
            cls.head = cls.plan.values
            cls.plan = assemble(cls.name, [*cls.head, *edits.plan.steps], None, "/")._replace(foreign=cls.foreign)
            for step in edits.plan.steps:
                if step.kind not in ("extra", "value"):
                    setattr(cls, step.attr, _method(step.attr, step.kind == "flag"))

    @classmethod
    def _prepared(cls, data: dict[str, Any]) -> dict[str, Any]:
        head = {s.attr: data.pop(s.attr) for s in cls.head if s.attr in data}
        listed = data.pop("steps", ())
        if not is_mapping(listed) and not is_list(listed):
            return {**head, "steps": listed}
        steps: list[Any] = list(listed.items() if is_mapping(listed) else listed)
        values = [(attr, value) for attr, value in data.items() if attr != "extra"]
        more = data.get("extra", ())
        if not is_mapping(more) and not is_list(more):
            raise TypeError(f"extra must be a mapping of keys to values, or pairs, not {type(more).__name__}")
        extra = [("extra", pair) for pair in extra_pairs(more)]
        return {**head, "steps": (*steps, *values, *extra)}

    @field_validator("steps", mode="before")
    @classmethod
    def _checked(cls, steps: Any) -> tuple[Edit, ...]:
        if not is_list(steps):
            raise PydanticCustomError("steps", "must be a list of (field, value) pairs")
        pairs = [pair for step in steps for pair in (step.items() if is_mapping(step) else [step])]
        flags = cls.plan
        out: list[Edit] = []
        for attr, value in cls._values(pairs):
            if attr == "extra":
                out += [("extra", pair) for pair in cls._undocumented(value)]
            elif value is not None and not (value is False and flags.steps[flags.rank[attr]].kind == "flag"):
                out.append((attr, value))
        if any(attr == "extra" and value[1] is None for attr, value in out[:-1]):
            raise PydanticCustomError("extra", "a key without a value must stand last")
        return tuple(out)

    @classmethod
    def _values(cls, pairs: list[Any]) -> list[Edit]:
        """The pairs with their values validated: all at once, or one by one where an edit repeats."""
        fields = {attr: value for attr, value in pairs if attr != "extra"}
        once = len(fields) == sum(1 for attr, _ in pairs if attr != "extra")
        validate = cls.edits.__pydantic_validator__.validate_python
        try:
            checked: dict[str, Any] = validate(fields).__dict__ if once else {}
            return [
                (attr, value if attr == "extra" else checked[attr] if once else validate({attr: value}).__dict__[attr])
                for attr, value in pairs
            ]
        except ValidationError as exc:
            raise reworded(_named(cls), exc) from None

    @classmethod
    def _undocumented(cls, pair: Any) -> tuple[Any, ...]:
        pairs = extra_pairs([pair])
        for key, value in pairs:
            problem = cls.plan.extra_problem(key, value)
            if problem or key == "true":
                raise PydanticCustomError(
                    "extra", "{text}", {"text": problem or "'true' would be read as a flag's value"}
                )
        return tuple(pairs)

    @classmethod
    def _make(cls, args: tuple[Any, ...], data: dict[str, Any]) -> Any:
        if args:
            raise TypeError(f"{cls.__name__} takes keywords only")
        return super()._make((), data)

    def given(self) -> Iterator[tuple[str, Any]]:
        """What stands before the edits, and the edits in order."""
        yield from self._before().items()
        yield from self.steps

    def _before(self) -> dict[str, Any]:
        values = self.__dict__
        return {s.attr: values[s.attr] for s in self.head if values[s.attr] is not None}

    @property
    def repeats(self) -> bool:
        """Whether some edit occurs twice, so that a mapping could not hold them."""
        return len({attr for attr, _ in self.steps}) < len(self.steps)

    def __getitem__(self, attr: str) -> Any:
        """The value of the last edit of that name, or None."""
        return next((value for name, value in reversed(self.steps) if name == attr), None)

    def to_fop(self) -> str:
        out = [self.name, *[str(s.codec.encode(self.__dict__[s.attr])) for s in self.head if s.attr in self._before()]]
        rank, emit = self.plan.rank, self.plan.emit
        for attr, value in self.steps:
            if attr == "extra":
                out.append(cast("str", plan.spell_extra([value])))
            else:
                _, prefix, encode = emit[rank[attr]]
                out.append(f"{prefix}{encode(value)}")
        return "/".join(out)

    @classmethod
    def _read_segments(cls, segments: list[str], keep: bool) -> Self:
        reading = Reading(cls.plan, segments, keep, len(cls.name) + 1)
        steps: list[Edit] = []
        index, places = 0, list[int]()
        head: dict[str, Any] = {}
        for step in cls.head:
            if index < len(segments) and segments[index] not in cls.plan.keyed:
                try:
                    head[step.attr] = reading.decode(step, index)
                except Fault:
                    break
                index += 1
        while index < len(segments):
            reading.data, reading.where = {}, {}
            taken = reading.keyed(index) or reading.unknown(index)
            for attr, value in reading.data.items():
                steps += [("extra", pair) for pair in value] if attr == "extra" else [(attr, value)]
                places.append(index)
            known = cls.plan.keyed.get(segments[index])
            if segments[index : index + 2][1:] == ["true"] and known is not None and known.kind == "flag":
                taken += 1
            index += taken
        return cls._from_steps(head, tuple(steps), reading, places)

    @classmethod
    def _from_steps(cls, head: dict[str, Any], steps: tuple[Edit, ...], reading: Reading, places: list[int]) -> Self:
        reading.data = {**head, "steps": steps}
        try:
            return cast("Self", parser.validated(cls, reading))
        except Fault:
            for (attr, value), index in zip(steps, places, strict=False):
                if attr == "extra":
                    continue
                try:
                    cls.edits.__pydantic_validator__.validate_python({attr: value})
                except ValidationError as exc:
                    error, where = exc, index + (cls.plan.steps[cls.plan.rank[attr]].kind != "flag")
                    raise reading.invalid(error, cls.plan, {attr: where}) from None
            raise

    def to_data(self) -> dict[str, Any]:
        if self.repeats or any(attr == "extra" for attr, _ in self.steps):
            return {
                "op": self.name,
                **self._before(),
                "steps": [[attr, plain(v)] for attr, v in self.steps],
            }
        return {"op": self.name, **{attr: plain(value) for attr, value in self.given()}}

    @classmethod
    def _renamed(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        names = aliases(cls.plan)
        fields: dict[str, Any] = {}
        for key, value in data.items():
            if names.get(key, key) in fields:
                raise ValueError(f"{key!r} is given twice, under two names")
            fields[names.get(key, key)] = value
        if is_list(steps := fields.get("steps")):
            fields["steps"] = [
                {names.get(k, k): v for k, v in step.items()}
                if is_mapping(step)
                else (names.get(step[0], step[0]), step[1])
                if is_list(step) and len(step) == 2 and isinstance(step[0], str)
                else step
                for step in steps
            ]
        return super()._renamed(fields)

    def _again(self) -> Self:
        return cast("Self", self.__pydantic_validator__.validate_python({**self._before(), "steps": self.steps}))

    def __repr__(self) -> str:
        family = type(self).__name__
        if not self.repeats and all(attr != "extra" for attr, _ in self.steps):
            return f"{family}({', '.join(f'{attr}={value!r}' for attr, value in self.given())})"
        before = "".join(f"{attr}={value!r}, " for attr, value in self._before().items())
        return f"{family}({before}steps={self.steps!r})"


def _named(cls: type[Any]) -> type[Any]:
    return cast("type[Any]", type(cls.__name__, (), {"plan": cls.plan, "name": cls.name, "foreign": cls.foreign}))


def _method(attr: str, flag: bool) -> Callable[..., Any]:
    def add(self: EditList[Any, Any], value: Any) -> EditList[Any, Any]:
        return type(self)(**self._before(), steps=(*self.steps, (attr, value)))

    def switch_on(self: EditList[Any, Any]) -> EditList[Any, Any]:
        return add(self, True)

    made = switch_on if flag else add
    made.__name__ = made.__qualname__ = attr
    made.__doc__ = f"The same edits, and then ``{attr}``."
    return made
