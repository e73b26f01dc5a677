"""``qiniufop schema``."""

from __future__ import annotations

from typing import Annotated

from .. import console
from ..failure import UsageError
from ..toolkit import typer

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop schema > fops.schema.json", "of everything that qiniufop.load() reads"),
    ("qiniufop schema imageView2", "of one operation"),
)


def schema(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="An operation, as on the wire.", show_default=False)
    ] = None,
) -> None:
    """Print the JSON Schema of commands written as data.

    Editors complete and check JSON and YAML with it.
    """
    from ... import ops_index
    from ..schema import json_schema

    if name is not None and ops_index.find(name) is None:
        near = ops_index.near(name)
        hint = f"; did you mean {near!r}?" if near else "; qiniufop ops lists them"
        raise UsageError(f"there is no operation {name!r}{hint}")
    console.emit_json(json_schema(name))
