"""Carries requests with the ``requests`` package."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from requests.models import PreparedRequest
from requests.structures import CaseInsensitiveDict
from requests.utils import select_proxy
from urllib3 import HTTPResponse
from urllib3 import Timeout as Urllib3Timeout
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, TimeoutError

from qiniufop.client.connection import Adapter, Body
from qiniufop.client.messages import CONNECTIONS, LARGEST_REPLY, USER_AGENT, Answer, Fault, Outgoing, Reply, Timeout

HEADERS = {"User-Agent": USER_AGENT, "Accept": "application/json"}


class RequestsTransport:
    """Carries requests over pooled connections. Safe to share between threads.

    Without a session of your own, the proxies and certificates of the environment are looked up once per host, and
    nothing is done about cookies: both cost more than the rest of a small request.

    Args:
        session: one of your own, with its adapters, proxies, certificates, hooks and headers. It is not closed.
    """

    def __init__(self, session: requests.Session | None = None) -> None:
        self._own = session is None
        self._session = session or requests.Session()
        self._adapter = Adapter(pool_connections=16, pool_maxsize=CONNECTIONS, max_retries=0)
        self._routes: dict[str, _Route] = {}

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        """Carry one request. Redirects are not followed, nothing is repeated, network errors come back as faults."""
        body = Body(request.body)
        try:
            response = self._begin_own(request, body, timeout) if self._own else self._begin_theirs(request, timeout)
        except (requests.RequestException, HTTPError, OSError) as error:
            sent = body.begun if self._own and request.body else _may_be_sent(error)
            late = isinstance(error, (requests.Timeout, TimeoutError)) and not isinstance(error, NewConnectionError)
            return Fault(sent, _root(error), timed_out=late)
        pieces: list[bytes] = []
        size = 0
        whole = False
        until = time.monotonic() + timeout.read
        try:
            for piece in _pieces(response):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST_REPLY or time.monotonic() > until:
                    break
            else:
                whole = True
        except (requests.RequestException, HTTPError, OSError, ValueError):
            pass
        finally:
            if not whole:
                response.close()
        status = response.status if isinstance(response, HTTPResponse) else response.status_code
        headers = {k.lower(): v for k, v in response.headers.items()}
        announced = headers.get("content-length", "")
        if announced.isdigit() and "content-encoding" not in headers:  # urllib3 1.26 does not look
            whole = whole and size >= int(announced)
        return Reply(status, headers, b"".join(pieces), complete=whole)

    def close(self) -> None:
        """Close the connections, unless the session is your own."""
        self._adapter.close()
        if self._own:
            self._session.close()

    def _begin_own(self, request: Outgoing, body: Body, timeout: Timeout) -> HTTPResponse | requests.Response:
        """Straight to the connection pool, or by way of the adapter if there is a proxy."""
        cut = request.url.index("/", 8)
        base = request.url[:cut]
        route = self._routes.get(base) or self._find_route(base)
        if route.pool is None:
            return self._adapter.send(
                _prepared(request, {}, body), timeout=(timeout.connect, timeout.read), **route.settings
            )
        headers = {**HEADERS, **request.headers}
        if request.body:
            headers["Content-Length"] = str(len(request.body))
        response: HTTPResponse = route.pool.urlopen(
            request.method,
            request.url[cut:],
            body=body,
            headers=headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=Urllib3Timeout(connect=timeout.connect, read=timeout.read),
            preload_content=False,
        )
        return response

    def _begin_theirs(self, request: Outgoing, timeout: Timeout) -> requests.Response:
        prepared: Any = _prepared(request, self._session.headers, request.body or None)
        prepared.prepare_cookies({})
        settings = self._session.merge_environment_settings(request.url, {}, True, None, None)
        limits = (timeout.connect, timeout.read)
        return self._session.send(prepared, timeout=limits, allow_redirects=False, **settings)

    def _find_route(self, base: str) -> _Route:
        settings: dict[str, Any] = {**self._session.merge_environment_settings(base, {}, True, None, None)}
        adapter: Any = self._adapter
        pool = None
        if select_proxy(base, settings["proxies"]) is None and hasattr(adapter, "get_connection_with_tls_context"):
            probe = _prepared(Outgoing("GET", base, {}), {}, None)
            pool = adapter.get_connection_with_tls_context(
                probe, settings["verify"], settings["proxies"], settings["cert"]
            )
            adapter.cert_verify(pool, base, settings["verify"], settings["cert"])
        route = self._routes[base] = _Route(settings, pool)
        return route


@dataclass(frozen=True)
class _Route:
    """How a host is reached: settings for the adapter, and the pool of connections if there is no proxy."""

    settings: dict[str, Any]
    pool: Any


def _prepared(
    request: Outgoing, more: Mapping[str, str | bytes], body: Body | bytes | None
) -> requests.PreparedRequest:
    prepared = PreparedRequest()
    prepared.method = request.method
    prepared.url = request.url
    prepared.headers = CaseInsensitiveDict({**HEADERS, **request.headers})
    for name, value in more.items():
        if name.lower() not in _OURS:
            prepared.headers.setdefault(name, value if isinstance(value, str) else value.decode("latin-1"))
    if body:
        prepared.headers["Content-Length"] = str(len(body))
        content: Any = body
        prepared.body = content
    return prepared


_OURS = frozenset(
    {"accept-encoding", "user-agent", "accept", "host", "content-length", "content-type", "authorization"}
)


def _pieces(response: HTTPResponse | requests.Response) -> Iterator[bytes]:
    """Pieces of a body as they arrive, so that a slow one can be given up."""
    if not isinstance(response, HTTPResponse):
        yield from response.iter_content(16384)
        return
    if not hasattr(response, "read1"):  # urllib3 1.26
        yield from response.stream(16384)
        return
    while piece := response.read1(16384):
        yield piece


def _may_be_sent(error: Exception) -> bool:
    """Whether a request may have got through although it failed. Only what happens while connecting is certain."""
    cause = _root(error)
    unsent = (requests.ConnectTimeout, requests.exceptions.ProxyError, NewConnectionError, ConnectTimeoutError)
    return not (isinstance(error, unsent) or isinstance(cause, (*unsent, ConnectionRefusedError)))


def _root(error: Exception) -> Exception:
    """The error at the bottom of what requests and urllib3 wrapped around it."""
    seen = {id(error)}
    while True:
        inner = getattr(error, "reason", None) or error.__cause__ or (error.args[0] if error.args else None)
        if not isinstance(inner, Exception) or id(inner) in seen:
            return error
        seen.add(id(inner))
        error = inner
