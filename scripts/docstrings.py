"""Makes the docstrings Markdown before the API pages are built from them. An extension of Griffe.

They are written to be read in an editor: lists are nested by two spaces, where Python-Markdown wants four.
"""

from __future__ import annotations

import re
from typing import Any

import griffe


class Docstrings(griffe.Extension):
    """Nests lists as deep as Python-Markdown wants it."""

    def on_instance(self, *, obj: Any, **_: Any) -> None:
        """Called for everything that has been read."""
        if obj.docstring is not None:
            obj.docstring.value = re.sub(r"(?m)^( +)(?=[-*] )", lambda found: found[1] * 2, obj.docstring.value)
