"""What the local engine raises; every one is a :class:`~qiniufop.errors.FopError`.

* EngineError
  - UnsupportedFopError   the engine cannot run this operation, or this option of it
  - LimitExceeded         a safety limit of the engine is reached
  - FopFailed             the operation ran and failed: bad input, or a missing file
"""

from __future__ import annotations

from ..errors import FopError


class EngineError(FopError):
    """A command could not be run locally.

    Attributes:
        stage: the stage of the command that failed, counted from 0; None before any ran.
    """

    stage: int | None = None


class UnsupportedFopError(EngineError):
    """The engine cannot run an operation, or one option of it.

    Args:
        fop: the operation, as on the wire.
        reason: why, in one sentence.
        option: the wire key that is the trouble, if it is only that.
    """

    def __init__(self, fop: str, reason: str, option: str | None = None) -> None:
        what = fop if option is None else f"{fop}: option {option!r}"
        super().__init__(f"{what} cannot run locally: {reason}")
        self.fop = fop
        self.option = option
        self.reason = reason


class LimitExceeded(EngineError):
    """A safety limit of the engine is reached."""

    def __init__(self, fop: str, detail: str) -> None:
        super().__init__(f"{fop}: {detail}")
        self.fop = fop
        self.detail = detail


class FopFailed(EngineError):
    """An operation ran and failed."""

    def __init__(self, fop: str, detail: str) -> None:
        super().__init__(f"{fop}: {detail}")
        self.fop = fop
        self.detail = detail
