"""Notifications: what is believed, and what is not."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import qiniu

from qiniufop.client import auth
from qiniufop.client.aio import AsyncClient
from qiniufop.client.auth import Credentials
from qiniufop.client.client import Client
from qiniufop.client.errors import JobFailed, JobNotFound, UntrustedEvent
from qiniufop.client.notifications import Event, Receiver, Trust, read_event
from qiniufop.client.once import Once, OnceInFile, OnceInMemory

from .fault_server import FaultServer, job, reply

KEYS = Credentials("AK_TEST", "SK_TEST")
URL = "https://example.com/qiniu/notify"
JOB = job(
    3,
    {"cmd": "avthumb/mp4|saveas/Ymt0OmEubXA0", "code": 0, "key": "a.mp4"},
    {"cmd": "vframe/jpg", "code": 3, "error": "no"},
)
BODY = json.dumps(JOB).encode()
TYPE = {"Content-Type": "application/json"}


def signed(scheme: auth.Scheme, keys: Credentials = KEYS, body: bytes = BODY, **headers: str) -> dict[str, str]:
    given = {**TYPE, "Host": "example.com", **headers}
    return {**given, "Authorization": auth.authorization(keys, scheme, "POST", URL, given, body)}


def test_a_signed_event() -> None:
    event = Receiver(KEYS).receive(BODY, signed("Qiniu"), url="/qiniu/notify")
    assert event.trust is Trust.CONTENT
    assert event.trusted
    assert event.id == JOB["id"]
    assert [o.key for o in event.outputs] == ["a.mp4"]
    assert [i.cmd for i in event.failed] == ["vframe/jpg"]
    assert not event.ok
    with pytest.raises(JobFailed):
        event.check()


def test_an_event_that_went_well() -> None:
    event = Receiver("AK_TEST", "SK_TEST").receive(json.dumps(job(4)), {}, url=URL)
    assert event.check() is event.job
    assert event.job.notify_failed


def test_the_vector_of_the_service() -> None:
    body = b'{"id":"z0.5be96c32856db80b4be3d8b6","code":0}'
    headers = {**TYPE, "Authorization": "Qiniu AK_TEST:VfeKv50irEh6wdCmIW1wbdqBAoA="}
    event = Receiver(KEYS, url="http://example.com/qiniu/notify").receive(body, headers)
    assert event.trust is Trust.CONTENT


def test_a_qbox_signature_does_not_cover_the_body() -> None:
    forged = BODY.replace(b"a.mp4", b"evil!")
    event = Receiver(KEYS).receive(forged, signed("QBox"), url=URL)
    assert event.trust is Trust.SENDER
    assert not event.trusted


def test_an_unsigned_event_is_read_and_not_trusted() -> None:
    event = Receiver(KEYS).receive(BODY, TYPE, url=URL)
    assert (event.trust, event.trusted) == (Trust.NONE, False)


def test_the_official_sdk_agrees() -> None:
    headers = signed("Qiniu")
    official = qiniu.Auth("AK_TEST", "SK_TEST")
    assert official.verify_callback(
        headers["Authorization"], URL, BODY.decode(), "application/json", "POST", {"Host": "example.com"}
    )
    assert Receiver(official).receive(BODY, headers, url=URL).trusted


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        (signed("Qiniu", body=b"{}"), "the signature of the notification does not match"),
        (
            signed("Qiniu", Credentials("OTHER", "SK")),
            "the notification is signed with an access key that is not yours",
        ),
        (signed("QBox", Credentials("AK_TEST", "SK")), "the signature of the notification does not match"),
        (
            {"Authorization": "Bearer x"},
            "the Authorization header of the notification is neither Qiniu nor QBox",
        ),
        ({**signed("Qiniu"), "Host": "evil.com"}, "the signature of the notification does not match"),
        ({**signed("Qiniu"), "Content-Type": "text/plain"}, "the signature of the notification does not match"),
    ],
)
def test_error_wrong_signatures(headers: dict[str, str], message: str) -> None:
    with pytest.raises(UntrustedEvent) as caught:
        Receiver(KEYS).receive(BODY, headers, url=URL)
    assert caught.value.message == message
    assert caught.value.hint == (
        "Somebody else sent it; or a proxy changed host, path or body: give Receiver the public URL, "
        "and receive the raw body."
    )


@pytest.mark.parametrize(
    ("headers", "require", "message"),
    [
        (TYPE, Trust.SENDER, "the notification is not signed"),
        (TYPE, Trust.CONTENT, "the notification is not signed"),
        (
            signed("QBox"),
            Trust.CONTENT,
            "the notification is signed with QBox, which does not cover its body",
        ),
        (signed("QBox"), Trust.SENDER, None),
        (signed("Qiniu"), Trust.CONTENT, None),
        (signed("Qiniu"), Trust.CONFIRMED, "the notification is signed, but was not confirmed"),
    ],
)
def test_trust_can_be_demanded(headers: dict[str, str], require: Trust, message: str | None) -> None:
    receiver = Receiver(KEYS, require=require)
    if message is None:
        assert receiver.receive(BODY, headers, url=URL)
        return
    with pytest.raises(UntrustedEvent) as caught:
        receiver.receive(BODY, headers, url=URL)
    assert caught.value.message == message


def test_behind_a_proxy_the_public_url_counts() -> None:
    headers = {**signed("Qiniu"), "Host": "10.0.0.7:8000"}
    assert Receiver(KEYS, url=URL).receive(BODY, headers, url="/internal/notify").trusted


def test_two_pairs_of_keys() -> None:
    receiver = Receiver([Credentials("OLD", "SK"), KEYS])
    assert receiver.receive(BODY, signed("Qiniu"), url=URL).trusted


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "the notification is not JSON."),
        (b"id=z0.1&code=0", "the notification is not JSON. It looks like a form: read the raw body."),
        (b"[]", "the notification holds no job: expected a JSON object with id and code"),
        (b'{"code":0}', "the notification holds no job: expected a JSON object with id and code"),
        (b'{"id":"z0.1"}', "the notification holds no job: the status of z0.1 cannot be read: code: Field required"),
        (
            b'{"id":"z0.1","version":"v3"}',
            "the notification holds no job: z0.1 is a task of a V3 workflow, not a job of pfop",
        ),
        (b"\xff", "the notification is not JSON."),
    ],
)
def test_error_bodies(body: bytes, message: str) -> None:
    with pytest.raises(UntrustedEvent) as caught:
        read_event(body)
    assert caught.value.message == message


def event_of(payload: dict[str, Any]) -> Event:
    return Receiver(KEYS).receive(json.dumps(payload), {}, url=URL)


def test_an_event_can_be_confirmed(server: FaultServer) -> None:
    forged = event_of(job(0, {"cmd": "c", "code": 0, "key": "forged"}))
    server.play(reply(JOB))
    with Client("AK", "SK", api_host=server.url) as client:
        event = forged.confirm(client)
        assert event.trust is Trust.CONFIRMED
        assert event.trusted
        assert [o.key for o in event.outputs] == ["a.mp4"]
        server.play(reply(job(2)))
        with pytest.raises(UntrustedEvent) as caught:
            forged.confirm(client)
        assert caught.value.message == (
            f"the notification says that job {JOB['id']} has ended; the service says: The fop is executing now"
        )
        server.play(reply({"error": "no such id"}, 612))
        with pytest.raises(JobNotFound):
            forged.confirm(client)


def test_an_event_can_be_confirmed_by_an_async_client(server: FaultServer) -> None:
    server.play(reply(JOB))

    async def main() -> Event:
        async with AsyncClient("AK", "SK", api_host=server.url) as client:
            return await event_of(JOB).confirm_async(client)

    assert asyncio.run(main()).trusted


# once


@pytest.fixture(params=[OnceInMemory, OnceInFile])
def once(request: pytest.FixtureRequest, tmp_path: Path) -> Once:
    kind: Callable[..., Once] = request.param
    return kind() if kind is OnceInMemory else kind(tmp_path / "once.sqlite")


def test_a_name_is_new_once(once: Once) -> None:
    assert [once.add("a"), once.add("b"), once.add("a")] == [True, True, False]
    once.discard("a")
    once.discard("never")
    assert once.add("a")


def fail(once: Once, seen: list[bool]) -> None:
    with once.handling("a") as fresh:
        seen.append(fresh)
        raise ZeroDivisionError


def test_what_fails_may_be_tried_again(once: Once) -> None:
    seen: list[bool] = []
    with pytest.raises(ZeroDivisionError):
        fail(once, seen)
    with once.handling("a") as fresh:
        seen.append(fresh)
    with pytest.raises(ZeroDivisionError):
        fail(once, seen)
    assert seen == [True, True, False]
    assert not once.add("a")


def test_of_many_threads_one_handles(once: Once) -> None:
    fresh: list[bool] = []
    barrier = threading.Barrier(8)

    def handle() -> None:
        barrier.wait()
        fresh.append(once.add("a"))

    threads = [threading.Thread(target=handle) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fresh) == [False] * 7 + [True]


def test_memory_is_bounded() -> None:
    once = OnceInMemory(limit=2)
    assert [once.add(n) for n in "abca"] == [True, True, True, True]
    assert not once.add("c")


def test_a_file_outlives_the_process(tmp_path: Path) -> None:
    OnceInFile(tmp_path / "x").add("a")
    assert not OnceInFile(tmp_path / "x").add("a")
