from __future__ import annotations

import math
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms

from qiniufop import ImageMogr2
from qiniufop.engine.errors import FopFailed
from qiniufop.engine.picture_save import jpeg_quality, result_quality

from .pictures import animation, encoded, noise, quarters, rainbow, run, shown


@pytest.mark.parametrize("quality", [*range(1, 100, 7), 75, 90, 95, 99, 100])
def test_the_quality_of_a_jpeg_is_read_back(quality):
    image: Any = shown_jpeg(encoded(noise((32, 32)), "JPEG", quality=quality))
    assert jpeg_quality(image.quantization) == quality


def shown_jpeg(data: bytes) -> Image.Image:
    from io import BytesIO

    return Image.open(BytesIO(data))


@pytest.mark.parametrize(
    ("asked", "own", "source", "result", "quality"),
    [
        (None, None, 100, 100, 75),
        ("55", None, 100, 100, 55),
        ("95", None, 100, 100, 95),
        (None, 60, 100, 100, 60),
        ("40", 60, 100, 100, 40),
        (None, 50, 400, 100, 75),
        ("95", 50, 400, 100, 90),
        ("95", 92, 400, 100, 95),
        ("95", 92, 100, 100, 92),
        ("95!", 50, 100, 100, 95),
        (None, 30, 100, 400, 15),
        ("100!", None, 100, 100, 100),
    ],
)
def test_a_jpeg_is_not_written_better_than_its_source(asked, own, source, result, quality):
    assert result_quality(asked, 75, own, source, result) == quality


def test_error_quality():
    for text in ("0", "101!", "x"):
        with pytest.raises(ValueError, match="is out of range: expected 1 to 100"):
            result_quality(text, 75, None, 1, 1)


@pytest.mark.parametrize(
    ("command", "quality"),
    [
        ("imageView2/0", 60),
        ("imageView2/0/q/40", 40),
        ("imageView2/0/q/80", 60),
        ("imageView2/0/q/80!", 80),
        ("imageView2/2/w/80/q/88", 88),
        ("imageMogr2/quality/50", 50),
        ("imageMogr2/thumbnail/!50p", 75),
    ],
)
def test_quality_of_results(command, quality):
    image: Any = shown(run(command, encoded(noise((160, 120)), "JPEG", quality=60)))
    assert jpeg_quality(image.quantization) == quality


def test_quality_matters_for_webp_and_avif():
    for format in ("webp", "avif"):
        small, large = (run(f"imageView2/0/format/{format}/q/{q}", noise((160, 120))).size for q in (20, 90))
        assert small < large


def with_metadata(format: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Maker"
    exif[ExifTags.Base.ImageDescription] = "description"
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.UserComment: b"ASCII\0\0\0hello", ExifTags.Base.ISOSpeedRatings: 100}
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N"}
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options = {"comment": b"a comment"} if format == "JPEG" else {}
    return encoded(quarters((64, 48)), format, exif=exif.tobytes(), icc_profile=icc, dpi=(144, 144), **options)


def tags(image: Image.Image) -> set[str]:
    exif = image.getexif()
    found = {ExifTags.TAGS[tag] for tag in exif if tag not in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo)}
    found |= {ExifTags.TAGS[tag] for tag in exif.get_ifd(ExifTags.IFD.Exif)}
    return found | {ExifTags.GPSTAGS[tag] for tag in exif.get_ifd(ExifTags.IFD.GPSInfo)}


ALL = {"Make", "ImageDescription", "UserComment", "ISOSpeedRatings", "GPSLatitudeRef"}


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("edit", "kept", "icc"),
    [
        ({}, ALL, True),
        ({"strip": True}, set(), False),
        ({"strip": True, "meta_keep_list": "icc"}, set(), True),
        ({"strip": True, "meta_keep_list": "exif"}, ALL, False),
        ({"strip": True, "meta_keep_list": "UserComment,Make"}, {"UserComment", "Make"}, False),
        ({"meta_keep_list": "UserComment"}, ALL, True),
        (
            {"exif_retain_names": "Exif.Photo.UserComment, Exif.GPSInfo.GPSLatitudeRef"},
            {"UserComment", "GPSLatitudeRef"},
            True,
        ),
        ({"exif_retain_names": "Exif.Image.NoSuchTag"}, set(), True),
    ],
)
def test_metadata(format, edit, kept, icc):
    image = shown(run(ImageMogr2(crop="50x40", **edit), with_metadata(format)))
    assert tags(image) == kept
    assert ("icc_profile" in image.info) == icc
    assert image.info["dpi"] == pytest.approx((144, 144), abs=0.1)
    assert image.info.get("comment") == (b"a comment" if format == "JPEG" and "strip" not in edit else None)


def test_metadata_survives_a_change_of_format():
    for format in ("png", "webp", "jpg", "avif"):
        assert tags(shown(run(f"imageView2/2/w/32/format/{format}", with_metadata()))) == ALL


