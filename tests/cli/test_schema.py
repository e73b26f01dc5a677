"""The JSON Schema agrees with what qiniufop.load() reads."""

import json
import re
from typing import Any

import pytest

import qiniufop
from qiniufop import ops_index
from qiniufop.cli.schema import json_schema

SCHEMA = json_schema()
CLASSES = [
    v for name in ops_index.names() if name for c in [ops_index.find(name)] for v in (c.variants.values() or [c])
]
EXAMPLES = [fops for cls in CLASSES for fops, _ in cls.facts.examples]
TYPES = {"string": str, "integer": int, "number": (int, float), "boolean": bool, "array": list, "object": dict}


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value is valid, as far as the keywords go that the schema uses."""
    if "$ref" in schema:
        return fits(value, SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]])
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "anyOf" in schema and not any(fits(value, one) for one in schema["anyOf"]):
        return False
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (kind != "boolean" and isinstance(value, bool))):
        return False
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None and len(value) >= schema.get("minLength", 0)
    if isinstance(value, list):
        prefix = schema.get("prefixItems", [])
        rest = schema.get("items", {})
        return len(value) >= schema.get("minItems", 0) and all(
            fits(item, prefix[i] if i < len(prefix) else rest) for i, item in enumerate(value)
        )
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        if not set(schema.get("required", ())) <= value.keys():
            return False
        if schema.get("additionalProperties") is False and not value.keys() <= properties.keys():
            return False
        return all(fits(item, properties.get(key, {})) for key, item in value.items())
    return value >= schema.get("minimum", value) and value <= schema.get("maximum", value)


@pytest.mark.parametrize("text", EXAMPLES)
def test_what_an_example_says_fits(text):
    data = json.loads(qiniufop.parse(text).to_json())
    assert fits(data, SCHEMA)
    assert fits({"commands": [data, text]}, SCHEMA)


@pytest.mark.parametrize(
    "data",
    [
        {"op": "imageView2", "mode": 9},
        {"op": "imageView2", "w": 200},
        {"op": "imageView2", "mode": 2, "w": 0},
        {"op": "imageView2", "mode": 2, "wdith": 200},
        {"op": "imageMogr2", "steps": [["thumbnial", "300x"]]},
        {"op": "nothing"},
        {"commands": []},
        [],
        "",
        5,
    ],
)
def test_what_load_refuses_does_not_fit(data):
    assert not fits(data, SCHEMA)
    with pytest.raises((ValueError, TypeError)):
        qiniufop.load(data)


def test_wire_keys_and_readable_names_fit():
    for data in (
        {"op": "imageMogr2", "auto-orient": True},
        {"op": "imageView2", "mode": 2, "width": 5},
        {"op": "imageMogr2", "steps": [["crop", "1x1"], ["strip", True], ["crop", "2x2"]]},
    ):
        assert fits(data, SCHEMA)
        assert qiniufop.load(data)


def test_every_parameter_is_described():
    for cls in CLASSES:
        properties = SCHEMA["$defs"][cls.__name__]["properties"]
        bare = [name for name, about in properties.items() if not about.get("description") and name != "extra"]
        assert bare == [], cls.__name__


def test_the_command_prints_it(cli):
    assert json.loads(cli("schema").stdout) == SCHEMA
    one = json.loads(cli("schema", "vframe").stdout)
    assert list(one["$defs"]) == ["Vframe"]
