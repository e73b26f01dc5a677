from __future__ import annotations

from typing import Any

import pytest

from qiniufop.engine.errors import FopFailed, UnsupportedFopError
from qiniufop.engine.video_options import BitRate, Options, bit_rate, wire_key
from qiniufop.ops.av import Vframe
from qiniufop.ops.avthumb import AvthumbFile, AvthumbHls, AvthumbPreset
from qiniufop.ops.marks import ImageMark, TextMark, VideoMark


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("128k", BitRate(128_000)),
        ("1.25m", BitRate(1_250_000)),
        ("5M!", BitRate(5_000_000, True)),
        ("64000", BitRate(64_000)),
        ("12.20k", BitRate(12_200)),
    ],
)
def test_bit_rates(text: str, rate: BitRate) -> None:
    assert bit_rate(text) == rate


@pytest.mark.parametrize("text", ["", "k", "0", "-1k", "1g", "1k!!", "1e3"])
def test_error_of_what_is_no_bit_rate(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a bit rate such as 128k, 1.25m or 64000"):
        bit_rate(text)


def test_the_source_caps_a_rate_unless_it_is_forced() -> None:
    assert bit_rate("2m").capped(1_000_000) == 1_000_000
    assert bit_rate("2m!").capped(1_000_000) == 2_000_000
    assert bit_rate("2m").capped(None) == 2_000_000
    assert bit_rate("1m").capped(2_000_000) == 1_000_000


@pytest.mark.parametrize(
    ("attribute", "key"),
    [("vb", "vb"), ("wm_font_size", "wmFontSize"), ("loudnorm_lra", "loudnormLRA"), ("ignore_error", "ignore-error")],
)
def test_attributes_by_their_wire_key(attribute: str, key: str) -> None:
    assert wire_key(attribute) == key


@pytest.mark.parametrize("model", [AvthumbFile, AvthumbHls, AvthumbPreset, ImageMark, VideoMark, TextMark, Vframe])
def test_options_are_called_as_on_the_wire(model: Any) -> None:
    keys = {step.attr: key for key, step in model.plan.keyed.items()}
    assert {attr: wire_key(attr) for attr in keys} == keys


def test_error_of_an_option_nobody_took() -> None:
    options = Options("avthumb", {"vb": "1m", "pad_w": 10, "an": None})
    assert options.text("vb") == "1m"
    with pytest.raises(UnsupportedFopError) as caught:
        options.finish()
    assert str(caught.value) == (
        "avthumb: option 'padW' cannot run locally: the engine does not know what it means here"
    )
    options.take("pad_w")
    options.finish()


def test_values_come_in_the_type_that_was_asked_for() -> None:
    options = Options("avthumb", {"r": "25", "gop": 250, "an": True, "vn": "1", "sn": "0", "pad_w": "12", "t": 1})
    assert options.number("r") == 25.0
    assert options.whole("gop") == 250
    assert options.whole("pad_w") == 12
    assert [options.on(name) for name in ("an", "vn", "sn", "hr")] == [True, True, False, False]
    assert options.on("write_xing", default=True)
    assert options.rate("vb") is None


@pytest.mark.parametrize(("name", "method"), [("pad_w", "number"), ("pad_w", "whole"), ("pad_w", "rate")])
def test_error_of_a_value_of_another_type(name: str, method: str) -> None:
    options = Options("avthumb", {"pad_w": "wide"})
    with pytest.raises(FopFailed, match=r"avthumb: padW must be a .*not 'wide'"):
        getattr(options, method)(name)


def test_error_of_a_fraction_where_a_whole_number_is_needed() -> None:
    with pytest.raises(FopFailed, match=r"padW must be a whole number, not '1.5'"):
        Options("avthumb", {"pad_w": "1.5"}).whole("pad_w")


def test_what_is_switched_off_need_not_be_refused() -> None:
    options = Options("avthumb", {"refine": False, "speex": "0"})
    options.refuse("there is none", "refine", "speex")
    options.finish()
    with pytest.raises(UnsupportedFopError, match=r"option 'refine' cannot run locally: there is none"):
        Options("avthumb", {"refine": True}).refuse("there is none", "refine")


def test_idle_options_are_noted() -> None:
    options = Options("avthumb", {"vb": "1m", "an": False})
    options.idle("there is no picture", "vb", "an", "r")
    options.finish()
    assert options.notes == ["avthumb: vb has no effect: there is no picture"]


def test_defaults_do_not_replace_what_is_set() -> None:
    options = Options("avthumb", {"vb": "1m"})
    options.fill({"vb": "2m", "s": "10x10"})
    assert options.values() == {"vb": "1m", "s": "10x10"}
