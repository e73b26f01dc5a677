from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from qiniufop import Avthumb, AvthumbFile, AvthumbHls, AvthumbPreset, FopSyntaxError, parse
from qiniufop.media import Animation, Audio, Document, Playlist, Transcoded, Video

from .av_rows import differences, entries
from .known import examples, real_commands

KINDS: dict[Any, Any] = {None: AvthumbFile, "m3u8": AvthumbHls, "preset": AvthumbPreset}
LOOSE = frozenset({"vb", "ab", "crf", "h264Crf"})
"""The bounds of bit rates differ by source; those of crf depend on the codec and are a rule."""


@pytest.mark.parametrize("text", [*examples("avthumb"), *real_commands("avthumb")])
def test_known_commands_are_read_and_kept(text: str) -> None:
    text = text.replace("<id>", "my-preset")
    value = parse(text)
    assert str(value) == text
    assert parse(str(value.canonical())) == value


@pytest.mark.parametrize("text", real_commands("avthumb", label="malformed"))
def test_error_of_malformed_commands(text: str) -> None:
    with pytest.raises(FopSyntaxError):
        parse(text)


def test_everything_known_is_declared() -> None:
    for entry in entries("avthumb"):
        assert differences(KINDS[entry.get("variant")], entry, LOOSE) == []


def _words(text: str) -> list[str]:
    """The words of a command in alphabetical order, numbers and padding in one spelling."""
    words = [word.rstrip("=") for word in text.replace("|", "/").replace(";", "/").split("/") if word]
    return sorted(f"{float(word):g}" if re.fullmatch(r"[0-9]+\.[0-9]+", word) else word for word in words)


@pytest.mark.parametrize("text", [*examples("avthumb"), *real_commands("avthumb")])
def test_the_normal_form_keeps_every_word(text: str) -> None:
    value = parse(text)
    given = _words(text if "%" not in text else value.to_fop())
    given += ["preset"] * ("video_240k" in given and "preset" not in given)  # once written without its key
    assert _words(str(value.canonical())) == sorted(_words("/".join(given)))


@pytest.mark.parametrize(
    ("op", "media"),
    [
        (Avthumb("mp4"), Video),
        (Avthumb("mp4", vn=True), Audio),
        (Avthumb("mp3"), Audio),
        (Avthumb("gif"), Animation),
        (Avthumb("srt"), Document),
        (Avthumb("hls"), Playlist),
        (Avthumb("s16le"), Transcoded),
    ],
)
def test_what_it_makes(op: Any, media: type) -> None:
    assert op.makes is media


def test_a_preset_takes_the_place_of_the_format() -> None:
    op = parse("avthumb/ss/0/t/5/preset/my-preset")
    assert type(op) is AvthumbPreset
    assert str(op.canonical()) == "avthumb/preset/my-preset/ss/0/t/5"
    assert type(parse("avthumb/mp4/preset/video_16x9_150k")) is AvthumbFile
    assert str(parse("avthumb/m3u8/segtime/15/video_240k").canonical()) == "avthumb/m3u8/segtime/15/preset/video_240k"


@pytest.mark.parametrize(
    ("text", "message", "marked"),
    [
        ("avthumb/mp4/vcode/copy", "avthumb has no parameter 'vcode'; did you mean 'vcodec'?", "vcode"),
        (
            "avthumb/mp4/vf/x",
            "avthumb has no parameter 'vf'; filters are not free: use s, rotate, flip, mosaic or an overlay",
            "vf",
        ),
        ("avthumb/mp4/autoscale/3", "avthumb: autoscale cannot be '3': expected 0 or 1 or 2", "3"),
        ("avthumb/mp4/t/0", "avthumb: t must be above 0 s, three decimals, not 0.0", "0"),
        ("avthumb/mp4/h264Crf/29", "avthumb: h264Crf must be from 18 to 28, not 29", "29"),
        ("avthumb/mp4/ar/100", "avthumb: ar must be from 8000 to 100000 Hz, not 100", "100"),
        ("avthumb/mp4/s/640x360b", "avthumb: s must be a size such as 640x360, 640x or x360", "640x360b"),
        ("avthumb/m3u8/segtime/1", "avthumb: segtime must be from 2 to 120 s, not 1", "1"),
        ("avthumb/m3u8/pattern/YWJj", "avthumb: pattern must contain $(count)", "YWJj"),
        ("avthumb/subtitle/YWJj", "avthumb needs its format right after the name, before 'subtitle'", "subtitle"),
    ],
)
def test_error_texts(text: str, message: str, marked: str) -> None:
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert caught.value.message == message
    assert text[slice(*caught.value.span)] == marked


