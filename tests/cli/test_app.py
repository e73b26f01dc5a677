"""The program as a whole: its help, its pages, how light it starts, and where it has no terminal."""

import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import qiniufop
from qiniufop.cli import commands
from qiniufop.cli.app import EXIT_CODES, PANELS, build

ROOT = Path(__file__).parent.parent.parent
NAMES = [module.name for module in iter_modules(commands.__path__)]
PAGES = [ROOT / "docs" / "cli.md", ROOT / "docs" / "zh" / "cli.md"]

WITHOUT = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("typer", "rich", "click"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from qiniufop.cli import main
sys.exit(main(["parse", "imageInfo"]))
"""

LOADED = """
import sys, json
from qiniufop.cli import main
main(["parse", "--json", "imageView2/2/w/200"])
print(json.dumps(sorted(sys.modules)))
"""


def options_of(name: str) -> list[str]:
    return [option for parameter in build(name).params for option in parameter.opts if option.startswith("--")]


def test_without_typer_one_line_says_what_to_install():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)
    assert done.stderr == "qiniufop: the command line needs more packages: pip install 'qiniufop[cli]'\n"
    assert (done.returncode, done.stdout) == (2, "")


def test_python_m(program):
    done = program("parse", "--canonical", "imageInfo")
    assert (done.stdout, done.stderr, done.returncode) == ("imageInfo\n", "", 0)
    assert program("--version").stdout == f"qiniufop {qiniufop.__version__}\n"


def test_exit_code_and_error_of_the_program(program):
    done = program("parse", "imageVeiw2/2/w/1")
    assert done.stderr == (
        "error: unknown operation 'imageVeiw2'; did you mean 'imageView2'?\n    imageVeiw2/2/w/1\n    ^^^^^^^^^^\n"
    )
    assert (done.stdout, done.returncode) == ("", 2)


def test_parsing_loads_neither_engine_nor_client_nor_terminal():
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "qiniufop.cli.commands.parse" in loaded
    others = {f"qiniufop.cli.commands.{name}" for name in NAMES} - {"qiniufop.cli.commands.parse"}
    unwanted = {
        "requests",
        "PIL",
        "flask",
        "yaml",
        "rich.tree",
        "qiniufop.client",
        "qiniufop.engine",
        "qiniufop.server",
    }
    assert loaded & (others | unwanted) == set()


def test_help_lists_every_command(cli):
    shown = cli("--help").stdout
    assert all(re.search(rf"│ {name} +\w", shown) for name in NAMES)
    assert " ".join(EXIT_CODES.split()) in " ".join(shown.split())
    bare = cli()
    assert (bare.stdout + bare.stderr).strip() == shown.strip()
    panels = [import_module(f"qiniufop.cli.commands.{name}").PANEL for name in NAMES]
    assert set(panels) == set(PANELS)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_help_with_examples(cli, name):
    result = cli(name, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    for example, what in import_module(f"qiniufop.cli.commands.{name}").EXAMPLES:
        assert "qiniufop " in example
        assert f"   # {what}\n   {example}\n" in result.stdout
    for parameter in build(name).params:
        assert parameter.help, f"{name} {parameter.name}"
    assert cli(name, "-h").stdout == result.stdout


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
@pytest.mark.parametrize("name", NAMES)
def test_every_command_and_option_is_documented(page, name):
    text = page.read_text(encoding="utf-8")
    section = re.search(rf"(?ms)^### `qiniufop {name}`.*?(?=^###? |\Z)", text)
    assert section is not None, f"{page.name} has no section on {name}"
    missing = [option for option in options_of(name) if f"`{option}" not in section[0] and option != "--help"]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=["en", "zh"])
def test_the_page_names_no_option_that_does_not_exist(page):
    known = {option for name in NAMES for option in options_of(name)} | {"--help", "--version", "--install-completion"}
    assert set(re.findall(r"`(--[a-z-]+)", page.read_text(encoding="utf-8"))) <= known


def test_error_of_an_unknown_command_or_option(cli):
    for arguments in (["prase"], ["parse", "--jsn", "exif"], ["ops", "--json", "a", "b"], ["wait"]):
        result = cli(*arguments)
        assert result.exit_code == 2
        assert "Traceback" not in result.stderr
        assert result.stdout == ""


def test_output_that_is_piped_where_text_is_not_unicode_is_still_whole(program):
    text = str(qiniufop.Saveas("bkt", "照片.jpg"))
    done = program("parse", text, env={"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"})
    assert done.returncode == 0, done.stderr
    assert "\\u7167\\u7247.jpg" in done.stdout or "照片.jpg" in done.stdout
    assert "照片.jpg" in program("parse", text, env={"PYTHONUTF8": "1"}).stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes break in another way")
def test_a_reader_who_has_seen_enough_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "qiniufop", "parse", "exif"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(30) == 141


def test_demo(cli, tmp_path):
    result = cli("demo", "--out", str(tmp_path / "demo"), "--json")
    assert result.exit_code == 0, result.stderr
    data = json.loads(result.stdout)
    assert all(Path(path).is_file() for path in [*data["files"], data["sheet"], data["page"]])
    assert result.stderr != ""
