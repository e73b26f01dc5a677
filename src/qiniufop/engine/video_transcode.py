"""Transcoding: ``avthumb`` and the commands that are avthumb under another name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, cast

from .artifact import Artifact
from .audio_track import no_sound, sound
from .errors import FopFailed, UnsupportedFopError
from .ffmpeg import Input, Job
from .probe import MediaInfo, StreamInfo, probe
from .registry import Run, handles
from .video_formats import CONTAINERS, DEVICES, SUBTITLE_CODECS, Container, device_options
from .video_options import Options
from .video_picture import no_picture, picture
from .video_plan import Plan, kept_streams

_ELSEWHERE: dict[str, tuple[str, ...]] = {
    "only the service has this encoder": (
        *("smt_type", "smt_enhance", "smt_maxvbr", "smt_quality", "enhance", "refine", "compress_level"),
    ),
    "what its value means is not published": ("cut", "speex", "colorspace", "rotateinfo"),
}
_PLAYLISTS = ("m3u8", "hls")


@handles("avthumb")
def avthumb(op: Any, source: Artifact, run: Run) -> Artifact:
    """Transcode to one file, or to a playlist and its pieces."""
    options = _with_preset(Options.of(op), run)
    return transcode(options, source, run, command=str(op))


@handles("avfast", approximations=("avfast: an ordinary avthumb, one piece after the other",))
def avfast(op: Any, source: Artifact, run: Run) -> Artifact:
    """Transcode in parallel pieces; here in one."""
    return transcode(Options.of(op), source, run, command=str(op))


@handles("avsmart", approximations=("avsmart: an ordinary avthumb, which saves less",))
def avsmart(op: Any, source: Artifact, run: Run) -> Artifact:
    """Transcode to a smaller file; the source itself if that fails and ``ignore-error`` is on."""
    options = Options.of(op)
    options.fill({"acodec": "aac" if options.on("oau") else "copy"})
    keep = options.on("ignore_error")
    result = transcode(options, source, run, command=str(op))
    if result.size < source.size:
        return result
    if keep:
        return replace(source, notes=(*result.notes, "avsmart: no size could be saved, this is the source"))
    return replace(result, notes=(*result.notes, "avsmart: no size could be saved, where the service would fail"))


@handles("avwatermarks")
def avwatermarks(op: Any, source: Artifact, run: Run) -> Artifact:
    """Put several marks on a video."""
    options = Options.of(op)
    if not options.any_of(("watermarks", "wm_image", "wm_text")):
        raise FopFailed("avwatermarks", "at least one wmImage or wmText is needed")
    return transcode(options, source, run, command=str(op))


@handles("vwatermark")
def vwatermark(op: Any, source: Artifact, run: Run) -> Artifact:
    """Put one picture on a video."""
    options = Options.of(op)
    mark = {"wm_image": options.text("image"), "wm_gravity": options.text("gravity")}
    form = options.text("format") or "mp4"
    options.finish()
    # Before containers had encoders of their own, flv was made with H.264 like mp4.
    values = {**mark, "format": form, "vcodec": "libx264"}
    return transcode(Options("vwatermark", values), source, run, command=str(op))


def transcode(options: Options, source: Artifact, run: Run, *, command: str) -> Artifact:
    """Run an avthumb-like command.

    Args:
        options: its parameters, ``format`` among them.
        source: the file.
        run: the command.
        command: its text, from which unnamed pieces get their keys.
    """
    name = options.text("format") or ""
    if name in _PLAYLISTS:
        from .hls import playlist

        return playlist(options, source, run, command=command)
    if (device := name.replace("-", "_")) in DEVICES:
        options.fill({key: value for key, value in device_options(device).items() if key != "format"})
        name = "mp4"
    container = CONTAINERS.get(name)
    if container is None:
        formats = ", ".join([*CONTAINERS, *_PLAYLISTS, *DEVICES])
        raise UnsupportedFopError(options.fop, f"{name!r} is not one of {formats}", "format")
    plan = open_plan(options, source, run)
    plan.set_range()
    add_streams(plan, container)
    options.finish()
    output = f"out.{container.suffix}"
    job = plan.job
    muxing = [*container.options, *job.size_cap, "-f", container.muxer, output]
    job.execute([*plan.arguments(), *muxing], seconds=plan.seconds)
    return job.result(output, container.mime, notes=options.notes)


def open_plan(options: Options, source: Artifact, run: Run) -> Plan:
    """A plan whose first input is the source."""
    job = Job(options.fop, run)
    name = job.place(source)
    return Plan(job, options, probe(job, name), [Input(name)])


def add_streams(plan: Plan, container: Container) -> str | None:
    """Add picture, sound and subtitles to a plan, and return the encoder of the picture; None without one."""
    options = plan.options
    for reason, names in _ELSEWHERE.items():
        options.refuse(reason, *names)
    kept = kept_streams(options, plan.source)
    info = replace(plan.source, streams=kept)
    without = {"video": options.on("vn"), "audio": options.on("an"), "subtitle": options.on("sn")}
    if container.kind == "subtitle":
        _only_subtitles(plan, info)
        return None
    video = None if without["video"] or container.kind == "audio" else info.video
    audio = None if without["audio"] or container.kind == "picture" else info.audio
    replaced = options.has("multi_arep") and not without["audio"] and container.kind != "picture"
    _check_wanted(options, container, video, audio, replaced=replaced, without=without)
    encoder: str | None = None
    if video is None:
        no_picture(plan, "the result has no picture")
    else:
        encoder = picture(plan, container, video)
    if audio is None and not replaced:
        if options.has("amix") and not without["audio"] and container.kind != "picture":
            raise FopFailed(options.fop, "amix needs a source with sound")
        no_sound(plan, "the result has no sound")
        plan.output.append("-an")
        options.take("fade")
    else:
        sound(plan, container, audio, with_picture=video is not None)
    _others(plan, container, kept, (video, audio), without)
    if options.on("stripmeta"):
        plan.output += ["-map_metadata", "-1"]
    return encoder


def _check_wanted(
    options: Options,
    container: Container,
    video: StreamInfo | None,
    audio: StreamInfo | None,
    *,
    replaced: bool,
    without: Mapping[str, bool],
) -> None:
    if video is not None or audio is not None or replaced:
        return
    if without["video"] and without["audio"]:
        raise FopFailed(options.fop, "vn/1 with an/1 leaves nothing to write")
    what = {"audio": "no sound", "picture": "no moving picture"}.get(container.kind, "neither picture nor sound")
    raise FopFailed(options.fop, f"the source has {what} to write into {container.suffix}")


def _only_subtitles(plan: Plan, info: MediaInfo) -> None:
    if not any(stream.kind == "subtitle" for stream in info.streams):
        raise FopFailed(plan.options.fop, "the source has no subtitles")
    why = "only subtitles are written"
    no_picture(plan, why)
    no_sound(plan, why)
    plan.options.idle(why, "fade", "scodec", "stripmeta")
    plan.use("0:s:0")


def _others(
    plan: Plan,
    container: Container,
    kept: tuple[StreamInfo, ...],
    used: tuple[StreamInfo | None, StreamInfo | None],
    without: Mapping[str, bool],
) -> None:
    """Further sounds that ``stream`` keeps, and subtitles if ``scodec`` says how they are written."""
    options = plan.options
    codec, chosen = options.text("scodec"), options.has("stream")
    if codec is not None and codec not in SUBTITLE_CODECS:
        raise options.unsupported("scodec", f"{codec!r} is not one of {', '.join(SUBTITLE_CODECS)}")
    if chosen and used[1] is not None:
        for stream in kept:
            if stream.kind == "audio" and stream is not used[1] and container.kind == "video":
                plan.use(f"0:{stream.index}")
    subtitles = [stream for stream in kept if stream.kind == "subtitle"]
    if without["subtitle"] or container.kind != "video" or not (codec or chosen):
        if codec:
            options.note("scodec has no effect: the result has no subtitles")
        plan.output.append("-sn")
        return
    if codec and not subtitles:
        options.note("scodec has no effect: the source has no subtitles")
    for stream in subtitles:
        plan.use(f"0:{stream.index}")
    if subtitles and codec:
        plan.output += ["-c:s", SUBTITLE_CODECS[codec]]


def _with_preset(options: Options, run: Run) -> Options:
    """A command that names a stored preset instead of a format, with the values of the preset."""
    if not options.has("preset"):
        return options
    if options.has("format"):
        if options.values()["format"] not in _PLAYLISTS:
            raise options.unsupported("preset", "beside a format it is known of playlists only")
        return options
    name = options.text("preset") or ""
    presets: Mapping[str, Any] = run.settings.get("presets", {})
    if name not in presets:
        known = f"it knows {', '.join(presets)}" if presets else "its setting 'presets' is empty"
        raise options.unsupported("preset", f"the engine was not told what {name!r} stands for; {known}")
    options.fill(_preset_values(presets[name]))
    if not options.has("format"):
        raise options.unsupported("preset", f"{name!r} names no format")
    return options


def _preset_values(preset: Any) -> Mapping[str, Any]:
    """The values of a preset: the text of an avthumb command, such a command, or a mapping by attribute."""
    if isinstance(preset, Mapping):
        return cast("Mapping[str, Any]", preset)
    op: Any = import_module("qiniufop").parse(preset) if isinstance(preset, str) else preset
    return Options.of(op).values()
