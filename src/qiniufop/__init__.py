"""Typed, validated data-processing commands for Qiniu Cloud.

Build commands as typed values, read any command back, send them as jobs, and run them locally::

    from qiniufop import Client, ImageView2, Saveas

    fop = ImageView2(mode=2, w=800) | Saveas("bucket", "key")
    job = Client.from_env().submit("source-bucket", "photo.jpg", fop)
    result = job.wait(timeout=600)

Names are imported when they are first used, so that ``import qiniufop`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .ops import _names

if TYPE_CHECKING:
    from .client.aio import AsyncClient, AsyncJob
    from .client.client import Client, Job
    from .client.errors import ClientError, JobFailed, JobNotFound, SubmitUncertain, WaitTimeout
    from .client.models import JobStatus
    from .client.policy import PutPolicy
    from .client.urls import read_url, url
    from .core import Fop, Fops, Pipeline, Stage, load, parse
    from .engine.engine import LocalEngine
    from .errors import FopError, FopSyntaxError, LimitError, MissingExtraError, RetiredWarning, StageError
    from .ops._names import *  # noqa: F403
    from .server import DevServer
    from .values import BitRate, Color, Crop, Extent, KeyPattern, KodoUrl, Resolution, Thumbnail

__version__ = "0.1.0"

__all__ = [
    "AsyncClient",
    "AsyncJob",
    "BitRate",
    "Client",
    "ClientError",
    "Color",
    "Crop",
    "DevServer",
    "Extent",
    "Fop",
    "FopError",
    "FopSyntaxError",
    "Fops",
    "Job",
    "JobFailed",
    "JobNotFound",
    "JobStatus",
    "KeyPattern",
    "KodoUrl",
    "LimitError",
    "LocalEngine",
    "MissingExtraError",
    "Pipeline",
    "PutPolicy",
    "Resolution",
    "RetiredWarning",
    "Stage",
    "StageError",
    "SubmitUncertain",
    "Thumbnail",
    "WaitTimeout",
    "load",
    "parse",
    "read_url",
    "url",
]
__all__ += _names.__all__

_MODULES = {
    "client.aio": (
        "AsyncClient",
        "AsyncJob",
    ),
    "client.client": (
        "Client",
        "Job",
    ),
    "client.errors": (
        "ClientError",
        "JobFailed",
        "JobNotFound",
        "SubmitUncertain",
        "WaitTimeout",
    ),
    "client.models": ("JobStatus",),
    "client.policy": ("PutPolicy",),
    "client.urls": (
        "read_url",
        "url",
    ),
    "core": (
        "Fop",
        "Fops",
        "Pipeline",
        "Stage",
        "load",
        "parse",
    ),
    "engine.engine": ("LocalEngine",),
    "errors": (
        "FopError",
        "FopSyntaxError",
        "LimitError",
        "MissingExtraError",
        "RetiredWarning",
        "StageError",
    ),
    "server": ("DevServer",),
    "values": (
        "BitRate",
        "Color",
        "Crop",
        "Extent",
        "KeyPattern",
        "KodoUrl",
        "Resolution",
        "Thumbnail",
    ),
}
_PLACES = _names.PUBLIC | {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _PLACES.get(name)
    if module is None:
        raise AttributeError(f"module 'qiniufop' has no attribute {name!r}")
    value = getattr(import_module(f"qiniufop.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
