from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import Avconcat, FopSyntaxError, Transition, load, parse
from qiniufop.media import Audio, Video
from qiniufop.wire import b64encode

from .av_rows import differences, entries
from .known import examples, real_commands

TWO = "a29kbzovL2IvdHdvLm1wNA=="  # kodo://b/two.mp4
FADE = b64encode("video://transition/fade/1.5")


@pytest.mark.parametrize("text", [*examples("avconcat"), *real_commands("avconcat")])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize("text", real_commands("avconcat", label="malformed"))
def test_error_of_malformed_commands(text: str) -> None:
    with pytest.raises(FopSyntaxError):
        parse(text)


def test_everything_known_is_declared() -> None:
    for entry in entries("avconcat"):
        assert differences(Avconcat, entry) == []


def test_files_and_transitions() -> None:
    op = Avconcat(2, ["kodo://b/two.mp4", Transition("fade", 1.5), "kodo://b/two.mp4"], format="mp4", index=2)
    assert str(op) == f"avconcat/2/format/mp4/index/2/{TWO}/{FADE}/{TWO}"
    assert parse(str(op)) == op
    assert load(op.to_data()) == op
    assert op.sources[1] == Transition("fade", 1.5)
    assert str(op.sources[1]) == "video://transition/fade/1.5"
    assert Avconcat(2, ["video://transition/fade/1.5", "kodo://b/two.mp4"], format="mp4").sources[0] == op.sources[1]


def test_what_it_makes_follows_from_the_format() -> None:
    assert Avconcat(1, ["kodo://b/x"], format="mp3").makes is Audio
    assert Avconcat(1, ["kodo://b/x"], format="mkv").makes is Video


def test_transitions_are_no_files() -> None:
    files = ["kodo://b/x", "video://transition/fade/1"] * 20
    assert len(Avconcat(2, files, format="mp4").sources) == 40
    with pytest.raises(ValidationError, match="takes 1 to 20 files besides its source, not 21"):
        Avconcat(2, [*files, "kodo://b/x"], format="mp4")
    with pytest.raises(ValidationError, match="takes 1 to 20 files besides its source, not 0"):
        Avconcat(2, ["video://transition/fade/1"], format="mp4")


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        (
            f"avconcat/mode/2/format/mp4/{TWO}",
            "avconcat: the mode is a bare number: avconcat/2/format/..., not avconcat/mode/2",
            "mode",
        ),
        (f"avconcat/3/format/mp4/{TWO}", "avconcat: mode cannot be '3': expected 1 or 2", "3"),
        (f"avconcat/2/format/mp4/{TWO}/index/2", "avconcat: 'index' must stand before the files", "index"),
        (
            f"avconcat/2/format/mp4/{TWO}/Ynk=",
            "avconcat: sources must be a URL such as kodo://bucket/key or https://host/path",
            "Ynk=",
        ),
        (f"avconcat/2/{TWO}", "avconcat needs 'format'", ""),
        (f"avconcat/2/format/mp4/index/22/{TWO}", "avconcat: index must be from 1 to 21, not 22", "22"),
    ],
)
def test_error_texts(text: str, message: str, marked: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message
    assert text[slice(*caught.value.span)] == marked


@pytest.mark.parametrize(
    ("mode", "values", "message"),
    [
        (1, {"s": "640x360"}, "s needs mode 2, which encodes"),
        (1, {"add_audio": False}, "addAudio needs mode 2, which encodes"),
        (1, {"maxrate": "2m"}, "maxrate needs mode 2, which encodes"),
        (2, {"maxrate": "2m", "format": "flv"}, "maxrate needs format mp4, mov or mkv, not flv"),
        (2, {"index": 3}, "index must be from 1 to 2, the number of files, not 3"),
        (2, {"s": "10x10"}, "must have sides from 20 to 3840 px, not 10x10"),
        (1, {"sources": ["kodo://b/x", Transition("fade", 1.0)]}, "a transition needs mode 2, which encodes"),
        (2, {"sources": ["video://transition/fade"]}, "must be a transition such as video://transition/fade/1.5"),
    ],
)
def test_error_of_values(mode: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Avconcat(mode, **{"sources": ["kodo://b/x"], "format": "mp4", **values})
    assert message in str(caught.value)
