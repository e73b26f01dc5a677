"""What a person reads when a command is wrong: whole texts, with the place marked."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import (
    Avthumb,
    FopError,
    Fops,
    FopSyntaxError,
    ImageInfo,
    ImageMogr2,
    ImageView2,
    Pipeline,
    RawOp,
    Saveas,
    StageError,
    Watermark,
    parse,
)
from qiniufop.errors import excerpt

READING = {
    "imageView2/2/width/800": """imageView2 has no parameter 'width'; did you mean 'w'?
    imageView2/2/width/800
                 ^^^^^""",
    "imageView2/2|imageview2/2": """unknown operation 'imageview2'; did you mean 'imageView2'?
    imageView2/2|imageview2/2
                 ^^^^^^^^^^""",
    "imageView2/2/w/99999": """imageView2: w must be from 1 to 16383 px, not 99999
    imageView2/2/w/99999
                   ^^^^^""",
    "imageView2/9": """imageView2: mode cannot be '9': expected 0 or 1 or 2 or 3 or 4 or 5
    imageView2/9
               ^""",
    "imageView2/w/100": """imageView2 needs its mode right after the name, before 'w'
    imageView2/w/100
               ^""",
    "imageView2/2/w": """imageView2: 'w' needs a value
    imageView2/2/w
                 ^""",
    "imageView2/2/w/1/w/2": """imageView2 has 'w' twice
    imageView2/2/w/1/w/2
                     ^""",
    "imageView2//0": """imageView2: 'mode' has an empty value
    imageView2//0
               ^""",
    "imageMogr2/autoorient|imageInfo": """imageMogr2 has no parameter 'autoorient'; did you mean 'auto-orient'?
    imageMogr2/autoorient|imageInfo
               ^^^^^^^^^^""",
    "imageMogr2/q/30": """imageMogr2 has no parameter 'q'; here it is called quality
    imageMogr2/q/30
               ^""",
    "imageMogr2/rotate/-90": """imageMogr2: rotate must be from 1 to 360 degrees, not -90.0
    imageMogr2/rotate/-90
                      ^^^""",
    "imageInfo|imageView2/2": """imageInfo makes Json, which can only be saved, but imageView2 takes Image
    imageInfo|imageView2/2
              ^^^^^^^^^^^^""",
    "avthumb/mp4|imageView2/2": """avthumb/mp4 makes Video, but imageView2 takes Image
    avthumb/mp4|imageView2/2
                ^^^^^^^^^^^^""",
    "saveas/Ymt0|imageInfo": """nothing may follow saveas, which stores the result: imageInfo comes after it
    saveas/Ymt0|imageInfo
                ^^^^^^^^^""",
    "watermark/1/image/Zm9v": """watermark: image must be a URL such as kodo://bucket/key or https://host/path
    watermark/1/image/Zm9v
                      ^^^^""",
    "watermark/3/dx/3/text/YQ==": """watermark: 'dx' belongs behind image or text
    watermark/3/dx/3/text/YQ==
                ^^""",
    "avthumb/mp4/vb/1m/crf/20": """avthumb: crf and vb cannot be given together
    avthumb/mp4/vb/1m/crf/20
    ^^^^^^^^^^^^^^^^^^^^^^^^""",
    "avthumb/mp4/segtime/10": """avthumb has no parameter 'segtime'; it is for HLS: avthumb/m3u8
    avthumb/mp4/segtime/10
                ^^^^^^^""",
    "avthumb/mp4/noVideo/1": """avthumb has no parameter 'noVideo'; did you mean 'vn'?
    avthumb/mp4/noVideo/1
                ^^^^^^^""",
    "a;imageInfo": """unknown operation 'a'
    a;imageInfo
    ^""",
    "imageInfo||exif": """a stage is empty
    imageInfo||exif
              ^""",
    "imageView2%2F9": """imageView2: mode cannot be '9': expected 0 or 1 or 2 or 3 or 4 or 5
    imageView2%2F9
                 ^""",
    "/avthumb/mp4": """the name of an operation is missing
    /avthumb/mp4
    ^^^^^^^^^^^^""",
}


@pytest.mark.parametrize("text", READING)
def test_error_of_reading(text: str) -> None:
    with pytest.raises(FopError) as caught:
        parse(text)
    assert str(caught.value) == READING[text]
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == READING[text]
    assert type(again) is type(caught.value)


BUILDING: list[tuple[Callable[[], Any], str]] = [
    (lambda: ImageView2(2, width=3), "imageView2 has no parameter 'width'; did you mean 'w'?"),
    (lambda: ImageView2(2, w=99999), "must be from 1 to 16383 px, not 99999"),
    (lambda: ImageView2(2, w=True), "must be a whole number, not True"),
    (lambda: ImageView2("2"), "must be 0, 1, 2, 3, 4 or 5, not '2'; did you mean the number 2?"),
    (lambda: ImageView2(2, format="jpg|saveas/x"), "it must not contain '|'"),
    (lambda: ImageView2(2, format="a b"), "it must not contain white space"),
    (lambda: ImageView2(2, q=0), "must be a whole number from 1 to 100, with '!' behind it to force it"),
    (lambda: ImageView2(2, extra={"w": "1"}), "'w' is a parameter of imageView2: give it by its name"),
    (lambda: ImageView2(2, extra={"new": "a/b"}), "a value must not contain '/'"),
    (lambda: ImageMogr2(autoorient=True), "imageMogr2 has no parameter 'autoorient'; did you mean 'auto_orient'?"),
    (lambda: ImageMogr2().rotate(0), "must be from 1 to 360 degrees, not 0"),
    (
        lambda: Avthumb("mp4", af="x"),
        "avthumb has no parameter 'af'; filters are not free: use volume, loudnorm or fade",
    ),
    (lambda: Avthumb("mp4", crf=20, vb="1m"), "crf and vb cannot be given together"),
    (lambda: Watermark(mode=1), "watermark needs 'image'"),
    (lambda: Watermark(mode=3, layers=[]), "must not be empty, not []"),
    (lambda: Saveas("a:b"), "String should match pattern '^[^:\\x00-\\x1f]+$'"),
    (
        lambda: RawOp("imageView2", "2"),
        "'imageView2' is in the catalogue: use ImageView2, with extra= for what it lacks",
    ),
    (lambda: RawOp("my-op", "a|b"), "must not contain '|'; write free text in base64"),
]


@pytest.mark.parametrize(("build", "message"), BUILDING, ids=[m[:60] for _, m in BUILDING])
def test_error_of_building(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        build()
    assert message in [e["msg"] for e in caught.value.errors()]


CALLS: list[tuple[Callable[[], Any], str]] = [
    (lambda: Watermark(mode=9, text="x"), "Watermark has no mode 9: one of 1, 2, 3, 4, 5, 6"),
    (lambda: Watermark(text="x"), "Watermark needs mode: one of 1, 2, 3, 4, 5, 6"),
    (lambda: ImageView2(2, mode=2), "ImageView2 got 'mode' twice"),
    (lambda: ImageView2(2, 3), "ImageView2 takes 1 positional arguments (mode), got 2"),
    (lambda: ImageInfo(3), "ImageInfo takes keywords only, got 1"),
    (lambda: ImageView2(2) | 3, "unsupported operand type(s) for |: 'ImageView2' and 'int'"),
]


@pytest.mark.parametrize(("call", "message"), CALLS, ids=[m[:60] for _, m in CALLS])
def test_error_of_calling(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError) as caught:
        call()
    assert str(caught.value) == message


MEETING: list[tuple[Callable[[], Any], str]] = [
    (lambda: Avthumb("mp3") | ImageView2(2), "avthumb/mp3 makes Audio, but imageView2 takes Image"),
    (lambda: ImageInfo() | ImageView2(2), "imageInfo makes Json, which can only be saved, but imageView2 takes Image"),
    (lambda: Pipeline(), "a pipeline needs at least one stage"),
    (lambda: Fops(), "a job needs at least one command"),
    (lambda: Pipeline(*[ImageView2(2)] * 31), "a command has at most 30 stages, not 31"),
]


@pytest.mark.parametrize(("join", "message"), MEETING, ids=[m[:60] for _, m in MEETING])
def test_error_of_stages_that_do_not_meet(join: Callable[[], Any], message: str) -> None:
    with pytest.raises(StageError) as caught:
        join()
    assert str(caught.value) == message
    assert isinstance(caught.value, TypeError)


def test_an_error_carries_its_facts() -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse("imageView2/2|imageMogr2/autoorient")
    error = caught.value
    assert isinstance(error, ValueError)
    assert error.source == "imageView2/2|imageMogr2/autoorient"
    assert error.source[slice(*error.span)] == "autoorient"
    assert error.suggestion == "auto-orient"
    assert error.code == "unknown-key"


def test_a_long_text_is_cut_around_the_place() -> None:
    line, column, width = excerpt("x" * 500 + "BAD" + "y" * 500, (500, 503))
    assert line[column : column + width] == "BAD"
    assert len(line) <= 102
    assert line.startswith("…")
    assert line.endswith("…")


def test_control_characters_are_not_printed() -> None:
    line, column, _ = excerpt("a\x00\nb", (3, 4))
    assert line == "a\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}b"
    assert line[column] == "b"
