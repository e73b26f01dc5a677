"""The files that type checkers are run over say what they are meant to say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

TYPING = Path(__file__).parent / "typing"


def test_every_statement_of_the_bad_file_is_an_error_for_both_checkers() -> None:
    text = (TYPING / "bad.py").read_text()
    lines = text.splitlines()
    wrong = [node for node in ast.parse(text).body if isinstance(node, (ast.AnnAssign, ast.Assign))]
    assert len(wrong) >= 25
    for node in wrong:
        line = lines[node.lineno - 1]
        assert re.search(r"# type: ignore\[[\w, -]+\]", line), line
        assert re.search(r"# pyright: ignore\[\w+", line), line


def test_the_good_file_ignores_nothing() -> None:
    assert "ignore" not in (TYPING / "ok.py").read_text()


def test_what_is_generated_is_up_to_date() -> None:
    pytest.importorskip("ruff")
    script = TYPING.parent.parent / "scripts" / "generate.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
