"""Pictures that the tests make, and a short way to run a command on them."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from PIL import Image

from qiniufop.engine.artifact import Artifact
from qiniufop.engine.engine import LocalEngine
from qiniufop.engine.errors import FopFailed
from qiniufop.engine.limits import Limits

RED, GREEN, BLUE, WHITE, BLACK = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)


def quarters(size: tuple[int, int] = (640, 427), mode: str = "RGB") -> Image.Image:
    """Red, green, blue and white quarters, clockwise from the top left: any turn or crop shows."""
    w, h = size
    image = Image.new(mode, size, (*WHITE, 255)[: len(mode)])
    for colour, box in (
        (RED, (0, 0, w // 2, h // 2)),
        (GREEN, (w // 2, 0, w, h // 2)),
        (WHITE, (0, h // 2, w // 2, h)),
        (BLUE, (w // 2, h // 2, w, h)),
    ):
        image.paste((*colour, 255)[: len(mode)], box)
    return image


def noise(size: tuple[int, int]) -> Image.Image:
    """A picture that does not compress well, the same every time."""
    return Image.effect_mandelbrot(size, (-2, -1.2, 1, 1.2), 60).convert("RGB")


def rainbow() -> Image.Image:
    """256x256 pixels of nearly as many colours."""
    down = Image.linear_gradient("L")
    return Image.merge("RGB", (down, down.transpose(Image.Transpose.ROTATE_90), Image.radial_gradient("L")))


def encoded(image: Image.Image, format: str = "PNG", **options: Any) -> bytes:
    stream = BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def animation(format: str = "GIF", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    frames = [Image.new("RGB", size, colour) for colour in (RED, GREEN, BLUE)]
    options = {"duration": [100, 200, 300], "loop": 0, **options}
    if format == "WEBP":
        options["lossless"] = True
    return encoded(frames[0], format, save_all=True, append_images=frames[1:], **options)


def oriented(orientation: int, size: tuple[int, int] = (40, 30), format: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Maker"
    return encoded(quarters(size), format, exif=exif.tobytes(), **({"quality": 95} if format == "JPEG" else {}))


def engine(objects: Mapping[str, bytes] | None = None, **options: Any) -> LocalEngine:
    """An engine whose references are found in ``objects``."""

    def resolve(reference: str) -> Artifact:
        if objects is None or reference not in objects:
            raise FopFailed("source", f"there is no object {reference!r}")
        return Artifact("application/octet-stream", data=objects[reference])

    return LocalEngine(resolver=resolve, **options)


def run(
    command: Any, source: Image.Image | bytes, objects: Mapping[str, bytes] | None = None, limits: Limits | None = None
) -> Artifact:
    data = source if isinstance(source, bytes) else encoded(source)
    return engine(objects).run(data, command, key="a.png", bucket="bkt", limits=limits)


def shown(result: Artifact) -> Image.Image:
    image = Image.open(BytesIO(result.read()))
    image.load()
    return image


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, ...], tolerance: int = 12) -> bool:
    mode = "RGBA" if len(colour) == 4 else "RGB"
    pixel: Any = image.convert(mode).getpixel(at)
    return all(abs(a - b) <= tolerance for a, b in zip(pixel, colour, strict=True))


def corners(image: Image.Image) -> list[str]:
    """The names of the colours near the corners, clockwise from the top left."""
    w, h = image.size
    names = {"red": RED, "green": GREEN, "blue": BLUE, "white": WHITE, "black": BLACK}
    points = ((w // 8, h // 8), (w - 1 - w // 8, h // 8), (w - 1 - w // 8, h - 1 - h // 8), (w // 8, h - 1 - h // 8))
    return [next((name for name, c in names.items() if near(image, point, c, 40)), "?") for point in points]


def stage(name: str, **fields: Any) -> Any:
    """A one-stage command with the given attributes."""
    operation = SimpleNamespace(name=name, label=name, extra=(), **fields)
    return SimpleNamespace(stages=(operation,))
