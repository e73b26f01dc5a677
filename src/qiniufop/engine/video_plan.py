"""One call of ffmpeg in the making: inputs, a filter graph, streams and their encoders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .errors import FopFailed
from .ffmpeg import Input, Job
from .probe import MediaInfo, StreamInfo
from .video_options import Options
from .video_size import Frame

MAX_SECONDS = 86_400.0
"""No result is longer than a day, whatever a file says of itself."""

NO_FRAME = Frame(0, 0)
"""The size of a picture that is not there."""


@dataclass
class Graph:
    """A filter graph. Streams are named by label: ``0:1`` is one of an input, the others were made here."""

    chains: list[str] = field(default_factory=list[str])

    def add(self, filters: str | Sequence[str], *sources: str, outputs: int = 1) -> str:
        """Send streams through filters and return the label of what comes out.

        With several outputs, the labels are the one returned and, in turn, that one with ``1``, ``2``, ... behind it.
        """
        chain = filters if isinstance(filters, str) else ",".join(filters)
        if not chain:
            return sources[0]
        label = f"f{len(self.chains)}_"
        ends = "".join(f"[{label}{number or ''}]" for number in range(outputs))
        self.chains.append("".join(f"[{source}]" for source in sources) + chain + ends)
        return label

    @staticmethod
    def mapped(label: str) -> str:
        """How ``-map`` names a stream."""
        return f"[{label}]" if label.startswith("f") else label


@dataclass
class Plan:
    """What one call shall do.

    Attributes:
        job: where it runs.
        options: what was asked for.
        source: what the first input holds.
        frame: the size of the picture at this point of the graph.
        seconds: how long the result will be, or None if nobody knows.
        start: where in the source it begins, in seconds.
        inputs: the files, the source first.
        maps: the streams of the result.
        output: the options of the result.
    """

    job: Job
    options: Options
    source: MediaInfo
    inputs: list[Input]
    frame: Frame = field(default=NO_FRAME)
    seconds: float | None = None
    start: float = 0.0
    graph: Graph = field(default_factory=Graph)
    maps: list[str] = field(default_factory=list[str])
    output: list[str] = field(default_factory=list[str])

    def add_input(self, name: str, *options: str) -> int:
        """Open a further file and return its number."""
        self.inputs.append(Input(name, options))
        return len(self.inputs) - 1

    def use(self, label: str) -> None:
        """Make a stream part of the result."""
        self.maps.append(self.graph.mapped(label))

    def set_range(self) -> None:
        """Read ``ss`` and ``t``: begin and end of the excerpt.

        Raises:
            FopFailed: the excerpt lies behind the end, or is empty.
        """
        start = self.options.number("ss") or 0.0
        length = self.options.number("t")
        whole = self.source.duration
        if length is not None and length <= 0:
            raise FopFailed(self.options.fop, "t must be more than 0 s")
        if whole is not None and start >= whole > 0:
            raise FopFailed(self.options.fop, f"ss/{start:g} is behind the end: the source lasts {whole:g} s")
        left = None if not whole else whole - start
        self.start = start
        self.seconds = left if length is None else min(length, left) if left is not None else length
        first = self.inputs[0]
        if start:
            self.inputs[0] = Input(first.name, (*first.options, "-ss", seconds(start)))
        self.output += ["-t", seconds(min(length or MAX_SECONDS, MAX_SECONDS))]

    def need_seconds(self, what: str) -> float:
        """How long the result will be.

        Raises:
            FopFailed: the source does not tell, and ``what`` depends on it.
        """
        if self.seconds is None:
            raise FopFailed(self.options.fop, f"{what} needs to know how long the source is, which it does not tell")
        return self.seconds

    def arguments(self) -> list[str]:
        """Everything but the name of the output."""
        inputs = [argument for source in self.inputs for argument in source.arguments]
        graph = ["-filter_complex", ";".join(self.graph.chains)] if self.graph.chains else []
        maps = [argument for stream in self.maps for argument in ("-map", stream)]
        return [*inputs, *graph, *maps, *self.output]


def seconds(value: float) -> str:
    """A time as ffmpeg reads it, without an exponent."""
    return f"{value:.3f}".rstrip("0").rstrip(".")


def kept_streams(options: Options, source: MediaInfo) -> tuple[StreamInfo, ...]:
    """The streams of the source that ``stream`` leaves: all without it.

    Raises:
        FopFailed: it names a stream that is not there, or leaves none.
    """
    text = options.text("stream")
    if text is None:
        return source.streams
    numbers = text.removeprefix("-")
    try:
        if ".." in numbers:
            first, last = (int(part) for part in numbers.split(".."))
            named = set(range(first, min(last, 10_000) + 1))
        else:
            named = {int(part) for part in numbers.split(",")}
    except ValueError:
        raise options.wrong("stream", "stream numbers such as 0, 0..2, 0,1 or -1") from None
    if missing := named - {stream.index for stream in source.streams}:
        count = len(source.streams)
        raise FopFailed(options.fop, f"there is no stream {min(missing)}: the source has {count}, counted from 0")
    kept = tuple(stream for stream in source.streams if (stream.index in named) != text.startswith("-"))
    if not kept:
        raise FopFailed(options.fop, "stream leaves nothing to write")
    return kept
