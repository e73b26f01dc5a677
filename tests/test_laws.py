"""The laws that every value obeys. They name no operation: a new one is held to them as it is."""

from __future__ import annotations

import copy
import json
import pickle
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

import qiniufop
from qiniufop import Fop, FopError, Fops, Pipeline, RetiredWarning, load, parse

from .strategies import ALL, HOSTILE, OPERATIONS, WORDS, build, jobs, pipelines

pytestmark = pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")
many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
more = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def names(cls: type[Any]) -> str:
    return cls.__name__


@pytest.mark.parametrize("cls", ALL, ids=names)
def test_reading_undoes_spelling(cls: type[Any]) -> None:
    @many
    @given(build(cls))
    def law(op: Any) -> None:
        text = str(op)
        again = parse(text, unknown="keep")
        assert again == op
        assert type(again) is type(op)
        assert hash(again) == hash(op)
        assert str(again) == text
        assert str(again.canonical()) == text
        assert cls.parse(text, unknown="keep") == op

    law()


@pytest.mark.parametrize("cls", ALL, ids=names)
def test_repr_is_python(cls: type[Any]) -> None:
    @settings(many, max_examples=25)
    @given(build(cls))
    def law(op: Any) -> None:
        assert eval(repr(op), vars(qiniufop) | {n: getattr(qiniufop, n) for n in qiniufop.__all__}) == op

    law()


@pytest.mark.parametrize("cls", ALL, ids=names)
def test_plain_data_and_pickles_come_back(cls: type[Any]) -> None:
    @settings(many, max_examples=25)
    @given(build(cls))
    def law(op: Any) -> None:
        assert pickle.loads(pickle.dumps(op)) == op
        if "bytes" not in repr(op) and "b'" not in repr(op) and 'b"' not in repr(op):
            assert load(json.loads(op.to_json())) == op
            assert load(op.to_data()) == op

    law()


@pytest.mark.parametrize("cls", ALL, ids=names)
def test_no_value_makes_another_stage_or_command(cls: type[Any]) -> None:
    steps = [s for s in cls.plan.steps if s.kind not in ("extra", "groups")]

    @many
    @given(build(cls), st.sampled_from(steps) if steps else st.none(), HOSTILE | WORDS)
    def law(op: Any, step: Any, hostile: str) -> None:
        if step is None:
            return
        fields = dict(op.given())
        fields[step.attr] = (hostile,) if step.kind in ("repeat", "tail") else hostile
        try:
            text = str(cls(**fields))
        except (ValidationError, TypeError):
            return
        value = parse(text, unknown="keep")
        assert len(value.stages) == 1
        assert len(value.commands) == 1

    law()


@more
@given(pipelines())
def test_pipelines_come_back(pipeline: Pipeline[Any, Any]) -> None:
    text = str(pipeline)
    again = Pipeline.parse(text, unknown="keep")
    assert again == pipeline
    assert hash(again) == hash(pipeline)
    assert str(again) == text
    assert again.canonical() == pipeline
    assert pickle.loads(pickle.dumps(pipeline)) == pipeline
    assert copy.deepcopy(pipeline) is pipeline


@more
@given(jobs())
def test_jobs_come_back(job: Fops) -> None:
    text = str(job)
    again = Fops.parse(text, unknown="keep")
    assert again == job
    assert str(again) == text
    assert again.canonical().canonical() == again
    assert len(again) == len(job)
    assert load(parse(text, unknown="keep").to_data()) == parse(text, unknown="keep")


@given(jobs())
@settings(many, max_examples=30)
def test_the_narrowest_kind_is_read(job: Fops) -> None:
    value = parse(str(job), unknown="keep")
    if len(job) > 1:
        assert isinstance(value, Fops)
    else:
        assert isinstance(value, Pipeline if len(job.stages) > 1 else Fop)


PIECES = st.sampled_from(
    "imageView2 /2 /w / | ; avthumb /mp4 watermark /3 /image /YQ== %7C %2F %25 imageMogr2 /thumbnail /!50p /extra "
    "saveas /YTpi é \x00 \ud800 /text = % vframe /jpg /offset /1 /-1 /wmImage /wmText p/1/ mkzip/2 /url".split(" ")
    + [" ", "\n"]
)


@settings(more, max_examples=600)
@given(st.lists(PIECES | st.text(max_size=4), max_size=14).map("".join), st.sampled_from(["error", "keep"]))
def test_reading_ends_in_a_value_or_our_error(text: str, unknown: Any) -> None:
    value: Any = None
    error: Any = None
    try:
        value = parse(text, unknown=unknown)
    except FopError as exc:
        error = exc
    if error is not None:
        assert str(error)
        start, end = error.span
        assert 0 <= start <= end <= len(text)
    else:
        assert str(value) == text
        normal = value.canonical()
        assert normal == value
        assert str(normal.canonical()) == str(normal)
        assert parse(str(normal), unknown="keep") == value


@more
@given(OPERATIONS, st.randoms(use_true_random=False))
def test_canonical_loses_no_token(op: Any, random: Any) -> None:
    assert sorted(re.split(r"[/|;=]", str(parse(str(op), unknown="keep").canonical()))) == sorted(
        re.split(r"[/|;=]", str(op))
    )


@many
@given(pipelines())
def test_values_nest_in_models(pipeline: Pipeline[Any, Any]) -> None:
    adapter = TypeAdapter(Pipeline[Any, Any])
    text = str(pipeline)
    if parse(text, unknown="keep") == pipeline and "my-" not in text:
        assert adapter.validate_python(text).stages == pipeline.stages
    assert json.loads(adapter.dump_json(pipeline)) == text


def test_retired_operations_warn_when_built_and_not_when_read() -> None:
    retired = [c for c in ALL if c.facts.status in ("retired", "third-party")]
    for cls in retired:
        for text, _ in cls.facts.examples:
            value = parse(text)  # warnings are errors here
            op = next(s for s in value.stages if isinstance(s, cls))
            with pytest.warns(RetiredWarning):
                type(op)._make((), dict(op.given()))
