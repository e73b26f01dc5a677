"""``qiniufop diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from .. import console
from ..arguments import Json
from ..toolkit import typer

if TYPE_CHECKING:
    from ...compare import Change, Comparison

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop diff 'imageView2/2/w/200/h/100' 'imageView2/2/h/100/w/300'", "w differs, the order of keys does not"),
    ('qiniufop diff --json "$(cat old.txt)" "$(cat new.txt)"', "as data"),
)

_SIGNS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow"), "moved": (">", "cyan")}


def diff(
    first: Annotated[str, typer.Argument(metavar="A", help="A command, in quotes.", show_default=False)],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Compare two commands by what they mean.

    The spelling does not count: base64, padding, letter case, and the order of keys where it carries no meaning.
    Exit code 1 if they differ.
    """
    from ...compare import compare

    comparison = compare(first, second)
    if as_json:
        console.emit_json(comparison.to_data())
    else:
        _show(comparison)
    raise typer.Exit(0 if comparison.same else 1)


def _show(comparison: Comparison) -> None:
    from rich.text import Text

    place = ""
    several = len({change.command for change in comparison.changes}) > 1 or ";" in comparison.second
    for change in comparison.changes:
        where = _where(change, several=several)
        if where != place and change.parameter is not None:
            console.show(Text(where, "bold"))
        place = where
        sign, colour = _SIGNS[change.kind]
        indent = "  " if change.parameter is not None else ""
        console.show(Text.assemble(indent, (f"{sign} ", f"bold {colour}"), *_words(change, colour)))
    if comparison.same:
        same = "identical" if comparison.first == comparison.second else "the same meaning, spelt differently"
        console.show(Text(same, "bold green"))
    for before, after in comparison.respelt:
        console.show(Text.assemble(("  ", ""), (before, "dim"), (" is also ", "dim"), (after, "dim")))


def _where(change: Change, *, several: bool) -> str:
    command = f"command {change.command}, " if several else ""
    return f"{command}stage {change.stage}: {change.operation}" if change.stage else f"command {change.command}"


def _words(change: Change, colour: str) -> list[tuple[str, str]]:
    if change.kind == "moved":
        return [(change.operation, ""), (f"  from {change.before} to {change.after}", colour)]
    if change.parameter is None:
        what = f"stage {change.stage}: " if change.stage else f"command {change.command}: "
        return [(what, ""), (change.after or change.before or "", colour)]
    if change.kind == "changed":
        values = [(change.before or "", "red"), (" \N{RIGHTWARDS ARROW} ", "dim"), (change.after or "", "green")]
    else:
        values = [(change.after or change.before or "", colour)]
    return [(f"{change.parameter}  ", ""), *values]
