"""Two commands compared by what they mean."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiniufop import ImageView2, parse
from qiniufop.compare import Change, compare

A, B = "imageView2/2/w/200", "imageView2/2/w/300"


def changes(first: str, second: str) -> list[tuple[object, ...]]:
    return [(c.kind, c.command, c.stage, c.parameter, c.before, c.after) for c in compare(first, second).changes]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("imageView2/2/w/200/h/100", "imageView2/2/h/100/w/200"),
        ("saveas/Ymt0OmEucG5n", "saveas/Ymt0OmEucG5n/"),
        ("watermark/2/text/5Lit5paHMQ==", "watermark/2/text/5Lit5paHMQ"),
        (
            "watermark/1/image/aHR0cDovL2EvYg==/gravity/SouthEast",
            "watermark/1/gravity/southeast/image/aHR0cDovL2EvYg==",
        ),
    ],
)
def test_spelling_is_no_difference(first, second):
    comparison = compare(first, second)
    assert comparison.same
    assert len(comparison.respelt) == 1
    assert comparison.to_data()["identical"] is False


def test_values_are_compared_as_well_as_texts():
    assert compare(ImageView2(mode=2, w=200), A).same


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (A, B, [("changed", 1, 1, "w", "200", "300")]),
        (A, f"{A}/q/9", [("added", 1, 1, "q", None, "9")]),
        (f"{A}/h/5", A, [("removed", 1, 1, "h", "5", None)]),
        (A, f"{A}|imageInfo", [("added", 1, 2, None, None, "imageInfo")]),
        (
            f"imageMogr2/strip|{A}",
            B,
            [("removed", 1, 1, None, "imageMogr2/strip", None), ("changed", 1, 1, "w", "200", "300")],
        ),
        (f"{A};exif", "exif", [("removed", 1, None, None, A, None)]),
        (A, f"imageInfo;{A}", [("added", 1, None, None, None, "imageInfo")]),
        (f"{A};exif", f"exif;{A}", [("moved", 2, None, None, "command 1", "command 2")]),
        (f"{A};exif", f"exif;{B}", None),
        # The edits of imageMogr2 act in their order.
        (
            "imageMogr2/crop/9x9/rotate/90",
            "imageMogr2/rotate/90/crop/9x9",
            [("removed", 1, 1, "crop", "9x9", None), ("added", 1, 1, "crop", None, "9x9")],
        ),
        # Layers, too.
        (
            "watermark/3/text/YQ==/dx/5/text/Yg==",
            "watermark/3/text/YQ==/dx/6/text/Yg==/text/Yw==",
            [("changed", 1, 1, "layers 1 dx", "5", "6"), ("added", 1, 1, "layers 3", None, "text/Yw==")],
        ),
        ("vframe/jpg/offset/1", "vframe/jpg/offset/1/newKey/2", [("added", 1, 1, "newKey", None, "2")]),
        ("my/a/b", "my/a/c", [("changed", 1, 1, "args", "a, b", "a, c")]),
        ("my/a", "imageInfo", None),
    ],
)
def test_differences(first, second, expected):
    found = changes(first, second)
    assert found
    if expected is not None:
        assert found == expected


def test_a_change_names_the_operation():
    assert compare(A, B).changes[0] == Change("changed", 1, 1, "imageView2", "w", "200", "300")


def test_long_jobs_are_compared_quickly():
    many = [f"imageView2/2/w/{n}" for n in range(1, 2000)]
    assert changes(";".join(many), ";".join([*many[:1000], "exif", *many[1000:]])) == [
        ("added", 1001, None, None, None, "exif")
    ]
    assert len(changes(";".join(many), ";".join(reversed(many)))) > 0


TEXTS = st.lists(
    st.sampled_from([A, B, "imageInfo", "imageMogr2/strip/crop/5x5|imageView2/0/w/9", "my/1", "watermark/3/text/YQ=="]),
    min_size=1,
    max_size=5,
).map(";".join)


@settings(max_examples=60, deadline=None)
@given(TEXTS, TEXTS)
def test_it_finds_a_difference_exactly_where_there_is_one(first, second):
    comparison = compare(first, second)
    equal = parse(first, unknown="keep") == parse(second, unknown="keep")
    assert comparison.same == equal
    turned = compare(second, first)
    assert sorted(c.kind == "changed" for c in comparison.changes) == sorted(
        c.kind == "changed" for c in turned.changes
    )
