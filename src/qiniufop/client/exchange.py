"""Conversations with the service, without I/O.

A conversation is a generator. It yields what it wants done (:class:`Send` a request, :class:`Pause` a while) and is
sent what came of it (a reply or a fault). The clients only carry this out, one with threads and one with asyncio, so
that signing, judging and retrying are the same in both and can be tested without a network.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar
from urllib.parse import quote, urlencode

from qiniufop.client import auth
from qiniufop.client.auth import Credentials, Scheme
from qiniufop.client.errors import ClientError, NotFound
from qiniufop.client.hosts import BUCKET_QUERY_HOSTS, DEFAULT_HOST, HostCache, base_url, hosts_for_job, region_hosts
from qiniufop.client.hosts import read_bucket_query as _read_bucket_query
from qiniufop.client.judge import Call, Good, Stop, judge
from qiniufop.client.messages import Answer, Outgoing, Pause, Send, Step, Timeout
from qiniufop.client.retry import Retries

log = logging.getLogger("qiniufop.client")

T = TypeVar("T")
Steps = Generator[Step, "Answer | None", T]
"""A conversation that ends in a ``T``: yields steps, and is sent an answer for each :class:`Send`."""

SUBMIT_PATH = "/pfop/"
STATUS_PATH = "/status/get/prefop"


@dataclass(frozen=True)
class Signer:
    """Makes signed requests.

    Attributes:
        scheme: ``Qiniu`` covers method, host and body; ``QBox`` is for old gateways that rewrite the host.
        dated: whether Qiniu requests carry ``X-Qiniu-Date``, which keeps them from being replayed later.
        now: Unix time.
    """

    credentials: Credentials
    scheme: Scheme = "Qiniu"
    dated: bool = True
    now: Callable[[], float] = time.time

    def request(self, method: Literal["GET", "POST"], url: str, body: bytes = b"") -> Outgoing:
        """A request with the headers that are signed, and the signature."""
        headers: dict[str, str] = {"Content-Type": auth.FORM} if body else {}
        if self.scheme == "Qiniu" and self.dated:
            headers["X-Qiniu-Date"] = auth.qiniu_date(self.now())
        headers["Authorization"] = auth.authorization(self.credentials, self.scheme, method, url, headers, body)
        return Outgoing(method, url, headers, body)


@dataclass(frozen=True)
class Limits:
    """What one call may take.

    Attributes:
        until: monotonic time after which nothing is begun, or None.
    """

    timeout: Timeout = field(default_factory=Timeout)
    retries: Retries = field(default_factory=Retries)
    until: float | None = None


def exchange(
    call: Call,
    make: Callable[[str], Outgoing],
    bases: Sequence[str],
    limits: Limits,
    clock: Callable[[], float],
    now: Callable[[], float],
) -> Steps[tuple[Good, str]]:
    """Ask one thing of the first host that answers, repeating what may be repeated.

    Args:
        make: the request for a host, given as the beginning of a URL. Made anew for each attempt, because it is dated.
        clock: monotonic seconds.
        now: Unix seconds.

    Returns:
        What the service said, and which host.

    Raises:
        ClientError: what :func:`~qiniufop.client.judge.judge` says, when nothing more can be tried.
    """
    turn = 0
    attempt = 0
    while True:
        base = bases[turn % len(bases)]
        request = make(base)
        left = None if limits.until is None else limits.until - clock()
        timeout = limits.timeout if left is None else limits.timeout.within(max(left, 0.001))
        answer = yield Send(request, timeout)
        if answer is None:
            raise TypeError("a Send step must be answered")
        verdict = judge(call, request, answer, now())
        if isinstance(verdict, Good):
            return verdict, base
        attempt += 1
        if isinstance(verdict, Stop) or attempt > limits.retries.limit:
            raise _caused(verdict.error, answer)
        fresh = verdict.elsewhere and turn + 1 < len(bases)
        turn += verdict.elsewhere
        pause = limits.retries.pause(attempt, throttled=verdict.throttled, after=verdict.after)
        pause = 0.0 if fresh and not verdict.after else pause
        if limits.until is not None and clock() + pause >= limits.until:
            raise _caused(verdict.error, answer)
        total = limits.retries.limit + 1
        log.warning("%s; attempt %d of %d follows in %.1f s", verdict.error.headline, attempt + 1, total, pause)
        if pause:
            yield Pause(pause)


def _caused(error: ClientError, answer: Answer) -> ClientError:
    cause = getattr(answer, "error", None)
    if isinstance(cause, Exception):
        error.__cause__ = cause
    return error


@dataclass(frozen=True)
class Directory:
    """Knows which hosts to ask: given ones, a region's, or what the bucket query says.

    Attributes:
        access_key: bucket queries are made in its name; they are not signed.
        region: ``auto``, or a region id.
        fixed: hosts to use instead of all this, as beginnings of URLs.
        bucket_query: hosts of the bucket query, best first.
    """

    access_key: str
    region: str = "auto"
    fixed: tuple[str, ...] = ()
    bucket_query: tuple[str, ...] = tuple(f"https://{host}" for host in BUCKET_QUERY_HOSTS)
    cache: HostCache = field(default_factory=HostCache)

    @classmethod
    def of(
        cls,
        access_key: str,
        region: str,
        api_host: str | Sequence[str] | None,
        bucket_query_host: str | Sequence[str] | None,
    ) -> Directory:
        """Checked and completed.

        Raises:
            ValueError: a host or region is not one.
        """
        if region != "auto":
            region_hosts(region)
        queried = bucket_query_host or BUCKET_QUERY_HOSTS
        return cls(
            access_key,
            region,
            tuple(base_url(h) for h in ([api_host] if isinstance(api_host, str) else api_host or ())),
            tuple(base_url(h) for h in ([queried] if isinstance(queried, str) else queried)),
        )

    def __str__(self) -> str:
        return ", ".join(self.fixed) or f"region {self.region}"

    def for_job(self, job_id: str) -> tuple[str, ...]:
        """Hosts that know a job."""
        if self.fixed:
            return self.fixed
        return hosts_for_job(job_id) if self.region == "auto" else region_hosts(self.region)

    def for_bucket(
        self, bucket: str, limits: Limits, clock: Callable[[], float], now: Callable[[], float]
    ) -> Steps[tuple[str, ...]]:
        """Hosts that take jobs on a bucket's objects. When the directory cannot be reached, the last known, or the
        default, which refuses a bucket of another region without harm.

        Raises:
            NotFound: the account has no such bucket.
        """
        if self.fixed:
            return self.fixed
        if self.region != "auto":
            return region_hosts(self.region)
        known = self.cache.get(bucket, clock())
        if known:
            return known
        query = urlencode({"ak": self.access_key, "bucket": bucket}, quote_via=quote)
        try:
            good, _ = yield from exchange(
                Call.HOSTS,
                lambda base: Outgoing("GET", f"{base}/v4/query?{query}", {}),
                self.bucket_query,
                limits,
                clock,
                now,
            )
        except NotFound:
            raise
        except ClientError as error:
            stale = self.cache.stale(bucket)
            log.warning("the region of bucket %s is not known: %s", bucket, error.headline)
            return stale or (f"https://{DEFAULT_HOST}",)
        hosts, ttl = _read_bucket_query(good.payload)
        if not hosts:
            return (f"https://{DEFAULT_HOST}",)
        self.cache.put(bucket, hosts, clock() + ttl)
        return hosts


def ask_status(
    job_id: str,
    signer: Signer,
    bases: Sequence[str],
    limits: Limits,
    clock: Callable[[], float],
) -> Steps[Mapping[str, Any]]:
    """The status of a job, as the service wrote it."""
    query = urlencode({"id": job_id}, quote_via=quote)
    good, _ = yield from exchange(
        Call.STATUS,
        lambda base: signer.request("GET", f"{base}{STATUS_PATH}?{query}"),
        bases,
        limits,
        clock,
        signer.now,
    )
    return good.payload
