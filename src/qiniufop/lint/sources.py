"""Finding commands in files: in the string literals and URLs of programs and configuration."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from .. import ops_index

SUFFIXES = frozenset(
    [".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".vue", ".go", ".java", ".kt", ".php", ".rb", ".cs", ".swift", ".dart", ".yaml", ".yml", ".json", ".toml", ".md", ".html", ".txt"]
)
"""Files that are searched in a directory."""
SKIPPED = frozenset(
    {".git", "node_modules", ".venv", "venv", "__pycache__", "dist", "build", "site", "target", "vendor"}
)
"""Directories that are not."""
MAX_BYTES = 4 * 1024 * 1024
"""Larger files are passed over: they are data, not sources."""

_END = r"[^\s\"'`<>\\,{}\[\]]"
_AMBIGUOUS = frozenset({"ad", "adapt", "animate", "concat", "exif", "nrop", "p", "segment", "stitch"})
"""Names that are also words of programs; they are found only behind a pipe or semicolon."""
_PLACEHOLDER = re.compile(r"\$\{(?!count\}|fname\}|key)|%[sdv](?![0-9A-Fa-f])|%\((?!25)|\.\.\.|\u2026")
_GLUE = frozenset("+.%&")


class Found(NamedTuple):
    """A command in a file."""

    text: str
    at: int
    """Character offset of its first character."""


class Place(NamedTuple):
    """A position as people count: from 1."""

    line: int
    column: int


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted((n for n in ops_index.names() if n not in _AMBIGUOUS), key=len, reverse=True)
    some = "|".join(map(re.escape, names))
    return re.compile(rf"(?:(?<=[\"'`?\s=:(])|^)/?(?i:{some})(?:(?:/|%2[Ff]){_END}*|(?=[|;]){_END}+)", re.MULTILINE)


def find(text: str) -> Iterator[Found]:
    """The commands in a source text.

    Pieces that a program puts together, and commands with placeholders to fill in, are left alone: what they will be
    cannot be known.
    """
    for match in _pattern().finditer(text):
        start, end = match.span()
        if text[end : end + 1] in ("{", "<", "[", "\\") or _glued(text, start, end):
            continue
        command = match.group()
        if "&" in command:
            command = command.split("&", 1)[0]
        if command.endswith(")") and command.count(")") > command.count("("):
            command = command.rstrip(")")
        if not command.endswith(("!.", "!,")):
            command = command.rstrip(".:")
        if command and not _PLACEHOLDER.search(command):
            yield Found(command, start)


def _glued(text: str, start: int, end: int) -> bool:
    """Whether the literal around a match is joined to something else."""
    quote = text[end : end + 1]
    if quote not in ("'", '"', "`"):
        return False
    after = text[end + 1 : end + 12].lstrip()
    if after[:1] in _GLUE and not after.startswith(("...", "\n")):
        return True
    opening = text.rfind(quote, max(0, start - 2), start)
    before = text[max(0, opening - 10) : opening].rstrip() if opening >= 0 else ""
    return before[-1:] == "+"


def replace(text: str, change: Callable[[str], str]) -> str:
    """``text`` with every command changed."""
    out: list[str] = []
    at = 0
    for found in find(text):
        out += [text[at : found.at], change(found.text)]
        at = found.at + len(found.text)
    return "".join([*out, text[at:]])


def files(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path]:
    """The files to search: those named, and the sources below directories.

    Raises:
        FileNotFoundError: there is no such file or directory.
    """
    for name in paths:
        path = Path(name)
        if path.is_dir():
            for folder, below, names in os.walk(path):
                below[:] = sorted(d for d in below if d not in SKIPPED and not d.startswith("."))
                for file in sorted(names):
                    if Path(file).suffix in SUFFIXES:
                        yield Path(folder, file)
        elif path.exists():
            yield path
        else:
            raise FileNotFoundError(f"no such file or directory: {path}")


def read(path: Path) -> str | None:
    """The text of a file, or None if it is not text or too large to be a source."""
    if path.stat().st_size > MAX_BYTES:
        return None
    raw = path.read_bytes()
    if b"\0" in raw[:8192]:
        return None
    return raw.decode("utf-8", "replace")


def place(text: str, offset: int) -> Place:
    """Where an offset is, as line and column."""
    start = text.rfind("\n", 0, offset) + 1
    return Place(text.count("\n", 0, offset) + 1, offset - start + 1)
