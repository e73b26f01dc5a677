from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import Avthumb, FopSyntaxError, ImageMark, TextMark, VideoMark, parse

LOGO = "a29kbzovL2IvbG9nby5wbmc="  # kodo://b/logo.png


def test_each_overlay_is_a_group() -> None:
    op = Avthumb(
        "mp4",
        watermarks=[
            ImageMark(wm_image="kodo://b/logo.png", wm_gravity="North", wm_offset_x=-5),
            VideoMark(wm_video="kodo://b/logo.png", wm_scale=0.5),
            TextMark(wm_text="hi", wm_gravity_text="South", wm_font_color="red", wm_offset_x=7),
        ],
    )
    text = str(op)
    assert text.count("wmOffsetX") == 2
    assert parse(text) == op
    assert text.startswith("avthumb/mp4/wmImage/")
    again: Any = parse(text)
    assert [type(mark) for mark in again.watermarks] == [ImageMark, VideoMark, TextMark]
    assert again.watermarks[2].wm_font_color == "red"


def test_keys_belong_to_the_nearest_overlay_before_them() -> None:
    op: Any = parse(f"avthumb/mp4/wmImage/{LOGO}/wmOffsetX/1/wmText/aGk=/wmOffsetX/2/wmGravity/East")
    picture, text = op.watermarks
    assert (picture.wm_offset_x, picture.wm_gravity) == (1, "East")
    assert text.wm_offset_x == 2


def test_flat_keywords_are_one_overlay() -> None:
    flat = Avthumb("mp4", wm_image="kodo://b/logo.png", wm_offset_x=-20)
    assert flat.watermarks == (ImageMark(wm_image="kodo://b/logo.png", wm_offset_x=-20),)


@pytest.mark.parametrize("position", ["1", "1.5", "$(end)", 3, 2.5])
def test_moments(position: Any) -> None:
    assert str(ImageMark(wm_image="kodo://b/k", wm_pos=position).wm_pos) == str(position)


@pytest.mark.parametrize("duration", ["-5", "6", "$(gte)", "$(lte)", "1.5"])
def test_durations(duration: str) -> None:
    text = f"avthumb/mp4/wmImage/{LOGO}/wmPos/0/wmDuration/{duration}"
    assert str(parse(text).canonical()) == text


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"wm_scale": 0.0}, "must be above 0 to 1"),
        ({"wm_scale": 1.5}, "must be above 0 to 1"),
        ({"wm_image": "logo.png"}, "must be a URL such as kodo://bucket/key or https://host/path"),
        ({"wm_pos": "soon"}, "must be seconds, or $(end)"),
        ({"wm_gravity": "Middle"}, "must be 'NorthWest'"),
        ({"wm_text": "hi"}, "has no parameter 'wm_text'"),
    ],
)
def test_error_of_a_picture(values: dict[str, Any], message: str) -> None:
    make: Any = ImageMark
    with pytest.raises(ValidationError) as caught:
        make(**{"wm_image": "kodo://b/k", **values})
    assert message in str(caught.value)


def test_error_of_a_size_of_text() -> None:
    with pytest.raises(ValidationError, match="from 0 to 100000 twips"):
        TextMark(wm_text="hi", wm_font_size=100_001)


def test_error_of_an_overlay_without_its_opener() -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse("avthumb/mp4/wmGravityText/North")
    assert caught.value.message == "avthumb: 'wmGravityText' belongs behind wmText"
