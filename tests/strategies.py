"""Values of every operation, made from the declarations, so that a new operation needs no new test."""

from __future__ import annotations

import string
from collections.abc import Callable
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from hypothesis import assume
from hypothesis import strategies as st
from pydantic import AfterValidator, StringConstraints, ValidationError

from qiniufop import Fops, Pipeline, RawOp, StageError, ops_index, wire
from qiniufop.declared import Declared
from qiniufop.edits import EditList
from qiniufop.ops import joining, streaming, tracks
from qiniufop.plan import Step, core

WORDS = st.text(string.ascii_letters + string.digits + "-_.!:@><=,+$()*~'", min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
HOSTILE = st.sampled_from(
    [
        "jpg|saveas/x",
        "a;b",
        "a/b",
        "a b",
        "a\n",
        "%7C",
        "%2Fw%2F1",
        "\x00",
        "\u2028",
        "a|",
        ";",
        "/",
        "",
        "é|",
        "\ud800",
    ]
)


def number(meta: tuple[Any, ...], whole: bool) -> st.SearchStrategy[Any]:
    low = next((m.ge for m in meta if isinstance(m, Ge)), next((m.gt for m in meta if isinstance(m, Gt)), -1000))
    high = next((m.le for m in meta if isinstance(m, Le)), next((m.lt for m in meta if isinstance(m, Lt)), 100_000))
    if whole:
        return st.integers(low, high)
    grain = 10 if any(isinstance(m, AfterValidator) and m.func is wire._tenths for m in meta) else 1000
    made = st.integers(int(low * grain), int(high * grain)).map(lambda n: n / grain)
    return made.filter(lambda x: not any(isinstance(m, Gt) and x <= m.gt for m in meta))


def value(base: Any, meta: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    """Values of a bare type with its metadata."""
    if get_origin(base) is tuple:  # values with commas between them; commands want lists of one length that ascend
        one = value(*core(get_args(base)[0]))
        return st.lists(one, min_size=2, max_size=2, unique=True).map(lambda items: tuple(sorted(items)))
    if joining.ITEM in meta:
        clips = st.builds("kodo://b/{}".format, TEXTS)
        return clips | st.builds(joining.Transition, WORDS, st.integers(0, 9).map(float))
    checks: list[Callable[[Any], Any]] = [m.func for m in meta if isinstance(m, AfterValidator)]
    if streaming._band in checks:
        return st.integers(50_000, 30_000_000)
    if tracks._counted in checks:
        return TEXTS.map(lambda t: f"{t}$(count)")
    for m in meta:
        if isinstance(m, wire.Grammar):
            return st.from_regex(m.regex, fullmatch=True).filter(
                lambda t, match=m.match: match(t) is not None and t.isascii()
            )
    if get_origin(base) is Literal:
        return st.sampled_from(get_args(base))
    if base is bool:
        return st.booleans()
    if base in (int, float):
        return number(meta, base is int)
    if any(isinstance(m, wire.Codec) and m.kind.startswith("1 to 100") for m in meta):
        return st.integers(1, 100) | st.integers(1, 100).map(lambda q: f"{q}!")
    if any(m is wire.B64_RAW for m in meta):
        return TEXTS | st.binary(min_size=1, max_size=24).filter(lambda b: not _utf8(b))
    if wire._url in checks:
        return st.builds("{}://{}/{}".format, st.sampled_from(["kodo", "http", "https"]), WORDS, TEXTS)
    short = next((m.max_length for m in meta if isinstance(m, (MaxLen, StringConstraints)) and m.max_length), 20)
    texts = TEXTS.map(lambda t: t[:short])
    if wire.B64 in meta:
        return texts
    limits = [m for m in meta if isinstance(m, StringConstraints)]
    if any(m.pattern == f"^{wire.RAW}+$" for m in limits):
        return WORDS
    return st.text(string.ascii_letters + string.digits + "-_/.|;é", max_size=12)


def _utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True


def field(step: Step) -> st.SearchStrategy[Any]:
    """Values of one field."""
    least = next((m.min_length for m in step.meta if isinstance(m, MinLen)), 0)
    least = max([least, *[getattr(m, "min_length", 0) or 0 for m in step.meta]])
    if step.kind == "groups":
        member = get_args(step.base)[0]
        models = get_args(member) or (member,)
        return st.lists(st.one_of([build(m) for m in models]), min_size=least, max_size=3).map(tuple)
    most = next((m.max_length for m in step.meta if isinstance(m, MaxLen)), 4)
    made = value(step.base, step.meta)
    if step.kind in ("repeat", "tail"):
        return st.lists(made, min_size=max(least, int(step.required)), max_size=min(4, most)).map(tuple)
    return made


def build(cls: type[Declared]) -> st.SearchStrategy[Any]:
    """Values of a class: its required fields and a few of the others, in any order."""
    if issubclass(cls, EditList):
        return edit_list(cls)
    if cls is RawOp:
        return st.builds(RawOp, st.from_regex(r"my-[a-z]{3,9}", fullmatch=True), WORDS, WORDS)
    steps = [s for s in cls.plan.steps if s.kind != "extra"]
    required = [s for s in steps if s.required]
    optional = [s for s in steps if not s.required]

    @st.composite
    def make(draw: st.DrawFn) -> Any:
        some = draw(st.lists(st.sampled_from(optional), unique=True, max_size=6)) if optional else []
        chosen = draw(st.permutations([*required, *some]))
        fields = {s.attr: draw(field(s)) for s in chosen}
        try:
            return cls(**fields)
        except ValidationError:  # a rule across fields
            assume(False)

    return make()


def edit_list(cls: type[EditList[Any, Any]]) -> st.SearchStrategy[Any]:
    """Edits in any order, some of them twice."""
    steps = [s for s in cls.plan.steps if s.kind not in ("extra", "value", "rest")]
    one = st.sampled_from(steps).flatmap(
        lambda s: st.tuples(st.just(s.attr), st.just(True) if s.kind == "flag" else field(s))
    )

    def make(edits: list[Any]) -> Any:
        try:
            return cls(steps=edits)
        except ValidationError:  # a rule across edits
            assume(False)

    return st.lists(one, max_size=6).map(make)


def classes() -> list[type[Any]]:
    """Every class that can be built: plain operations, and each variant of a family."""
    found = ops_index.load_all()
    out: dict[type[Any], None] = {}
    for cls in found.values():
        for variant in _variants(cls):
            out[variant] = None
    return list(out)


def _variants(cls: type[Any]) -> list[type[Any]]:
    if cls._family is not cls:
        return [cls]
    subclasses = {c for c in _descendants(cls) if c.plan is not cls.plan}
    return sorted(subclasses, key=lambda c: c.__name__)


def _descendants(cls: type[Any]) -> set[type[Any]]:
    return {d for sub in cls.__subclasses__() for d in {sub, *_descendants(sub)} if d.__module__.startswith("qiniufop")}


ALL = classes()
OPERATIONS = st.sampled_from(ALL).flatmap(build)


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline[Any, Any]:
    """Operations that meet, one to four of them."""
    stages = [draw(OPERATIONS)]
    for _ in range(draw(st.integers(0, 3))):
        following = draw(OPERATIONS)
        try:
            Pipeline(stages[-1], following)
        except StageError:
            continue
        stages.append(following)
    return Pipeline(*stages)


def jobs() -> st.SearchStrategy[Fops]:
    """One to three commands."""
    return st.lists(OPERATIONS | pipelines(), min_size=1, max_size=3).map(lambda cs: Fops(*cs))


__all__ = ["ALL", "HOSTILE", "OPERATIONS", "TEXTS", "WORDS", "build", "core", "jobs", "pipelines"]
