"""The client: submits jobs, tells how they stand, waits for them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from threading import Event
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import Unpack

from qiniufop.client.auth import Credentials, Scheme
from qiniufop.client.credentials import OfficialAuth, credentials, from_env
from qiniufop.client.errors import WaitCancelled
from qiniufop.client.exchange import Steps
from qiniufop.client.messages import Answer, Reply, Send, Transport
from qiniufop.client.models import JobStatus
from qiniufop.client.retry import Retries
from qiniufop.client.schedule import RATE, WORKERS, Schedule, Standing, Waited
from qiniufop.client.settings import Options, Settings, TimeoutLike
from qiniufop.client.submission import FopsLike, Submission
from qiniufop.client.tracing import Note, span
from qiniufop.client.wait_all import wait_all
from qiniufop.client.waiting import Progress

if TYPE_CHECKING:
    import requests

log = logging.getLogger("qiniufop.client")

T = TypeVar("T")

WAIT = 600.0
"""Seconds that ``wait`` waits if not told otherwise."""


class ClientOptions(Options, total=False):
    """What :class:`Client` takes besides keys."""

    session: requests.Session | None
    transport: Transport | None
    sleep: Callable[[float], object]


class Job:
    """A job that was submitted, or that is known by its id.

    Attributes:
        id: the service's name for it. Whoever knows it can read the job.
        submission: what was submitted, or None for a job made from its id.
        last: the status that was last seen, or None.
    """

    def __init__(self, client: Client, id: str, submission: Submission | None = None) -> None:
        self.id = id
        self.submission = submission
        self.last: JobStatus | None = None
        self._client = client

    def __repr__(self) -> str:
        return f"Job({self.id!r}, {self.last.state.value if self.last else 'not looked at'})"

    def refresh(self, *, timeout: TimeoutLike | None = None) -> JobStatus:
        """Look once.

        Args:
            timeout: seconds for this request, instead of the client's.

        Raises:
            JobNotFound: the service does not know the job (any more).
        """
        self.last = self._client.status(self.id, timeout=timeout)
        return self.last

    def wait(
        self,
        timeout: float | None = WAIT,
        *,
        on_progress: Progress | None = None,
        cancel: Event | None = None,
        check: bool = True,
    ) -> JobStatus:
        """Look, ever more seldom, until the job has ended.

        Bad gateways, timeouts and throttling are waited through. A job whose notification could not be delivered
        counts as successful; see ``notify_failed``.

        Args:
            timeout: seconds until the deadline, 600 by default; None waits for as long as it takes.
            on_progress: called with each status that is seen.
            cancel: setting it ends the waiting with :class:`WaitCancelled`.
            check: False returns a failed job's status instead of raising.

        Raises:
            JobFailed: a command failed. ``result`` has the whole status, with what did succeed.
            WaitTimeout: the deadline passed. ``last`` is the last status.
            JobNotFound: the service does not know the job (any more).
            NotTheService: something else answers.
        """

        def note(status: JobStatus) -> None:
            self.last = status
            if on_progress is not None:
                on_progress(status)

        settings = self._client.settings
        steps = settings.wait(
            self.id,
            settings.limits,
            timeout=timeout,
            on_progress=note,
            check=check,
            reached=self.submission is not None or self.last is not None,
        )
        with span("qiniufop.wait") as note_on_span:
            status = self._client.carry_out(steps, cancel)
            note_on_span("qiniufop.code", status.code)
            return status


class Client:
    """Talks to the service, the dev server, or an engine in the same process. Safe to share between threads.

    ```python
    with Client.from_env() as client:
        job = client.submit("bucket", "a.mp4", Avthumb("mp4") | Saveas("bucket", "small.mp4"))
        print(job.wait(timeout=600).outputs)
    ```

    Args:
        access_key: the access key; or both keys as :class:`Credentials` or an official ``qiniu.Auth``.
        secret_key: the secret key.
        bucket: for submissions that name none.
        pipeline: the queue for submissions that name none. Idle-time jobs do not use it.
        notify_url: where the service posts the result, for submissions that name none.
        region: a region id such as ``z0``; ``auto`` asks the service where each bucket is, and remembers it.
        api_host: talk to this host, or these, instead: ``api-z0.qiniuapi.com``, ``http://127.0.0.1:8899``.
        timeout: seconds for one request, or a pair (connect, read); 5 and 30 by default.
        retries: how many times a request is repeated where that is safe, 3 by default. A submission whose reply was
            lost is never repeated.
        signature: ``Qiniu`` (default), or ``QBox`` behind a gateway that rewrites the host.
        bucket_query_host: ask this host, or these, where a bucket is.
        session: a ``requests.Session`` of your own, for its proxies, certificates and adapters.
        transport: carry requests over something else altogether.
        sleep: how to let seconds pass.
        clock: monotonic seconds.
        now: Unix seconds.

    Raises:
        CredentialsError: a key is missing or cannot be one.
        ValueError: a host, region, timeout or number of retries is none.
    """

    def __init__(
        self,
        access_key: str | Credentials | OfficialAuth,
        secret_key: str | None = None,
        *,
        bucket: str | None = None,
        pipeline: str | None = None,
        notify_url: str | None = None,
        region: str = "auto",
        api_host: str | Sequence[str] | None = None,
        timeout: TimeoutLike = (5.0, 30.0),
        retries: Retries | int = 3,
        signature: Scheme = "Qiniu",
        bucket_query_host: str | Sequence[str] | None = None,
        session: requests.Session | None = None,
        transport: Transport | None = None,
        sleep: Callable[[float], object] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> None:
        self.settings = Settings.of(
            credentials(access_key, secret_key),
            bucket=bucket,
            pipeline=pipeline,
            notify_url=notify_url,
            region=region,
            api_host=api_host,
            bucket_query_host=bucket_query_host,
            timeout=timeout,
            retries=retries,
            signature=signature,
            clock=clock,
            now=now,
        )
        if transport is None:
            from qiniufop.client.transport import RequestsTransport

            transport = RequestsTransport(session)
        self._transport = transport
        self._sleep = sleep

    @classmethod
    def from_env(
        cls, environ: Mapping[str, str] | None = None, *, profile: str | None = None, **options: Unpack[ClientOptions]
    ) -> Client:
        """A client with the keys of ``QINIU_ACCESS_KEY`` and ``QINIU_SECRET_KEY``, or of a profile.

        Args:
            environ: instead of this process's environment.
            profile: the name of a profile, whatever the environment holds.
            options: as for :class:`Client`.

        Raises:
            CredentialsError: there are none.
        """
        return cls(from_env(environ, profile=profile), **options)

    def __repr__(self) -> str:
        return f"Client({self.settings.directory.access_key!r}, {self.settings.directory})"

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections. A session of your own is left open."""
        self._transport.close()

    def submit(
        self,
        bucket: str | None,
        key: str,
        *fops: FopsLike,
        workflow_template_id: str | None = None,
        force: bool = False,
        idle: bool = False,
        pipeline: str | None = None,
        notify_url: str | None = None,
        timeout: TimeoutLike | None = None,
        retries: Retries | int | None = None,
        api_host: str | Sequence[str] | None = None,
    ) -> Job:
        """Submit a job. That it is accepted does not mean that its commands can be run: wait for it.

        Args:
            bucket: of the source; None for the client's.
            key: of the source, which must exist even if a command ignores it.
            fops: the commands: operations, pipelines, several of them, or strings, which are checked and sent exactly
                as written.
            workflow_template_id: a workflow's name, instead of commands.
            force: run although the output exists, and overwrite it.
            idle: run in spare capacity: cheaper, no time guaranteed, some operations only.
            pipeline: the queue.
            notify_url: where the service posts the result.
            timeout, retries, api_host: for this call, instead of the client's.

        Raises:
            SubmitRefused: the arguments contradict one another. Nothing was sent.
            FopError: a command is not valid. Nothing was sent.
            SubmitUncertain: sent, but the reply was lost: the job may exist. It is never submitted twice.
            ClientError: the service did not accept it.
        """
        settings = self.settings
        wanted = settings.submission(
            bucket,
            key,
            fops,
            workflow_template_id=workflow_template_id,
            force=force,
            idle=idle,
            pipeline=pipeline,
            notify_url=notify_url,
        )
        steps = settings.submit(wanted, settings.limited(timeout, retries), settings.directory_for(api_host))
        with span("qiniufop.submit"):
            return Job(self, self.carry_out(steps), wanted)

    def status(
        self,
        job_id: str,
        *,
        timeout: TimeoutLike | None = None,
        retries: Retries | int | None = None,
        api_host: str | Sequence[str] | None = None,
    ) -> JobStatus:
        """How a job stands.

        Args:
            timeout, retries, api_host: for this call, instead of the client's.

        Raises:
            JobNotFound: the service does not know it (any more): jobs are kept for 7 to 10 days.
        """
        settings = self.settings
        limits = settings.limited(timeout, retries)
        with span("qiniufop.status"):
            return self.carry_out(settings.status(job_id, limits, settings.directory_for(api_host)))

    def job(self, job_id: str) -> Job:
        """A job by its id, without looking at it."""
        return Job(self, job_id)

    def wait_all(
        self,
        jobs: Iterable[Job | str],
        timeout: float | None = WAIT,
        *,
        on_progress: Callable[[Standing], object] | None = None,
        cancel: Event | None = None,
        rate: float = RATE,
        workers: int = WORKERS,
    ) -> list[Waited]:
        """Wait for many jobs, thousands if need be, with a few threads and connections.

        No job's failure keeps the others from being waited for: what became of each is in the result.

        Args:
            jobs: jobs or their ids.
            timeout: seconds until the deadline, 600 by default; None waits for as long as it takes.
            on_progress: called in this thread after each look.
            cancel: setting it ends the waiting; what has not ended then has :class:`WaitCancelled`.
            rate: requests per second at most, 50 by default.
            workers: requests under way at one time at most, 8 by default.

        Returns:
            What became of each job, in the order given.
        """
        known = [job if isinstance(job, Job) else Job(self, job) for job in jobs]
        schedule = Schedule((job.id for job in known), self.settings.clock(), timeout=timeout, rate=rate)
        once = self.settings.limited(None, 0)

        def look(job_id: str, until: float | None) -> Mapping[str, Any]:
            return self.carry_out(self.settings.ask(job_id, replace(once, until=until), self.settings.directory))

        results = wait_all(
            schedule,
            look,
            workers=workers,
            sleep=self._sleep,
            clock=self.settings.clock,
            on_progress=on_progress,
            cancel=cancel,
        )
        for job, waited in zip(known, results, strict=True):
            job.last = waited.status or job.last
        return results

    def carry_out(self, steps: Steps[T], cancel: Event | None = None) -> T:
        """Do what a conversation asks for, and return what it ends in."""
        answer: Answer | None = None
        try:
            while True:
                step = steps.send(answer)
                if isinstance(step, Send):
                    answer = self._send(step)
                    continue
                answer = None
                if cancel is None:
                    self._sleep(step.seconds)
                elif cancel.wait(step.seconds):
                    raise WaitCancelled("the waiting was called off", hint="The job goes on.")
        except StopIteration as end:
            result: T = end.value
            return result

    def _send(self, step: Send) -> Answer:
        started = time.perf_counter()
        with span(f"HTTP {step.request.method}") as note:
            answer = self._transport.send(step.request, step.timeout)
            trace(note, step, answer)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s", describe(step, answer, time.perf_counter() - started))
        return answer


def trace(note: Note, step: Send, answer: Answer) -> None:
    """One request for a span. No query, no keys, no bodies."""
    note("http.request.method", step.request.method)
    note("server.address", step.request.url.split("/", 3)[2])
    if isinstance(answer, Reply):
        note("http.response.status_code", answer.status)
        note("qiniufop.request_id", answer.request_id or "")
    else:
        note("error.type", type(answer.error).__name__)


def describe(step: Send, answer: Answer, seconds: float) -> str:
    """One request for the log: where to, what came, how long, and the request id. No query, no keys, no bodies."""
    from qiniufop.client.judge import where

    took = f"{seconds * 1000:.0f} ms"
    if isinstance(answer, Reply):
        return f"{where(step.request)} -> {answer.status} in {took}, request id {answer.request_id or 'none'}"
    return f"{where(step.request)} -> {type(answer.error).__name__} in {took}"
