"""Arguments and options that several commands share."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Annotated

from .failure import UsageError
from .toolkit import typer

FopsText = Annotated[
    str | None,
    typer.Argument(
        metavar="FOPS",
        help="The command, in quotes. '-' or nothing reads it from standard input.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


class Strictness(str, Enum):
    """What to do with what the catalogue does not know."""

    error = "error"
    keep = "keep"


Unknown = Annotated[
    Strictness, typer.Option(help="Refuse operations and parameters that the catalogue does not know, or keep them.")
]


def read_fops(text: str | None) -> str:
    """The command that was given, or that standard input holds.

    Raises:
        UsageError: neither is there.
    """
    if text is not None and text != "-":
        return text
    if text is None and sys.stdin.isatty():
        raise UsageError("no command: give one in quotes, or '-' to read it from standard input")
    given = sys.stdin.read().strip()
    if not given:
        raise UsageError("standard input holds no command")
    return given
