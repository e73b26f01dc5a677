"""``qiniufop run``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from .. import console, failure
from ..arguments import FopsText, Json, read_fops
from ..failure import UsageError
from ..toolkit import typer

if TYPE_CHECKING:
    from ..local import Made

PANEL = "On this machine"
EXAMPLES = (
    ("qiniufop run photo.jpg 'imageView2/2/w/480/format/webp' -o small.webp", "one command, one file"),
    ("qiniufop run photo.jpg imageInfo", "a report, printed"),
    ("qiniufop run clip.mov 'avthumb/mp4/vb/1m|saveas/Ymt0OmEubXA0;vframe/jpg/offset/1' -o out/", "two, in a folder"),
    ('qiniufop run photo.jpg "$FOPS" -o out/ --objects ./objects', "with marks from ./objects/BUCKET/KEY"),
)


def run(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, readable=True, help="The source."),
    ],
    fops: FopsText = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="OUT",
            help="File or folder for the result; in a folder it is named by its saveas key. '-' is standard output.",
            show_default=False,
        ),
    ] = None,
    objects: Annotated[
        Path | None,
        typer.Option(metavar="DIR", exists=True, file_okay=False, help="Where kodo://BUCKET/KEY is: DIR/BUCKET/KEY."),
    ] = None,
    allow: Annotated[
        list[str] | None,
        typer.Option(metavar="HOST", help="A host that commands may read from. May be repeated. Default: none."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Run commands on a file, on this machine.

    Prints where the results are, a path on each line; reports such as imageInfo are printed themselves unless -o says
    where they go. A saveas stage names the result within the folder; its bucket does not matter. What runs here only
    approximately is said so. Exit code 1 if a command fails; the others are run all the same.
    """
    from ...core import parse

    value = parse(read_fops(fops))
    began = time.monotonic()
    made, failed = _run_all(value, file, out, objects, tuple(allow or ()), as_json=as_json)
    if as_json:
        console.emit_json({"outputs": [_data(one) for one in made], "failed": failed})
    else:
        for one in made:
            _tell(one, raw=out == "-")
    for note in dict.fromkeys(note for one in made for note in one.notes):
        console.say(f"note: {note}")
    if made and out not in (None, "-"):
        count = sum(len(one.paths) for one in made)
        size = sum(path.stat().st_size for one in made for path in one.paths)
        files = "1 file" if count == 1 else f"{count} files"
        console.say(f"{files}, {size / 1000:,.1f} kB in {time.monotonic() - began:.1f} s")
    raise typer.Exit(1 if failed else 0)


def _run_all(
    value: Any, file: Path, out: str | None, objects: Path | None, allow: tuple[str, ...], *, as_json: bool
) -> tuple[list[Made], list[dict[str, Any]]]:
    from ...errors import FopError, MissingExtraError
    from ..local import Others, Target, carry_out, targets

    if out == "-":
        if as_json:
            raise UsageError("--json and -o - exclude each other: both are standard output")
        if len(value.commands) > 1:
            raise UsageError("standard output takes the result of one command only")
        if sys.stdout.isatty():
            raise UsageError("the result would garble the terminal: redirect it, or give a file with -o")
        places = [Target(Path(), None, printed=True)]
    else:
        directory = out is not None and out.endswith(("/", os.sep))
        places = targets(value, file, None if out is None else Path(out), directory=directory)
    others = Others(objects, allow)
    made: list[Made] = []
    failed: list[dict[str, Any]] = []
    for number, (command, place) in enumerate(zip(value.commands, places, strict=True), 1):
        try:
            with console.progress(_label(value, number)) as tell:
                made.append(carry_out(command, file, place, others, tell))
        except MissingExtraError:
            raise
        except FopError as error:
            failure.report(error)
            failed.append({"command": str(command), "stage": getattr(error, "stage", None), "error": str(error)})
    return made, failed


def _tell(made: Made, *, raw: bool) -> None:
    if made.content is not None and raw:
        sys.stdout.flush()
        sys.stdout.buffer.write(made.content)
    elif made.content is not None:
        console.emit(made.content.decode("utf-8", "replace"))
    for path in made.paths:
        console.emit(str(path))


def _label(value: Any, number: int) -> str:
    text = str(value.commands[number - 1])
    short = text if len(text) <= 40 else f"{text[:39]}…"
    return short if len(value.commands) == 1 else f"{number}/{len(value.commands)} {short}"


def _data(made: Made) -> dict[str, Any]:
    import json

    data: dict[str, Any] = {"command": made.command, "mime": made.mime, "size": made.size}
    if made.path is not None:
        data["path"] = str(made.path)
    if made.files:
        data["files"] = [str(path) for path in made.files]
    if made.content is not None:
        text = made.content.decode("utf-8", "replace")
        data["result"] = json.loads(text) if made.mime == "application/json" else text
    if made.notes:
        data["notes"] = list(made.notes)
    return data
