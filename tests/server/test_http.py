from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from qiniufop.server import CannotListen, DevServer

from .raw import ask, connect, receive, send


def host(server: DevServer) -> str:
    return f"127.0.0.1:{server.port}"


def test_a_connection_is_kept(server: DevServer) -> None:
    with connect(server) as connection:
        for _ in range(5):
            send(connection, "GET /healthz", host=host(server))
            reply = receive(connection)
            assert reply.status == 200
            assert "connection" not in reply.headers


def test_a_connection_is_closed_when_asked(server: DevServer) -> None:
    with connect(server) as connection:
        send(connection, "GET /healthz", host=host(server), headers="Connection: close\r\n")
        assert receive(connection).headers["connection"] == "close"
        assert connection.recv(1) == b""


@pytest.mark.parametrize("path", ["/pfop/", "/nothing/here", "/stat/x"])
def test_a_body_nobody_read_does_not_become_the_next_request(server: DevServer, path: str) -> None:
    with connect(server) as connection:
        for _ in range(3):
            body = b"GET /healthz HTTP/1.1\r\n\r\n" * 10_000
            send(connection, f"POST {path}", host=host(server), headers=f"Content-Length: {len(body)}\r\n", body=body)
            assert receive(connection).status in (401, 405)
        send(connection, "GET /healthz", host=host(server))
        assert receive(connection).status == 200


def test_requests_may_follow_at_once(server: DevServer) -> None:
    with connect(server) as connection:
        line = f"GET /healthz HTTP/1.1\r\nHost: {host(server)}\r\n\r\n".encode()
        connection.sendall(line * 3)
        text = b""
        while text.count(b'"pending"') < 3:
            text += connection.recv(65536)
        assert text.count(b"HTTP/1.1 200") == 3


def test_a_chunked_body_is_read(server: DevServer) -> None:
    body = b"5\r\nid=z0\r\n6\r\n.nope1\r\n0\r\n\r\n"
    headers = "Transfer-Encoding: chunked\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    reply = ask(server, "POST /status/get/prefop", headers=headers, body=body)
    assert (reply.status, reply.body) == (612, b'{"error":"no such id"}')


def test_a_client_may_wait_to_be_asked_for_the_body(server: DevServer) -> None:
    with connect(server) as connection:
        headers = "Expect: 100-continue\r\nContent-Length: 7\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        send(connection, "POST /status/get/prefop", host=host(server), headers=headers)
        assert connection.recv(1024).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"id=nope")
        assert receive(connection).status == 612


@pytest.mark.parametrize("junk", [b"\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9\r\n\r\n", b"GE"])
def test_junk_does_no_harm(server: DevServer, junk: bytes) -> None:
    with connect(server) as connection:
        connection.sendall(junk)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert ask(server, "GET /healthz").status == 200


def test_a_bad_content_length_is_no_body(server: DevServer) -> None:
    for length in ("x", "-5"):
        reply = ask(server, "POST /status/get/prefop", headers=f"Content-Length: {length}\r\n")
        assert reply.status == 400


def test_many_requests_at_once(server: DevServer) -> None:
    def one(_: int) -> int:
        return requests.get(f"{server.url}/bkt/photo.jpg").status_code

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(one, range(64))) == {200}


def test_error_a_taken_port(server: DevServer) -> None:
    with pytest.raises(CannotListen, match=f"cannot listen on 127.0.0.1:{server.port}: .*; give another port"):
        DevServer(memory=True, port=server.port)
    with pytest.raises(CannotListen):
        DevServer(memory=True, port=70_000)


def test_closing_is_prompt_and_frees_the_port() -> None:
    server = DevServer(memory=True)
    server.start()
    with connect(server) as idle, connect(server) as used:
        send(used, "GET /healthz", host=host(server))
        receive(used)
        server.close()
        server.close()
        assert idle.recv(1) == b""
        assert used.recv(1) == b""
    again = DevServer(memory=True, port=server.port)
    again.close()


def test_the_address_is_bound_before_the_server_answers() -> None:
    server = DevServer(memory=True)
    with connect(server) as early:
        send(early, "GET /healthz", host=host(server))
        server.start()
        assert receive(early).status == 200
    server.close()


def test_ipv6() -> None:
    try:
        server = DevServer(memory=True, host="::1")
    except CannotListen:
        pytest.skip("this machine has no IPv6")
    with server:
        assert server.url == f"http://[::1]:{server.port}"
        assert requests.get(f"{server.url}/healthz").status_code == 200
