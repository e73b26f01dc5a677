from __future__ import annotations

from typing import Any

import pytest

from qiniufop.engine.errors import FopFailed, UnsupportedFopError
from qiniufop.engine.probe import StreamInfo
from qiniufop.ops.avthumb import Avthumb

from .clips import avthumb, clip, look, loudness, pitch, run


def _sound(op: Any, source: str = "clip.mp4") -> StreamInfo:
    audio = look(run(op, source)).audio
    assert audio is not None
    return audio


def test_defaults_of_mp3() -> None:
    audio = _sound(Avthumb("mp3"))
    assert (audio.codec, audio.bit_rate, audio.sample_rate) == ("mp3", 128_000, 44_100)


@pytest.mark.parametrize(
    ("form", "values", "facts"),
    [
        ("mp3", {"ab": "64k"}, ("mp3", 64_000, 44_100, 1)),
        ("mp3", {"ar": 22050}, ("mp3", 128_000, 22_050, 1)),
        ("wav", {"ar": 8000, "ac": 1}, ("pcm_s16le", 128_000, 8_000, 1)),
        ("wav", {"acodec": "pcm_alaw", "ar": 8000}, ("pcm_alaw", 64_000, 8_000, 1)),
        ("amr", {}, ("amr_nb", 12_000, 8_000, 1)),
    ],
)
def test_encoding(form: str, values: dict[str, Any], facts: tuple[str, int, int, int]) -> None:
    audio = _sound(Avthumb(form, **values))
    assert (audio.codec, audio.bit_rate, audio.sample_rate, audio.channels) == facts


def test_channels_do_not_grow() -> None:
    assert _sound(Avthumb("wav", ac=2)).channels == 1


def test_a_bit_rate_is_capped_at_the_source_unless_it_is_forced() -> None:
    assert _sound(Avthumb("mp3", ab="192k"), "tone.mp3").bit_rate == 64_000
    assert _sound(Avthumb("mp3", ab="192k!"), "tone.mp3").bit_rate == 192_000
    assert _sound(Avthumb("mp3", ab="192k"), "tone.wav").bit_rate == 192_000


def test_quality() -> None:
    best, worst = (run(Avthumb("mp3", aq=quality), "clip.mp4").size for quality in (0, 9))
    assert best > 1.2 * worst
    assert _sound(Avthumb("m4a", aq=100)).codec == "aac"


