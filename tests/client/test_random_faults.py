"""Ten thousand lives of a job among faults, each from a seed. What must hold, holds in all of them."""

from __future__ import annotations

import json
import logging
import random
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest

from qiniufop.client.client import Client
from qiniufop.client.errors import ClientError, NotTheService, SubmitUncertain
from qiniufop.client.messages import Answer, Fault, Outgoing, Reply, Timeout
from qiniufop.client.retry import Retries
from qiniufop.core import parse

from .fault_server import Clock

RUNS = 10_000
FOP = parse("imageView2/2/w/800")
ERRORS = (500, 502, 503, 504, 571, 599, 573, 400, 401, 404, 429, 501, 520, 579, 612, 631, 701, 999)


@dataclass
class Life:
    """A service with bad luck, and the books that are kept of it.

    ``delivered`` holds, for each submission whose body arrived, what the client saw: an error status or not.
    """

    chance: random.Random
    clock: Clock
    trouble: float
    delivered: list[int | None] = field(default_factory=list[int | None])
    sent: int = 0
    whole_ids: list[str] = field(default_factory=list[str])
    jobs: dict[str, int] = field(default_factory=dict[str, int])

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        assert timeout.connect > 0
        assert timeout.read > 0
        self.sent += request.method == "POST"
        self.clock.time += self.chance.choice((0.001, 0.01, 0.1))
        fault = self.chance.random() < self.trouble
        if fault and self.chance.random() < 0.3:
            return self._unsent(timeout)
        if fault and self.chance.random() < 0.2:
            return self._lost(timeout)
        refusal = self.chance.choice(ERRORS) if fault and self.chance.random() < 0.5 else None
        if request.method == "POST":
            self.delivered.append(refusal)
        if refusal is not None:
            return self._refuse(refusal)
        good = self._submit(request) if request.method == "POST" else self._status(request)
        return self._spoil(good, timeout) if fault else good

    def close(self) -> None:
        pass

    def _unsent(self, timeout: Timeout) -> Answer:
        self.clock.time += self.chance.choice((0, timeout.connect))
        return Fault(False, ConnectionRefusedError("refused"))

    def _lost(self, timeout: Timeout) -> Answer:
        """Broken on the way there: the body may or may not have arrived."""
        self.clock.time += self.chance.choice((0, timeout.read))
        return Fault(True, ConnectionResetError("reset"))

    def _refuse(self, status: int) -> Answer:
        headers = {"x-reqid": "R"} if self.chance.random() < 0.5 else {}
        if self.chance.random() < 0.3:
            headers["retry-after"] = self.chance.choice(("1", "5", "100000", "soon", ""))
        return Reply(status, headers, self.chance.choice((b"", b"<html>", b'{"error":"x"}', b"[]")))

    def _submit(self, request: Outgoing) -> Reply:
        form = {k: v[0] for k, v in parse_qs(request.body.decode(), strict_parsing=True).items()}
        assert form == {"bucket": "b", "key": "k", "fops": "imageView2/2/w/800"}
        job_id = f"z0.{len(self.jobs)}"
        self.jobs[job_id] = 0
        return Reply(200, {"x-reqid": "R"}, json.dumps({"persistentId": job_id}).encode())

    def _status(self, request: Outgoing) -> Reply:
        job_id = parse_qs(urlsplit(request.url).query)["id"][0]
        looks = self.jobs[job_id] = self.jobs[job_id] + 1
        code = self.chance.choice((1, 2, 7)) if looks < self.chance.randint(1, 60) else self.chance.choice((0, 3, 4))
        payload = {"id": job_id, "code": code, "items": [{"cmd": "c", "code": code}]}
        return Reply(200, {"x-reqid": "R"}, json.dumps(payload).encode())

    def _spoil(self, good: Reply, timeout: Timeout) -> Answer:
        """The service did its part; the way back is bad."""
        how = self.chance.randrange(6)
        cut = self.chance.randrange(len(good.body) + 1)
        if how == 0:
            self.clock.time += timeout.read
            return Fault(True, TimeoutError("late"), timed_out=True)
        if how == 1:
            return Reply(200, good.headers, good.body[:cut], complete=False)
        if how == 2:
            return Reply(200, {}, good.body)
        if how == 3:
            return Reply(200, good.headers, b"<html>")
        if how == 4:
            return Reply(self.chance.choice((201, 204, 301, 302)), {"location": "https://portal"}, b"")
        return Fault(True, ConnectionResetError("reset"))


