from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import (
    Avfast,
    Avsmart,
    Avwatermarks,
    FopSyntaxError,
    ImageMark,
    RetiredWarning,
    TextMark,
    Vwatermark,
    load,
    parse,
)
from qiniufop.media import Playlist, Video

from .av_rows import differences, entries
from .known import examples, real_commands

pytestmark = pytest.mark.filterwarnings("ignore::qiniufop.errors.RetiredWarning")
OPS: dict[str, Any] = {"avsmart": Avsmart, "avfast": Avfast, "avwatermarks": Avwatermarks, "vwatermark": Vwatermark}
LOGO = "a29kbzovL2IvbG9nby5wbmc="  # kodo://b/logo.png


@pytest.mark.parametrize("text", [*examples(*OPS), *real_commands(*OPS)])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize("text", real_commands(*OPS, label="malformed"))
def test_error_of_malformed_commands(text: str) -> None:
    with pytest.raises(FopSyntaxError):
        parse(text)


@pytest.mark.parametrize("name", OPS)
def test_everything_known_is_declared(name: str) -> None:
    for entry in entries(name):
        assert differences(OPS[name], entry) == []


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Avsmart("mp4", ignore_error=True, oau=False), "avsmart/mp4/oau/0/ignore-error/1"),
        (Avfast("mp4", vcodec="libx265", crf=30), "avfast/mp4/crf/30/vcodec/libx265"),
        (
            Avwatermarks("mp4", watermarks=[ImageMark(wm_image="kodo://b/logo.png"), TextMark(wm_text="hi")], r=25.0),
            f"avwatermarks/mp4/r/25/wmImage/{LOGO}/wmText/aGk=",
        ),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    assert parse(text) == op
    assert load(op.to_data()) == op


def test_the_oldest_warns() -> None:
    with pytest.warns(RetiredWarning, match="vwatermark is retired"):
        op = Vwatermark(1, image="kodo://b/logo.png", format="flv")
    assert str(op) == f"vwatermark/1/image/{LOGO}/format/flv"


def test_what_avfast_makes_follows_from_the_format() -> None:
    assert Avfast("mp4").makes is Video
    assert Avfast("m3u8").makes is Playlist


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("avsmart/mp4/s/641x360", "avsmart: s must have even sides, not 641x360", "641x360"),
        ("avsmart/flv", "avsmart: format cannot be 'flv': expected mp4", "flv"),
        ("avfast/mp4/vcodec/copy", "avfast: vcodec cannot be 'copy': expected libx264 or libx265", "copy"),
        ("avwatermarks/mp4/wmGravity/North", "avwatermarks: 'wmGravity' belongs behind wmImage", "wmGravity"),
        ("avwatermarks/mp4", "avwatermarks needs 'watermarks'", ""),
    ],
)
def test_error_texts(text: str, message: str, marked: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message
    assert text[slice(*caught.value.span)] == marked


def test_error_of_two_rates() -> None:
    with pytest.raises(ValidationError, match="crf and vb cannot be given together"):
        Avfast("mp4", crf=20, vb="1m")
