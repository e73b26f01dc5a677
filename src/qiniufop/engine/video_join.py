"""Joining files (``avconcat``) and cutting one into pieces (``segment``)."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from typing import Any

from .artifact import Artifact
from .audio_track import encoding as sound_encoding
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .ffmpeg import Input, Job, fences
from .probe import MediaInfo, StreamInfo, probe
from .registry import Run, handles
from .video_filters import scale
from .video_formats import AUDIO_CODECS, CONTAINERS, VIDEO_CODECS, Container
from .video_keys import take_template
from .video_options import Options
from .video_picture import check_result
from .video_picture import encoding as picture_encoding
from .video_plan import MAX_SECONDS, Plan, seconds
from .video_size import Fitted, Frame, even, fit, read_size
from .video_transcode import open_plan

_HERTZ = 44_100


@handles("avconcat")
def avconcat(op: Any, source: Artifact, run: Run) -> Artifact:
    """Join the source and other files, as they are (mode 1) or encoded anew (mode 2)."""
    options = Options.of(op)
    container = _container(options)
    others = _references(options)
    place = options.whole("index") or 1
    count = len(others) + 1
    if count > run.limits.clips:
        raise LimitExceeded("avconcat", f"{count} files are more than {run.limits.clips}")
    if not 1 <= place <= count:
        raise FopFailed("avconcat", f"index/{place} is outside 1 to {count}, the number of files")
    job = Job("avconcat", run)
    names = [job.resolve(reference) for reference in others]
    names.insert(place - 1, job.place(source))
    clips = [probe(job, name) for name in names]
    plan = Plan(job, options, clips[0], [Input(name, ("-noautorotate",)) for name in names])
    lengths = [clip.duration for clip in clips]
    plan.seconds = None if None in lengths else sum(length or 0.0 for length in lengths)
    copies = int(op.mode) == 1
    arguments = _copied(plan, clips, names) if copies else _encoded(plan, clips, container)
    options.finish()
    name = f"out.{container.suffix}"
    muxing = [*container.options, *job.size_cap, "-t", seconds(MAX_SECONDS), "-f", container.muxer, name]
    job.execute([*arguments, *muxing], seconds=plan.seconds)
    return job.result(name, container.mime, notes=options.notes)


def _container(options: Options) -> Container:
    name = options.text("format") or ""
    found = CONTAINERS.get(name)
    if found is None or found.kind not in ("video", "audio"):
        raise UnsupportedFopError(options.fop, f"{name!r} is no container the engine writes", "format")
    return found


def _references(options: Options) -> list[str]:
    references: Sequence[object] = options.take("sources") or ()
    for item in references:
        if not isinstance(item, str) or item.startswith("video://"):
            raise UnsupportedFopError(options.fop, "transitions between clips are not published in full", "sources")
    return [str(item) for item in references]


def _copied(plan: Plan, clips: list[MediaInfo], names: list[str]) -> list[str]:
    """Mode 1. The list holds our own names, and every file in it was probed inside the fences."""
    options = plan.options
    for key in ("s", "add_audio", "maxrate"):
        if options.has(key):
            raise FopFailed(options.fop, "s, addAudio and maxrate need mode 2: mode 1 copies the streams")
    shapes = {(_shape(clip.video), _shape(clip.audio)) for clip in clips}
    if len(shapes) > 1:
        raise FopFailed(options.fop, "mode 1 needs files of equal codecs, sizes and sampling rates; mode 2 does not")
    lines = ["ffconcat version 1.0", *(f"file {name}" for name in names)]
    (plan.job.folder / "list.txt").write_text("\n".join(lines) + "\n", encoding="ascii")
    opened = [*fences("concat"), "-f", "concat", "-safe", "1", "-i", "file:list.txt"]
    return [*opened, "-map", "0:v:0?", "-map", "0:a:0?", "-c", "copy"]


def _shape(stream: StreamInfo | None) -> tuple[object, ...]:
    if stream is None:
        return ()
    return stream.codec, stream.width, stream.height, stream.sample_rate, stream.channels


def _encoded(plan: Plan, clips: list[MediaInfo], container: Container) -> list[str]:
    """Mode 2."""
    options = plan.options
    pictures = [clip.video for clip in clips] if container.kind == "video" else []
    shown = any(stream is not None for stream in pictures)
    fitted = _common_size(plan, pictures) if shown else []
    heard = _with_sound(options, clips, picture=shown)
    labels: list[str] = []
    rate = next((stream.rate for stream in pictures if stream is not None and stream.rate), None)
    for number, clip in enumerate(clips):
        if shown and clip.video is not None:
            speed = [f"fps={rate.numerator}/{rate.denominator}"] if rate else []
            filters = [*speed, *fitted[number], "setsar=1", "format=yuv420p"]
            labels.append(plan.graph.add(filters, f"{number}:{clip.video.index}"))
        if heard:
            labels.append(_sound(plan, number, clip))
    kinds = f"v={int(shown)}:a={int(heard)}"
    joined = plan.graph.add(f"concat=n={len(clips)}:{kinds}", *labels, outputs=int(shown) + int(heard))
    ends = [joined, f"{joined}1"]
    first = clips[0]
    if shown and first.video is not None:
        codec = VIDEO_CODECS["libx264" if container.video in ("flv", "libxvid") else container.video]
        plan.job.need_encoder(codec.encoder, None)
        plan.use(ends.pop(0))
        plan.output += ["-c:v", codec.encoder, *picture_encoding(plan, container, codec, first.video)]
    if heard:
        sound = AUDIO_CODECS["aac" if container.suffix == "flv" else container.audio]
        plan.job.need_encoder(sound.encoder, None)
        plan.use(ends.pop(0))
        plan.output += ["-c:a", sound.encoder, *sound_encoding(plan, container, sound, first.audio)]
    return plan.arguments()


def _common_size(plan: Plan, pictures: list[StreamInfo | None]) -> list[list[str]]:
    """The filters that bring every clip to one size; an error where nobody said which."""
    options = plan.options
    frames = [Frame(stream.width, stream.height) if stream else Frame(0, 0) for stream in pictures]
    text = options.text("s")
    for number, frame in enumerate(frames, 1):
        if not frame.width:
            raise FopFailed(options.fop, f"file {number} has no picture, the others have")
        if text is None and frame != frames[0]:
            first, other = f"{frames[0].width}x{frames[0].height}", f"{frame.width}x{frame.height}"
            raise FopFailed(options.fop, f"file 1 is {first}, file {number} is {other}: give s, a size for all")
    try:
        target = even(frames[0]) if text is None else fit(frames[0], read_size(text)).frame
    except ValueError:
        raise options.wrong("s", "a size such as 640x360") from None
    check_result(options.fop, target, plan)
    return [scale(Fitted(target)) if frame != target else [] for frame in frames]


def _with_sound(options: Options, clips: list[MediaInfo], *, picture: bool) -> bool:
    silent = [number for number, clip in enumerate(clips, 1) if clip.audio is None]
    filled = options.on("add_audio", default=True)
    if not picture and len(silent) == len(clips):
        raise FopFailed(options.fop, "none of the files has what could be joined into this format")
    if silent and not filled:
        if len(silent) == len(clips):
            return False
        raise FopFailed(options.fop, f"file {silent[0]} has no sound, and addAudio/0 forbids to add silence")
    return True


def _sound(plan: Plan, number: int, clip: MediaInfo) -> str:
    if clip.audio is not None:
        filters = f"aresample={_HERTZ},aformat=channel_layouts=stereo"
        return plan.graph.add(filters, f"{number}:{clip.audio.index}")
    if clip.duration is None:
        raise FopFailed(plan.options.fop, f"file {number + 1} has no sound, and does not tell how long its silence is")
    return plan.graph.add(f"anullsrc=r={_HERTZ}:cl=stereo:d={seconds(clip.duration)}")


@handles("segment")
def segment(op: Any, source: Artifact, run: Run) -> Artifact:
    """Cut a file at key frames into pieces of about equal length, without encoding."""
    options = Options.of(op)
    container = _container(options)
    names = take_template(options, source, run)
    length = options.number("segtime") or 5.0
    plan = open_plan(options, source, run)
    options.finish()
    suffix = container.suffix
    copied = ["-map", "0:v?", "-map", "0:a?", "-map", "0:s?", "-c", "copy", "-t", seconds(MAX_SECONDS)]
    cutting = ["-segment_time", seconds(length), "-reset_timestamps", "1", "-segment_format", container.muxer]
    listing = ["-segment_list", "list.csv", "-segment_list_type", "csv", f"%06d.{suffix}"]
    plan.job.execute([*plan.inputs[0].arguments, *copied, "-f", "segment", *cutting, *listing], seconds=plan.seconds)
    files: list[tuple[str, Artifact]] = []
    report: list[dict[str, object]] = []
    with (plan.job.folder / "list.csv").open(encoding="ascii", newline="") as rows:
        for number, (name, start, end) in enumerate(csv.reader(rows)):
            key = names.key(number)
            files.append((key, plan.job.result(name, container.mime)))
            times = {"segment_start_time": float(start), "segment_end_time": float(end)}
            report.append({"index": number, **times, "segment_filename": key})
    text = json.dumps(report, ensure_ascii=False)
    return Artifact("application/json", data=text.encode(), name="segment.json", files=tuple(files), multiple=True)