@pytest.mark.parametrize(
    ("form", "quality", "message"),
    [
        ("avi", 10, "aq of mp3 goes from 0 to 9, not 10"),
        ("mp4", 9, "aq of aac goes from 10 to 500, not 9"),
    ],
)
def test_error_of_quality(form: str, quality: int, message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb(form, aq=quality), "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"


def test_error_of_quality_of_another_codec() -> None:
    with pytest.raises(UnsupportedFopError, match=r"option 'aq' cannot run locally: flac has no such setting"):
        run(avthumb("flac", aq=5), "clip.mp4")


def test_encoders_that_are_not_free_have_a_stand_in() -> None:
    for name in ("libfaac", "libfdk_aac"):
        result = run(Avthumb("m4a", acodec=name), "tone.mp3")
        assert look(result).streams[0].codec == "aac"
        assert result.notes == (
            f"avthumb: {name} is not in any free build of ffmpeg: the sound is encoded with ffmpeg's own aac encoder",
        )


def test_error_of_an_encoder_nobody_knows() -> None:
    with pytest.raises(UnsupportedFopError, match=r"option 'acodec' cannot run locally: 'opus2' is not one of aac, "):
        run(avthumb("mp3", acodec="opus2"), "clip.mp4")


def test_the_xing_header() -> None:
    with_header, without = (run(Avthumb("mp3", write_xing=on), "clip.mp4").read() for on in (True, False))
    assert b"Xing" in with_header or b"Info" in with_header[:4000]
    assert b"Xing" not in without
    assert b"Info" not in without[:4000]
    noted = run(Avthumb("m4a", write_xing=True), "tone.mp3")
    assert noted.notes == ("avthumb: writeXing has no effect: it is about mp3",)


def test_volume() -> None:
    loud = loudness(run(Avthumb("wav"), "clip.mp4"), 0.5, 1)
    assert loudness(run(Avthumb("wav", volume="0.5"), "clip.mp4"), 0.5, 1) == pytest.approx(loud / 4, rel=0.1)
    assert loudness(run(Avthumb("wav", volume="-20dB"), "clip.mp4"), 0.5, 1) == pytest.approx(loud / 100, rel=0.2)


def test_loudnorm_keeps_the_sampling_rate() -> None:
    audio = _sound(Avthumb("wav", loudnorm="1", loudnorm_i="-16", loudnorm_tp="-1"))
    assert audio.sample_rate == 44_100


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"loudnorm": "1", "loudnorm_i": "-3"}, "loudnormI must be from -70 to -5, not '-3'"),
        ({"loudnorm_i": "-20"}, "loudnormI, loudnormLRA and loudnormTP need loudnorm/1"),
        ({"volume": "loud"}, "volume must be a factor such as 1.5, or decibels such as -3dB, not 'loud'"),
    ],
)
def test_error_of_filters(values: dict[str, Any], message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        run(avthumb("mp3", **values), "clip.mp4")
    assert str(caught.value) == f"avthumb: {message}"


def test_fading_of_sound() -> None:
    result = run(Avthumb("wav", fade="0.8-0.8"), "clip.mp4")
    start, middle, end = (loudness(result, at, 0.2) for at in (0.0, 0.9, 1.8))
    assert start < middle / 5
    assert end < middle / 5


# The source hums at 440 Hz, the other file at 880 Hz for a second.
def test_another_sound_replaces_the_source() -> None:
    result = run(Avthumb("mp4", multi_arep="kodo://b/tone.mp3"), "clip.mp4")
    info = look(result)
    assert [stream.codec for stream in info.streams] == ["h264", "aac"]
    assert info.duration == pytest.approx(1, abs=0.15)
    assert pitch(result, 0.2, 0.6) == pytest.approx(880, rel=0.05)


def test_a_silent_source_gets_a_sound() -> None:
    assert [s.codec for s in look(run(Avthumb("mp4", multi_arep="kodo://b/tone.mp3"), "silent.mp4")).streams] == [
        "h264",
        "aac",
    ]


def test_a_replacement_can_start_late() -> None:
    result = run(Avthumb("wav", multi_arep="kodo://b/tone.mp3", multi_arep_offset="0.5"), "clip.mp4")
    assert loudness(result, 0.0, 0.4) < 1e-6
    assert pitch(result, 0.6, 0.6) == pytest.approx(880, rel=0.05)


def test_a_part_of_a_replacement() -> None:
    op = Avthumb("wav", multi_arep="kodo://b/tone.mp3", multi_arep_start="0.2", multi_arep_duration="0.5")
    assert look(run(op, "clip.mp4")).duration == pytest.approx(0.5, abs=0.06)


def test_a_sound_is_mixed_in_for_its_time() -> None:
    op = Avthumb("wav", amix="kodo://b/tone.mp3", amix_offset=1.0, amix_start=0.1, amix_duration=0.5)
    result = run(op, "clip.mp4")
    alone, mixed, after = (loudness(result, at, 0.3) for at in (0.3, 1.1, 1.65))
    assert mixed > 1.5 * alone
    assert after == pytest.approx(alone, rel=0.2)
    assert look(result).duration == pytest.approx(2, abs=0.05)
    assert pitch(result, 0.2, 0.6) == pytest.approx(440, rel=0.05)


def test_error_of_other_files() -> None:
    with pytest.raises(FopFailed, match=r"^avthumb: the file of amix has no sound$"):
        run(avthumb("mp4", amix="kodo://b/silent.mp4"), "clip.mp4")
    with pytest.raises(FopFailed, match=r"^avthumb: the file of multiArep has no sound$"):
        run(avthumb("mp4", multi_arep="kodo://b/silent.mp4"), "clip.mp4")
    with pytest.raises(FopFailed, match=r"there is no kodo://b/none.mp3"):
        run(avthumb("mp4", amix="kodo://b/none.mp3"), "clip.mp4")
    assert clip("clip.mp4").is_file()


def test_error_of_mixing_into_silence() -> None:
    op = avthumb("mp4", amix="kodo://b/tone.mp3", multi_arep="kodo://b/tone.mp3")
    with pytest.raises(FopFailed, match=r"^avthumb: amix needs a source with sound$"):
        run(op, "silent.mp4")


def test_mixing_into_a_source_without_sound_is_refused() -> None:
    with pytest.raises(FopFailed, match=r"^avthumb: amix needs a source with sound$"):
        run(Avthumb("mp4", amix="kodo://b/tone.mp3"), "silent.mp4")
