from __future__ import annotations

import json
from typing import Any

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits
from qiniufop.engine.probe import MediaInfo

from .clips import colour, command, ffmpeg, folder, frame, look, loudness, pitch, run


def _join(*names: str, source: str = "clip.mp4", mode: int = 2, form: str = "mp4", **values: Any) -> Artifact:
    sources = tuple(name if "://" in name else f"kodo://b/{name}" for name in names)
    limits = values.pop("limits", None)
    op = command("avconcat", mode=mode, format=form, sources=sources, **values)
    return run(op, source, limits=limits)


def _facts(info: MediaInfo) -> list[tuple[str, int, int]]:
    return [(stream.codec, stream.width, stream.height) for stream in info.streams]


def test_clips_of_one_size_are_joined() -> None:
    result = _join("grey.mp4")
    info = look(result)
    assert _facts(info) == [("h264", 160, 120), ("aac", 0, 0)]
    assert info.duration == pytest.approx(4, abs=0.2)
    assert colour(frame(result, 3.0), 80, 60) == "grey"


def test_the_source_stands_at_its_place() -> None:
    first, second = (_join("halves.mp4", source="grey.mp4", index=place) for place in (1, 2))
    assert colour(frame(first), 20, 60) == "grey"
    assert colour(frame(second), 20, 60) == "red"
    assert colour(frame(second, 2.0), 20, 60) == "grey"


def test_a_clip_without_sound_gets_silence() -> None:
    result = _join("silent.mp4", source="grey.mp4")
    assert [stream.kind for stream in look(result).streams] == ["video", "audio"]
    assert loudness(result, 0.5, 1.0) > 100 * loudness(result, 2.2, 0.5)
    assert look(result).duration == pytest.approx(3, abs=0.2)


def test_clips_that_are_all_silent() -> None:
    with_track, without = (_join("silent.mp4", source="halves.mp4", add_audio=on) for on in (True, False))
    assert [stream.kind for stream in look(with_track).streams] == ["video", "audio"]
    assert [stream.kind for stream in look(without).streams] == ["video"]


def test_clips_of_different_sizes_and_rates_need_a_size() -> None:
    result = _join("small.mp4", s="80x60", maxrate="1m")
    info = look(result)
    assert info.video is not None
    assert (info.video.width, info.video.height, info.video.rate) == (80, 60, 10)
    assert info.duration == pytest.approx(3, abs=0.2)
    with pytest.raises(FopFailed) as caught:
        _join("small.mp4")
    assert str(caught.value) == "avconcat: file 1 is 160x120, file 2 is 80x60: give s, a size for all"


@pytest.mark.parametrize(
    ("form", "codecs"),
    [("flv", {"h264", "aac"}), ("mkv", {"h264", "aac"}), ("mov", {"h264", "aac"})],
)
def test_containers(form: str, codecs: set[str]) -> None:
    assert {stream.codec for stream in look(_join("grey.mp4", form=form)).streams} == codecs


def test_sounds_are_joined() -> None:
    result = _join("clip.mp4", source="tone.mp3", form="mp3")
    info = look(result)
    assert [stream.codec for stream in info.streams] == ["mp3"]
    assert info.duration == pytest.approx(3, abs=0.2)
    assert pitch(result, 0.2, 0.6) == pytest.approx(880, rel=0.05)
    assert pitch(result, 1.4, 0.6) == pytest.approx(440, rel=0.05)


def test_joining_as_they_are() -> None:
    result = _join("grey.mp4", "clip.mp4", mode=1)
    info = look(result)
    assert _facts(info) == [("h264", 160, 120), ("aac", 0, 0)]
    assert info.duration == pytest.approx(6, abs=0.2)
    assert colour(frame(result, 3.0), 80, 60) == "grey"


