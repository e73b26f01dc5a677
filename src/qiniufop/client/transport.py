"""Carries requests with the ``requests`` package."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qiniufop.client.messages import Answer, Fault, Outgoing, Reply, Timeout

if TYPE_CHECKING:
    import requests

CONNECTIONS = 64
"""Idle connections that are kept per host."""

LARGEST_REPLY = 32 * 1024 * 1024
"""Bytes after which a reply is taken for broken."""

USER_AGENT = "qiniufop"


class _Body:
    """A body that knows whether it was begun to be sent. Until then the other side cannot have taken the request."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.begun = False

    def __len__(self) -> int:
        return len(self._data)

    def read(self, size: int = -1) -> bytes:
        self.begun = True
        data, self._data = (self._data, b"") if size < 0 else (self._data[:size], self._data[size:])
        return data


class RequestsTransport:
    """Carries requests over pooled connections. Safe to share between threads.

    Without a session of your own, the proxies and certificates of the environment are looked up once per host, and
    cookies are never kept: both cost more than the rest of a small request.

    Args:
        session: one of your own, with its adapters, proxies, certificates, hooks and headers. It is not closed.
    """

    def __init__(self, session: requests.Session | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        import requests
        from requests.adapters import HTTPAdapter

        self._own = session is None
        self._session = session or requests.Session()
        self._adapter = HTTPAdapter(pool_connections=16, pool_maxsize=CONNECTIONS, max_retries=0)
        self._settings: dict[str, Mapping[str, Any]] = {}
        self._clock = clock

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        """Carry one request. Redirects are not followed, nothing is repeated, network errors come back as faults."""
        import requests
        from urllib3.exceptions import HTTPError

        body = _Body(request.body)
        started = self._clock()
        try:
            response = self._begin(request, body, timeout)
        except (requests.RequestException, HTTPError, OSError) as error:
            sent = body.begun if self._own and request.body else _may_be_sent(error)
            return Fault(sent, _root(error), timed_out=isinstance(error, requests.Timeout))
        headers = {k.lower(): v for k, v in response.headers.items()}
        pieces: list[bytes] = []
        size = 0
        whole = False
        try:
            for piece in _pieces(response):
                pieces.append(piece)
                size += len(piece)
                if size > LARGEST_REPLY or self._clock() - started > timeout.connect + timeout.read:
                    break
            else:
                whole = True
        except (requests.RequestException, HTTPError, OSError, ValueError):
            pass
        finally:
            if not whole:
                response.close()
        return Reply(response.status_code, headers, b"".join(pieces), complete=whole)

    def close(self) -> None:
        """Close the connections, unless the session is your own."""
        self._adapter.close()
        if self._own:
            self._session.close()

    def _begin(self, request: Outgoing, body: _Body, timeout: Timeout) -> requests.Response:
        from requests.models import PreparedRequest
        from requests.structures import CaseInsensitiveDict

        prepared = PreparedRequest()
        prepared.method = request.method
        prepared.url = request.url
        prepared.headers = CaseInsensitiveDict({"User-Agent": USER_AGENT, "Accept": "application/json"})
        prepared.headers.update(request.headers)
        if request.body:
            prepared.headers["Content-Length"] = str(len(request.body))
        limits = (timeout.connect, timeout.read)
        if self._own:
            if request.body:
                prepared.body = body  # type: ignore[assignment]  # anything with read() will do
            return self._adapter.send(prepared, timeout=limits, **self._environment(request.url))
        for name, value in self._session.headers.items():
            if name.lower() not in _OURS:
                prepared.headers.setdefault(name, value if isinstance(value, str) else value.decode("latin-1"))
        prepared.body = request.body or None
        settings = self._session.merge_environment_settings(request.url, {}, True, None, None)
        return self._session.send(prepared, timeout=limits, allow_redirects=False, **settings)

    def _environment(self, url: str) -> Mapping[str, Any]:
        scheme, _, rest = url.partition("://")
        base = f"{scheme}://{rest.partition('/')[0]}"
        known = self._settings.get(base)
        if known is None:
            known = self._session.merge_environment_settings(base, {}, None, None, None)
            known["stream"] = True
            self._settings[base] = known
        return known


_OURS = frozenset(
    {"accept-encoding", "user-agent", "accept", "host", "content-length", "content-type", "authorization"}
)


def _pieces(response: requests.Response) -> Iterator[bytes]:
    """Pieces of a body as they arrive, so that a slow one can be given up."""
    from urllib3 import HTTPResponse

    read1 = getattr(response.raw, "read1", None)
    if read1 is None or not isinstance(response.raw, HTTPResponse):
        yield from response.iter_content(16384)
        return
    while piece := read1(16384, decode_content=True):
        yield piece


def _may_be_sent(error: Exception) -> bool:
    """Whether a request may have got through although it failed. Only what happens while connecting is certain."""
    import requests
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    cause = _root(error)
    unsent = (requests.ConnectTimeout, requests.exceptions.ProxyError, NewConnectionError, ConnectTimeoutError)
    return not (isinstance(error, unsent) or isinstance(cause, (*unsent, ConnectionRefusedError)))


def _root(error: Exception) -> Exception:
    """The error at the bottom of what requests and urllib3 wrapped around it."""
    seen = {id(error)}
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, Exception) or id(inner) in seen:
            return error
        seen.add(id(inner))
        error = inner
