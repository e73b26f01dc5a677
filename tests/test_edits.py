"""Ordered lists of edits."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from qiniufop import ImageMogr2, parse


def test_keywords_act_in_the_order_they_are_given() -> None:
    assert str(ImageMogr2(crop="2x2", thumbnail="1x")) == "imageMogr2/crop/2x2/thumbnail/1x"
    assert str(ImageMogr2(thumbnail="1x", crop="2x2")) == "imageMogr2/thumbnail/1x/crop/2x2"
    assert ImageMogr2(crop="2x2", thumbnail="1x") != ImageMogr2(thumbnail="1x", crop="2x2")


def test_steps_repeat_through_their_methods() -> None:
    fop = ImageMogr2().auto_orient().thumbnail("300x").crop("200x200").thumbnail("50x")
    assert str(fop) == "imageMogr2/auto-orient/thumbnail/300x/crop/200x200/thumbnail/50x"
    assert fop["thumbnail"] == "50x"
    assert fop["rotate"] is None
    assert fop.repeats
    assert parse(str(fop)) == fop


def test_each_step_leaves_the_one_before_alone() -> None:
    start = ImageMogr2().strip()
    start.rotate(90)
    assert str(start) == "imageMogr2/strip"


def test_what_says_nothing_is_not_written() -> None:
    assert str(ImageMogr2(strip=False, thumbnail=None, interlace=False)) == "imageMogr2/interlace/0"
    assert str(ImageMogr2()) == "imageMogr2"


def test_data_is_a_mapping_until_a_step_repeats() -> None:
    assert ImageMogr2(strip=True, rotate=90).to_data() == {"op": "imageMogr2", "strip": True, "rotate": 90}
    assert ImageMogr2().rotate(90).rotate(45).to_data() == {
        "op": "imageMogr2",
        "steps": [["rotate", 90], ["rotate", 45]],
    }


def test_whole_degrees_are_whole() -> None:
    assert repr(parse("imageMogr2/rotate/90")) == "ImageMogr2(rotate=90)"
    assert repr(parse("imageMogr2/rotate/90.5")) == "ImageMogr2(rotate=90.5)"


def test_error_of_exclusive_edits() -> None:
    with pytest.raises(ValidationError, match="cannot be given together"):
        ImageMogr2(meta_keep_list="exif", exif_retain_names="Exif.Image.Make")


def test_methods_say_what_they_do() -> None:
    assert "thumbnail" in (ImageMogr2.thumbnail.__doc__ or "")
    assert ImageMogr2.thumbnail.__name__ == "thumbnail"
