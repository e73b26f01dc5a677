"""The command line as tests use it: in this process, or as a program of its own."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qiniufop.cli.app import app
from qiniufop.server import DevServer

SAMPLES = Path(__file__).parent.parent.parent / "src" / "qiniufop" / "samples"

Cli = Callable[..., Result]
Program = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Runs a command line in this process, as if piped; ``stdin=`` is its input, ``env=`` more environment."""
    for name in [name for name in os.environ if name.startswith(("QINIU", "FORCE_COLOR"))]:
        monkeypatch.delenv(name)

    def run(*arguments: str, stdin: str | None = None, env: dict[str, str] | None = None) -> Result:
        return CliRunner().invoke(app, list(arguments), input=stdin, env=env, prog_name="qiniufop")

    return run


@pytest.fixture
def program() -> Program:
    """Runs ``python -m qiniufop`` as a process of its own."""

    def run(*arguments: str, env: dict[str, str] | None = None, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        clean = {name: value for name, value in os.environ.items() if not name.startswith("QINIU")}
        return subprocess.run(
            [sys.executable, "-m", "qiniufop", *arguments],
            env={**clean, **(env or {})},
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    return run


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> Iterator[DevServer]:
    """A dev server over HTTP with ``photos:cat.jpg``; the environment leads the command line to it."""
    with DevServer(memory=True) as dev:
        dev.put("photos", "cat.jpg", SAMPLES / "photo.jpg")
        monkeypatch.setenv("QINIU_ACCESS_KEY", dev.access_key)
        monkeypatch.setenv("QINIU_SECRET_KEY", dev.secret_key)
        monkeypatch.setenv("QINIUFOP_API_HOST", dev.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield dev


def errors(result: Result) -> Sequence[str]:
    """What was said on stderr, line by line."""
    return result.stderr.splitlines()
