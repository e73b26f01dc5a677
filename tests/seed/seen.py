"""What a dev server was sent, and what came of it."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

from PIL import Image

from qiniufop.client.messages import Answer, Outgoing, Timeout
from qiniufop.client.transport import RequestsTransport
from qiniufop.server import DevServer


def picture(server: DevServer, key: str, bucket: str = "output-bucket") -> Image.Image:
    return Image.open(io.BytesIO(server.get(bucket, key)))


def report(server: DevServer, key: str, fop: str, bucket: str = "output-bucket") -> Any:
    """What a synchronous operation says about an object."""
    with server.session() as session:
        return session.get(f"{server.url}/{bucket}/{key}?{fop}").json()


def sent(server: DevServer) -> dict[str, str]:
    """The form of the last submission."""
    return dict([seen for seen in server.requests if seen.target.startswith("/pfop")][-1].form)


class Recording:
    """A transport that brings requests for any host to the dev server, and notes where they were meant to go."""

    def __init__(self, server: DevServer) -> None:
        self._server = server
        self._wires = RequestsTransport(server.session())
        self.urls: list[str] = []
        self.timeouts: list[Timeout] = []

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        self.urls.append(request.url.partition("?")[0])
        self.timeouts.append(timeout)
        host, _, target = request.url.partition("://")[2].partition("/")
        url = f"{self._server.url}/{target}"
        return self._wires.send(replace(request, url=url, headers={**request.headers, "Host": host}), timeout)

    def close(self) -> None:
        self._wires.close()


def difference(a: Image.Image, b: Image.Image) -> float:
    pairs = zip(a.tobytes(), b.tobytes(), strict=True)
    return sum(abs(x - y) for x, y in pairs) / (a.width * a.height * 3)
