"""qiniufop serve, as a program that is started, asked and stopped."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parent.parent.parent / "src" / "qiniufop" / "samples"


@contextmanager
def serving(
    *options: str, env: dict[str, str] | None = None
) -> Iterator[tuple[dict[str, Any], "subprocess.Popen[str]"]]:
    """A server of its own, what it says about itself, and its process."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QINIU")}
    process = subprocess.Popen(
        [sys.executable, "-m", "qiniufop", "serve", "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**clean, **(env or {})},
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            pytest.fail(process.communicate()[1])
        yield json.loads(line), process
    finally:
        process.kill()
        process.communicate()


def test_options_come_from_the_environment_and_a_job_runs(cli, tmp_path):
    (tmp_path / "seed" / "photos").mkdir(parents=True)
    shutil.copy(SAMPLES / "photo.jpg", tmp_path / "seed" / "photos" / "cat.jpg")
    env = {
        "QINIUFOP_SERVE_PORT": "0",
        "QINIUFOP_SERVE_ROOT": str(tmp_path / "root"),
        "QINIUFOP_SERVE_SEED": str(tmp_path / "seed"),
        "QINIUFOP_SERVE_ACCESS_KEY": "mine",
        "QINIUFOP_SERVE_SECRET_KEY": "very-secret",
    }
    with serving(env=env) as (facts, process):
        assert (facts["access_key"], facts["secret_key"]) == ("mine", "very-secret")
        keys = {"QINIU_ACCESS_KEY": "mine", "QINIU_SECRET_KEY": "very-secret", "NO_PROXY": "127.0.0.1"}
        fops = "imageView2/2/w/48|saveas/cGhvdG9zOnNtYWxsLmpwZw=="
        done = cli("submit", "photos", "cat.jpg", fops, "--wait", "--api-host", facts["url"], env=keys)
        assert done.exit_code == 0, done.stderr
        assert (tmp_path / "root" / "photos" / "small.jpg").is_file()
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
        assert process.returncode == 0 or os.name == "nt"
    assert said.splitlines()[-1] == "stopped" or os.name == "nt"
    assert "very-secret" not in said


def test_no_auth_and_memory():
    with serving("--memory", "--no-auth", "--port", "0") as (facts, _):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        body = b"bucket=photos&key=cat.jpg&fops=imageInfo"
        with pytest.raises(urllib.error.HTTPError) as refused:
            opener.open(f"{facts['url']}/pfop/", body)
        refused.value.close()
        assert refused.value.code in (404, 612, 631)  # not 401: the object is missing, the signature is not missed


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_it_well():
    with serving("--memory", "--port", "0") as (_, process):
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_error_of_a_port_that_is_taken(cli):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = cli("serve", "--memory", "--port", str(port))
    assert result.stderr.startswith(f"error: cannot listen on 127.0.0.1:{port}: ")
    assert result.stderr.endswith("; give another port, or 0 for a free one\n")
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--memory", "--root", "objects"], "--memory and --root exclude each other"),
        (["--access-key", "a"], "--access-key and --secret-key need each other"),
    ],
)
def test_error_of_options_that_exclude_each_other(cli, options, said):
    result = cli("serve", *options)
    assert (result.stderr, result.exit_code) == (f"error: {said}\n", 2)
