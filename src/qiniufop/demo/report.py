"""What the demo made, as the table, the sheet and the page show it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Media:
    """A file, and the picture that stands for it.

    Attributes:
        path: the file.
        size: width and height in pixels.
        still: a picture of it: itself, or a frame of a video.
    """

    path: Path
    size: tuple[int, int]
    still: Path

    @property
    def bytes(self) -> int:
        """Size of the file."""
        return self.path.stat().st_size

    @property
    def is_video(self) -> bool:
        """Whether it plays."""
        return self.path.suffix == ".mp4"

    @property
    def facts(self) -> str:
        """Its measures in words."""
        return f"{self.size[0]} x {self.size[1]}, {self.bytes / 1000:,.1f} kB"


@dataclass(frozen=True)
class Made:
    """One output.

    Attributes:
        media: the file.
        wire: the command as it was sent.
        python: the expression that built the command.
    """

    media: Media
    wire: str
    python: str


@dataclass(frozen=True)
class Task:
    """One job of the demo.

    Attributes:
        title: what it is for.
        source: what it was run on.
        made: its outputs, one for each command.
        seconds: from before submitting it to having waited for it.
    """

    title: str
    source: Media
    made: tuple[Made, ...]
    seconds: float


def table(tasks: tuple[Task, ...], folder: Path) -> str:
    """The outputs as lines of text: file, measures and time of each job, and the command of each file."""
    lines: list[str] = []
    for task in tasks:
        count = len(task.made)
        lines.append("")
        lines.append(
            f"{task.title}: {count} command{'s' if count > 1 else ''} on {task.source.path.name} "
            f"({task.source.facts}), done in {task.seconds:.2f} s"
        )
        for made in task.made:
            name = made.media.path.relative_to(folder).as_posix()
            width, height = made.media.size
            lines.append(f"  {name:<30} {width:>5} x {height:<5} {made.media.bytes / 1000:>8,.1f} kB")
            lines.append(f"    {made.wire}")
    return "\n".join(lines)
