"""Situation by call: how many requests are sent, how many pauses are made, and what comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qiniufop.client.errors import (
    AuthError,
    BadRequest,
    JobNotFound,
    NotFound,
    NotTheService,
    RateLimited,
    ServerError,
    ServiceError,
    SubmitUncertain,
    TransportError,
)

from .conftest import Make
from .fault_server import HANG, RESET_AFTER_BODY, RESET_BEFORE_BODY, Act, Clock, FaultServer, html, job, reply

GOOD = {"persistentId": "z0.1", **job(0, {"cmd": "a", "code": 0, "key": "k"})}
CALLS: dict[str, Callable[[Any], Any]] = {
    "submit": lambda client: client.submit("b", "k", "imageView2/2/w/800").id,
    "status": lambda client: client.status("z0.1").ok,
    "wait": lambda client: client.job("z0.1").wait(60).ok,
}
Outcome = tuple[int, type[Exception] | None]
"""How many requests reach the server, and what is raised."""

SITUATIONS: dict[str, tuple[Act, Outcome, Outcome, Outcome]] = {
    # situation: (act, submit, status, wait)
    "reset before the body": (
        RESET_BEFORE_BODY,
        (1, SubmitUncertain),
        (4, TransportError),
        (4, TransportError),
    ),
    "reset after the body": (RESET_AFTER_BODY, (1, SubmitUncertain), (4, TransportError), (4, TransportError)),
    "slow reply": (HANG, (1, SubmitUncertain), (4, TransportError), (4, TransportError)),
    "truncated body": (
        Act(200, b'{"persistentId":"z0.1","code":0}', {"X-Reqid": "R"}, cut=5),
        (1, SubmitUncertain),
        (4, TransportError),
        (4, TransportError),
    ),
    "301": (Act(301, b"", {"Location": "/pfop"}), (1, NotTheService), (1, NotTheService), (1, NotTheService)),
    "302": (Act(302, b"", {"Location": "/x"}), (1, NotTheService), (1, NotTheService), (1, NotTheService)),
    "200 without X-Reqid": (
        reply(GOOD, request_id=None),
        (1, NotTheService),
        (4, NotTheService),
        (4, NotTheService),
    ),
    "200 that is not JSON": (
        Act(200, b"<html>", {"X-Reqid": "R"}),
        (1, NotTheService),
        (4, NotTheService),
        (4, NotTheService),
    ),
    "201": (reply(GOOD, 201), (1, NotTheService), (1, NotTheService), (1, NotTheService)),
    "HTML 502": (html(502), (4, ServerError), (4, ServerError), (4, ServerError)),
    "500": (reply({"error": "x"}, 500), (4, ServerError), (4, ServerError), (4, ServerError)),
    "503": (reply({"error": "x"}, 503), (4, ServerError), (4, ServerError), (4, ServerError)),
    "503 with Retry-After": (
        reply({"error": "x"}, 503, Retry_After="3"),
        (4, ServerError),
        (4, ServerError),
        (4, ServerError),
    ),
    "504": (reply({"error": "x"}, 504), (4, ServerError), (4, ServerError), (4, ServerError)),
    "571": (reply({"error": "x"}, 571), (4, ServerError), (4, ServerError), (4, ServerError)),
    "599": (reply({"error": "x"}, 599), (4, ServerError), (4, ServerError), (4, ServerError)),
    "599 with Retry-After": (
        reply({"error": "x"}, 599, Retry_After="3"),
        (4, ServerError),
        (4, ServerError),
        (4, ServerError),
    ),
    "573": (reply({"error": "x"}, 573), (4, RateLimited), (4, RateLimited), (4, RateLimited)),
    "573 with Retry-After": (
        reply({"error": "x"}, 573, Retry_After="3"),
        (4, RateLimited),
        (4, RateLimited),
        (4, RateLimited),
    ),
    "520, which nobody lists": (html(520), (1, ServerError), (4, ServerError), (4, ServerError)),
    "501": (reply({"error": "x"}, 501), (1, ServerError), (1, ServerError), (1, ServerError)),
    "579": (reply({"error": "x"}, 579), (1, ServerError), (1, ServerError), (1, ServerError)),
    "400": (reply({"error": "x"}, 400), (1, BadRequest), (1, BadRequest), (1, BadRequest)),
    "401": (reply({"error": "bad token"}, 401), (1, AuthError), (1, AuthError), (1, AuthError)),
    "403": (reply({"error": "x"}, 403), (1, AuthError), (1, AuthError), (1, AuthError)),
    "404": (reply({"error": "Document not found"}, 404), (1, NotFound), (1, NotFound), (1, NotFound)),
    "429": (reply({"error": "x"}, 429), (1, RateLimited), (1, RateLimited), (1, RateLimited)),
    "612": (reply({"error": "x"}, 612), (1, NotFound), (1, JobNotFound), (1, JobNotFound)),
    "631": (reply({"error": "x"}, 631), (1, NotFound), (1, NotFound), (1, NotFound)),
    "701": (reply({"error": "x"}, 701), (1, ServiceError), (1, ServiceError), (1, ServiceError)),
    "999": (reply({"error": "x"}, 999), (1, ServiceError), (1, ServiceError), (1, ServiceError)),
    "unknown fields": (reply({**GOOD, "new": [1], "newer": {"a": None}}), (1, None), (1, None), (1, None)),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_table(make: Make, server: FaultServer, clock: Clock, situation: str, call: str) -> None:
    act, *outcomes = SITUATIONS[situation]
    requests, error = outcomes[list(CALLS).index(call)]
    server.play(act)
    client = make(timeout=0.2 if act.hang else 2)
    if error is None:
        CALLS[call](client)
    else:
        with pytest.raises(error) as caught:
            CALLS[call](client)
        assert type(caught.value) is error
    assert server.count(requests) == requests
    assert len(clock.naps) == requests - 1
    if "Retry-After" in situation:
        assert min(clock.naps) >= 3


@pytest.mark.parametrize("call", CALLS)
def test_refused_connection(make: Make, server: FaultServer, clock: Clock, call: str) -> None:
    server.close()
    with pytest.raises(TransportError) as caught:
        CALLS[call](make())
    assert type(caught.value) is TransportError
    assert caught.value.__cause__ is not None
    assert len(clock.naps) == 3


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "situation",
    [s for s, (_, submit, _, _) in SITUATIONS.items() if submit[0] == 4 and "573" not in s],
)
def test_the_next_host_is_asked_at_once(make: Make, server: FaultServer, situation: str, call: str) -> None:
    act = SITUATIONS[situation][0]
    server.play(act)
    other = FaultServer([reply(GOOD)])
    CALLS[call](make(api_host=[server.url, other.url]))
    other.close()
    assert (len(server.seen), len(other.seen)) == (1, 1)


@pytest.mark.parametrize("call", CALLS)
def test_throttling_is_waited_out_at_the_same_host(make: Make, server: FaultServer, clock: Clock, call: str) -> None:
    server.play(reply({"error": "x"}, 573), reply(GOOD))
    other = FaultServer([reply(GOOD)])
    CALLS[call](make(api_host=[server.url, other.url]))
    other.close()
    assert (len(server.seen), len(other.seen)) == (2, 0)
    assert clock.naps[0] >= 1
