"""Threads that run jobs, and others that tell about them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

from .commands import CommandRunner
from .jobs import Code, Job, JobStore
from .notify import Notifier

TELLERS = 4
"""Notifications that are sent at the same time."""


class Workers:
    """Runs jobs from a store, several at a time, until stopped.

    The threads do not keep the interpreter alive, and stopping waits for none: a job that is cut off waits
    again when its store is opened the next time.

    Args:
        count: jobs that run at the same time, 1 or more.
        notifier: made with a function that pauses until the workers are stopped.
    """

    def __init__(
        self,
        jobs: JobStore,
        runner: CommandRunner,
        notifier: Callable[[Callable[[float], bool]], Notifier],
        count: int,
    ) -> None:
        self._jobs = jobs
        self._runner = runner
        self._stopped = Event()
        self._notifier = notifier(self._stopped.wait)
        self._threads = [Thread(target=self._run_jobs, name=f"fop-{n}", daemon=True) for n in range(count)]
        self._threads += [Thread(target=self._tell_jobs, name=f"fop-notify-{n}", daemon=True) for n in range(TELLERS)]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Take no more jobs. What runs is not waited for, and its result is dropped."""
        self._stopped.set()
        with self._jobs.changed:
            self._jobs.changed.notify_all()

    def join(self, seconds: float) -> bool:
        """Wait until every thread has ended, at most so long. Whether they have."""
        deadline = monotonic() + seconds
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, deadline - monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run_jobs(self) -> None:
        self._loop(self._jobs.claim, self._work, lambda: self._jobs.due()[0])

    def _tell_jobs(self) -> None:
        self._loop(self._jobs.claim_notification, self._tell, lambda: self._jobs.due()[1])

    def _loop(self, claim: Callable[[], Job | None], work: Callable[[Job], None], due: Callable[[], bool]) -> None:
        while not self._stopped.is_set():
            try:
                job = claim()
                if job is not None:
                    work(job)
                    continue
                with self._jobs.changed:
                    if not self._stopped.is_set() and not due():
                        self._jobs.changed.wait()
            except sqlite3.ProgrammingError:
                # The store is closed under a worker that was not waited for.
                if not self._stopped.is_set():
                    raise

    def _work(self, job: Job) -> None:
        sent = job.submission
        for n, item in enumerate(job.items):
            if item.code is not Code.WAITING:
                continue
            self._jobs.begin(job.id, n)
            outcome = self._runner.run(
                sent.bucket, sent.key, item.cmd, force=sent.forced, wanted=lambda: self._wanted(job)
            )
            if self._stopped.is_set():
                return
            self._jobs.record(job.id, n, outcome)
        self._jobs.finish(job.id)

    def _wanted(self, job: Job) -> bool:
        return not self._stopped.is_set() and self._jobs.get(job.id) is not None

    def _tell(self, job: Job) -> None:
        delivered = self._notifier.tell(job)
        if not self._stopped.is_set():
            self._jobs.told(job.id, delivered)
