"""The client for async programs, on ``httpx`` (extra ``async``). It runs under asyncio and trio."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import Unpack

from qiniufop.client.auth import Credentials, Scheme
from qiniufop.client.client import WAIT, describe, trace
from qiniufop.client.credentials import OfficialAuth, credentials, from_env
from qiniufop.client.errors import ClientError
from qiniufop.client.exchange import Steps
from qiniufop.client.messages import (
    CONNECTIONS,
    LARGEST_REPLY,
    USER_AGENT,
    Answer,
    AsyncTransport,
    Fault,
    Outgoing,
    Reply,
    Send,
    Timeout,
)
from qiniufop.client.models import JobStatus
from qiniufop.client.retry import Retries
from qiniufop.client.schedule import RATE, WORKERS, Schedule, Standing, Waited
from qiniufop.client.settings import Options, Settings, TimeoutLike
from qiniufop.client.submission import FopsLike, Submission
from qiniufop.client.tracing import span
from qiniufop.client.waiting import Progress
from qiniufop.errors import MissingExtraError

if TYPE_CHECKING:
    import httpx

log = logging.getLogger("qiniufop.client")

T = TypeVar("T")


class AsyncClientOptions(Options, total=False):
    """What :class:`AsyncClient` takes besides keys."""

    http: httpx.AsyncClient | None
    transport: AsyncTransport | None
    sleep: Callable[[float], Awaitable[object]] | None


class AsyncJob:
    """A job that was submitted, or that is known by its id.

    Attributes:
        id: the service's name for it. Whoever knows it can read the job.
        submission: what was submitted, or None for a job made from its id.
        last: the status that was last seen, or None.
    """

    def __init__(self, client: AsyncClient, id: str, submission: Submission | None = None) -> None:
        self.id = id
        self.submission = submission
        self.last: JobStatus | None = None
        self._client = client

    def __repr__(self) -> str:
        return f"AsyncJob({self.id!r}, {self.last.state.value if self.last else 'not looked at'})"

    async def refresh(self, *, timeout: TimeoutLike | None = None) -> JobStatus:
        """Look once; see :meth:`qiniufop.client.client.Job.refresh`."""
        self.last = await self._client.status(self.id, timeout=timeout)
        return self.last

    async def wait(
        self, timeout: float | None = WAIT, *, on_progress: Progress | None = None, check: bool = True
    ) -> JobStatus:
        """Look, ever more seldom, until the job has ended; see :meth:`qiniufop.client.client.Job.wait`.

        To call it off, cancel the task.
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
            status = await self._client.carry_out(steps)
            note_on_span("qiniufop.code", status.code)
            return status


