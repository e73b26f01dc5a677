from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import (
    Aicvt,
    AicvtImage,
    AicvtVideo,
    Animate,
    FopSyntaxError,
    Imageslim,
    RoundPic,
    StageError,
    Stitch,
    parse,
)

from .known import examples, real_commands

OPS = ("roundPic", "imageslim", "animate", "stitch", "aicvt")
KODO = "a29kbzovL2Ivaw=="  # kodo://b/k


@pytest.mark.parametrize("text", [*examples(*OPS), *real_commands(*OPS)])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (RoundPic(radius=50), "roundPic/radius/50"),
        (RoundPic(radius="!25.5p"), "roundPic/radius/!25.5p"),
        (RoundPic(radiusy=3, radiusx="!50p"), "roundPic/radiusx/!50p/radiusy/3"),
        (RoundPic(radius=99999999999), "roundPic/radius/99999999999"),
        (Imageslim(), "imageslim"),
        (Imageslim(zlevel=0), "imageslim/zlevel/0"),
        (Animate(duration=5, keys=["a", "b"], effect=1), "animate/duration/5/merge/key/YQ==/key/Yg==/effect/1"),
        (Stitch(format="png", images=["kodo://b/k"] * 2), f"stitch/format/png/images/{KODO}/{KODO}"),
        (
            Aicvt(format="png", super_resolution=4, sr_mode="enhance"),
            "aicvt/format/png/superResolution/4/srMode/enhance",
        ),
        (
            Aicvt(format="mp4", vcodec="libx264", super_resolution=3),
            "aicvt/format/mp4/vcodec/libx264/superResolution/3",
        ),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    assert parse(text) == op


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("roundPic", "roundPic: needs radius, or radiusx and radiusy together", (0, 8)),
        ("roundPic/radiusx/5", "roundPic: needs radius, or radiusx and radiusy together", (0, 18)),
        ("roundPic/radius/5/radiusx/5", "roundPic: radius cannot be given together with radiusx or radiusy", (0, 27)),
        ("roundPic/radius/50p", "roundPic: radius must be pixels such as 50, or a percentage such as !50p", (16, 19)),
        ("roundPic/radius/-1", "roundPic: radius must be pixels such as 50, or a percentage such as !50p", (16, 18)),
        ("imageslim/zlevel/11", "imageslim: zlevel must be from 0 to 10, not 11", (17, 19)),
        ("imageSlim", "unknown operation 'imageSlim'; did you mean 'imageslim'?", (0, 9)),
        ("animate/duration/1", "animate needs 'key'", (18, 18)),
        ("animate/merge/key/YQ==", "animate needs 'duration'", (22, 22)),
        ("animate/duration/1/merge/key/YQ==/effect/2", "animate: effect cannot be '2': expected 0 or 1", (41, 42)),
        ("stitch/format/jpg", "stitch needs 'images'", (17, 17)),
        ("stitch/format/gif/images/" + KODO, "stitch: format cannot be 'gif': expected jpg or png", (14, 17)),
        (
            f"stitch/format/jpg/images/{KODO}/aHR0cDovL2EuYi9j",
            "stitch: images must be an object such as kodo://bucket/key",
            (42, 58),
        ),
        ("aicvt", "aicvt needs 'format'", (5, 5)),
        ("aicvt/format/webp", "aicvt: format cannot be 'webp': expected jpg or png or bmp", (13, 17)),
        ("aicvt/superResolution/4/format/jpg", "aicvt: superResolution/4 needs srMode/enhance", (0, 34)),
        ("aicvt/format/mp4/superResolution/4", "aicvt: superResolution cannot be '4': expected 2 or 3", (33, 34)),
    ],
)
def test_error_where_and_what(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.span) == (message, span)


def test_error_too_many_pictures() -> None:
    with pytest.raises(ValidationError, match="must have at most 20 items, not 21"):
        Animate(duration=1, keys=["a"] * 21)
    with pytest.raises(ValidationError, match="must have at most 9 items, not 10"):
        Stitch(format="jpg", images=["kodo://b/k"] * 10)
    with pytest.raises(ValidationError, match="must not be empty"):
        Animate(duration=1, keys=[])


def test_the_word_before_the_keys_of_an_animation_is_restored() -> None:
    value = parse("animate/duration/1/key/YQ==")
    assert str(value) == "animate/duration/1/key/YQ=="
    assert str(value.canonical()) == "animate/duration/1/merge/key/YQ=="
    assert value == Animate(duration=1, keys=["a"])


def test_the_format_tells_pictures_from_videos() -> None:
    assert type(parse("aicvt/srMode/enhance/format/JPG")) is AicvtImage
    assert type(parse("aicvt/superResolution/2/format/mp4")) is AicvtVideo
    assert isinstance(parse("aicvt/format/bmp"), Aicvt)
    assert str(Aicvt(format="png") | RoundPic(radius=1)) == "aicvt/format/png|roundPic/radius/1"
    with pytest.raises(StageError, match="aicvt makes Video, but roundPic takes Image"):
        parse("aicvt/format/mp4|roundPic/radius/1")


def test_an_animation_can_be_transcoded() -> None:
    assert len(parse("animate/duration/1/merge/key/YQ==|avthumb/mp4").stages) == 2