@pytest.mark.parametrize(
    ("names", "values", "message"),
    [
        (["grey.mp4"], {"index": 3}, "index/3 is outside 1 to 2, the number of files"),
        (["tone.mp3"], {}, "file 2 has no picture, the others have"),
        (["silent.mp4"], {"add_audio": False}, "file 2 has no sound, and addAudio/0 forbids to add silence"),
        (["small.mp4"], {"mode": 1}, "mode 1 needs files of equal codecs, sizes and sampling rates; mode 2 does not"),
        (["grey.mp4"], {"mode": 1, "s": "80x60"}, "s, addAudio and maxrate need mode 2: mode 1 copies the streams"),
        (["grey.mp4"], {"s": "big"}, "s must be a size such as 640x360, not 'big'"),
    ],
)
def test_error_of_joining(names: list[str], values: dict[str, Any], message: str) -> None:
    with pytest.raises(FopFailed) as caught:
        _join(*names, **values)
    assert str(caught.value) == f"avconcat: {message}"


def test_error_of_joining_what_has_nothing_in_common() -> None:
    with pytest.raises(FopFailed, match=r"none of the files has what could be joined into this format"):
        _join("silent.mp4", source="halves.mp4", form="mp3")


def test_error_of_a_list_among_the_clips() -> None:
    (folder() / "small.mp4").exists()
    list_file = Artifact("video/mp4", data=b"ffconcat version 1.0\nfile /etc/passwd\n", name="x.mp4")
    op = command("avconcat", mode=1, format="mp4", sources=("kodo://b/clip.mp4",))
    with pytest.raises(FopFailed, match=r"^avconcat: not a media file"):
        run(op, list_file)


def test_error_of_too_many_clips() -> None:
    with pytest.raises(LimitExceeded, match=r"^avconcat: 3 files are more than 2$"):
        _join("grey.mp4", "grey.mp4", limits=Limits(clips=2))


def test_error_of_transitions_and_formats() -> None:
    with pytest.raises(UnsupportedFopError, match=r"option 'sources' cannot run locally: transitions"):
        _join("grey.mp4", "video://transition/fade/1")
    with pytest.raises(UnsupportedFopError, match=r"option 'format' cannot run locally: 'gif' is no container"):
        _join("grey.mp4", form="gif")


def _segment(form: str = "mp4", **values: Any) -> Any:
    return command("segment", format=form, **{"save_pattern": "p/$(fname)-$(count)", **values})


def _long() -> Any:
    path = folder() / "long-segment.mp4"
    if not path.exists():
        ffmpeg("-stream_loop", "3", "-i", str(folder_clip()), "-c", "copy", str(path))
    return path


def folder_clip() -> Any:
    """The clip that is repeated."""
    from .clips import clip

    return clip("clip.mp4")


@pytest.mark.parametrize("form", ["mp4", "mkv", "ts", "mov"])
def test_segment(form: str) -> None:
    result = run(_segment(form, segtime=3.0), _long(), key="v/film.mp4")
    names = [f"p/film.mp4-{number:06d}" for number in range(3)]
    assert [key for key, _ in result.files] == names
    assert result.multiple
    report = json.loads(result.read())
    assert [row["segment_filename"] for row in report] == names
    assert [row["index"] for row in report] == [0, 1, 2]
    assert [row["segment_start_time"] for row in report] == pytest.approx([0, 3, 6], abs=0.2)
    assert [row["segment_end_time"] for row in report] == pytest.approx([3, 6, 8], abs=0.2)
    lengths = [look(piece).duration for _, piece in result.files]
    assert lengths == pytest.approx([3, 3, 2], abs=0.2)
    assert [stream.codec for stream in look(result.files[0][1]).streams] == ["h264", "aac"]


def test_segments_of_sound() -> None:
    result = run(_segment("mp3", segtime=5), "tone.mp3")
    assert [stream.codec for stream in look(result.files[0][1]).streams] == ["mp3"]


def test_error_of_a_source_that_does_not_fit_the_container() -> None:
    with pytest.raises(FopFailed, match=r"^segment: ffmpeg failed: "):
        run(_segment("mp3"), "clip.mp4")
    with pytest.raises(UnsupportedFopError, match=r"option 'format' cannot run locally: 'm3u8' is no container"):
        run(_segment("m3u8"), "clip.mp4")
