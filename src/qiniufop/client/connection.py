"""Connections for small requests: sent in one piece, known to be sent or not, and over by their time.

urllib3 writes headers and body separately, which costs a small request a second system call and packet; it cannot say
afterwards whether a request that failed had begun to leave; and its timeout is for each read, so that a reply of one
byte a second never ends. These connections mend the three and leave the rest to urllib3.
"""

from __future__ import annotations

import http.client
import io
import time
from socket import socket
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection


class Body:
    """A request's body that knows whether it has begun to leave. Until then nobody can have taken the request."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.begun = False

    def __len__(self) -> int:
        return len(self.data)


class _TimedReader(io.RawIOBase):
    """Reads from a socket until a moment, however the bytes trickle."""

    def __init__(self, sock: socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)
        seconds = sock.gettimeout()
        self._until = None if seconds is None else time.monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._until is not None:
            self._sock.settimeout(max(self._until - time.monotonic(), 0.001))
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket, *args: Any, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_TimedReader(sock))


class _InOnePiece(HTTPConnection):
    response_class = _TimedResponse
    _held: list[bytes] | None = None
    sock: Any

    def request(self, method: str, url: str, body: Any = None, headers: Any = None, **options: Any) -> None:
        given = body if isinstance(body, Body) else None
        data: Any = body if given is None else given.data or None
        held: list[bytes] = []
        self._held = held
        try:
            super().request(method, url, data, headers, **options)
        finally:
            self._held = None
        if self.sock is None:
            self.connect()
        if given is not None:
            given.begun = True
        self.send(b"".join(held))

    def send(self, data: Any) -> None:
        if self._held is None or not isinstance(data, bytes):
            super().send(data)
        else:
            self._held.append(data)


class _Connection(_InOnePiece, HTTPConnection):
    pass


class _SecureConnection(_InOnePiece, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls: Any = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls: Any = _SecureConnection


_POOLS = {"http": _Pool, "https": _SecurePool}


class Adapter(HTTPAdapter):
    """An adapter of ``requests`` with these connections, through proxies as well."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager: Any = super().proxy_manager_for(*args, **options)
        manager.pool_classes_by_scheme = _POOLS
        return manager
