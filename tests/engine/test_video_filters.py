from __future__ import annotations

import pytest

from qiniufop.engine.video_filters import (
    fade,
    flip,
    key_frames,
    mosaic_chain,
    pad,
    read_fade,
    scale,
    volume,
    window,
)
from qiniufop.engine.video_size import Fitted, Frame


def test_scaling() -> None:
    assert scale(Fitted(Frame(640, 360))) == ["scale=640:360", "setsar=1"]
    boxed = scale(Fitted(Frame(640, 360), Frame(640, 640)))
    assert boxed == ["scale=640:360", "pad=640:640:0:140:black", "setsar=1"]
    assert pad(Frame(10, 8), 1, 2) == "pad=10:8:1:2:black"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [
        (None, None, ""),
        (0.0, None, ""),
        (1.5, None, ":enable='gte(t,1.5)'"),
        (0.0, 2.0, ":enable='lt(t,2)'"),
        (1.0, 2.25, ":enable='gte(t,1)*lt(t,2.25)'"),
    ],
)
def test_windows(start: float | None, end: float | None, text: str) -> None:
    assert window(start, end) == text


@pytest.mark.parametrize(
    ("text", "times"), [("3-2", (3, 2)), ("3", (3, 0)), ("-3.0", (0, 3)), ("1.5-2.25", (1.5, 2.25)), ("0", (0, 0))]
)
def test_fades_are_read(text: str, times: tuple[float, float]) -> None:
    assert read_fade(text) == times


def test_fades() -> None:
    assert fade("fade", 1, 2, 10) == ["fade=t=in:st=0:d=1", "fade=t=out:st=8:d=2"]
    assert fade("afade", 0, 20, 10) == ["afade=t=out:st=0:d=20"]
    assert fade("fade", 0, 0, 10) == []


@pytest.mark.parametrize(("text", "made"), [("1.5", "volume=1.5"), ("-3dB", "volume=-3dB"), ("6DB", "volume=6dB")])
def test_volumes(text: str, made: str) -> None:
    assert volume(text) == made


@pytest.mark.parametrize("text", ["-1", "loud", "1,asplit", "1dBm", ""])
def test_error_of_a_volume(text: str) -> None:
    with pytest.raises(ValueError, match=r"a factor such as 1.5, or decibels such as -3dB"):
        volume(text)


@pytest.mark.parametrize(
    ("text", "made"), [("h", "hflip"), ("Horizontal", "hflip"), ("v", "vflip"), ("vflip", "vflip")]
)
def test_flips(text: str, made: str) -> None:
    assert flip(text) == made


@pytest.mark.parametrize(
    ("function", "text"), [(flip, "x"), (key_frames, "expr:1"), (key_frames, "1;2"), (read_fade, "1-2-3")]
)
def test_error_of_other_texts(function: object, text: str) -> None:
    assert callable(function)
    with pytest.raises(ValueError, match=r"."):
        function(text)


def test_a_mosaic_is_made_of_blocks() -> None:
    assert mosaic_chain(Frame(64, 32), 10, 20) == ("crop=64:32:10:20,scale=4:2:flags=area,scale=64:32:flags=neighbor")
