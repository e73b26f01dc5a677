"""What is written where: data to stdout, words to stderr, colour and progress only where a person watches."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

WIDE = 100_000
"""The width of what is piped: lines are not broken there."""


def out() -> Console:
    """For data that people read. Lines are broken only for a terminal."""
    return _console(stderr=False)


def err() -> Console:
    """For words."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    watched = (sys.stderr if stderr else sys.stdout).isatty()
    return Console(
        stderr=stderr,
        width=None if watched else WIDE,
        soft_wrap=not watched,
        highlight=False,
        markup=False,
        emoji=False,
    )


def emit(text: str) -> None:
    """A line of data, exactly as it is."""
    sys.stdout.write(f"{text}\n")


def emit_json(data: Any) -> None:
    """Data as JSON, indented."""
    emit(json.dumps(data, ensure_ascii=False, indent=2))


def show(*lines: RenderableType, indent: int = 0) -> None:
    """Data that people read, line after line. Nothing pads what is piped."""
    from rich.padding import Padding

    screen = out()
    if sys.stdout.isatty():
        for line in lines:
            screen.print(Padding(line, (0, 0, 0, indent)) if indent else line)
        return
    with screen.capture() as captured:
        for line in lines:
            screen.print(line)
    for text in captured.get().splitlines():
        emit(f"{' ' * indent}{text}".rstrip())


def say(text: str) -> None:
    """A line of words. Terminals show it dimmed, because the data is what counts."""
    err().print(text, style="dim")


class Words(logging.Handler):
    """Log records as words: what the client tries again, and what a server complains about."""

    def emit(self, record: logging.LogRecord) -> None:
        """Say a record, without its traceback."""
        say(f"{record.levelname.lower()}: {record.getMessage()}")


def sign(fancy: str, plain: str) -> str:
    """``fancy`` where the output can hold it, else ``plain``."""
    return fancy if (sys.stdout.encoding or "").lower().startswith("utf") else plain


def watched() -> bool:
    """Whether a person sees what is written to stderr."""
    return sys.stderr.isatty()


@contextmanager
def progress(label: str) -> Generator[Callable[[float], None]]:
    """A bar while something takes long, if a person watches. Yields what is told the share done, 0 to 1."""
    if not watched():
        yield lambda share: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True) as bar:
        task = bar.add_task(label, total=1.0)
        yield lambda share: bar.update(task, completed=share)


@contextmanager
def waiting(label: str) -> Generator[Callable[[str], None]]:
    """A line that changes while something is waited for, if a person watches. Yields what is told its text."""
    if not watched():
        yield lambda text: None
        return
    from rich.text import Text

    with err().status(Text(label)) as line:
        yield lambda text: line.update(Text(text))


def cells(text: str) -> int:
    """How many columns a terminal needs for a text: Chinese characters take two."""
    from rich.cells import cell_len

    return cell_len(text)