class AsyncClient:
    """:class:`~qiniufop.client.client.Client` for async programs: the same arguments, methods and errors.

    Args:
        http: an ``httpx.AsyncClient`` of your own, for its proxies, certificates and transports. It is not closed.
        transport: carry requests over something else altogether.
        sleep: how to let seconds pass.

    Raises:
        MissingExtraError: httpx is not installed.
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
        http: httpx.AsyncClient | None = None,
        transport: AsyncTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] | None = None,
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
        try:
            import anyio
        except ImportError:
            raise MissingExtraError("AsyncClient", "async") from None
        self._transport = transport or HttpxTransport(http)
        self._sleep = sleep or anyio.sleep

    @classmethod
    def from_env(
        cls,
        environ: Mapping[str, str] | None = None,
        *,
        profile: str | None = None,
        **options: Unpack[AsyncClientOptions],
    ) -> AsyncClient:
        """A client with the keys of the environment or of a profile; see :meth:`Client.from_env`."""
        return cls(from_env(environ, profile=profile), **options)

    def __repr__(self) -> str:
        return f"AsyncClient({self.settings.directory.access_key!r}, {self.settings.directory})"

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of connections. An ``http`` of your own is left open."""
        await self._transport.close()

    async def submit(
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
    ) -> AsyncJob:
        """Submit a job; see :meth:`qiniufop.client.client.Client.submit`."""
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
            return AsyncJob(self, await self.carry_out(steps), wanted)

    async def status(
        self,
        job_id: str,
        *,
        timeout: TimeoutLike | None = None,
        retries: Retries | int | None = None,
        api_host: str | Sequence[str] | None = None,
    ) -> JobStatus:
        """How a job stands; see :meth:`qiniufop.client.client.Client.status`."""
        settings = self.settings
        limits = settings.limited(timeout, retries)
        with span("qiniufop.status"):
            return await self.carry_out(settings.status(job_id, limits, settings.directory_for(api_host)))

    def job(self, job_id: str) -> AsyncJob:
        """A job by its id, without looking at it."""
        return AsyncJob(self, job_id)

    async def wait_all(
        self,
        jobs: Iterable[AsyncJob | str],
        timeout: float | None = WAIT,
        *,
        on_progress: Callable[[Standing], object] | None = None,
        rate: float = RATE,
        workers: int = WORKERS,
    ) -> list[Waited]:
        """Wait for many jobs; see :meth:`qiniufop.client.client.Client.wait_all`. To call it off, cancel the task."""
        import anyio

        if workers < 1:
            raise ValueError(f"workers={workers}: expected 1 or more")
        known = [job if isinstance(job, AsyncJob) else AsyncJob(self, job) for job in jobs]
        clock = self.settings.clock
        schedule = Schedule((job.id for job in known), clock(), timeout=timeout, rate=rate)
        until = schedule.until
        once = replace(self.settings.limited(None, 0), until=until)
        under_way = 0
        changed = anyio.Event()
        broken: list[Exception] = []

        async def look(job_id: str) -> None:
            nonlocal under_way
            try:
                steps = self.settings.ask(job_id, once, self.settings.directory)
                try:
                    standing = schedule.saw(job_id, await self.carry_out(steps), clock())
                except ClientError as error:
                    standing = schedule.missed(job_id, error, clock())
                if on_progress is not None:
                    on_progress(standing)
            except Exception as error:
                broken.append(error)
            under_way -= 1
            changed.set()

        async with anyio.create_task_group() as tasks:
            while not (broken or schedule.finished):
                now = clock()
                if until is not None and now >= until:
                    schedule.give_up()
                    break
                delay = schedule.delay(now)
                if delay == 0 and under_way < workers:
                    under_way += 1
                    tasks.start_soon(look, schedule.take(now))
                    continue
                pause = None if delay is None or under_way >= workers else delay
                if until is not None:
                    pause = until - now if pause is None else min(pause, until - now)
                if not under_way:
                    await self._sleep(pause or 0.0)
                    continue
                with anyio.move_on_after(pause):
                    await changed.wait()
                if changed.is_set():
                    changed = anyio.Event()
            tasks.cancel_scope.cancel()
        if broken:
            raise broken[0]
        results = schedule.results()
        for job, waited in zip(known, results, strict=True):
            job.last = waited.status or job.last
        return results

    async def carry_out(self, steps: Steps[T]) -> T:
        """Do what a conversation asks for, and return what it ends in."""
        answer: Answer | None = None
        try:
            while True:
                step = steps.send(answer)
                if isinstance(step, Send):
                    answer = await self._send(step)
                else:
                    answer = None
                    await self._sleep(step.seconds)
        except StopIteration as end:
            result: T = end.value
            return result

    async def _send(self, step: Send) -> Answer:
        started = time.perf_counter()
        with span(f"HTTP {step.request.method}") as note:
            answer = await self._transport.send(step.request, step.timeout)
            trace(note, step, answer)
        if log.isEnabledFor(logging.DEBUG):
            log.debug("%s", describe(step, answer, time.perf_counter() - started))
        return answer


class HttpxTransport:
    """Carries requests with ``httpx``.

    Args:
        http: a client of your own. It is not closed.
    """

    def __init__(self, http: httpx.AsyncClient | None = None) -> None:
        try:
            import httpx
        except ImportError:
            raise MissingExtraError("AsyncClient", "async") from None
        self._own = http is None
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=CONNECTIONS)
        self._http = http or httpx.AsyncClient(limits=limits, headers={"User-Agent": USER_AGENT})
        if http is None:
            self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=()))

    async def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        """Carry one request. Redirects are not followed, nothing is repeated, network errors come back as faults."""
        import anyio
        import httpx

        progress = _Progress()
        seconds = httpx.Timeout(timeout.read, connect=timeout.connect, pool=timeout.connect)
        headers = {"Accept": "application/json", "Accept-Encoding": "identity", **request.headers}
        failure: Exception = TimeoutError("no reply in time")
        timed_out = True
        reply: Reply | None = None
        pieces: list[bytes] = []
        with anyio.move_on_after(timeout.connect + timeout.read):
            try:
                async with self._http.stream(
                    request.method,
                    request.url,
                    content=request.body or None,
                    headers=headers,
                    timeout=seconds,
                    follow_redirects=False,
                    extensions={"trace": progress.trace},
                ) as response:
                    fields = {k.lower(): v for k, v in response.headers.items()}
                    reply = Reply(response.status_code, fields, b"", complete=False)
                    size = 0
                    async for piece in response.aiter_bytes():
                        pieces.append(piece)
                        size += len(piece)
                        if size > LARGEST_REPLY:
                            break
                    else:
                        return replace(reply, body=b"".join(pieces), complete=True)
            except (httpx.HTTPError, httpx.StreamError, OSError) as error:
                failure, timed_out = error, isinstance(error, httpx.TimeoutException)
        if reply is not None:
            return replace(reply, body=b"".join(pieces))
        return Fault(progress.may_be_sent(failure, bool(request.body)), failure, timed_out=timed_out)

    async def close(self) -> None:
        """Close the connections, unless the client is your own."""
        if self._own:
            await self._http.aclose()


class _Progress:
    """Listens to httpcore, to know whether a body was begun to be sent."""

    def __init__(self) -> None:
        self._heard = False
        self._begun = False

    async def trace(self, event: str, info: Mapping[str, Any]) -> None:
        self._heard = True
        self._begun = self._begun or event.endswith("send_request_body.started")

    def may_be_sent(self, error: Exception, has_body: bool) -> bool:
        import httpx

        if self._heard and has_body:
            return self._begun
        return not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
