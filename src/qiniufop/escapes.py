"""Percent-encoding of a whole command: undone where it hides the structure, with every character's place kept."""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

LEVELS = 3
"""How often a text may have been percent-encoded on its way here; deeper is not a command any more."""

_STRUCTURE = re.compile(r"%(?:25)*(?:2[Ff]|7[Cc]|3[Bb])")
_RUN = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")


def hides_structure(text: str) -> bool:
    """Whether slashes, pipes or semicolons are written as ``%2F``, ``%7C`` or ``%3B``, once or several times over."""
    return _STRUCTURE.search(text) is not None


def has_escape(text: str) -> bool:
    """Whether some ``%`` is followed by two hexadecimal digits."""
    return _ESCAPE.search(text) is not None


def undo(text: str) -> tuple[str, list[int]]:
    """``text`` with its percent-encoding undone until its structure shows, and where each character came from.

    The second list has one more entry than the first has characters: the end.
    """
    places = list(range(len(text) + 1))
    for _ in range(LEVELS):
        if not hides_structure(text):
            break
        out: list[str] = []
        came: list[int] = []
        at = 0
        for run in _RUN.finditer(text):
            out.append(text[at : run.start()])
            came.extend(places[at : run.start()])
            plain = once(run.group())
            out.append(plain)
            step = (run.end() - run.start()) / max(1, len(plain))
            came.extend(places[run.start() + int(i * step)] for i in range(len(plain)))
            at = run.end()
        out.append(text[at:])
        came.extend(places[at:])
        text, places = "".join(out), came
    return text, places


def once(text: str) -> str:
    """``text`` with one level of percent-encoding undone; bytes that are not UTF-8 stay encoded."""
    try:
        return unquote_to_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8")
    except UnicodeDecodeError:
        return _ESCAPE.sub(lambda m: chr(int(m.group()[1:], 16)) if m.group() < "%8" else m.group(), text)
