"""What every request passes on its way in and out: request ids, faults, the emulator's name."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Any

from .faults import Fault, Faults

EMULATOR = "X-Qiniufop-Emulator"
"""The header that tells a reply of the dev server from one of the service."""
REQID = "qiniufop.reqid"
"""Key of the request's id in the WSGI environment."""

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WSGI = Callable[[Environ, StartResponse], Iterable[bytes]]

_UNFAILING = ("/_dev/", "/healthz")
_PARTS = ("/buckets/", "/mkblk/", "/bput/", "/mkfile/")
_MANAGEMENT = ("/stat/", "/delete/", "/copy/", "/move/", "/batch", "/list", "/buckets", "/v2/domains", "/mkbucket")


class Dropped(ConnectionError):
    """The connection is to be closed without a (complete) reply. ``sent`` is what goes out before."""


def raw_target(environ: Environ) -> str:
    """The request's path and query exactly as they came."""
    raw: str = environ["RAW_URI"]
    target = raw.encode("latin-1").decode("utf-8", "replace")
    if target.startswith("/"):
        return target
    rest = target.partition("://")[2].partition("/")
    return f"/{rest[2]}"


def endpoint(method: str, path: str) -> str:
    """What kind of request this is, in the words of :class:`~qiniufop.server.faults.Fault`."""
    if path in ("/pfop", "/pfop/"):
        return "submit"
    if path == "/status/get/prefop":
        return "status"
    if (path == "/" and method == "POST") or path.startswith(_PARTS):
        return "upload"
    if path in ("/v2/query", "/v4/query"):
        return "query"
    return "manage" if path.startswith(_MANAGEMENT) else "object"


class Gate:
    """Wraps the application."""

    def __init__(self, app: WSGI, faults: Faults) -> None:
        self._app = app
        self._faults = faults
        self._name = f"qiniufop/{version('qiniufop')}"

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        reqid = base64.urlsafe_b64encode(secrets.token_bytes(12)).decode()
        environ[REQID] = reqid
        path = raw_target(environ).partition("?")[0]
        fault = None
        if not path.startswith(_UNFAILING):
            fault = self._faults.take(endpoint(environ["REQUEST_METHOD"], path), path)
        kind = fault.kind if fault is not None else None

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            own = [(EMULATOR, self._name)] if kind == "no-reqid" else [(EMULATOR, self._name), ("X-Reqid", reqid)]
            return start_response(status, [*headers, *own], *rest)

        if fault is None or kind == "no-reqid":
            return self._app(environ, start)
        return self._misbehave(fault, environ, start)

    def _misbehave(self, fault: Fault, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if fault.kind == "drop":
            raise Dropped
        if fault.kind == "slow":
            self._faults.wait(fault.seconds)
            return self._app(environ, start)
        if fault.kind in ("drop-after", "truncate"):
            return self._cut(fault, environ, start)
        headers = [("Cache-Control", "no-store"), *fault.headers.items()]
        if fault.kind == "redirect":
            path, mark, query = raw_target(environ).partition("?")
            headers.append(("Location", f"{path}/{mark}{query}"))
            status, text, mime = fault.redirect_status, "", "text/html"
        elif fault.kind == "not-json":
            status, text, mime = 200, "<html><body>Please log in to this network.</body></html>", "text/html"
        else:
            status, mime = fault.status, "application/json"
            text = json.dumps({"error": f"fault {status} on request"}) if fault.body is None else fault.body
            if text.lstrip().startswith("<"):
                mime = "text/html"
        body = text.encode()
        named = {name.lower() for name, _ in headers}
        if "content-type" not in named:
            headers.append(("Content-Type", mime))
        start(f"{status} FAULT", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _cut(self, fault: Fault, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        reply: list[Any] = []

        def note(*args: Any) -> Any:
            reply[:] = args
            return discard

        body = b"".join(self._app(environ, note))
        if fault.kind == "drop-after":
            raise Dropped
        start(*reply)
        return _half(body)


def discard(_: bytes) -> None:
    """The ``write`` of WSGI, which nothing here uses."""


def _half(body: bytes) -> Iterable[bytes]:
    yield body[: len(body) // 2]
    raise Dropped
