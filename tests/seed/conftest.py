"""A dev server, and programs run against it with no time to lose."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from qiniufop import samples
from qiniufop.server import DevServer

Run = Callable[[str], list[str]]
"""Runs a program and returns what it printed."""


@pytest.fixture(scope="module")
def running() -> Iterator[DevServer]:
    with DevServer(
        memory=True,
        domains={"www.qiniu.com": "site"},
        templates=dict.fromkeys(("thumbnails", "workflow-template-123"), "imageView2/2/w/32|saveas/bWFkZTp3Zi5qcGc="),
        notify_pauses=(0.0, 0.0),
    ) as made:
        yield made


@pytest.fixture
def server(running: DevServer, monkeypatch: pytest.MonkeyPatch) -> DevServer:
    running.reset()
    running.put("site", "images/logo.png", samples.logo)
    monkeypatch.setenv("QINIUFOP_API_HOST", running.url)
    monkeypatch.setenv("QINIU_ACCESS_KEY", running.access_key)
    monkeypatch.setenv("QINIU_SECRET_KEY", running.secret_key)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return running


@pytest.fixture
def run(server: DevServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a program and returns what it printed. To sleep is to let the server finish, to wait for Enter as well."""

    threads: list[threading.Thread] = []

    def start(*args: Any, **options: Any) -> threading.Thread:
        threads.append(threading.Thread(*args, **options))
        return threads[-1]

    def end(_: str) -> str:
        for thread in threads:
            thread.join(60)
        return ""

    def run(program: str) -> list[str]:
        changed = re.sub(r"\bfrom qiniu import", "from qiniufop.compat import", program)
        changed = changed.replace("time.sleep(", "pause(").replace("threading.Thread(", "start(")
        names: dict[str, Any] = {
            "access_key": server.access_key,
            "secret_key": server.secret_key,
            "pause": lambda _: server.drain(),
            "start": start,
            "input": end,
        }
        exec(compile(changed, "program", "exec"), names)
        server.drain()
        return capsys.readouterr().out.splitlines()

    return run
