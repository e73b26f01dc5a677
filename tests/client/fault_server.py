"""A loopback server that plays a script: each request gets the next act, the last act is played for ever.

It speaks real HTTP over real sockets, so that what is tested includes the HTTP library's own opinions.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Act:
    """What the server does with one request.

    ``cut`` keeps back that many bytes of the body it announced. ``reset`` breaks the connection ``before`` the
    request's body is read, or ``after``. ``hang`` answers only when the test is over. ``drip`` sends the body for ever,
    byte by byte; ``drip_head`` does so with the headers.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    cut: int = 0
    reset: str = ""
    hang: bool = False
    drip: bool = False
    drip_head: bool = False


def reply(payload: object, status: int = 200, *, request_id: str | None = "REQ1", **headers: str) -> Act:
    """JSON, as the service sends it."""
    fields = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
    if request_id is not None:
        fields["X-Reqid"] = request_id
    return Act(status, json.dumps(payload).encode(), fields)


def queued(job_id: str = "z0.0123456789abcdef01234567") -> Act:
    return reply({"persistentId": job_id})


def status(code: int, *items: Mapping[str, Any], **fields: Any) -> Act:
    return reply(job(code, *items, **fields))


DESC = {
    0: "The fop was completed successfully",
    1: "The fop is waiting for execution",
    2: "The fop is executing now",
    3: "The fop is failed",
    4: "Callback failed",
}


def job(code: int, *items: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": "z0.0123456789abcdef01234567",
        "pipeline": "1380000000.default.sys",
        "code": code,
        "desc": DESC.get(code, "?"),
        "reqid": "AAAAAAbCdEfGhIjK",
        "inputBucket": "bkt",
        "inputKey": "a.mp4",
        "items": list(items),
        **fields,
    }


def html(code: int, text: str = "<html><h1>Bad Gateway</h1></html>") -> Act:
    return Act(code, text.encode(), {"Content-Type": "text/html"})


HANG = Act(hang=True)
RESET_BEFORE_BODY = Act(reset="before")
RESET_AFTER_BODY = Act(reset="after")


@dataclass(frozen=True)
class Seen:
    """A request that reached the server. ``body`` is None if it was not read."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None

    @property
    def form(self) -> dict[str, str]:
        fields = parse_qs((self.body or b"").decode(), keep_blank_values=True, strict_parsing=True)
        return {k: v[0] for k, v in fields.items()}

    @property
    def query(self) -> dict[str, str]:
        return {k: v[0] for k, v in parse_qs(urlsplit(self.path).query, keep_blank_values=True).items()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Broken connections are what this server is for."""


class FaultServer:
    """The server. ``seen`` holds every request, in order, and ``peers`` every connection.

    With ``secure`` it speaks HTTPS.
    """

    def __init__(self, acts: Iterable[Act] = (), secure: ssl.SSLContext | None = None) -> None:
        self.acts = list(acts)
        self.seen: list[Seen] = []
        self.peers: set[int] = set()
        self.over = threading.Event()
        self._lock = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                outer._play(self)

            def do_POST(self) -> None:
                outer._play(self)

        self._server = _Server(("127.0.0.1", 0), Handler)
        if secure:
            self._server.socket = secure.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def play(self, *acts: Act) -> None:
        """Go on with these."""
        with self._lock:
            self.acts = list(acts)

    def count(self, at_least: int) -> int:
        """How many requests have arrived, once so many have: a client that gave up may be ahead of the server."""
        with self._lock:
            self._lock.wait_for(lambda: len(self.seen) >= at_least, timeout=5)
            return len(self.seen)

    def close(self) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _play(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
        body = None
        if act.reset != "before":
            body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        seen = Seen(handler.command, handler.path, {k.lower(): v for k, v in handler.headers.items()}, body)
        with self._lock:
            self.seen.append(seen)
            self.peers.add(handler.client_address[1])
            self._lock.notify_all()
        if act.hang:
            self.over.wait(10)
        if act.hang or act.reset:
            self._break(handler)
            return
        if act.drip_head:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.over.wait(0.01):
                handler.wfile.write(b"z")
            return
        handler.send_response(act.status)
        for name, value in act.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(10_000_000 if act.drip else len(act.body)))
        handler.end_headers()
        if act.drip:
            while not self.over.wait(0.01):
                handler.wfile.write(b" ")
            return
        handler.wfile.write(act.body[: len(act.body) - act.cut])
        handler.close_connection = handler.close_connection or bool(act.cut)

    def _break(self, handler: BaseHTTPRequestHandler) -> None:
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        handler.close_connection = True


class Clock:
    """Time that passes only when someone sleeps. ``naps`` holds how long."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.naps.append(seconds)
        self.time += seconds
