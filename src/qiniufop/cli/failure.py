"""What a person is told when something goes wrong, and the exit code a script sees."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING

from ..errors import FopError, FopSyntaxError, LimitError, MissingExtraError, StageError, excerpt
from . import console

if TYPE_CHECKING:
    from rich.text import Text

FAILED, WRONG, UNREACHED, INTERRUPTED = 1, 2, 3, 130

TRACEBACK = "QINIUFOP_TRACEBACK"
"""The environment variable that asks for the traceback of an error that is the program's own."""


class UsageError(FopError):
    """The arguments contradict one another, or miss something."""


def report(error: BaseException) -> int:
    """Say what went wrong, on stderr, and return the exit code."""
    if isinstance(error, KeyboardInterrupt):
        console.say("interrupted")
        return INTERRUPTED
    from rich.text import Text

    text = Text.assemble(("error: ", "bold red"), *_words(error))
    console.err().print(text, soft_wrap=True)
    if os.environ.get(TRACEBACK):
        console.err().print("".join(traceback.format_exception(error)), soft_wrap=True, end="")
    return code_of(error)


def code_of(error: BaseException) -> int:
    """1 a job or check failed, 2 wrong usage or input, 3 the service or network failed."""
    if isinstance(error, (FopSyntaxError, StageError, LimitError, MissingExtraError, UsageError)):
        return WRONG
    from ..client import errors as client

    if isinstance(error, (client.CredentialsError, client.SubmitRefused, client.PolicyError)):
        return WRONG
    if isinstance(error, client.JobFailed):
        return FAILED
    return UNREACHED if isinstance(error, client.ClientError) else FAILED


def _words(error: BaseException) -> list[str | Text]:
    if isinstance(error, (FopSyntaxError, StageError)) and error.source is not None:
        return [error.message, *drawn(error.source, error.span)]
    if isinstance(error, FopError):
        return [str(error)]
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return [f"{where}{error.strerror or error}"]
    again = "" if os.environ.get(TRACEBACK) else f"; set {TRACEBACK}=1 to see where"
    return [f"{type(error).__name__}: {error} (this is a fault of qiniufop{again})"]


def drawn(source: str, span: tuple[int, int]) -> list[str | Text]:
    """The text around a span, and carets below it, as wide as a terminal shows them."""
    from rich.text import Text

    screen = console.err()
    line, column, width = excerpt(source, span, max(20, min(100, screen.width - 8)))
    before, marked, after = line[:column], line[column : column + width], line[column + width :]
    carets = "^" * max(1, console.cells(marked))
    return [
        f"\n    {before}",
        Text(marked, "bold red"),
        f"{after}\n    {' ' * console.cells(before)}",
        Text(carets, "bold red"),
    ]
