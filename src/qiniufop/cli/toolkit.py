"""Typer, or a word about where to get it. Every module of the command line imports it from here."""

from __future__ import annotations

from ..errors import MissingExtraError

try:
    import typer as typer
    from typer.core import TyperCommand as TyperCommand
    from typer.core import TyperGroup as TyperGroup
except ModuleNotFoundError as error:
    raise MissingExtraError("the command line", "cli") from error
