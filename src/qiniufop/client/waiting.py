"""Waiting for a job, without I/O: when to look again, what ends it, and how that is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError

from qiniufop.client.errors import (
    ClientError,
    JobFailed,
    NotTheService,
    RateLimited,
    ServerError,
    ServiceError,
    TransportError,
    WaitTimeout,
)
from qiniufop.client.exchange import Steps
from qiniufop.client.hints import hint_for
from qiniufop.client.messages import Pause
from qiniufop.client.models import JobStatus, State
from qiniufop.client.retry import poll_interval

log = logging.getLogger("qiniufop.client")

PASSING = (TransportError, ServerError, RateLimited)
"""Errors that time may heal. Waiting goes on through them, once the service has answered at all."""

Ask = Callable[[float | None], Steps[Mapping[str, Any]]]
"""Asks for a status, beginning nothing after a monotonic time."""

Progress = Callable[[JobStatus], object]
"""Told each status that is seen."""


def read_status(payload: Mapping[str, Any], job_id: str) -> JobStatus:
    """A status from its JSON.

    Raises:
        ServiceError: it is a task of the newer (V3) API.
        NotTheService: it is not a job.
    """
    if payload.get("version") == "v3":
        raise ServiceError(
            f"{job_id} is a task of a V3 workflow, not a job of pfop",
            hint="Query it at dora.qiniuapi.com/v3/task/status/.",
        )
    try:
        status = JobStatus.model_validate(payload)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise NotTheService(f"the status of {job_id} cannot be read: {place}: {first['msg']}", status=200) from error
    return status if status.id else status.model_copy(update={"id": job_id})


def wait(
    job_id: str,
    ask: Ask,
    *,
    timeout: float | None,
    clock: Callable[[], float],
    on_progress: Progress | None = None,
    check: bool = True,
    reached: bool = False,
) -> Steps[JobStatus]:
    """Look at a job, ever more seldom, until it has ended.

    Args:
        timeout: seconds until the deadline; None waits for as long as it takes.
        check: whether a job that ends badly is raised as :class:`JobFailed` or returned.
        reached: whether the service is known to be reachable. If not, the first look must succeed.

    Raises:
        JobFailed: it has ended, and at least one of its commands failed.
        JobNotFound: the service does not know it (any more).
        WaitTimeout: the deadline passed.
        ClientError: the service refuses to tell, or was never reached.
    """
    if timeout is not None and not timeout > 0:
        raise ValueError(f"timeout={timeout}: expected positive seconds, or None; to look once use refresh()")
    started = clock()
    until = None if timeout is None else started + timeout
    margin = 0.0 if timeout is None else min(1.0, timeout * 0.05)
    last: JobStatus | None = None
    trouble: ClientError | None = None
    warned: set[int] = set()
    while True:
        try:
            last = read_status((yield from ask(until)), job_id)
            trouble, reached = None, True
        except PASSING as error:
            if not reached:
                raise
            trouble = error
            log.warning("waiting for a job goes on although %s", error.headline)
        else:
            if on_progress is not None:
                on_progress(last)
            if last.done:
                return verdict(last, check=check)
            if last.state is State.UNKNOWN and last.code not in warned:
                warned.add(last.code)
                log.warning("a job has the unknown code %d (%s); waiting goes on", last.code, last.desc)
        now = clock()
        pause = poll_interval(now - started)
        if until is not None:
            left = until - now
            if left <= margin:
                if left > 0:
                    yield Pause(left)
                raise timed_out(job_id, timeout, last, trouble)
            pause = min(pause, left - margin)
        yield Pause(pause)


def verdict(status: JobStatus, *, check: bool = True) -> JobStatus:
    """An ended job's status, if it ended well or ``check`` is off.

    Raises:
        JobFailed: at least one command did not succeed.
    """
    if status.ok or not check:
        return status
    raise job_failed(status)


def job_failed(status: JobStatus) -> JobFailed:
    """The error for a job that ended badly, naming every command that failed, its stage and why."""
    failed = status.failed
    head = f"job {status.id}: "
    head += (
        f"{len(failed)} of {len(status.items)} commands failed"
        if failed
        else f"failed: {status.desc or 'no reason given'}"
    )
    lines = [head]
    for number, item in enumerate(status.items, 1):
        if item.ok:
            continue
        line = f"command {number}, {item.cmd or 'whose text is not known'}: "
        stage = item.failed_stage
        if stage is not None and item.error_index is not None:
            line += f"stage {item.error_index + 1}, {stage}: "
        lines.append(line + (item.error or item.desc or f"code {item.code}, no reason given"))
    hint = next((h for h in (hint_for(item.error) for item in failed) if h), None)
    return JobFailed("\n    ".join(lines), result=status, hint=hint)


def timed_out(
    job_id: str, timeout: float | None, last: JobStatus | None, trouble: ClientError | None = None
) -> WaitTimeout:
    """The error for a deadline that passed."""
    seen = "its status was never seen" if last is None else f"last seen: {last.code} {last.desc or last.state.value}"
    message = (
        f"job {job_id} has not ended within {timeout:g} s; {seen}" if timeout else f"job {job_id} has not ended; {seen}"
    )
    error = WaitTimeout(
        message, id=job_id, last=last, hint="The job goes on. Wait again, or look later with status(id)."
    )
    error.__cause__ = trouble
    return error
