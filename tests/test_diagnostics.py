"""One shape for everything that can be said about a command."""

import dataclasses

import pytest

from qiniufop import FopError, parse
from qiniufop.diagnostics import SEVERITIES, Diagnostic, Fix, apply_fixes, of_error


def remark(*span, text=None, code="c"):
    return Diagnostic(code, "warning", span, "m", fix=None if text is None else Fix(span, text))


@pytest.mark.parametrize(
    ("text", "code", "span", "suggestion"),
    [
        ("imageMogr2/autoorient|imageInfo", "unknown-key", (11, 21), "auto-orient"),
        ("imageInfo|imageView2/2", "media", (10, 22), None),
        ("imageView2/2/w/0", "bad-value", (15, 16), None),
        ("watermark/1/image/aHR0cDovL2EuY24vYg==/gravity/Nort", "bad-value", (47, 51), "North"),
    ],
)
def test_errors_of_the_parser_are_diagnostics(text, code, span, suggestion):
    with pytest.raises(FopError) as caught:
        parse(text)
    found = of_error(caught.value)
    assert (found.code, found.severity, found.span, found.suggestion) == (code, "error", span, suggestion)
    assert found.message == caught.value.message
    assert "\n" not in found.message


def test_moving_takes_the_fix_along():
    moved = remark(2, 4, text="x").moved(10)
    assert moved.span == (12, 14)
    assert moved.fix == Fix((12, 14), "x")
    assert dataclasses.replace(moved, span=(2, 4), fix=Fix((2, 4), "x")) == remark(2, 4, text="x")
    assert remark(2, 4).moved(1).fix is None


@pytest.mark.parametrize(
    ("remarks", "better"),
    [
        ([], "abcdef"),
        ([remark(1, 2)], "abcdef"),
        ([remark(1, 2, text="X")], "aXcdef"),
        ([remark(4, 6, text=""), remark(0, 1, text="A")], "Abcd"),
        ([remark(1, 3, text="X"), remark(2, 4, text="Y")], "aXdef"),
        ([remark(1, 2, text="X"), remark(1, 2, text="X", code="d")], "aXcdef"),
        ([remark(2, 2, text="X"), remark(2, 3, text="Y")], "abXYdef"),
        ([remark(6, 6, text="!")], "abcdef!"),
    ],
)
def test_fixes_apply_from_left_to_right_and_never_overlap(remarks, better):
    assert apply_fixes("abcdef", remarks) == better
    assert apply_fixes("abcdef", list(reversed(remarks))) == better


def test_a_diagnostic_is_a_value():
    assert remark(1, 2, text="x") == remark(1, 2, text="x")
    assert len({remark(1, 2), remark(1, 2)}) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        remark(1, 2).code = "d"  # type: ignore[misc]


def test_severities_go_from_grave_to_slight():
    assert SEVERITIES == ("error", "warning", "advice")
