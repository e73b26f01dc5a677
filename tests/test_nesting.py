"""What came in from outside: hostile types, other spellings, models of other people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from qiniufop import (
    Avthumb,
    AvthumbHls,
    Client,
    Fop,
    Fops,
    ImageInfo,
    ImageMogr2,
    ImageView2,
    Saveas,
    Watermark,
    load,
    parse,
)
from qiniufop.client.errors import SubmitRefused


@pytest.mark.parametrize(
    "build",
    [
        lambda: Avthumb("mp4", vb=b"1m|saveas/YTpi;x"),
        lambda: Avthumb("mp4", s=bytearray(b"1x1|saveas/YTpi")),
        lambda: ImageMogr2(thumbnail=b"200x|saveas/YTpi"),
        lambda: ImageMogr2(blur=b"1"),
        lambda: Avthumb("mp4", maxrate="\ud800"),
        lambda: Avthumb("m3u8", hls_iv="\ud800"),
    ],
)
def test_error_of_bytes_and_half_characters(build: Callable[[], Any]) -> None:
    with pytest.raises(ValidationError):
        build()


def test_keys_are_text_where_they_can_be_and_bytes_where_not() -> None:
    plain = AvthumbHls("m3u8", hls_key=b"0123456789abcdef", hls_key_url="http://k")
    assert plain.hls_key == "0123456789abcdef"
    assert parse(str(plain)) == plain
    wrapped = Avthumb("m3u8", hls_key=b"\xff" * 16, hls_key_url="http://k")
    assert parse(str(wrapped)) == wrapped
    assert load(wrapped.to_data()) == wrapped
    assert AvthumbHls.model_validate_json(wrapped.model_dump_json()) == wrapped


def test_an_unknown_key_before_true_is_kept() -> None:
    assert str(parse("imageMogr2/new/true/strip", unknown="keep")) == "imageMogr2/new/true/strip"


class Job(BaseModel):
    mark: Watermark
    any: Fop[Any, Any]
    thumb: ImageView2
    video: Avthumb[Any]


def test_families_keep_everything_in_other_peoples_models() -> None:
    job = Job(mark=Watermark(mode=2, text="x"), any=ImageInfo(), thumb=ImageView2(2), video=Avthumb("mp3"))
    again = Job.model_validate_json(job.model_dump_json())
    assert again == job
    assert again.mark.text == "x"  # type: ignore[attr-defined]
    assert Job.model_json_schema()


@pytest.mark.parametrize("given", [{"mode": 2, "text": "x"}, "watermark/2/text/eA==", Watermark(mode=2, text="x")])
def test_a_family_field_takes_data_text_and_values(given: object) -> None:
    assert TypeAdapter(Watermark).validate_python(given) == Watermark(mode=2, text="x")


@pytest.mark.parametrize("given", ["imageInfo", ImageInfo(), {"mode": 9}, 3])
def test_error_of_a_family_field(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Watermark).validate_python(given)


def test_groups_and_steps_take_the_spelling_of_the_wire() -> None:
    marks = load(
        {"op": "avthumb", "format": "mp4", "watermarks": [{"wmImage": "http://a/b.png", "wmGravity": "North"}]}
    )
    assert marks == load({"op": "avthumb", "format": "mp4", "wmImage": "http://a/b.png", "wmGravity": "North"})
    assert marks == Avthumb("mp4", wm_image="http://a/b.png", wm_gravity="North")
    edits = load({"op": "imageMogr2", "steps": [["auto-orient", True], {"size-limit": "15k"}]})
    assert edits == ImageMogr2(auto_orient=True, size_limit="15k")


def test_error_of_one_parameter_under_two_names() -> None:
    with pytest.raises(ValueError, match="'width' and 'w' are the same parameter"):
        load({"op": "imageView2", "mode": 2, "width": 800, "w": 100})
    with pytest.raises(ValueError, match="given twice"):
        load({"op": "imageMogr2", "auto-orient": True, "auto_orient": True})


def test_error_of_what_is_no_text() -> None:
    for wrong in (None, b"imageInfo", 3):
        with pytest.raises(TypeError, match="a command is text, not"):
            parse(wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown is 'error' or 'keep'"):
        parse("imageInfo", unknown="other")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="must be a list"):
        load({"commands": 5})


def test_a_job_that_overwrites_its_own_result_is_not_sent() -> None:
    client = Client("ak", "sk", api_host="http://127.0.0.1:9")
    with pytest.raises(SubmitRefused, match="two commands write b:k"):
        client.submit("bucket", "key", Fops(ImageView2(2) | Saveas("b", "k"), ImageInfo() | Saveas("b", "k")))
