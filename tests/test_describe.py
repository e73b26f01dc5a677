"""Declarations read back as rows."""

from __future__ import annotations

from typing import Any

import pytest

from qiniufop import ImageMogr2, ImageView2, Vframe, Watermark
from qiniufop.describe import rows

from .strategies import ALL


def test_a_row_says_what_a_field_says() -> None:
    row = next(r for r in rows(Vframe) if r.attr == "w")
    assert row.key == "w"
    assert row.range == "from 20 to 3840 px"
    assert row.default == "follows h"
    assert row.alias == "width"
    assert row.known == "documented"
    assert row.source.startswith("https://")
    assert "20 to 3840" in row.doc


def test_positions_come_first_and_extras_are_no_parameter() -> None:
    assert rows(ImageView2)[0].attr == "mode"
    assert all(r.attr != "extra" for r in rows(ImageView2))
    assert {r.key for r in rows(ImageMogr2)} >= {"auto-orient", "thumbnail", "size-limit"}


@pytest.mark.parametrize("cls", ALL, ids=lambda c: c.__name__)
def test_every_parameter_is_documented(cls: Any) -> None:
    assert (cls.__doc__ or "").strip()
    if cls.name:
        assert cls.facts.title
        assert cls.facts.zh
        assert cls.facts.docs
    for row in rows(cls):
        assert row.doc, f"{cls.__name__}.{row.attr} has no text under it"
        assert row.source or not cls.name, f"{cls.__name__}.{row.attr} has no source"


def test_families_have_a_row_for_their_choice() -> None:
    assert [r.attr for r in rows(Watermark)] == ["mode"]
