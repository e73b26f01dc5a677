from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiniufop.engine import geometry
from qiniufop.engine.geometry import GeometryError

SIZES = st.tuples(st.integers(1, 30_000), st.integers(1, 30_000))
SIDES = st.integers(1, 9_999)


@pytest.mark.parametrize(
    ("mode", "w", "h", "size", "result"),
    [
        (2, 200, None, (640, 427), (200, 133)),
        (2, None, 200, (640, 427), (300, 200)),
        (2, None, None, (640, 427), (640, 427)),
        (2, 9999, 9999, (640, 427), (640, 427)),
        (0, 48, 48, (640, 427), (48, 32)),
        (0, 400, 400, (1024, 768), (400, 300)),
        (0, 400, 200, (1024, 768), (267, 200)),
        (0, 400, 200, (768, 1024), (200, 267)),
        (0, 400, None, (768, 1024), (300, 400)),
        (2, 400, 400, (1024, 768), (400, 300)),
        (3, 400, 400, (1024, 768), (533, 400)),
        (3, 400, None, (1024, 768), (533, 400)),
        (4, 400, 400, (1024, 768), (533, 400)),
        (4, 600, 300, (768, 1024), (450, 600)),
        (3, 2000, 100, (1024, 768), (1024, 768)),
    ],
)
def test_image_view2_scales(mode, w, h, size, result):
    assert geometry.image_view2(mode, w, h, size) == (result, None)


@pytest.mark.parametrize(
    ("mode", "w", "h", "size", "scaled", "box"),
    [
        (1, 200, 200, (640, 427), (300, 200), (50, 0, 250, 200)),
        (1, 400, 400, (1024, 768), (533, 400), (66, 0, 466, 400)),
        (1, 400, None, (1024, 768), (533, 400), (66, 0, 466, 400)),
        (5, 400, 400, (1024, 768), (533, 400), (66, 0, 466, 400)),
        (5, 300, 200, (400, 800), (200, 400), (0, 50, 200, 350)),
        (1, 600, 100, (300, 300), (300, 300), (0, 100, 300, 200)),
        (1, 1080, 636, (256, 256), (256, 256), None),
        (1, 100, 100, (200, 200), (100, 100), None),
    ],
)
def test_image_view2_scales_and_crops(mode, w, h, size, scaled, box):
    assert geometry.image_view2(mode, w, h, size) == (scaled, box)


@given(SIZES, st.integers(0, 5), st.none() | SIDES, st.none() | SIDES)
def test_image_view2_never_enlarges(size, mode, w, h):
    target, box = geometry.image_view2(mode, w, h, size)
    assert 1 <= target[0] <= size[0]
    assert 1 <= target[1] <= size[1]
    if box is not None:
        assert mode in (1, 5)
        assert 0 <= box[0] < box[2] <= target[0]
        assert 0 <= box[1] < box[3] <= target[1]


@given(SIZES, SIDES, SIDES)
def test_mode_2_fits_and_mode_3_covers(size, w, h):
    inside = geometry.image_view2(2, w, h, size).size
    assert inside[0] <= w
    assert inside[1] <= h
    covering = geometry.image_view2(3, w, h, size).size
    assert covering[0] >= min(w, size[0]) or covering[1] >= min(h, size[1])
    if w <= size[0] and h <= size[1]:
        assert covering[0] >= w
        assert covering[1] >= h


@given(SIZES, SIDES, SIDES)
def test_mode_1_gives_the_box_wherever_the_picture_is_large_enough(size, w, h):
    target, box = geometry.image_view2(1, w, h, size)
    left, top, right, bottom = box or (0, 0, *target)
    assert right - left <= w
    assert bottom - top <= h
    if w <= size[0] and h <= size[1]:
        assert (right - left, bottom - top) == (w, h)


@given(SIZES, st.sampled_from([0, 4, 5]), SIDES, SIDES)
def test_modes_by_long_and_short_edge_turn_with_the_picture(size, mode, w, h):
    if size[0] == size[1]:
        return
    target, box = geometry.image_view2(mode, w, h, size)
    turned, turned_box = geometry.image_view2(mode, w, h, size[::-1])
    assert turned == target[::-1]
    assert (box is None) == (turned_box is None)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("!75p", (480, 320)),
        ("!20p", (128, 85)),
        ("!75px", (480, 427)),
        ("!x75p", (640, 320)),
        ("!75p>", (480, 320)),
        ("!50x25p", (320, 107)),
        ("700x", (700, 467)),
        ("x467", (700, 467)),
        ("300x300", (300, 200)),
        ("!300x300", (300, 200)),
        ("!200x200r", (300, 200)),
        ("!x372r", (558, 372)),
        ("200x200^", (300, 200)),
        ("200x300!", (200, 300)),
        ("200x!", (200, 427)),
        ("200x300>", (200, 133)),
        ("200x300%3E", (200, 133)),
        ("200x300%3e", (200, 133)),
        ("800x800>", (640, 427)),
        ("640x427>", (640, 427)),
        ("750x>", (640, 427)),
        ("320>", (320, 214)),
        ("700x600<", (700, 467)),
        ("700x300<", (640, 427)),
        ("300", (300, 200)),
        ("!200", (200, 133)),
        ("50%", (320, 214)),
        ("350000@", (724, 483)),
        ("1000000@", (1224, 816)),
        ("800x800!>", (640, 427)),
        ("800x200!>", (640, 200)),
        ("800x200!<", (800, 427)),
        ("0x200", (300, 200)),
        ("1x", (1, 1)),
    ],
)
def test_thumbnail(text, result):
    assert geometry.thumbnail(text, (640, 427)) == result


