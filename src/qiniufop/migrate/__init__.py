"""Rewrites programs that use the official SDK's builders, or command strings, to typed code.

Each rewritten expression is proven: the old one is evaluated as the official SDK would, the new one as it will be,
and both texts are compared. Where they differ the commands still mean the same, and a :class:`Remark` tells how they
differ. Whatever depends on values that only the running program knows is left alone. Needs the extra ``migrate``.
"""

from __future__ import annotations

from ..errors import MissingExtraError

try:
    from .program import Migration, Remark, migrate
except ImportError as error:
    if (error.name or "").partition(".")[0] != "libcst":
        raise
    raise MissingExtraError("migrating programs", "migrate") from error

__all__ = ["Migration", "Remark", "migrate"]
