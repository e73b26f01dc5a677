from __future__ import annotations

import pytest
from PIL import Image

from qiniufop import Watermark
from qiniufop.engine.errors import FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.limits import Limits
from qiniufop.engine.picture_save import jpeg_quality

from .pictures import BLACK, BLUE, GREEN, RED, WHITE, animation, encoded, near, quarters, run, shown

LOGO = "kodo://bkt/logo.png"


def logo(size=(20, 10), colour=(*RED, 255)) -> dict[str, bytes]:
    return {LOGO: encoded(Image.new("RGBA", size, colour))}


def sheet(size=(200, 100), colour=WHITE) -> Image.Image:
    return Image.new("RGB", size, colour)


def drawn(image: Image.Image, ground=WHITE) -> tuple[int, int, int, int] | None:
    """The box of everything that is not the ground."""
    from PIL import ImageChops

    return ImageChops.difference(image.convert("RGB"), Image.new("RGB", image.size, ground)).getbbox()


@pytest.mark.parametrize(
    ("gravity", "corner"),
    [
        ("NorthWest", (7, 5)),
        ("North", (97, 5)),
        ("NorthEast", (173, 5)),
        ("West", (7, 50)),
        ("Center", (97, 50)),
        ("East", (173, 50)),
        ("SouthWest", (7, 85)),
        ("South", (97, 85)),
        ("SouthEast", (173, 85)),
    ],
)
def test_picture_goes_where_gravity_says(gravity, corner):
    image = shown(run(Watermark(mode=1, image=LOGO, gravity=gravity, dx=7, dy=5), sheet(), logo()))
    assert image.size == (200, 100)
    assert drawn(image) == (*corner, corner[0] + 20, corner[1] + 10)


def test_picture_defaults_to_the_lower_right_corner_ten_pixels_in():
    image = shown(run(Watermark(mode=1, image=LOGO), sheet(), logo()))
    assert drawn(image) == (170, 80, 190, 90)
    assert near(image, (180, 85), RED)


def test_what_hangs_over_the_edge_is_lost():
    image = shown(run(Watermark(mode=1, image=LOGO, dx=-5, dy=-4), sheet(), logo()))
    assert drawn(image) == (185, 94, 200, 100)
    transparent = Image.new("RGBA", (200, 100), (0, 0, 0, 0))
    image = shown(run(Watermark(mode=1, image=LOGO, gravity="NorthWest", dx=-5, dy=-4), transparent, logo()))
    assert image.getbbox() == (0, 0, 15, 6)


def test_dissolve_mixes_with_the_picture():
    for dissolve, expected in ((50, (255, 128, 128)), (20, (255, 204, 204)), (100, RED)):
        image = shown(run(Watermark(mode=1, image=LOGO, dissolve=dissolve), sheet(), logo()))
        assert near(image, (180, 85), expected, 2)


def test_a_half_transparent_mark_fades_further():
    image = shown(run(Watermark(mode=1, image=LOGO, dissolve=50), sheet(), logo(colour=(*RED, 128))))
    assert near(image, (180, 85), (255, 191, 191), 2)


@pytest.mark.parametrize(
    ("ws", "wst", "size"),
    [(0.2, 0, (40, 20)), (0.2, 1, (40, 20)), (0.5, 2, (100, 50)), (0.4, 3, (80, 40)), (0.0, 0, (20, 10))],
)
def test_ws_scales_the_mark(ws, wst, size):
    image = shown(run(Watermark(mode=1, image=LOGO, ws=ws, wst=wst), sheet(), logo()))
    left, top, right, bottom = drawn(image) or (0, 0, 0, 0)
    assert (right - left, bottom - top) == size


def test_a_picture_smaller_than_the_mark_stays_as_it_is():
    source = encoded(sheet((15, 100)))
    result = run(Watermark(mode=1, image=LOGO), source, logo())
    assert result.data == source
    assert result.notes == ("watermark: the picture is smaller than the mark, which is left out",)
    long = {LOGO: encoded(Image.new("RGB", (5000, 1)))}
    assert run(Watermark(mode=1, image=LOGO, ws=1.0), source, long).data == source