@pytest.mark.parametrize(
    "text", ["", "x", "!", "0x0", "300*200", "-300x", "300x200x100", "!300x200q", "1e9x", "5x5@", "٣x"]
)
def test_error_thumbnail(text):
    with pytest.raises(GeometryError, match="is not a thumbnail size"):
        geometry.thumbnail(text, (640, 427))


@given(SIZES, SIDES, SIDES)
def test_thumbnail_fits_or_covers(size, w, h):
    inside = geometry.thumbnail(f"{w}x{h}", size)
    covering = geometry.thumbnail(f"!{w}x{h}r", size)
    assert all(1 <= got <= asked for got, asked in zip(inside, (w, h), strict=True))
    assert all(got >= asked for got, asked in zip(covering, (w, h), strict=True))
    assert inside[0] == w or inside[1] == h
    assert covering[0] == w or covering[1] == h
    assert geometry.thumbnail(f"{w}x{h}!", size) == (w, h)
    smaller, larger = geometry.thumbnail(f"{w}x{h}>", size), geometry.thumbnail(f"{w}x{h}<", size)
    assert {smaller, larger} <= {inside, size}
    assert smaller[0] <= size[0]
    assert larger[0] >= size[0]


@given(SIZES, st.integers(1, 24_999_999))
def test_thumbnail_area_is_not_exceeded(size, area):
    w, h = geometry.thumbnail(f"{area}@", size)
    assert w == 1 or h == 1 or w * h <= area


@given(SIZES, st.integers(1, 999))
def test_thumbnail_percentages_agree(size, percent):
    both = geometry.thumbnail(f"!{percent}p", size)
    assert both[0] == geometry.thumbnail(f"!{percent}px", size)[0]
    assert both[1] == geometry.thumbnail(f"!x{percent}p", size)[1]
    assert both[0] == max(1, int(Fraction(size[0] * percent, 100) + Fraction(1, 2)))


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("300x", (0, 0, 300, 427)),
        ("x200", (0, 0, 640, 200)),
        ("300x300", (0, 0, 300, 300)),
        ("!300x300a30a100", (30, 100, 330, 400)),
        ("!300x300a30-100", (30, 0, 330, 200)),
        ("!300x300-30a100", (0, 100, 270, 400)),
        ("!300x300-30-100", (0, 0, 270, 200)),
        ("!300x400a10a10", (10, 10, 310, 410)),
        ("!300x400-10a10", (0, 10, 290, 410)),
        ("!256x256", (0, 0, 256, 256)),
        ("300x300+30+100", (30, 100, 330, 400)),
        ("1000x1000", (0, 0, 640, 427)),
        ("!600x400a100a100", (100, 100, 640, 427)),
    ],
)
def test_crop(text, box):
    assert geometry.crop(text, (640, 427)) == box


@pytest.mark.parametrize(
    ("gravity", "corner"),
    [
        ("NorthWest", (0, 0)),
        ("North", (170, 0)),
        ("NorthEast", (340, 0)),
        ("West", (0, 63)),
        ("center", (170, 63)),
        ("East", (340, 63)),
        ("SouthWest", (0, 127)),
        ("South", (170, 127)),
        ("SOUTHEAST", (340, 127)),
    ],
)
def test_crop_by_gravity(gravity, corner):
    assert geometry.crop("300x300", (640, 427), gravity) == (*corner, corner[0] + 300, corner[1] + 300)


def test_crop_offsets_lead_inward_from_the_edge_and_right_and_down_from_the_middle():
    assert geometry.crop("!100x100a20a30", (640, 427), "SouthEast") == (520, 297, 620, 397)
    assert geometry.crop("!100x100-20-30", (640, 427), "SouthEast") == (560, 357, 640, 427)
    assert geometry.crop("!100x100a20a30", (640, 427), "Center") == (290, 193, 390, 293)


@given(SIZES, SIDES, SIDES, st.integers(-99, 99), st.integers(-99, 99), st.sampled_from(geometry.GRAVITIES))
def test_crop_stays_within_the_picture(size, w, h, dx, dy, gravity):
    text = f"!{w}x{h}{'a' if dx >= 0 else ''}{dx}{'a' if dy >= 0 else ''}{dy}"
    x, y = geometry.place(gravity, size, (w, h), dx, dy)
    if x >= size[0] or y >= size[1] or x + w <= 0 or y + h <= 0:
        with pytest.raises(GeometryError, match="outside the picture"):
            geometry.crop(text, size, gravity)
        return
    left, top, right, bottom = geometry.crop(text, size, gravity)
    assert 0 <= left < right <= size[0]
    assert 0 <= top < bottom <= size[1]
    assert right - left <= w
    assert bottom - top <= h


