"""Commands as trees on a terminal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..explain import Command, Explanation, Parameter, Stage
from . import console

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree


def show(explanation: Explanation, *, full: bool) -> None:
    """Print a command as a tree; with ``full`` each parameter's meaning, defaults and the pages to read on."""
    from rich.text import Text

    several = len(explanation.commands) > 1
    for number, command in enumerate(explanation.commands, 1):
        if number > 1:
            console.emit("")
        if several:
            console.show(Text(f"command {number} of {len(explanation.commands)}", "bold"))
        for stage in command.stages:
            console.show(_stage(stage, full=full))
            for page in stage.docs[:1] if full else ():  # beside the tree, which would grow as wide as an address
                console.show(Text.assemble(("see ", "dim"), (page, "blue")))
        if full:
            console.show(_result(command))


def _result(command: Command) -> Text:
    from rich.text import Text

    return Text.assemble(("Result: ", "bold"), command.result)


def _stage(stage: Stage, *, full: bool) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    head = Text.assemble((stage.name, "bold cyan"))
    if stage.title:
        head.append(f"  {stage.title}", None if full else "dim")
    if full and stage.zh:
        head.append(f"  {stage.zh}", "dim")
    if stage.status not in ("current", "unknown"):
        head.append(f"  ({stage.status})", "yellow")
    tree = Tree(head, guide_style="dim", highlight=False)
    _branches(tree, stage.parameters, full=full)
    if full and stage.defaults:
        branch = tree.add(Text("not given, so", "dim"))
        width = max(console.cells(key) for key, _ in stage.defaults)
        for key, default in stage.defaults:
            branch.add(Text(f"{key}{' ' * (width - console.cells(key))}  {default}", "dim"))
    return tree


def _branches(tree: Tree, parameters: Iterable[Parameter], *, full: bool) -> None:
    listed = tuple(parameters)
    width = max((console.cells(_key(p)) for p in listed), default=0)
    for parameter in listed:
        branch = tree.add(_line(parameter, width, full=full))
        _branches(branch, parameter.inside, full=full)


def _key(parameter: Parameter) -> str:
    return parameter.key or parameter.name


def _line(parameter: Parameter, width: int, *, full: bool) -> Text:
    from rich.text import Text

    key = _key(parameter)
    text = Text.assemble((key, "green" if parameter.known != "unknown" else "yellow"))
    if parameter.value:
        text.append(" " * (width - console.cells(key) + 2))
        text.append(_printable(parameter.value), "bold")
    if parameter.unit and parameter.value:
        text.append(f" {parameter.unit.partition(',')[0]}")
    if full:
        if parameter.encoded:
            text.append("  (base64 in the command)", "dim")
        if parameter.known in ("inferred", "observed"):
            text.append(f"  ({parameter.known}, not documented)", "yellow")
        if parameter.meaning:
            text.append(f"\n{parameter.meaning}", "dim")
    return text


def _printable(text: str) -> str:
    """Control characters shown as escapes, so that a decoded value cannot play with the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode() for c in text)
