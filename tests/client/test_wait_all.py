"""Many jobs, few requests at a time, one deadline."""

from __future__ import annotations

import json
import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from qiniufop.client.client import Client, Job
from qiniufop.client.errors import JobFailed, JobNotFound, NotTheService, ServerError, WaitCancelled, WaitTimeout
from qiniufop.client.messages import Answer, Fault, Outgoing, Reply, Timeout
from qiniufop.client.schedule import Schedule, Standing

from .conftest import Make
from .fault_server import Clock, FaultServer, html, reply, status

DONE = status(0, {"cmd": "a", "code": 0, "desc": "", "key": "k"})
DOWN = Fault(True, ConnectionResetError("gone"))


def shown(code: int, **fields: Any) -> Reply:
    return Reply(200, {"x-reqid": "R"}, json.dumps({"code": code, **fields}).encode())


class Service:
    """Plays a list of answers for each job; the last one for ever. Notes what is asked, when and by whom."""

    def __init__(self, clock: Clock, **plays: list[Answer]) -> None:
        self.plays = plays
        self.clock = clock
        self.asked: list[tuple[float, str]] = []
        self._lock = threading.Lock()
        self.threads: set[int] = set()

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        job_id = request.url.rpartition("=")[2]
        with self._lock:
            self.threads.add(threading.get_ident())
            self.asked.append((self.clock(), job_id))
            acts = self.plays[job_id]
            return acts.pop(0) if len(acts) > 1 else acts[0]

    def close(self) -> None:
        pass

    def of(self, job_id: str) -> list[float]:
        return [when - 1000 for when, asked in self.asked if asked == job_id]


def test_every_kind_of_end(make: Make, clock: Clock) -> None:
    service = Service(
        clock,
        good=[shown(1), shown(2), shown(0)],
        told=[shown(4)],
        bad=[shown(3, items=[{"cmd": "x", "code": 3, "error": "no"}])],
        partly=[shown(0, items=[{"cmd": "x", "code": 3, "error": "no"}, {"cmd": "y", "code": 0}])],
        gone=[Reply(612, {"x-reqid": "R"}, b'{"error":"no such id"}')],
        slow=[shown(1)],
        busy=[Reply(573, {"x-reqid": "R"}, b"{}"), DOWN, Reply(502, {}, b"<html>"), shown(0)],
        portal=[Reply(302, {"location": "x"}, b"")],
        strange=[Reply(200, {}, b"<html>")],
        recovered=[Reply(200, {}, b"<html>"), shown(0)],
        unread=[shown(0, items=7)],
    )
    ids = [*service.plays, "good"]
    seen: list[Standing] = []
    results = make(transport=service).wait_all(ids, 100, on_progress=seen.append)
    assert [r.id for r in results] == ids
    ends = {r.id: type(r.error) for r in results}
    assert ends == {
        "good": type(None),
        "told": type(None),
        "bad": JobFailed,
        "partly": JobFailed,
        "gone": JobNotFound,
        "slow": WaitTimeout,
        "busy": type(None),
        "portal": NotTheService,
        "strange": NotTheService,
        "recovered": type(None),
        "unread": NotTheService,
    }
    assert {r.id for r in results if r.ok} == {"good", "told", "busy", "recovered"}
    assert results[0].result().id == "good"
    with pytest.raises(JobFailed):
        results[2].result()
    assert results[5].status is not None
    assert len(service.of("strange")) == len(service.of("unread")) == 4
    assert len(service.of("good")) == 3
    assert clock() == pytest.approx(1100)
    assert (seen[-1].total, seen[-1].done, seen[-1].failed) == (11, 10, 6)
    assert sum(s.status is not None for s in seen) == 3 + 1 + 1 + 1 + 1 + 1 + len(service.of("slow"))


def test_looks_become_rarer_and_never_exceed_the_rate(make: Make, clock: Clock) -> None:
    service = Service(clock, **{f"j{n}": [shown(1)] for n in range(100)})
    results = make(transport=service).wait_all(list(service.plays), 300, rate=20)
    assert all(type(r.error) is WaitTimeout for r in results)
    times = sorted(when for when, _ in service.asked)
    assert all(later - earlier >= 1 / 20 - 1e-9 for earlier, later in pairwise(times))
    looks = service.of("j50")
    gaps = [b - a for a, b in pairwise(looks)]
    assert gaps[0] < 7 < gaps[-1] < 20


