from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import FopSyntaxError, Watermark, WatermarkBlind, WatermarkBlindText, load, parse

from .known import examples, real_commands


@pytest.mark.parametrize(
    "text", [*examples("watermark", variants=("5", "6")), *real_commands("watermark/5", "watermark/6")]
)
def test_known_commands_are_read_and_kept(text: str) -> None:
    value = parse(text)
    assert str(value) == text
    assert str(value.canonical()) == text


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (Watermark(mode=5, method="decode"), "watermark/5/method/decode"),
        (
            Watermark(mode=5, method="encode", image_key="u.png", version=3),
            "watermark/5/version/3/method/encode/imageKey/dS5wbmc=",
        ),
        (
            Watermark(mode=5, method="decode", orignal="a", version=2),
            "watermark/5/version/2/method/decode/orignal/YQ==",
        ),
        (Watermark(mode=6, method="encode", text="123456"), "watermark/6/method/encode/text/MTIzNDU2"),
        (
            Watermark(mode=6, method="encode", text="a" * 15, version=3),
            "watermark/6/version/3/method/encode/text/" + "YWFh" * 5,
        ),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    assert parse(text) == op
    assert load(op.to_data()) == op


def test_the_family_makes_them() -> None:
    assert type(Watermark(mode=5, method="decode")) is WatermarkBlind
    assert type(parse("watermark/6/method/decode")) is WatermarkBlindText
    assert load({"op": "watermark", "mode": 5, "method": "decode", "original": "a"}).orignal == "a"  # type: ignore[union-attr]


@pytest.mark.parametrize("first", ["qiniufop.ops.blind", "qiniufop.ops.watermark"])
def test_either_module_may_be_imported_first(first: str) -> None:
    code = f"import {first}, qiniufop; print(qiniufop.parse('watermark/5/method/decode').mode)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "5\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("watermark/5", "watermark needs 'method'"),
        ("watermark/7/x", "watermark has no mode '7': one of 1, 2, 3, 4, 5, 6"),
        ("watermark/5/method/hide", "watermark: method cannot be 'hide': expected encode or decode"),
        ("watermark/5/method/decode/version/4", "watermark: version cannot be '4': expected 1 or 2 or 3"),
        (
            "watermark/5/method/decode/original/YQ==",
            "watermark has no parameter 'original'; did you mean 'orignal'?",
        ),
        (
            "watermark/6/version/1/method/encode/text/MTIzNDU2Nzg5MDE=",
            "watermark: text must be at most 10 ASCII letters and digits in version 1",
        ),
        (
            "watermark/6/version/3/method/encode/text/aGVsbG8gcWluaXU=",
            "watermark: text must be at most 15 ASCII letters and digits in version 3",
        ),
        ("watermark/6/method/encode/text/5LiD54mb", "watermark: text must be at most 15 ASCII letters and digits"),
        ("watermark/6/version/3/method/decode/text/MTIz", "watermark: decode takes no text"),
    ],
)
def test_error_where_and_what(text: str, message: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message


def test_error_when_built() -> None:
    with pytest.raises(ValidationError, match="decode takes no text"):
        Watermark(mode=6, method="decode", text="abc")
