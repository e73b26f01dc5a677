"""The ways in which a poll loop goes wrong, each against a server that plays it."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from qiniufop.client.errors import JobFailed, JobNotFound, NotTheService, ServerError, TransportError, WaitTimeout
from qiniufop.client.models import JobStatus, State

from .conftest import Make
from .fault_server import HANG, Act, Clock, FaultServer, html, reply, status

ID = "z0.0123456789abcdef01234567"
MP4 = "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ="
DONE = {"cmd": MP4, "code": 0, "desc": "ok", "hash": "FrPN", "key": "out.mp4", "returnOld": 0}
BROKEN = {
    "cmd": "avthumb/mp4|imageView2/0|saveas/Ymt0",
    "code": 3,
    "desc": "The fop is failed",
    "error": "execute fop cmd failed: not a valid media",
    "errorIndex": 1,
    "returnOld": 0,
}
WAITING, RUNNING, SUCCESS = status(1), status(2), status(0, DONE)


def test_1_waiting_running_done(client: Any, server: FaultServer) -> None:
    server.play(WAITING, RUNNING, SUCCESS)
    seen: list[State] = []
    job = client.job(ID)
    result = job.wait(on_progress=lambda s: seen.append(s.state))
    assert seen == [State.WAITING, State.RUNNING, State.SUCCEEDED]
    assert result.ok
    assert job.last == result
    assert [(o.bucket, o.key, o.hash) for o in result.outputs] == [("bkt", "out.mp4", "FrPN")]
    assert [(s.method, s.path) for s in server.seen] == [("GET", f"/status/get/prefop?id={ID}")] * 3


def test_2_running_for_long(client: Any, server: FaultServer, clock: Clock) -> None:
    server.play(*[RUNNING] * 60, SUCCESS)
    assert client.job(ID).wait(timeout=None).ok
    assert server.count(61) == 61
    assert sum(clock.naps) > 400
    assert clock.naps == sorted(clock.naps)
    assert (clock.naps[0], clock.naps[-1]) == (0.25, 15.0)


def test_3_failed(client: Any, server: FaultServer) -> None:
    server.play(status(3, DONE, BROKEN))
    with pytest.raises(JobFailed) as caught:
        client.job(ID).wait()
    assert str(caught.value) == (
        f"job {ID}: 1 of 2 commands failed\n"
        "    command 2, avthumb/mp4|imageView2/0|saveas/Ymt0: stage 2, imageView2/0: "
        "execute fop cmd failed: not a valid media (request id AAAAAAbCdEfGhIjK)\n"
        "    The source is not what this command takes. Look at it with avinfo or imageInfo."
    )
    assert caught.value.result.code == 3
    assert [item.cmd for item in caught.value.result.failed] == [BROKEN["cmd"]]


def test_4_callback_failed(client: Any, server: FaultServer) -> None:
    server.play(status(4, DONE))
    result = client.job(ID).wait()
    assert result.ok
    assert result.notify_failed
    assert result.state is State.NOTIFY_FAILED
    assert [o.key for o in result.outputs] == ["out.mp4"]


def test_5_several_keys(client: Any, server: FaultServer) -> None:
    server.play(status(0, {"cmd": "vsample/jpg/ss/1", "code": 0, "desc": "", "keys": ["1.jpg", "2.jpg"]}))
    assert [(o.bucket, o.key) for o in client.job(ID).wait().outputs] == [("bkt", "1.jpg"), ("bkt", "2.jpg")]


def test_6_a_result_and_no_key(client: Any, server: FaultServer) -> None:
    found = {"disable": False, "result": {"suggestion": "pass"}}
    server.play(status(0, {"cmd": "image-censor/v2/pulp", "code": 0, "desc": "", "result": found}))
    (output,) = client.job(ID).wait().outputs
    assert (output.key, output.result) == (None, found)


def test_7_failed_without_a_reason(client: Any, server: FaultServer) -> None:
    server.play(status(3, {"cmd": "avthumb/mp4", "code": 3, "desc": ""}))
    with pytest.raises(JobFailed) as caught:
        client.job(ID).wait()
    assert caught.value.message == (
        f"job {ID}: 1 of 1 commands failed\n    command 1, avthumb/mp4: code 3, no reason given"
    )


def test_8_partly_failed_in_a_successful_job(client: Any, server: FaultServer) -> None:
    server.play(status(0, DONE, BROKEN))
    with pytest.raises(JobFailed) as caught:
        client.job(ID).wait()
    assert [o.key for o in caught.value.result.outputs] == ["out.mp4"]
    assert client.job(ID).wait(check=False).outputs == caught.value.result.outputs


def test_9_no_request_id(client: Any, server: FaultServer) -> None:
    stranger = reply({"code": 0, "items": []}, request_id=None)
    server.play(stranger, SUCCESS)
    assert client.job(ID).wait().ok
    server.play(stranger)
    server.seen.clear()
    with pytest.raises(NotTheService) as caught:
        client.job(ID).wait()
    assert server.count(4) == 4
    assert caught.value.message == f"GET {server.url}/status/get/prefop: a 200 without X-Reqid"
    assert caught.value.hint == "Something in between answered: a proxy, a captive portal, or a wrong api_host."


def test_10_a_redirect(client: Any, server: FaultServer) -> None:
    server.play(Act(302, b"", {"Location": "https://login.example.com/?next=secret", "X-Reqid": "R"}))
    with pytest.raises(NotTheService) as caught:
        client.job(ID).wait()
    assert server.count(1) == 1
    assert caught.value.message == (
        f"GET {server.url}/status/get/prefop: a redirect (302) to https://login.example.com/, which is never followed"
    )


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b'"ok"', b"null", b'{"code":"0"}', b"{}", b"\xff"])
def test_11_not_json(client: Any, server: FaultServer, body: bytes) -> None:
    nonsense = Act(200, body, {"X-Reqid": "REQ1"})
    server.play(nonsense, SUCCESS)
    assert client.job(ID).wait().ok
    server.play(nonsense)
    server.seen.clear()
    with pytest.raises(NotTheService) as caught:
        client.job(ID).wait()
    assert server.count(4) == 4
    assert caught.value.request_id == "REQ1"
    assert caught.value.status == 200


def test_11_a_job_that_cannot_be_read(client: Any, server: FaultServer) -> None:
    server.play(reply({"code": 0, "items": ["no"]}))
    with pytest.raises(NotTheService, match=rf"the status of {ID} cannot be read: items\.0: "):
        client.job(ID).wait()


def test_12_a_timeout(make: Make, server: FaultServer) -> None:
    server.play(HANG, SUCCESS)
    assert make(timeout=0.1).job(ID).wait().ok
    assert server.count(2) == 2


def test_13_a_bad_gateway(client: Any, server: FaultServer) -> None:
    server.play(html(502), SUCCESS)
    assert client.job(ID).wait().ok
    assert server.count(2) == 2


@pytest.mark.parametrize("code", [599, 573])
def test_14_busy(client: Any, server: FaultServer, clock: Clock, code: int) -> None:
    server.play(reply({"error": "busy"}, code), SUCCESS)
    assert client.job(ID).wait().ok
    assert clock.naps[0] >= (1.0 if code == 573 else 0.25)


def test_15_waiting_for_ever(client: Any, server: FaultServer, clock: Clock) -> None:
    server.play(WAITING)
    started = clock()
    with pytest.raises(WaitTimeout) as caught:
        client.job(ID).wait(timeout=600)
    assert clock() - started == pytest.approx(600)
    assert caught.value.id == ID
    assert caught.value.last is not None
    assert caught.value.last.state is State.WAITING
    assert str(caught.value) == (
        f"job {ID} has not ended within 600 s; last seen: 1 The fop is waiting for execution\n"
        "    The job goes on. Wait again, or look later with status(id)."
    )


def test_15_a_service_that_fails_until_the_deadline(client: Any, server: FaultServer, clock: Clock) -> None:
    server.play(WAITING, html(502))
    started = clock()
    with pytest.raises(WaitTimeout) as caught:
        client.job(ID).wait(timeout=600)
    assert clock() - started == pytest.approx(600)
    assert isinstance(caught.value.__cause__, (ServerError, TransportError))


def test_16_unknown_job(client: Any, server: FaultServer) -> None:
    server.play(reply({"error": "not such id"}, 612, request_id="REQ9"))
    with pytest.raises(JobNotFound) as caught:
        client.job(ID).wait()
    assert server.count(1) == 1
    assert str(caught.value) == (
        f"GET {server.url}/status/get/prefop: 612 not such id (request id REQ9)\n"
        "    Jobs are kept for 7 to 10 days. The id is older than that, mistyped, or another account's."
    )


def test_17_an_unknown_code(client: Any, server: FaultServer, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    server.play(status(7))
    with caplog.at_level(logging.WARNING, "qiniufop.client"), pytest.raises(WaitTimeout) as caught:
        client.job(ID).wait(timeout=60)
    assert len(server.seen) > 3
    assert caught.value.last is not None
    assert caught.value.last.state is State.UNKNOWN
    assert caplog.messages == ["a job has the unknown code 7 (?); waiting goes on"]


def test_the_last_look_is_just_before_the_deadline(client: Any, server: FaultServer, clock: Clock) -> None:
    server.play(WAITING)
    looks: list[float] = []
    started = clock()
    with pytest.raises(WaitTimeout):
        client.job(ID).wait(timeout=100, on_progress=lambda _: looks.append(clock() - started))
    assert looks[-1] == pytest.approx(99)


def test_unknown_fields_are_kept(client: Any, server: FaultServer) -> None:
    server.play(status(0, {**DONE, "newItem": [1]}, newJob="x", type=1, taskFrom="workflow: w1"))
    result: JobStatus = client.status(ID)
    assert result.model_extra == {"newJob": "x"}
    assert result.items[0].model_extra == {"newItem": [1]}
    assert (result.idle, result.task_from) == (True, "workflow: w1")
