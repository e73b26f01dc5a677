"""The program: finds its commands, runs one, and turns whatever goes wrong into a line and an exit code."""

from __future__ import annotations

import inspect
import logging
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pkgutil import iter_modules
from typing import Annotated, Any, cast

from . import commands, console, failure
from .toolkit import TyperCommand, TyperGroup, typer

PANELS = ("Try it", "Read and check", "On this machine", "At the service")
"""Where ``--help`` lists commands, in this order."""

EXIT_CODES = "0 fine, 1 the job or check failed, 2 wrong usage or input, 3 the service or network failed"


class Commands(TyperGroup):
    """The commands of :mod:`qiniufop.cli.commands`, each imported when it is called for."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every command, in the order of the panels."""
        return sorted((module.name for module in iter_modules(commands.__path__)), key=_place)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """A command by its name, or None."""
        if cmd_name not in {module.name for module in iter_modules(commands.__path__)}:
            return None
        return build(cmd_name)

    def invoke(self, ctx: Any) -> Any:
        """Run a command. An error ends it with one readable message and the exit code that belongs to it."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except BrokenPipeError:
            # Whoever read the output has seen enough. What is still buffered must not fail when Python exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 141
        except (Exception, KeyboardInterrupt) as error:
            if type(error).__module__.partition(".")[0] in ("typer", "click"):
                raise
            code = failure.report(error)
        raise typer.Exit(code)


class Command(TyperCommand):
    """A command whose help ends with examples."""

    examples: Sequence[tuple[str, str]] = ()

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """What Typer shows, and the examples below it."""
        super().format_help(ctx, formatter)
        from rich.text import Text

        console.show(Text("Examples", "bold"), indent=1)
        for command, what in self.examples:
            console.show(Text(f"# {what}", "dim"), Text(command, "cyan"), indent=3)
        console.emit("")


def build(name: str) -> Any:
    """The command ``name``, made from its module."""
    module = import_module(f"{commands.__name__}.{name}")
    function = cast("Callable[..., object]", getattr(module, name))
    single = typer.Typer(add_completion=False, rich_markup_mode="rich")
    paragraphs = inspect.cleandoc(function.__doc__ or "").split("\n\n")
    words = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    single.command(name, cls=Command, help=words, rich_help_panel=module.PANEL)(function)
    command = typer.main.get_command(single)
    cast("Command", command).examples = module.EXAMPLES
    return command


def _place(name: str) -> tuple[int, str]:
    return PANELS.index(import_module(f"{commands.__name__}.{name}").PANEL), name


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"qiniufop {version('qiniufop')}")
        raise typer.Exit


app = typer.Typer(
    name="qiniufop",
    cls=Commands,
    rich_markup_mode="rich",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=f"Exit codes: {EXIT_CODES}.",
)


@app.callback()
def qiniufop(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Data-processing commands for Qiniu Cloud: read them, check them, run them here, send them as jobs.

    Quote commands for your shell, because they contain | and ;.
    """


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    words = console.Words(logging.WARNING)
    logging.getLogger().addHandler(words)
    try:
        typer.main.get_command(app).main(
            args=None if arguments is None else list(arguments), prog_name="qiniufop", standalone_mode=True
        )
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        logging.getLogger().removeHandler(words)
    return 0
