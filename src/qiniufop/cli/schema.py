"""The JSON Schema of commands written as data: what :func:`qiniufop.core.load` reads."""

from __future__ import annotations

from typing import Any

from .. import ops_index
from ..declared import Declared, aliases
from ..describe import rows
from ..explain import plain_doc
from ..plan import Plan

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(name: str | None = None) -> dict[str, Any]:
    """The schema of every command, or of one operation.

    Args:
        name: the wire name.
    """
    defs: dict[str, Any] = {}
    names = [name] if name is not None else [wire for wire in ops_index.names() if wire]
    refs = [{"$ref": _define(variant, wire, defs)} for wire in names for variant in _variants(ops_index.find(wire))]
    if name is not None:
        return {"$schema": DIALECT, "title": name, "anyOf": refs, "$defs": defs}
    defs["text"] = {"type": "string", "minLength": 1, "description": "A command as it is sent."}
    defs["operation"] = {"anyOf": refs}
    one: dict[str, Any] = {"anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/operation"}]}
    defs["pipeline"] = {"type": "array", "minItems": 1, "items": one, "description": "Operations, run in order."}
    either: dict[str, Any] = {"anyOf": [*one["anyOf"], {"$ref": "#/$defs/pipeline"}]}
    defs["job"] = {
        "type": "object",
        "properties": {"commands": {"type": "array", "minItems": 1, "items": either}},
        "required": ["commands"],
        "description": "Independent commands.",
    }
    choices = [*either["anyOf"], {"$ref": "#/$defs/job"}]
    return {"$schema": DIALECT, "title": "A command, a pipeline or a job", "anyOf": choices, "$defs": defs}


def _variants(cls: Any) -> list[Any]:
    return list(dict.fromkeys(cls.variants.values())) if cls.variants else [cls]


def _define(cls: Any, wire: str, defs: dict[str, Any]) -> str:
    ref = f"#/$defs/{cls.__name__}"
    if cls.__name__ in defs:
        return ref
    declares: type[Declared] = getattr(cls, "edits", Declared)
    made = _read(cls, defs)
    if declares is not Declared:
        made["properties"] = {**_read(declares, defs)["properties"], **made["properties"]}
    made["title"] = cls.__name__
    made["description"] = cls.facts.title or plain_doc((cls.__doc__ or "").partition("\n\n")[0])
    properties = made["properties"]
    for row in rows(cls):
        properties[row.attr]["description"] = plain_doc(row.doc)
    if declares is not Declared:
        properties["steps"] = {
            "description": "The edits in order, as [name, value], where one repeats.",
            "type": "array",
            "items": {"type": "array", "prefixItems": [{"enum": _names(cls.plan)}], "minItems": 2, "maxItems": 2},
        }
    for other, attr in aliases(cls.plan).items():
        properties.setdefault(other, {**properties[attr], "description": f"The same as {attr}."})
    made["properties"] = {"op": {"const": wire, "description": "The operation."}, **properties}
    made["required"] = ["op", *made.get("required", ())]
    made["examples"] = [fops for fops, _ in cls.facts.examples]
    defs[cls.__name__] = made
    return ref


def _read(cls: type[Declared], defs: dict[str, Any]) -> dict[str, Any]:
    body = cls.model_json_schema(ref_template="#/$defs/{model}")
    defs.update({key: _tidied(value) for key, value in body.pop("$defs", {}).items()})
    return _tidied(body)


def _names(plan: Plan) -> list[str]:
    return [step.attr for step in plan.steps]


def _tidied(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what only restates names and defaults, and without the null that stands for "not written"."""
    made = {key: value for key, value in schema.items() if key != "title"}
    made["properties"] = {name: _property(value) for name, value in made.get("properties", {}).items()}
    return made


def _property(schema: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in schema.items() if key not in ("title", "default")}
    choices: list[Any] = [choice for choice in kept.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del kept["anyOf"]
        return {**choices[0], **kept}
    return {**kept, "anyOf": choices} if choices else kept
