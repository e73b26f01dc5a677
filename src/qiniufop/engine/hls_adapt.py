"""HLS in several qualities: ``adapt``."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from ..wire import b64decode
from .artifact import Artifact
from .errors import FopFailed
from .overlay import put_marks
from .probe import StreamInfo
from .registry import Run, handles
from .video_filters import scale
from .video_formats import AUDIO_CODECS, HLS, VIDEO_CODECS
from .video_keys import reference, unnamed_prefix
from .video_options import Options, bit_rate, wire_key
from .video_picture import check_result, orient
from .video_plan import MAX_SECONDS, Plan, seconds
from .video_size import Frame, Size, even, fit, read_size
from .video_transcode import open_plan

_ORIGIN = "$(origin)"
_AUDIO_RATE = 128_000


@handles("adapt")
def adapt(op: Any, source: Artifact, run: Run) -> Artifact:
    """A playlist of playlists, one for each bandwidth."""
    options = Options.of(op)
    options.take("format")
    bands = [_whole(options, "env_band_width", text) for text in _items(options.take("env_band_width"))]
    if len(bands) < 2:
        raise options.wrong("env_band_width", "two bandwidths or more, such as 200000,800000")
    prefixes = _prefixes(options, len(bands), unnamed_prefix(str(op), source))
    plan = open_plan(options, source, run)
    plan.seconds = plan.source.duration
    video, audio = plan.source.video, plan.source.audio
    if video is None:
        raise FopFailed("adapt", "the source has no moving picture")
    frames = _pictures(plan, video, bands)
    _sounds(plan, audio, len(bands))
    length = options.number("hlstime") or 10.0
    options.finish()
    cutting = ["-force_key_frames", f"expr:gte(t,n_forced*{seconds(length)})", "-hls_time", seconds(length)]
    variants = " ".join(f"v:{number}" + (f",a:{number}" if audio else "") for number in range(len(bands)))
    lists = ["-hls_list_size", "0", "-hls_playlist_type", "vod", "-var_stream_map", variants]
    outputs = ["-hls_segment_filename", "v%v_%06d.ts", "v%v.m3u8"]
    limits = ["-t", seconds(MAX_SECONDS)]
    plan.job.execute([*plan.arguments(), *cutting, *limits, "-f", "hls", *lists, *outputs], seconds=plan.seconds)
    return _collect(plan, bands, frames, prefixes)


def _items(value: Any) -> list[str]:
    if value is None:
        return []
    return str(value).split(",") if isinstance(value, str) else [str(item) for item in value]


def _whole(options: Options, name: str, text: str) -> int:
    if not text.isdigit() or not int(text):
        raise options.wrong(name, "whole numbers with commas between them")
    return int(text)


def _each(options: Options, several: str, one: str, count: int) -> list[str | None]:
    """What each quality is to have: its own value, the one for all, or none."""
    own, common = _items(options.take(several)), options.text(one)
    if own and common is not None:
        raise FopFailed(options.fop, f"{wire_key(several)} and {wire_key(one)} exclude each other")
    if own and len(own) != count:
        raise options.wrong(several, f"as many values as there are bandwidths, {count}")
    return [*own] if own else [common] * count


def _prefixes(options: Options, count: int, unnamed: str) -> list[str]:
    given = options.take("multi_prefix")
    if given is None:
        return [f"{unnamed}/{number}" for number in range(count)]
    try:
        names = [b64decode(item) for item in given.split(",")] if isinstance(given, str) else _items(given)
    except ValueError:
        raise options.wrong("multi_prefix", "names in URL-safe base64, with commas between them") from None
    if len(names) != count or len(set(names)) != count:
        raise options.wrong("multi_prefix", f"{count} different names, one for each bandwidth")
    if any(not name or any(not c.isprintable() for c in name) or len(name.encode()) > 700 for name in names):
        raise options.wrong("multi_prefix", "names without control characters")
    return names


def _pictures(plan: Plan, stream: StreamInfo, bands: list[int]) -> list[Frame]:
    options = plan.options
    name = options.text("vcodec") or HLS.video
    if name not in ("libx264", "libx265"):
        raise options.unsupported("vcodec", "pieces hold H.264 or H.265")
    codec = VIDEO_CODECS[name]
    plan.job.need_encoder(codec.encoder, "vcodec")
    label = plan.graph.add(orient(plan, None, stream), f"0:{stream.index}")
    label = put_marks(plan, label)
    label = plan.graph.add(f"split={len(bands)}", label, outputs=len(bands))
    sizes = _each(options, "multi_resolution", "resolution", len(bands))
    rates = _each(options, "multi_vb", "vb", len(bands))
    plan.output += ["-c:v", codec.encoder, "-preset", "veryfast", "-pix_fmt", "yuv420p"]
    plan.output += ["-x265-params", "log-level=error"] if name == "libx265" else []
    frames: list[Frame] = []
    for number, (size, rate, band) in enumerate(zip(sizes, rates, bands, strict=True)):
        try:
            wanted = Size(*even(plan.frame)) if size in (None, _ORIGIN) else read_size(str(size))
            fitted = fit(plan.frame, wanted)
            bits = _bits(rate, stream.bit_rate or plan.source.bit_rate)
        except ValueError as error:
            raise FopFailed(options.fop, str(error)) from None
        check_result(options.fop, fitted.frame, plan)
        frames.append(fitted.frame)
        plan.use(plan.graph.add(scale(fitted), f"{label}{number or ''}"))
        if bits:
            plan.output += [f"-b:v:{number}", str(bits)]
        else:
            plan.output += [f"-maxrate:v:{number}", str(band), f"-bufsize:v:{number}", str(2 * band)]
    return frames


def _sounds(plan: Plan, stream: StreamInfo | None, count: int) -> None:
    rates = _each(plan.options, "multi_ab", "ab", count)
    if stream is None:
        return
    codec = AUDIO_CODECS[HLS.audio]
    plan.output += ["-c:a", codec.encoder]
    for number, rate in enumerate(rates):
        try:
            bits = _bits(rate, stream.bit_rate) or _AUDIO_RATE
        except ValueError as error:
            raise FopFailed(plan.options.fop, str(error)) from None
        plan.use(f"0:{stream.index}")
        plan.output += [f"-b:a:{number}", str(bits)]


def _bits(rate: str | None, source: int | None) -> int | None:
    if rate is None or rate == _ORIGIN:
        return source if rate else None
    return bit_rate(rate).capped(source)


def _collect(plan: Plan, bands: list[int], frames: list[Frame], prefixes: list[str]) -> Artifact:
    """The master playlist with the playlists of the qualities and their pieces."""
    job = plan.job
    files: list[tuple[str, Artifact]] = []
    master = ["#EXTM3U", "#EXT-X-VERSION:3"]
    for number, (band, frame, prefix) in enumerate(zip(bands, frames, prefixes, strict=True)):
        key = f"{prefix}.m3u8"
        pieces: list[tuple[str, Artifact]] = []
        lines: list[str] = []
        child = job.result(f"v{number}.m3u8", HLS.mime)
        for line in child.file.read_text(encoding="utf-8").splitlines():
            if line.startswith("#") or not line:
                lines.append(line)
                continue
            name = f"{prefix}_{len(pieces):06d}.ts"
            pieces.append((name, job.result(line, "video/mp2t")))
            lines.append(quote(PurePosixPath(name).name))
        child.file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        files += [(key, child), *pieces]
        stream = f"#EXT-X-STREAM-INF:BANDWIDTH={band},RESOLUTION={frame.width}x{frame.height}"
        master += [stream, reference(key, None, job.run)]
    text = "\n".join(master) + "\n"
    notes = tuple(plan.options.notes)
    return Artifact(HLS.mime, data=text.encode(), name="master.m3u8", files=tuple(files), notes=notes)
