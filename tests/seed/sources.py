"""Programs written for the official SDK: our own in ``programs/``, and those of an old page, where it is at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

OURS = {path.stem: path.read_text("utf-8") for path in sorted((Path(__file__).parent / "programs").glob("*.py"))}
PAGE = Path(__file__).parents[3] / "shared" / "seed" / "data-processing.md"
INDENTS = {
    "image and poll": "000000000000000001100011223345453233233122",
    "video": "0" * 31 + "1",
    "audio": "",
    "document": "",
    "workflow": "000000000011",
    "batch": "000000112233443443442330000111122222221200",
    "variants": "000011111111112222222332322222111110001",
}
"""How deep each line of the page's programs stands: the page has lost it."""


def documented() -> dict[str, str]:
    """The programs of the page: each begins with its import and ends where the next one begins."""
    if not PAGE.is_file():
        return {}
    text = PAGE.read_text("utf-8").partition("Install with Tessl")[0]
    _, *programs = re.split(r"(?=from qiniu import)", text)
    return {name: indented(text, INDENTS[name]) for name, text in zip(INDENTS, programs, strict=True)}


def indented(text: str, depths: str) -> str:
    lines = text.rstrip().split("\n")
    return "\n".join(int(n) * "    " + line for n, line in zip(depths or "0" * len(lines), lines, strict=True))


THEIRS = documented()
needs_page = pytest.mark.skipif(not THEIRS, reason="the page is not at hand")
