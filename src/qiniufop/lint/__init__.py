"""Advice about commands: what is wrong, what is spelt oddly, and what is valid but unwise.

``lint("imageView2/2/w/800/")`` returns diagnostics; ``fixed(...)`` the text with every certain fix applied.
"""

from __future__ import annotations

from .commands import Where
from .linter import ABOUT, RULES, fixed, lint

__all__ = ["ABOUT", "RULES", "Where", "fixed", "lint"]
