from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import requests

from qiniufop import ImageView2, Saveas
from qiniufop.errors import MissingExtraError
from qiniufop.server import (
    ACCESS_KEY,
    SECRET_KEY,
    CannotListen,
    DevServer,
    Emulator,
    NoSuchObject,
    StoreError,
    StoreInUse,
    serve,
)

from .conftest import PHOTO
from .test_api import Gated

PROGRAM = "import sys; from qiniufop.server import serve; serve(port=0, root=sys.argv[1], seed=sys.argv[2] or None)"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent as elsewhere only")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_until_a_signal(tmp_path: Path, number: signal.Signals) -> None:
    seed = tmp_path / "seed" / "photos"
    seed.mkdir(parents=True)
    (seed / "cat.jpg").write_bytes(PHOTO.read_bytes())
    root = tmp_path / "root"
    command = [sys.executable, "-u", "-c", PROGRAM, str(root), str(seed.parent)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline().strip() for _ in range(5)]
        try:
            assert lines[0].startswith("qiniufop dev server ")
            assert lines[1] == f"objects     in {root}"
            assert lines[2:4] == [f"access key  {ACCESS_KEY}", f"secret key  {SECRET_KEY} (public, for tests)"]
            label, _, url = lines[4].partition("   ")
            assert label == "listening"
            assert requests.get(f"{url}/photos/cat.jpg?imageInfo").json()["width"] == 640
        finally:
            process.send_signal(number)
        assert process.stdout.read() == "stopped\n"
        assert process.wait(20) == 0
        assert process.stderr.read() == ""
    assert (root / "photos" / "cat.jpg").is_file()


def test_serving_in_a_thread() -> None:
    said: list[str] = []
    urls: list[str] = []

    def ready(server: DevServer) -> None:
        urls.append(server.url)
        assert requests.get(f"{server.url}/healthz").status_code == 200
        raise KeyboardInterrupt

    def run() -> None:
        with pytest.raises(KeyboardInterrupt):
            serve(port=0, memory=True, auth=False, say=said.append, ready=ready)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert said[1:] == ["objects     in memory", "signatures  are not checked", f"listening   {urls[0]}"]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{urls[0]}/healthz")


def test_keys_of_ones_own_are_not_printed() -> None:
    said: list[str] = []

    def ready(server: DevServer) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(port=0, access_key="mine", secret_key="very-secret", say=said.append, ready=ready)
    assert "access key  mine" in said
    assert "very-secret" not in " ".join(said)
    assert said[1] == "objects     in a temporary folder, removed at the end"


def test_a_cut_off_job_runs_after_a_restart(tmp_path: Path) -> None:
    engine = Gated()
    with DevServer(tmp_path, engine=engine) as server:
        server.put("bkt", "photo.jpg", PHOTO)
        with server.client() as client:
            id_ = client.submit("bkt", "photo.jpg", ImageView2(mode=2, w=64) | Saveas("bkt", "small.jpg")).id
        assert engine.entered.wait(30)
    with DevServer(tmp_path) as server:
        server.drain()
        job = server.job(id_)
        assert job is not None
        assert job.code == 0
        assert (tmp_path / "bkt" / "small.jpg").is_file()
    engine.go.set()


def test_error_one_folder_has_one_server(tmp_path: Path) -> None:
    with DevServer(tmp_path), pytest.raises(StoreInUse, match="another server works in"):
        DevServer(tmp_path)
    with DevServer(tmp_path):
        pass


def test_a_port_that_is_taken_leaves_the_folder_free(tmp_path: Path) -> None:
    with DevServer(memory=True) as first:
        with pytest.raises(CannotListen):
            DevServer(tmp_path, port=first.port)
        with DevServer(tmp_path):
            pass


def test_error_a_seed_that_is_missing_leaves_the_folder_free(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"there is no folder .* to take objects from"):
        DevServer(tmp_path, seed=tmp_path / "none")
    with DevServer(tmp_path):
        pass


def test_a_temporary_folder_is_removed() -> None:
    with Emulator() as emulator:
        emulator.put("bkt", "k", b"x")
        staging = emulator.state.store.staging
        assert staging is not None
        assert staging.is_dir()
    assert not staging.parents[1].exists()


def test_objects_in_code(server: DevServer) -> None:
    server.put("bkt", "a", b"1", mime="text/x-own")
    server.put("bkt", "b.jpg", str(PHOTO))
    assert server.get("bkt", "a") == b"1"
    assert server.keys("bkt") == ["a", "b.jpg", "photo.jpg"]
    with pytest.raises(NoSuchObject, match=r"there is no kodo://bkt/c; the bucket has a, b\.jpg, photo\.jpg"):
        server.get("bkt", "c")
    with pytest.raises(NoSuchObject, match="the bucket has no objects"):
        server.get("none", "c")


def test_error_draining_takes_too_long() -> None:
    engine = Gated()
    with Emulator(memory=True, engine=engine) as emulator:
        emulator.put("bkt", "photo.jpg", PHOTO)
        emulator.submit("bkt", "photo.jpg", "imageInfo")
        with pytest.raises(TimeoutError, match=r"1 jobs have not ended after 0\.01 s"):
            emulator.drain(0.01)
        engine.go.set()
        emulator.drain()


def test_a_reset_drops_what_still_runs() -> None:
    engine = Gated()
    with Emulator(memory=True, engine=engine) as emulator:
        emulator.put("bkt", "photo.jpg", PHOTO)
        emulator.submit("bkt", "photo.jpg", "imageView2/2/w/64")
        assert engine.entered.wait(30)
        emulator.reset()
        emulator.put("bkt", "photo.jpg", PHOTO)
        engine.go.set()
        emulator.submit("bkt", "photo.jpg", "imageInfo")
        emulator.drain()
        assert emulator.keys("bkt") == ["photo.jpg"]


def test_error_root_and_memory() -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        Emulator("somewhere", memory=True)


def test_error_flask_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [n for n in sys.modules if n == "flask" or n.startswith(("flask.", "qiniufop.server."))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "flask", None)
    import importlib

    emulator = importlib.import_module("qiniufop.server.emulator")
    with pytest.raises(MissingExtraError, match=r"the dev server needs more packages: pip install 'qiniufop\[local\]'"):
        emulator.Emulator(memory=True)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for ffmpeg is a shell script")
def test_closing_ends_the_programs_that_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo, program = tmp_path / "fifo", tmp_path / "endless"
    os.mkfifo(fifo)
    program.write_text(f"#!/bin/sh\necho $$ > {fifo}\nexec sleep 1000\n")
    program.chmod(0o755)
    monkeypatch.setenv("QINIUFOP_FFMPEG", str(program))
    with DevServer(tmp_path / "root") as server:
        server.put("bkt", "clip.mp4", PHOTO.with_name("clip.mp4"))
        id_ = server.submit("bkt", "clip.mp4", "avthumb/mp4")
        process = int(fifo.read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    with DevServer(tmp_path / "root") as server:
        job = server.job(id_)
        assert job is not None
        assert job.code in (1, 2)
        int(fifo.read_text())
