"""What must be rejected: every line here is an error for pyright and for mypy. Checked, never run."""

from qiniufop import Avthumb, Fops, ImageInfo, ImageMogr2, ImageView2, Saveas, Stage, Vframe, Watermark
from qiniufop.media import Image

e01: object = Avthumb("mp4") | ImageView2(2)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e02: object = ImageInfo() | ImageView2(2, w=1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e03: object = Saveas("b") | ImageView2(2)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e04: object = ImageView2(2) | Saveas("b") | Saveas("b")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e05: object = Vframe("jpg", offset=1) | Vframe("jpg", offset=1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e06: object = Avthumb("mp3") | Vframe("jpg", offset=1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e07: object = Avthumb("m3u8") | ImageView2(2)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e08: object = Avthumb("mp4", segtime=10)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
e09: object = Avthumb("mp4", af="volume=1.5")  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
e10: object = Watermark(mode=1, text="hi")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
e11: object = Watermark(mode=2, image="kodo://b/k")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
e12: object = Watermark(mode=7)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
e13: object = ImageView2(9)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
e14: object = ImageView2(2, width=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
e15: object = ImageView2()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
e16: object = ImageView2(2, w="800")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
e17: object = Saveas("b", "k", "x")  # type: ignore[arg-type, call-arg]  # pyright: ignore[reportCallIssue]
e18: object = Vframe("gif", offset=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
e19: object = Vframe("jpg")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
e20: object = ImageMogr2(thumbnail=300)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
e21: object = ImageMogr2().thumbnail()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
e22: object = ImageView2(2) | 3  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
e23: object = Fops(3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
ImageView2(2).w = 3  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def shrink(stage: Stage[Image, Image]) -> object:
    return stage | ImageView2(2, w=10)


e24: object = shrink(ImageView2(2) | Saveas("b"))  # type: ignore[operator]  # pyright: ignore[reportArgumentType]
e25: object = shrink(Avthumb("mp4"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
