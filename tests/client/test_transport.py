"""How requests travel: proxies, certificates, sessions of one's own, threads, slow replies."""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
from requests.adapters import BaseAdapter

from qiniufop.client.aio import AsyncClient
from qiniufop.client.client import Client
from qiniufop.client.errors import NotTheService, SubmitUncertain, TransportError
from qiniufop.client.messages import Fault, Outgoing, Reply, Timeout
from qiniufop.client.transport import RequestsTransport

from .conftest import Make
from .fault_server import Act, FaultServer, queued, reply, status

FOP = "imageView2/2/w/800"
CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""Key and certificate of 127.0.0.1, signed by itself and of no use elsewhere."""


@pytest.fixture
def secure() -> Iterator[FaultServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    server = FaultServer([queued()], context)
    yield server
    server.close()


def test_connections_are_reused(make: Make, server: FaultServer) -> None:
    server.play(queued())
    client = make()
    for _ in range(5):
        client.submit("b", "k", FOP)
    assert len(server.seen) == 5
    assert len(server.peers) == 1


def test_headers_and_body_leave_together() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        arrived: list[bytes] = []

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                arrived.append(connection.recv(65536))
                connection.sendall(
                    b'HTTP/1.1 200 OK\r\nX-Reqid: R\r\nContent-Length: 23\r\n\r\n{"persistentId":"z0.1"}'
                )

        thread = threading.Thread(target=serve)
        thread.start()
        with Client("AK", "SK", api_host=f"http://127.0.0.1:{listener.getsockname()[1]}") as client:
            client.submit("b", "k", FOP)
        thread.join()
    assert arrived[0].endswith(b"\r\n\r\nbucket=b&key=k&fops=imageView2%2F2%2Fw%2F800")


def test_a_client_serves_many_threads(make: Make, server: FaultServer) -> None:
    server.play(queued())
    with Client("AK", "SK", api_host=server.url) as client, ThreadPoolExecutor(16) as pool:
        jobs = list(pool.map(lambda n: client.submit("b", f"k{n}", FOP), range(200)))
    assert len(jobs) == 200
    assert sorted(s.form["key"] for s in server.seen) == sorted(f"k{n}" for n in range(200))
    assert len(server.peers) <= 16


def test_https(secure: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(CERTIFICATE))
    host = f"https://127.0.0.1:{secure.port}"
    with Client("AK", "SK", api_host=host) as client:
        assert client.submit("b", "k", FOP).id
        assert client.submit("b", "k", FOP).id
    assert len(secure.seen) == 2
    assert len(secure.peers) == 1


def test_error_an_unknown_certificate_is_refused_and_nothing_is_sent(secure: FaultServer, make: Make) -> None:
    with pytest.raises(TransportError, match="CERTIFICATE_VERIFY_FAILED"):
        make(api_host=f"https://127.0.0.1:{secure.port}", retries=0).submit("b", "k", FOP)
    assert secure.seen == []


def test_error_https_to_a_server_that_speaks_http(server: FaultServer, make: Make) -> None:
    with pytest.raises(TransportError):
        make(api_host=f"https://127.0.0.1:{server.port}", retries=0).submit("b", "k", FOP)


def test_a_proxy_of_the_environment(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.play(queued())
    with Client("AK", "SK", api_host="http://api.example.com") as client:
        client.submit("b", "k", FOP)
        server.play(status(0))
        client.status("z0.1")
    assert [s.path for s in server.seen] == [
        "http://api.example.com/pfop/",
        "http://api.example.com/status/get/prefop?id=z0.1",
    ]
    assert server.seen[0].form["key"] == "k"


def test_error_a_proxy_that_is_down(server: FaultServer, monkeypatch: pytest.MonkeyPatch) -> None:
    server.close()
    monkeypatch.setenv("HTTP_PROXY", server.url)
    with Client("AK", "SK", api_host="http://api.example.com", retries=0) as client, pytest.raises(TransportError):
        client.submit("b", "k", FOP)


class InProcess(BaseAdapter):
    """An adapter that answers by itself, as a local engine does."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[requests.PreparedRequest] = []
        self.closed = False

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self.sent.append(request)
        response = requests.Response()
        response.status_code = 200
        response.headers["X-Reqid"] = "R"
        response.url = request.url or ""
        response.request = request
        response.raw = io.BytesIO(b'{"persistentId":"z0.inside"}')
        return response

    def close(self) -> None:
        self.closed = True