def test_transparency_of_the_picture_is_kept():
    image = shown(run(Watermark(mode=1, image=LOGO), Image.new("RGBA", (200, 100), (0, 0, 0, 0)), logo()))
    assert near(image, (5, 5), (0, 0, 0, 0))
    assert near(image, (180, 85), (*RED, 255))


def test_grey_pictures_can_take_coloured_marks():
    image = shown(run(Watermark(mode=1, image=LOGO), Image.new("L", (200, 100), 128), logo()))
    assert near(image, (180, 85), RED)
    assert near(image, (5, 5), (128, 128, 128))


def test_every_frame_of_an_animation_is_marked():
    image = shown(run(Watermark(mode=1, image=LOGO, dx=0, dy=0), animation(), logo((10, 10), (*BLACK, 255))))
    assert image.n_frames == 3
    for number, colour in enumerate((RED, GREEN, BLUE)):
        image.seek(number)
        assert near(image, (5, 5), colour, 24)
        assert near(image, (35, 25), BLACK, 24)


def test_tile_repeats_the_mark():
    result = run(Watermark(mode=1, image=LOGO, tile=True), sheet(), {LOGO: encoded(quarters((20, 10)))})
    image = shown(result)
    for x in range(0, 200, 20):
        for y in range(0, 100, 10):
            assert near(image, (x + 3, y + 2), RED)
            assert near(image, (x + 13, y + 7), BLUE)
    assert "not published" in result.notes[0]


def test_a_jpeg_keeps_its_quality():
    for quality in (60, 96):
        image = shown(run(Watermark(mode=1, image=LOGO), encoded(sheet(), "JPEG", quality=quality), logo()))
        assert jpeg_quality(image.quantization) == quality


def test_text_is_drawn_in_its_colour_and_size():
    small = shown(run(Watermark(mode=2, text="HHHH", fontsize=240), sheet()))
    large = shown(run(Watermark(mode=2, text="HHHH", fontsize=720, fill="red"), sheet()))
    (_, top, _, bottom), (left, upper, right, lower) = drawn(small) or (0, 0, 0, 0), drawn(large) or (0, 0, 0, 0)
    assert 6 <= bottom - top <= 14
    assert 2.2 <= (lower - upper) / (bottom - top) <= 3.8
    assert right <= 190
    assert lower <= 90
    assert left > 50
    assert min((p for _, p in small.getcolors(9999) or []), key=sum) == BLACK
    assert RED in [p for _, p in large.getcolors(9999) or []]


def test_text_is_where_gravity_says():
    image = shown(run(Watermark(mode=2, text="HH", gravity="NorthWest", dx=30, dy=20), sheet()))
    left, top, right, bottom = drawn(image) or (0, 0, 0, 0)
    assert 30 <= left <= 34
    assert 20 <= top <= 30
    image = shown(run(Watermark(mode=2, text="HH", gravity="Center", dx=0, dy=0), sheet()))
    left, top, right, bottom = drawn(image) or (0, 0, 0, 0)
    assert abs((left + right) / 2 - 100) <= 2
    assert abs((top + bottom) / 2 - 50) <= 4


def test_text_dissolves():
    image = shown(run(Watermark(mode=2, text="HHHH", fontsize=1000, dissolve=50), sheet()))
    darkest = min((p for _, p in image.getcolors(9999) or []), key=sum)
    assert near(Image.new("RGB", (1, 1), darkest), (0, 0), (127, 127, 127), 4)


def test_lines_stand_below_each_other():
    one = drawn(shown(run(Watermark(mode=2, text="HH"), sheet()))) or (0, 0, 0, 0)
    two = drawn(shown(run(Watermark(mode=2, text="HH\nHH"), sheet()))) or (0, 0, 0, 0)
    assert two[3] == one[3]
    assert (two[3] - two[1]) > 2 * (one[3] - one[1])


