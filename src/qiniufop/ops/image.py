"""Pictures: scaling, conversion and what can be known about them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ..core import Fop
from ..declaration import Facts
from ..media import Image, Json
from ..wire import Fact, Quality, Sides, Switch, Word, hyphen

__all__ = ["Exif", "ImageAve", "ImageInfo", "ImageView2"]

FORMATS = ("copy", "jpg", "jpeg", "gif", "png", "webp", "bmp", "tiff", "avif", "heic")
Palette = Literal[2, 4, 8, 16, 32, 64, 128, 256]
"""How many colours a palette may have."""


class ImageView2(
    Fop[Image, Image],
    fop="imageView2",
    spell=hyphen,
    facts=Facts(
        title="Scale, crop and convert a picture",
        zh="图片基本处理",
        docs=(
            "https://developer.qiniu.com/dora/1279/basic-processing-images-imageview2",
            "https://developer.qiniu.com/dora/12111/avif-compression",
        ),
        modes=("sync", "persistent", "style"),
        rules=(
            "The result is never larger than the source.",
            "A picture with an EXIF orientation is turned upright first.",
            "Without w and h only format, quality and palette change.",
            "For a JPEG source the quality used is at most a value computed from the source, unless forced with '!'.",
            "Transparent areas become white where the output has no alpha channel.",
        ),
        limits=(
            "Online: source at most 20 MB, 30000 px a side and 150 megapixels; result at most 9999 px a side and "
            "25 megapixels.",
            "In a job: result at most 14999 px a side and 60 megapixels; WebP at most 16383 px a side.",
        ),
        examples=(
            ("imageView2/1/w/200/h/200", "scaled, then the centre cropped to 200x200"),
            ("imageView2/2/w/200", "640x427 becomes 200x133"),
            ("imageView2/2/h/200", "640x427 becomes 300x200"),
            ("imageView2/1/w/200/h/200/interlace/1", "a progressive JPEG"),
            ("imageView2/1/w/200/h/200/q/55", "at quality 55"),
            ("imageView2/0/w/48/h/48", "long and short edge at most 48"),
            ("imageView2/0/q/75", "re-encoded only"),
        ),
    ),
):
    """Scale a picture in one of six modes, crop its centre, convert it. Takes and makes a picture.

    Never enlarges, and turns the picture upright by its EXIF orientation.

    Raises:
        ValidationError: a value is outside its range.
    """

    mode: Literal[0, 1, 2, 3, 4, 5] = Field(kw_only=False)
    """How ``w`` and ``h`` bound the result. 0: long and short edge at most; 2: width and height at most; 3: width and
    height at least; 4: long and short edge at least; 1 and 5: as 3 and 4, then the centre is cropped to that size."""
    w: Annotated[Sides | None, Fact("not limited, or as h", alias="width")] = None
    """Width in pixels, or the long edge in modes 0, 4 and 5. Up to 9999 online, 14999 in a job, 16383 for WebP."""
    h: Annotated[Sides | None, Fact("not limited, or as w", alias="height")] = None
    """Height in pixels, or the short edge in modes 0, 4 and 5. Bounds as ``w``."""
    format: Annotated[Word | None, Fact("as the source; jpeg for avif and heic", choices=FORMATS)] = None
    """Format of the result. The set is open; avif and heic are billed separately."""
    interlace: Annotated[Switch | None, Fact("0", applies="jpg")] = None
    """Whether a JPEG shows progressively."""
    q: Annotated[Quality | None, Fact("75; heic 35; avif 50", alias="quality")] = None
    """Quality of the result, 1 to 100; ``"90!"`` forces it."""
    colors: Annotated[Palette | None, Fact("128 for a gif", applies="gif sources, png output")] = None
    """Size of the palette."""
    ignore_error: Annotated[Switch | None, Fact("0")] = None
    """Give back the input of the stage instead of an error."""


class ImageInfo(
    Fop[Image, Json],
    fop="imageInfo",
    facts=Facts(
        title="Size, format and colour model of a picture",
        zh="图片基本信息",
        docs=("https://developer.qiniu.com/dora/1269/pictures-basic-information-imageinfo",),
        limits=("Source at most 20 MB.",),
        examples=(("imageInfo", "size, format, width, height, colorModel, orientation"),),
    ),
):
    """Report a picture's format, width, height, size in bytes and colour model. Takes a picture, makes JSON."""


class Exif(
    Fop[Image, Json],
    fop="exif",
    facts=Facts(
        title="EXIF data of a picture",
        zh="图片 EXIF 信息",
        docs=("https://developer.qiniu.com/dora/1260/photo-exif-information-exif",),
        rules=("It reads stored originals, not the result of another operation.", "Not for avif and heif."),
        limits=("Source at most 20 MB.",),
        examples=(("exif", "each tag as its type number and text"),),
    ),
):
    """Report the EXIF tags of a stored picture. Takes a picture, makes JSON."""


class ImageAve(
    Fop[Image, Json],
    fop="imageAve",
    facts=Facts(
        title="Average colour of a picture",
        zh="图片主色调",
        docs=("https://developer.qiniu.com/dora/1268/image-average-hue-imageave",),
        rules=("It reads stored originals, not the result of another operation.",),
        examples=(("imageAve", "a colour such as 0x85694d"),),
    ),
):
    """Report the average colour of a stored picture as ``0xRRGGBB``. Takes a picture, makes JSON."""
