from __future__ import annotations

import json
import pickle
from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import FopSyntaxError, ImageMogr, ImageView, load, parse

from .known import examples, real_commands


@pytest.mark.parametrize(
    "text",
    [
        *examples("imageView"),
        *(e for e in examples("imageMogr") if e.startswith("imageMogr/")),
        *real_commands("imageView", "imageMogr"),
    ],
)
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (ImageView(2), "imageView/2"),
        (ImageView(1, w=200, h=100, q=50, format="png"), "imageView/1/w/200/h/100/q/50/format/png"),
        (
            ImageView(1, h=200, quality=50, sharpen=60, watermark=True),
            "imageView/1/h/200/quality/50/sharpen/60/watermark/1",
        ),
        (ImageMogr(), "imageMogr"),
        (ImageMogr(version="v2"), "imageMogr/v2"),
        (ImageMogr(thumbnail="32x32"), "imageMogr/thumbnail/32x32"),
        (ImageMogr(version="v2", auto_orient=True, rotate=45), "imageMogr/v2/auto-orient/rotate/45"),
        (ImageMogr(rotate=45, version="v1", auto_orient=True), "imageMogr/v1/rotate/45/auto-orient"),
        (
            ImageMogr(version="v2").thumbnail("300x").crop("200x200").thumbnail("50x"),
            "imageMogr/v2/thumbnail/300x/crop/200x200/thumbnail/50x",
        ),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    again = parse(text)
    assert again == op
    assert load(json.loads(op.to_json())) == op
    assert pickle.loads(pickle.dumps(op)) == op
    assert eval(repr(op), {"ImageMogr": ImageMogr, "ImageView": ImageView}) == op
    assert str(again.canonical()) == text


def test_the_version_is_part_of_the_value() -> None:
    op = ImageMogr(version="v2", thumbnail="10x")
    assert op.version == "v2"
    assert op.steps == (("thumbnail", "10x"),)
    assert op != ImageMogr(thumbnail="10x")
    assert op.model_copy(update={"version": "v1"}) == ImageMogr(version="v1", thumbnail="10x")


def test_undocumented_edits_are_kept_behind_the_version() -> None:
    value = parse("imageMogr/v2/roundness/5/crop/x200", unknown="keep")
    assert str(value.canonical()) == "imageMogr/v2/roundness/5/crop/x200"
    assert load(value.to_data()) == value


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("imageView", "imageView needs its mode right after the name", (9, 9)),
        ("imageView/6/w/1", "imageView: mode cannot be '6': expected 0 or 1 or 2 or 3 or 4 or 5", (10, 11)),
        ("imageView/1/w/0", "imageView: w must be at least 1 px, not 0", (14, 15)),
        ("imageView/1/q/90!", "imageView: q cannot be '90!': expected a whole number", (14, 17)),
        ("imageView/1/wartermark/1", "imageView has no parameter 'wartermark'; did you mean 'watermark'?", (12, 22)),
        ("imageMogr/quality/200", "imageMogr: quality must be from 1 to 100, not 200", (18, 21)),
        (
            "imageMogr/v2/crop/!300*400a10a10",
            "imageMogr: crop must be a region such as 300x200, 300x, x200 or !300x200a10a10",
            (18, 32),
        ),
        (
            "imageMogr/v3/rotate/1",
            "imageMogr has no parameter 'v3'; it takes auto-orient, thumbnail, gravity, crop, quality, rotate, format",
            (10, 12),
        ),
        (
            "imageMogr/rotate/1/v2",
            "imageMogr has no parameter 'v2'; it takes auto-orient, thumbnail, gravity, crop, quality, rotate, format",
            (19, 21),
        ),
    ],
)
def test_error_where_and_what(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.span) == (message, span)


def test_error_when_built() -> None:
    with pytest.raises(ValidationError, match="must be 'v1' or 'v2', not 'v9'"):
        ImageMogr(version="v9")  # type: ignore[arg-type]
