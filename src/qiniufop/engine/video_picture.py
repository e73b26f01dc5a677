"""The picture of a result: turned, scaled, marked and encoded as a command asks."""

from __future__ import annotations

from fractions import Fraction

from .errors import FopFailed, LimitExceeded
from .ffmpeg import Input
from .overlay import put_marks
from .overlay_subtitles import burn_subtitles
from .probe import StreamInfo
from .video_filters import (
    FORGET_TURN,
    TURNS,
    fade,
    flip,
    key_frames,
    mosaic_chain,
    pad,
    read_fade,
    scale,
    window,
)
from .video_formats import H263_SIZES, VIDEO_CODECS, Codec, Container
from .video_options import BitRate, Options, bit_rate
from .video_plan import Plan
from .video_size import Fitted, Frame, Size, anchor, even, fit, read_size, turned

_ENCODING = (
    *("vb", "crf", "h264_crf", "h264_profile", "h264_level", "gop", "ref", "maxrate", "r", "hr"),
    *("key_frame_position", "avsmart", "gif_high_color"),
)
_GEOMETRY = (
    "s",
    "autoscale",
    "aspect",
    "rotate",
    "flip",
    "deinterlace",
    "pad_w",
    "pad_h",
    "pad_video_x",
    "pad_video_y",
)
_MOSAIC = (
    *("mosaic", "mosaic_gravity", "mosaic_offset_x", "mosaic_offset_y", "mosaic_size"),
    *("mosaic_start", "mosaic_duration"),
)
_DRAWN = ("watermarks", "subtitle", "st_font", "st_font_size", "st_offset_x", "st_offset_y")
_DECODED = (
    *("s", "rotate", "flip", "deinterlace", "pad_w", "pad_h", "mosaic", "fade", "r", "watermarks", "subtitle"),
    *("crf", "h264_crf", "key_frame_position"),
)
"""Options that need the pictures decoded."""

_RATES = {"libvpx": "700k", "libvpx-vp9": "700k", "libtheora": "700k"}
"""What encoders get that have no sensible quality of their own."""

_QUALITIES = {"libxvid": "4", "flv": "5", "h263": "5", "mpeg4": "4", "mjpeg": "3", "mpeg1video": "4", "mpeg2video": "4"}

_OPEN_SIZES = ("gif", "libwebp_anim", "mjpeg")
"""Encoders that take odd sides."""

_PROFILES = ("baseline", "main", "high")
_LEVELS = ("3.0", "3.1", "4.0", "4.1", "4.2")
_GIF_FRAMES = 4500

_MPEG_RATES = {Fraction(n, d) for n, d in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60, 1))}


def no_picture(plan: Plan, why: str) -> None:
    """Take the options of the picture of a result that has none."""
    plan.options.idle(why, "vcodec", *_ENCODING, *_GEOMETRY, *_MOSAIC, *_DRAWN)


def picture(plan: Plan, container: Container, stream: StreamInfo) -> str | None:
    """Add the picture to a plan and return its encoder; None if it is copied.

    Args:
        plan: what the call shall do.
        container: what it is written into.
        stream: the picture of the source.
    """
    options = plan.options
    name = options.text("vcodec") or container.video
    if name == "copy":
        if decoded := options.any_of(_DECODED):
            raise FopFailed(options.fop, f"vcodec/copy leaves the pictures as they are: {decoded} needs them encoded")
        options.idle("the pictures are copied", *_ENCODING, *_GEOMETRY, *_MOSAIC, *_DRAWN)
        plan.use(f"0:{stream.index}")
        plan.output += ["-c:v", "copy"]
        return None
    if name not in VIDEO_CODECS:
        raise options.unsupported("vcodec", f"{name!r} is not one of copy, {', '.join(sorted(VIDEO_CODECS))}")
    codec = VIDEO_CODECS[name]
    plan.job.need_encoder(codec.encoder, "vcodec")
    label = _geometry(plan, f"0:{stream.index}", stream, codec)
    label = put_marks(plan, label)
    label = plan.graph.add(burn_subtitles(plan), label)
    rate = _frame_rate(options) or _forced_rate(options, codec, stream)
    label = plan.graph.add(_last_filters(plan, codec, rate or stream.rate), label)
    if codec.encoder == "gif":
        label = _palette(plan, label, rate)
    plan.use(label)
    plan.output += ["-c:v", codec.encoder, *encoding(plan, container, codec, stream)]
    plan.output += ["-r", f"{rate:g}"] if rate else []
    return codec.encoder


def _geometry(plan: Plan, label: str, stream: StreamInfo, codec: Codec) -> str:
    options = plan.options
    filters = ["yadif=deint=interlaced"] if options.on("deinterlace") else []
    filters += orient(plan, options.text("rotate"), stream)
    try:
        if (direction := options.text("flip")) is not None:
            filters.append(flip(direction))
    except ValueError as error:
        raise options.wrong("flip", str(error)) from None
    label = plan.graph.add(filters, label)
    label = _mosaic(plan, label)
    return plan.graph.add([*_scaled(plan, stream, codec), *_padded(plan)], label)


