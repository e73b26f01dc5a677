"""Programs written for the official SDK, run with only their import line changed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from qiniufop import FopSyntaxError, samples
from qiniufop.compat import UnreadableCommandWarning
from qiniufop.server import DevServer

from ..engine.clips import clip, ffmpeg, folder
from .conftest import Run
from .seen import picture, report, sent
from .sources import OURS, THEIRS, needs_page


def sizes(server: DevServer, bucket: str) -> dict[str, tuple[Any, ...]]:
    """Format and size of every picture in a bucket."""
    pictures = {key: picture(server, key, bucket) for key in server.keys(bucket)}
    return {key: (image.format, *image.size) for key, image in pictures.items()}


def film() -> Path:
    """Eleven seconds of next to nothing, because a program wants the picture at ten."""
    path = folder() / "long.mov"
    if not path.exists():
        green, tone = "color=c=green:size=64x36:rate=5:duration=11", "sine=frequency=440:duration=11"
        ffmpeg("-f", "lavfi", "-i", green, "-f", "lavfi", "-i", tone, "-c:v", "mpeg4", "-shortest", path.name)
    return path


def facts(server: DevServer, bucket: str, key: str) -> tuple[Any, ...]:
    """Codec and size of each stream, and the seconds it all takes."""
    found = report(server, key, "avinfo", bucket)
    streams = [(s["codec_name"], s.get("width"), s.get("height")) for s in found["streams"]]
    return (*sorted(streams), round(float(found["format"]["duration"])))


# our own


def test_image(server: DevServer, run: Run) -> None:
    server.put("photos", "photo.jpg", samples.photo)
    assert run(OURS["image"]) == ["submitted"]
    assert sizes(server, "made") == {"small.webp": ("WEBP", 300, 200)}
    assert sent(server)["pipeline"] == "pictures"
    assert [stage.split("/")[0] for stage in sent(server)["fops"].split("|")] == ["imageView2", "watermark", "saveas"]


def test_poll(server: DevServer, run: Run) -> None:
    server.put("photos", "photo.jpg", samples.photo)
    server.faults.add("status", on="status", status=502, body="<html>", times=1)
    assert run(OURS["poll"]) == ["made square.jpg"]
    assert sizes(server, "made") == {"square.jpg": ("JPEG", 90, 90)}


def test_video(server: DevServer, run: Run) -> None:
    server.put("videos", "clip.mp4", samples.clip)
    assert run(OURS["video"]) == ["submitted"]
    assert facts(server, "made", "large.mp4") == (("aac", None, None), ("h264", 320, 180), 1)
    assert facts(server, "made", "little.mp4") == (("aac", None, None), ("h264", 160, 90), 1)
    assert picture(server, "still.jpg", "made").size == (160, 90)
    assert (sent(server)["force"], sent(server)["notifyURL"]) == ("1", "http://127.0.0.1:9/done")


def test_audio(server: DevServer, run: Run) -> None:
    server.put("videos", "clip.mp4", samples.clip)
    with pytest.warns(UnreadableCommandWarning, match="use volume, loudnorm or fade"):
        assert run(OURS["audio"]) == ["submitted"]
    assert facts(server, "made", "sound.mp3") == (("mp3", None, None), 5)
    assert facts(server, "made", "sound.aac")[0] == ("aac", None, None)


def test_document(server: DevServer, run: Run) -> None:
    with (
        pytest.warns(UnreadableCommandWarning, match="it takes ext, action, format, page_number"),
        pytest.raises(FopSyntaxError, match="no parameter 'type'; it takes ext, action, format, page_number"),
    ):
        run(OURS["document"])
    assert server.requests == []


def test_workflow(server: DevServer, run: Run) -> None:
    server.put("photos", "photo.jpg", samples.photo)
    with pytest.warns(UserWarning, match="persistent_type=2 does not exist"):
        assert run(OURS["workflow"]) == ["submitted"]
    assert sizes(server, "made") == {"wf.jpg": ("JPEG", 32, 21)}
    assert sent(server) == {"bucket": "photos", "key": "photo.jpg", "workflowTemplateID": "thumbnails"}


def test_batch(server: DevServer, run: Run) -> None:
    for number in (1, 2, 3):
        server.put("photos", f"{number}.jpg", samples.photo)
    assert sorted(run(OURS["batch"])) == ["1.jpg is done", "2.jpg is done", "3.jpg is done"]
    assert sizes(server, "made") == {f"{number}.webp": ("WEBP", 120, 80) for number in (1, 2, 3)}


def test_variants(server: DevServer, run: Run) -> None:
    server.put("photos", "photo.jpg", samples.photo)
    assert run(OURS["variants"]) == ["submitted"]
    assert sizes(server, "made") == {
        "photo_50.jpg": ("JPEG", 50, 33),
        "photo_100.webp": ("WEBP", 100, 67),
        "photo_150.png": ("PNG", 150, 100),
    }
    assert sent(server)["fops"].count("imageMogr2/quality/75") == 1


# those of the page


@needs_page
def test_documented_image_and_its_poll_loop(server: DevServer, run: Run) -> None:
    server.put("source-bucket", "original-image.jpg", samples.photo)
    started, *waited, done, output = run(THEIRS["image and poll"])
    assert started.startswith("Processing job started: z0.")
    assert set(waited) <= {"Processing in progress..."}
    assert (done, output) == ("Processing completed successfully", "Output: processed-image.webp")
    assert sizes(server, "output-bucket") == {"processed-image.webp": ("WEBP", 640, 427)}


@needs_page
def test_documented_video(server: DevServer, run: Run) -> None:
    server.put("video-bucket", "source-video.mov", film())
    (said,) = run(THEIRS["video"])
    assert said.startswith("Video processing started: z0.")
    assert facts(server, "output-bucket", "video-hd.mp4") == (("aac", None, None), ("h264", 1920, 1080), 11)
    assert facts(server, "output-bucket", "video-sd.mp4") == (("aac", None, None), ("h264", 1280, 720), 11)
    assert picture(server, "video-thumb.jpg").size == (320, 240)
    assert sent(server)["force"] == "1"


@needs_page
def test_documented_audio(server: DevServer, run: Run) -> None:
    server.put("audio-bucket", "source-audio.wav", clip("tone.wav"))
    with pytest.warns(UnreadableCommandWarning, match="use volume, loudnorm or fade"):
        run(THEIRS["audio"])
    assert facts(server, "output-bucket", "audio.mp3")[0] == ("mp3", None, None)
    assert facts(server, "output-bucket", "audio.aac")[0] == ("aac", None, None)


@needs_page
def test_documented_document(server: DevServer, run: Run) -> None:
    with (
        pytest.warns(UnreadableCommandWarning),
        pytest.raises(FopSyntaxError, match="no parameter 'type'; it takes ext, action, format, page_number"),
    ):
        run(THEIRS["document"])
    assert server.requests == []


@needs_page
def test_documented_workflow(server: DevServer, run: Run) -> None:
    server.put("workflow-bucket", "input-file.jpg", samples.photo)
    with pytest.warns(UserWarning, match="persistent_type=2 does not exist"):
        (said,) = run(THEIRS["workflow"])
    assert said.startswith("Workflow processing started: z0.")
    assert server.keys("made") == ["wf.jpg"]


@needs_page
def test_documented_batch(server: DevServer, run: Run) -> None:
    for name, format in (("image1.jpg", "JPEG"), ("image2.png", "PNG"), ("image3.gif", "GIF")):
        made = io.BytesIO()
        Image.new("RGB", (500, 400), "red").save(made, format)
        server.put("batch-bucket", name, made.getvalue())
    said = run(THEIRS["batch"])
    assert sum(line.endswith(" processing completed") for line in said) == 3
    assert not any("failed" in line.lower() for line in said)
    assert sizes(server, "output-bucket") == {f"image{n}_resized.webp": ("WEBP", 375, 300) for n in (1, 2, 3)}


@needs_page
def test_documented_variants(server: DevServer, run: Run) -> None:
    server.put("pipeline-bucket", "original-photo.jpg", samples.photo)
    (said,) = run(THEIRS["variants"])
    assert said.startswith("Variant processing started: z0.")
    assert sizes(server, "variants-bucket") == {
        "photo_thumb.jpg": ("JPEG", 150, 100),
        "photo_medium.webp": ("WEBP", 640, 427),
        "photo_large.webp": ("WEBP", 640, 427),
        "photo_avatar.png": ("PNG", 64, 43),
    }
