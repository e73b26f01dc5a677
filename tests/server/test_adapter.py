from __future__ import annotations

import io

import pytest
import requests
from PIL import Image

from qiniufop import ImageView2, Saveas
from qiniufop.client.auth import Credentials, authorization
from qiniufop.server import Emulator, EngineAdapter

from .conftest import PHOTO


def test_a_client_works_without_a_socket() -> None:
    with Emulator(memory=True) as emulator, emulator.client(bucket="bkt") as client:
        emulator.put("bkt", "目录/照片 1.jpg", PHOTO)
        job = client.submit("bkt", "目录/照片 1.jpg", ImageView2(mode=2, w=64) | Saveas("bkt", "out.jpg"))
        emulator.drain()
        assert job.refresh().code == 0
        assert Image.open(io.BytesIO(emulator.get("bkt", "out.jpg"))).size == (64, 43)


@pytest.mark.parametrize("body", [b"id=nope", "id=nope", io.BytesIO(b"id=nope"), iter([b"id=", b"nope"])])
def test_bodies_of_any_kind(body: object) -> None:
    with Emulator(memory=True) as emulator:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        reply = emulator.session().post(f"{emulator.url}/status/get/prefop", data=body, headers=headers)  # type: ignore[arg-type]
    assert (reply.status_code, reply.json()) == (612, {"error": "no such id"})


def test_it_may_stand_for_any_host() -> None:
    with Emulator(memory=True, domains={"cdn.example.com": "bkt"}) as emulator, requests.Session() as session:
        emulator.put("bkt", "a b.txt", b"text")
        session.mount("https://cdn.example.com", EngineAdapter(emulator))
        session.mount("https://api.qiniuapi.com", EngineAdapter(emulator))
        reply = session.get("https://cdn.example.com/a%20b.txt", params={"attname": "x"})
        assert (reply.content, reply.headers["Content-Type"]) == (b"text", "text/plain; charset=utf-8")
        url = "https://api.qiniuapi.com/stat/YmtOmE="
        token = authorization(Credentials(emulator.access_key, emulator.secret_key), "Qiniu", "GET", url)
        assert session.get(url, headers={"Authorization": token}).status_code == 400


def test_replies_stream_and_repeat() -> None:
    with Emulator(memory=True) as emulator:
        emulator.put("bkt", "k", bytes(100_000))
        session = emulator.session()
        for _ in range(3):
            reply = session.get(f"{emulator.url}/bkt/k", stream=True)
            assert sum(len(chunk) for chunk in reply.iter_content(4096)) == 100_000
