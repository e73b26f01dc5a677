"""``qiniufop demo``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from .. import console
from ..arguments import Json
from ..toolkit import typer

PANEL = "Try it"
EXAMPLES = (
    ("qiniufop demo", "results in ./qiniufop-demo"),
    ("qiniufop demo --out results --open", "and show them in the browser"),
)


def demo(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the results.")] = Path("qiniufop-demo"),
    open_page: Annotated[bool, typer.Option("--open", help="Show the results in the browser.")] = False,
    as_json: Json = False,
) -> None:
    """Resize and watermark a photograph, transcode and thumbnail a video, and show what came out.

    Typed commands are submitted by the real client over HTTP to a dev server on this machine. Needs no account and
    no network.
    """
    from ...demo import run

    made = run(out, console.say if as_json else _say)
    if as_json:
        console.emit_json(
            {
                "folder": str(made.folder),
                "files": [str(path) for path in made.files],
                "sheet": str(made.sheet),
                "page": str(made.page),
                "seconds": round(made.seconds, 3),
            }
        )
    if open_page:
        typer.launch(made.page.resolve().as_uri())


def _say(line: str) -> None:
    typer.echo(line)
