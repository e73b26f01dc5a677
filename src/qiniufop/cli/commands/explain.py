"""``qiniufop explain``."""

from __future__ import annotations

from .. import console
from ..arguments import FopsText, Json, read_fops

PANEL = "Read and check"
EXAMPLES = (
    ("qiniufop explain 'imageMogr2/auto-orient/thumbnail/!50p|saveas/Ymt0'", "what each part does"),
    ("qiniufop explain --json 'avthumb/mp4/vb/1.25m'", "the same as data"),
)


def explain(fops: FopsText = None, as_json: Json = False) -> None:
    """Put a command into words.

    Opens base64, and says of every parameter what it does and in which unit, what holds for those not given, what
    becomes of the result, and where to read on. Unknown operations and parameters are kept and called so.
    """
    from ... import explain as explaining

    explanation = explaining.explain(read_fops(fops))
    if as_json:
        console.emit_json(explanation.to_data())
    else:
        from ..drawing import show

        show(explanation, full=True)