def test_requests_under_way_are_few(clock: Clock) -> None:
    service = Service(clock, **{f"j{n}": [shown(1), shown(0)] for n in range(200)})
    with Client("AK", "SK", api_host="h", transport=service, clock=clock, sleep=clock.sleep) as client:
        assert all(r.ok for r in client.wait_all(list(service.plays), workers=3, rate=1000))
    assert len(service.threads) <= 3
    assert threading.get_ident() not in service.threads


def test_jobs_remember_what_was_seen(server: FaultServer, make: Make) -> None:
    server.play(DONE)
    client = make()
    job = client.job("z0.1")
    (waited,) = client.wait_all([job])
    assert job.last == waited.status
    assert waited.result().outputs[0].key == "k"
    assert client.wait_all([]) == []


def test_a_service_that_is_never_reached_is_given_up(make: Make, clock: Clock) -> None:
    service = Service(clock, a=[DOWN], b=[Reply(503, {}, b"")])
    results = make(transport=service).wait_all(["a", "b"], 600)
    assert [type(r.error).__name__ for r in results] == ["TransportError", "ServerError"]
    assert len(service.asked) == 8
    assert clock() < 1030


def test_a_service_that_was_reached_is_hoped_for(make: Make, clock: Clock) -> None:
    service = Service(clock, a=[shown(1), *[Reply(503, {}, b"")] * 20, shown(0)])
    assert make(transport=service).wait_all(["a"], 600)[0].ok


def test_the_last_trouble_is_told(make: Make, clock: Clock) -> None:
    service = Service(clock, a=[shown(1), Reply(503, {}, b"")])
    (waited,) = make(transport=service).wait_all(["a"], 60)
    assert isinstance(waited.error, WaitTimeout)
    assert isinstance(waited.error.__cause__, ServerError)
    assert waited.error.last is not None


def test_waiting_can_be_called_off(clock: Clock) -> None:
    cancel = threading.Event()
    service = Service(clock, a=[shown(0)], b=[shown(1)])
    with Client("AK", "SK", api_host="h", transport=service, clock=clock, sleep=clock.sleep) as client:
        looks: list[Standing] = []

        def stop(standing: Standing) -> None:
            looks.append(standing)
            if len(looks) == 4:
                cancel.set()

        results = client.wait_all(["a", "b"], None, on_progress=stop, cancel=cancel)
        assert [type(r.error) for r in results] == [type(None), WaitCancelled]
        assert len(looks) == 4
        with pytest.raises(WaitCancelled):
            Job(client, "b").wait(cancel=cancel)


def test_cancelling_is_noticed_while_a_job_is_waited_for(clock: Clock) -> None:
    cancel = threading.Event()
    service = Service(clock, b=[shown(1)])
    with Client("AK", "SK", api_host="h", transport=service, clock=clock) as client, pytest.raises(WaitCancelled):
        client.job("b").wait(None, cancel=cancel, on_progress=lambda _: cancel.set())
    assert len(service.asked) == 1


def test_a_broken_callback_ends_it(make: Make, clock: Clock) -> None:
    def broken(_: Standing) -> None:
        raise ZeroDivisionError

    service = Service(clock, a=[shown(1)], b=[shown(1)])
    with pytest.raises(ZeroDivisionError):
        make(transport=service).wait_all(["a", "b"], 600, on_progress=broken)


def test_a_slow_request_does_not_outlast_the_deadline(server: FaultServer, make: Make) -> None:
    server.play(html(500))
    server.acts[0] = type(server.acts[0])(hang=True)
    started = time.monotonic()
    (waited,) = make(clock=time.monotonic, sleep=time.sleep, timeout=30).wait_all(["z0.1"], 0.2)
    assert time.monotonic() - started < 5
    assert isinstance(waited.error, WaitTimeout)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": 0}, "timeout=0: expected positive seconds, or None"),
        ({"rate": 0}, "rate=0: expected a positive number of requests per second"),
        ({"workers": 0}, "workers=0: expected 1 or more"),
    ],
)
def test_error_limits(client: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        client.wait_all(["a"], **options)


def test_an_unlooked_job_has_no_result() -> None:
    schedule = Schedule(["a"], 0.0, timeout=1)
    schedule.give_up()
    with pytest.raises(WaitTimeout, match="its status was never seen"):
        schedule.results()[0].result()


def test_the_reply_of_the_server_is_used(server: FaultServer, make: Make) -> None:
    server.play(reply({"code": 1}), DONE)
    results = make().wait_all(["z0.1", "z0.2"])
    assert [r.ok for r in results] == [True, True]
    assert {s.query["id"] for s in server.seen} == {"z0.1", "z0.2"}
