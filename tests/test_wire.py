"""How single values are written and read."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from qiniufop import wire


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_base64_is_url_safe_and_padded(text: str) -> None:
    encoded = wire.b64encode(text)
    assert encoded == base64.urlsafe_b64encode(text.encode()).decode()
    if text:
        assert wire.b64decode(encoded) == text
        assert wire.b64decode(encoded.rstrip("=")) == text


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("bkt", "Ymt0"),
        ("bkt:", "Ymt0Og=="),
        ("bkt:a.png", "Ymt0OmEucG5n"),
        ("bkt:a:b", "Ymt0OmE6Yg=="),
        ("bkt:out.mp4", "Ymt0Om91dC5tcDQ="),
        ("bkt:目录/结果>?.mp4", "Ymt0OuebruW9lS_nu5Pmnpw-Py5tcDQ="),
        ("qiniuphotos:gogopher.jpg", "cWluaXVwaG90b3M6Z29nb3BoZXIuanBn"),
        ("t-test:Ship-thumb-200.jpg", "dC10ZXN0OlNoaXAtdGh1bWItMjAwLmpwZw=="),
    ],
)
def test_published_entries(text: str, entry: str) -> None:
    assert wire.b64encode(text) == entry
    assert wire.b64decode(entry) == text


def test_the_standard_alphabet_is_understood() -> None:
    assert wire.b64bytes("++++") == wire.b64bytes("----")


@pytest.mark.parametrize("text", ["", "a", "a b=", "YQ==YQ==", "Y=Q=", "é", "YQ===", "a/b="])
def test_error_of_what_is_not_base64(text: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        wire.b64decode(text)


@pytest.mark.parametrize(
    ("number", "text"),
    [(1.0, "1"), (0.3, "0.3"), (1e16, "10000000000000000"), (1e-7, "0.0000001"), (-2.5, "-2.5"), (123, "123")],
)
def test_numbers_are_plain_decimals(number: float, text: str) -> None:
    assert wire.number(number) == text


class Values(BaseModel):
    seconds: wire.Seconds = 0
    quality: wire.Quality = 75
    rate: wire.BitRate = "1k"
    any: wire.Opaque = "x"
    url: wire.Url = "kodo://b/k"
    size: wire.Resolution = "1x"
    word: wire.Word = "x"


@pytest.mark.parametrize(
    ("field", "given_", "kept"),
    [
        ("seconds", 0.1 + 0.2, 0.3),
        ("seconds", 1, 1.0),
        ("quality", 75, 75),
        ("quality", "75", 75),
        ("quality", "90!", "90!"),
        ("rate", 128000, "128000"),
        ("rate", "1.25m!", "1.25m!"),
        ("any", 3, "3"),
        ("any", 2.5, "2.5"),
        ("any", True, "1"),
        ("url", "HTTPS://h/a b|c", "HTTPS://h/a b|c"),
        ("size", "hd720", "hd720"),
        ("size", "640x360>", "640x360>"),
    ],
)
def test_values_are_kept_in_one_form(field: str, given_: object, kept: object) -> None:
    assert getattr(Values.model_validate({field: given_}), field) == kept


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("seconds", 1.2345),
        ("seconds", -1),
        ("seconds", float("nan")),
        ("seconds", float("inf")),
        ("quality", 0),
        ("quality", 101),
        ("quality", "5!!"),
        ("quality", True),
        ("rate", "1.25g"),
        ("rate", "١k"),
        ("any", "a/b"),
        ("any", ""),
        ("url", "logo.png"),
        ("url", "http://\ud800"),
        ("size", "640x360b"),
        ("size", "x"),
        ("word", "a%2Fb"),
        ("word", "a\u2028b"),
        ("word", "a\x85b"),
    ],
)
def test_error_of_wrong_values(field: str, wrong: object) -> None:
    with pytest.raises(ValidationError):
        Values.model_validate({field: wrong})


def test_schema_says_what_is_taken() -> None:
    properties = Values.model_json_schema()["properties"]
    assert properties["quality"]["anyOf"][0] == {"type": "integer", "minimum": 1, "maximum": 100}
    assert properties["rate"]["pattern"].startswith("^(?:[0-9]+")


def test_a_bare_text_field_has_no_spelling() -> None:
    from qiniufop.declared import Declared

    with pytest.raises(TypeError, match="no wire spelling"):
        type("Careless", (Declared,), {"__annotations__": {"format": str}, "__module__": __name__})
