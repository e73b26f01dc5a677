"""Safety limits: how much one command may cost. Every one can be set; none is unlimited by default."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a command may read, make and take. The defaults are those of a job; :data:`ONLINE` is for a plain GET."""

    source_bytes: int = 1024 * MIB
    source_side: int = 30_000
    source_pixels: int = 150_000_000
    result_side: int = 14_999
    result_pixels: int = 59_999_999
    frames: int = 500
    frame_pixels: int = 250_000_000
    """Width times height times frames of an animation."""
    result_bytes: int = 2048 * MIB
    zip_entries: int = 3_000
    clips: int = 21
    pieces: int = 1_000
    """Objects joined by ``concat``, the source included."""
    seconds: float = 600.0
    """Time one command may take."""


ONLINE = Limits(source_bytes=20 * MIB, result_side=9_999, result_pixels=24_999_999, frames=200, seconds=30.0)
