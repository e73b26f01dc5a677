"""Finding commands in files: in the string literals and URLs of programs and configuration."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from .. import ops_index
from ..core import parse
from ..errors import FopSyntaxError, StageError

SUFFIXES = frozenset(
    [
        ".py", ".pyi", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".vue", ".go", ".java", ".kt", ".php", ".rb",
        ".cs", ".swift", ".dart", ".scala", ".sh", ".yaml", ".yml", ".json", ".toml", ".ini",
        ".properties", ".xml", ".md", ".rst", ".html", ".txt",
    ]
)  # fmt: skip
"""Files that are searched in a directory."""
SKIPPED = frozenset(
    {".git", "node_modules", ".venv", "venv", "__pycache__", "dist", "build", "site", "target", "vendor"}
)
"""Directories that are not."""
MAX_BYTES = 4 * 1024 * 1024
"""Larger files are passed over: they are data, not sources."""

_PART = r"[^\s\"'`<>\\,{}\[\]\u2026\u3000-\u303f\u4e00-\u9fff\uff00-\uffef\x00-\x1f]"
QUOTES = ("'", '"', "`")
"""What may stand around a literal."""
_CUT = ("{", "<", "[", "\\", "\u2026")
"""What follows a command that is not all there: a placeholder or an escape."""
_WHOLE = re.compile(rf"{_PART}*").fullmatch
_LONE = frozenset({"ad", "exif", "nrop", "p"})
"""Names that are also words of other programs; without a pipe or semicolon behind them they mean nothing."""
_COMMON = _LONE | {
    "adapt", "animate", "avsmart", "concat", "qrcode", "saveas", "segment", "stitch", "vframe", "vsample", "watermark",
}  # fmt: skip
"""Names that are also words of other programs: what follows them must look right, too."""
_PLACEHOLDER = re.compile(r"\$(?!\()|%[sdv](?![0-9A-Fa-f])|%\((?!25)|\.\.\.|/:[A-Za-z]|/\*(?:/|$)|#$|@@")
_JOINED = re.compile(r"""\+|%(?!>)|&(?!&|amp)|\.(?:\s*[$"'(]|\s*\w+\()|\\?\r?\n\s*[fFrRbB]{0,2}["'][|/;{]""").match
_FORCED = re.compile(r".*/(?:q|quality|vb|ab|size-limit)/[\w.]+!\W*", re.DOTALL).fullmatch
"""Ends in a value that is forced by an exclamation mark."""
_NEAR = 200
"""How far to look for what joins two literals."""


class Found(NamedTuple):
    """A command in a file.

    Attributes:
        text: the command.
        at: character offset of its first character.
        in_url: it is the query of a URL, where one level of percent-encoding is right.
    """

    text: str
    at: int
    in_url: bool


class Place(NamedTuple):
    """A position as people count: from 1."""

    line: int
    column: int


@cache
def _pattern() -> re.Pattern[str]:
    names = sorted(ops_index.names(), key=len, reverse=True)
    every = "|".join(map(re.escape, names))
    some = "|".join(re.escape(n) for n in names if n not in _LONE)
    slash, mark = r"(?:/|%(?:25)*2[Ff])", r"(?:[|;]|%(?:25)*(?:7[Cc]|3[Bb]))"
    return re.compile(
        rf"(?:(?<=[\"'`?\s=:(>\[])|^)/?(?:(?i:{some}){slash}{_PART}*|(?i:{every})(?={mark}/?(?i:{every})\b){_PART}+)",
        re.MULTILINE,
    )


def find(text: str) -> Iterator[Found]:
    """The commands in a source text.

    Pieces that a program puts together, and commands with placeholders to fill in, are left alone: what they will be
    cannot be known.
    """
    for match in _pattern().finditer(text):
        start, end = match.span()
        follows = text[end : end + 1]
        quoted = follows in QUOTES
        if (follows in _CUT and not text.startswith("</", end)) or (
            quoted and _joined(text[end + 1 : end + 1 + _NEAR])
        ):
            continue
        in_url = text[start - 1 : start] == "?"
        command = _trimmed(match.group(), quoted, in_url)
        if not _PLACEHOLDER.search(match.group()) and not (quoted and _open(command)) and _likely(command):
            yield Found(command, start, in_url)


def _joined(after: str) -> bool:
    """Whether a literal is joined to something, by what follows its closing quote."""
    return _JOINED(after.lstrip(" \t")) is not None or _JOINED(after.lstrip()) is not None


def _open(command: str) -> bool:
    """Whether a literal ends where a value belongs, so that it is the beginning of a command and not all of it."""
    if not command.endswith("/"):
        return False
    if command.count("/") == 1:
        return True
    try:
        parse(command)
    except FopSyntaxError as exc:
        return exc.code in ("missing", "missing-value", "empty")
    except StageError:
        pass
    return False


def _trimmed(command: str, quoted: bool, in_url: bool) -> str:
    """A match without what belongs to the text around it."""
    if "&" in command:
        command = command.partition("&")[0]
    if in_url:
        command = command.partition("#")[0]
    if not quoted:
        command = command.rstrip("|;.:?*" if _FORCED(command) else "|;.:?*!")
        while command.endswith(")") and command.count(")") > command.count("("):
            command = command[:-1].rstrip(".:;")
    return command


def _likely(command: str) -> bool:
    """Whether a text is a command, and not the path of something of the same name."""
    name = re.split(r"[/|;%]", command.lstrip("/"), maxsplit=1)[0].lower()
    if name not in _COMMON and not name.startswith("qr"):
        return True
    try:
        parse(command)
    except FopSyntaxError as exc:
        body = command.lstrip("/")
        first = len(command) - len(body) + len("/".join(body.split("/")[:2]))
        return name not in _LONE and "/" in body and "." not in command and exc.span[0] > first
    except StageError:
        pass
    return True


def replace(text: str, change: Callable[[Found], str]) -> str:
    """``text`` with every command changed; a change that would end the literal around it is left out."""
    out: list[str] = []
    at = 0
    for found in find(text):
        new = change(found)
        out += [text[at : found.at], new if _WHOLE(new) else found.text]
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
    encoding = None if b"\0" in raw else _encoding(raw)
    return None if encoding is None else raw.decode(encoding)


def write(path: Path, text: str) -> None:
    """Replace the text of a file that :func:`read` could read, in the encoding it has."""
    path.write_bytes(text.encode(_encoding(path.read_bytes()) or "utf-8"))


def _encoding(raw: bytes) -> str | None:
    for encoding in ("utf-8", "gb18030"):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return None


@lru_cache(maxsize=4)
def _lines(text: str) -> list[int]:
    return [0, *[i + 1 for i, c in enumerate(text) if c == "\n"]]


def place(text: str, offset: int) -> Place:
    """Where an offset is, as line and column."""
    starts = _lines(text)
    line = bisect_right(starts, offset)
    return Place(line, offset - starts[line - 1] + 1)
