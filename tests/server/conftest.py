from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qiniufop.server import DevServer

PHOTO = Path(__file__).parents[2] / "src" / "qiniufop" / "samples" / "photo.jpg"


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    """One server for a module; use ``server``, which empties it."""
    with DevServer(memory=True, notify_pauses=(0.0, 0.0)) as made:
        yield made


@pytest.fixture
def server(running: DevServer) -> DevServer:
    running.reset()
    running.put("bkt", "photo.jpg", PHOTO)
    return running
