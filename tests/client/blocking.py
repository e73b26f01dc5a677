"""The async client behind the sync client's face, so that one test-suite runs on both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from qiniufop.client.aio import AsyncClient, AsyncJob
from qiniufop.client.messages import Answer, Outgoing, Timeout, Transport
from qiniufop.client.models import JobStatus
from qiniufop.client.schedule import Waited

T = TypeVar("T")


class BlockingJob:
    def __init__(self, client: BlockingClient, job: AsyncJob) -> None:
        self._client = client
        self._job = job

    @property
    def id(self) -> str:
        return self._job.id

    @property
    def last(self) -> JobStatus | None:
        return self._job.last

    def refresh(self, **options: Any) -> JobStatus:
        return self._client.run(self._job.refresh(**options))

    def wait(self, *args: Any, **options: Any) -> JobStatus:
        return self._client.run(self._job.wait(*args, **options))


class BlockingClient:
    def __init__(self, *args: Any, **options: Any) -> None:
        self._loop = asyncio.new_event_loop()
        sleep: Callable[[float], object] | None = options.pop("sleep", None)
        transport: Transport | None = options.pop("transport", None)
        if sleep is not None:
            options["sleep"] = Awaitable(sleep)
        if transport is not None:
            options["transport"] = AsyncFace(transport)

        async def make() -> AsyncClient:
            return AsyncClient(*args, **options)

        self._client = self.run(make())

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(coroutine)

    def submit(self, *args: Any, **options: Any) -> BlockingJob:
        return BlockingJob(self, self.run(self._client.submit(*args, **options)))

    def status(self, *args: Any, **options: Any) -> JobStatus:
        return self.run(self._client.status(*args, **options))

    def job(self, job_id: str) -> BlockingJob:
        return BlockingJob(self, self._client.job(job_id))

    def wait_all(self, jobs: list[Any], *args: Any, **options: Any) -> list[Waited]:
        known = [job._job if isinstance(job, BlockingJob) else job for job in jobs]
        return self.run(self._client.wait_all(known, *args, **options))

    def close(self) -> None:
        self.run(self._client.close())
        self._loop.close()


class Awaitable:
    def __init__(self, sleep: Callable[[float], object]) -> None:
        self._sleep = sleep

    async def __call__(self, seconds: float) -> None:
        self._sleep(seconds)


class AsyncFace:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        return self._transport.send(request, timeout)

    async def close(self) -> None:
        self._transport.close()
