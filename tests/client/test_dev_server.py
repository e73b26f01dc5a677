"""The clients and the dev server, over HTTP: jobs, notifications, uploads, URLs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from qiniufop import ImageInfo, ImageView2, Saveas
from qiniufop.client.auth import Credentials
from qiniufop.client.errors import AuthError, JobFailed, JobNotFound, NotFound
from qiniufop.client.notifications import Receiver, Trust
from qiniufop.client.outputs import expected_outputs
from qiniufop.client.policy import PutPolicy
from qiniufop.client.urls import object_url, url
from qiniufop.server import DevServer

from .conftest import Make
from .fault_server import Act, FaultServer

PHOTO = Path(__file__).parents[2] / "src" / "qiniufop" / "samples" / "photo.jpg"
KEY = "目录/照片 1+2.jpg"
SMALL = ImageView2(mode=2, w=64) | Saveas("bkt", "small.jpg")


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    with DevServer(memory=True, private=["secret"]) as made:
        yield made


@pytest.fixture
def service(running: DevServer) -> DevServer:
    running.reset()
    for bucket in ("bkt", "secret"):
        running.put(bucket, KEY, PHOTO)
    return running


@pytest.fixture
def keys(service: DevServer) -> Credentials:
    return Credentials(service.access_key, service.secret_key)


@pytest.fixture
def client(make: Make, service: DevServer) -> Any:
    import time

    return make(
        service.access_key, service.secret_key, api_host=service.url, sleep=time.sleep, clock=time.monotonic, timeout=30
    )


def width(content: bytes) -> int:
    return int(Image.open(io.BytesIO(content)).size[0])


@pytest.mark.parametrize("scheme", ["Qiniu", "QBox"])
def test_a_job(make: Make, service: DevServer, scheme: str) -> None:
    client = make(service.access_key, service.secret_key, api_host=service.url, signature=scheme, sleep=lambda s: None)
    job = client.submit("bkt", KEY, SMALL, ImageView2(mode=2, w=32), ImageInfo())
    service.drain()
    result = job.wait()
    assert (result.input_bucket, result.input_key) == ("bkt", KEY)
    assert width(service.get("bkt", "small.jpg")) == 64
    stored = service.state.store.get("bkt", KEY)
    assert stored is not None
    expected = expected_outputs(f"{SMALL};imageView2/2/w/32", "bkt", stored.hash)
    assert [(o.bucket, o.key) for o in result.outputs[:2]] == [(o.bucket, o.key) for o in expected]
    assert width(service.get("bkt", str(result.outputs[1].key))) == 32
    assert result.outputs[2].result["format"] == "jpeg"


def test_what_exists_is_returned_unless_forced(client: Any, service: DevServer) -> None:
    assert not client.submit("bkt", KEY, SMALL).wait().items[0].returned_old
    assert client.submit("bkt", KEY, SMALL).wait().items[0].returned_old
    assert not client.submit("bkt", KEY, SMALL, force=True).wait().items[0].returned_old


def test_errors(client: Any, make: Make, service: DevServer) -> None:
    with pytest.raises(NotFound, match="Document not found"):
        client.submit("bkt", "none.jpg", SMALL)
    with pytest.raises(JobNotFound):
        client.status("z0.00000000000000000000000")
    with pytest.raises(AuthError, match="bad token"):
        make(service.access_key, "WRONG", api_host=service.url).submit("bkt", KEY, SMALL)
    service.put("bkt", "broken.jpg", b"no picture")
    with pytest.raises(JobFailed) as caught:
        client.submit("bkt", "broken.jpg", SMALL).wait()
    assert [item.cmd for item in caught.value.result.failed] == [str(SMALL)]


def test_many_jobs(client: Any) -> None:
    jobs = [client.submit("bkt", KEY, ImageView2(mode=2, w=10 + n) | Saveas("bkt", f"{n}.jpg")) for n in range(10)]
    results = client.wait_all(jobs, 60, rate=200)
    assert [r.result().outputs[0].key for r in results] == [f"{n}.jpg" for n in range(10)]


def test_a_notification(client: Any, service: DevServer, keys: Credentials, server: FaultServer) -> None:
    server.play(Act(200))
    job = client.submit("bkt", KEY, SMALL, notify_url=f"{server.url}/told?by=qiniu")
    service.drain()
    (seen,) = server.seen
    event = Receiver(keys).receive(seen.body or b"", seen.headers, url=seen.path)
    assert event.trust is Trust.CONTENT
    assert event.id == job.id
    assert event.check().outputs == job.wait().outputs


def test_an_upload_starts_a_job(client: Any, service: DevServer, keys: Credentials) -> None:
    token = PutPolicy(bucket="bkt", key="up.jpg", persistent_ops=SMALL).token(keys)
    form = {"token": token, "key": "up.jpg"}
    answer = requests.post(f"{service.url}/", data=form, files={"file": PHOTO.read_bytes()}, timeout=30)
    assert client.job(answer.json()["persistentId"]).wait().outputs[0].key == "small.jpg"
    assert width(service.get("bkt", "small.jpg")) == 64


@pytest.mark.parametrize("escape_pipes", [True, False])
def test_urls(service: DevServer, keys: Credentials, escape_pipes: bool) -> None:
    fop = ImageView2(mode=2, w=80) | ImageView2(mode=2, w=64)
    place = object_url(f"{service.url}/bkt", KEY)
    assert width(requests.get(url(place, fop, escape_pipes=escape_pipes), timeout=30).content) == 64
    saved = fop | Saveas("bkt", "saved.jpg")
    answer = requests.get(url(place, saved, credentials=keys, escape_pipes=True), timeout=30)
    assert answer.status_code == 200
    assert service.get("bkt", "saved.jpg")


def test_a_private_url(service: DevServer, keys: Credentials) -> None:
    place = object_url(f"{service.url}/secret", KEY)
    assert requests.get(url(place), timeout=30).status_code == 401
    open_to_me = url(place, ImageView2(mode=2, w=64), credentials=keys, expires=60, params={"attname": "目 录.jpg"})
    assert width(requests.get(open_to_me, timeout=30).content) == 64
    assert requests.get(open_to_me + "&x=1", timeout=30).status_code in (401, 403)
    late = url(place, credentials=keys, deadline=1000)
    assert requests.get(late, timeout=30).status_code in (401, 403)
