"""What must be accepted. Checked by pyright and mypy, never run."""

from typing import Any

from typing_extensions import assert_type

from qiniufop import (
    Avthumb,
    Fop,
    Fops,
    ImageInfo,
    ImageLayer,
    ImageMark,
    ImageMogr2,
    ImageView2,
    Pipeline,
    RawOp,
    Saveas,
    Stage,
    TextLayer,
    TextMark,
    Vframe,
    Watermark,
    load,
    parse,
)
from qiniufop.media import AV, Animation, Audio, Image, Json, Media, Playlist, Stored, Video
from qiniufop.ops.avthumb import AvthumbFile, AvthumbHls, AvthumbPreset
from qiniufop.ops.watermark import WatermarkImage, WatermarkMixed, WatermarkText

assert_type(ImageView2(mode=2, w=800) | Saveas("bucket", "key"), Pipeline[Image, Stored])
assert_type(ImageView2(2, w=800, format="webp", q="90!").w, int | None)
assert_type((ImageView2(2) | ImageView2(2)) | (ImageView2(2) | ImageInfo()), Pipeline[Image, Json])
assert_type(ImageInfo() | Saveas("bucket"), Pipeline[Image, Stored])
assert_type(ImageView2.parse("imageView2/2"), ImageView2)
assert_type(Pipeline.parse("imageInfo"), Pipeline[Any, Any])
assert_type(Fops.parse("imageInfo;avinfo"), Fops)
assert_type(parse("imageInfo"), Fop[Any, Any] | Pipeline[Any, Any] | Fops)
assert_type(load({"op": "imageInfo"}), Fop[Any, Any] | Pipeline[Any, Any] | Fops)
assert_type(ImageView2(2) | "imageInfo", Pipeline[Image, Any])
assert_type("imageMogr2/strip" | ImageInfo(), Pipeline[Any, Json])

# a family gives the variant that was asked for, with its own fields
assert_type(Watermark(mode=1, image="kodo://b/logo.png", dx=3), WatermarkImage)
assert_type(Watermark(mode=1, image="kodo://b/logo.png").image, str)
assert_type(Watermark(mode=2, text="hi", fontsize=500), WatermarkText)
assert_type(Watermark(mode=3, layers=[ImageLayer(image="kodo://b/l.png"), TextLayer(text="hi")]), WatermarkMixed)
Watermark(3, layers=[{"text": "hi"}])


def describe(mark: Watermark) -> str:
    if isinstance(mark, WatermarkText):
        return mark.text
    return str(mark)


# what a transcode makes follows from its format
assert_type(Avthumb("mp4", vb="1.25m"), AvthumbFile[Video])
assert_type(Avthumb("mp3", ab=128000), AvthumbFile[Audio])
assert_type(Avthumb("gif", ss=1.5), AvthumbFile[Animation])
assert_type(Avthumb("m3u8", segtime=10, vb="500k"), AvthumbHls)
assert_type(Avthumb(preset="my-preset", ss=3), AvthumbPreset)
assert_type(Avthumb("mp4") | Vframe("jpg", offset=1) | ImageView2(2), Pipeline[AV, Image])
assert_type(Avthumb("gif") | ImageView2(2), Pipeline[AV, Image])
assert_type(Avthumb("m3u8") | Saveas("b", "k"), Pipeline[AV, Stored])
assert_type(Avthumb("m3u8").makes, Any)
assert_type(Avthumb("some-container") | ImageView2(2), Pipeline[AV, Image])
Avthumb("mp4", watermarks=[ImageMark(wm_image="kodo://b/l.png"), TextMark(wm_text="hi")])
Avthumb("mp4", wm_image="kodo://b/l.png", wm_gravity="North", extra={"newKey": "1"})

# an edit list takes keywords and steps
assert_type(ImageMogr2(auto_orient=True, thumbnail="300x"), ImageMogr2)
assert_type(ImageMogr2().thumbnail("300x").crop("200x200").thumbnail("50x").auto_orient(), ImageMogr2)
assert_type(ImageMogr2(strip=True) | ImageView2(2), Pipeline[Image, Image])

# the unknown is never refused
assert_type(RawOp("my-op", "arg", "arg") | ImageView2(2), Pipeline[Any, Image])
assert_type(ImageView2(2) | RawOp("my-op"), Pipeline[Image, Any])
ImageView2(2, extra={"new": "1"})


def shrink(stage: Stage[Image, Image]) -> Pipeline[Image, Image]:
    return stage | ImageView2(2, w=10)


def save(stage: Stage[Image, Media]) -> Pipeline[Image, Stored]:
    return stage | Saveas("bucket")


shrink(ImageView2(1) | Watermark(mode=2, text="hi"))
save(ImageInfo())
playlist: Stage[AV, Playlist] = Avthumb("hls")
ops: list[Fop[Any, Any]] = [ImageView2(2), Saveas("b"), ImageInfo(), Watermark(mode=2, text="x")]
job = Fops(ImageView2(2) | Saveas("b", "k"), "imageInfo", Avthumb("mp4"))
assert_type(job.commands, tuple[Fop[Any, Any] | Pipeline[Any, Any], ...])