@pytest.mark.parametrize(
    "text", ["", "!", "!300*400a10a10", "300x300a10", "!300x300a10", "50%", "300x300a10a10", "x-1"]
)
def test_error_crop(text):
    with pytest.raises(GeometryError, match="is not a crop"):
        geometry.crop(text, (640, 427))


def test_error_crop_outside_and_gravity():
    with pytest.raises(GeometryError, match="crop '!10x10a640a0' lies outside the picture of 640x427"):
        geometry.crop("!10x10a640a0", (640, 427))
    with pytest.raises(GeometryError, match="'middle' is not a gravity: expected one of NorthWest, North"):
        geometry.crop("10x10", (640, 427), "middle")


@pytest.mark.parametrize(
    ("text", "size", "at"),
    [
        ("642x429", (642, 429), (1, 1)),
        ("!642x429", (642, 429), (1, 1)),
        ("!-3a0", (643, 427), (3, 0)),
        ("!a3-0", (643, 427), (0, 0)),
        ("!a0-3", (640, 430), (0, 3)),
        ("!-0a3", (640, 430), (0, 0)),
        ("!700x500-30-20", (700, 500), (30, 20)),
        ("!700x500a30a20", (700, 500), (-30, -20)),
        ("!700x500a30-20", (700, 500), (-30, 20)),
        ("600x400", (600, 400), (-20, -13)),
        ("700x", (700, 427), (30, 0)),
    ],
)
def test_extent(text, size, at):
    assert geometry.extent(text, (640, 427)) == (size, at)


def test_border():
    assert geometry.border("10x10", (640, 427)) == ((660, 447), (10, 10))
    assert geometry.border("0x5", (640, 427)) == ((640, 437), (0, 5))
    with pytest.raises(GeometryError, match="'10' is not a border: expected a form like 10x10"):
        geometry.border("10", (640, 427))


def test_blur():
    assert geometry.blur("3x5") == (3, 5)
    assert geometry.blur("1x0") == (1, 0)
    assert geometry.blur("2x0.5") == (2, 0.5)
    with pytest.raises(GeometryError, match="'3' is not a blur: expected radius and sigma, as in 3x5"):
        geometry.blur("3")


@pytest.mark.parametrize(
    ("degrees", "size"),
    [(0, (40, 30)), (90, (30, 40)), (180, (40, 30)), (270, (30, 40)), (360, (40, 30)), (-90, (30, 40))],
)
def test_rotated_by_quarter_turns(degrees, size):
    assert geometry.rotated((40, 30), degrees) == size


@given(SIZES, st.integers(1, 360))
def test_rotated_box_holds_the_picture(size, degrees):
    w, h = geometry.rotated(size, degrees)
    assert w * w + h * h >= size[0] ** 2 + size[1] ** 2
    assert max(w, h) <= size[0] + size[1] + 1


@pytest.mark.parametrize(
    ("size", "source", "ws", "wst", "result"),
    [
        ((91, 61), (250, 250), 0.1, 0, (37, 25)),
        ((91, 61), (250, 250), 0.1, 1, (25, 16)),
        ((91, 61), (250, 250), 1.0, 0, (372, 250)),
        ((100, 50), (400, 200), 0.5, 2, (200, 100)),
        ((100, 50), (400, 200), 0.5, 3, (200, 100)),
        ((100, 50), (400, 200), 0.1, None, (40, 20)),
        ((91, 61), (250, 250), 0.0, 0, (91, 61)),
        ((91, 61), (250, 250), None, 1, (91, 61)),
        ((10, 10), (20, 20), 0.001, 0, (1, 1)),
    ],
)
def test_mark(size, source, ws, wst, result):
    assert geometry.mark(size, source, ws, wst) == result


def test_radius():
    assert geometry.radius("50", 640) == 50
    assert geometry.radius("!50p", 640) == 320
    assert geometry.radius("!25.5p", 200) == 51
    assert geometry.radius("99999999999999999999", 640) == 320
    assert geometry.radius("!80p", 200) == 100
    with pytest.raises(GeometryError, match="'50p' is not a radius"):
        geometry.radius("50p", 640)


def test_first_generation():
    assert geometry.image_view(1, 500, 500, (640, 427)) == ((749, 500), (124, 0, 624, 500))
    assert geometry.image_view(2, None, 200, (640, 427)) == ((300, 200), None)
    assert geometry.image_view(1, 500, None, (640, 427)) == ((749, 500), (124, 0, 624, 500))
    assert geometry.image_view(1, None, None, (640, 427)) == ((640, 427), None)
    assert geometry.image_view(0, 400, 200, (768, 1024)) == ((200, 267), None)
    with pytest.raises(GeometryError, match="there is no mode 7: expected 0 to 5"):
        geometry.image_view2(7, 1, 1, (1, 1))
