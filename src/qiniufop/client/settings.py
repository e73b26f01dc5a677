"""What a client knows, sync or async: keys, defaults, hosts, limits. And the conversations that follow from it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from typing_extensions import TypedDict

from qiniufop.client.auth import Credentials, Scheme
from qiniufop.client.errors import SubmitUncertain
from qiniufop.client.exchange import SUBMIT_PATH, Directory, Limits, Signer, Steps, ask_status, exchange
from qiniufop.client.judge import Call
from qiniufop.client.messages import Timeout
from qiniufop.client.models import JobStatus
from qiniufop.client.retry import Retries
from qiniufop.client.submission import FopsLike, Submission, submission
from qiniufop.client.waiting import Progress, read_status, wait

TimeoutLike = Timeout | float | tuple[float, float]


class Options(TypedDict, total=False):
    """What both clients take besides keys and a way to carry requests."""

    bucket: str | None
    pipeline: str | None
    notify_url: str | None
    region: str
    api_host: str | Sequence[str] | None
    bucket_query_host: str | Sequence[str] | None
    timeout: TimeoutLike
    retries: Retries | int
    signature: Scheme
    clock: Callable[[], float]
    now: Callable[[], float]


@dataclass(frozen=True)
class Settings:
    """Everything both clients are made from."""

    signer: Signer
    directory: Directory
    limits: Limits
    bucket: str | None
    pipeline: str | None
    notify_url: str | None
    clock: Callable[[], float]

    @classmethod
    def of(
        cls,
        credentials: Credentials,
        *,
        bucket: str | None = None,
        pipeline: str | None = None,
        notify_url: str | None = None,
        region: str = "auto",
        api_host: str | Sequence[str] | None = None,
        bucket_query_host: str | Sequence[str] | None = None,
        timeout: TimeoutLike = (5.0, 30.0),
        retries: Retries | int = 3,
        signature: Scheme = "Qiniu",
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
    ) -> Settings:
        """Checked and completed."""
        dated = os.environ.get("DISABLE_QINIU_TIMESTAMP_SIGNATURE", "").lower() != "true"
        return cls(
            Signer(credentials, signature, dated, now),
            Directory.of(credentials.access_key, region, api_host, bucket_query_host),
            Limits(Timeout.of(timeout), Retries.of(retries)),
            bucket,
            pipeline,
            notify_url,
            clock,
        )

    def limited(self, timeout: TimeoutLike | None, retries: Retries | int | None) -> Limits:
        """The limits of one call: its own, else the client's."""
        limits = self.limits
        if timeout is not None:
            limits = replace(limits, timeout=Timeout.of(timeout))
        return limits if retries is None else replace(limits, retries=Retries.of(retries))

    def directory_for(self, api_host: str | Sequence[str] | None) -> Directory:
        """The directory, or one for a call that names its own host."""
        if api_host is None:
            return self.directory
        return replace(self.directory, fixed=Directory.of(self.directory.access_key, "auto", api_host, None).fixed)

    def submission(
        self,
        bucket: str | None,
        key: str,
        fops: Iterable[FopsLike],
        *,
        workflow_template_id: str | None = None,
        force: bool = False,
        idle: bool = False,
        pipeline: str | None = None,
        notify_url: str | None = None,
    ) -> Submission:
        """A checked submission, completed with the defaults."""
        return submission(
            bucket,
            key,
            fops,
            workflow_template_id=workflow_template_id,
            force=force,
            idle=idle,
            pipeline=pipeline,
            notify_url=notify_url,
            default_bucket=self.bucket,
            default_pipeline=self.pipeline,
            default_notify_url=self.notify_url,
        )

    def submit(self, wanted: Submission, limits: Limits, directory: Directory) -> Steps[str]:
        """Submit a job.

        Returns:
            The job's id.

        Raises:
            SubmitUncertain: it was sent and the reply was lost.
            ClientError: it was not accepted.
        """
        body = wanted.form()
        now = self.signer.now
        bases = yield from directory.for_bucket(wanted.bucket, limits, self.clock, now)
        try:
            good, _ = yield from exchange(
                Call.SUBMIT,
                lambda base: self.signer.request("POST", base + SUBMIT_PATH, body),
                bases,
                limits,
                self.clock,
                now,
            )
        except SubmitUncertain as error:
            error.bucket, error.key, error.fops = wanted.bucket, wanted.key, wanted.fops
            places = [f"{o.bucket}:{o.key}" for o in error.outputs if o.key is not None]
            look = f"Look for its outputs ({', '.join(places)})" if places else "Look for its outputs"
            error.hint = (
                f"The job may exist, so it was not submitted again. {look} or its notification; "
                "submitting again without force=True redoes nothing that has finished."
            )
            raise
        return str(good.payload["persistentId"])

    def status(self, job_id: str, limits: Limits, directory: Directory) -> Steps[JobStatus]:
        """The status of a job.

        Raises:
            JobNotFound: the service does not know it (any more).
        """
        payload = yield from self.ask(job_id, limits, directory)
        return read_status(payload, job_id)

    def wait(
        self,
        job_id: str,
        limits: Limits,
        *,
        timeout: float | None,
        on_progress: Progress | None,
        check: bool,
        reached: bool,
    ) -> Steps[JobStatus]:
        """The status of a job that has ended; see :func:`qiniufop.client.waiting.wait`."""

        def ask(until: float | None) -> Steps[Mapping[str, Any]]:
            return self.ask(job_id, replace(limits, until=until), self.directory)

        return wait(
            job_id, ask, timeout=timeout, clock=self.clock, on_progress=on_progress, check=check, reached=reached
        )

    def ask(self, job_id: str, limits: Limits, directory: Directory) -> Steps[Mapping[str, Any]]:
        """The status of a job, as the service wrote it."""
        if not job_id:
            raise ValueError("the job id is empty")
        return ask_status(job_id, self.signer, directory.for_job(job_id), limits, self.clock)