def test_a_session_of_ones_own(server: FaultServer) -> None:
    adapter = InProcess()
    with requests.Session() as session:
        session.mount("http://engine", adapter)
        session.headers["X-Team"] = "video"
        session.headers["Authorization"] = "Basic abc"
        with Client("AK", "SK", api_host="http://engine", session=session) as client:
            assert client.submit("b", "k", FOP).id == "z0.inside"
        assert not adapter.closed
        server.play(queued("z0.outside"))
        with Client("AK", "SK", api_host=server.url, session=session) as client:
            assert client.submit("b", "k", FOP).id == "z0.outside"
            server.play(Act(302, b"", {"Location": server.url}))
            with pytest.raises(NotTheService):
                client.submit("b", "k", FOP)
            server.play(Act(reset="after"))
            with pytest.raises(SubmitUncertain):
                client.submit("b", "k", FOP)
        assert len(server.seen) == 3
    (sent,) = adapter.sent
    assert sent.body == b"bucket=b&key=k&fops=imageView2%2F2%2Fw%2F800"
    assert sent.headers["X-Team"] == "video"
    assert sent.headers["Authorization"].startswith("Qiniu AK:")
    assert sent.headers["Content-Length"] == str(len(sent.body))
    assert adapter.closed


@pytest.mark.parametrize("port", ["closed", "open"])
def test_a_session_of_ones_own_tells_unsent_from_lost(server: FaultServer, port: str) -> None:
    server.play(Act(reset="after"))
    if port == "closed":
        server.close()
    with requests.Session() as session:
        answer = RequestsTransport(session).send(Outgoing("POST", f"{server.url}/pfop/", {}, b"x"), Timeout())
    assert isinstance(answer, Fault)
    assert answer.sent == (port == "open")


def test_an_async_client_of_ones_own() -> None:
    import asyncio

    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, headers={"X-Reqid": "R"}, content=b'{"persistentId":"z0.1"}')

    async def main() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), headers={"X-Team": "video"}) as http:
            async with AsyncClient("AK", "SK", api_host="http://engine", http=http) as client:
                job = await client.submit("b", "k", FOP)
            assert job.id == "z0.1"
            assert not http.is_closed

    asyncio.run(main())
    assert seen[0].headers["X-Team"] == "video"
    assert seen[0].content == b"bucket=b&key=k&fops=imageView2%2F2%2Fw%2F800"


@pytest.mark.parametrize("act", [Act(drip=True), Act(drip_head=True)], ids=["body", "head"])
def test_a_reply_that_trickles_is_over_in_time(server: FaultServer, make: Make, act: Act) -> None:
    server.play(act)
    started = time.monotonic()
    with pytest.raises(TransportError):
        make(timeout=0.2, retries=0, clock=time.monotonic).status("z0.1")
    assert time.monotonic() - started < 2


def test_nothing_is_decoded_or_kept(server: FaultServer, make: Make) -> None:
    server.play(reply({"persistentId": "z0.1"}, Set_Cookie="a=b; Path=/"))
    client = make()
    client.submit("b", "k", FOP)
    client.submit("b", "k", FOP)
    assert "cookie" not in server.seen[1].headers
    assert server.seen[1].headers["accept-encoding"] == "identity"


def test_a_whole_reply(server: FaultServer) -> None:
    server.play(Act(418, b"teapot", {"X-Reqid": "R", "X-Odd": "ä"}))
    transport = RequestsTransport()
    answer = transport.send(Outgoing("GET", f"{server.url}/x?y", {}), Timeout())
    transport.close()
    assert isinstance(answer, Reply)
    assert (answer.status, answer.body, answer.complete, answer.request_id) == (418, b"teapot", True, "R")


@pytest.mark.parametrize(
    ("given", "expected"),
    [(7, Timeout(5, 7)), (2, Timeout(2, 2)), ((1, 60), Timeout(1, 60)), (Timeout(9, 9), Timeout(9, 9))],
)
def test_timeouts(given: Any, expected: Timeout) -> None:
    assert Timeout.of(given) == expected


@pytest.mark.parametrize("given", [0, -1, (0, 1), (1, 0), float("nan")])
def test_error_timeouts(given: Any) -> None:
    with pytest.raises(ValueError, match="expected positive seconds"):
        Timeout.of(given)


@pytest.mark.parametrize("seconds", [0.001, 1, 5, 34, 35, 100])
def test_a_timeout_fits_what_is_left(seconds: float) -> None:
    cut = Timeout().within(seconds)
    assert cut.connect + cut.read <= max(seconds, 0)
    assert (cut == Timeout()) == (seconds >= 35)
