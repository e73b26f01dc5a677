from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from qiniufop import Animate, Imageslim, RoundPic
from qiniufop.engine.errors import FopFailed, LimitExceeded
from qiniufop.engine.picture_save import jpeg_quality

from .pictures import BLUE, GREEN, RED, animation, encoded, near, noise, oriented, quarters, run, shown


def rounded(radius=None, radiusx=None, radiusy=None):
    return RoundPic(radius=radius, radiusx=radiusx, radiusy=radiusy)


def alpha(image: Image.Image, at: tuple[int, int]) -> int:
    return image.convert("RGBA").getpixel(at)[3]


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_round_pic_cuts_the_corners(format):
    result = run(rounded("20"), encoded(Image.new("RGB", (100, 60), RED), format))
    image = shown(result)
    assert (result.mime, image.size) == ("image/png", (100, 60))
    for corner in ((0, 0), (99, 0), (0, 59), (99, 59), (4, 4), (95, 55)):
        assert alpha(image, corner) == 0
    for inside in ((20, 0), (0, 20), (79, 59), (99, 39), (50, 30), (8, 8)):
        assert alpha(image, inside) == 255
    assert near(image, (50, 30), RED)


@pytest.mark.parametrize("radius", ["!50p", "50", "99999999999999999999", "!80p"])
@pytest.mark.parametrize("side", [100, 101])
def test_round_pic_by_half_makes_a_circle(radius, side):
    image = shown(run(rounded(radius), Image.new("RGB", (side, side), RED)))
    middle, radius_squared = (side - 1) / 2, (side / 2) ** 2
    for x in range(side):
        for y in range(0, side, 7):
            distance = (x - middle) ** 2 + (y - middle) ** 2
            if distance > (side / 2 + 1.5) ** 2:
                assert alpha(image, (x, y)) == 0
            elif distance < radius_squared * 0.94:
                assert alpha(image, (x, y)) == 255


def test_round_pic_takes_two_radii():
    image = shown(run(rounded(None, "!50p", "10"), Image.new("RGB", (100, 60), RED)))
    assert alpha(image, (50, 0)) > 200
    assert alpha(image, (30, 0)) < 255
    assert alpha(image, (0, 11)) == 255
    assert alpha(image, (0, 5)) < 255


def test_round_pic_keeps_what_was_transparent_and_has_soft_edges():
    source = Image.new("RGBA", (100, 60), (0, 0, 0, 0))
    source.paste((*RED, 255), (0, 0, 50, 60))
    image = shown(run(rounded("20"), source))
    assert alpha(image, (70, 30)) == 0
    assert alpha(image, (30, 30)) == 255
    assert len({alpha(image, (x, y)) for x in range(20) for y in range(20)}) > 10


def test_round_pic_of_nothing_changes_nothing():
    assert alpha(shown(run(rounded("0"), Image.new("RGB", (10, 10), RED))), (0, 0)) == 255


def test_error_round_pic():
    with pytest.raises(FopFailed, match="roundPic: takes a png or a jpg, not a gif"):
        run(rounded("5"), animation())


def test_imageslim_makes_a_jpeg_smaller_and_keeps_its_look():
    source = encoded(noise((320, 240)), "JPEG", quality=95)
    result = run("imageslim", source)
    image = shown(result)
    assert result.size < len(source)
    assert (image.format, image.size, jpeg_quality(image.quantization)) == ("JPEG", (320, 240), 75)
    gentle, strong = (run(Imageslim(zlevel=level), source).size for level in (0, 10))
    assert strong < result.size < gentle
    assert len(result.notes) == 1


def test_imageslim_gives_a_png_a_palette():
    source = encoded(noise((320, 240)).resize((160, 120)))
    result = run("imageslim", source)
    assert result.size < len(source)
    assert shown(result).mode == "P"


def test_imageslim_never_gives_back_more():
    for source in (encoded(noise((64, 48)), "JPEG", quality=10), encoded(quarters((8, 8)), "GIF"), animation()):
        assert run("imageslim", source).data == source


def test_imageslim_leaves_the_orientation_alone():
    source = encoded(noise((320, 240)), "JPEG", quality=95, exif=Image.open(BytesIO(oriented(6))).info["exif"])
    assert shown(run("imageslim", source)).getexif()[0x0112] == 6


def frames() -> dict[str, bytes]:
    return {
        f"kodo://bkt/{name}.png": encoded(Image.new("RGB", (40, 30), colour))
        for name, colour in (("g", GREEN), ("b", BLUE))
    }


def test_animate_shows_the_source_and_then_the_others():
    image = shown(
        run(
            Animate(duration=20, keys=("g.png", "b.png")),
            Image.new("RGB", (40, 30), RED),
            frames(),
        )
    )
    assert (image.format, image.n_frames, image.info["loop"]) == ("GIF", 3, 0)
    for number, colour in enumerate((RED, GREEN, BLUE)):
        image.seek(number)
        assert near(image, (20, 15), colour)
        assert image.info["duration"] == 200


def test_animate_backwards():
    command = Animate(duration=20, keys=("g.png", "b.png"), effect=1)
    image = shown(run(command, Image.new("RGB", (40, 30), RED), frames()))
    assert near(image, (20, 15), BLUE)


def test_error_animate():
    def command(*keys):
        return Animate(duration=20, keys=keys, effect=0)

    with pytest.raises(FopFailed, match=r"all pictures must be of one size, and these are 40x30, 41x30"):
        run(command("g.png"), Image.new("RGB", (41, 30), RED), frames())
    with pytest.raises(FopFailed, match="21 pictures are more than 20"):
        run(command(*["g.png"] * 20), Image.new("RGB", (40, 30), RED), frames())
    with pytest.raises(FopFailed, match="takes png and jpg, not gif"):
        run(command("g.png"), animation(), frames())
    with pytest.raises(LimitExceeded, match="a frame has at most 1080x1080 pixels"):
        run(command("g.png"), Image.new("RGB", (1081, 30), RED), frames())
