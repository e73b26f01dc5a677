from __future__ import annotations

import pytest
from pydantic import ValidationError

from qiniufop import Avinfo, FopSyntaxError, StageError, Vframe, parse

from .av_rows import differences, entries
from .known import examples, real_commands


@pytest.mark.parametrize("text", [*examples("vframe", "avinfo"), *real_commands("vframe", "avinfo")])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize("text", real_commands("vframe", label="malformed"))
def test_error_of_malformed_commands(text: str) -> None:
    with pytest.raises(FopSyntaxError):
        parse(text)


def test_everything_known_is_declared() -> None:
    for entry in entries("vframe"):
        assert differences(Vframe, entry) == []
    for entry in entries("avinfo"):
        assert differences(Avinfo, entry) == []


def test_spelling() -> None:
    assert str(Vframe("jpg", offset=7.5, w=480, rotate="auto")) == "vframe/jpg/offset/7.5/w/480/rotate/auto"
    assert str(Avinfo()) == "avinfo"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("vframe/jpg", "vframe needs 'offset'"),
        ("vframe/jpg/offset/1/w/19", "vframe: w must be from 20 to 3840 px, not 19"),
        ("vframe/jpg/offset/1.2345", "vframe: offset must have at most three decimals"),
        ("vframe/jpg/offset/-1", "vframe: offset must be at least 0 s, three decimals, not -1.0"),
        ("vframe/jpg/offset/1/rotate/45", "vframe: rotate cannot be '45': expected 90 or 180 or 270 or auto"),
        ("avinfo/x/1", "avinfo has no parameter 'x'; it takes none"),
    ],
)
def test_error_texts(text: str, message: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message


def test_error_of_two_long_sides() -> None:
    with pytest.raises(ValidationError, match="at most one of w and h may be above 2160"):
        Vframe("jpg", offset=1.0, w=2161, h=2161)


def test_error_behind_a_report() -> None:
    with pytest.raises(StageError, match="makes Json, which can only be saved"):
        parse("avinfo|imageView2/2/w/9")
