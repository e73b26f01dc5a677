"""A fault server and clients that talk to it, in time that only passes when a client sleeps.

Every test that uses ``make`` or ``client`` runs twice: on the sync client and on the async one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qiniufop.client.client import Client

from .blocking import BlockingClient
from .fault_server import Clock, FaultServer

Make = Callable[..., Any]


@pytest.fixture
def server() -> Iterator[FaultServer]:
    server = FaultServer()
    yield server
    server.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sync", "async"])
def make(request: pytest.FixtureRequest, server: FaultServer, clock: Clock) -> Iterator[Make]:
    """Makes a client, of the server and in the clock's time unless told otherwise."""
    made: list[Any] = []

    def make(access_key: str = "AK_TEST", secret_key: str = "SK_TEST", **options: Any) -> Any:
        options = {"api_host": server.url, "sleep": clock.sleep, "clock": clock, "timeout": 2, **options}
        client = (Client if request.param == "sync" else BlockingClient)(access_key, secret_key, **options)
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make: Make) -> Any:
    return make()
