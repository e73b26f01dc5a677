from __future__ import annotations

import json
from typing import Any

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.errors import FopFailed

from .pictures import RED, animation, encoded, oriented, quarters, run


def facts(result: Artifact) -> dict[str, Any]:
    assert result.mime == "application/json"
    return json.loads(result.read())


@pytest.mark.parametrize(
    ("mode", "format", "model"),
    [
        ("RGB", "JPEG", "ycbcr"),
        ("L", "JPEG", "gray"),
        ("CMYK", "JPEG", "cmyk"),
        ("RGBA", "PNG", "nrgba"),
        ("RGB", "PNG", "rgba"),
        ("L", "PNG", "gray"),
        ("I;16", "PNG", "gray16"),
        ("RGB", "WEBP", "ycbcr"),
        ("RGBA", "WEBP", "nrgba"),
        ("RGB", "BMP", "rgba"),
    ],
)
def test_image_info(mode, format, model):
    source = encoded(Image.new(mode, (64, 48)), format)
    assert facts(run("imageInfo", source)) == {
        "size": len(source),
        "format": format.lower(),
        "width": 64,
        "height": 48,
        "colorModel": model,
    }


def test_image_info_of_a_palette():
    image = Image.new("P", (10, 10))
    image.putpalette([n for n in range(16) for _ in range(3)])
    assert facts(run("imageInfo", encoded(image, "PNG", bits=4)))["colorModel"] == "palette16"


def test_image_info_of_an_animation_counts_its_frames():
    info = facts(run("imageInfo", animation()))
    assert (info["format"], info["frameNumber"]) == ("gif", 3)
    assert info["colorModel"].startswith("palette")


@pytest.mark.parametrize(("orientation", "name"), [(1, "Top-left"), (6, "Right-top"), (8, "Left-bottom")])
def test_image_info_tells_the_orientation_and_the_stored_size(orientation, name):
    info = facts(run("imageInfo", oriented(orientation, (80, 60))))
    assert (info["orientation"], info["width"], info["height"]) == (name, 80, 60)


def test_image_info_after_another_stage():
    assert facts(run("imageView2/2/w/64/format/webp|imageInfo", quarters()))["width"] == 64


def with_exif() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.DateTime] = "2011:11:19 17:09:23"
    exif[ExifTags.Base.XResolution] = 72.0
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.FNumber: IFDRational(14, 5),
        ExifTags.Base.ISOSpeedRatings: 100,
        ExifTags.Base.UserComment: b"ASCII\0\0\0hello",
    }
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (31.0, 14.0, 0.5)}
    return encoded(quarters((64, 48)), "JPEG", exif=exif.tobytes())


def test_exif_gives_each_tag_with_its_type():
    result = run("exif", with_exif())
    assert facts(result) == {
        "DateTime": {"val": "2011:11:19 17:09:23", "type": 2},
        "XResolution": {"val": "72", "type": 5},
        "Orientation": {"val": "6", "type": 3},
        "FNumber": {"val": "14/5", "type": 5},
        "ISOSpeedRatings": {"val": "100", "type": 3},
        "UserComment": {"val": "hello", "type": 1},
        "GPSLatitudeRef": {"val": "N", "type": 2},
        "GPSLatitude": {"val": "31, 14, 1/2", "type": 5},
    }
    assert len(result.notes) == 1


def test_error_exif():
    with pytest.raises(FopFailed, match="exif: no exif data"):
        run("exif", quarters())
    with pytest.raises(FopFailed, match="exif: unsupported format: avif"):
        run("exif", encoded(quarters((64, 48)), "AVIF"))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_error_exif_that_is_damaged():
    with pytest.raises(FopFailed, match="exif: "):
        run("exif", encoded(quarters((64, 48)), "JPEG", exif=b"Exif\0\0MM\0\x2a\xff\xff\xff\xff"))


@pytest.mark.parametrize(
    ("image", "colour"),
    [
        (Image.new("RGB", (9, 9), (0x85, 0x69, 0x4D)), "0x85694d"),
        (Image.new("L", (9, 9), 7), "0x070707"),
        (Image.new("RGBA", (9, 9), (*RED, 0)), "0xffffff"),
        (quarters((40, 40)), "0x806080"),
    ],
)
def test_image_ave(image, colour):
    assert facts(run("imageAve", image)) == {"RGB": colour}
