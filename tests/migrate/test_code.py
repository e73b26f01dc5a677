"""Every operation of the catalogue has code that makes it."""

from __future__ import annotations

import warnings

import pytest

from qiniufop import ops_index, parse
from qiniufop.migrate.code import code_of, made_by, piped, quoted

EXAMPLES = sorted(
    {
        text
        for cls in ops_index.load_all().values()
        for kind in (cls, *cls.variants.values())
        for text, _ in kind.facts.examples
    }
)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 100


@pytest.mark.parametrize("text", EXAMPLES)
def test_the_examples_of_every_operation(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = parse(text)
    code, names = code_of(value)
    assert made_by(code, names) == value
    assert "'" not in code or '"' in code


@pytest.mark.parametrize(
    ("text", "code"), [("a", '"a"'), ("it's", '"it\'s"'), ('a"b', "'a\"b'"), ("a\\'\n", '"a\\\\\'\\n"')]
)
def test_quotes(text: str, code: str) -> None:
    assert quoted(text) == code
    assert eval(code) == text


def test_pipelines_are_broken_where_they_are_too_long() -> None:
    assert piped(["a" * 40, "b" * 40], 0) == f"{'a' * 40} | {'b' * 40}"
    assert piped(["a" * 40, "b" * 40], 30) == f"(\n    {'a' * 40}\n    | {'b' * 40}\n)"
