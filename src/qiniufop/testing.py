"""pytest fixtures, there as soon as qiniufop is installed.

* ``qiniufop_server`` is one :class:`~qiniufop.server.DevServer` for the whole session. Nothing of it touches the disk
  but what commands need while they run.
* ``qiniufop_client`` is a client of that server, and the server is empty at the beginning of the test: no objects,
  jobs or faults are left from another. The client's bucket, ``test-bucket``, is there.

::

    def test_thumbnail(qiniufop_server, qiniufop_client):
        qiniufop_server.put("test-bucket", "cat.jpg", Path("cat.jpg"))
        qiniufop_client.submit("test-bucket", "cat.jpg", "imageView2/2/w/200|saveas/dGVzdC1idWNrZXQ6c21hbGwuanBn")
        qiniufop_server.drain()
        assert qiniufop_server.get("test-bucket", "small.jpg")

The fixtures need the extra ``local``; without it they raise :class:`~qiniufop.errors.MissingExtraError`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client.client import Client
    from .server import DevServer

BUCKET = "test-bucket"
"""The bucket of ``qiniufop_client``."""


@pytest.fixture(scope="session")
def qiniufop_server() -> Iterator[DevServer]:
    """A dev server for the session, on a free port of this machine."""
    from .server import DevServer

    with DevServer(memory=True) as server:
        yield server


@pytest.fixture
def qiniufop_client(qiniufop_server: DevServer) -> Iterator[Client]:
    """A client of the server, which this fixture empties first; its bucket is ``test-bucket``."""
    qiniufop_server.reset()
    qiniufop_server.state.store.create_bucket(BUCKET)
    with qiniufop_server.client(bucket=BUCKET) as client:
        yield client