def orient(plan: Plan, rotate: str | None, stream: StreamInfo) -> list[str]:
    """Turn the picture: by its tag for ``auto``, by a number of degrees, and not at all by default.

    Sets the frame of the plan, as the first thing that is known of it.
    """
    frame = Frame(stream.width, stream.height)
    if rotate == "auto":
        plan.frame = turned(frame, stream.turn)
        return []
    first = plan.inputs[0]
    plan.inputs[0] = Input(first.name, (*first.options, "-noautorotate"))
    degrees = next((turn for turn in TURNS if str(turn) == rotate), 0)
    if rotate is not None and not degrees:
        raise plan.options.wrong("rotate", "90, 180, 270 or auto")
    plan.frame = turned(frame, degrees)
    if not degrees:
        return []
    return [TURNS[degrees], FORGET_TURN] if stream.turn else [TURNS[degrees]]


def _mosaic(plan: Plan, label: str) -> str:
    options = plan.options
    on = options.on("mosaic")
    gravity = options.gravity("mosaic_gravity")
    dx, dy = options.whole("mosaic_offset_x") or 0, options.whole("mosaic_offset_y") or 0
    size, start = options.text("mosaic_size"), options.number("mosaic_start")
    length = options.number("mosaic_duration")
    if not on:
        return label
    if options.has("s"):
        raise FopFailed(options.fop, "a mosaic cannot be combined with s: the region is one of the source's pixels")
    if size is None:
        raise FopFailed(options.fop, "mosaic/1 needs mosaicSize, the size of the region such as 120x40")
    try:
        width, height, _ = read_size(size)
    except ValueError:
        raise options.wrong("mosaic_size", "a size such as 120x40") from None
    if width is None or height is None:
        raise options.wrong("mosaic_size", "a size with both sides")
    x, y = anchor(plan.frame, Frame(width, height), gravity, dx, dy)
    left, above = max(0, x), max(0, y)
    right, below = min(plan.frame.width, x + width), min(plan.frame.height, y + height)
    if right - left < 2 or below - above < 2:
        raise FopFailed(options.fop, "the region of the mosaic lies outside the picture")
    split = plan.graph.add("split", label, outputs=2)
    blocks = plan.graph.add(mosaic_chain(Frame(right - left, below - above), left, above), f"{split}1")
    end = None if length is None else (start or 0.0) + length
    return plan.graph.add(f"overlay={left}:{above}{window(start, end)}", split, blocks)


def _scaled(plan: Plan, stream: StreamInfo, codec: Codec) -> list[str]:
    options = plan.options
    step = 1 if codec.encoder in _OPEN_SIZES else 2
    size, autoscale = options.text("s"), options.whole("autoscale") or 0
    if autoscale not in (0, 1, 2):
        raise options.wrong("autoscale", "0, 1 or 2")
    if size is None:
        fitted = Fitted(even(plan.frame, step))
        if autoscale:
            options.note("autoscale has no effect without s")
    else:
        ratio = 1 / stream.pixel_ratio if plan.frame.width != stream.width else stream.pixel_ratio
        try:
            fitted = fit(plan.frame, read_size(size), autoscale, step=step, pixel_ratio=ratio)
        except ValueError:
            raise options.wrong("s", "a size such as 640x360, 640x or x360") from None
    if codec.encoder == "h263" and (fitted.box or fitted.frame) not in H263_SIZES:
        best = next((s for s in H263_SIZES if s[0] <= fitted.frame.width), H263_SIZES[-1])
        options.note(f"H.263 has five sizes only: the picture stands in {best[0]}x{best[1]}")
        fitted = fit(fitted.frame, Size(*best), 2)
    target = fitted.box or fitted.frame
    check_result(options.fop, target, plan)
    if target == plan.frame and size is None:
        return []
    plan.frame = target
    return scale(fitted)


def check_result(fop: str, frame: Frame, plan: Plan) -> None:
    """Refuse a picture beyond the limits."""
    limits = plan.job.run.limits
    if max(frame) > limits.result_side or frame.width * frame.height > limits.result_pixels:
        raise LimitExceeded(fop, f"a picture of {frame.width}x{frame.height} is larger than the limit")


def _padded(plan: Plan) -> list[str]:
    options = plan.options
    width, height = options.whole("pad_w"), options.whole("pad_h")
    left, above = options.whole("pad_video_x") or 0, options.whole("pad_video_y") or 0
    if width is None and height is None:
        return []
    box = even(Frame(width or plan.frame.width, height or plan.frame.height))
    if left < 0 or above < 0 or left + plan.frame.width > box.width or above + plan.frame.height > box.height:
        frame = f"{plan.frame.width}x{plan.frame.height}"
        raise FopFailed(options.fop, f"a picture of {frame} at {left},{above} does not fit {box.width}x{box.height}")
    check_result(options.fop, box, plan)
    plan.frame = box
    return [pad(box, left, above)]


def _frame_rate(options: Options) -> float | None:
    """``r`` under the rule of ``hr``: what is out of range becomes 25, or 60 if high rates are allowed."""
    rate, high = options.number("r"), options.on("hr")
    if rate is None:
        return None
    if rate > 60 and high:
        return 60.0
    return rate if 1 <= rate <= (60 if high else 30) else 25.0


