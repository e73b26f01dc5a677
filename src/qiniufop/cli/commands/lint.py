"""``qiniufop lint``."""

from __future__ import annotations

import os
import sys
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from .. import console
from ..arguments import Strictness, Unknown
from ..failure import FAILED, UsageError, drawn
from ..toolkit import typer

if TYPE_CHECKING:
    from ...diagnostics import Diagnostic
    from ...lint.report import Checked
    from ...lint.sources import Found

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop lint 'avthumb/mp4/s/640x360'", "a command"),
    ("qiniufop lint src/ config.yaml", "every command in these sources"),
    ("qiniufop lint --fix src/", "and correct what is certain, in place"),
    ("qiniufop lint --format sarif src/ > lint.sarif", "for code scanning"),
    ("cat fops.txt | qiniufop lint -", "one command a line, from standard input"),
)


class Format(str, Enum):
    """How to print what was found."""

    human = "human"
    json = "json"
    sarif = "sarif"


class Level(str, Enum):
    """How grave a remark is."""

    error = "error"
    warning = "warning"
    advice = "advice"


class Place(str, Enum):
    """Where commands are going to be used."""

    any = "any"
    job = "job"
    idle_job = "idle-job"
    url = "url"
    style = "style"


def lint(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="FOPS|PATH...", help="Commands, files or directories; '-' reads standard input.", show_default=False
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Correct what is certain: files in place, commands on stdout.")
    ] = False,
    output: Annotated[Format, typer.Option("--format", "-f", help="How to print what was found.")] = Format.human,
    where: Annotated[Place, typer.Option(help="Where the commands are going to be used.")] = Place.any,
    level: Annotated[Level, typer.Option(help="The least grave remarks to show.")] = Level.advice,
    fail: Annotated[
        Level, typer.Option("--fail-on", help="The least grave remarks that fail the check.")
    ] = Level.warning,
    unknown: Unknown = Strictness.error,
) -> None:
    """Say what is wrong with commands, or could be better, in strings and in source files.

    Exit code 1 if there is a remark of at least the --fail-on level.
    """
    from ... import __version__
    from ...lint import report

    checked: list[Checked] = []
    for item in what or ["-"]:
        checked += _check(item, where.value, unknown.value, fix)
    levels = list(Level)
    shown = [c._replace(diagnostics=[d for d in c.diagnostics if _at_least(d, level, levels)]) for c in checked]
    if output is Format.json:
        console.emit_json(report.as_data(shown))
    elif output is Format.sarif:
        console.emit_json(report.as_sarif(shown, __version__))
    else:
        _show(shown, fix)
    if any(_at_least(d, fail, levels) for c in checked for d in c.diagnostics):
        raise typer.Exit(FAILED)


def _at_least(diagnostic: Diagnostic, level: Level, levels: list[Level]) -> bool:
    return levels.index(Level(diagnostic.severity)) <= levels.index(level)


def _check(item: str, where: Any, unknown: str, fix: bool) -> list[Checked]:
    from ...lint import fixed, lint, sources
    from ...lint.report import Checked

    if item == "-":
        if sys.stdin.isatty():
            raise UsageError("nothing to check: give a command, a file or a directory, or '-' for standard input")
        commands = [line.strip() for line in sys.stdin if line.strip()]
    elif os.path.exists(item):  # a long command is no path, and Path.exists() would raise
        return [found for path in sources.files([item]) for found in _check_file(path, where, unknown, fix)]
    elif Path(item).suffix in sources.SUFFIXES:
        raise UsageError(f"no such file or directory: {item}")
    else:
        commands = [item]
    if fix:
        commands = [fixed(text, where=where, unknown=unknown) for text in commands]
        for text in commands:
            console.emit(text)
    return [Checked(text, lint(text, where=where, unknown=unknown)) for text in commands]


def _check_file(path: Path, where: Any, unknown: str, fix: bool) -> list[Checked]:
    from ...lint import fixed, lint, sources
    from ...lint.report import Checked

    source = sources.read(path)
    if source is None:
        return []
    if fix:
        better = sources.replace(source, lambda f: fixed(f.text, where=_where(f, where), unknown=unknown))
        if better != source:
            sources.write(path, better)
            console.say(f"corrected {path}")
            source = better
    return [
        Checked(found.text, lint(found.text, where=_where(found, where), unknown=unknown), str(path), found.at, source)
        for found in sources.find(source)
    ]


def _where(found: Found, where: Any) -> Any:
    """Where a command in a file is used: it may stand in a URL."""
    return "url" if found.in_url and where == "any" else where


def _show(checked: list[Checked], fix: bool) -> None:
    from rich.text import Text

    colours = {"error": "bold red", "warning": "yellow", "advice": "cyan"}
    count = {"error": 0, "warning": 0, "advice": 0}
    fixable = 0
    for item in checked:
        for diagnostic in item.diagnostics:
            count[diagnostic.severity] += 1
            fixable += diagnostic.fix is not None
            at = item.place(diagnostic.span[0])
            place = f"{item.path}:{at.line}:{at.column}: " if item.path else ""
            head = Text.assemble(place, (diagnostic.severity, colours[diagnostic.severity]), f" {diagnostic.message}")
            head.append(f"  [{diagnostic.code}]", "dim")
            console.show(Text.assemble(head, *drawn(item.text, diagnostic.span)))
    words = ", ".join(f"{n} {name}{'s' if n != 1 and name != 'advice' else ''}" for name, n in count.items() if n)
    hint = f"; {fixable} can be corrected with --fix" if fixable and not fix else ""
    commands = f"{len(checked)} command{'s' if len(checked) != 1 else ''}"
    console.say(f"{commands} checked: {words or 'nothing to say'}{hint}")
