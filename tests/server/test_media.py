"""Real pictures and clips through the whole of it: client, HTTP, jobs, engine, store."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from qiniufop import Fops, ImageView2, Saveas, WatermarkImage, parse
from qiniufop.client.client import Client
from qiniufop.client.errors import JobFailed
from qiniufop.server import DevServer

from .conftest import PHOTO

CLIP = PHOTO.with_name("clip.mp4")
LOGO = PHOTO.with_name("logo.png")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DevServer]:
    root = tmp_path_factory.mktemp("root")
    with DevServer(root, domains={"cdn.example.com": "media"}) as made:
        yield made


@pytest.fixture
def client(server: DevServer) -> Iterator[Client]:
    for path in (PHOTO, CLIP, LOGO):
        server.put("media", path.name, path)
    with server.client(bucket="media") as made:
        yield made


def picture(server: DevServer, key: str, bucket: str = "out") -> Image.Image:
    return Image.open(io.BytesIO(server.get(bucket, key)))


def test_a_picture_is_resized_and_marked(server: DevServer, client: Client) -> None:
    for number, image in enumerate(
        ("kodo://media/logo.png", "http://cdn.example.com/logo.png", f"{server.url}/media/logo.png?imageView2/2/w/50")
    ):
        fop = (
            ImageView2(mode=2, w=320)
            | WatermarkImage(image=image, gravity="SouthEast")
            | Saveas("out", f"{number}.jpg")
        )
        plain = ImageView2(mode=2, w=320) | Saveas("out", "plain.jpg")
        job = client.submit("media", "photo.jpg", Fops(fop, plain))
        server.drain()
        assert job.refresh().code == 0, job.last
        assert picture(server, f"{number}.jpg").size == (320, 214)
        assert server.get("out", f"{number}.jpg") != server.get("out", "plain.jpg")


def test_a_mark_from_elsewhere_is_not_fetched(server: DevServer, client: Client) -> None:
    fop = WatermarkImage(image="http://169.254.169.254/latest/meta-data/")
    job = client.submit("media", "photo.jpg", fop)
    server.drain()
    with pytest.raises(JobFailed, match="the network is off"):
        job.wait(timeout=10)


def test_a_clip_becomes_a_picture_and_another_clip(server: DevServer, client: Client) -> None:
    fops = parse(
        "avthumb/mp4/s/320x180/t/1|saveas/b3V0OnNtYWxsLm1wNA==;vframe/jpg/offset/1/w/160|saveas/b3V0OmZyYW1lLmpwZw=="
    )
    job = client.submit("media", "clip.mp4", fops)
    server.drain()
    assert job.refresh().code == 0, job.last
    assert server.get("out", "small.mp4")[4:8] == b"ftyp"
    assert picture(server, "frame.jpg").size[0] == 160
    assert (Path(str(server.state.store.staging)).parents[1] / "out" / "small.mp4").is_file()


def test_a_playlist_finds_its_pieces(server: DevServer, client: Client) -> None:
    job = client.submit("media", "clip.mp4", "avthumb/m3u8/segtime/2/t/4/s/160x90|saveas/b3V0OmhscyBkaXIvbGlzdC5tM3U4")
    server.drain()
    status = job.refresh()
    assert status.code == 0, status
    assert status.items[0].key == "hls dir/list.m3u8"
    stored = server.state.store.get("out", "hls dir/list.m3u8")
    assert stored is not None
    pieces = [line for line in stored.read().decode().splitlines() if line and not line.startswith("#")]
    assert len(pieces) >= 2
    import requests

    with requests.Session() as session:
        base = f"{server.url}/out/hls%20dir/list.m3u8"
        for piece in pieces:
            reply = session.get(requests.compat.urljoin(base, piece))
            assert (reply.status_code, reply.content[:1]) == (200, b"G")


def test_a_broken_source_fails_its_item_only(server: DevServer, client: Client) -> None:
    server.put("media", "broken.mp4", b"this is no clip")
    job = client.submit("media", "broken.mp4", "avthumb/mp4;vframe/jpg/offset/0")
    server.drain()
    status = job.refresh()
    assert status.code == 3
    assert {item.code for item in status.items} == {3}
    assert all((item.error or "").startswith("execute fop cmd failed: ") for item in status.items)
    assert server.keys("media") == ["broken.mp4", "clip.mp4", "logo.png", "photo.jpg"]
