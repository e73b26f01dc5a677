from __future__ import annotations

from fractions import Fraction

import pytest

from qiniufop.engine.video_size import Fitted, Frame, Size, anchor, by_side, even, fit, read_size, turned


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("640x360", Size(640, 360)),
        ("640x", Size(640, None)),
        ("x360", Size(None, 360)),
        ("640x360>", Size(640, 360, ">")),
        ("640x<", Size(640, None, "<")),
        ("320:240", Size(320, 240)),
        ("hd720", Size(1280, 720)),
        ("ntsc-film>", Size(352, 240, ">")),
    ],
)
def test_sizes_are_read(text: str, size: Size) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["", "x", "0x10", "10x0", "10", "10x10<>", "hd", "-1x2", "1x2x3", "1.5x2"])
def test_error_of_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size such as 640x360, 640x or x360"):
        read_size(text)


@pytest.mark.parametrize(
    ("frame", "size", "autoscale", "fitted"),
    [
        ((1920, 1080), "640x360", 0, Fitted(Frame(640, 360))),
        ((1920, 1080), "640x640", 0, Fitted(Frame(640, 640))),
        ((1920, 1080), "641x361", 0, Fitted(Frame(640, 360))),
        ((1920, 1080), "640x640", 1, Fitted(Frame(640, 360))),
        ((1920, 1080), "640x640", 2, Fitted(Frame(640, 360), Frame(640, 640))),
        ((1920, 1080), "640x360", 2, Fitted(Frame(640, 360))),
        ((1080, 1920), "640x640", 1, Fitted(Frame(360, 640))),
        ((160, 120), "640x", 0, Fitted(Frame(640, 480))),
        ((160, 120), "x90", 0, Fitted(Frame(120, 90))),
        ((161, 121), "80x", 0, Fitted(Frame(80, 60))),
        ((320, 240), "640x480", 1, Fitted(Frame(640, 480))),
        ((320, 240), "640x480>", 1, Fitted(Frame(320, 240))),
        ((1920, 1080), "640x480>", 1, Fitted(Frame(640, 360))),
        ((1920, 1080), "640x480<", 1, Fitted(Frame(1920, 1080))),
        ((320, 240), "640x480<", 1, Fitted(Frame(640, 480))),
        ((1000, 1), "10x", 0, Fitted(Frame(10, 2))),
    ],
)
def test_fitting(frame: tuple[int, int], size: str, autoscale: int, fitted: Fitted) -> None:
    assert fit(Frame(*frame), read_size(size), autoscale) == fitted


def test_wide_pixels_count_in_the_ratio() -> None:
    # 720x576 with pixels of 16:15 is shown as 768x576.
    assert fit(Frame(720, 576), read_size("x288"), pixel_ratio=Fraction(16, 15)).frame == (384, 288)


def test_odd_sides_stay_where_the_encoder_takes_them() -> None:
    assert fit(Frame(161, 121), read_size("81x"), step=1).frame == (81, 61)
    assert even(Frame(161, 121)) == (160, 120)
    assert even(Frame(161, 121), 1) == (161, 121)
    assert even(Frame(1, 1)) == (2, 2)


def test_turning_swaps_the_sides() -> None:
    assert turned(Frame(4, 3), 90) == (3, 4)
    assert turned(Frame(4, 3), 180) == (4, 3)


@pytest.mark.parametrize(
    ("gravity", "place"),
    [
        ("NorthWest", (0, 0)),
        ("North", (40, 0)),
        ("NorthEast", (80, 0)),
        ("West", (0, 45)),
        ("Center", (40, 45)),
        ("East", (80, 45)),
        ("SouthWest", (0, 90)),
        ("South", (40, 90)),
        ("SouthEast", (80, 90)),
    ],
)
def test_anchors(gravity: str, place: tuple[int, int]) -> None:
    assert anchor(Frame(100, 100), Frame(20, 10), gravity) == place
    assert anchor(Frame(100, 100), Frame(20, 10), gravity, -3, 7) == (place[0] - 3, place[1] + 7)


@pytest.mark.parametrize(("side", "size"), [(0, (100, 50)), (1, (100, 50)), (2, (100, 50)), (3, (100, 50))])
def test_marks_scale_by_a_side(side: int, size: tuple[int, int]) -> None:
    assert by_side(Frame(20, 10), Frame(200, 100), 0.5, side) == size


def test_marks_on_an_upright_picture() -> None:
    upright = Frame(100, 200)
    sizes = [by_side(Frame(20, 10), upright, 0.5, side) for side in range(4)]
    assert sizes == [(100, 50), (100, 50), (50, 25), (200, 100)]
