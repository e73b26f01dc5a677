"""The parts of scripts/bootstrap.py that decide; making environments is proved by continuous integration itself."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / "scripts" / "bootstrap.py"


@pytest.fixture(scope="module")
def bootstrap() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_error_python_too_old(bootstrap: ModuleType) -> None:
    with pytest.raises(bootstrap.SetupError) as caught:
        bootstrap.check_version((3, 9, 2))
    assert str(caught.value) == (
        "Python 3.10 or newer is needed and this is 3.9; run the same line with a newer one, for example python3.12."
    )
    bootstrap.check_version((3, 10, 0))
    bootstrap.check_version((4, 0, 0))


def test_minimum_is_the_projects_own(bootstrap: ModuleType) -> None:
    assert f'requires-python = ">={".".join(map(str, bootstrap.MINIMUM))}"' in (ROOT / "pyproject.toml").read_text()


def test_every_level_names_real_extras(bootstrap: ModuleType) -> None:
    text = (ROOT / "pyproject.toml").read_text()
    for extras in bootstrap.EXTRAS.values():
        for extra in extras.split(","):
            assert f"\n{extra} = [" in text


@pytest.mark.parametrize(
    ("names", "stamp", "expected"),
    [
        ([], {}, True),
        (["pip"], {}, True),
        (["Pip", "setuptools", "wheel", "pkg_resources"], {}, True),
        (["pip", "django"], {}, False),
        (["pip", "django"], {"root": "/here"}, True),
        (["pip", "django"], {"root": "/elsewhere"}, False),
    ],
)
def test_only_an_empty_environment_or_our_own_is_filled(
    bootstrap: ModuleType, names: list[str], stamp: dict[str, str], expected: bool
) -> None:
    assert bootstrap.may_use(names, stamp, "/here") is expected


@pytest.mark.parametrize(
    ("installed", "asked", "expected"),
    [
        ("demo", "demo", True),
        ("demo", "test", False),
        ("dev", "demo", True),
        ("test", "dev", False),
        ("?", "demo", False),
    ],
)
def test_a_stamp_answers_for_what_its_level_includes(
    bootstrap: ModuleType, installed: str, asked: str, expected: bool
) -> None:
    assert bootstrap.is_ready({"mark": "m", "level": installed}, asked, "m") is expected
    assert not bootstrap.is_ready({"mark": "old", "level": installed}, asked, "m")


def test_a_missing_or_damaged_stamp_is_no_stamp(bootstrap: ModuleType, tmp_path: Path) -> None:
    assert bootstrap.read_stamp(str(tmp_path)) == {}
    stamp = tmp_path / bootstrap.STAMP
    for damaged in ("{", "[]", ""):
        stamp.write_text(damaged)
        assert bootstrap.read_stamp(str(tmp_path)) == {}
    stamp.write_text(json.dumps({"level": "demo"}))
    assert bootstrap.read_stamp(str(tmp_path)) == {"level": "demo"}


def test_fingerprint_follows_the_dependencies_and_the_place(bootstrap: ModuleType, tmp_path: Path) -> None:
    marks: set[str] = set()
    for folder, text in (("a", "one"), ("a", "two"), ("b", "one")):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "pyproject.toml").write_text(text)
        marks.add(bootstrap.fingerprint(str(tmp_path / folder)))
    assert len(marks) == 3


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        (
            "WARNING: Retrying after connection broken by 'NewConnectionError(...)'",
            "The package index could not be reached while installing it; check the network, "
            "or name another index in PIP_INDEX_URL, then run the same line again.",
        ),
        ("OSError: [Errno 28] No space left on device", "The disk is full: installing it failed."),
        (
            "ERROR: No matching distribution found for segno",
            "The package index has no build of something it needs for this machine and "
            f"Python {sys.version.split()[0]}; pip's own message is above.",
        ),
        ("anything else", "Installing it failed; pip's own message is above."),
    ],
)
def test_error_pip_failed(bootstrap: ModuleType, output: str, expected: str) -> None:
    assert bootstrap.explain(output, "it") == expected


def test_packages_are_not_sent_elsewhere(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV", "PIP_USER"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("PIP_INDEX_URL", "https://example.com/simple")
    environ = bootstrap.clean_environ()
    assert environ["PIP_USER"] == "0"
    assert environ["PIP_INDEX_URL"] == "https://example.com/simple"
    assert not {"PYTHONHOME", "PYTHONPATH", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"} & set(environ)


def test_interpreter_path_on_each_system(bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "WINDOWS", False)
    assert Path(bootstrap.env_python("env")) == Path("env/bin/python")
    monkeypatch.setattr(bootstrap, "WINDOWS", True)
    assert Path(bootstrap.env_python("env")) == Path("env/Scripts/python.exe")


def test_error_wrong_usage_prints_the_help_on_stderr() -> None:
    for arguments in ([], ["dmeo"], ["setup", "everything"]):
        done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (2, "")
        assert "bootstrap.py demo [ARGS]" in done.stderr
    done = subprocess.run([sys.executable, str(SCRIPT), "--help"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "bootstrap.py test [ARGS]" in done.stdout
