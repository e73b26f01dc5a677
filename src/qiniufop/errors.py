"""Everything this package raises on purpose.

* FopError
  - FopSyntaxError   (ValueError)  a text is not a command; it knows where and what would be right
  - StageError       (TypeError)   two stages do not meet, or a command has too many
  - LimitError       (ValueError)  a documented limit of the service is exceeded
  - MissingExtraError (ImportError) an optional part needs packages that are not installed

The client adds its own branch in :mod:`qiniufop.client.errors`, the local engine
in :mod:`qiniufop.engine.errors`; both descend from :class:`FopError`.
Building an operation wrongly is pydantic's ``ValidationError``, so that operations
nest in anyone's models.
"""

from __future__ import annotations


class FopError(Exception):
    """Every error this package raises on purpose."""


class StageError(FopError, TypeError):
    """A stage was fed media it does not take, or stands where it may not.

    Attributes:
        message: one sentence that names both stages.
        source, span: the text and the place of the second stage in it, when the command was read from text.
        code: a stable name of the problem.
    """

    def __init__(
        self, message: str, *, source: str | None = None, span: tuple[int, int] = (0, 0), code: str = "media"
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.code = code
        self.suggestion: str | None = None

    def __str__(self) -> str:
        return self.message if self.source is None else _drawn(self.message, self.source, self.span)

    def __reduce__(self) -> tuple[object, ...]:
        return _stage_error, (self.message, self.source, self.span, self.code)


class RetiredWarning(DeprecationWarning):
    """An operation was built that the service does not offer any more. Reading one does not warn."""


class LimitError(FopError, ValueError):
    """A documented limit of the service is exceeded."""


class MissingExtraError(FopError, ImportError):
    """An optional part needs packages that are not installed.

    Args:
        what: the feature, as the user knows it.
        extra: the extra that brings the packages.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs more packages: pip install 'qiniufop[{extra}]'")
        self.extra = extra


class FopSyntaxError(FopError, ValueError):
    """A command string could not be read.

    Attributes:
        message: one sentence in the words of the wire, without the excerpt.
        source: the whole text that was read.
        span: start and end of the offending part, as character offsets into ``source``.
        suggestion: the nearest valid spelling, or None.
        code: a stable name of the problem, such as ``unknown-key``.
    """

    def __init__(
        self, message: str, *, source: str, span: tuple[int, int], code: str = "syntax", suggestion: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.code = code
        self.suggestion = suggestion

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (self.message, self.source, self.span, self.code, self.suggestion)

    def __str__(self) -> str:
        return _drawn(self.message, self.source, self.span)


def _drawn(message: str, source: str, span: tuple[int, int]) -> str:
    line, column, width = excerpt(source, span)
    return f"{message}\n    {line}\n    {' ' * column}{'^' * width}"


def _stage_error(message: str, source: str | None, span: tuple[int, int], code: str) -> StageError:
    return StageError(message, source=source, span=span, code=code)


def _rebuild(message: str, source: str, span: tuple[int, int], code: str, suggestion: str | None) -> FopSyntaxError:
    return FopSyntaxError(message, source=source, span=span, code=code, suggestion=suggestion)


def excerpt(source: str, span: tuple[int, int], width: int = 100) -> tuple[str, int, int]:
    """The part of ``source`` around ``span`` that fits a line, where the span begins in it, and its length there."""
    start, end = span
    left = 0 if end <= width else max(0, start - width // 3)
    right = min(len(source), left + width)
    line = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in source[left:right])
    head, tail = "…" if left else "", "…" if right < len(source) else ""
    column = start - left + len(head)
    return head + line + tail, column, max(1, min(end, right) - start)
