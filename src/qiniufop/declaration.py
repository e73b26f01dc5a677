"""What a class says about itself besides its fields, and how that is read."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic_core import PydanticCustomError
from typing_extensions import get_original_bases

from .plan import core
from .shapes import is_list, is_mapping
from .wire import check_raw

Status = Literal["current", "legacy", "retired", "third-party"]
Mode = Literal["sync", "persistent", "style"]


class Facts(NamedTuple):
    """What is known about an operation besides its parameters.

    Args:
        title: what it does, in a few words.
        zh: the same in Chinese.
        docs: the pages that say so.
        status: whether the vendor still offers it.
        modes: where it may be used: in a URL, in a job, in a style.
        idle: whether an idle-time job may run it.
        piped: whether it may stand in a pipe with other operations.
        rules, limits: what the vendor says that no type can.
        examples: commands, each with what it does.
    """

    title: str = ""
    zh: str = ""
    docs: tuple[str, ...] = ()
    status: Status = "current"
    modes: tuple[Mode, ...] = ("sync", "persistent")
    idle: bool = False
    piped: bool = True
    rules: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()


def media_of(cls: type[Any], root: type[Any]) -> tuple[Any, Any]:
    """The media a class takes and makes, as written in ``Fop[In, Out]`` on it or on a base; ``Any`` where it is open.

    Raises:
        TypeError: it is not written anywhere.
    """
    found = _resolve(cls, root, {})
    if found is None:
        raise TypeError(f"{cls.__name__}: say what it takes and makes: Fop[In, Out]")
    takes, makes = found
    return takes if isinstance(takes, type) else Any, makes if isinstance(makes, type) else Any


def _resolve(cls: type[Any], root: type[Any], bound: Mapping[Any, Any]) -> tuple[Any, Any] | None:
    for original in get_original_bases(cls):
        origin: Any = get_origin(original) or original
        if not (isinstance(origin, type) and issubclass(origin, root)):
            continue
        args = tuple(bound.get(a, a) for a in get_args(original))
        if origin is root:
            return (args[0], args[1]) if args else None
        parameters: tuple[Any, ...] = getattr(origin, "__parameters__", ())
        return _resolve(origin, root, dict(zip(parameters, args, strict=False)))
    return None


def signature_of(cls: Any) -> inspect.Signature:
    """The call a class takes, for ``help()`` and editors that look at live objects."""
    parameter = inspect.Parameter
    fields = sorted(cls.__pydantic_fields__.items(), key=lambda item: item[1].kw_only is not False)
    return inspect.Signature(
        [
            parameter(
                name,
                parameter.POSITIONAL_OR_KEYWORD if field.kw_only is False else parameter.KEYWORD_ONLY,
                default=parameter.empty if field.is_required() else field.default,
                annotation=core(field.annotation)[0] if field.is_required() else core(field.annotation)[0] | None,
            )
            for name, field in fields
        ]
    )


def extra_pairs(value: Any) -> Any:
    """Undocumented parameters as pairs, checked like any raw text; a key without a value stands last."""
    given = list(value.items()) if is_mapping(value) else value
    if not is_list(given):
        return value
    pairs: list[tuple[str, str | None]] = []
    for pair in given:
        if not is_list(pair) or len(pair) != 2:
            raise PydanticCustomError("extra", "must be a mapping of keys to values, or pairs")
        key, word = pair
        if pairs and pairs[-1][1] is None:
            raise PydanticCustomError("extra", "a key without a value must stand last")
        pairs.append((check_raw(str(key), "an extra key"), None if word is None else check_raw(str(word), "a value")))
    return tuple(pairs)
