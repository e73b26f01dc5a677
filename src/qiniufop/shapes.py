"""What a value of unknown type is, told to type checkers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


def is_mapping(value: object) -> TypeGuard[Mapping[str, Any]]:
    """A mapping of anything."""
    return isinstance(value, Mapping)


def is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    """A tuple of anything."""
    return isinstance(value, tuple)


def is_list(value: object) -> TypeGuard[Sequence[Any]]:
    """A list or tuple of anything."""
    return isinstance(value, (list, tuple))
