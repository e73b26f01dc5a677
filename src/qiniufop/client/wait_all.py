"""Waiting for many jobs with a few threads: the calling one decides and tells, the others look."""

from __future__ import annotations

import queue
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from qiniufop.client.errors import ClientError, WaitCancelled
from qiniufop.client.schedule import Schedule, Standing, Waited

LOOK_FOR_CANCEL = 0.1
"""Seconds after which waiting notices at the latest that it was called off."""

Look = Callable[[str, "float | None"], Mapping[str, Any]]


def wait_all(
    schedule: Schedule,
    look: Look,
    *,
    workers: int,
    sleep: Callable[[float], object],
    clock: Callable[[], float],
    on_progress: Callable[[Standing], object] | None = None,
    cancel: Event | None = None,
) -> list[Waited]:
    """Carry a schedule out.

    Args:
        look: asks for the status of a job, beginning nothing after a monotonic time. Called in ``workers`` threads.
        on_progress: called in the calling thread after each look.
    """
    if workers < 1:
        raise ValueError(f"workers={workers}: expected 1 or more")
    seen: queue.SimpleQueue[tuple[str, Mapping[str, Any] | Exception]] = queue.SimpleQueue()
    until = schedule.until

    def work(job_id: str) -> None:
        try:
            seen.put((job_id, look(job_id, until)))
        except Exception as error:
            seen.put((job_id, error))

    under_way = 0
    pool = ThreadPoolExecutor(workers, thread_name_prefix="qiniufop-wait")
    try:
        while not schedule.finished:
            now = clock()
            if cancel is not None and cancel.is_set():
                schedule.give_up(lambda _: WaitCancelled("the waiting was called off", hint="The job goes on."))
                break
            if until is not None and now >= until:
                schedule.give_up()
                break
            delay = schedule.delay(now)
            if delay == 0 and under_way < workers:
                pool.submit(work, schedule.take(now))
                under_way += 1
                continue
            pause = None if delay is None or under_way >= workers else delay
            if until is not None:
                pause = until - now if pause is None else min(pause, until - now)
            if cancel is not None:
                pause = LOOK_FOR_CANCEL if pause is None else min(pause, LOOK_FOR_CANCEL)
            if not under_way:
                sleep(pause or 0.0)
                continue
            try:
                job_id, found = seen.get(timeout=pause)
            except queue.Empty:
                continue
            under_way -= 1
            if isinstance(found, ClientError):
                standing = schedule.missed(job_id, found, clock())
            elif isinstance(found, Exception):
                raise found
            else:
                standing = schedule.saw(job_id, found, clock())
            if on_progress is not None:
                on_progress(standing)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    return schedule.results()
