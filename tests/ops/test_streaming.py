from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import Adapt, Avcvt, Avhls, Avvod, FopSyntaxError, Pm3u8, load, parse
from qiniufop.media import Playlist

from .av_rows import differences, entries
from .known import examples, real_commands

OPS: dict[str, Any] = {"adapt": Adapt, "avvod": Avvod, "avhls": Avhls, "avcvt": Avcvt, "pm3u8": Pm3u8}
BANDS = [60_000, 70_000]
LOOSE = {"adapt": frozenset({"hlstime"})}
"""hlstime: the range is of 2019, and the specification itself has an example below it."""


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
        assert differences(OPS[name], entry, LOOSE.get(name, frozenset())) == []


@pytest.mark.parametrize(
    ("op", "text"),
    [
        (
            Adapt("m3u8", env_band_width=[200_000, 800_000], multi_vb=["200k", "$(origin)"], multi_prefix=["a", "b"]),
            "adapt/m3u8/envBandWidth/200000,800000/multiVb/200k,$(origin)/multiPrefix/YQ==,Yg==",
        ),
        (
            Adapt("m3u8", env_band_width=(50_000, 60_000, 30_000_000), resolution="640:360"),
            "adapt/m3u8/envBandWidth/50000,60000,30000000/resolution/640:360",
        ),
        (Avvod("m3u8", s="960x640", vb="1000k"), "avvod/m3u8/vb/1000k/s/960x640"),
        (Avhls("m3u8", dest_key="a"), "avhls/m3u8/destKey/YQ=="),
        (Avcvt(3, format="m3u8", segtime=2.5), "avcvt/3/format/m3u8/segtime/2.5"),
        (Pm3u8(0, query="a=b", expires=60), "pm3u8/0/query/YT1i/expires/60"),
    ],
)
def test_spelling(op: Any, text: str) -> None:
    assert str(op) == text
    assert parse(text) == op
    assert load(op.to_data()) == op
    assert op.makes is Playlist


def test_the_old_spelling_of_avcvt() -> None:
    old = Avcvt.parse("avcvt/3/m3u8/segtime/10")
    assert str(old) == "avcvt/3/m3u8/segtime/10"
    assert old == Avcvt(3, format="m3u8", segtime=10.0)
    assert str(old.canonical()) == "avcvt/3/format/m3u8/segtime/10"
    assert not Avcvt.facts.piped


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("avcvt/3/m3u8/segtime/30", "avcvt: segtime must be from 2 to 10 s, three decimals, not 30.0", "30"),
        ("avcvt/3/m3u8/ss/3", "avcvt has no parameter 'ss'; it always starts at the beginning; t is the length", "ss"),
        ("avcvt/3/m3u8/format/m3u8", "avcvt has 'format' twice", "format"),
        ("avcvt/3", "avcvt needs 'format'", ""),
        ("pm3u8", "pm3u8 needs its mode right after the name", ""),
        ("pm3u8/0/expires/0", "pm3u8: expires must be at least 1, not 0", "0"),
        (
            "adapt/m3u8/envBandWidth/200000,x",
            "adapt: envBandWidth cannot be '200000,x': expected a whole number",
            "200000,x",
        ),
        (
            "adapt/m3u8/envBandWidth/200000,10",
            "adapt: envBandWidth must be from 50000 to 30000000 bit/s, not 10",
            "200000,10",
        ),
        (
            "avvod/m3u8/vcodec/copy",
            "avvod: vcodec cannot be 'copy': expected libx264 or libvpx or libtheora or libxvid",
            "copy",
        ),
    ],
)
def test_error_texts(text: str, message: str, marked: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message
    assert text[slice(*caught.value.span)] == marked


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Adapt("m3u8", env_band_width=[800_000, 200_000]), "envBandWidth must ascend"),
        (lambda: Adapt("m3u8", env_band_width=[800_000]), "envBandWidth must have 2 to 5 values, not 1"),
        (
            lambda: Adapt("m3u8", env_band_width=BANDS, multi_ab=["1k", "2k"], ab="1k"),
            "multiAb and ab cannot be given together",
        ),
        (
            lambda: Adapt("m3u8", env_band_width=BANDS, multi_vb=["1k"] * 3),
            "multiVb must have 2 values, as envBandWidth, not 3",
        ),
        (
            lambda: Adapt("m3u8", env_band_width=BANDS, resolution="9000:100"),
            "a size must have sides from 20 to 8192 px, not 9000:100",
        ),
        (lambda: Avvod("m3u8", ab="1k", aq=3), "aq and ab cannot be given together"),
        (lambda: Avvod("m3u8", s="640x1081"), "s must be at most 1080 px high, not 640x1081"),
        (lambda: Avcvt(3, format="m3u8", s="2561x100"), "s must be at most 2560x1440, not 2561x100"),
    ],
)
def test_error_of_values(make: Any, message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        make()
    assert message in str(caught.value)
