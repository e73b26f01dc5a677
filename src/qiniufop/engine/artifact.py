"""What one stage hands to the next: bytes or a file, its MIME type, and files that belong to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Artifact:
    """The result of a stage.

    Attributes:
        mime: MIME type of the content.
        data: the content, when it is in memory.
        path: the content, when it is a file. Exactly one of ``data`` and ``path`` is set.
        name: a file name that tells the format, such as ``in.mp4``; never used as a path.
        files: further outputs under their own keys (HLS segments, sampled frames), in order.
        multiple: True when the outputs are ``files`` alone and the content is only a listing of them.
        notes: what was only approximated, one sentence each.
    """

    mime: str
    data: bytes | None = None
    path: Path | None = None
    name: str = ""
    files: tuple[tuple[str, Artifact], ...] = ()
    multiple: bool = False
    notes: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if (self.data is None) == (self.path is None):
            raise ValueError("an artifact has either data or a path")

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.data) if self.data is not None else self.file.stat().st_size

    @property
    def file(self) -> Path:
        """The path of a content that is a file."""
        if self.path is None:
            raise ValueError("this artifact is in memory")
        return self.path

    def read(self) -> bytes:
        """The whole content."""
        return self.data if self.data is not None else self.file.read_bytes()
