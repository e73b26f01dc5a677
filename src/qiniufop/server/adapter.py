"""Lets ``requests`` talk to an emulator without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from requests import ConnectionError, PreparedRequest, Response
from requests.adapters import HTTPAdapter

from .gate import Dropped, discard

if TYPE_CHECKING:
    from .emulator import Emulator


class EngineAdapter(HTTPAdapter):
    """A ``requests`` adapter; mount it on a session for the URLs that the emulator is to answer.

    Args:
        emulator: what answers.
    """

    def __init__(self, emulator: Emulator) -> None:
        super().__init__(max_retries=0)
        self._emulator = emulator

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        """Answer one request. Timeouts do not apply.

        Raises:
            requests.ConnectionError: the emulator was told to drop the connection.
        """
        from urllib3 import HTTPResponse

        head: list[Any] = []

        def start(status: str, headers: list[tuple[str, str]], *_: Any) -> Any:
            head[:] = status, headers
            return discard

        body = BytesIO()
        try:
            chunks = self._emulator.wsgi(_environ(request), start)
            try:
                for chunk in chunks:
                    body.write(chunk)
            finally:
                getattr(chunks, "close", lambda: None)()
        except Dropped as error:
            raise ConnectionError("the connection was dropped", request=request) from error
        body.seek(0)
        status, _, reason = head[0].partition(" ")
        raw = HTTPResponse(body, headers=head[1], status=int(status), reason=reason, preload_content=False)
        return self.build_response(request, raw)


def _environ(request: PreparedRequest) -> dict[str, Any]:
    url = urlsplit(request.url or "")
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    body = _body(request.body)
    environ: dict[str, Any] = {
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        "wsgi.errors": BytesIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "REQUEST_METHOD": request.method or "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(url.path or "/").decode("latin-1"),
        "QUERY_STRING": url.query,
        "RAW_URI": target.encode().decode("latin-1"),
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": url.hostname or "",
        "SERVER_PORT": str(url.port or 80),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": url.netloc,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        if key == "TRANSFER_ENCODING":
            continue
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = _text(value)
    environ["CONTENT_LENGTH"] = str(len(body))
    return environ


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    read = getattr(body, "read", None)
    return b"".join(body) if read is None else read()


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
