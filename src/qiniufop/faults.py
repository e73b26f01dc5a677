"""An error inside one stage, before it is known where in the whole text that stage stands."""

from __future__ import annotations

Span = tuple[int, int]


class Fault(Exception):
    """What is wrong with a stage and where in it; the parser turns it into a ``FopSyntaxError``."""

    def __init__(self, message: str, span: Span, code: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.span = span
        self.code = code
        self.suggestion = suggestion