RULES: list[tuple[str, dict[str, Any], str]] = [
    ("mp4", {"vb": "1m", "crf": 20}, "crf and vb cannot be given together"),
    ("mp4", {"vb": "1m", "h264_crf": 20}, "h264Crf and vb cannot be given together"),
    ("mp4", {"ab": "64k", "aq": 20}, "aq and ab cannot be given together"),
    ("mp4", {"vcodec": "libx264", "crf": 29}, "crf must be from 18 to 28 for libx264, not 29"),
    ("mp4", {"vcodec": "libx265", "crf": 22}, "crf must be from 23 to 33 for libx265, not 22"),
    ("mp3", {"aq": 10}, "aq must be from 0 to 9 for mp3, not 10"),
    ("mp4", {"acodec": "libfdk_aac", "aq": 9}, "aq must be from 10 to 500 for aac, not 9"),
    ("mp3", {"ac": 5}, "ac must be 1 or 2 for mp3, not 5"),
    ("m4a", {"audio_profile": "aac_he", "acodec": "libfaac"}, "audioProfile/aac_he needs acodec/libfdk_aac"),
    ("mp4", {"s": "8193x100"}, "s must have sides from 20 to 8192 px, not 8193x100"),
    ("mp4", {"s": "5000x5000"}, "s may have only one side above 4320 px, not 5000x5000"),
    ("webm", {"s": "3841x100", "vcodec": "libvpx"}, "s must have sides from 20 to 3840 px, not 3841x100"),
    (
        "gif",
        {"gif_high_color": True, "rotate": 90},
        "gifHighColor goes with r, s, ss, t and autoscale only, not with rotate",
    ),
    ("m3u8", {"no_domain": True, "domain": "a.b"}, "noDomain/1 and domain cannot be given together"),
    (
        "m3u8",
        {"pattern": "$(count)", "save_pattern": "$(count)"},
        "pattern is the old name of savePattern: give one of them",
    ),
    ("m3u8", {"hls_key": "a" * 16}, "hlsKey needs hlsKeyUrl"),
    ("m3u8", {"hls_key_url": "http://a/b"}, "hlsKeyUrl needs hlsKey"),
    ("m3u8", {"hls_key": "a" * 15, "hls_key_url": "http://a/b"}, "hlsKey must be 16 bytes, not 15"),
]


@pytest.mark.parametrize(("form", "values", "message"), RULES)
def test_error_of_rules(form: Any, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Avthumb(form, **values)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("mp4", {"vcodec": "libx264", "crf": 28}),
        ("mp4", {"crf": 33}),
        ("mp3", {"aq": 9, "ac": 2}),
        ("m3u8", {"aq": 0}),
        ("m4a", {"audio_profile": "aac_he", "acodec": "libfdk_aac"}),
        ("mp4", {"s": "8192x4320"}),
        ("mp4", {"s": "hd1080"}),
        ("gif", {"gif_high_color": True, "r": 5.0, "s": "80x", "ss": 0.0, "t": 1.0, "autoscale": 1}),
        ("m3u8", {"hls_key": "a" * 16, "hls_key_url": "http://a/b"}),
        ("m3u8", {"hls_key": b"\xff" * 128, "hls_key_url": "http://a/b", "hls_key_type": "1.0"}),
        ("m3u8", {"no_domain": False, "domain": "a.b"}),
    ],
)
def test_what_the_rules_allow(form: Any, values: dict[str, Any]) -> None:
    op = Avthumb(form, **values)
    assert parse(str(op)) == op
