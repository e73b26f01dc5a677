"""watermark: pictures and texts over a picture."""

# Pillow's own annotations mention NumPy, which need not be installed.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from PIL import Image

from . import geometry
from .artifact import Artifact
from .errors import FopFailed, UnsupportedFopError
from .geometry import Size
from .picture import Picture, fade, opened, overlay, resize
from .picture_colour import BLACK, Colour, colour
from .picture_save import Encoding, is_animated, save, target_format
from .registry import Run
from .text import draw_text

_MARGIN = 10
_CELL = 100


class Layer(NamedTuple):
    """What is laid over the picture, and where its corner goes."""

    image: Image.Image
    at: tuple[int, int]


def mark(op: Any, source: Artifact, run: Run) -> Artifact:
    """Run ``watermark``, modes 1 to 4."""
    if op.mode not in (1, 2, 3, 4):
        raise UnsupportedFopError("watermark", f"mode {op.mode}, an invisible watermark, needs the service")
    notes: list[str] = []
    with opened(source, "watermark", run) as base:
        target = target_format(base, op.format)
        every = is_animated(base, target)
        base.check(base.size, every=every)
        layers = _layers(op, base, run, notes)
        if not layers:
            return replace(source, notes=tuple(notes))

        def edit(image: Image.Image) -> Image.Image:
            for layer in layers:
                image = overlay(image, layer.image, layer.at)
            return image

        how = Encoding(format=op.format, default_quality=0)
        result = save(base, base.frames(edit, every=every), target, how)
    return replace(result, notes=(*notes, *result.notes))


def _layers(op: Any, base: Picture, run: Run, notes: list[str]) -> list[Layer]:
    if op.mode == 4:
        if base.count > 1:
            raise FopFailed("watermark", "mode 4 does not take an animation")
        return [_tiled_text(op, base.size, run, notes)]
    found: list[Layer] = []
    for item in op.layers if op.mode == 3 else (op,):
        layer = _text(item, run, notes) if getattr(item, "image", None) is None else _picture(item, run, base.size)
        if layer is None:
            notes.append("watermark: the picture is smaller than the mark, which is left out")
        elif getattr(item, "tile", None):
            notes.append("watermark: how tile/1 spaces the marks is not published; they stand side by side")
            found.append(Layer(_tiled(layer, base.size), (0, 0)))
        else:
            dx, dy = (_MARGIN if shift is None else shift for shift in (item.dx, item.dy))
            found.append(Layer(layer, geometry.place(item.gravity or "SouthEast", base.size, layer.size, dx, dy)))
    return found


def _picture(item: Any, run: Run, base: Size) -> Image.Image | None:
    """The mark as it is laid on; None if it is larger than what it is laid on."""
    for option in ("uws", "uhs"):
        if getattr(item, option, None) is not None:
            raise UnsupportedFopError("watermark", "what it means is not published", option)
    with opened(run.resolve(item.image), "watermark", run) as found:
        size = geometry.mark(found.size, base, item.ws, item.wst)
        if size[0] > base[0] or size[1] > base[1]:
            return None
        found.reduce(size, upright=False)
        (image,) = found.frames(lambda frame: resize(frame, size), every=False)
    return fade(image, item.dissolve)


def _text(item: Any, run: Run, notes: list[str]) -> Image.Image:
    drawn = draw_text(item.text, _fill(item), font=item.font, twips=item.fontsize, known=run.fonts)
    if drawn.note:
        notes.append(drawn.note)
    return fade(drawn.image, item.dissolve)


def _fill(item: Any) -> Colour:
    return BLACK if item.fill is None else colour(item.fill)


def _tiled_text(op: Any, base: Size, run: Run, notes: list[str]) -> Layer:
    """A text in cells that repeat from the top left corner."""
    notes.append(
        "watermark: where mode 4 begins to tile and which way it turns are not published; clockwise is assumed"
    )
    if op.dx or op.dy:
        notes.append("watermark: dx and dy are not documented for mode 4, and move nothing")
    layer = _text(op, run, notes)
    if op.rotate:
        layer = layer.rotate(-op.rotate, Image.Resampling.BICUBIC, expand=True)
    scale = float(op.resize or 1)
    cell = max(1, round((op.uw or _CELL) * scale)), max(1, round((op.uh or _CELL) * scale))
    if scale != 1:
        layer = resize(layer, (max(1, round(layer.width * scale)), max(1, round(layer.height * scale))))
    unit = Image.new("RGBA", cell, (0, 0, 0, 0))
    unit.paste(layer, geometry.place("Center", cell, layer.size))
    return Layer(_tiled(unit, base), (0, 0))


def _tiled(unit: Image.Image, size: Size) -> Image.Image:
    """A picture repeated over an area: rows are made by doubling, so that small units cost no more than large ones."""
    sheet = Image.new("RGBA", size, (0, 0, 0, 0))
    sheet.paste(unit, (0, 0))
    width, height = unit.size
    while width < size[0]:
        sheet.paste(sheet.crop((0, 0, width, unit.height)), (width, 0))
        width *= 2
    while height < size[1]:
        sheet.paste(sheet.crop((0, 0, size[0], height)), (0, height))
        height *= 2
    return sheet
