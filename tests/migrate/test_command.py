"""``qiniufop migrate`` as a program is used."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qiniufop.cli.app import app

OLD = 'from qiniu import build_op, op_save\n\nprint(op_save(build_op("imageView2", "2", w=200), "bkt", "small.jpg"))\n'
NEW = 'from qiniufop import ImageView2, Saveas\n\nprint(ImageView2(mode=2, w=200) | Saveas("bkt", "small.jpg"))\n'
FINE = "print('nothing to do')\n"


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(app, ["migrate", *arguments], input=stdin, prog_name="qiniufop")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "old.py").write_bytes(OLD.encode())
    (tmp_path / "jobs" / "fine.py").write_text(FINE)
    (tmp_path / "jobs" / "notes.txt").write_text("avthumb/mp4")
    (tmp_path / "jobs" / ".hidden").mkdir()
    (tmp_path / "jobs" / ".hidden" / "old.py").write_text(OLD)
    return tmp_path / "jobs"


def test_a_directory_is_rewritten_in_place(folder: Path) -> None:
    result = run("jobs")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        'jobs/old.py:3: op_save(build_op("imageView2", "2", w=200), "bkt", "small.j…',
        "    the same is sent",
        "2 files read: 1 rewritten",
    ]
    assert (folder / "old.py").read_bytes() == NEW.encode()
    assert (folder / "fine.py").read_text() == FINE
    assert (folder / ".hidden" / "old.py").read_text() == OLD
    assert run("jobs").stderr == "2 files read: none rewritten\n"


def test_diff_and_check_change_nothing(folder: Path) -> None:
    shown = run("--diff", "--quiet", "jobs/old.py")
    assert (shown.exit_code, shown.stderr) == (0, "1 file read: 1 would change\n")
    assert shown.stdout.startswith("--- a/jobs/old.py\n+++ b/jobs/old.py\n@@ -1,3 +1,3 @@\n-from qiniu import")
    assert run("--check", "jobs").exit_code == 1
    assert run("--check", "jobs/fine.py").exit_code == 0
    assert (folder / "old.py").read_text() == OLD


def test_a_pipe() -> None:
    result = run("-", stdin=OLD)
    assert (result.exit_code, result.stdout) == (0, NEW)
    assert run("--check", "-", stdin=OLD).stdout == ""


def test_json(folder: Path) -> None:
    result = run("--json", "--check", "jobs/old.py")
    (found,) = json.loads(result.stdout)
    assert (found["file"], found["changed"]) == ("jobs/old.py", True)
    assert found["remarks"][0]["wire"] == "imageView2/2/w/200|saveas/Ymt0OnNtYWxsLmpwZw=="
    assert (folder / "old.py").read_text() == OLD


def test_error_files_that_cannot_be_read(folder: Path) -> None:
    (folder / "bad.py").write_text("x = 1\ndef (\n")
    for what, message in (
        ("none.py", "there is no file none.py"),
        ("jobs/bad.py", "jobs/bad.py: line 2: not valid Python"),
    ):
        result = run(what)
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"error: {message}\n")
    assert run("jobs").exit_code == 2
    assert (folder / "old.py").read_text() == OLD


def test_without_libcst_one_line_says_what_to_install(tmp_path: Path) -> None:
    hide = (
        "import sys\n"
        "class Absent:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'libcst':\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Absent())\n"
        "from qiniufop.cli import main\n"
        "sys.exit(main(['migrate', '-']))\n"
    )
    done = subprocess.run([sys.executable, "-c", hide], input=OLD, capture_output=True, text=True, check=False)
    assert done.stderr == "error: migrating programs needs more packages: pip install 'qiniufop[migrate]'\n"
    assert (done.returncode, done.stdout) == (2, "")
