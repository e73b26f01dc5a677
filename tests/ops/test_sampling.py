from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import FopSyntaxError, Segment, Vsample, VsampleFrames, VsampleSprite, load, parse
from qiniufop.media import Image, Json

from .av_rows import differences, entries
from .known import examples, real_commands

OPS = ("vsample", "segment")
COUNT = "ZnJhbWUtJChjb3VudCkuanBn"  # frame-$(count).jpg


@pytest.mark.parametrize("text", [*examples(*OPS), *real_commands(*OPS)])
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize("text", real_commands(*OPS, label="malformed"))
def test_error_of_malformed_commands(text: str) -> None:
    with pytest.raises(FopSyntaxError):
        parse(text)


def test_everything_known_is_declared() -> None:
    kinds: dict[Any, type[Any]] = {None: VsampleFrames, "sprite": VsampleSprite}
    for entry in entries("vsample"):
        assert differences(kinds[entry.get("variant")], entry) == []
    for entry in entries("segment"):
        assert differences(Segment, entry) == []


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Vsample("jpg", save_pattern="frame-$(count).jpg"), f"vsample/jpg/savePattern/{COUNT}"),
        (
            Vsample("png", ss=1.5, frames=12, pattern="frame-$(count).jpg"),
            f"vsample/png/ss/1.5/frames/12/pattern/{COUNT}",
        ),
        (
            Vsample("jpg", cell_size="160x90", columns=5, save_sprite_pattern="frame-$(count).jpg"),
            f"vsample/jpg/saveSpritePattern/{COUNT}/cellSize/160x90/columns/5",
        ),
        (
            Segment("mp4", segtime=10.0, save_pattern="frame-$(count).jpg"),
            f"segment/mp4/segtime/10/savePattern/{COUNT}",
        ),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    assert parse(text) == op
    assert load(op.to_data()) == op


def test_sheets_are_told_by_their_keys() -> None:
    assert type(parse(f"vsample/jpg/savePattern/{COUNT}")) is VsampleFrames
    sheet = parse(f"vsample/jpg/lines/5/saveSpritePattern/{COUNT}")
    assert type(sheet) is VsampleSprite
    assert isinstance(sheet, Vsample)
    assert sheet.makes is Image
    assert Segment("mp4", save_pattern="$(count)").makes is Json


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        (
            "vsample/jpg/offset/0",
            "vsample has no parameter 'offset'; that is vframe's, which takes one picture; here ss is the start",
            "offset",
        ),
        ("vsample/jpg/pattern/YWJj", "vsample: pattern must contain $(count)", "YWJj"),
        (
            f"vsample/jpg/s/19x360/savePattern/{COUNT}",
            "vsample: s must have sides from 20 to 3840 px, not 19x360",
            "19x360",
        ),
        (
            f"vsample/jpg/s/2161x2161/savePattern/{COUNT}",
            "vsample: s may have only one side above 2160 px, not 2161x2161",
            "2161x2161",
        ),
        (f"vsample/jpg/ss/1.25/savePattern/{COUNT}", "vsample: ss must have at most one decimal", "1.25"),
        (f"vsample/gif/savePattern/{COUNT}", "vsample: format cannot be 'gif': expected jpg or png", "gif"),
        (f"segment/mp4/segtime/4/savePattern/{COUNT}", "segment: segtime must be at least 5 s, not 4.0", "4"),
        (f"vsample/jpg/cellSize/9x/saveSpritePattern/{COUNT}", "vsample: cellSize must be a size such as 160x90", "9x"),
    ],
)
def test_error_texts(text: str, message: str, marked: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message
    assert text[slice(*caught.value.span)] == marked


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "needs savePattern, the template of the keys"),
        (
            {"save_pattern": "$(count)", "pattern": "$(count)"},
            "pattern is the old name of savePattern: give one of them",
        ),
        ({"save_pattern": "${count}", "interval": 1.0, "frames": 3}, "interval and frames cannot be given together"),
        ({"save_pattern": "x"}, "must contain $(count)"),
        (
            {"save_sprite_pattern": "x", "s": "100x100"},
            "vsample has no parameter 's'; the size of a cell is cellSize here",
        ),
    ],
)
def test_error_of_values(values: dict[str, Any], message: str) -> None:
    build: Any = Vsample
    with pytest.raises(ValidationError) as caught:
        build("jpg", **values)
    assert message in str(caught.value)
