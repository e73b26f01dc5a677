"""The way out: operations and parameters the catalogue does not know."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from qiniufop import Avthumb, FopSyntaxError, ImageMark, ImageMogr2, ImageView2, RawOp, parse


def test_an_operation_of_your_own() -> None:
    fop = RawOp("my-unzip", "bucket", "Ymt0") | ImageView2(2)
    assert str(fop) == "my-unzip/bucket/Ymt0|imageView2/2"
    assert parse(str(fop), unknown="keep") == fop
    assert repr(fop) == "RawOp('my-unzip', 'bucket', 'Ymt0') | ImageView2(mode=2)"
    with pytest.raises(FopSyntaxError, match="unknown operation 'my-unzip'"):
        parse(str(fop))


def test_arguments_keep_what_is_theirs() -> None:
    for text in ("my-op/", "my-op//a/", "my-op/a%20b", "my-op"):
        assert str(parse(text, unknown="keep")) == text
        assert parse(text, unknown="keep") == parse(text, unknown="keep").canonical()


@pytest.mark.parametrize("argument", ["a/b", "a|b", "a;b", "a b", "a\n", "a%2Fb", "a%257Cb", "\x00"])
def test_error_of_an_argument_that_would_end_its_segment(argument: str) -> None:
    with pytest.raises(ValidationError):
        RawOp("my-op", argument)


def test_a_new_variant_of_a_known_name_may_be_written_raw() -> None:
    assert str(RawOp("watermark", "99", "a")) == "watermark/99/a"
    with pytest.raises(ValidationError, match="is in the catalogue"):
        RawOp("watermark", "1", "image", "YQ==")


def test_undocumented_parameters_are_kept_where_they_stand() -> None:
    kept = parse("imageView2/2/new/1/w/3/other", unknown="keep")
    assert kept == ImageView2(2, w=3, extra=[("new", "1"), ("other", None)])
    assert str(kept.canonical()) == "imageView2/2/w/3/new/1/other"
    edits = parse("imageMogr2/new/1/strip", unknown="keep")
    assert edits == ImageMogr2(steps=[("extra", ("new", "1")), ("strip", True)])
    marks = parse("avthumb/mp4/a/1/wmImage/a29kbzovL2IvaWs=/b/2", unknown="keep")
    mark = ImageMark(wm_image="kodo://b/ik", extra={"b": "2"})
    assert marks == Avthumb("mp4", watermarks=[mark], extra={"a": "1"})


@pytest.mark.parametrize(
    "extra", [{"w": "1"}, {"a": "b/c"}, {"a b": "1"}, {"": "1"}, {"a": ""}, [("a", None), ("b", "1")], 3, [("a",)]]
)
def test_error_of_parameters_that_are_not_extra(extra: object) -> None:
    with pytest.raises(ValidationError):
        ImageView2(2, extra=extra)  # type: ignore[arg-type]


def test_a_list_at_the_end_leaves_no_room_for_extras() -> None:
    from qiniufop import Avconcat

    with pytest.raises(ValidationError, match="ends in a list"):
        Avconcat(2, format="mp4", sources=["kodo://b/k"], extra={"new": "1"})
