from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from qiniufop import ImageView2, Saveas
from qiniufop.client.client import Client
from qiniufop.server import DevServer

PHOTO = Path(__file__).parents[1] / "src" / "qiniufop" / "samples" / "photo.jpg"


@pytest.mark.parametrize("attempt", [1, 2])
def test_each_test_begins_with_an_empty_server(
    qiniufop_server: DevServer, qiniufop_client: Client, attempt: int
) -> None:
    assert qiniufop_server.state.store.buckets() == ["test-bucket"]
    assert qiniufop_server.keys("test-bucket") == []
    assert qiniufop_server.state.jobs.recent() == []
    assert qiniufop_server.faults.show()["faults"] == []
    qiniufop_server.put("test-bucket", "photo.jpg", PHOTO)
    qiniufop_server.faults.add("status", on="query")
    job = qiniufop_client.submit("test-bucket", "photo.jpg", ImageView2(mode=2, w=64) | Saveas("test-bucket", "s.jpg"))
    qiniufop_server.drain()
    assert job.refresh().code == 0
    assert qiniufop_server.get("test-bucket", "s.jpg").startswith(b"\xff\xd8")


def test_the_plugin_costs_nothing_until_it_is_used() -> None:
    code = (
        "import sys, qiniufop.testing; "
        "heavy = {'PIL', 'flask', 'werkzeug', 'requests', 'pydantic', 'sqlite3'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_pytest_finds_the_fixtures_by_itself(pytestconfig: pytest.Config) -> None:
    assert pytestconfig.pluginmanager.has_plugin("qiniufop")
