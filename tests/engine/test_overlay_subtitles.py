from __future__ import annotations

from typing import Any

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, UnsupportedFopError
from qiniufop.engine.overlay_subtitles import Cue, read_srt, write_srt
from qiniufop.ops.avthumb import Avthumb

from .clips import SRT, avthumb, colour, folder, frame, run


def _words(result: Artifact, at: float) -> bool:
    """Whether something white is written on the grey picture."""
    picture = frame(result, at)
    return any(colour(picture, x, y) == "white" for x in range(0, 160, 1) for y in range(60, 120, 2))


def test_cues_are_read_and_written() -> None:
    cues = read_srt(SRT)
    assert cues == [Cue(0, 1000, "Hello"), Cue(1000, 2000, "<b>World</b>")]
    assert read_srt(write_srt(cues)) == cues


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("", []),
        ("#EXTM3U\nfile:///etc/passwd\n", []),
        ("1\r\n00:00:01.5 --> 00:00:02,25\r\nA\r\nB\r\n", [Cue(1500, 2250, "A\nB")]),
        ("00:00:01,000 --> 00:00:02,000 X1:1\n{\\an8}{\\fnEvil}Text\x07\n", [Cue(1000, 2000, "Text")]),
        ("7\n00:00:01,000 --> 00:00:02,000\n\n8\n01:00:00,000 --> 01:00:01,000\nLate", [Cue(3600000, 3601000, "Late")]),
    ],
)
def test_odd_files(text: str, cues: list[Cue]) -> None:
    assert read_srt(text) == cues


@pytest.mark.parametrize("source", ["kodo://b/subs.srt", "kodo://b/subs.mkv", "embed"])
def test_subtitles_are_burnt_in(source: str) -> None:
    result = run(Avthumb("mp4", subtitle=source, st_font_size="30", an=True), "subs.mkv")
    assert _words(result, 0.5)
    plain = run(Avthumb("mp4", an=True), "subs.mkv")
    assert not _words(plain, 0.5)


def test_an_excerpt_keeps_its_subtitles() -> None:
    # Only the second cue is long enough to be seen after its start.
    path = folder() / "late.srt"
    path.write_text("1\n00:00:01,000 --> 00:00:01,500\nMMMMMM\n", encoding="utf-8")
    op: Any = Avthumb("mp4", subtitle="kodo://b/late.srt", st_font_size="30", ss=0.8, an=True)
    result = _with_file(op, "late.srt")
    assert [_words(result, at) for at in (0.0, 0.4, 0.9)] == [False, True, False]


def _with_file(op: Any, name: str) -> Artifact:
    from dataclasses import replace

    from qiniufop.engine.registry import HANDLERS

    from .clips import new_run, resolve

    path = folder() / name
    context = replace(new_run(), resolve=lambda _: Artifact("application/octet-stream", path=path, name=name))
    return HANDLERS["avthumb"].run(op, resolve("grey.mp4"), context)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "the subtitles have no cue: an srt file was expected"),
        (b"\xff\xfe1\x00", "the subtitles are not UTF-8"),
        (b"x" * (5 * 1024 * 1024), "the subtitles are larger than 4 MiB"),
    ],
)
def test_error_of_files_that_are_no_subtitles(content: bytes, message: str) -> None:
    (folder() / "bad.srt").write_bytes(content)
    with pytest.raises(FopFailed) as caught:
        _with_file(avthumb("mp4", subtitle="kodo://b/bad.srt"), "bad.srt")
    assert str(caught.value) == f"avthumb: {message}"


def test_error_of_a_source_without_subtitles() -> None:
    with pytest.raises(FopFailed, match=r"^avthumb: the file of subtitle has no subtitles$"):
        run(avthumb("mp4", subtitle="embed"), "clip.mp4")


def test_error_of_a_shift() -> None:
    with pytest.raises(UnsupportedFopError, match=r"option 'stOffsetX' cannot run locally"):
        run(avthumb("mp4", subtitle="embed", st_offset_x="5"), "subs.mkv")


def test_a_font_without_subtitles_is_noted() -> None:
    result = run(Avthumb("mp4", st_font_size="20", t=0.3), "clip.mp4")
    assert result.notes == ("avthumb: stFont and stFontSize have no effect without subtitle",)
