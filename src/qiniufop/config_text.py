"""YAML, for those who have it installed."""

from __future__ import annotations

from typing import Any

from .errors import MissingExtraError


def _yaml() -> Any:
    try:
        import yaml
    except ImportError:
        raise MissingExtraError("YAML", "cli") from None
    return yaml


def yaml_dump(data: Any) -> str:
    """Plain data as YAML, in the order given.

    Raises:
        MissingExtraError: PyYAML is not installed.
    """
    return str(_yaml().safe_dump(data, sort_keys=False, allow_unicode=True))


def yaml_load(text: str) -> Any:
    """The plain data in a YAML text.

    Raises:
        MissingExtraError: PyYAML is not installed.
        ValueError: the text is not YAML.
    """
    yaml = _yaml()
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as exc:
        raise ValueError(f"not YAML: {exc}") from None