def live(seed: int) -> str:
    """One life. Gives the name of its end."""
    chance = random.Random(seed)
    clock = Clock()
    life = Life(chance, clock, trouble=chance.choice((0.05, 0.3, 0.7, 0.95)))
    client = Client(
        "AK",
        "SK",
        api_host=["https://one", "https://two"] if chance.random() < 0.5 else "https://one",
        transport=life,
        sleep=clock.sleep,
        clock=clock,
        retries=Retries(limit=chance.randrange(6), jitter=chance.random),
    )
    error: ClientError | None = None
    job = None
    try:
        job = client.submit("b", "k", FOP)
    except ClientError as caught:
        error = caught
    # A body that was delivered is followed by another only if the service had refused it.
    assert all(status is not None for status in life.delivered[:-1])
    assert len(life.jobs) <= 1
    # A job that was made is known, or said to be possible.
    if life.jobs:
        (job_id,) = life.jobs
        known = job.id if job else error.job_id if isinstance(error, NotTheService) else None
        assert known == job_id or isinstance(error, (SubmitUncertain, NotTheService))
        assert (
            isinstance(error, SubmitUncertain)
            or known == job_id
            or error is None
            or error.status != 200
            or (error.body == "<html>")
        )
    if job is None:
        return type(error).__name__
    timeout = chance.choice((0.5, 5.0, 60.0, 600.0))
    started = clock()
    try:
        job.wait(timeout)
        return "ended well"
    except ClientError as caught:
        return f"wait: {type(caught).__name__}"
    finally:
        assert clock() <= started + timeout + 0.11


@pytest.mark.parametrize("part", range(10))
def test_lives(part: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "qiniufop.client")
    ends: dict[str, int] = {}
    for seed in range(part * RUNS // 10, (part + 1) * RUNS // 10):
        try:
            end = live(seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
        ends[end] = ends.get(end, 0) + 1
    # The lives are worth living: every kind of end occurs.
    assert set(ends) >= {
        "ended well",
        "wait: JobFailed",
        "wait: WaitTimeout",
        "wait: NotTheService",
        "wait: JobNotFound",
        "SubmitUncertain",
        "NotTheService",
        "TransportError",
        "ServerError",
    }


class Crowd(Life):
    """The same bad luck for many jobs at once, in one thread's time."""

    def _status(self, request: Outgoing) -> Reply:
        self.jobs.setdefault(parse_qs(urlsplit(request.url).query)["id"][0], 0)
        return super()._status(request)


@pytest.mark.parametrize("seed", range(200))
def test_waiting_for_all_ends_in_time_and_loses_nobody(seed: int, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL, "qiniufop.client")
    chance = random.Random(seed)
    clock = Clock()
    crowd = Crowd(chance, clock, trouble=chance.choice((0.05, 0.3, 0.7)))
    ids = [f"z0.{n}" for n in range(chance.randrange(1, 30))]
    timeout = chance.choice((5.0, 60.0, 600.0))
    client = Client("AK", "SK", api_host="https://one", transport=crowd, sleep=clock.sleep, clock=clock)
    started = clock()
    results = client.wait_all(ids, timeout, workers=1, rate=chance.choice((5.0, 1000.0)))
    assert clock() <= started + timeout + 0.11
    assert [r.id for r in results] == ids
    assert all(r.error is not None or (r.status is not None and r.status.ok) for r in results)
