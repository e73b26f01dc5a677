from __future__ import annotations

from contextlib import suppress
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from qiniufop import parse
from qiniufop.engine.errors import EngineError, FopFailed, LimitExceeded, UnsupportedFopError
from qiniufop.engine.geometry import GeometryError
from qiniufop.engine.limits import ONLINE, Limits
from qiniufop.engine.picture_save import jpeg_quality

from .pictures import (
    BLACK,
    BLUE,
    GREEN,
    RED,
    WHITE,
    animation,
    corners,
    encoded,
    engine,
    near,
    noise,
    oriented,
    quarters,
    run,
    shown,
)

UPRIGHT = ["red", "green", "blue", "white"]


@pytest.mark.parametrize(
    ("command", "size"),
    [
        ("imageView2/1/w/200/h/200", (200, 200)),
        ("imageView2/2/w/200", (200, 133)),
        ("imageView2/2/h/200", (300, 200)),
        ("imageView2/0/w/48/h/48", (48, 32)),
        ("imageView2/3/w/100/h/100", (150, 100)),
        ("imageView2/5/w/300/h/200", (300, 200)),
        ("imageView2/2/w/9999", (640, 427)),
        ("imageView2/0/q/75", (640, 427)),
        ("imageMogr2/thumbnail/!75p", (480, 320)),
        ("imageMogr2/thumbnail/700x", (700, 467)),
        ("imageMogr2/thumbnail/!200x200r", (300, 200)),
        ("imageMogr2/thumbnail/200x300!", (200, 300)),
        ("imageMogr2/crop/!300x300a30-100", (300, 200)),
        ("imageMogr2/thumbnail/300x300/crop/100x", (100, 200)),
        ("imageMogr2/crop/100x/thumbnail/300x300", (70, 300)),
        ("imageMogr2/thumbnail/!50p|imageMogr2/thumbnail/!50p", (160, 107)),
        ("imageMogr2/extent/!-3a0/background/cmVk", (643, 427)),
        ("imageMogr2/border/10x5/bordercolor/cmVk", (660, 437)),
        ("imageMogr2/rotate/90", (427, 640)),
        ("imageMogr2/rotate/180", (640, 427)),
    ],
)
@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_sizes(command, size, format):
    assert shown(run(command, encoded(quarters(), format))).size == size


@pytest.mark.parametrize("format", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_formats_are_read_and_kept(format):
    result = run("imageView2/2/w/100", encoded(quarters(), format))
    image = shown(result)
    assert image.format == ("JPEG" if format == "AVIF" else format)
    assert image.size == (100, 67)
    assert corners(image) == UPRIGHT


@pytest.mark.parametrize(
    ("wire", "format", "mime"),
    [
        ("jpg", "JPEG", "image/jpeg"),
        ("jpeg", "JPEG", "image/jpeg"),
        ("png", "PNG", "image/png"),
        ("gif", "GIF", "image/gif"),
        ("webp", "WEBP", "image/webp"),
        ("bmp", "BMP", "image/bmp"),
        ("tiff", "TIFF", "image/tiff"),
        ("avif", "AVIF", "image/avif"),
        ("copy", "PNG", "image/png"),
    ],
)
def test_formats_are_written(wire, format, mime):
    for command in (f"imageView2/2/w/100/format/{wire}", f"imageMogr2/thumbnail/100x/format/{wire}"):
        result = run(command, quarters())
        assert result.mime == mime
        assert shown(result).format == format
        assert corners(shown(result)) == UPRIGHT


def test_crop_keeps_the_part_that_gravity_names():
    image = quarters()
    assert corners(shown(run("imageMogr2/gravity/SouthEast/crop/200x200", image))) == ["blue"] * 4
    assert corners(shown(run("imageMogr2/crop/200x200", image))) == ["red"] * 4
    assert corners(shown(run("imageMogr2/gravity/Center/crop/300x300", image))) == UPRIGHT
    # Gravity acts on what follows it.
    assert corners(shown(run("imageMogr2/crop/200x200/gravity/SouthEast", image))) == ["red"] * 4
    assert corners(shown(run("imageMogr2/gravity/north/crop/300x200", image)))[:2] == ["red", "green"]


def test_image_view2_crops_the_centre():
    assert corners(shown(run("imageView2/1/w/100/h/300", quarters()))) == UPRIGHT


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [
        (90, ["white", "red", "green", "blue"]),
        (180, ["blue", "white", "red", "green"]),
        (270, ["green", "blue", "white", "red"]),
        (360, UPRIGHT),
    ],
)
def test_rotation_is_clockwise(degrees, expected):
    assert corners(shown(run(f"imageMogr2/rotate/{degrees}", quarters((60, 60))))) == expected