def _forced_rate(options: Options, codec: Codec, stream: StreamInfo) -> float | None:
    """What an encoder needs that knows a few rates only."""
    if codec.encoder not in ("mpeg1video", "mpeg2video") or stream.rate in _MPEG_RATES:
        return None
    options.note(f"{codec.encoder} knows a few frame rates only: the result has 25 a second")
    return 25.0


def _last_filters(plan: Plan, codec: Codec, rate: float | Fraction | None) -> list[str]:
    options = plan.options
    filters: list[str] = []
    if (fading := options.text("fade")) is not None:
        try:
            inwards, outwards = read_fade(fading)
        except ValueError as error:
            raise options.wrong("fade", str(error)) from None
        filters = fade("fade", inwards, outwards, plan.need_seconds("fading out") if outwards else 0.0)
    if codec.encoder == "gif" and plan.seconds and rate and plan.seconds * rate > _GIF_FRAMES:
        raise LimitExceeded(options.fop, f"a gif may have {_GIF_FRAMES} frames at most")
    return filters


def _palette(plan: Plan, label: str, rate: float | None) -> str:
    if not plan.options.on("gif_high_color"):
        return label
    split = plan.graph.add([*((f"fps={rate:g}",) if rate else ()), "split"], label, outputs=2)
    palette = plan.graph.add("palettegen", f"{split}1")
    return plan.graph.add("paletteuse", split, palette)


def encoding(plan: Plan, container: Container, codec: Codec, stream: StreamInfo) -> list[str]:
    """The options of an encoder, as far as a command sets them."""
    options = plan.options
    h26x = codec.encoder in ("libx264", "libx265")
    arguments = _bits(plan, container, codec, stream)
    if codec.encoder == "libx264":
        arguments += ["-preset", "veryfast", "-pix_fmt", "yuv420p"]
        for name, option, known in (("h264_profile", "-profile:v", _PROFILES), ("h264_level", "-level", _LEVELS)):
            value = options.text(name)
            if value is not None:
                if value not in known:
                    raise options.wrong(name, f"one of {', '.join(known)}")
                arguments += [option, value]
    else:
        options.idle("it is about libx264", "h264_profile", "h264_level")
    if codec.encoder == "libx265":
        arguments += ["-preset", "veryfast", "-pix_fmt", "yuv420p", "-x265-params", "log-level=error"]
        arguments += ["-tag:v", "hvc1"] if container.muxer in ("mp4", "mov") else []
    elif codec.encoder.startswith("libvpx"):
        arguments += ["-deadline", "good", "-cpu-used", "5", "-pix_fmt", "yuv420p"]
    elif codec.encoder not in ("libx264", "gif", "libwebp_anim", "mjpeg"):
        arguments += ["-pix_fmt", "yuv420p"]
    if codec.encoder != "gif":
        options.idle("it is about gif", "gif_high_color")
    if gop := options.whole("gop"):
        arguments += ["-g", str(gop)]
    if (reference := options.whole("ref")) is not None:
        if h26x:
            arguments += ["-refs", str(reference)]
        else:
            options.note(f"ref has no effect: {codec.encoder} does not know it")
    if peak := options.rate("maxrate"):
        arguments += ["-maxrate", str(peak.bits), "-bufsize", str(2 * peak.bits)]
    if (moments := options.text("key_frame_position")) is not None:
        try:
            arguments += ["-force_key_frames", key_frames(moments)]
        except ValueError as error:
            raise options.wrong("key_frame_position", str(error)) from None
    if aspect := options.text("aspect"):
        if not all(part.isdigit() and int(part) for part in aspect.split(":")) or aspect.count(":") != 1:
            raise options.wrong("aspect", "a ratio such as 16:9")
        arguments += ["-aspect", aspect]
    if options.on("avsmart"):
        options.note("avsmart is an ordinary encode here")
    return arguments


def _bits(plan: Plan, container: Container, codec: Codec, stream: StreamInfo) -> list[str]:
    options = plan.options
    asked, old = options.rate("vb"), options.whole("h264_crf")
    crf = options.whole("crf")
    crf = old if crf is None else crf
    if crf is not None:
        if asked:
            raise FopFailed(options.fop, "vb and crf exclude each other")
        if codec.encoder not in ("libx264", "libx265"):
            raise options.unsupported("crf", f"{codec.encoder} is not H.264 or H.265")
        return ["-crf", str(crf)]
    default = _RATES.get(codec.encoder, "") or (container.vb if codec.encoder == container.video else "")
    fallback: BitRate | None = bit_rate(default) if default else None
    wanted = asked or fallback
    if wanted is None or codec.encoder in ("gif", "libwebp_anim"):
        if asked:
            options.note(f"vb has no effect: {codec.encoder} has no bit rate to set")
        return ["-q:v", _QUALITIES[codec.encoder]] if codec.encoder in _QUALITIES else []
    same = stream.codec == codec.makes
    return ["-b:v", str(wanted.capped((stream.bit_rate or plan.source.bit_rate) if same else None))]
