"""The dev server: the service's HTTP API on this machine, with jobs that really run.

Needs the extra ``local``. :class:`DevServer` is reached over HTTP, :class:`Emulator` within the process;
:func:`serve` is the program behind ``qiniufop serve``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .adapter import EngineAdapter
    from .devserver import DevServer, serve
    from .emulator import ACCESS_KEY, SECRET_KEY, Emulator, NoSuchObject
    from .http import CannotListen
    from .store import StoreError, StoreInUse

__all__ = [
    "ACCESS_KEY",
    "SECRET_KEY",
    "CannotListen",
    "DevServer",
    "Emulator",
    "EngineAdapter",
    "NoSuchObject",
    "StoreError",
    "StoreInUse",
    "serve",
]

_HOMES = {
    "EngineAdapter": "adapter",
    "DevServer": "devserver",
    "serve": "devserver",
    "CannotListen": "http",
    "StoreError": "store",
    "StoreInUse": "store",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'emulator')}"), name)
