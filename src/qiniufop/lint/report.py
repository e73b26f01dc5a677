"""What the linter found, for programs: as JSON and as SARIF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple
from urllib.parse import quote

from ..diagnostics import Diagnostic
from .linter import ABOUT
from .sources import Place, place


class Checked(NamedTuple):
    """One command and what was found in it."""

    text: str
    diagnostics: Sequence[Diagnostic]
    path: str | None = None
    at: int = 0
    """Offset of the command in its file."""
    source: str = ""
    """The whole file, or empty when the command was given by itself."""

    def place(self, offset: int) -> Place:
        """Line and column of an offset into the command."""
        return place(self.source, self.at + offset) if self.source else Place(1, offset + 1)


def as_data(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """Every diagnostic as plain data, with its place."""
    out: list[dict[str, Any]] = []
    for item in checked:
        for diagnostic in item.diagnostics:
            where, fix = item.place(diagnostic.span[0]), diagnostic.fix
            out.append(
                {
                    "path": item.path,
                    "line": where.line,
                    "column": where.column,
                    "command": item.text,
                    **asdict(diagnostic),
                    "span": list(diagnostic.span),
                    "fix": fix and {"span": list(fix.span), "text": fix.text},
                }
            )
    return out


_LEVELS = {"error": "error", "warning": "warning", "advice": "note"}


def as_sarif(checked: Sequence[Checked], version: str) -> dict[str, Any]:
    """Every diagnostic in SARIF 2.1.0, for code scanning."""
    codes = sorted({d.code for item in checked for d in item.diagnostics})
    results = [_result(item, d, codes.index(d.code)) for item in checked for d in item.diagnostics]
    rules = [{"id": code, "shortDescription": {"text": ABOUT[code]}} for code in codes]
    driver = {"name": "qiniufop", "version": version, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _result(item: Checked, diagnostic: Diagnostic, rule: int) -> dict[str, Any]:
    start, end = item.place(diagnostic.span[0]), item.place(max(diagnostic.span[1], diagnostic.span[0] + 1))
    region = {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
        "snippet": {"text": item.text},
    }
    artifact = {"uri": quote(item.path.replace("\\", "/")) if item.path else "command"}
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message + (f" ({diagnostic.url})" if diagnostic.url else "")},
        "locations": [{"physicalLocation": {"artifactLocation": artifact, "region": region}}],
    }
    if diagnostic.fix is not None:
        first, last = item.place(diagnostic.fix.span[0]), item.place(diagnostic.fix.span[1])
        deleted = {
            "startLine": first.line,
            "startColumn": first.column,
            "endLine": last.line,
            "endColumn": last.column,
        }
        change = {"deletedRegion": deleted, "insertedContent": {"text": diagnostic.fix.text}}
        result["fixes"] = [
            {
                "description": {"text": f"Write {diagnostic.fix.text!r}."},
                "artifactChanges": [{"artifactLocation": artifact, "replacements": [change]}],
            }
        ]
    return result
