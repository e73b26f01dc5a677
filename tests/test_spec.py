"""The catalogue against the specification, when it is there: every operation, parameter, range, choice and example."""

import re
from collections import Counter
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
import yaml
from annotated_types import Ge, Gt, Le, Lt

from qiniufop import FopError, escapes, ops_index, parse, wire
from qiniufop.plan import core

from .strategies import ALL

FOLDER = Path(__file__).resolve().parents[1].parent / "shared" / "spec"
pytestmark = pytest.mark.skipif(not FOLDER.exists(), reason="the specification is not here")

NOT_MODELS = {
    "ufop": "stands for operations of one's own, which RawOp spells",
}
UNNAMED = {
    ("saveas", "entry"): "bucket and key are two fields that are written as one segment",
    ("tupu-video", "service"): "one page calls the constant service, the other kind",
    ("avcvt", "legacyFormat"): "the format is one field, whichever way it is written",
}
CONSOLE = "a range of the console, or inferred: lint names values outside, nothing refuses them"
RANGES = {
    ("avthumb", "vb"): CONSOLE,
    ("avthumb", "ab"): CONSOLE,
    ("avthumb", "loudnormI"): CONSOLE,
    ("avthumb", "loudnormLRA"): CONSOLE,
    ("avthumb", "loudnormTP"): CONSOLE,
    ("avthumb", "wmAlpha"): CONSOLE,
    ("adapt", "hlstime"): "the newer page cannot be read; lint names values outside the older range",
    ("avhls", "segtime"): CONSOLE,
    ("avhls", "ss"): CONSOLE,
    ("avhls", "t"): CONSOLE,
    ("avhls", "ab"): CONSOLE,
    ("avhls", "ar"): CONSOLE,
    ("avhls", "r"): CONSOLE,
    ("avhls", "vb"): CONSOLE,
    ("avthumb", "wmScale"): "documented as (0, 1]; the 0.001 is three decimals of it",
    ("avwatermarks", "wmScale"): "documented as (0, 1]; the 0.001 is three decimals of it",
    ("imageView2", "w"): "a job takes 14999 and webp 16383; lint says which side needs what",
    ("imageView2", "h"): "a job takes 14999 and webp 16383; lint says which side needs what",
    ("imageView2", "q"): "the value may end in '!', so it is checked as text",
    ("imageMogr2", "quality"): "the value may end in '!', so it is checked as text",
    ("watermark", "fontsize"): "0 asks for the default size, and an example uses exactly 10000",
}
CHOICES = {
    ("avthumb", "format"): "an open set, and m3u8 is a variant of its own",
    ("avsmart", "wmGravityText"): "inferred, so any word is taken",
    ("avfast", "acodec"): "inferred as those of avthumb, of which there are more",
    ("imageView", "mode"): "real commands use the modes of its successor",
    ("imageMogr", "version"): "v1 names the first revision, which has no word of its own",
    ("mkzip", "mode"): "each mode is a variant of its own",
}


def read():
    out = []
    for path in sorted(FOLDER.glob("*.yaml")) if FOLDER.exists() else ():
        out += [e for e in yaml.safe_load(path.read_text(encoding="utf-8")) if e.get("emit") is not False]
    return [entry for entry in out if entry["op"] not in NOT_MODELS]


ENTRIES = read()
EXAMPLES = sorted({example["fop"] for entry in ENTRIES for example in entry["examples"]})
PARAMETERS = [
    pytest.param(
        entry,
        parameter,
        kind,
        id=f"{entry['op']}-{entry.get('variant', '')}-{parameter.get('key', parameter.get('name'))}",
    )
    for entry in ENTRIES
    for kind in ("positional", "params")
    for parameter in entry[kind] or ()
]


def classes(entry):
    """The classes that an entry describes: one variant where the entry names one that can be told."""
    found = [cls for cls in ALL if cls.name == entry["op"]]
    variant = entry.get("variant")
    told = [cls for cls in found if variant and cls._family and cls._family.variants.get(variant) is cls]
    return told or found


def steps(cls):
    """Every field of a class and of its groups, by what it is called on the wire."""
    out = {}
    for step in cls.plan.steps:
        if step.kind == "groups":
            member, _ = core(get_args(step.base)[0])
            models = get_args(member) or (member,)
            parts = [inner for model in models for inner in model.plan.steps]
        else:
            parts = [step]
        for part in parts:
            out.setdefault(part.key or part.attr, []).append(part)
    return out


def named(entry, parameter):
    key = str(parameter.get("key", parameter.get("name")))
    attr = re.sub(r"(?<=[a-z])([A-Z])", r"_\1", key).replace("-", "_").lower()
    found = []
    for cls in classes(entry):
        have = steps(cls)
        found += have.get(key) or have.get(attr) or []
    return key, found


def bounds(step):
    """The narrowest bounds of a field."""
    low = [m.ge if isinstance(m, Ge) else m.gt for m in step.meta if isinstance(m, (Ge, Gt))]
    high = [m.le if isinstance(m, Le) else m.lt for m in step.meta if isinstance(m, (Le, Lt))]
    return max(low, default=None), min(high, default=None)


def choices(step):
    if get_origin(step.base) is Literal:
        return {str(value) for value in get_args(step.base)}
    return next(({*m.choices} for m in step.meta if isinstance(m, wire.Fact) and m.choices), set())


