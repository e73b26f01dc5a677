"""Rules about operations on pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .rules import Finding, Given, stage_rule

_LOSSLESS = frozenset({"png", "gif", "bmp", "tiff"})
_TURNED = frozenset({"thumbnail", "crop", "rotate", "gravity", "extent"})


def _format(given: Given) -> str:
    return str(given.get("format") or "").lower()


@stage_rule("quality-ignored", "warning", "imageView2 imageMogr2 imageView imageMogr", "q quality")
def quality_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """Quality has no effect on lossless formats."""
    if _format(given) in _LOSSLESS:
        yield Finding(f"{_format(given)} has no quality to set", "q" if "q" in given else "quality")


@stage_rule("interlace-ignored", "advice", "imageView2 imageMogr2", "interlace")
def interlace_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """Progressive display is for JPEG, and seen with PNG."""
    if given["interlace"] and _format(given) in ("webp", "gif", "bmp", "tiff", "avif", "heic"):
        yield Finding(f"interlace is for jpg; {_format(given)} ignores it", "interlace")


@stage_rule("colors-ignored", "advice", "imageView2 imageMogr2", "colors")
def colors_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """A palette is for gif pictures and png output."""
    if _format(given) in ("jpg", "jpeg", "webp", "avif", "heic"):
        yield Finding(f"colors is for gif and png; {_format(given)} has no palette", "colors")


@stage_rule("auto-orient-late", "warning", "imageMogr2 imageMogr", "auto_orient")
def auto_orient_late(op: Any, given: Given) -> Iterator[Finding]:
    """auto-orient should come before the edits that depend on which side is up."""
    names = [name for name, _ in op.steps]
    early = next((n for n in names[: names.index("auto_orient")] if n in _TURNED), None)
    if early is not None:
        yield Finding(f"auto-orient comes after {early}, which so works on the picture as stored", "auto_orient")


@stage_rule("gravity-unused", "warning", "imageMogr2 imageMogr", "gravity")
def gravity_unused(op: Any, given: Given) -> Iterator[Finding]:
    """gravity only affects a crop behind it."""
    names = [name for name, _ in op.steps]
    last = max((i for i, name in enumerate(names) if name == "crop"), default=-1)
    seen = 0
    for i, name in enumerate(names):
        if name == "gravity":
            if i > last:
                yield Finding("gravity only affects a crop behind it, and there is none", "gravity", seen)
            seen += 1


@stage_rule("size-limit-format", "warning", "imageMogr2", "size_limit")
def size_limit_format(op: Any, given: Given) -> Iterator[Finding]:
    """size-limit needs jpeg output."""
    if _format(given) not in ("", "jpg", "jpeg", "copy"):
        yield Finding(f"size-limit needs jpeg output, not {given['format']}", "size_limit")


@stage_rule("retain-lost", "warning", "imageMogr2", "exif_retain_names")
def retain_lost(op: Any, given: Given) -> Iterator[Finding]:
    """exif-retain-names has no effect together with thumbnail."""
    if "thumbnail" in given:
        yield Finding("exif-retain-names has no effect together with thumbnail", "exif_retain_names")


@stage_rule("no-effect", "advice", "imageMogr2", "sharpen blur")
def no_effect(op: Any, given: Given) -> Iterator[Finding]:
    """sharpen/0 and a blur whose sigma is 0 do nothing."""
    if given.get("sharpen") == 0:
        yield Finding("sharpen/0 does nothing", "sharpen")
    blur = given.get("blur")
    if blur is not None and float(blur.partition("x")[2] or 1) == 0:
        yield Finding(f"blur/{blur} does nothing: its sigma is 0", "blur")


@stage_rule("blur-gif", "warning", "imageMogr2", "blur")
def blur_gif(op: Any, given: Given) -> Iterator[Finding]:
    """blur is not supported for gif."""
    if _format(given) == "gif":
        yield Finding("blur is not supported for gif", "blur")


@stage_rule("bare-number", "advice", "imageMogr2", "thumbnail")
def bare_number(op: Any, given: Given) -> Iterator[Finding]:
    """A thumbnail that is only a number is read as a width, but not documented."""
    if given["thumbnail"].lstrip("!").isdigit():
        width = given["thumbnail"].lstrip("!")
        yield Finding(f"a number alone is not documented; a width is written {width}x", "thumbnail")


@stage_rule("one-side", "warning", "imageView", "w h")
def both_sides(op: Any, given: Given) -> Iterator[Finding]:
    """Mode 1 of imageView needs both sides."""
    if given.get("mode") == 1 and not ("w" in given and "h" in given):
        yield Finding("mode 1 of imageView needs both w and h", "w" if "w" in given else "h")


@stage_rule("wst-alone", "warning", "watermark", "wst layers")
def wst_alone(op: Any, given: Given) -> Iterator[Finding]:
    """wst only matters with ws."""
    seen = 0
    for layer in given.get("layers") or (op,):
        if getattr(layer, "wst", None) is not None:
            if layer.ws is None:
                yield Finding("wst has no effect without ws", "wst", seen)
            seen += 1


@stage_rule("tile-alone", "advice", "watermark", "uws uhs")
def tile_alone(op: Any, given: Given) -> Iterator[Finding]:
    """uws and uhs presumably only matter with tile."""
    if not given.get("tile"):
        yield Finding("uws and uhs are about tiles; add tile/1", "uws" if "uws" in given else "uhs")


@stage_rule("offset-undocumented", "warning", "watermark", "dx dy")
def offset_undocumented(op: Any, given: Given) -> Iterator[Finding]:
    """watermark/4 has no dx and dy in the documents."""
    if given.get("mode") == 4:
        for attr in ("dx", "dy"):
            if attr in given:
                yield Finding(f"{attr} is not documented for watermark/4 and probably has no effect", attr)


@stage_rule("original-missing", "warning", "watermark", "method")
def original_missing(op: Any, given: Given) -> Iterator[Finding]:
    """Decoding a blind watermark of version 1 or 2 needs the picture it was put on."""
    if given["method"] == "decode" and given.get("version", 1) != 3 and "orignal" not in given:
        yield Finding("decoding version 1 or 2 needs orignal, the picture before it was marked", "method")


@stage_rule("decode-only", "warning", "watermark", "orignal")
def decode_only(op: Any, given: Given) -> Iterator[Finding]:
    """orignal is only read when versions 1 and 2 decode."""
    if given.get("method") == "encode" or given.get("version") == 3:
        yield Finding("orignal is only read by decode of versions 1 and 2", "orignal")


@stage_rule("side-limit", "warning", "imageView2", "w h")
def side_limit(op: Any, given: Given) -> Iterator[Finding]:
    """Only WebP may have sides above 14999 px."""
    for attr in ("w", "h"):
        if given.get(attr, 0) > 14999 and _format(given) != "webp":
            yield Finding(f"{attr}/{given[attr]} is above 14999 px, which only webp may have", attr)


@stage_rule("nothing-to-do", "advice", "imageView2 imageMogr2")
def nothing_to_do(op: Any, given: Given) -> Iterator[Finding]:
    """An operation without parameters only decodes and encodes."""
    if len(given) <= (op.name == "imageView2"):
        yield Finding(f"{op.name} without parameters only decodes and encodes again")
