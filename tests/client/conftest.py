"""A fault server and a client that talks to it, in time that only passes when the client sleeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qiniufop.client.client import Client

from .fault_server import Clock, FaultServer


@pytest.fixture
def server() -> Iterator[FaultServer]:
    server = FaultServer()
    yield server
    server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(server: FaultServer, clock: Clock) -> Iterator[Client]:
    with Client("AK_TEST", "SK_TEST", api_host=server.url, sleep=clock.sleep, clock=clock, timeout=2) as client:
        yield client
