"""What a reply means, and whether to ask again. Pure functions.

=====================================  ===========================  ==========================
what happened                          a submission                 a query
=====================================  ===========================  ==========================
no connection, nothing sent            again, next host             again, next host
sent, no whole reply                   stop: SubmitUncertain        again, next host
500 502 503 504 571 599                again, next host             again, next host
573                                    again, same host, later      again, same host, later
other 5xx                              stop                         again, but not 501 509 579
4xx 579 6xx 701                        stop                         stop
a redirect                             stop                         stop
200 without X-Reqid, or not JSON       stop                         again, next host
=====================================  ===========================  ==========================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from enum import Enum
from typing import Any, cast

from qiniufop.client.errors import (
    AuthError,
    BadRequest,
    ClientError,
    JobNotFound,
    NotFound,
    NotTheService,
    RateLimited,
    ServerError,
    ServiceError,
    SubmitUncertain,
    TransportError,
)
from qiniufop.client.hints import hint_for
from qiniufop.client.messages import Answer, Fault, Outgoing, Reply

TRANSIENT = frozenset({500, 502, 503, 504, 571, 599})
"""Statuses after which even a submission is repeated: the service says that it did not take the job."""

FINAL_5XX = frozenset({501, 509, 579})
"""Statuses above 500 that asking again does not change."""

TOO_OFTEN = 573


class Call(Enum):
    """What is being asked, which decides what may be repeated."""

    SUBMIT = "submit"
    STATUS = "status"
    HOSTS = "hosts"


@dataclass(frozen=True)
class Good:
    """The service did as asked."""

    payload: Mapping[str, Any]
    request_id: str | None


@dataclass(frozen=True)
class Stop:
    """Asking again would be wrong or useless."""

    error: ClientError


@dataclass(frozen=True)
class Again:
    """Asking again may help.

    Attributes:
        error: to be raised when there are no attempts left.
        elsewhere: whether to turn to the next host.
        throttled: whether to go easy: the service says it is asked too often.
        after: the seconds of ``Retry-After``, or 0.
    """

    error: ClientError
    elsewhere: bool = True
    throttled: bool = False
    after: float = 0.0


Verdict = Good | Stop | Again


def judge(call: Call, request: Outgoing, answer: Answer, now: float = 0.0) -> Verdict:
    """What ``answer`` means for ``call``.

    Args:
        now: Unix time, against which a ``Retry-After`` date is read.
    """
    if isinstance(answer, Fault):
        return _judge_fault(call, request, answer)
    status = answer.status
    if status == 200:
        return _judge_success(call, request, answer)
    if status < 400:
        return Stop(_stranger(call, request, answer, _unexpected(answer)))
    error = _service_error(call, request, answer)
    after = retry_after(answer.headers.get("retry-after"), now)
    if status == TOO_OFTEN:
        return Again(error, elsewhere=False, throttled=True, after=after)
    if status in TRANSIENT or (call is not Call.SUBMIT and 500 <= status < 600 and status not in FINAL_5XX):
        return Again(error, after=after)
    return Stop(error)


def retry_after(value: str | None, now: float) -> float:
    """The seconds that a ``Retry-After`` header asks for, be it a number or a date; 0 for none or nonsense."""
    if not value:
        return 0.0
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now)
    except ValueError:
        return 0.0


def where(request: Outgoing) -> str:
    """A request for people: no query, which may hold an id, and no headers, which hold a signature."""
    return f"{request.method} {request.url.partition('?')[0]}"


def _judge_fault(call: Call, request: Outgoing, fault: Fault) -> Verdict:
    how = "timed out" if fault.timed_out else "failed"
    if not fault.sent:
        return Again(TransportError(f"{where(request)}: connecting {how}: {_words(fault.error)}"))
    if call is Call.SUBMIT:
        return Stop(_uncertain(f"{where(request)}: sent, but reading the reply {how}: {_words(fault.error)}"))
    return Again(TransportError(f"{where(request)}: reading the reply {how}: {_words(fault.error)}"))


_WANTED: Mapping[Call, tuple[str, type]] = {
    Call.SUBMIT: ("persistentId", str),
    Call.STATUS: ("code", int),
    Call.HOSTS: ("hosts", list),
}


def _judge_success(call: Call, request: Outgoing, reply: Reply) -> Verdict:
    payload = _json_object(reply.body)
    wanted, kind = _WANTED[call]
    whole = payload is not None and isinstance(payload.get(wanted), kind) and payload[wanted] != ""
    if payload is not None and whole and (reply.request_id or call is Call.HOSTS):
        return Good(payload, reply.request_id)
    if not reply.complete:
        message = f"{where(request)}: the reply ended in the middle"
        return Stop(_uncertain(message, reply)) if call is Call.SUBMIT else Again(TransportError(message))
    if payload is None:
        found = "a 200 that is not JSON"
    elif not reply.request_id and call is not Call.HOSTS:
        found = "a 200 without X-Reqid"
    else:
        found = f"a 200 without {wanted!r}"
    error = _stranger(call, request, reply, found)
    return Stop(error) if call is Call.SUBMIT else Again(error)


def _unexpected(reply: Reply) -> str:
    target = reply.headers.get("location")
    if 300 <= reply.status < 400 and target:
        return f"a redirect ({reply.status}) to {target.partition('?')[0]}, which is never followed"
    return f"status {reply.status}"


def _stranger(call: Call, request: Outgoing, reply: Reply, found: str) -> NotTheService:
    hint = "Something in between answered: a proxy, a captive portal, or a wrong api_host."
    error = NotTheService(
        f"{where(request)}: {found}", status=reply.status, request_id=reply.request_id, body=reply.text
    )
    if call is Call.SUBMIT:
        identity = (_json_object(reply.body) or {}).get("persistentId")
        if isinstance(identity, str) and identity:
            error.job_id = identity
            hint += f" It speaks of a job {identity}, which may be real."
        else:
            hint += (
                " Should it have passed the request on, the job exists: look at its outputs before submitting again."
            )
    error.hint = hint
    return error


def _uncertain(message: str, reply: Reply | None = None) -> SubmitUncertain:
    return SubmitUncertain(
        message,
        status=reply.status if reply else None,
        request_id=reply.request_id if reply else None,
        body=reply.text if reply else None,
    )


def _service_error(call: Call, request: Outgoing, reply: Reply) -> ServiceError:
    payload = _json_object(reply.body) or {}
    said = payload.get("error")
    said = said if isinstance(said, str) and said else ""
    status = reply.status
    if call is Call.STATUS and status == 612 and not said:
        said = "no such id"
    message = f"{where(request)}: {status}" + (f" {said}" if said else "")
    hint = hint_for("no such id" if call is Call.STATUS and status == 612 else said, status)
    if hint is None and reply.request_id is None:
        hint = "The reply has no X-Reqid, so it may come from a proxy and not from the service."
    kind = _kind(call, status)
    return kind(message, status=status, request_id=reply.request_id, body=reply.text, hint=hint)


def _kind(call: Call, status: int) -> type[ServiceError]:
    if status in (401, 403, 419):
        return AuthError
    if status in (404, 612, 631):
        return JobNotFound if call is Call.STATUS and status == 612 else NotFound
    if status in (429, TOO_OFTEN):
        return RateLimited
    if status < 500:
        return BadRequest
    return ServerError if status < 600 else ServiceError


def _json_object(body: bytes) -> dict[str, Any] | None:
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def _words(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__
