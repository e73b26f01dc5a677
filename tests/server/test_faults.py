from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
import requests

from qiniufop.server import DevServer, Emulator
from qiniufop.server.faults import BadFault, Faults

from .conftest import PHOTO
from .test_api import Api


@pytest.fixture
def api(server: DevServer) -> Iterator[Api]:
    made = Api(server)
    with made.session:
        yield made


@pytest.mark.parametrize("status", [500, 503, 599, 573, 418])
def test_a_status(api: Api, status: int) -> None:
    api.server.faults.add("status", status=status, on="submit", times=1, headers={"Retry-After": "1"})
    reply = api.submit()
    assert reply.status_code == status
    assert "error" in reply.json()
    assert reply.headers["X-Reqid"]
    assert reply.headers["Retry-After"] == "1"
    assert api.server.state.jobs.recent() == []
    assert api.submit().status_code == 200


def test_a_page_of_a_bad_gateway(api: Api) -> None:
    api.server.faults.add("status", status=502, body="<html>Bad Gateway</html>")
    reply = api.submit()
    assert (reply.status_code, reply.headers["Content-Type"]) == (502, "text/html")


@pytest.mark.parametrize(("given", "sent"), [(503, 301), (302, 302)])
def test_a_redirect_of_the_bare_path_only(api: Api, given: int, sent: int) -> None:
    api.server.faults.add("redirect", on="submit", status=given)
    fields = {"bucket": "bkt", "key": "photo.jpg", "fops": "imageInfo"}
    bare = api.post("/pfop", fields)
    assert (bare.status_code, bare.headers["Location"]) == (sent, "/pfop/")
    assert api.post("/pfop/", fields).status_code == 200


@pytest.mark.parametrize(("kind", "queued"), [("drop", 0), ("drop-after", 1)])
def test_a_dropped_connection(api: Api, kind: str, queued: int) -> None:
    api.server.faults.load({"kind": kind, "on": "submit", "times": 1})
    with pytest.raises(requests.ConnectionError):
        api.submit()
    assert len(api.server.state.jobs.recent()) == queued
    assert api.submit().status_code == 200


def test_a_truncated_reply(api: Api) -> None:
    api.server.faults.add("truncate", times=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        api.submit()
    assert api.submit().status_code == 200


def test_no_request_id(api: Api) -> None:
    api.server.faults.add("no-reqid", on="submit", times=1)
    reply = api.submit()
    assert reply.status_code == 200
    assert "persistentId" in reply.json()
    assert "X-Reqid" not in reply.headers


def test_a_login_page(api: Api) -> None:
    api.server.faults.add("not-json", on="submit")
    reply = api.submit()
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html")
    assert api.server.state.jobs.recent() == []


def test_a_slow_reply_ends_with_the_fault(api: Api) -> None:
    api.server.faults.add("slow", seconds=60, on="submit")
    replies: list[requests.Response] = []
    thread = threading.Thread(target=lambda: replies.append(api.submit()))
    started = time.monotonic()
    thread.start()
    with pytest.raises(requests.ReadTimeout):
        requests.post(f"{api.server.url}/pfop/", timeout=0.05)
    api.server.faults.clear()
    thread.join()
    assert replies[0].status_code == 200
    assert time.monotonic() - started < 30


def test_faults_are_about_some_requests_and_counted(api: Api) -> None:
    api.server.faults.add("status", on="status", times=2, skip=1)
    assert api.submit().status_code == 200
    url = f"{api.server.url}/status/get/prefop?id=x"
    assert [api.session.get(url).status_code for _ in range(4)] == [612, 503, 503, 612]


def test_the_first_fault_that_fits_is_met(api: Api) -> None:
    api.server.faults.add("status", status=500, times=1)
    api.server.faults.add("status", status=599, times=1)
    assert [api.submit().status_code for _ in range(3)] == [500, 599, 200]


def test_faults_are_switched_over_http(api: Api) -> None:
    url = f"{api.server.url}/_dev/faults"
    shown = api.session.post(url, json=[{"kind": "status", "status": 599}, {"kind": "drop", "times": 3}]).json()
    assert [(f["kind"], f["status"], f["times"]) for f in shown["faults"]] == [("status", 599, None), ("drop", 503, 3)]
    assert api.session.get(f"{api.server.url}/healthz").status_code == 200
    assert api.submit().status_code == 599
    kept = api.session.get(url).json()
    assert api.session.delete(url).json() == {"faults": [], "variants": None, "unchecked": []}
    assert api.submit().status_code == 200
    assert api.session.post(url, json=kept).json() == kept


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"kind": "explode"}, "there is no fault 'explode': expected one of status, redirect, drop"),
        ({"kind": "drop", "on": "pfop"}, "no requests are called 'pfop'"),
        ({"kind": "drop", "when": 1}, "a fault has no 'when'"),
        ({"kind": "status", "status": 7}, "status 7 is none"),
        ({"kind": "status", "status": "x"}, "a value has the wrong kind"),
        ({"chaos": 1}, "there is no switch 'chaos'"),
        ([1], "each fault is a JSON object with a kind"),
        (7, "expected a JSON object"),
    ],
)
def test_error_settings(api: Api, settings: object, message: str) -> None:
    with pytest.raises(BadFault, match=message):
        Faults().load(settings)
    reply = api.session.post(f"{api.server.url}/_dev/faults", json=settings)
    assert reply.status_code == 400
    assert message in reply.json()["error"]


def test_faults_without_a_socket() -> None:
    with Emulator(memory=True) as emulator:
        emulator.put("bkt", "photo.jpg", PHOTO)
        emulator.faults.add("drop", times=1)
        session = emulator.session()
        with pytest.raises(requests.ConnectionError):
            session.get(f"{emulator.url}/bkt/photo.jpg")
        assert session.get(f"{emulator.url}/bkt/photo.jpg").content == PHOTO.read_bytes()
