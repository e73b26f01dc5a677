"""HLS: a playlist, its pieces as objects of their own, and their encryption."""

from __future__ import annotations

import re
from typing import Any

from .artifact import Artifact
from .errors import FopFailed
from .registry import Run, handles
from .video_formats import HLS
from .video_keys import KeyTemplate, reference, take_template, unnamed_prefix
from .video_options import Options
from .video_plan import Plan, seconds
from .video_transcode import add_streams, open_plan

_PIECE_MIME = "video/mp2t"
_PRESET = re.compile(r"(audio|video)_(?:(?:16x9|4x3)_)?(\d+)k")
_TINY = 0.1
"""A piece length below which every key frame begins a piece."""

_STREAMED = "a playlist made at once, where the service makes it while it plays"


@handles("avvod", "avhls", "avcvt", approximations=(_STREAMED,))
def streamed(op: Any, source: Artifact, run: Run) -> Artifact:
    """A playlist for playing at once."""
    options = Options.of(op)
    options.take("format")
    options.take("legacy_format")
    options.refuse("its meaning is not published", "play", "output")
    options.refuse("the result is named by saveas here", "dest_key")
    options.idle("here the caller stores the result", "autosave")
    options.idle("there are no queues here", "pipeline")
    return playlist(options, source, run, command=str(op))


def playlist(options: Options, source: Artifact, run: Run, *, command: str) -> Artifact:
    """Transcode into pieces of equal length and a list of them."""
    _apply_preset(options)
    options.refuse("pieces are MPEG-TS here", "segment_init", "multi_audio")
    if (kind := options.text("segment_type")) not in (None, "mpegts", "ts"):
        raise options.unsupported("segment_type", f"pieces are MPEG-TS here, not {kind}")
    options.refuse("the durations in the list are exact as they are", "hls_duration_modify")
    domain, relative = options.text("domain"), options.on("no_domain")
    if domain and relative:
        raise FopFailed(options.fop, "noDomain/1 and domain exclude each other")
    if not domain and not relative:
        options.note("the playlist refers to its pieces by relative addresses, as with noDomain/1")
    names = take_template(options, source, run, f"{unnamed_prefix(command, source)}/$(count).ts")
    plan = open_plan(options, source, run)
    plan.set_range()
    encoder = add_streams(plan, HLS)
    plan.output += _cutting(plan, encoder)
    plan.output += _encryption(plan)
    options.finish()
    plan.job.execute([*plan.arguments(), *_muxing()], seconds=plan.seconds)
    return collect(plan, names, domain)


def _muxing() -> list[str]:
    list_options = ["-hls_list_size", "0", "-hls_playlist_type", "vod"]
    return ["-f", "hls", *list_options, "-hls_segment_filename", "%06d.ts", "index.m3u8"]


def _cutting(plan: Plan, encoder: str | None) -> list[str]:
    """Where pieces begin. An encoded picture gets its key frames there; a copied one is cut at those it has."""
    options = plan.options
    length, first = options.number("segtime") or 10.0, options.number("seg_first_time")
    if length <= 0 or (first is not None and first <= 0):
        raise FopFailed(options.fop, "segtime and segFirstTime must be more than 0 s")
    if encoder is None:
        if first is not None:
            raise options.unsupported("seg_first_time", "pieces can only be cut so where the picture is encoded")
        return ["-hls_time", seconds(length)]
    if options.has("key_frame_position"):
        raise options.unsupported("key_frame_position", "key frames stand where pieces begin")
    if first is None:
        return ["-force_key_frames", f"expr:gte(t,n_forced*{seconds(length)})", "-hls_time", seconds(length)]
    if options.has("gop"):
        raise options.unsupported("seg_first_time", "it excludes gop: every key frame begins a piece")
    moments = f"expr:gte(t,if(eq(n_forced,0),0,{seconds(first)}+(n_forced-1)*{seconds(length)}))"
    return ["-force_key_frames", moments, "-g", "100000", "-sc_threshold", "0", "-hls_time", seconds(_TINY)]


def _encryption(plan: Plan) -> list[str]:
    options = plan.options
    key, kind = options.take("hls_key"), options.text("hls_key_type") or "0"
    url, vector = options.text("hls_key_url"), options.take("hls_iv")
    options.refuse("its meaning is not published", "hls_iv_type")
    options.refuse("the protection belongs to the vendor's player", "hls_method")
    if kind != "0":
        raise options.unsupported("hls_key_type", "only the service can open a key wrapped for it")
    if key is None and url is None:
        if vector is not None:
            raise FopFailed(options.fop, "hlsIV needs hlsKey and hlsKeyUrl")
        return []
    if key is None or url is None:
        raise FopFailed(options.fop, "hlsKey and hlsKeyUrl need each other")
    secret: bytes = key if isinstance(key, bytes) else str(key).encode()
    if len(secret) != 16:
        raise FopFailed(options.fop, f"hlsKey must be 16 bytes, not {len(secret)}")
    (plan.job.folder / "hls.key").write_bytes(secret)
    lines = [check_key_url(options, url), "hls.key", *([_vector(options, vector)] if vector is not None else [])]
    (plan.job.folder / "hls.info").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ["-hls_key_info_file", "hls.info"]


def check_key_url(options: Options, url: str) -> str:
    """The address of the key, which goes into a quoted text of one line.

    Raises:
        FopFailed: it would end the text, or the line.
    """
    if not url.strip() or any(not c.isprintable() or c == '"' for c in url):
        raise FopFailed(options.fop, "hlsKeyUrl must not contain quotes or control characters")
    return url


def _vector(options: Options, value: str | bytes) -> str:
    if isinstance(value, str) and re.fullmatch(r"(0x)?[0-9a-fA-F]{32}", value):
        return value[-32:]
    raw = value if isinstance(value, bytes) else value.encode()
    if len(raw) == 16:
        return raw.hex()
    raise FopFailed(options.fop, "hlsIV must be 16 bytes, as they are or as 32 hexadecimal digits")


def collect(plan: Plan, names: KeyTemplate, domain: str | None, index: str = "index.m3u8") -> Artifact:
    """The playlist ``index`` with its pieces under their keys.

    Raises:
        FopFailed: no piece was made.
        LimitExceeded: they are larger than they may be.
    """
    lines: list[str] = []
    files: list[tuple[str, Artifact]] = []
    path = plan.job.folder / index
    if not path.is_file():
        raise FopFailed(plan.options.fop, "ffmpeg wrote nothing: no picture or sound lies in the asked range")
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            lines.append(line)
            continue
        piece = plan.job.result(line, _PIECE_MIME)
        key = names.key(len(files))
        files.append((key, piece))
        try:
            lines.append(reference(key, domain, plan.job.run))
        except ValueError as error:
            raise plan.options.wrong("domain", str(error)) from None
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Artifact(HLS.mime, path=path, name=index, files=tuple(files), notes=tuple(plan.options.notes))


def _apply_preset(options: Options) -> None:
    name = options.text("preset")
    if name is None:
        return
    found = _PRESET.fullmatch(name)
    if found is None:
        raise options.unsupported("preset", f"{name!r} is none of the old HLS presets such as video_640k or audio_48k")
    options.note(f"of preset {name} only the bit rate in its name is known")
    options.fill({"vn": True, "ab": f"{found[2]}k"} if found[1] == "audio" else {"vb": f"{found[2]}k"})
