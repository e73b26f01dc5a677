"""A declaration read once, so that spelling and reading an operation are table look-ups."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any, Literal, NamedTuple, Union, cast, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo
from typing_extensions import TypeAliasType

from . import wire
from .complaints import explain, nearest
from .faults import Fault, Span

Kind = Literal["value", "pair", "flag", "repeat", "tail", "groups", "rest", "extra"]
Emit = tuple[str, str, "Callable[[Any], str | None]"]
Where = dict[str, int]
EMPTY: tuple[Any, ...] = ()  # one object in CPython, and only a shortcut elsewhere
Group = tuple[Any, dict[str, Any], Where]


class Step(NamedTuple):
    """One field: where it stands on the wire and how it is spelt."""

    attr: str
    kind: Kind
    key: str
    prefix: str
    codec: wire.Codec
    required: bool
    base: Any
    meta: tuple[Any, ...]

    @property
    def label(self) -> str:
        """What a message calls the field."""
        return self.key or self.attr


class GroupPlan(NamedTuple):
    """The models of a repeated group, by the key that opens each."""

    attr: str
    openers: Mapping[str, Any]
    members: frozenset[str]
    strict: bool


class Plan(NamedTuple):
    """How one class is written and read."""

    name: str
    steps: tuple[Step, ...]
    emit: tuple[Emit, ...]
    rank: Mapping[str, int]
    values: tuple[Step, ...]
    keyed: Mapping[str, Step]
    tail: Step | None
    groups: GroupPlan | None
    joiner: str
    sparse: bool
    foreign: Mapping[str, str] = types.MappingProxyType({})
    dangling: bool = True
    """Whether an undocumented key may stand last without a value."""

    def spell(self, model: Any, head: str) -> str:
        """``head`` and every set field of ``model``, joined by slashes."""
        values: Mapping[str, Any] = model.__dict__
        steps: Iterable[Emit] = self.emit
        if self.sparse:  # unset fields hold None, so only set ones can be spelt
            emit, rank = self.emit, self.rank
            steps = [emit[i] for i in sorted([rank[attr] for attr in model.__pydantic_fields_set__])]
        out = [head] if head else []
        for attr, prefix, encode in steps:
            value = values[attr]
            if value is not None and value is not EMPTY and (spelt := encode(value)) is not None:
                out.append(prefix + spelt)
        return "/".join(out)

    def without(self, *attrs: str) -> Plan:
        """The same plan without some fields, for operations that spell those in a way of their own."""
        return assemble(self.name, [s for s in self.steps if s.attr not in attrs], self.groups, self.joiner)

    def not_a_key(self, word: str) -> str:
        """``word``, unless it would be read as a parameter.

        Raises:
            ValueError: it would.
        """
        if word in self.keyed:
            raise ValueError(f"must not be {word!r}, which is a parameter")
        return word

    def extra_problem(self, key: str, value: str | None) -> str | None:
        """Why a key cannot be an undocumented parameter here, or None if it can."""
        if key in self.keyed or (self.groups is not None and key in self.groups.members):
            return f"{key!r} is a parameter of {self.name or 'this group'}: give it by its name"
        if self.tail is not None and not self.tail.key:
            return f"{self.name} ends in a list, so an undocumented parameter could not be told from it"
        if value is None and (not self.dangling or self.groups is not None or self.tail is not None):
            return f"{key!r} needs a value"
        for step in self.values:
            if not step.required and _decodes(step.codec, key):
                return f"{key!r} would be read as the {step.attr}"
        return None

    def step(self, attr: str) -> Step | None:
        """The step of a field, if it has one."""
        index = self.rank.get(attr)
        return None if index is None else self.steps[index]


def _decodes(codec: wire.Codec, text: str) -> bool:
    try:
        codec.decode(text)
    except ValueError:
        return False
    return True


def core(annotation: Any) -> tuple[Any, list[Any]]:
    """Strip ``| None`` and ``Annotated``: the bare type, and the metadata met on the way."""
    meta: list[Any] = []
    while True:
        origin = get_origin(annotation)
        if isinstance(annotation, TypeAliasType):
            annotation = annotation.__value__
        elif origin is Annotated:
            annotation, *found = get_args(annotation)
            meta += found
        elif origin in (Union, types.UnionType):
            rest = [a for a in get_args(annotation) if a is not type(None)]
            if len(rest) != 1:
                return annotation, meta
            annotation = rest[0]
        else:
            return annotation, meta


def codec_of(base: Any, meta: Sequence[Any]) -> wire.Codec:
    """The spelling of a type; a bare ``str`` has none, so that no field can be forgotten."""
    for m in meta:
        if isinstance(m, wire.Codec):
            return m
        if isinstance(m, wire.Grammar):
            return m.codec
    if get_origin(base) is Literal:
        return wire.choice(*get_args(base))
    try:
        return {int: wire.INT, float: wire.FLOAT, bool: wire.SWITCH}[base]
    except (KeyError, TypeError):
        raise TypeError(f"no wire spelling for {base!r}: use Word, Text, or Annotated[..., Codec(...)]") from None


def _each(codec: wire.Codec, prefix: str) -> Callable[[Any], str | None]:
    encode = codec.encode
    return lambda items: "/".join([prefix + str(encode(i)) for i in items]) or None


def _listed(codec: wire.Codec, key: str) -> Callable[[Any], str | None]:
    encode = codec.encode
    head = [key] if key else []
    return lambda items: "/".join([*head, *[str(encode(i)) for i in items]]) if items else None


def _grouped(groups: Any) -> str | None:
    return "/".join([group.spell() for group in groups]) or None


def spell_extra(pairs: Any, joiner: str = "/") -> str | None:
    """Undocumented parameters, spelt as they were given."""
    return "/".join([k if v is None else f"{k}{joiner}{v}" for k, v in pairs]) or None


def build(name: str, fields: Mapping[str, FieldInfo], spell: Callable[[str], str], joiner: str = "/") -> Plan:
    """Read a class once. Positional in Python is positional on the wire; a keyword is a key."""
    steps: list[Step] = []
    groups: GroupPlan | None = None
    for attr, field in fields.items():
        base, meta = core(field.annotation)
        meta = [*field.metadata, *meta]
        required = field.is_required()
        mark = next(
            (m for m in meta if isinstance(m, (wire.Pair, wire.Flag, wire.Repeat, wire.Tail, wire.Groups, wire.Rest))),
            None,
        )
        if attr == "extra":
            spelt = wire.Codec(partial(spell_extra, joiner=joiner), wire.same)
            steps.append(Step(attr, "extra", "", "", spelt, False, base, ()))
            continue
        if isinstance(mark, wire.Groups):
            groups = _groups(attr, base, mark.strict)
            steps.append(Step(attr, "groups", "", "", wire.Codec(_grouped, wire.same), required, base, tuple(meta)))
            continue
        if isinstance(mark, (wire.Repeat, wire.Tail)):
            base, inner = core(get_args(base)[0])
            one = codec_of(base, inner)
            encode = _each(one, f"{mark.key}/") if isinstance(mark, wire.Repeat) else _listed(one, mark.key)
            kind: Kind = "repeat" if isinstance(mark, wire.Repeat) else "tail"
            steps.append(Step(attr, kind, mark.key, "", one._replace(encode=encode), required, base, (*meta, *inner)))
            continue
        codec = codec_of(base, meta)
        if isinstance(mark, wire.Flag):
            steps.append(Step(attr, "flag", mark.key, mark.key, wire.FLAG, False, base, tuple(meta)))
        elif isinstance(mark, wire.Rest):
            steps.append(Step(attr, "rest", "", "", codec, required, base, tuple(meta)))
        elif mark is None and field.kw_only is False:
            steps.append(Step(attr, "value", "", "", codec, required, base, tuple(meta)))
        else:
            key = mark.key if isinstance(mark, wire.Pair) else spell(attr)
            steps.append(Step(attr, "pair", key, key + joiner, codec, required, base, tuple(meta)))
    return assemble(name, steps, groups, joiner)


def assemble(name: str, steps: list[Step], groups: GroupPlan | None, joiner: str) -> Plan:
    """The tables of a plan; bare values lead and open-ended parts end it, whatever class declared them."""
    steps = sorted(steps, key=_place)
    keyed = {s.key: s for s in steps if s.kind in ("pair", "flag", "repeat") or (s.kind == "tail" and s.key)}
    return Plan(
        name=name,
        steps=tuple(steps),
        emit=tuple((s.attr, s.prefix, s.codec.encode) for s in steps),
        rank={s.attr: i for i, s in enumerate(steps)},
        values=tuple(s for s in steps if s.kind == "value"),
        keyed=keyed,
        tail=next((s for s in steps if s.kind in ("tail", "rest")), None),
        groups=groups,
        joiner=joiner,
        sparse=len(steps) > 16,
    )


_ORDER = {"value": 0, "pair": 2, "flag": 2, "repeat": 2, "extra": 3, "groups": 4, "tail": 5, "rest": 6}


def _place(step: Step) -> tuple[int, bool]:
    if any(isinstance(m, wire.Tail) and m.early for m in step.meta):
        return 1, False
    first = step.required or any(isinstance(m, wire.Pair) and m.first for m in step.meta)
    return _ORDER[step.kind], step.kind == "pair" and not first


def _groups(attr: str, base: Any, strict: bool) -> GroupPlan:
    member, _ = core(get_args(base)[0])
    models: list[Any] = list(get_args(member)) or [member]
    openers = {m.plan.steps[0].key: m for m in models}
    return GroupPlan(attr, openers, frozenset(key for m in models for key in m.plan.keyed), strict)


class Reading:
    """Segments being turned into field values. One is made per stage; :meth:`read` runs once."""

    __slots__ = ("data", "early", "groups", "keep", "lead", "plan", "segments", "where")

    def __init__(self, plan: Plan, segments: list[str], keep: bool, lead: int) -> None:
        self.plan = plan
        self.segments = segments
        self.keep = keep
        self.lead = lead
        self.data: dict[str, Any] = {}
        self.where: Where = {}
        self.groups: list[Group] = []
        self.early: list[Group] = []

    def span(self, index: int) -> Span:
        """Where a segment stands in the stage."""
        start = self.lead + sum(len(s) + 1 for s in self.segments[:index])
        return start, start + (len(self.segments[index]) if index < len(self.segments) else 0)

    def fault(self, index: int, message: str, code: str, suggestion: str | None = None) -> Fault:
        """An error at a segment."""
        return Fault(f"{self.plan.name}{message}", self.span(index), code, suggestion)

    def decode(self, step: Step, index: int) -> Any:
        """The value of a segment.

        Raises:
            Fault: it is empty, or not what the step expects.
        """
        segment = self.segments[index]
        if not segment:
            raise self.fault(index, f": {step.label!r} has an empty value", "empty")
        try:
            return step.codec.decode(segment)
        except ValueError as exc:
            choices = [str(v) for v in get_args(step.base)] if step.codec.kind == "choice" else []
            near = nearest(segment, choices)
            hint = f"; did you mean {near!r}?" if near else ""
            raise self.fault(
                index, f": {step.label} cannot be {segment!r}: expected {exc}{hint}", "bad-value", near
            ) from None

    def read(self) -> None:
        """Fill ``data`` and ``where`` from the segments.

        Raises:
            Fault: a segment is unknown, missing or wrong.
        """
        plan, segments = self.plan, self.segments
        keyed, data, where, joiner = plan.keyed, self.data, self.where, plan.joiner
        values = list(plan.values)
        index, count = 0, len(segments)
        while index < count:
            segment = segments[index]
            if values and values[0].required:
                step = values.pop(0)
                if segment in keyed:
                    raise self.fault(
                        index, f" needs its {step.attr} right after the name, before {segment!r}", "missing"
                    )
                data[step.attr], where[step.attr] = self.decode(step, index), index
                index += 1
                continue
            if joiner == "=":
                key, equals, value = segment.partition("=")
                if equals and key in keyed:
                    step = keyed[key]
                    if step.attr in data:
                        raise self.fault(index, f" has {key!r} twice", "duplicate")
                    try:
                        data[step.attr], where[step.attr] = step.codec.decode(value), index
                    except ValueError as exc:
                        raise self.fault(index, f": {key} cannot be {value!r}: expected {exc}", "bad-value") from None
                    index += 1
                    continue
            elif segment in keyed or plan.groups is not None:
                taken = self.keyed(index)
                if taken:
                    index += taken
                    continue
            if values:
                step = values[0]
                try:
                    value = self.decode(step, index)
                except Fault:
                    if plan.tail is None and not (keyed and self._may_be_key(index, len(values))):
                        raise
                else:
                    values.pop(0)
                    data[step.attr], where[step.attr] = value, index
                    index += 1
                    continue
            tail = plan.tail
            if tail is not None and not tail.key:
                if tail.kind == "rest":
                    data[tail.attr], where[tail.attr] = "/".join(segments[index:]), index
                    return
                data.setdefault(tail.attr, []).append(self.decode(tail, index))
                where.setdefault(tail.attr, index)
                index += 1
                continue
            index += self.unknown(index)
        if values and values[0].required:
            raise self.fault(count, f" needs its {values[0].attr} right after the name", "missing")

    def _may_be_key(self, index: int, open_values: int) -> bool:
        """Whether a segment that is no value is more likely a misspelt or unknown key than a wrong value."""
        plan, segment = self.plan, self.segments[index]
        in_place = index == len(plan.values) - open_values
        return self.keep or not in_place or segment in plan.foreign or nearest(segment, plan.keyed) is not None

    def keyed(self, index: int) -> int:
        """Read a known key and its value; how many segments that took, 0 if the key is not known here."""
        plan, key = self.plan, self.segments[index]
        step = plan.keyed.get(key)
        data, where = self.data, self.where
        if plan.groups is not None and key in plan.groups.members and (step is None or self.groups):
            model = plan.groups.openers.get(key)
            if model is not None:
                early = next((g for g in self.early if g[0] is model), None)
                if early is not None:
                    self.early.remove(early)
                target = early or (model, {}, {})
                self.groups.append(target)
            else:
                target = self._group_for(index, plan.groups)
            model, data, where = target
            step = cast("Step", model.plan.keyed[key])
        if step is None:
            return 0
        if step.kind == "flag":
            if step.attr in data:
                raise self.fault(index, f" has {key!r} twice", "duplicate")
            data[step.attr], where[step.attr] = True, index
            return 1
        if step.kind == "tail":
            rest = range(index + 1, len(self.segments))
            data[step.attr], where[step.attr] = [self.decode(step, i) for i in rest], index
            return len(rest) + 1
        if index + 1 >= len(self.segments):
            raise self.fault(index, f": {key!r} needs a value", "missing-value")
        if step.kind == "repeat":
            data.setdefault(step.attr, []).append(self.decode(step, index + 1))
            where.setdefault(step.attr, index + 1)
            return 2
        if step.attr in data:
            raise self.fault(index, f" has {key!r} twice", "duplicate")
        data[step.attr], where[step.attr] = self.decode(step, index + 1), index + 1
        return 2

    def _group_for(self, index: int, plan: GroupPlan) -> Group:
        """The nearest group before a key that has it; failing that, and if order is free, the first one after it."""
        key = self.segments[index]
        found = next((g for g in reversed(self.groups) if key in g[0].plan.keyed), None)
        if found is None and not plan.strict and not self.groups:
            following = (plan.openers.get(s) for s in self.segments[index + 1 :])
            if (model := next((m for m in following if m is not None and key in m.plan.keyed), None)) is not None:
                found = next((g for g in self.early if g[0] is model), None)
                if found is None:
                    opened: Group = (model, {}, {})
                    self.early.append(opened)
                    return opened
        if found is None:
            openers = " or ".join(k for k, m in plan.openers.items() if key in m.plan.keyed)
            raise self.fault(index, f": {key!r} belongs behind {openers}", "no-group")
        return found

    def unknown(self, index: int) -> int:
        plan, segment = self.plan, self.segments[index]
        key = segment.partition(plan.joiner)[0]
        if self.keep and plan.joiner in segment:
            self.data.setdefault("extra", []).append((key, segment[len(key) + 1 :]))
            return 1
        if self.keep and segment and plan.joiner == "/":
            last = index + 1 >= len(self.segments)
            target = self.groups[-1][1] if self.groups else self.data
            if last and (plan.groups is not None or plan.tail is not None):
                raise self.fault(index, f": {segment!r} needs a value", "missing-value")
            target.setdefault("extra", []).append((segment, None if last else self.segments[index + 1]))
            return 2
        if not segment:
            raise self.fault(index, " has an empty segment", "empty")
        members = plan.groups.members if plan.groups is not None else frozenset[str]()
        known = [*plan.keyed, *sorted(members)]
        meant = {m.alias: s.key for s in plan.keyed.values() for m in s.meta if isinstance(m, wire.Fact) and m.alias}
        near = nearest(key, [*known, *meant])
        near = meant.get(near, near) if near else None
        if segment in plan.foreign:
            hint = plan.foreign[segment]
        elif plan.joiner != "/" and near:
            hint = f"did you mean '{near}{plan.joiner}...'?"
        elif near:
            hint = f"did you mean {near!r}?"
        elif not known:
            hint = "it takes none" if not plan.values else f"it takes only its {plan.values[0].attr}"
        else:
            hint = f"it takes {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
        raise self.fault(index, f" has no parameter {segment!r}; {hint}", "unknown-key", near)

    def finish(self) -> None:
        """Turn the groups that were read into models."""
        if not self.groups or self.plan.groups is None:
            return
        made: list[Any] = []
        for model, data, where in self.groups:
            try:
                made.append(model.__pydantic_validator__.validate_python(data))
            except ValidationError as exc:
                raise self.invalid(exc, model.plan, where) from None
        self.data[self.plan.groups.attr] = tuple(made)

    def invalid(self, exc: ValidationError, plan: Plan, where: Where) -> Fault:
        """The first complaint of a validation, as an error at the segment it is about."""
        error = exc.errors(include_url=False)[0]
        attr = str(error["loc"][0]) if error["loc"] else ""
        step = plan.step(attr)
        if error["type"] == "missing":
            label = step.label if step else attr
            return self.fault(len(self.segments), f" needs {label!r}", "missing")
        text, near = explain(error, step.meta if step else ())
        label = f": {step.label}" if step else ":"
        if attr in where:
            at = where[attr]
            if step and step.kind == "tail" and len(error["loc"]) > 1:
                at = min(at + int(error["loc"][1]) + bool(step.key), len(self.segments) - 1)
            return self.fault(at, f"{label} {text}", "bad-value", near)
        return Fault(
            f"{self.plan.name}{label} {text}", (0, self.lead + sum(len(s) + 1 for s in self.segments) - 1), "rule", near
        )
