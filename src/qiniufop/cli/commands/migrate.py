"""``qiniufop migrate``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from .. import console
from ..arguments import Json
from ..failure import FAILED, UsageError
from ..toolkit import typer

if TYPE_CHECKING:
    from ...migrate import Migration, Remark

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop migrate --diff jobs.py", "show what would change"),
    ("qiniufop migrate src/", "rewrite every program below a directory, in place"),
    ("qiniufop migrate --check src/", "fail if anything could be rewritten"),
    ("qiniufop migrate - < jobs.py > typed.py", "from standard input to standard output"),
)


def migrate(
    what: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|DIRECTORY...", help="Python programs; '-' reads standard input.", show_default=False
        ),
    ],
    diff: Annotated[bool, typer.Option("--diff", help="Print the change and leave the files alone.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Leave the files alone; exit code 1 if one would change.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing about each expression.")] = False,
    as_json: Json = False,
) -> None:
    """Rewrite programs that use the official SDK's builders, or command strings, to typed code.

    Each expression is evaluated before and after. Where the command that is sent differs, it means the same, and the
    difference is told. What depends on values that are not written out in the program is left alone.
    """
    done = [(path, _migrate(path)) for item in what for path in _files(item)]
    if as_json:
        console.emit_json(
            [{"file": str(p), "changed": r.changed, "remarks": [asdict(x) for x in r.remarks]} for p, r in done]
        )
    for path, result in done:
        if not (quiet or as_json):
            for remark in result.remarks:
                _say(path, remark)
        if diff and not as_json:
            sys.stdout.write(result.diff(path.as_posix()))
        elif path == Path("-") and not (check or as_json):
            sys.stdout.write(result.after)
        elif result.changed and not (diff or check) and path != Path("-"):
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(result.after)
    changed = sum(result.changed for _, result in done)
    files = f"{len(done)} file{'s' if len(done) != 1 else ''}"
    console.say(f"{files} read: {changed or 'none'} {'would change' if diff or check else 'rewritten'}")
    if check and changed:
        raise typer.Exit(FAILED)


def _files(item: str) -> list[Path]:
    path = Path(item)
    if item == "-":
        if sys.stdin.isatty():
            raise UsageError("nothing to read: give a program on standard input")
        return [path]
    if path.is_dir():
        return sorted(p for p in path.rglob("*.py") if not any(part.startswith(".") for part in p.parts))
    if not path.is_file():
        raise UsageError(f"there is no file {item}")
    return [path]


def _migrate(path: Path) -> Migration:
    from ...migrate import migrate as rewritten

    try:
        if path == Path("-"):
            return rewritten(sys.stdin.read())
        with path.open(encoding="utf-8", newline="") as file:
            return rewritten(file.read())
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from None


def _say(path: Path, remark: Remark) -> None:
    words: dict[str, Any] = {
        "equal": "the same is sent",
        "differs": remark.message,
        "kept": f"left alone: {remark.message}",
    }
    old = " ".join(remark.old.split())
    console.say(f"{path}:{remark.line}: {old if len(old) <= 60 else old[:59] + '…'}\n    {words[remark.kind]}")
