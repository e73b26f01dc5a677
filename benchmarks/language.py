"""What building, spelling, reading and importing cost, as ratios against the official SDK in the same run.

    python -m benchmarks.language            # a table
    python -m benchmarks.language --check    # and exit 1 if a budget is exceeded

Each figure is the best of several rounds in which the two sides take turns, so that a machine that slows down slows
both. Three things are measured twice, because operations are values and equal ones may be remembered: with the same
arguments again and again, as a service that makes thumbnails builds them, and with arguments never seen before.

Reading and linting commands as they are found in the wild is measured in commands a second of one core.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from typing import NamedTuple

from qiniu import build_op, op_save, pipe_cmd

from qiniufop import ImageView2, Saveas, Watermark, parse, parser
from qiniufop.lint import lint
from qiniufop.wire import b64encode as b64

from .commands import commands

LOGO = "http://www.qiniu.com/images/logo.png"
LOGO_B64 = "aHR0cDovL3d3dy5xaW5pdS5jb20vaW1hZ2VzL2xvZ28ucG5n"
S13 = (
    "imageView2/2/w/800/h/600/format/webp|"
    f"watermark/1/image/{LOGO_B64}/dissolve/50/gravity/SouthEast/dx/10/dy/10|"
    "saveas/b3V0cHV0LWJ1Y2tldDpwcm9jZXNzZWQtaW1hZ2Uud2VicA=="
)


MARK = f"|watermark/1/image/{LOGO_B64}/dissolve/50/gravity/SouthEast"


class Row(NamedTuple):
    what: str
    ours: float
    theirs: float
    unit: str
    budget: float | None

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs

    def line(self) -> str:
        budget = f"{self.budget:g}" if self.budget is not None else "-"
        over = "  OVER" if self.budget is not None and self.ratio > self.budget else ""
        return (
            f"{self.what:<62}{self.ours:>10.2f}{self.theirs:>10.2f} {self.unit:<3}{self.ratio:>8.2f}{budget:>8}{over}"
        )


def turns(
    ours: Callable[[], object], theirs: Callable[[], object], number: int = 4000, rounds: int = 15
) -> tuple[float, float]:
    """The best time of one call of each, in microseconds, the two taking turns."""
    best = [float("inf"), float("inf")]
    for _ in range(rounds):
        for i, call in enumerate((ours, theirs)):
            start = time.perf_counter()
            for _ in range(number):
                call()
            best[i] = min(best[i], (time.perf_counter() - start) / number * 1e6)
    return best[0], best[1]


def sdk(key: str = "processed-image.webp", width: int = 800) -> str:
    resize = build_op("imageView2", "2", w=width, h=600, format="webp")
    mark = build_op("watermark", "1", image=LOGO_B64, dissolve=50, gravity="SouthEast", dx=10, dy=10)
    return op_save(pipe_cmd(resize, mark), "output-bucket", key)


def ours(key: str = "processed-image.webp", width: int = 800):
    return (
        ImageView2(mode=2, w=width, h=600, format="webp")
        | Watermark(mode=1, image=LOGO, dissolve=50, gravity="SouthEast", dx=10, dy=10)
        | Saveas("output-bucket", key)
    )


def language() -> list[Row]:
    assert str(ours()) == sdk() == S13
    built = ours()
    str(built)
    keys = itertools.count()
    fresh = itertools.count()
    texts = itertools.count()

    def new_key() -> str:
        return str(ours(key=f"{next(keys)}.webp"))

    def all_new() -> str:
        n = next(fresh)
        return str(
            ImageView2(mode=2, w=1 + n % 9999, h=1 + n // 9999, format="webp")
            | Watermark(mode=1, image=f"{LOGO}?{n}", dissolve=50, gravity="SouthEast", dx=10, dy=10)
            | Saveas("output-bucket", f"{n}.webp")
        )

    def read_new() -> object:
        n = next(texts)
        return parse(
            f"imageView2/2/w/{1 + n % 9999}/h/{1 + n // 9999}/format/webp{MARK}/dx/10/dy/{n}|saveas/{b64(f'b:{n}')}"
        )

    rows = [
        Row("S13 built and spelt, same arguments", *turns(lambda: str(ours()), sdk), "us", 1.5),
        Row("S13 built and spelt, a new key each time", *turns(new_key, sdk), "us", None),
        Row("S13 built and spelt, every value new", *turns(all_new, sdk), "us", None),
        Row("S13 spelt again", *turns(lambda: str(built), sdk), "us", 0.3),
    ]
    build = rows[0].ours
    read, _ = turns(lambda: parse(S13), sdk)
    rows.append(Row("S13 read, against building it, same text", read, build, "us", 3.0))
    read, _ = turns(read_new, sdk)
    rows.append(Row("S13 read, against building it, every value new", read, rows[2].ours, "us", 3.0))
    return rows


def imports() -> list[Row]:
    # Installed packages are compiled; a checkout is, after its first import, unless the environment forbids it.
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}

    def seconds(code: str) -> float:
        best = float("inf")
        for _ in range(7):
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True, env=env)
            best = min(best, time.perf_counter() - start)
        return best * 1000

    bare = seconds("pass")
    ours_, theirs = seconds("import qiniufop"), seconds("import qiniu")
    touched = seconds("from qiniufop import ImageView2")
    pydantic = seconds(
        textwrap.dedent("""
        from typing import Annotated, Literal
        from pydantic import BaseModel, Field
        class ImageView2(BaseModel):
            mode: Literal[0, 1, 2, 3, 4, 5]
            w: Annotated[int, Field(ge=1, le=9999)] | None = None
            h: Annotated[int, Field(ge=1, le=9999)] | None = None
            format: str | None = None
            interlace: bool | None = None
            q: str | None = None
            colors: int | None = None
            ignore_error: bool | None = None
        """)
    )
    print(f"(an empty python takes {bare:.0f} ms of these)")
    return [
        Row("import qiniufop, against import qiniu", ours_, theirs, "ms", 0.75),
        Row("from qiniufop import ImageView2, against pydantic and a model", touched, pydantic, "ms", 1.3),
    ]


def linear() -> list[Row]:
    def read(commands: int) -> float:
        text = ";".join(f"imageView2/2/w/{1 + i % 9999}/h/{1 + i // 9999}" for i in range(commands))
        start = time.perf_counter()
        parse(text)
        return (time.perf_counter() - start) / commands * 1e6

    read(100)
    return [
        Row(
            "reading a command among 20,000, against one among 1,000",
            read(20_000),
            min(read(1_000) for _ in range(5)),
            "us",
            2.0,
        )
    ]


class Rate(NamedTuple):
    """How many commands a second one core gets through."""

    what: str
    per_second: float
    target: float

    def line(self) -> str:
        short = "  SHORT" if self.per_second < self.target else ""
        return f"{self.what:<62}{self.per_second:>10,.0f}{self.target:>10,.0f} /s{short}"


def rates(rounds: int = 20) -> list[Rate]:
    """Reading and linting commands, none of which is remembered from the round before."""
    texts = commands()

    def rate(call: Callable[[str], object]) -> float:
        best = float("inf")
        for _ in range(rounds):
            parser._remembered.cache_clear()
            start = time.process_time()
            for text in texts:
                call(text)
            best = min(best, time.process_time() - start)
        return len(texts) / best

    return [
        Rate(f"{len(texts)} real commands read", rate(parse), 50_000),
        Rate(f"{len(texts)} real commands linted", rate(lint), 10_000),
    ]


def main() -> int:
    rows = [*language(), *linear(), *imports()]
    print(f"{'':<62}{'ours':>10}{'other':>10} {'':<3}{'ratio':>8}{'budget':>8}")
    for row in rows:
        print(row.line())
    speeds = rates()
    print(f"\n{'commands a second, of one core':<62}{'ours':>10}{'target':>10}")
    for speed in speeds:
        print(speed.line())
    over = any(r.budget is not None and r.ratio > r.budget for r in rows)
    short = any(speed.per_second < speed.target for speed in speeds)
    return 1 if (over or short) and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
