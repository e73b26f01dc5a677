"""Where each operation is found. Written by ``python scripts/generate.py``; do not edit."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .av import Avinfo as Avinfo, Vframe as Vframe
    from .avthumb import (
        Avthumb as Avthumb,
        AvthumbFile as AvthumbFile,
        AvthumbHls as AvthumbHls,
        AvthumbPreset as AvthumbPreset,
    )
    from .image import Exif as Exif, ImageAve as ImageAve, ImageInfo as ImageInfo, ImageView2 as ImageView2
    from .marks import ImageMark as ImageMark, TextMark as TextMark, VideoMark as VideoMark
    from .mogr import ImageMogr2 as ImageMogr2
    from .storage import Saveas as Saveas
    from .watermark import (
        ImageLayer as ImageLayer,
        TextLayer as TextLayer,
        Watermark as Watermark,
        WatermarkImage as WatermarkImage,
        WatermarkMixed as WatermarkMixed,
        WatermarkText as WatermarkText,
        WatermarkTiled as WatermarkTiled,
    )
    from ..raw import RawOp as RawOp

WIRE = {
    "": "raw",
    "avinfo": "ops.av",
    "avthumb": "ops.avthumb",
    "exif": "ops.image",
    "imageAve": "ops.image",
    "imageInfo": "ops.image",
    "imageMogr2": "ops.mogr",
    "imageView2": "ops.image",
    "saveas": "ops.storage",
    "vframe": "ops.av",
    "watermark": "ops.watermark",
}
"""The module of each wire name."""

PUBLIC = {
    "Avinfo": "ops.av",
    "Avthumb": "ops.avthumb",
    "AvthumbFile": "ops.avthumb",
    "AvthumbHls": "ops.avthumb",
    "AvthumbPreset": "ops.avthumb",
    "Exif": "ops.image",
    "ImageAve": "ops.image",
    "ImageInfo": "ops.image",
    "ImageLayer": "ops.watermark",
    "ImageMark": "ops.marks",
    "ImageMogr2": "ops.mogr",
    "ImageView2": "ops.image",
    "RawOp": "raw",
    "Saveas": "ops.storage",
    "TextLayer": "ops.watermark",
    "TextMark": "ops.marks",
    "Vframe": "ops.av",
    "VideoMark": "ops.marks",
    "Watermark": "ops.watermark",
    "WatermarkImage": "ops.watermark",
    "WatermarkMixed": "ops.watermark",
    "WatermarkText": "ops.watermark",
    "WatermarkTiled": "ops.watermark",
}
"""The module of each public class."""

__all__ = [
    "Avinfo",
    "Avthumb",
    "AvthumbFile",
    "AvthumbHls",
    "AvthumbPreset",
    "Exif",
    "ImageAve",
    "ImageInfo",
    "ImageLayer",
    "ImageMark",
    "ImageMogr2",
    "ImageView2",
    "RawOp",
    "Saveas",
    "TextLayer",
    "TextMark",
    "Vframe",
    "VideoMark",
    "Watermark",
    "WatermarkImage",
    "WatermarkMixed",
    "WatermarkText",
    "WatermarkTiled",
]