def test_the_specification_is_there_in_full():
    assert len(ENTRIES) >= 55
    assert len(PARAMETERS) >= 420
    assert len(EXAMPLES) >= 250


@pytest.mark.parametrize("entry", ENTRIES, ids=[f"{e['op']}-{e.get('variant', '')}" for e in ENTRIES])
def test_every_operation_is_a_model(entry):
    assert ops_index.find(entry["op"]) is not None
    for cls in classes(entry):
        assert cls.facts.status == entry["status"]
        assert cls.facts.title
        assert cls.facts.zh
        assert cls.facts.docs


@pytest.mark.parametrize(("entry", "parameter", "kind"), PARAMETERS)
def test_every_parameter_is_there(entry, parameter, kind):
    key, found = named(entry, parameter)
    if (entry["op"], key) in UNNAMED:
        assert found == []
        return
    assert found, f"{entry['op']} lacks {key}"
    if kind == "positional" and not parameter.get("list"):
        assert {step.kind for step in found} <= {"value", "rest", "tail", "flag", "pair"}


RANGED = [p for p in PARAMETERS if p.values[1].get("min") is not None or p.values[1].get("max") is not None]


@pytest.mark.parametrize(("entry", "parameter", "kind"), RANGED)
def test_every_range_is_there(entry, parameter, kind):
    key, found = named(entry, parameter)
    want = (parameter.get("min"), parameter.get("max"))
    same = any(bounds(step) == want for step in found)
    if (entry["op"], key) in RANGES:
        return
    assert same, f"{entry['op']} {key}: {want}, not {[bounds(step) for step in found]}"


CHOSEN = [p for p in PARAMETERS if p.values[1].get("choices")]


@pytest.mark.parametrize(("entry", "parameter", "kind"), CHOSEN)
def test_every_choice_is_there(entry, parameter, kind):
    key, found = named(entry, parameter)
    want = {str(value) for value in parameter["choices"]}
    if (entry["op"], key) in {**CHOICES, **UNNAMED}:
        return
    assert any(choices(step) == want for step in found), f"{entry['op']} {key}: {want}"


def test_exceptions_are_still_needed():
    """An exception that is none any more would hide a mistake."""
    ranged, chosen, unnamed = set(), set(), set()
    for entry, parameter, _ in [p.values for p in PARAMETERS]:
        key, found = named(entry, parameter)
        at = entry["op"], key
        if not found:
            unnamed.add(at)
        elif parameter.get("min") is not None or parameter.get("max") is not None:
            want = (parameter.get("min"), parameter.get("max"))
            if not any(bounds(step) == want for step in found):
                ranged.add(at)
        if parameter.get("choices") and found:
            want = {str(value) for value in parameter["choices"]}
            if not any(choices(step) == want for step in found):
                chosen.add(at)
    assert unnamed == set(UNNAMED)
    assert ranged == set(RANGES)
    assert chosen == set(CHOICES)


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_example_is_read_and_comes_back(text):
    value = parse(text)
    assert str(value) == text
    normal = value.canonical()
    assert normal == value
    assert parse(str(normal)) == value
    assert tokens(text) - tokens(str(normal)) == Counter()


def tokens(text):
    """Keys and values, without what their spelling may differ in."""
    plain = escapes.once(escapes.undo(text)[0] if "%" in text else text)
    found = [s.rstrip("=").lower() for s in re.split(r"[/|;]", plain) if s]
    return Counter(f"{float(s):g}" if re.fullmatch(r"[0-9.]+", s) else s for s in found)


def test_nothing_in_the_catalogue_is_invented():
    """A parameter of a model is one of the specification's, or is listed with a reason."""
    known = {}
    for entry in ENTRIES:
        keys = known.setdefault(entry["op"], set())
        for kind in ("positional", "params"):
            keys |= {str(p.get("key", p.get("name"))).lower().replace("-", "_") for p in entry[kind] or ()}
    ours = {cls.name for cls in ALL if cls.name}
    assert ours - set(known) == NEW
    strays = {}
    for cls in [c for c in ALL if c.name not in NEW]:
        plain = {key.replace("_", "") for key in known.get(cls.name, ())}
        have = {key.lower().replace("-", "").replace("_", "") for key in steps(cls)} - {"steps", "extra"}
        strays.setdefault(cls.name, set()).update(have - plain if cls.name in known else ())
    assert {name: keys for name, keys in strays.items() if keys} == OURS


NEW = {"video-censor"}
"""Operations that the notes of the specification mention without an entry of their own."""
OURS = {
    "saveas": {"bucket", "key"},  # one segment
    "aicvt": {"vcodec"},  # of its form for videos, which is known from examples
    "avwatermarks": {"wmalpha", "wmbordercolor", "wmborderwidth", "wmconstant"},  # of the marks it shares with avthumb
    "imageMogr2": {"colorspace", "version"},  # seen in real commands
    "imageView": {"quality", "sharpen", "watermark"},  # in the documents of 2012 only
}


def test_error_a_range_is_named_with_the_place():
    with pytest.raises(FopError) as caught:
        parse("vframe/jpg/offset/1/w/9999")
    assert caught.value.span == (22, 26)
