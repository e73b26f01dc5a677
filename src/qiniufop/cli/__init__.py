"""The command line. ``qiniufop.cli:main`` is the program; it needs the extra ``cli``.

One module in :mod:`qiniufop.cli.commands` is one command: :mod:`qiniufop.cli.app` finds it there.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from ..errors import MissingExtraError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: instead of those of this process.

    Returns:
        The exit code: 0 fine, 1 the job or check failed, 2 wrong usage or input, 3 the service or network failed.
    """
    _speak_unicode()
    try:
        from .app import run
    except MissingExtraError as error:
        print(f"qiniufop: {error}", file=sys.stderr)
        return 2
    return run(arguments)


def _speak_unicode() -> None:
    """Never fail over a character that the terminal or the file behind it cannot hold.

    What Windows pipes and redirects would be in its old code page is UTF-8, as everywhere else.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            legacy = os.name == "nt" and not stream.isatty()
            stream.reconfigure(encoding="utf-8" if legacy else None, errors="backslashreplace")
    if os.name == "nt" and isinstance(sys.stdin, TextIOWrapper) and not sys.stdin.isatty():
        sys.stdin.reconfigure(encoding="utf-8-sig")
