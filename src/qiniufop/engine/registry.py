"""Which function runs which operation.

A handler takes the operation, the artifact it is fed and the run it belongs to,
and returns the next artifact. It registers under the wire name::

    @handles("imageView2", approximations=("...",))
    def image_view2(op: ImageView2, source: Artifact, run: Run) -> Artifact: ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, Protocol

from .artifact import Artifact
from .errors import LimitExceeded
from .limits import Limits


class Resolver(Protocol):
    """Finds what a command refers to: watermark pictures, clips to join, files to pack."""

    def __call__(self, reference: str) -> Artifact:
        """The content behind ``kodo://bucket/key``, an ``http(s)`` URL, or a bare key of the source's bucket.

        Raises:
            FopFailed: nothing is there, or it may not be read.
        """
        ...


@dataclass(frozen=True)
class Run:
    """One command being run: where to work, what to spare, whom to ask.

    Attributes:
        workdir: a fresh directory of this command; removed when the command ends.
        limits: what it may cost.
        resolve: finds other objects by reference.
        bucket, key: the source, for templates such as ``$(fname)``.
        url: the URL that was requested, for ``qrcode/0``; None in a job.
        fonts: font files by family name.
        ffmpeg: the ffmpeg program to use, or None to look for one.
        settings: what single handlers may ask for (``soffice``, style aliases, ...).
        progress: told the share done, 0 to 1, of a long stage.
    """

    workdir: Path
    limits: Limits
    resolve: Resolver
    bucket: str = ""
    key: str = ""
    url: str | None = None
    fonts: Mapping[str, Path] = field(default_factory=dict[str, Path])
    ffmpeg: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])
    progress: Callable[[float], None] | None = None
    started: float = field(default_factory=monotonic)

    def seconds_left(self, fop: str) -> float:
        """Seconds this command may still take.

        Raises:
            LimitExceeded: none is left.
        """
        left = self.started + self.limits.seconds - monotonic()
        if left <= 0:
            raise LimitExceeded(fop, f"took longer than {self.limits.seconds:g} s")
        return left


Handler = Callable[[Any, Artifact, Run], Artifact]


class Entry(NamedTuple):
    """A registered handler and what it only approximates."""

    run: Handler
    approximations: tuple[str, ...]


HANDLERS: dict[str, Entry] = {}


def handles(*names: str, approximations: tuple[str, ...] = ()) -> Callable[[Handler], Handler]:
    """Register a function as the one that runs the operations ``names``."""

    def register(handler: Handler) -> Handler:
        for name in names:
            if name in HANDLERS:
                raise ValueError(f"{name!r} already has a handler")
            HANDLERS[name] = Entry(handler, approximations)
        return handler

    return register