def test_rotation_by_other_angles_shows_the_background():
    image = shown(run("imageMogr2/rotate/45", Image.new("RGB", (100, 100), RED)))
    assert image.mode == "RGB"
    assert abs(image.width - 142) <= 2
    assert near(image, (2, 2), WHITE)
    assert near(image, (image.width // 2, image.height // 2), RED)
    image = shown(run("imageMogr2/rotate/45/background/b3Jhbmdl", Image.new("RGB", (100, 100), RED)))
    assert near(image, (2, 2), (255, 165, 0))
    image = shown(run("imageMogr2/rotate/45/background/bm9uZQ==", Image.new("RGB", (100, 100), RED)))
    assert near(image, (2, 2), (0, 0, 0, 0))
    assert near(image, (image.width // 2, image.height // 2), (*RED, 255))


def test_rotation_has_soft_edges_without_a_dark_fringe():
    image = shown(run("imageMogr2/rotate/30/background/bm9uZQ==", Image.new("RGB", (100, 100), WHITE)))
    seen = [pixel for _, pixel in image.getcolors(100_000) or []]
    assert any(0 < pixel[3] < 255 for pixel in seen)
    assert all(min(pixel[:3]) > 200 for pixel in seen if pixel[3] > 64)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_exif_orientation(orientation, format):
    source = oriented(orientation, (80, 60), format)
    turned = shown(run("imageView2/2/w/9999", source))
    assert turned.size == ((60, 80) if orientation >= 5 else (80, 60))
    assert turned.getexif().get(0x0112, 1) == 1
    assert turned.getexif()[0x010F] == "Maker"
    kept = shown(run("imageMogr2/quality/95", source))
    assert kept.size == (80, 60)
    assert kept.getexif()[0x0112] == orientation
    assert corners(kept) == UPRIGHT
    by_order = shown(run("imageMogr2/auto-orient/quality/95", source))
    assert corners(by_order) == corners(turned)
    assert by_order.getexif().get(0x0112, 1) == 1


def test_orientation_6_means_turn_clockwise():
    assert corners(shown(run("imageView2/0/format/png", oriented(6, (80, 60))))) == ["white", "red", "green", "blue"]


def test_tiff_orientation_is_applied_once():
    exif = Image.Exif()
    exif[0x0112] = 6
    source = encoded(quarters((80, 60)), "TIFF", exif=exif.tobytes())
    for command in ("imageView2/0/format/png", "imageMogr2/auto-orient/format/png"):
        image = shown(run(command, source))
        assert image.size == (60, 80)
        assert corners(image) == ["white", "red", "green", "blue"]


def test_auto_orient_acts_at_its_place():
    source = oriented(6, (80, 60))
    first = shown(run("imageMogr2/auto-orient/crop/20x10", source))
    last = shown(run("imageMogr2/crop/20x10/auto-orient", source))
    assert (first.size, corners(first)) == ((20, 10), ["white"] * 4)
    assert (last.size, corners(last)) == ((10, 20), ["red"] * 4)
    scaled = shown(run("imageMogr2/thumbnail/40x/auto-orient", source))
    assert scaled.size == (30, 40)
    assert shown(run("imageMogr2/auto-orient/thumbnail/30x", oriented(6, (800, 600)))).size == (30, 40)


def test_extent_and_border_paint_around_the_picture():
    red_frame = shown(run("imageMogr2/extent/!642x429/background/cmVk", Image.new("RGB", (640, 427), BLUE)))
    assert red_frame.size == (642, 429)
    for edge in ((0, 200), (641, 200), (300, 0), (300, 428)):
        assert near(red_frame, edge, RED)
    assert near(red_frame, (1, 1), BLUE)
    for text, strip in (("!-3a0", (2, 200)), ("!a3-0", (640, 200)), ("!a0-3", (300, 2)), ("!-0a3", (300, 427))):
        image = shown(run(f"imageMogr2/extent/{text}/background/cmVk", Image.new("RGB", (640, 427), BLUE)))
        assert near(image, strip, RED), text
        assert near(image, (320, 210), BLUE)
    border = shown(run("imageMogr2/border/10x5/bordercolor/IzAwZmYwMA==", Image.new("RGB", (40, 30), BLUE)))
    assert near(border, (9, 15), (0, 255, 0))
    assert near(border, (10, 5), BLUE)
    assert near(shown(run("imageMogr2/border/2x2", Image.new("RGB", (40, 30), BLUE))), (0, 0), WHITE)


def test_extent_keeps_transparency_when_the_background_has_it():
    image = Image.new("RGBA", (10, 10), (*RED, 255))
    result = shown(run("imageMogr2/extent/20x20/background/dHJhbnNwYXJlbnQ=", image))
    assert near(result, (0, 0), (0, 0, 0, 0))
    assert near(result, (10, 10), (*RED, 255))


def test_transparent_areas_become_white_in_jpg_and_bmp():
    image = Image.new("RGBA", (20, 20), (0, 0, 0, 0))
    image.paste((*RED, 255), (10, 0, 20, 20))
    for format in ("jpg", "bmp"):
        result = shown(run(f"imageView2/0/format/{format}", image))
        assert near(result, (2, 10), WHITE)
        assert near(result, (17, 10), RED)
    assert near(shown(run("imageView2/0/format/webp", image)), (2, 10), (0, 0, 0, 0))


def test_scaling_half_transparent_edges_does_not_darken_them():
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((*WHITE, 255), (13, 0, 40, 40))
    seen = shown(run("imageView2/2/w/7", image)).getcolors() or []
    assert all(min(pixel[:3]) > 240 for _, pixel in seen if pixel[3] > 30)


@pytest.mark.parametrize(
    ("mode", "colour"),
    [("1", 1), ("L", 128), ("LA", (128, 255)), ("I;16", 32896), ("P", 1), ("CMYK", (0, 255, 255, 0))],
)
def test_modes(mode, colour):
    image = Image.new(mode, (40, 30), colour)
    if mode == "P":
        image.putpalette([0, 0, 0, *RED])
    source = encoded(image, "JPEG" if mode == "CMYK" else "PNG")
    expected = {"1": WHITE, "P": RED, "CMYK": (254, 0, 0)}.get(mode, (128, 128, 128))
    for command in ("imageView2/2/w/20", "imageMogr2/thumbnail/20x/rotate/45/format/png"):
        result = shown(run(command, source))
        assert near(result, (result.width // 2, result.height // 2), expected)


def test_transparent_palette():
    image = Image.new("P", (40, 30), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (20, 0, 40, 30))
    source = encoded(image, "PNG", transparency=0)
    result = shown(run("imageView2/2/w/20", source))
    assert near(result, (3, 5), (0, 0, 0, 0))
    assert near(result, (17, 5), (*RED, 255))


def test_a_jpeg_read_at_a_fraction_of_its_size_looks_the_same():
    image = noise((1600, 1200))
    exact = image.resize((100, 75), Image.Resampling.LANCZOS)
    for command in ("imageView2/2/w/100/format/png", "imageMogr2/thumbnail/!6.25p/format/png"):
        got = shown(run(command, encoded(image, "JPEG", quality=95)))
        pairs = zip(got.convert("L").tobytes(), exact.convert("L").tobytes(), strict=True)
        assert sum(abs(a - b) for a, b in pairs) / (100 * 75) < 4


def test_blur_and_sharpen_change_edges_only():
    image = Image.new("RGB", (60, 60), BLACK)
    image.paste(WHITE, (30, 0, 60, 60))
    for command in ("imageMogr2/blur/3x5", "imageMogr2/blur/3x2", "imageMogr2/blur/9x2"):
        blurred = shown(run(command, image)).convert("L")
        assert blurred.getpixel((2, 30)) == 0
        assert blurred.getpixel((57, 30)) == 255
        assert 0 < blurred.getpixel((30, 30)) < 255
    assert shown(run("imageMogr2/blur/1x0", image)).tobytes() == image.tobytes()
    soft = image.resize((240, 240), Image.Resampling.BICUBIC)
    sharp = shown(run("imageMogr2/sharpen/1", soft))
    assert sharp.convert("L").getpixel((118, 30)) < soft.convert("L").getpixel((118, 30))
    assert run("imageMogr2/sharpen/1", soft).notes == ("sharpen: the service's strength is not published",)
    assert shown(run("imageMogr2/sharpen/0", soft)).tobytes() == soft.tobytes()


def test_colors_limits_the_palette():
    for source, command in (
        (encoded(noise((64, 64))), "imageView2/0/colors/8"),
        (encoded(noise((64, 64)), "GIF"), "imageMogr2/colors/16"),
    ):
        image = shown(run(command, source)).convert("RGB")
        assert 1 < len(image.getcolors() or []) <= int(command.rpartition("/")[2])


def test_interlace():
    assert "progressive" in shown(run("imageView2/0/format/jpg/interlace/1", quarters())).info
    assert "progressive" not in shown(run("imageView2/0/format/jpg/interlace/0", quarters())).info
    png = run("imageMogr2/format/png/interlace/1", quarters())
    assert png.notes == ("interlace: PNG is written without interlacing",)


@pytest.mark.parametrize("format", ["GIF", "WEBP"])
@pytest.mark.parametrize("target", ["gif", "webp"])
def test_animations_keep_frames_times_and_repeats(format, target):
    result = shown(run(f"imageView2/2/w/20/format/{target}", animation(format)))
    assert result.n_frames == 3
    for number, (colour, milliseconds) in enumerate(zip((RED, GREEN, BLUE), (100, 200, 300), strict=True)):
        result.seek(number)
        result.load()
        assert result.size == (20, 15)
        assert result.info["duration"] == milliseconds
        assert result.info["loop"] == 0
        assert near(result, (10, 8), colour, 24)


def test_an_animation_that_plays_once_still_does():
    assert "loop" not in shown(run("imageView2/2/w/20", animation(loop=None))).info
    assert shown(run("imageView2/2/w/20/format/webp", animation(loop=None))).info["loop"] == 1
    assert "loop" not in shown(run("imageView2/2/w/20/format/gif", animation("WEBP", loop=1))).info


def test_transparent_animations_stay_transparent():
    frames = [Image.new("RGBA", (40, 30), (0, 0, 0, 0)) for _ in range(3)]
    for number, frame in enumerate(frames):
        frame.paste((*RED, 255), (10 * number, 0, 10 * number + 10, 30))
    source = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], disposal=2, duration=50, loop=0)
    result = shown(run("imageMogr2/thumbnail/80x", source))
    assert result.n_frames == 3
    for number in range(3):
        result.seek(number)
        assert near(result, (20 * number + 10, 30), (*RED, 255))
        assert result.convert("RGBA").getpixel(((20 * number + 50) % 80, 30))[3] == 0


def test_a_still_result_shows_the_first_frame():
    result = shown(run("imageView2/2/w/20/format/jpg", animation()))
    assert near(result, (10, 8), RED)


def test_animations_turn_by_quarters_only():
    assert shown(run("imageMogr2/rotate/90", animation())).size == (30, 40)
    with pytest.raises(FopFailed, match="an animation can be turned by 90, 180 or 270 degrees, not by 45"):
        run("imageMogr2/rotate/45", animation())
    assert shown(run("imageMogr2/rotate/45/format/png", animation())).format == "PNG"


def test_first_settings_give_way_to_later_ones():
    result = run("imageMogr2/format/png/format/jpg/background/cmVk/background/Ymx1ZQ==/rotate/45", quarters())
    assert result.mime == "image/jpeg"
    assert near(shown(result), (2, 2), BLUE)


def test_ignore_error_gives_back_the_input_and_says_why():
    source = encoded(quarters())
    for command in (
        "imageMogr2/ignore-error/1/crop/!10x10a9000a0",
        "imageMogr2/thumbnail/9000x9000/ignore-error/1",
    ):
        result = run(command, source, limits=ONLINE)
        assert result.data == source
        assert "ignore-error: the input is returned, because of: " in result.notes[0]
    assert run("imageView2/2/w/20/ignore-error/1", b"no picture").data == b"no picture"
    with pytest.raises(FopFailed):
        run("imageView2/2/w/20/ignore-error/0", b"no picture")


def test_error_what_cannot_be_done_here_is_not_ignored():
    with pytest.raises(
        UnsupportedFopError, match="imageView2: option 'format' cannot run locally: heic pictures cannot"
    ):
        run("imageView2/2/w/20/format/heic/ignore-error/1", quarters())
    with pytest.raises(UnsupportedFopError, match="imageMogr2: option 'exifModify' cannot run locally"):
        run("imageMogr2/exifModify/abc", quarters())
    with pytest.raises(UnsupportedFopError, match="imageMogr2: option 'foo' cannot run locally: the option is not a"):
        run(parse("imageMogr2/thumbnail/20x/foo/1", unknown="keep"), quarters())


def test_error_pictures_that_cannot_be_read():
    with pytest.raises(FopFailed, match="imageView2: unsupported format: not a picture in JPEG, PNG, GIF"):
        run("imageView2/2/w/20", b"no picture")
    with pytest.raises(FopFailed, match="unsupported format"):
        run("imageView2/2/w/20", encoded(quarters(), "PDF"))
    with pytest.raises(FopFailed, match=r"imageMogr2: .*truncated"):
        run("imageMogr2/thumbnail/50x", encoded(noise((300, 300)), "JPEG")[:5000])
    with pytest.raises(FopFailed, match="blur does not take a gif"):
        run("imageMogr2/blur/3x5", animation())
    with pytest.raises(GeometryError, match="crop '!10x10a640a0' lies outside the picture of 640x427"):
        run("imageMogr2/crop/!10x10a640a0", quarters())


@pytest.mark.parametrize(
    ("command", "limits", "message"),
    [
        ("imageView2/2/w/20", Limits(source_side=600), "a picture of 640x427 has a side over 600 pixels"),
        ("imageView2/2/w/20", Limits(source_pixels=200_000), "a picture of 640x427 has more than 200000 pixels"),
        ("imageMogr2/thumbnail/!500p", Limits(result_side=3000), "a result of 3200x2135 has a side over 3000 pixels"),
        ("imageMogr2/thumbnail/9000x9000!", ONLINE, "a result of 9000x9000 has more than 24999999 pixels"),
        ("imageMogr2/extent/9999x9999", ONLINE, "a result of 9999x9999 has more than 24999999 pixels"),
        ("imageMogr2/border/5000x1", ONLINE, "a result of 10640x429 has a side over 9999 pixels"),
        ("imageMogr2/rotate/45", Limits(result_side=700), "a result of 755x755 has a side over 700 pixels"),
        ("imageView2/2/w/20", Limits(source_bytes=100), "the source is larger than 100 bytes"),
        ("imageView2/0", Limits(result_bytes=100), "the result is larger than 100 bytes"),
    ],
)
def test_error_limits(command, limits, message):
    with pytest.raises(LimitExceeded, match=message):
        run(command, quarters(), limits=limits)


def test_error_limits_of_animations():
    with pytest.raises(LimitExceeded, match="3 frames are more than 2"):
        run("imageView2/2/w/20", animation(), limits=Limits(frames=2))
    with pytest.raises(LimitExceeded, match="3 frames of 40x30 are over 3000 pixels"):
        run("imageView2/2/w/20", animation(), limits=Limits(frame_pixels=3000, source_pixels=3000))
    with pytest.raises(LimitExceeded, match="3 frames of 400x300 are over 300000 pixels"):
        run("imageMogr2/thumbnail/400x", animation(), limits=Limits(frame_pixels=300_000))


def test_error_an_animation_that_takes_too_long():
    picture_engine = engine(limits=Limits(seconds=0.05))
    slow = encoded(
        noise((900, 900)),
        "WEBP",
        save_all=True,
        append_images=[noise((900, 900)).rotate(turn) for turn in range(5)],
        method=0,
    )
    with pytest.raises(LimitExceeded, match=r"imageView2: took longer than 0\.05 s"):
        picture_engine.run(slow, "imageView2/2/w/899")


def test_a_photoshop_document_becomes_a_jpeg():
    planes = b"".join(bytes([value]) * 600 for value in RED)
    header = b"8BPS\0\1" + bytes(6) + (3).to_bytes(2, "big") + (20).to_bytes(4, "big") + (30).to_bytes(4, "big")
    document = header + (8).to_bytes(2, "big") + (3).to_bytes(2, "big") + bytes(4 * 3 + 2) + planes
    image = shown(run("imageView2/2/w/15", document))
    assert (image.format, image.size) == ("JPEG", (15, 10))
    assert near(image, (7, 5), RED)


def test_error_a_decompression_bomb_is_refused_before_it_is_read():
    small = encoded(Image.new("1", (8, 8)), "PNG")
    header = b"IHDR" + (100_000).to_bytes(4, "big") * 2 + small[24:29]
    bomb = small[:12] + header + crc32(header).to_bytes(4, "big") + small[33:]
    with pytest.raises(LimitExceeded, match="the picture has too many pixels"):
        run("imageView2/2/w/20", bomb)


def test_the_first_generation_of_image_view_may_enlarge():
    assert shown(run("imageView/1/w/500/h/500", quarters())).size == (500, 500)
    assert shown(run("imageView/1/w/900/h/900", quarters())).size == (900, 900)
    assert corners(shown(run("imageView/1/w/100/h/100", quarters()))) == UPRIGHT
    assert shown(run("imageView/2/h/200", quarters())).size == (300, 200)
    assert shown(run("imageView/2/w/9000", oriented(6, (80, 60)))).size == (60, 80)
    image = shown(run("imageView/2/w/100/format/jpg", quarters()))
    assert jpeg_quality(image.quantization) == 85
    with pytest.raises(UnsupportedFopError, match="imageView: option 'watermark' cannot run locally"):
        run("imageView/0/w/100/watermark/1", quarters())


def test_the_first_generation_of_image_mogr_scales_in_proportion():
    for text, size in (("!75px", (480, 320)), ("!x75p", (480, 320)), ("!75p", (480, 320)), ("100x200", (100, 67))):
        assert shown(run(f"imageMogr/thumbnail/{text}", quarters())).size == size
    image = shown(run("imageMogr/thumbnail/100x/format/jpg", quarters()))
    assert jpeg_quality(image.quantization) == 85
    gif = animation()
    assert run("imageMogr/thumbnail/20x", gif).data == gif
    assert run("imageMogr/v1/thumbnail/20x", gif).data == gif
    assert shown(run("imageMogr/v2/thumbnail/20x", gif)).size == (20, 15)


SMALL = {
    format: encoded(quarters((24, 16)), format, **options)
    for format, options in {
        "JPEG": {"exif": b"Exif\0\0MM\0\x2a\0\0\0\x08\0\0\0\0\0\0"},
        "PNG": {},
        "TIFF": {},
        "BMP": {},
    }.items()
} | {"GIF": animation(), "WEBP": animation("WEBP"), "AVIF": encoded(quarters((24, 16)), "AVIF")}


@settings(max_examples=120, deadline=None, derandomize=True)
@given(
    st.sampled_from(sorted(SMALL)),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8),
    st.floats(0, 1),
)
def test_damaged_pictures_give_a_picture_or_an_error_of_ours(format, changes, kept):
    data = bytearray(SMALL[format])
    for place, value in changes:
        data[int(place * (len(data) - 1))] = value
    source = bytes(data[: 1 + int(max(kept, 0.3) * len(data))])
    limits = Limits(source_side=4000, source_pixels=1_000_000, frame_pixels=1_000_000)
    for command in ("imageView2/2/w/20/format/png", "imageMogr2/auto-orient/thumbnail/!50p", "imageInfo", "exif"):
        with suppress(EngineError):
            run(command, source, limits=limits)
