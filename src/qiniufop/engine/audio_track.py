"""The sound of a result: replaced, mixed, filtered and encoded as a command asks."""

from __future__ import annotations

from collections.abc import Sequence

from .errors import FopFailed, UnsupportedFopError
from .probe import StreamInfo, probe
from .video_filters import fade, read_fade, volume
from .video_formats import AUDIO_CODECS, PCM, Codec, Container
from .video_options import BitRate, bit_rate
from .video_plan import Plan, seconds

_TUNING = ("ab", "aq", "ac", "ar", "audio_profile", "volume", "loudnorm", "loudnorm_i", "loudnorm_lra", "loudnorm_tp")
_ADDED = ("amix", "multi_arep")
_GROUPED = (
    *("amix_offset", "amix_start", "amix_duration"),
    *("multi_arep_offset", "multi_arep_start", "multi_arep_duration"),
)
_FILTERED = ("volume", "loudnorm", "fade", "ar", "ac", "amix")
"""Options that need the sound decoded."""

_LOUDNESS = {"loudnorm_i": ("I", -70.0, -5.0), "loudnorm_lra": ("LRA", 1.0, 50.0), "loudnorm_tp": ("TP", -9.0, 0.0)}


def no_sound(plan: Plan, why: str) -> None:
    """Take the options of the sound of a result that has none."""
    plan.options.idle(why, "acodec", *_TUNING, *_ADDED, *_GROUPED, "write_xing")


def sound(plan: Plan, container: Container, stream: StreamInfo | None, *, with_picture: bool) -> None:
    """Add the sound to a plan.

    Args:
        plan: what the call shall do.
        container: what it is written into.
        stream: the sound of the source, if it has any.
        with_picture: whether there is a picture whose end the sound shares.
    """
    options = plan.options
    name = options.text("acodec") or container.audio
    if name == "copy":
        if filtered := options.any_of(_FILTERED):
            raise FopFailed(options.fop, f"acodec/copy leaves the sound as it is: {filtered} needs it encoded")
    elif name not in AUDIO_CODECS:
        raise options.unsupported("acodec", f"{name!r} is not one of {', '.join(sorted(AUDIO_CODECS))}")
    label = _replaced(plan, with_picture) or _own(plan, stream)
    label = _mixed(plan, label, stream)
    filters = _filters(plan)
    plan.use(plan.graph.add(filters, label))
    if name == "copy":
        options.idle("the sound is copied", *_TUNING, "write_xing")
        plan.output += ["-c:a", "copy"]
        return
    codec = AUDIO_CODECS[name]
    plan.job.need_encoder(codec.encoder, "acodec")
    if codec.note:
        options.note(codec.note)
    plan.output += ["-c:a", codec.encoder, *encoding(plan, container, codec, stream, filters)]


def _own(plan: Plan, stream: StreamInfo | None) -> str:
    if stream is None:
        raise FopFailed(plan.options.fop, "the source has no sound")
    return f"0:{stream.index}"


def _replaced(plan: Plan, with_picture: bool) -> str | None:
    options = plan.options
    reference = options.text("multi_arep")
    begin, length = options.number("multi_arep_start"), options.number("multi_arep_duration")
    offset = options.number("multi_arep_offset")
    if reference is None:
        return None
    number = _open_sound(plan, reference, "multiArep", begin, length)
    if with_picture:
        plan.output.append("-shortest")
    label = f"{number}:a:0"
    return plan.graph.add(f"adelay=delays={round(offset * 1000)}:all=1", label) if offset else label


def _mixed(plan: Plan, label: str, stream: StreamInfo | None) -> str:
    options = plan.options
    reference = options.text("amix")
    begin, length = options.number("amix_start"), options.number("amix_duration")
    offset = options.number("amix_offset") or 0.0
    if reference is None:
        return label
    if stream is None:
        raise FopFailed(options.fop, "amix needs a source with sound")
    number = _open_sound(plan, reference, "amix", begin, length)
    late = plan.graph.add(f"adelay=delays={round(offset * 1000)}:all=1", f"{number}:a:0")
    return plan.graph.add("amix=inputs=2:duration=first:normalize=0", label, late)


