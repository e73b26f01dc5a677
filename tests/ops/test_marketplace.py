from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import (
    Ad,
    Facecrop2,
    FopSyntaxError,
    ImageCensor,
    Nrop,
    P,
    Qpolitician,
    Qpulp,
    Qterror,
    RetiredWarning,
    Sequickimage,
    StageError,
    TupuVideo,
    VideoCensor,
    load,
    parse,
)
from qiniufop.media import Image, Json

from .known import examples, real_commands

OPS = (
    "facecrop2", "nrop", "ad", "sequickimage", "tupu-video", "qpulp", "qterror", "qpolitician", "image-censor",
    "video-censor", "p",
)  # fmt: skip
retired = pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")


@pytest.mark.parametrize("text", [*examples(*OPS), *real_commands(*OPS)])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert str(value.canonical()) == text


@retired
@pytest.mark.parametrize(
    ("build", "text"),
    [
        (lambda: Facecrop2("200x200", ignore_error=True), "facecrop2/200x200/ignore-error/1"),
        (lambda: Nrop(), "nrop"),
        (lambda: Ad(), "ad"),
        (lambda: TupuVideo("nrop", s=2.5, f=5), "tupu-video/nrop/f/5/s/2.5"),
        (lambda: Sequickimage("convert"), "sequickimage/convert"),
        (lambda: Sequickimage("gettile", "0-0-0.5-256"), "sequickimage/gettile/0-0-0.5-256"),
        (lambda: Qpulp(), "qpulp"),
        (lambda: Qterror(), "qterror"),
        (lambda: Qpolitician(), "qpolitician"),
        (lambda: ImageCensor("v2", scenes=["pulp", "ads"], app="a"), "image-censor/v2/pulp/ads/app/YQ=="),
        (lambda: VideoCensor("v3", bucket="temp", scenes=["pulp"]), "video-censor/v3/pulp/bucket/temp"),
        (lambda: P(1, "avthumb/mp3/ar/44100/ab/32k"), "p/1/avthumb/mp3/ar/44100/ab/32k"),
    ],
)
def test_spelling(build: Any, text: str) -> None:
    op = build()
    assert str(op) == text
    assert parse(text) == op
    assert load(op.to_data()) == op


def test_building_what_is_gone_warns_and_reading_does_not() -> None:
    parse("facecrop2/1x1;p/1/imageInfo")
    with pytest.warns(RetiredWarning, match="facecrop2 is a third party's"):
        Facecrop2("1x1")
    with pytest.warns(RetiredWarning, match="p is retired"):
        P(1, "imageInfo")
    Qpulp()  # old, and not gone: no warning


def test_p_takes_the_rest_of_its_stage() -> None:
    value = parse("p/1/imageMogr/thumbnail/100x200%3E|imageslim")
    first = value.stages[0]
    assert isinstance(first, P)
    assert first.fop == "imageMogr/thumbnail/100x200>"
    assert str(first.canonical()) == "p/1/imageMogr/thumbnail/100x200>"


@pytest.mark.parametrize("command", ["a|saveas/x", "a;b", "a%7Cb", "a/", "", "a b", "é"])
@retired
def test_error_p_takes_one_stage(command: str) -> None:
    with pytest.raises(ValidationError) as caught:
        P(1, command)
    assert caught.value.errors()[0]["msg"] == (
        "must be a command of one stage, without '|', ';', '%' or space, that does not end in '/'"
    )


def test_what_tiles_make() -> None:
    assert parse("sequickimage/gettile/0-0-1-256").makes is Image  # type: ignore[union-attr]
    assert parse("sequickimage/getinfo").makes is Json  # type: ignore[union-attr]
    assert parse("sequickimage/convert").makes is Any  # type: ignore[union-attr]
    with pytest.raises(StageError, match="nrop makes Json, which can only be saved, but imageslim takes Image"):
        parse("nrop|imageslim")


@pytest.mark.parametrize(
    ("text", "message", "span"),
    [
        ("facecrop2", "facecrop2 needs its size right after the name", (9, 9)),
        ("facecrop2/0x5", "facecrop2: size must be a size such as 200x200", (10, 13)),
        ("nrop/1", "nrop has no parameter '1'; it takes none", (5, 6)),
        ("tupu-video/nrop/f/0", "tupu-video: f must be at least 1, not 0", (18, 19)),
        ("tupu-video/porn", "tupu-video: kind cannot be 'porn': expected nrop", (11, 15)),
        ("sequickimage/gettile", "sequickimage: gettile needs a tile such as 0-0-0.5-256", (0, 20)),
        ("sequickimage/gettile/0-0", "sequickimage: tile must be four numbers such as 0-0-0.5-256", (21, 24)),
        ("sequickimage/getinfo/0-0-1-2", "sequickimage: getinfo takes no tile", (0, 28)),
        ("image-censor/v2", "image-censor needs 'scenes'", (15, 15)),
        ("image-censor/pulp", "image-censor: version must be v2 or v3", (13, 17)),
        ("image-censor/v2/pulp/terror/pulp", "image-censor: scenes has 'pulp' twice", (16, 20)),
        ("image-censor/v2/pulp/app", "image-censor: 'app' needs a value", (21, 24)),
        ("p/2/x", "p: mode cannot be '2': expected 1", (2, 3)),
        ("p/1", "p needs 'fop'", (3, 3)),
    ],
)
def test_error_where_and_what(text: str, message: str, span: tuple[int, int]) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert (caught.value.message, caught.value.span) == (message, span)
