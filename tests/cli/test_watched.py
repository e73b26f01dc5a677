"""Where a person watches: colour, progress and lines that fit; where nobody does: none of it."""

import os
import re
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from qiniufop.server import DevServer

if os.name == "nt":
    pytest.skip("needs a pseudo-terminal", allow_module_level=True)

import pty
import subprocess

_STYLES = re.compile(r"\x1b\[[0-9;]*m")
SAMPLES = Path(__file__).parent.parent.parent / "src" / "qiniufop" / "samples"


def watched(*arguments: str, env: dict[str, str] | None = None, columns: int = 80) -> tuple[str, int]:
    """What a terminal gets to see of a command, and its exit code."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("QINIU", "NO_COLOR"))}
    primary, secondary = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "qiniufop", *arguments],
        stdin=secondary,
        stdout=secondary,
        stderr=secondary,
        env={**clean, "TERM": "xterm-256color", "COLUMNS": str(columns), **(env or {})},
        close_fds=True,
    )
    os.close(secondary)
    seen = bytearray()
    while True:
        try:
            chunk = os.read(primary, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not chunk:
            break
        seen += chunk
    os.close(primary)
    return seen.decode(), process.wait(60)


def test_an_error_is_coloured(cli):
    text, code = watched("parse", "imageView2/2/w/8oo")
    assert "\x1b[1;31merror: \x1b[0mimageView2: w cannot be '8oo'" in text
    assert "\x1b[1;31m^^^\x1b[0m" in text
    assert code == 2
    assert "\x1b[3" not in watched("parse", "imageView2/2/w/8oo", env={"NO_COLOR": "1"})[0]


def test_long_explanations_are_wrapped_for_the_terminal_only(cli):
    text, _ = watched("explain", "imageView2/2/w/200|saveas/Ymt0", columns=60)
    lines = [line.rstrip() for line in _STYLES.sub("", text).splitlines() if "https://" not in line]
    assert 50 < max(map(cell_len, lines)) <= 60
    assert max(len(line) for line in cli("explain", "imageView2/2/w/200").stdout.splitlines()) > 100


def test_progress_of_a_run_is_shown_to_a_person_only(cli, tmp_path):
    arguments = ["run", str(SAMPLES / "clip.mp4"), "avthumb/mp4/s/160x90", "-o", str(tmp_path / "a.mp4")]
    text, code = watched(*arguments)
    assert code == 0
    assert "avthumb/mp4/s/160x90" in text
    assert "%" in text
    piped = cli(*arguments)
    assert "%" not in piped.stderr
    assert "\x1b" not in piped.stderr + piped.stdout


def test_progress_of_waiting_is_shown_to_a_person_only(cli):
    with DevServer(memory=True) as server:
        server.put("photos", "cat.jpg", SAMPLES / "photo.jpg")
        env = {
            "QINIU_ACCESS_KEY": server.access_key,
            "QINIU_SECRET_KEY": server.secret_key,
            "QINIUFOP_API_HOST": server.url,
            "NO_PROXY": "127.0.0.1",
        }
        id = server.submit("photos", "cat.jpg", "imageInfo;imageAve")
        text, code = watched("wait", id, env=env)
        piped = cli("wait", id, env=env)
    assert code == 0
    seen = _STYLES.sub("", text)
    assert f" {id}  waiting" in seen or f" {id}  succeeded  2 of 2 commands done" in seen
    assert piped.stderr == ""
    assert "commands done" not in piped.stdout


def test_a_picture_is_not_written_to_a_terminal():
    text, code = watched("run", str(SAMPLES / "photo.jpg"), "imageView2/2/w/9", "-o", "-", env={"NO_COLOR": "1"})
    assert "the result would garble the terminal: redirect it, or give a file with -o" in text.replace("\r\n", " ")
    assert code == 2


def test_without_a_command_a_person_is_told_and_not_kept_waiting():
    text, code = watched("parse", env={"NO_COLOR": "1"})
    assert "no command: give one in quotes, or '-' to read it from standard input" in text
    assert code == 2
