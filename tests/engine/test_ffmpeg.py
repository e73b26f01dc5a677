from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from qiniufop.engine import ffmpeg
from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.ffmpeg import Input, Job, encoders, find_program, tell_error
from qiniufop.engine.limits import Limits
from qiniufop.engine.probe import probe
from qiniufop.errors import MissingExtraError

from .clips import clip, new_run

_ENDLESS = ["-f", "lavfi", "-i", "testsrc=size=64x64:rate=10"]
_POSIX = pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the program")


def _program(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@_POSIX
def test_the_program_is_looked_for_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, variable, on_path = (_program(tmp_path / name, "exit 0") for name in ("named", "variable", "ffmpeg"))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("QINIUFOP_FFMPEG", variable)
    assert find_program(new_run(ffmpeg=named)) == named
    assert find_program(new_run()) == variable
    monkeypatch.delenv("QINIUFOP_FFMPEG")
    assert "imageio_ffmpeg" in find_program(new_run())
    monkeypatch.setattr(ffmpeg, "_bundled", lambda: None)
    assert find_program(new_run()) == on_path


def test_error_of_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("QINIUFOP_FFMPEG", raising=False)
    monkeypatch.setattr(ffmpeg, "_bundled", lambda: None)
    with pytest.raises(MissingExtraError) as caught:
        find_program(new_run())
    assert str(caught.value) == "audio and video needs more packages: pip install 'qiniufop[local]'"


def test_error_of_a_named_program_that_is_not_there() -> None:
    with pytest.raises(FopFailed) as caught:
        find_program(new_run(ffmpeg="/no/such/ffmpeg"))
    assert str(caught.value) == "ffmpeg: ffmpeg= names '/no/such/ffmpeg', which is not a program"


def test_encoders_are_asked_of_the_program() -> None:
    job = Job("avthumb", new_run())
    assert {"libx264", "aac", "libmp3lame", "mjpeg"} <= encoders(job.program)
    assert job.need_encoder("aac", "acodec") == "aac"
    with pytest.raises(UnsupportedFopError) as caught:
        job.need_encoder("libfdk_aac", "acodec")
    assert str(caught.value) == (
        "avthumb: option 'acodec' cannot run locally: this build of ffmpeg has no encoder libfdk_aac"
    )


def test_inputs_get_names_of_our_own() -> None:
    job = Job("avthumb", new_run())
    names = ["../../x.mp4", "a b;c.MP4", "noext", "x.m3u8%00", "x.toolong"]
    placed = [job.place(Artifact("video/mp4", data=b"x", name=name)) for name in names]
    assert placed == ["in0.mp4", "in1.mp4", "in2", "in3", "in4"]
    assert sorted(path.name for path in job.folder.iterdir()) == placed


def test_a_source_is_read_and_never_changed() -> None:
    job = Job("avthumb", new_run())
    source = clip("clip.mp4")
    before = source.read_bytes()
    name = job.place(Artifact("video/mp4", path=source, name="x.mp4"))
    job.execute([*Input(name).arguments, "-c", "copy", "-f", "matroska", "out.mkv"])
    assert source.read_bytes() == before
    assert job.result("out.mkv", "video/x-matroska").size > 1000


@pytest.mark.parametrize(
    "content",
    [
        "#EXTM3U\n#EXTINF:1,\n{path}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {path}\n",
        "#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/x.ts\n#EXT-X-ENDLIST\n",
        "<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\n",
        "plain text",
    ],
)
@pytest.mark.parametrize("name", ["in.mp4", "in.m3u8", "in"])
def test_error_of_an_input_that_refers_to_others(content: str, name: str) -> None:
    job = Job("avthumb", new_run())
    text = content.format(path=clip("clip.mp4"))
    with pytest.raises(FopFailed, match=r"avthumb: not a media file"):
        probe(job, job.place(Artifact("video/mp4", data=text.encode(), name=name)))


def test_error_of_an_input_that_is_too_large() -> None:
    job = Job("avthumb", new_run(limits=Limits(source_bytes=10)))
    with pytest.raises(LimitExceeded, match=r"an input is larger than 10 bytes"):
        job.place(Artifact("video/mp4", data=b"x" * 11, name="x.mp4"))


def test_error_of_a_program_that_fails_tells_its_reason() -> None:
    job = Job("avthumb", new_run())
    name = job.place(Artifact("video/mp4", path=clip("tone.mp3"), name="x.mp3"))
    with pytest.raises(FopFailed) as caught:
        job.execute([*Input(name).arguments, "-c:a", "libmp3lame", "-ar", "12345", "-f", "mp3", "out.mp3"])
    message = str(caught.value)
    assert message.startswith("avthumb: ffmpeg failed: Specified sample rate 12345 is not supported")
    assert "0x" not in message
    assert "\n" not in message
    assert str(job.folder) not in message


def test_progress_goes_up_to_the_share() -> None:
    told: list[float] = []
    job = Job("avthumb", new_run(progress=told.append))
    job.execute([*_ENDLESS, "-t", "3", "-f", "null", "-"], seconds=3.0, share=0.5)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(0.5, abs=0.02)


def test_error_of_a_listener_ends_the_program() -> None:
    def listen(share: float) -> None:
        raise RuntimeError("stop")

    job = Job("avthumb", new_run(progress=listen))
    with pytest.raises(RuntimeError, match=r"^stop$"):
        job.execute([*_ENDLESS, "-f", "null", "-"], seconds=3.0)


def test_error_of_a_program_that_does_not_end() -> None:
    job = Job("avthumb", new_run(limits=Limits(seconds=0.4)))
    with pytest.raises(LimitExceeded) as caught:
        job.execute([*_ENDLESS, "-f", "null", "-"])
    assert str(caught.value) == "avthumb: took longer than 0.4 s"


@_POSIX
def test_a_program_that_does_not_listen_is_killed_with_its_children(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ffmpeg, "_GRACE", 0.2)
    children = tmp_path / "children"
    script = f"trap '' TERM\n(trap '' TERM; exec sleep 60) &\necho $! $$ > {children}\nwhile :; do sleep 60; done"
    job = Job("avthumb", new_run(limits=Limits(seconds=0.5), ffmpeg=_program(tmp_path / "stubborn", script)))
    with pytest.raises(LimitExceeded, match=r"took longer than 0.5 s"):
        job.execute([])
    for process in children.read_text().split():
        assert not _runs(int(process))


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{process}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")


@_POSIX
def test_error_of_a_program_that_writes_without_end(tmp_path: Path) -> None:
    script = "while :; do head -c 100000 /dev/zero >> out.bin; done"
    job = Job("avthumb", new_run(limits=Limits(result_bytes=1_000_000), ffmpeg=_program(tmp_path / "writer", script)))
    with pytest.raises(LimitExceeded) as caught:
        job.execute([])
    assert str(caught.value) == "avthumb: the result is larger than 1000000 bytes"


@_POSIX
def test_the_program_sees_no_secrets_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINIU_SECRET_KEY", "s3cret")
    job = Job("avthumb", new_run(ffmpeg=_program(tmp_path / "shows", "env > seen")))
    job.execute([])
    seen = (job.folder / "seen").read_text()
    assert "PATH=" in seen
    assert "s3cret" not in seen


def test_error_of_a_result_that_was_cut() -> None:
    job = Job("avthumb", new_run(limits=Limits(result_bytes=20_000)))
    job.execute([*_ENDLESS, "-t", "9", "-c:v", "mjpeg", *job.size_cap, "-f", "avi", "out.avi"])
    with pytest.raises(LimitExceeded, match=r"the result is larger than 20000 bytes"):
        job.result("out.avi", "video/x-msvideo")


def test_error_of_a_result_that_is_not_there() -> None:
    with pytest.raises(FopFailed, match=r"ffmpeg wrote nothing"):
        Job("avthumb", new_run()).result("out.mp4", "video/mp4")


def test_errors_are_cut_to_what_says_something() -> None:
    lines = [
        "[mov @ 0x7f00] [warning] moov atom not found",
        "[mov @ 0x7f01] [warning] moov atom not found",
        "",
        "Error opening input files: Invalid data",
        "[out#0/mp4 @ 0x55] Nothing was written into output file",
        "Conversion failed!",
    ]
    assert tell_error(lines) == "moov atom not found"
    assert tell_error([]) == "it gave no reason"
    assert tell_error([f"line {number}" for number in range(9)]) == "line 6; line 7; line 8"
    assert len(tell_error(["x" * 5000])) == 300
