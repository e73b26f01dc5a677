"""What can be said about a command text: one shape for the parser's errors, the linter's advice and their fixes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from .errors import FopSyntaxError, StageError

Severity = Literal["error", "warning", "advice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "advice")


@dataclass(frozen=True, slots=True)
class Fix:
    """A replacement that makes one diagnostic go away.

    Attributes:
        span: what is replaced, as character offsets.
        text: what with.
    """

    span: tuple[int, int]
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One remark about a command.

    Attributes:
        code: a stable name, such as ``unknown-key``.
        severity: ``error`` for what the documents call invalid, ``warning`` for what will probably not do what was
            meant, ``advice`` for what could be better.
        span: the part it is about, as character offsets into the text.
        message: one sentence.
        suggestion: the nearest valid spelling, or None.
        url: the page that says so, or None.
        fix: a replacement that is certain, or None.
    """

    code: str
    severity: Severity
    span: tuple[int, int]
    message: str
    suggestion: str | None = None
    url: str | None = None
    fix: Fix | None = None

    def moved(self, offset: int) -> Diagnostic:
        """The same remark about a text that begins ``offset`` characters later."""
        start, end = self.span
        fix = None
        if self.fix is not None:
            fix = Fix((self.fix.span[0] + offset, self.fix.span[1] + offset), self.fix.text)
        return Diagnostic(
            self.code, self.severity, (start + offset, end + offset), self.message, self.suggestion, self.url, fix
        )


def of_error(error: FopSyntaxError | StageError) -> Diagnostic:
    """An error of the parser as a diagnostic."""
    return Diagnostic(error.code, "error", error.span, error.message, error.suggestion)


def apply_fixes(text: str, diagnostics: Iterable[Diagnostic]) -> str:
    """``text`` with every fix applied that does not overlap one before it."""
    out: list[str] = []
    at = 0
    fixes = {d.fix for d in diagnostics if d.fix is not None}
    for fix in sorted(fixes, key=lambda f: (f.span, f.text)):
        start, end = fix.span
        if start < at:
            continue
        out += [text[at:start], fix.text]
        at = end
    return "".join([*out, text[at:]])
