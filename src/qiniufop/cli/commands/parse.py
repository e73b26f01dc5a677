"""``qiniufop parse``."""

from __future__ import annotations

from typing import Annotated

from .. import console
from ..arguments import FopsText, Json, Strictness, Unknown, read_fops
from ..toolkit import typer

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop parse 'imageView2/2/w/200|saveas/Ymt0OmEucG5n'", "as a tree"),
    ("qiniufop parse --json 'imageView2/2/w/200'", "as data that qiniufop.load() reads back"),
    ("qiniufop parse --canonical 'imageView2/2/h/100/w/200/'", "in the normal spelling"),
    ("echo 'vframe/jpg/offset/1' | qiniufop parse", "from standard input"),
)


def parse(
    fops: FopsText = None,
    as_json: Json = False,
    canonical: Annotated[bool, typer.Option("--canonical", help="Print the normal spelling.")] = False,
    unknown: Unknown = Strictness.error,
) -> None:
    """Check a command and show what it says.

    Exit code 2 and a mark under the offending character if it is not valid.
    """
    from ...core import parse as parse_fops

    value = parse_fops(read_fops(fops), unknown=unknown.value)
    if as_json:
        console.emit_json(value.to_data())
    elif canonical:
        console.emit(str(value.canonical()))
    else:
        from ...explain import explain
        from ..drawing import show

        show(explain(value), full=False)
