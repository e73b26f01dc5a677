"""Spans for OpenTelemetry, if it is installed and set up. Otherwise nothing, at no cost."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module
from typing import Any

Note = Callable[[str, "str | int"], None]
"""Adds an attribute to the span."""


@contextmanager
def span(name: str, **attributes: str | int) -> Generator[Note, None, None]:
    """A span around what is done inside. An error that leaves it is recorded by its kind, without its text.

    Args:
        name: of the span, such as ``qiniufop.submit``.
        attributes: never keys, signatures or job ids.
    """
    tracer = _tracer()
    if tracer is None:
        yield _nothing
        return
    with tracer.start_as_current_span(
        name, attributes=attributes, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current.set_attribute
        except Exception as error:
            current.set_attribute("error.type", type(error).__name__)
            current.set_status(import_module("opentelemetry.trace").StatusCode.ERROR)
            raise


def _nothing(name: str, value: str | int) -> None:
    pass


@lru_cache(1)
def _tracer() -> Any:
    try:
        return import_module("opentelemetry.trace").get_tracer("qiniufop")
    except ImportError:
        return None
