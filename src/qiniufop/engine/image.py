"""Which function runs which picture operation. Pillow is imported when one runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from .artifact import Artifact
from .errors import EngineError, UnsupportedFopError
from .registry import Handler, Run, handles


def _forgiving(handler: Handler) -> Handler:
    """Let ``ignore-error/1`` give back the input of a stage that fails.

    What only this engine cannot do is told all the same: the service would have done it.
    """

    def run_it(op: Any, source: Artifact, run: Run) -> Artifact:
        try:
            return handler(op, source, run)
        except UnsupportedFopError:
            raise
        except (EngineError, OSError, ValueError, ArithmeticError, LookupError, SyntaxError) as error:
            if not _ignores_errors(op):
                raise
            return replace(source, notes=(f"ignore-error: the input is returned, because of: {error}",))

    return run_it


def _ignores_errors(op: Any) -> bool:
    # Of an ordered list of edits, the attributes are methods that add one.
    steps: dict[str, Any] | None = dict(op.steps) if hasattr(op, "steps") else None
    return bool(op.ignore_error if steps is None else steps.get("ignore_error"))


@handles("imageView2")
@_forgiving
def image_view2(op: Any, source: Artifact, run: Run) -> Artifact:
    """Scale, crop, convert."""
    from .picture_edit import view2

    return view2(op, source, run)


@handles("imageView")
def image_view(op: Any, source: Artifact, run: Run) -> Artifact:
    """Scale, crop, convert: the first generation."""
    from .picture_edit import view

    return view(op, source, run)


@handles("imageMogr2")
@_forgiving
def image_mogr2(op: Any, source: Artifact, run: Run) -> Artifact:
    """An ordered list of edits."""
    from .picture_edit import mogr2

    return mogr2("imageMogr2", op.steps, source, run)


@handles("imageMogr")
def image_mogr(op: Any, source: Artifact, run: Run) -> Artifact:
    """An ordered list of edits: the first generation."""
    from .picture_edit import mogr

    return mogr(op, source, run)


@handles("watermark")
@_forgiving
def watermark(op: Any, source: Artifact, run: Run) -> Artifact:
    """Pictures and texts over a picture."""
    from .picture_mark import mark

    return mark(op, source, run)


@handles("roundPic")
def round_pic(op: Any, source: Artifact, run: Run) -> Artifact:
    """Round corners."""
    from .picture_shape import round_pic

    return round_pic(op, source, run)


@handles("imageslim", approximations=("imageslim: the service's own method is not published; this re-encodes",))
def imageslim(op: Any, source: Artifact, run: Run) -> Artifact:
    """Fewer bytes, much the same look."""
    from .picture_shape import slim

    return slim(op, source, run)


@handles("animate", approximations=("animate: the source is taken as the first frame",))
def animate(op: Any, source: Artifact, run: Run) -> Artifact:
    """An animation from pictures."""
    from .picture_shape import animate

    return animate(op, source, run)


@handles("imageInfo")
def image_info(op: Any, source: Artifact, run: Run) -> Artifact:
    """Size, format and colour model."""
    from .picture_facts import info

    return info(source, run)


@handles("exif", approximations=("exif: values are plain numbers where the service writes them out in words",))
def exif(op: Any, source: Artifact, run: Run) -> Artifact:
    """EXIF tags."""
    from .picture_facts import exif

    return exif(source, run)


@handles("imageAve")
def image_ave(op: Any, source: Artifact, run: Run) -> Artifact:
    """The average colour."""
    from .picture_facts import average

    return average(source, run)
