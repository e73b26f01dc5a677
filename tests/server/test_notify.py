from __future__ import annotations

import json
from typing import Any

import pytest
import qiniu

from qiniufop.client.auth import Credentials, verify_request
from qiniufop.server import DevServer
from qiniufop.server.jobs import Code, Submission

from .conftest import PHOTO
from .listener import Listener


def run(server: DevServer, url: str, fops: str = "imageInfo;imageView2/2/w/64") -> str:
    id_ = server.state.jobs.add(Submission("bkt", "photo.jpg", fops, notify_url=url, reqid="R"), fops.split(";"))
    server.drain()
    return id_


def code(server: DevServer, id_: str) -> Code:
    job = server.job(id_)
    assert job is not None
    return job.code


def test_one_post_tells_of_the_whole_job(server: DevServer) -> None:
    with Listener() as app:
        id_ = run(server, app.url)
    (got,) = app.got
    assert (got.method, got.path, got.headers["content-type"]) == ("POST", "/notify?x=1", "application/json")
    told: dict[str, Any] = json.loads(got.body)
    assert (told["id"], told["code"], [i["code"] for i in told["items"]]) == (id_, 0, [0, 0])
    with server.client() as client:
        assert client.status(id_).model_dump(exclude={"extra"}) == type(client.status(id_)).model_validate(
            told
        ).model_dump(exclude={"extra"})
    assert code(server, id_) is Code.DONE


def test_it_is_signed_as_the_service_signs(server: DevServer) -> None:
    with Listener() as app:
        run(server, app.url)
    (got,) = app.got
    assert got.headers["authorization"].startswith("Qiniu ")
    assert not [name for name in got.headers if name.startswith("x-qiniu-")]
    keys = Credentials(server.access_key, server.secret_key)
    assert verify_request(keys, got.headers["authorization"], "POST", app.url, got.headers, got.body)
    official = qiniu.Auth(server.access_key, server.secret_key)
    verified = official.verify_callback(
        got.headers["authorization"],
        app.url,
        got.text,
        "application/json",
        method="POST",
        headers={"Host": f"127.0.0.1:{app.port}"},
    )
    assert verified


def test_the_result_is_there_before_anybody_is_told(server: DevServer) -> None:
    seen: list[Code] = []
    ids: list[str] = []

    def status(_: int) -> int:
        (job,) = server.state.jobs.recent()
        ids.append(job.id)
        seen.append(job.code)
        assert all(server.get("bkt", i.outcome.key) for i in job.items if i.outcome.key)
        return 200

    with Listener(status=status) as app:
        run(server, app.url)
    assert seen == [Code.DONE]


@pytest.mark.parametrize(
    ("failures", "tries", "ends"), [(1, 2, Code.DONE), (2, 3, Code.DONE), (9, 3, Code.CALLBACK_FAILED)]
)
def test_a_refused_notification_is_tried_three_times(server: DevServer, failures: int, tries: int, ends: Code) -> None:
    with Listener(status=lambda number: 500 if number < failures else 200) as app:
        id_ = run(server, app.url)
    assert len(app.got) == tries
    assert len({got.body for got in app.got}) == 1
    assert code(server, id_) is ends
    job = server.job(id_)
    assert job is not None
    assert [i.code for i in job.items] == [Code.DONE, Code.DONE]


@pytest.mark.parametrize("status", [201, 204, 301, 404])
def test_only_200_counts(server: DevServer, status: int) -> None:
    with Listener(status=status, reply=b"", headers={"Location": "/other"}) as app:
        id_ = run(server, app.url)
    assert {got.path for got in app.got} == {"/notify?x=1"}
    assert code(server, id_) is Code.CALLBACK_FAILED


def test_a_failed_job_stays_failed(server: DevServer) -> None:
    with Listener(status=500) as app:
        id_ = run(server, app.url, "nope")
    assert json.loads(app.got[0].body)["code"] == 3
    assert code(server, id_) is Code.FAILED


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1/x", "ftp://127.0.0.1/", "nonsense", "http://10.0.0.1/", "http://u:p@127.0.0.1/"]
)
def test_error_urls(server: DevServer, url: str, caplog: pytest.LogCaptureFixture) -> None:
    id_ = run(server, url)
    assert code(server, id_) is Code.CALLBACK_FAILED
    assert f"job {id_}: notifying failed: " in caplog.text


def test_an_allowed_network_is_told() -> None:
    with Listener() as app, DevServer(memory=True, notify_allow=["127.0.0.0/8"]) as server:
        server.put("bkt", "photo.jpg", PHOTO)
        run(server, app.url)
    assert len(app.got) == 1


def test_closing_does_not_wait_for_the_next_try() -> None:
    with Listener(status=500) as app, DevServer(memory=True, notify_pauses=(600.0,)) as server:
        server.put("bkt", "photo.jpg", PHOTO)
        server.state.jobs.add(Submission("bkt", "photo.jpg", "imageInfo", notify_url=app.url), ["imageInfo"])
        assert app.arrived.wait(30)
    assert len(app.got) == 1


def test_a_slow_listener_holds_up_nobody_else(server: DevServer) -> None:
    import threading

    go = threading.Event()

    def slow(_: int) -> int:
        go.wait(30)
        return 200

    with Listener(status=slow) as hanging, Listener() as prompt:
        first = server.state.jobs.add(
            Submission("bkt", "photo.jpg", "imageInfo", notify_url=hanging.url), ["imageInfo"]
        )
        second = server.state.jobs.add(
            Submission("bkt", "photo.jpg", "imageInfo", notify_url=prompt.url), ["imageInfo"]
        )
        assert server.state.jobs.settle(second, 30)
        assert not server.state.jobs.settle(first, 0)
        go.set()
        assert server.state.jobs.settle(first, 30)
    assert (len(hanging.got), len(prompt.got)) == (1, 1)
