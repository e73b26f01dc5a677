"""The way out: operations the catalogue does not know, such as functions of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError
from typing_extensions import Self

from . import ops_index
from .core import Fop
from .declaration import Facts
from .escapes import hides_structure
from .faults import Fault
from .wire import WORD, Tail, Word

__all__ = ["RawOp"]


def _argument(text: str) -> str:
    bad = next((c for c in text if c in "/|;" or c.isspace() or not c.isprintable()), None)
    if bad is not None:
        raise PydanticCustomError("raw_text", "must not contain {char}; write free text in base64", {"char": repr(bad)})
    if hides_structure(text):
        raise PydanticCustomError("raw_text", "must not contain a percent-encoded '/', '|' or ';'")
    return text


Argument = Annotated[str, AfterValidator(_argument), WORD]


class RawOp(
    Fop[Any, Any], fop="", variant=(), facts=Facts(title="An operation of your own", zh="自定义处理", status="legacy")
):
    """An operation the catalogue does not know, written segment by segment.

    ``RawOp("my-unzip", "bucket", "Ymt0")`` is ``my-unzip/bucket/Ymt0``. It takes and makes anything, so a pipeline
    never refuses it. Arguments are written as they are: encode free text yourself, with ``qiniufop.wire.b64encode``.

    Args:
        command: the name of the operation.
        args: its segments.

    Raises:
        ValidationError: an argument would end its segment, or the catalogue knows the operation.
    """

    command: Word = Field(kw_only=False)
    """Name of the operation."""
    args: Annotated[tuple[Argument, ...], Tail()] = ()
    """Segments after the name, written as they are."""

    if TYPE_CHECKING:

        def __init__(self, command: str, /, *args: str) -> None: ...

    @classmethod
    def _make(cls, args: tuple[Any, ...], data: dict[str, Any]) -> Any:
        if args:
            data = {"command": args[0], "args": args[1:], **data}
        return super()._make((), data)

    @model_validator(mode="after")
    def _is_unknown(self) -> Self:
        known = ops_index.find(self.command)
        if known is not None:
            try:
                known._variant(list(self.args))
            except Fault:
                return self
            raise ValueError(
                f"{self.command!r} is in the catalogue: use {known.__name__}, with extra= for what it lacks"
            )
        return self

    @property
    def label(self) -> str:
        return self.command

    def to_fop(self) -> str:
        return "/".join([self.command, *self.args])

    def to_data(self) -> dict[str, Any]:
        return {"op": "", "command": self.command, "args": list(self.args)}

    def __repr__(self) -> str:
        return f"RawOp({', '.join(map(repr, (self.command, *self.args)))})"


ops_index.register("", RawOp)
