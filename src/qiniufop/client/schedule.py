"""Waiting for many jobs at once, without I/O: which to look at, and when."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from qiniufop.client.errors import ClientError, NotTheService
from qiniufop.client.models import JobStatus
from qiniufop.client.retry import Retries, poll_interval
from qiniufop.client.waiting import PASSING, read_status, timed_out, verdict

RATE = 50.0
"""Requests per second that waiting for many jobs makes at most, if not told otherwise."""

WORKERS = 8
"""Requests that are under way at one time at most, if not told otherwise."""

STRIKES = 4
"""How many looks in a row may fail before a job is given up, where time is not expected to heal."""


@dataclass(frozen=True)
class Waited:
    """What became of one job.

    Attributes:
        id: of the job.
        status: the last status that was seen, or None.
        error: why it did not end well, or was not seen to: ``JobFailed``, ``WaitTimeout``, ``JobNotFound`` and so on.
    """

    id: str
    status: JobStatus | None = None
    error: ClientError | None = None

    @property
    def ok(self) -> bool:
        """Whether the job has ended and every command made what it was to make."""
        return self.error is None

    def result(self) -> JobStatus:
        """The status of a job that ended well.

        Raises:
            ClientError: it did not; this is :attr:`error`.
        """
        if self.error is not None:
            raise self.error
        if self.status is None:
            raise ClientError(f"job {self.id} was not looked at")
        return self.status


@dataclass(frozen=True)
class Standing:
    """How waiting for many jobs stands, after a look at one.

    Attributes:
        total: how many jobs are waited for.
        done: how many have ended or were given up.
        failed: how many of these did not end well.
        status: what the look showed, or None if it failed.
    """

    total: int
    done: int
    failed: int
    status: JobStatus | None


class Schedule:
    """Decides which job is looked at next. Not safe to share between threads: one thread decides, others may look.

    Args:
        ids: of the jobs; one that is given twice is looked at once.
        started: monotonic seconds.
        timeout: seconds until the deadline, or None.
        rate: looks per second at most.
    """

    def __init__(self, ids: Iterable[str], started: float, *, timeout: float | None = None, rate: float = RATE) -> None:
        if timeout is not None and not timeout > 0:
            raise ValueError(f"timeout={timeout}: expected positive seconds, or None")
        if not rate > 0:
            raise ValueError(f"rate={rate}: expected a positive number of requests per second")
        self.order = tuple(ids)
        self.until = None if timeout is None else started + timeout
        self._timeout = timeout
        self._started = started
        self._gap = 1.0 / rate
        self._slot = started
        self._due = [(started, number, job_id) for number, job_id in enumerate(dict.fromkeys(self.order))]
        self._total = len(self._due)
        self._last: dict[str, JobStatus] = {}
        self._strikes: dict[str, int] = {}
        self._trouble: dict[str, ClientError] = {}
        self._ended: dict[str, Waited] = {}
        self._failed = 0
        self._reached = False
        self._backoff = Retries(jitter=lambda: 0.0)

    @property
    def finished(self) -> bool:
        """Whether every job has ended or was given up."""
        return len(self._ended) == self._total

    def delay(self, now: float) -> float | None:
        """Seconds until the next look is due, 0 if it is now; None if every job is being looked at or has ended."""
        if not self._due:
            return None
        return max(self._due[0][0] - now, self._slot - now, 0.0)

    def take(self, now: float) -> str:
        """The job to look at now. To be called when :meth:`delay` is 0; tell :meth:`saw` or :meth:`missed` then."""
        self._slot = max(now, self._slot) + self._gap
        return heapq.heappop(self._due)[2]

    def saw(self, job_id: str, payload: Mapping[str, Any], now: float) -> Standing:
        """A look showed this."""
        try:
            status = read_status(payload, job_id)
        except ClientError as error:
            return self.missed(job_id, error, now)
        self._reached = True
        self._last[job_id] = status
        self._strikes.pop(job_id, None)
        self._trouble.pop(job_id, None)
        if status.done:
            self._end(job_id, verdict_error(status))
        else:
            self._again(job_id, now, poll_interval(now - self._started))
        return self._standing(status)

    def missed(self, job_id: str, error: ClientError, now: float) -> Standing:
        """A look failed."""
        strikes = self._strikes[job_id] = self._strikes.get(job_id, 0) + 1
        self._trouble[job_id] = error
        passing = isinstance(error, PASSING)
        hopeless = not passing and not (isinstance(error, NotTheService) and error.status == 200)
        if hopeless or (strikes >= STRIKES and not (passing and self._reached)):
            self._end(job_id, error)
        else:
            self._again(job_id, now, max(self._backoff.pause(strikes), poll_interval(now - self._started)))
        return self._standing(None)

    def give_up(self, error: Callable[[str], ClientError] | None = None) -> None:
        """End what has not ended: the deadline has passed, or what ``error`` makes of a job id."""
        for job_id in dict.fromkeys(self.order):
            if job_id not in self._ended:
                last, trouble = self._last.get(job_id), self._trouble.get(job_id)
                self._end(job_id, error(job_id) if error else timed_out(job_id, self._timeout, last, trouble))
        self._due.clear()

    def results(self) -> list[Waited]:
        """What became of the jobs, in the order they were given."""
        return [self._ended[job_id] for job_id in self.order]

    def _again(self, job_id: str, now: float, pause: float) -> None:
        heapq.heappush(self._due, (now + pause, len(self._ended), job_id))

    def _end(self, job_id: str, error: ClientError | None) -> None:
        self._ended[job_id] = Waited(job_id, self._last.get(job_id), error)
        self._failed += error is not None

    def _standing(self, status: JobStatus | None) -> Standing:
        return Standing(self._total, len(self._ended), self._failed, status)


def verdict_error(status: JobStatus) -> ClientError | None:
    """Why an ended job is no success, or None if it is one."""
    try:
        verdict(status)
    except ClientError as error:
        return error
    return None
