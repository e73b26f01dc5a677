"""Percent-encoding undone, with every character's place kept."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiniufop import FopSyntaxError, escapes, parse


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.integers(1, 3))
def test_encoding_is_undone_and_places_are_kept(text: str, times: int) -> None:
    text = text.replace("%", "") + "/x"
    hidden = text
    for _ in range(times):
        hidden = quote(hidden, safe="")
    plain, places = escapes.undo(hidden)
    assert plain == text
    assert len(places) == len(plain) + 1
    assert places == sorted(places)
    assert places[-1] == len(hidden)


def test_what_hides_nothing_stays() -> None:
    assert not escapes.hides_structure("imageMogr2/thumbnail/50%/x%20y%3E")
    assert escapes.hides_structure("a%2fb")
    assert escapes.hides_structure("a%25257Cb")


def test_bytes_that_are_not_utf8_stay_encoded() -> None:
    assert escapes.once("a%FFb%41") == "a%FFbA"


def test_depth_is_bounded() -> None:
    deep = "a%" + "25" * 50_000 + "2Fb"
    plain, _ = escapes.undo(deep)
    assert escapes.hides_structure(plain)


def test_error_points_into_the_encoded_text() -> None:
    text = "imageView2%2F2%2Fwidth%2F3"
    with pytest.raises(FopSyntaxError) as caught:
        parse(text)
    assert text[slice(*caught.value.span)] == "width"