def test_layers_are_laid_on_in_order():
    marks = {
        LOGO: encoded(Image.new("RGB", (40, 40), RED)),
        "kodo://bkt/b.png": encoded(Image.new("RGB", (20, 20), BLUE)),
    }
    at = {"gravity": "Center", "dx": 0, "dy": 0}
    over = Watermark(mode=3, layers=[{"image": LOGO, **at}, {"image": "kodo://bkt/b.png", **at}, {"text": "HHHHHHHH"}])
    image = shown(run(over, sheet(), marks))
    assert near(image, (100, 50), BLUE)
    assert near(image, (82, 32), RED)
    assert drawn(image.crop((121, 0, 200, 100))) is not None
    under = Watermark(mode=3, layers=[{"image": "kodo://bkt/b.png", **at}, {"image": LOGO, **at}])
    assert near(shown(run(under, sheet(), marks)), (100, 50), RED)


def test_a_layer_that_does_not_fit_leaves_the_others():
    marks = {
        LOGO: encoded(Image.new("RGB", (400, 40), RED)),
        "kodo://bkt/b.png": encoded(Image.new("RGB", (20, 20), BLUE)),
    }
    layers = [{"image": LOGO}, {"image": "kodo://bkt/b.png"}]
    result = run(Watermark(mode=3, layers=layers), sheet(), marks)
    assert near(shown(result), (180, 80), BLUE)
    assert len(result.notes) == 1


def test_tiled_text_repeats_in_its_cells():
    result = run(Watermark(mode=4, text="HH", uw=50, uh=25), sheet())
    image = shown(result)
    first = image.crop((0, 0, 50, 25))
    assert drawn(first) is not None
    for x in range(0, 200, 50):
        for y in range(0, 100, 25):
            assert image.crop((x, y, x + 50, y + 25)).tobytes() == first.tobytes()
    doubled = shown(run(Watermark(mode=4, text="HH", uw=50, uh=25, resize=2.0), sheet()))
    assert doubled.crop((0, 0, 100, 50)).tobytes() == doubled.crop((100, 50, 200, 100)).tobytes()
    assert doubled.tobytes() != image.tobytes()
    turned = drawn(shown(run(Watermark(mode=4, text="HHHH", uw=200, uh=100, rotate=90), sheet()))) or (0, 0, 0, 0)
    assert turned[3] - turned[1] > turned[2] - turned[0]


def test_error_marks():
    with pytest.raises(FopFailed, match=r"there is no object 'kodo://bkt/logo\.png'"):
        run(Watermark(mode=1, image=LOGO), sheet())
    with pytest.raises(FopFailed, match="watermark: unsupported format"):
        run(Watermark(mode=1, image=LOGO), sheet(), {LOGO: b"no picture"})
    with pytest.raises(FopFailed, match="mode 4 does not take an animation"):
        run(Watermark(mode=4, text="HH"), animation())
    with pytest.raises(UnsupportedFopError, match="option 'uws' cannot run locally: what it means is not published"):
        run(Watermark(mode=1, image=LOGO, tile=True, uws=0.5), sheet(), logo())
    with pytest.raises(LimitExceeded, match="characters of 500 pixels are too much to draw"):
        run(Watermark(mode=2, text="H" * 1000, fontsize=10000), sheet())
    with pytest.raises(LimitExceeded, match="a picture of 20x10 has a side over 15 pixels"):
        run(Watermark(mode=1, image=LOGO), sheet((12, 12)), logo(), limits=Limits(source_side=15))


def test_ignore_error_gives_back_the_input():
    source = encoded(sheet())
    result = run(Watermark(mode=1, image=LOGO, ignore_error=True), source)
    assert result.data == source
    assert "there is no object" in result.notes[0]
