"""A small HTTP/1.1 server for one WSGI application: connections are kept, and targets arrive untouched."""

from __future__ import annotations

import logging
import os
import re
import socket
import socketserver
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler
from io import BufferedIOBase
from threading import Lock, Thread
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from ..errors import FopError
from .gate import WSGI, discard

IDLE_SECONDS = 75.0
"""How long a connection may be silent."""
DRAIN_BYTES = 16 * 1024 * 1024
"""How much of a body that nobody read is read away, to keep the connection or to let the client see the reply."""

_log = logging.getLogger(__name__)


class CannotListen(FopError, OSError):
    """The address is taken, or not one of this machine's."""


class _Body(BufferedIOBase):
    """The part of the stream that belongs to one request."""

    def __init__(self, stream: Any, length: int) -> None:
        self._stream = stream
        self.left = length

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        size = self.left if size is None or size < 0 else min(size, self.left)
        data: bytes = self._stream.read(size) if size else b""
        self.left = self.left - len(data) if len(data) == size else 0
        return data

    def read1(self, size: int = -1, /) -> bytes:
        return self.read(size)

    def readline(self, size: int | None = -1, /) -> bytes:
        limit = self.left if size is None or size < 0 else min(size, self.left)
        data: bytes = self._stream.readline(limit) if limit else b""
        self.left -= len(data)
        return data


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65536
    timeout = IDLE_SECONDS
    target: str
    raw_requestline: bytes

    @property
    def _server(self) -> HttpServer:
        return cast("HttpServer", self.server)

    def parse_request(self) -> bool:
        # The untouched bytes are kept for signatures; the parser would take some of them for white space.
        words = self.raw_requestline.split(b" ")
        self.target = words[1].decode("latin-1").rstrip("\r\n") if len(words) > 1 else ""
        self.raw_requestline = re.sub(rb"[\x80-\xff]", lambda m: b"%%%02X" % m[0][0], self.raw_requestline)
        return super().parse_request()

    def handle_expect_100(self) -> bool:
        go_on = super().handle_expect_100()
        self.wfile.flush()
        return go_on

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:
        _log.debug("%s %s", self.address_string(), format % args)

    def _answer(self) -> None:
        body, environ = self._environ()
        head: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            head[:] = status, headers
            return discard

        chunks: Iterable[bytes] = ()
        try:
            chunks = self._server.app(environ, start)
            self._send(head, chunks)
            self.wfile.flush()
        except (ConnectionError, TimeoutError):
            self._hang_up()
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        if isinstance(body, _Body) and body.left and not self.close_connection:
            if body.left > DRAIN_BYTES:
                self.close_connection = True
            while body.left and body.read(65536):
                pass

    def _environ(self) -> tuple[Any, dict[str, Any]]:
        path, _, query = self.target.partition("?")
        try:
            length = max(0, int(self.headers.get("Content-Length") or 0))
        except ValueError:
            length, self.close_connection = 0, True
        body: Any = _Body(self.rfile, length)
        environ: dict[str, Any] = {
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.errors": _Errors(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "RAW_URI": self.target,
            "REMOTE_ADDR": str(self.client_address[0]),
            "SERVER_NAME": str(self._server.server_address[0]),
            "SERVER_PORT": str(self._server.port),
            "SERVER_PROTOCOL": self.request_version,
        }
        for name, value in self.headers.items():
            if "_" in name:
                continue
            key = name.upper().replace("-", "_")
            key = key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"
            environ[key] = f"{environ[key]},{value}" if key in environ else value
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            from werkzeug.serving import DechunkedInput

            body = DechunkedInput(cast(Any, self.rfile))
            environ["wsgi.input_terminated"] = True
            environ.pop("CONTENT_LENGTH", None)
            # Where such a body ends is known only if it was read.
            self.close_connection = True
        environ["wsgi.input"] = body
        return body, environ

    def _send(self, head: list[Any], chunks: Iterable[bytes]) -> None:
        begun = False
        for chunk in chunks:
            if not begun:
                self._send_head(head)
                begun = True
            self.wfile.write(chunk)
        if not begun:
            self._send_head(head)

    def _send_head(self, head: list[Any]) -> None:
        status, headers = head
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        names = set[str]()
        for name, value in headers:
            self.send_header(name, value)
            names.add(name.lower())
        bodiless = self.command == "HEAD" or code in ("204", "304")
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        if "content-length" not in names and not bodiless:
            self.close_connection = True
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def send_response(self, code: int, message: str | None = None) -> None:
        self.log_request(code)
        self.send_response_only(code, message)

    def _hang_up(self) -> None:
        self.close_connection = True
        try:
            self.wfile.flush()
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            _log.debug("the other side had hung up")


class _Errors:
    """Where WSGI applications write errors."""

    def write(self, text: str) -> None:
        _log.error("%s", text.rstrip())

    def flush(self) -> None:
        """Nothing is held back."""


class HttpServer(socketserver.ThreadingTCPServer):
    """Serves one application, a thread a connection.

    The address is bound when this returns; requests that come in before :meth:`start` wait.

    Args:
        port: 0 picks a free one.

    Raises:
        CannotListen: the address is taken, or not one of this machine's.
    """

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = os.name != "nt"
    request_queue_size = 256

    def __init__(self, app: WSGI, host: str, port: int) -> None:
        self.app = app
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._connections: set[socket.socket] = set()
        self._guard = Lock()
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or error
            raise CannotListen(
                f"cannot listen on {host}:{port}: {reason}; give another port, or 0 for a free one"
            ) from error
        self._thread = Thread(target=self.serve_forever, args=(0.05,), name="qiniufop-http", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return int(self.server_address[1])

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Close every connection. Requests that are being answered are not waited for."""
        self.shutdown()
        self.server_close()
        with self._guard:
            connections = list(self._connections)
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self._thread.join()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._guard:
            self._connections.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("a connection ended in an error", exc_info=True)
