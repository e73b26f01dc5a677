"""The rules of advice. Each looks at one operation, or at a whole command, and yields what it finds.

A rule is a generator registered with its code and severity; it yields messages, each with the field it is about.
Documented facts are errors of the models and not repeated here; what is only inferred never stops a build.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ..diagnostics import Severity

Finding = tuple[str, "str | None"]
"""What to say, and the field it is about (None for the whole stage)."""
Check = Callable[[Any], Iterator[Finding]]


class Rule(NamedTuple):
    """One rule of advice."""

    code: str
    severity: Severity
    ops: tuple[str, ...]
    check: Check
    about: str


STAGE_RULES: list[Rule] = []
"""Rules about one operation."""


def stage_rule(code: str, severity: Severity, *ops: str) -> Callable[[Check], Check]:
    """Register a rule about single operations of the given wire names."""

    def register(check: Check) -> Check:
        STAGE_RULES.append(Rule(code, severity, ops, check, (check.__doc__ or "").strip()))
        return check

    return register


def get(op: Any, attr: str) -> Any:
    """A field of an operation, or the last edit of that name in an edit list; None if it has none."""
    if hasattr(op, "steps"):
        return op[attr]
    return getattr(op, attr, None)


def _video_format(op: Any) -> str:
    return str(getattr(op, "format", None) or "")


@stage_rule("distorts", "warning", "avthumb", "avfast")
def distorts(op: Any) -> Iterator[Finding]:
    """A two-sided size without autoscale is forced and may distort."""
    size = get(op, "s")
    if size and size[0].isdigit() and size[-1].isdigit() and "x" in size and not get(op, "autoscale"):
        yield f"s/{size} without autoscale is forced and may distort; add autoscale/1, or give one side only", "s"


@stage_rule("autoscale-alone", "warning", "avthumb", "avfast")
def autoscale_alone(op: Any) -> Iterator[Finding]:
    """autoscale only has meaning together with s."""
    if get(op, "autoscale") and get(op, "s") is None:
        yield "autoscale has no effect without s", "autoscale"


@stage_rule("quality-ignored", "warning", "imageView2", "imageMogr2", "imageView", "imageMogr")
def quality_ignored(op: Any) -> Iterator[Finding]:
    """Quality has no effect on lossless formats."""
    attr = "q" if get(op, "q") is not None else "quality"
    if get(op, attr) is not None and str(get(op, "format")).lower() in ("png", "gif", "bmp", "tiff"):
        yield f"{get(op, 'format')} has no quality to set", attr


@stage_rule("interlace-ignored", "advice", "imageView2", "imageMogr2")
def interlace_ignored(op: Any) -> Iterator[Finding]:
    """Progressive display is for JPEG."""
    if get(op, "interlace") and str(get(op, "format")).lower() in ("webp", "gif", "bmp", "tiff", "avif", "heic"):
        yield f"interlace is for jpg; {get(op, 'format')} ignores it", "interlace"


@stage_rule("auto-orient-late", "warning", "imageMogr2", "imageMogr")
def auto_orient_late(op: Any) -> Iterator[Finding]:
    """auto-orient should come before the edits that depend on which side is up."""
    names = [name for name, _ in op.steps]
    if "auto_orient" in names:
        before = [
            n for n in names[: names.index("auto_orient")] if n in ("thumbnail", "crop", "rotate", "gravity", "extent")
        ]
        if before:
            yield f"auto-orient comes after {before[0]}, so that one works on the picture as stored", "auto_orient"


@stage_rule("gravity-unused", "warning", "imageMogr2", "imageMogr")
def gravity_unused(op: Any) -> Iterator[Finding]:
    """gravity only affects a crop behind it."""
    names = [name for name, _ in op.steps]
    for i, name in enumerate(names):
        if name == "gravity" and "crop" not in names[i + 1 :]:
            yield "gravity only affects a crop behind it, and there is none", "gravity"


@stage_rule("size-limit-format", "warning", "imageMogr2")
def size_limit_format(op: Any) -> Iterator[Finding]:
    """size-limit needs jpeg output."""
    if op["size_limit"] is not None and str(op["format"] or "jpeg").lower() not in ("jpg", "jpeg", "copy"):
        yield f"size-limit needs jpeg output, not {op['format']}", "size_limit"


@stage_rule("retain-lost", "warning", "imageMogr2")
def retain_lost(op: Any) -> Iterator[Finding]:
    """exif-retain-names has no effect together with thumbnail."""
    if op["exif_retain_names"] is not None and op["thumbnail"] is not None:
        yield "exif-retain-names has no effect together with thumbnail", "exif_retain_names"


@stage_rule("sharpen-off", "advice", "imageMogr2")
def sharpen_off(op: Any) -> Iterator[Finding]:
    """sharpen/0 and blur with sigma 0 do nothing."""
    if op["sharpen"] == 0:
        yield "sharpen/0 does nothing", "sharpen"
    blur = op["blur"]
    if blur is not None and float(blur.partition("x")[2]) == 0:
        yield f"blur/{blur} does nothing: its sigma is 0", "blur"


@stage_rule("wst-alone", "warning", "watermark")
def wst_alone(op: Any) -> Iterator[Finding]:
    """wst only matters with ws."""
    for layer in getattr(op, "layers", None) or (op,):
        if getattr(layer, "wst", None) is not None and getattr(layer, "ws", None) is None:
            yield "wst has no effect without ws", "wst"


@stage_rule("tile-alone", "advice", "watermark")
def tile_alone(op: Any) -> Iterator[Finding]:
    """uws and uhs presumably only matter with tile."""
    if getattr(op, "mode", 0) == 1 and not op.tile and (op.uws is not None or op.uhs is not None):
        yield "uws and uhs are about tiles; add tile/1", "uws" if op.uws is not None else "uhs"


@stage_rule("undocumented", "warning", "watermark")
def undocumented_offset(op: Any) -> Iterator[Finding]:
    """watermark/4 has no dx and dy in the documents."""
    if getattr(op, "mode", 0) == 4:
        for attr in ("dx", "dy"):
            if getattr(op, attr) is not None:
                yield f"{attr} is not documented for watermark/4 and probably has no effect", attr


@stage_rule("smart-off", "warning", "avthumb", "avfast")
def smart_off(op: Any) -> Iterator[Finding]:
    """The smt parameters are only read when avsmart is on."""
    for attr in ("smt_type", "smt_enhance", "smt_maxvbr", "smt_quality"):
        if get(op, attr) is not None and not get(op, "avsmart"):
            yield f"{attr} is only read when avsmart is 1", attr


@stage_rule("bitrate-ignored", "warning", "avthumb")
def bitrate_ignored(op: Any) -> Iterator[Finding]:
    """avsmart makes vb ineffective."""
    if get(op, "avsmart") and get(op, "vb") is not None:
        yield "avsmart makes vb ineffective; cap the bit rate with smtMaxvbr", "vb"


@stage_rule("crf-range", "warning", "avthumb", "avfast")
def crf_range(op: Any) -> Iterator[Finding]:
    """The range of crf follows the codec."""
    crf, codec = get(op, "crf"), get(op, "vcodec") or "libx264"
    low, high = (23, 33) if codec == "libx265" else (18, 28)
    if crf is not None and codec in ("libx264", "libx265") and not low <= crf <= high:
        yield f"crf for {codec} is from {low} to {high}, not {crf}", "crf"


@stage_rule("aq-range", "warning", "avthumb")
def aq_range(op: Any) -> Iterator[Finding]:
    """aq is 0-9 for mp3 and 10-500 for aac, and for nothing else."""
    aq, name = get(op, "aq"), _video_format(op)
    if aq is not None and name == "mp3" and aq > 9:
        yield f"aq for mp3 is from 0 to 9, not {aq}", "aq"
    if aq is not None and name == "aac" and aq < 10:
        yield f"aq for aac is from 10 to 500, not {aq}", "aq"


@stage_rule("profile-codec", "warning", "avthumb")
def profile_codec(op: Any) -> Iterator[Finding]:
    """h264Profile and h264Level are for libx264, aac_he for libfdk_aac, writeXing for mp3."""
    codec = get(op, "vcodec")
    for attr in ("h264_profile", "h264_level", "h264_crf"):
        if get(op, attr) is not None and codec not in (None, "libx264"):
            yield f"{attr} is for libx264, not {codec}", attr
    if get(op, "write_xing") is not None and _video_format(op) != "mp3":
        yield "writeXing only concerns mp3", "write_xing"


@stage_rule("copy-and-filter", "warning", "avthumb")
def copy_and_filter(op: Any) -> Iterator[Finding]:
    """A stream that is copied cannot be changed."""
    if get(op, "vcodec") == "copy":
        changed = next((a for a in ("s", "r", "rotate", "vb", "crf", "mosaic", "fade") if get(op, a) is not None), None)
        if changed or get(op, "watermarks"):
            yield "vcodec/copy keeps the stream as it is, so it cannot be changed at the same time", changed or "vcodec"


@stage_rule("nothing-left", "warning", "avthumb")
def nothing_left(op: Any) -> Iterator[Finding]:
    """an/1 with vn/1 leaves nothing to write."""
    if get(op, "an") and get(op, "vn"):
        yield "an/1 and vn/1 together leave nothing to write", "an"


@stage_rule("frame-rate", "warning", "avthumb")
def frame_rate(op: Any) -> Iterator[Finding]:
    """Frame rates above 30 need hr/1."""
    rate = get(op, "r")
    if rate is not None and rate > 30 and not get(op, "hr"):
        yield f"r/{rate:g} becomes 25 without hr/1", "r"


@stage_rule("gif-options", "warning", "avthumb")
def gif_options(op: Any) -> Iterator[Finding]:
    """gifHighColor only combines with r, s, ss, t and autoscale."""
    if get(op, "gif_high_color"):
        for attr, _ in op.given():
            if attr not in ("format", "gif_high_color", "r", "s", "ss", "t", "autoscale"):
                yield f"gifHighColor does not combine with {attr}", attr


@stage_rule("mosaic-options", "warning", "avthumb", "avfast")
def mosaic_options(op: Any) -> Iterator[Finding]:
    """A mosaic needs offsets, and cannot be combined with a new size."""
    if get(op, "mosaic"):
        if get(op, "s") is not None:
            yield "a mosaic cannot be combined with a change of size", "s"
        if get(op, "mosaic_offset_x") is None or get(op, "mosaic_offset_y") is None:
            yield "a mosaic needs mosaicOffsetX and mosaicOffsetY", "mosaic"


@stage_rule("key-url", "warning", "avthumb")
def key_url(op: Any) -> Iterator[Finding]:
    """hlsKey and hlsKeyUrl come together."""
    for one, other in (("hls_key", "hls_key_url"), ("hls_key_url", "hls_key")):
        if get(op, one) is not None and get(op, other) is None:
            yield f"{one} needs {other} beside it", one


@stage_rule("relative-segments", "advice", "avthumb")
def relative_segments(op: Any) -> Iterator[Finding]:
    """noDomain/1 is recommended for HLS."""
    if _video_format(op) in ("m3u8", "hls") and get(op, "no_domain") is None and get(op, "domain") is None:
        yield "add noDomain/1: absolute addresses break when the domain changes", None


@stage_rule("old-name", "advice", "avthumb", "vsample", "segment")
def old_name(op: Any) -> Iterator[Finding]:
    """Keys that were renamed."""
    for attr, new in (("pattern", "savePattern"), ("h264_crf", "crf")):
        if get(op, attr) is not None:
            yield f"{attr} was renamed {new}", attr


@stage_rule("mark-timing", "warning", "avthumb", "avwatermarks")
def mark_timing(op: Any) -> Iterator[Finding]:
    """wmPos and wmDuration come together; the duration is negative when counting from the end."""
    for mark in get(op, "watermarks") or ():
        pos, duration = mark.wm_pos, mark.wm_duration
        if (pos is None) != (duration is None):
            yield "wmPos and wmDuration come together or not at all", "wm_pos" if pos is not None else "wm_duration"
        elif pos is not None and not duration.startswith("$") and (pos == "$(end)") != duration.startswith("-"):
            yield "wmDuration is negative with wmPos $(end), and only then", "wm_duration"


@stage_rule("chinese-font", "warning", "avthumb", "avwatermarks")
def chinese_font(op: Any) -> Iterator[Finding]:
    """Chinese text on a video needs wmFont."""
    for mark in get(op, "watermarks") or ():
        text = getattr(mark, "wm_text", None)
        if text and mark.wm_font is None and any("\u2e80" <= c <= "\u9fff" for c in text):
            yield "Chinese text needs wmFont set to a Chinese font", "wm_text"


@stage_rule("side-limit", "warning", "imageView2")
def side_limit(op: Any) -> Iterator[Finding]:
    """Sides above 9999 are for jobs, above 14999 for WebP."""
    for attr in ("w", "h"):
        side = getattr(op, attr)
        if side is not None and side > 14999 and str(op.format).lower() != "webp":
            yield f"{attr}/{side} is above 14999 px, which only webp may have", attr


@stage_rule("nothing-to-do", "advice", "imageView2", "imageMogr2")
def nothing_to_do(op: Any) -> Iterator[Finding]:
    """An operation without parameters only decodes and encodes."""
    if len(dict(op.given())) <= (1 if op.name == "imageView2" else 0):
        yield f"{op.name} without parameters only decodes and encodes again", None
