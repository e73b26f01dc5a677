"""Somebody to notify: a server that notes what it is sent and answers as told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Listener:
    """Answers ``status`` (a function of the number of the request, from 0, or a number) with ``reply``."""

    def __init__(
        self, status: int | Callable[[int], int] = 200, reply: bytes = b"{}", headers: dict[str, str] | None = None
    ) -> None:
        self.got: list[Got] = []
        self.arrived = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _note(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                number = len(outer.got)
                outer.got.append(Got(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                outer.arrived.set()
                self.send_response(status(number) if callable(status) else status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self._note
                raise AttributeError(name)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}/notify?x=1"

    def __enter__(self) -> Listener:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
