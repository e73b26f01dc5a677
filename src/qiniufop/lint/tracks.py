"""Rules about operations on sound and moving pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .rules import Finding, Given, stage_rule, wire_key

_HLS = ("m3u8", "hls")
_FILTERS = ("s", "r", "rotate", "vb", "crf", "mosaic", "fade", "watermarks")
_CJK = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")

_USUAL: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "avthumb": {
        "vb": (1e3, 5e7),
        "ab": (1e3, 6e5),
        "loudnorm_i": (-70, -5),
        "loudnorm_lra": (1, 50),
        "loudnorm_tp": (-9, 0),
    },
    "avhls": {
        "segtime": (2, 120),
        "ab": (1e3, 6e5),
        "vb": (1e4, 6e7),
        "ar": (8000, 100_000),
        "r": (1, 30),
    },
    "adapt": {"hlstime": (10, 60)},
}
"""Ranges that the console or an older page states: a value outside is doubtful, not refused."""


def _amount(value: Any) -> float | None:
    """A number or a bit rate as a number; None if it is neither."""
    text = str(value).rstrip("!").lower()
    factor = {"k": 1e3, "m": 1e6}.get(text[-1:], 1)
    try:
        return float(text.rstrip("km")) * factor
    except ValueError:
        return None


@stage_rule(
    "unusual-value",
    "warning",
    "avthumb avhls adapt",
    "vb ab loudnorm_i loudnorm_lra loudnorm_tp segtime ar r hlstime",
)
def unusual_value(op: Any, given: Given) -> Iterator[Finding]:
    """A value is outside the range that the console offers or an older page states."""
    for attr, (low, high) in _USUAL[op.name].items():
        amount = _amount(given[attr]) if attr in given else None
        if amount is not None and not low <= amount <= high:
            key = wire_key(op, attr)
            yield Finding(f"{key} is usually from {low:.0f} to {high:.0f}, not {given[attr]}", attr)


@stage_rule("unusual-value", "warning", "avthumb avwatermarks", "watermarks")
def unusual_alpha(op: Any, given: Given) -> Iterator[Finding]:
    """The opacity of a mark lies between 0 and 1."""
    seen = 0
    for mark in given["watermarks"]:
        if mark.wm_alpha is not None:
            if not 0 <= mark.wm_alpha <= 1:
                yield Finding(f"wmAlpha is from 0 to 1, not {mark.wm_alpha:g}", "wm_alpha", seen)
            seen += 1


@stage_rule("distorts", "warning", "avthumb avfast", "s")
def distorts(op: Any, given: Given) -> Iterator[Finding]:
    """A two-sided size without autoscale is forced and may distort."""
    size = str(given["s"])
    if size[0].isdigit() and size[-1].isdigit() and "x" in size and not given.get("autoscale"):
        yield Finding(f"s/{size} is forced and may distort; add autoscale/1, or give one side only", "s")


@stage_rule("autoscale-alone", "warning", "avthumb avfast", "autoscale")
def autoscale_alone(op: Any, given: Given) -> Iterator[Finding]:
    """autoscale only has meaning together with s."""
    if given["autoscale"] and "s" not in given and "preset" not in given:
        yield Finding("autoscale has no effect without s", "autoscale")


@stage_rule("smart-off", "warning", "avthumb avfast", "smt_type smt_enhance smt_maxvbr smt_quality")
def smart_off(op: Any, given: Given) -> Iterator[Finding]:
    """The smt parameters are only read when avsmart is on."""
    if not given.get("avsmart"):
        for attr in ("smt_type", "smt_enhance", "smt_maxvbr", "smt_quality"):
            if attr in given:
                yield Finding(f"{wire_key(op, attr)} is only read when avsmart is 1", attr)


@stage_rule("bitrate-ignored", "warning", "avthumb", "vb")
def bitrate_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """avsmart makes vb ineffective."""
    if given.get("avsmart"):
        yield Finding("avsmart makes vb ineffective; cap the bit rate with smtMaxvbr", "vb")


@stage_rule("aq-format", "warning", "avthumb", "aq")
def aq_format(op: Any, given: Given) -> Iterator[Finding]:
    """aq is for mp3 and aac."""
    codec = given.get("acodec")
    if codec in ("flac", "libvorbis", "ac3", "eac3", "alac", "libopencore_amrnb", "pcm_alaw", "pcm_mulaw", "copy"):
        yield Finding(f"aq is for mp3 and aac, not {codec}", "aq")


@stage_rule("codec-option", "warning", "avthumb", "h264_profile h264_level h264_crf write_xing")
def codec_option(op: Any, given: Given) -> Iterator[Finding]:
    """h264Profile, h264Level and h264Crf are for libx264, writeXing is for mp3."""
    codec = given.get("vcodec", "libx264")
    for attr in ("h264_profile", "h264_level", "h264_crf"):
        if attr in given and codec != "libx264":
            yield Finding(f"{wire_key(op, attr)} is for libx264, not {codec}", attr)
    if "write_xing" in given and given.get("format", "mp3") != "mp3":
        yield Finding(f"writeXing is for mp3, not {given['format']}", "write_xing")


@stage_rule("copy-and-filter", "warning", "avthumb", "vcodec")
def copy_and_filter(op: Any, given: Given) -> Iterator[Finding]:
    """A stream that is copied cannot be changed."""
    if given["vcodec"] == "copy" and (changed := next((a for a in _FILTERS if a in given), None)):
        message = "vcodec/copy keeps the pictures as they are, so they cannot be changed at the same time"
        yield Finding(message, "vcodec" if changed == "watermarks" else changed)


@stage_rule("nothing-left", "warning", "avthumb", "an")
def nothing_left(op: Any, given: Given) -> Iterator[Finding]:
    """an/1 with vn/1 leaves nothing to write."""
    if given["an"] and given.get("vn"):
        yield Finding("an/1 and vn/1 together leave nothing to write", "an")


@stage_rule("frame-rate", "warning", "avthumb", "r")
def frame_rate(op: Any, given: Given) -> Iterator[Finding]:
    """Frame rates above 30 need hr/1."""
    if given["r"] > 30 and not given.get("hr"):
        yield Finding(f"r/{given['r']:g} becomes 25 without hr/1", "r")


@stage_rule("long-gif", "warning", "avthumb", "gif_high_color")
def long_gif(op: Any, given: Given) -> Iterator[Finding]:
    """A gif of many colours has at most 4500 frames."""
    frames = (_amount(given.get("r")) or 0) * (_amount(given.get("t")) or 0)
    if given["gif_high_color"] and frames > 4500:
        yield Finding(f"gifHighColor is for at most 4500 frames, not {frames:.0f}", "gif_high_color")


@stage_rule("mosaic-options", "warning", "avthumb avfast", "mosaic")
def mosaic_options(op: Any, given: Given) -> Iterator[Finding]:
    """A mosaic needs offsets, and cannot be combined with a new size."""
    if given["mosaic"]:
        if "s" in given:
            yield Finding("a mosaic cannot be combined with a change of size", "s")
        if not ("mosaic_offset_x" in given and "mosaic_offset_y" in given):
            yield Finding("a mosaic needs mosaicOffsetX and mosaicOffsetY", "mosaic")


@stage_rule("relative-segments", "advice", "avthumb", "format")
def relative_segments(op: Any, given: Given) -> Iterator[Finding]:
    """noDomain/1 is recommended for HLS."""
    if given["format"] in _HLS and "no_domain" not in given and "domain" not in given:
        yield Finding("add noDomain/1: absolute addresses break when the domain changes")


@stage_rule("old-name", "advice", "avthumb vsample segment", "pattern h264_crf")
def old_name(op: Any, given: Given) -> Iterator[Finding]:
    """Keys that were renamed."""
    for attr, new in RENAMED.items():
        if attr in given:
            yield Finding(f"{wire_key(op, attr)} was renamed {new}", attr)


RENAMED = {"pattern": "savePattern", "h264_crf": "crf"}
"""Fields by the key that took their place."""


@stage_rule("mark-timing", "warning", "avthumb avwatermarks", "watermarks")
def mark_timing(op: Any, given: Given) -> Iterator[Finding]:
    """wmPos and wmDuration come together; the duration is negative when counting from the end."""
    seen = {"wm_pos": 0, "wm_duration": 0}
    for mark in given["watermarks"]:
        pos, duration = mark.wm_pos, mark.wm_duration
        if (pos is None) != (duration is None):
            attr = "wm_duration" if pos is None else "wm_pos"
            yield Finding("wmPos and wmDuration come together or not at all", attr, seen[attr])
        elif pos is not None and not duration.startswith("$") and (pos == "$(end)") != duration.startswith("-"):
            yield Finding("wmDuration is negative with wmPos $(end), and only then", "wm_duration", seen["wm_duration"])
        seen["wm_pos"] += pos is not None
        seen["wm_duration"] += duration is not None


@stage_rule("chinese-font", "warning", "avthumb avwatermarks", "watermarks")
def chinese_font(op: Any, given: Given) -> Iterator[Finding]:
    """Chinese text on a video needs wmFont."""
    seen = 0
    for mark in given["watermarks"]:
        text = getattr(mark, "wm_text", None)
        if text is not None:
            if mark.wm_font is None and _CJK.search(text):
                yield Finding("Chinese text needs wmFont set to a Chinese font", "wm_text", seen)
            seen += 1


@stage_rule("excerpt", "warning", "avhls", "ss t")
def excerpt(op: Any, given: Given) -> Iterator[Finding]:
    """ss and t of avhls come together."""
    if ("ss" in given) != ("t" in given):
        yield Finding("ss and t of avhls come together or not at all", "ss" if "ss" in given else "t")


@stage_rule("audio-ignored", "warning", "avconcat", "add_audio")
def audio_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """Transitions make addAudio ineffective."""
    if given["add_audio"] and any(not isinstance(source, str) for source in given["sources"]):
        yield Finding("transitions make addAudio ineffective", "add_audio")


@stage_rule("expires-ignored", "warning", "pm3u8", "expires")
def expires_ignored(op: Any, given: Given) -> Iterator[Finding]:
    """deadline wins over expires."""
    if "deadline" in given:
        yield Finding("deadline wins, so expires has no effect", "expires")