def _open_sound(plan: Plan, reference: str, key: str, begin: float | None, length: float | None) -> int:
    name = plan.job.resolve(reference)
    if probe(plan.job, name).audio is None:
        raise FopFailed(plan.options.fop, f"the file of {key} has no sound")
    cut = [*(("-ss", seconds(begin)) if begin else ()), *(("-t", seconds(length)) if length else ())]
    return plan.add_input(name, *cut)


def _filters(plan: Plan) -> list[str]:
    options = plan.options
    filters: list[str] = []
    try:
        if (louder := options.text("volume")) is not None:
            filters.append(volume(louder))
    except ValueError as error:
        raise options.wrong("volume", str(error)) from None
    targets: list[str] = []
    for name, (target, low, high) in _LOUDNESS.items():
        value = options.number(name)
        if value is not None:
            if not low <= value <= high:
                raise options.wrong(name, f"from {low:g} to {high:g}")
            targets.append(f"{target}={value:g}")
    if options.on("loudnorm"):
        filters.append("loudnorm" + ("=" + ":".join(targets) if targets else ""))
    elif targets:
        raise FopFailed(options.fop, "loudnormI, loudnormLRA and loudnormTP need loudnorm/1")
    if (fading := options.text("fade")) is not None:
        try:
            inwards, outwards = read_fade(fading)
        except ValueError as error:
            raise options.wrong("fade", str(error)) from None
        length = plan.need_seconds("fading out") if outwards else 0.0
        filters += fade("afade", inwards, outwards, length)
    return filters


def encoding(
    plan: Plan, container: Container, codec: Codec, stream: StreamInfo | None, filters: Sequence[str] = ()
) -> list[str]:
    """The options of an encoder, as far as a command sets them."""
    options = plan.options
    options.refuse("it needs libfdk_aac, which is in no free build of ffmpeg", "audio_profile")
    arguments = _rate(plan, container, codec, stream)
    hertz = options.whole("ar") or container.ar
    if not hertz and any(text.startswith("loudnorm") for text in filters):
        hertz = stream.sample_rate if stream and stream.sample_rate else 48_000
    if hertz:
        arguments += ["-ar", str(hertz)]
    channels = options.whole("ac") or container.ac
    if channels and stream and stream.channels:
        channels = min(channels, stream.channels)
    if channels:
        arguments += ["-ac", str(channels)]
    header = options.take("write_xing")
    if container.muxer == "mp3":
        arguments += ["-write_xing", "0" if header in (False, 0, "0") else "1"]
    elif header is not None:
        options.note("writeXing has no effect: it is about mp3")
    return arguments


def _rate(plan: Plan, container: Container, codec: Codec, stream: StreamInfo | None) -> list[str]:
    options = plan.options
    asked, quality = options.rate("ab"), options.whole("aq")
    if asked and quality is not None:
        raise FopFailed(options.fop, "ab and aq exclude each other")
    if quality is not None:
        return _quality(options.fop, codec, quality)
    if codec.encoder.startswith(PCM):
        if asked:
            options.note(f"ab has no effect: {codec.encoder} has no bit rate to set")
        return []
    fallback: BitRate | None = bit_rate(container.ab) if container.ab else None
    wanted = asked or fallback
    if wanted is None:
        return []
    same = stream is not None and stream.codec == codec.makes
    return ["-b:a", str(wanted.capped(stream.bit_rate if stream and same else None))]


def _quality(fop: str, codec: Codec, quality: int) -> list[str]:
    if codec.makes == "mp3":
        if not 0 <= quality <= 9:
            raise FopFailed(fop, f"aq of mp3 goes from 0 to 9, not {quality}")
        return ["-q:a", str(quality)]
    if codec.makes == "aac":
        if not 10 <= quality <= 500:
            raise FopFailed(fop, f"aq of aac goes from 10 to 500, not {quality}")
        return ["-q:a", f"{quality / 100:g}"]
    raise UnsupportedFopError(fop, f"{codec.encoder} has no such setting; mp3 and aac have", "aq")