def test_retaining_names_has_no_effect_with_thumbnail():
    command = ImageMogr2(exif_retain_names="Exif.Image.Make", thumbnail="32x")
    assert tags(shown(run(command, with_metadata()))) == ALL


def test_error_metadata():
    with pytest.raises(FopFailed, match="exif-retain-names needs a jpg, png or webp result, and this one is bmp"):
        run(ImageMogr2(exif_retain_names="Exif.Image.Make", format="bmp"), with_metadata())


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_exif_is_dropped():
    source = encoded(quarters((64, 48)), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff")
    assert tags(shown(run("imageView2/2/w/32", source))) == set()


@pytest.mark.parametrize("format", ["jpg", "png", "tiff", "bmp"])
def test_density(format):
    image = shown(run(f"imageMogr2/density/300/format/{format}", quarters((64, 48))))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)


def test_density_where_there_is_no_place_for_it():
    assert run("imageMogr2/density/300/format/webp", quarters((8, 8))).notes == ("density: webp has no place for it",)


@pytest.mark.parametrize("limit", ["4k", "6K", "5000"])
def test_size_limit_finds_the_best_quality_that_fits(limit):
    source = encoded(noise((320, 240)), "JPEG", quality=95)
    result = run(f"imageMogr2/format/jpg/strip/quality/95/size-limit/{limit}", source)
    allowed = {"4k": 4096, "6K": 6144, "5000": 5000}[limit]
    assert result.size <= allowed
    quality = jpeg_quality(shown(result).quantization)
    better = run(f"imageMogr2/format/jpg/strip/quality/{quality + 1}!", source)
    assert better.size > allowed


def test_size_limit_that_cannot_be_met_gives_the_smallest():
    source = encoded(noise((320, 240)), "JPEG", quality=95)
    result = run("imageMogr2/size-limit/10", source)
    assert jpeg_quality(shown(result).quantization) == 1


def test_size_limit_of_the_source():
    source = encoded(noise((320, 240)), "JPEG", quality=30)
    assert run("imageMogr2/quality/95!", source).size > len(source)
    assert run("imageMogr2/quality/95!/size-limit/$(fsize)", source).size <= len(source)


def test_a_hard_size_limit_returns_the_source_rather_than_something_larger():
    flat = encoded(quarters((64, 48)), "PNG", optimize=True)
    assert run("imageMogr2/format/jpg/quality/100!/size-limit/1M!", flat).data == flat
    assert run("imageMogr2/format/bmp/size-limit/15k!", flat).data == flat
    assert run("imageMogr2/format/jpg/quality/100!/size-limit/1M", flat).mime == "image/jpeg"
    soft = run("imageMogr2/format/bmp/size-limit/1k", flat)
    assert soft.notes == ("size-limit acts on jpg results only, and this one is bmp",)


def test_a_gif_gets_128_colours_unless_told_otherwise():
    source = encoded(rainbow(), "GIF")
    assert 64 < len(shown(run("imageMogr2/strip", source)).convert("RGB").getcolors() or []) <= 128
    assert 128 < len(shown(run("imageMogr2/format/gif", rainbow())).convert("RGB").getcolors() or []) <= 256


def test_a_png_palette_keeps_soft_transparency():
    image = Image.new("RGBA", (64, 64), (255, 0, 0, 255))
    image.putalpha(Image.linear_gradient("L").resize((64, 64)))
    alphas = {pixel[3] for _, pixel in shown(run("imageView2/0/colors/64", image)).convert("RGBA").getcolors() or []}
    assert len(alphas) >= 8


def test_cmyk_goes_through_its_profile_or_without_one():
    source = encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG", quality=95)
    image = shown(run("imageView2/0/format/png", source))
    assert image.mode == "RGB"
    r, g, b = image.getpixel((16, 16))
    assert r > 200
    assert max(g, b) < 60
    # A profile for another kind of colours is not trusted, and not handed on.
    wrong = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = shown(
        run("imageView2/0", encoded(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG", icc_profile=wrong))
    )
    assert image.mode == "RGB"
    assert "icc_profile" not in image.info


def test_a_profile_for_greys_is_not_handed_to_colours():
    grey = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    grey[16:20] = b"GRAY"
    source = encoded(Image.new("L", (32, 32), 100), "JPEG", icc_profile=bytes(grey))
    assert "icc_profile" in shown(run("imageView2/2/w/16", source)).info
    assert "icc_profile" not in shown(run("imageMogr2/border/2x2/bordercolor/cmVk", source)).info


def test_webp_animations_follow_the_quality():
    frames = [noise((64, 48)).rotate(90 * turn) for turn in range(2)]
    source = encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)
    low, high = (run(f"imageMogr2/quality/{q}", source).size for q in (10, 95))
    assert low < high
    assert math.isclose(shown(run("imageMogr2/strip", animation("WEBP"))).n_frames, 3)
