"""Promises the project makes about itself: what it imports, what it ships, what its pages point at."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import qiniufop

ROOT = Path(__file__).parent.parent

OPTIONAL = ["PIL", "imageio_ffmpeg", "segno", "markdown_it", "pypdfium2", "flask", "typer", "rich", "yaml", "httpx"]
OPTIONAL += ["libcst", "pytest", "qiniu", "hypothesis"]
PARTS_OF_EXTRAS = ["cli", "demo", "engine", "server", "testing"]

IMPORT_ALL_WITHOUT_EXTRAS = """
import importlib, json, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OPTIONAL:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

OPTIONAL, PARTS_OF_EXTRAS = (set(part) for part in json.loads(sys.argv[1]))
sys.meta_path.insert(0, Absent())
import qiniufop
from qiniufop.errors import MissingExtraError
troubles = {}
for module in pkgutil.walk_packages(qiniufop.__path__, "qiniufop.", onerror=lambda name: None):
    if module.name == "qiniufop.__main__":
        continue
    try:
        importlib.import_module(module.name)
    except MissingExtraError:
        pass
    except ModuleNotFoundError as error:
        if error.name not in OPTIONAL or module.ispkg or module.name.split(".")[1] not in PARTS_OF_EXTRAS:
            troubles[module.name] = repr(error)
    except Exception as error:
        troubles[module.name] = repr(error)
print(json.dumps(troubles))
"""


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a clone")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def run_python(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_language_and_the_client_import_without_the_extras() -> None:
    """So do the packages that extras belong to; only modules within them may need what the extra brings."""
    given = json.dumps([OPTIONAL, PARTS_OF_EXTRAS])
    assert json.loads(run_python("-c", IMPORT_ALL_WITHOUT_EXTRAS, given)) == {}


def test_importing_the_package_loads_nothing_it_may_not_need() -> None:
    unwanted = {*OPTIONAL, "requests", "asyncio", "sqlite3"}
    loaded = json.loads(run_python("-c", "import qiniufop, sys, json; print(json.dumps(sorted(sys.modules)))"))
    assert "qiniufop" in loaded
    assert unwanted & set(loaded) == set()


def test_modules_say_what_they_are_for() -> None:
    for path in Path(qiniufop.__file__).parent.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{path.name} has no docstring"


# Spelt with brackets so that the patterns do not match themselves.
MACHINE_PATHS = re.compile(
    r"/wor[k]/|(?<![\w./-])/roo[t]/|/hom[e]/\w+/|(?<!\w)/User[s]/\w+/|[A-Z]:\\User[s]|/tm[p]/\w+/|\.librar[y]\b"
)


def test_no_file_names_a_path_of_some_machine() -> None:
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = MACHINE_PATHS.search(text)
        line = text.count("\n", 0, found.start()) + 1 if found else 0
        assert found is None, f"{path.relative_to(ROOT)}:{line} names {found.group()}"


def test_local_links_of_pages_lead_somewhere() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    for path in tracked_files():
        if path.suffix != ".md":
            continue
        prose = re.sub(r"(?s)```.*?```|`[^`\n]*`", "", path.read_text(encoding="utf-8"))
        for target in link.findall(prose):
            assert (path.parent / target).exists(), f"{path.relative_to(ROOT)} points at {target}, which is not there"


def test_the_changelog_begins_with_this_version() -> None:
    version = re.search(r'(?m)^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    newest = re.search(r"(?m)^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    assert version is not None
    assert newest is not None
    assert newest.group(1) == version.group(1)


def test_the_package_says_that_it_is_typed() -> None:
    assert (Path(qiniufop.__file__).parent / "py.typed").exists()
