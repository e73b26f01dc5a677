from __future__ import annotations

import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed
from qiniufop.engine.probe import from_report, read_banner
from qiniufop.ops.av import Avinfo

from .clips import clip, look, run

_BANNER = """\
Input #0, mov,mp4,m4a,3gp,3g2,mj2, from 'file:in0.mp4':
  Metadata:
    major_brand     : isom
    title           : Stream #0:7: Video: h264, yuv420p, 9x9
                    : Stream #0:8: Video: h264, yuv420p, 9x9
  Duration: 01:02:03.45, start: 0.023220, bitrate: 1205 kb/s
  Stream #0:0[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p(tv, bt709, progressive), 1920x1080 \
[SAR 1:1 DAR 16:9], 1075 kb/s, 29.97 fps, 29.97 tbr, 30k tbn (default)
    Metadata:
      handler_name    : VideoHandler
    Side data:
      cpb: bitrate max/min/avg: 0/0/0 buffer size: 0
      Display Matrix: rotation of -90.00 degrees
  Stream #0:1[0x2](eng): Audio: aac (LC) (mp4a / 0x6134706D), 48000 Hz, 5.1(side), fltp, 128 kb/s (default)
  Stream #0:2: Audio: pcm_s16le, 8000 Hz, 3 channels, s16, 384 kb/s
  Stream #0:3(fre): Subtitle: subrip (srt) (default)
  Stream #0:4: Video: mjpeg (Baseline), yuvj444p(pc), 32x32, 90k tbr, 90k tbn (attached pic)
At least one output file must be specified
"""


def test_a_banner_is_read() -> None:
    report = read_banner(_BANNER)
    assert report["format"] == {
        "nb_streams": 5,
        "format_name": "mov,mp4,m4a,3gp,3g2,mj2",
        "tags": {"major_brand": "isom", "title": "Stream #0:7: Video: h264, yuv420p, 9x9"},
        "start_time": "0.023220",
        "duration": "3723.450000",
        "bit_rate": "1205000",
    }
    assert report["streams"][0] == {
        "index": 0,
        "codec_name": "h264",
        "codec_type": "video",
        "profile": "High",
        "codec_tag_string": "avc1",
        "codec_tag": "0x31637661",
        "id": "0x1",
        "disposition": {"default": 1, "attached_pic": 0},
        "tags": {"handler_name": "VideoHandler"},
        "pix_fmt": "yuv420p",
        "width": 1920,
        "height": 1080,
        "sample_aspect_ratio": "1:1",
        "display_aspect_ratio": "16:9",
        "bit_rate": "1075000",
        "r_frame_rate": "30000/1001",
        "avg_frame_rate": "30000/1001",
        "time_base": "1/30000",
        "side_data_list": [{"side_data_type": "Display Matrix", "rotation": -90}],
    }
    sounds = report["streams"][1:3]
    assert [(s["codec_name"], s["sample_rate"], s["channels"], s["bit_rate"]) for s in sounds] == [
        ("aac", "48000", 6, "128000"),
        ("pcm_s16le", "8000", 3, "384000"),
    ]
    assert sounds[0]["tags"] == {"language": "eng"}


def test_the_facts_of_a_banner() -> None:
    info = from_report(read_banner(_BANNER), approximate=True)
    assert info.duration == pytest.approx(3723.45)
    assert info.video is not None
    assert (info.video.width, info.video.height, info.video.turn) == (1920, 1080, 90)
    assert info.video.rate == Fraction(30000, 1001)
    assert info.audio is not None
    assert (info.audio.index, info.audio.channels, info.audio.bit_rate) == (1, 6, 128_000)
    assert [stream.kind for stream in info.streams] == ["video", "audio", "audio", "subtitle", "video"]
    assert info.streams[4].cover


@pytest.mark.parametrize(
    ("shown", "rate"), [("23.98", "24000/1001"), ("25", "25/1"), ("59.94", "60000/1001"), ("12.50", "25/2")]
)
def test_rounded_rates_are_understood(shown: str, rate: str) -> None:
    banner = f"Input #0, avi, from 'x':\n  Stream #0:0: Video: mpeg4, yuv420p, 4x4, {shown} fps, {shown} tbr\n"
    assert read_banner(banner)["streams"][0]["avg_frame_rate"] == rate


def test_facts_of_a_report_of_ffprobe() -> None:
    report = {
        "streams": [
            {"index": 0, "codec_type": "video", "codec_name": "h264", "width": 720, "height": 576,
             "sample_aspect_ratio": "16:15", "avg_frame_rate": "0/0", "r_frame_rate": "25/1",
             "tags": {"rotate": "270"}},
            {"index": 1, "codec_type": "audio", "codec_name": "aac", "bit_rate": "N/A", "channels": 2},
        ],
        "format": {"format_name": "avi", "duration": "N/A", "bit_rate": "1000"},
    }  # fmt: skip
    info = from_report(report)
    assert info.duration is None
    assert info.video is not None
    assert (info.video.pixel_ratio, info.video.rate, info.video.turn) == (Fraction(16, 15), 25, 270)
    assert info.audio is not None
    assert info.audio.bit_rate is None
    assert not info.approximate


def test_avinfo() -> None:
    result = run(Avinfo(), "clip.mp4")
    report = json.loads(result.read())
    assert result.mime == "application/json"
    video, audio = report["streams"]
    assert (video["codec_name"], video["width"], video["height"], video["avg_frame_rate"]) == ("h264", 160, 120, "10/1")
    assert (audio["codec_name"], audio["sample_rate"], audio["channels"]) == ("aac", "44100", 1)
    assert float(report["format"]["duration"]) == pytest.approx(2, abs=0.05)
    assert int(report["format"]["size"]) == clip("clip.mp4").stat().st_size
    assert "filename" not in report["format"]


def test_avinfo_without_ffprobe_says_that_it_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QINIUFOP_FFPROBE", "/no/such/ffprobe")
    result = run(Avinfo(), "clip.mp4")
    assert json.loads(result.read())["approximate"] is True
    assert result.notes == ("avinfo: read from the banner of ffmpeg: bit rates are rounded to kb/s and times to 10 ms",)


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the program")
def test_avinfo_with_ffprobe_is_exact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = {"streams": [], "format": {"filename": "file:in0.mp4", "format_name": "mp4", "duration": "2.000000"}}
    program = tmp_path / "ffprobe"
    program.write_text(f"#!{sys.executable}\nprint({json.dumps(report)!r})\n")
    program.chmod(0o755)
    monkeypatch.setenv("QINIUFOP_FFPROBE", str(program))
    result = run(Avinfo(), "clip.mp4")
    answer = json.loads(result.read())
    assert answer["format"] == {
        "format_name": "mp4", "duration": "2.000000", "size": str(clip("clip.mp4").stat().st_size)
    }  # fmt: skip
    assert result.notes == ()


def test_error_of_what_is_no_media() -> None:
    with pytest.raises(FopFailed, match=r"^avinfo: not a media file: .*"):
        run(Avinfo(), Artifact("video/mp4", data=b"x" * 100, name="x.mp4"))


def test_the_turn_of_a_phone() -> None:
    info = look("turned.mp4")
    assert info.video is not None
    assert (info.video.width, info.video.height, info.video.turn) == (160, 120, 90)


def test_subtitles_are_seen() -> None:
    assert [stream.kind for stream in look("subs.mkv").streams] == ["video", "audio", "subtitle"]
