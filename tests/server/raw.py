"""Requests written by hand, which no client library tidies."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from http.client import HTTPResponse

from qiniufop.server import DevServer


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes


def connect(server: DevServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def send(connection: socket.socket, line: str, *, host: str, headers: str = "", body: bytes = b"") -> None:
    head = f"{line} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n"
    connection.sendall(head.encode() + body)


def receive(connection: socket.socket, method: str = "GET") -> Reply:
    response = HTTPResponse(connection, method=method)
    response.begin()
    headers = {k.lower(): v for k, v in response.getheaders()}
    reply = Reply(response.status, headers, response.read())
    response.close()
    return reply


def ask(server: DevServer, line: str, *, host: str = "", headers: str = "", body: bytes = b"") -> Reply:
    """One request on a connection of its own; ``line`` is method and target."""
    with connect(server) as connection:
        send(connection, line, host=host or f"127.0.0.1:{server.port}", headers=headers, body=body)
        return receive(connection, line.partition(" ")[0])
