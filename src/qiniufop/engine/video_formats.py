"""Tables of the transcoder: containers and their default encoders, codec names, sizes by name, old presets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["video", "audio", "picture", "subtitle"]


@dataclass(frozen=True, slots=True)
class Container:
    """A format ``avthumb`` can write.

    Attributes:
        kind: what goes into it.
        muxer: its name in ffmpeg.
        mime: its MIME type.
        video, audio: the encoders it gets unless others are asked for; empty for none.
        vb, ab: the bit rates it gets unless others are asked for; empty leaves them to the encoder.
        ar: the sampling rate it gets, in Hz; 0 keeps the source's.
        ac: the channels it gets; 0 keeps the source's.
        suffix: of the file.
        options: further output options.
    """

    kind: Kind
    muxer: str
    mime: str
    video: str = ""
    audio: str = ""
    vb: str = ""
    ab: str = ""
    ar: int = 0
    ac: int = 0
    suffix: str = ""
    options: tuple[str, ...] = ()


_FAST = ("-movflags", "+faststart")
_MP4 = Container("video", "mp4", "video/mp4", "libx264", "aac", suffix="mp4", options=_FAST)
_FLV = Container("video", "flv", "video/x-flv", "flv", "libmp3lame", "512k", "64k", 44100, suffix="flv")
_MKV = Container("video", "matroska", "video/x-matroska", "libx264", "aac", suffix="mkv")
_TS = Container("video", "mpegts", "video/mp2t", "libx264", "aac", suffix="ts")
_ASF = Container("video", "asf", "video/x-ms-asf", "wmv2", "wmav2", "1000k", "128k", suffix="asf")
_AAC = Container("audio", "adts", "audio/aac", audio="aac", ab="128k", suffix="aac")
_OGG = Container("audio", "ogg", "audio/ogg", audio="libvorbis", ab="128k", suffix="ogg")

CONTAINERS: dict[str, Container] = {
    "mp4": _MP4,
    "m4v": Container("video", "mp4", "video/x-m4v", "libx264", "aac", suffix="m4v", options=_FAST),
    "mov": Container("video", "mov", "video/quicktime", "libx264", "aac", suffix="mov", options=_FAST),
    "f4v": Container("video", "f4v", "video/x-f4v", "libx264", "aac", suffix="f4v", options=_FAST),
    "flv": _FLV,
    "flash": _FLV,
    "mkv": _MKV,
    "matroska": _MKV,
    "avi": Container("video", "avi", "video/x-msvideo", "libxvid", "libmp3lame", "1000k", "128k", suffix="avi"),
    "ts": _TS,
    "mpegts": _TS,
    "mpg": Container("video", "mpeg", "video/mpeg", "mpeg1video", "mp2", "", "192k", suffix="mpg"),
    "webm": Container("video", "webm", "video/webm", "libvpx", "libvorbis", "700k", "128k", 48000, suffix="webm"),
    "ogv": Container("video", "ogv", "video/ogg", "libtheora", "libvorbis", "700k", "128k", suffix="ogv"),
    "3gp": Container("video", "3gp", "video/3gpp", "h263", "libopencore_amrnb", "", "12.2k", 8000, 1, "3gp"),
    "3g2": Container("video", "3g2", "video/3gpp2", "libx264", "aac", suffix="3g2", options=_FAST),
    "asf": _ASF,
    "wmv": Container("video", "asf", "video/x-ms-wmv", "wmv2", "wmav2", "1000k", "128k", suffix="wmv"),
    "gif": Container("picture", "gif", "image/gif", "gif", suffix="gif", options=("-loop", "0")),
    "webp": Container("picture", "webp", "image/webp", "libwebp_anim", suffix="webp", options=("-loop", "0")),
    "mp3": Container("audio", "mp3", "audio/mpeg", audio="libmp3lame", ab="128k", ar=44100, suffix="mp3"),
    "m4a": Container("audio", "ipod", "audio/mp4", audio="aac", ab="128k", suffix="m4a", options=_FAST),
    "aac": _AAC,
    "adts": _AAC,
    "amr": Container("audio", "amr", "audio/amr", "", "libopencore_amrnb", "", "12.2k", 8000, 1, "amr"),
    "flac": Container("audio", "flac", "audio/flac", audio="flac", suffix="flac"),
    "wav": Container("audio", "wav", "audio/x-wav", audio="pcm_s16le", suffix="wav"),
    "ogg": _OGG,
    "oga": _OGG,
    "opus": Container("audio", "opus", "audio/opus", audio="libopus", ab="96k", suffix="opus"),
    "ac3": Container("audio", "ac3", "audio/ac3", audio="ac3", ab="192k", suffix="ac3"),
    "eac3": Container("audio", "eac3", "audio/eac3", audio="eac3", ab="192k", suffix="eac3"),
    "aiff": Container("audio", "aiff", "audio/aiff", audio="pcm_s16be", suffix="aiff"),
    "au": Container("audio", "au", "audio/basic", audio="pcm_s16be", suffix="au"),
    "caf": Container("audio", "caf", "audio/x-caf", audio="pcm_s16le", suffix="caf"),
    "mp2": Container("audio", "mp2", "audio/mpeg", audio="mp2", ab="192k", suffix="mp2"),
    "srt": Container("subtitle", "srt", "application/x-subrip", suffix="srt"),
    "ass": Container("subtitle", "ass", "text/x-ssa", suffix="ass"),
}

HLS = Container("video", "hls", "application/x-mpegURL", "libx264", "aac", suffix="m3u8")
"""What the pieces of a playlist are encoded as."""


class Codec(NamedTuple):
    """An encoder by the name a command gives it.

    Attributes:
        encoder: the name it has in ffmpeg.
        makes: the codec of the stream it writes, as probing names it.
        note: what is only approximated.
    """

    encoder: str
    makes: str
    note: str = ""


_NO_AAC = "is not in any free build of ffmpeg: the sound is encoded with ffmpeg's own aac encoder"

VIDEO_CODECS: dict[str, Codec] = {
    "libx264": Codec("libx264", "h264"),
    "libx265": Codec("libx265", "hevc"),
    "libvpx": Codec("libvpx", "vp8"),
    "libvpx-vp9": Codec("libvpx-vp9", "vp9"),
    "libtheora": Codec("libtheora", "theora"),
    "libxvid": Codec("libxvid", "mpeg4"),
    "mpeg4": Codec("mpeg4", "mpeg4"),
    "mpeg1video": Codec("mpeg1video", "mpeg1video"),
    "mpeg2video": Codec("mpeg2video", "mpeg2video"),
    "mjpeg": Codec("mjpeg", "mjpeg"),
    "flv": Codec("flv", "flv1"),
    "h263": Codec("h263", "h263"),
    "wmv1": Codec("wmv1", "wmv1"),
    "wmv2": Codec("wmv2", "wmv2"),
    "gif": Codec("gif", "gif"),
    "libwebp_anim": Codec("libwebp_anim", "webp"),
}

AUDIO_CODECS: dict[str, Codec] = {
    "libmp3lame": Codec("libmp3lame", "mp3"),
    "mp3": Codec("libmp3lame", "mp3"),
    "aac": Codec("aac", "aac"),
    "libfdk_aac": Codec("aac", "aac", f"libfdk_aac {_NO_AAC}"),
    "libfaac": Codec("aac", "aac", f"libfaac {_NO_AAC}"),
    "libvorbis": Codec("libvorbis", "vorbis"),
    "libopus": Codec("libopus", "opus"),
    "libopencore_amrnb": Codec("libopencore_amrnb", "amr_nb"),
    "amr_nb": Codec("libopencore_amrnb", "amr_nb"),
    "flac": Codec("flac", "flac"),
    "ac3": Codec("ac3", "ac3"),
    "eac3": Codec("eac3", "eac3"),
    "alac": Codec("alac", "alac"),
    "mp2": Codec("mp2", "mp2"),
    "wmav1": Codec("wmav1", "wmav1"),
    "wmav2": Codec("wmav2", "wmav2"),
    "pcm_alaw": Codec("pcm_alaw", "pcm_alaw"),
    "pcm_mulaw": Codec("pcm_mulaw", "pcm_mulaw"),
    "pcm_s16le": Codec("pcm_s16le", "pcm_s16le"),
    "pcm_s16be": Codec("pcm_s16be", "pcm_s16be"),
}

SUBTITLE_CODECS = {"mov_text": "mov_text", "srt": "srt", "ass": "ass", "dvdsub": "dvdsub"}

PCM = ("pcm_", "flac", "alac")
"""How encoders without loss begin, which have no bit rate to set."""

H263_SIZES = ((1408, 1152), (704, 576), (352, 288), (176, 144), (128, 96))
"""The only pictures H.263 can hold, largest first."""


class Device(NamedTuple):
    """A preset by the name of a device, from before the parameters."""

    s: str
    vb: str
    ab: str


DEVICES: dict[str, Device] = {
    "android": Device("480x320", "512k", "128k"),
    "android_low": Device("480x320", "96k", "64k"),
    "android_high": Device("480x320", "700k", "128k"),
    "iphone": Device("480x320", "512k", "128k"),
    "iphone_low": Device("480x320", "96k", "64k"),
    "iphone_high": Device("480x320", "700k", "128k"),
    "ipad": Device("1024x768", "700k", "128k"),
    "ipad_low": Device("1024x768", "512k", "128k"),
    "ipad_high": Device("1024x768", "1200k", "128k"),
}


def device_options(name: str) -> dict[str, object]:
    """The parameters a device preset stands for."""
    found = DEVICES[name]
    return {
        "format": "mp4",
        "vcodec": "libx264",
        "s": found.s,
        "vb": found.vb,
        "acodec": "libfaac",
        "ab": found.ab,
        "ar": 48000,
    }


def _sizes(text: str) -> dict[str, tuple[int, int]]:
    pairs = (entry.split("=") for entry in text.split())
    return {name: (int(size.split("x")[0]), int(size.split("x")[1])) for name, size in pairs}


SIZE_NAMES = _sizes(
    "sqcif=128x96 qcif=176x144 cif=352x288 4cif=704x576 16cif=1408x1152 qqvga=160x120 qvga=320x240 vga=640x480 "
    "svga=800x600 xga=1024x768 uxga=1600x1200 qxga=2048x1536 sxga=1280x1024 qsxga=2560x2048 hsxga=5120x4096 "
    "wvga=852x480 wxga=1366x768 wsxga=1600x1024 wuxga=1920x1200 woxga=2560x1600 wqsxga=3200x2048 wquxga=3840x2400 "
    "whsxga=6400x4096 whuxga=7680x4800 cga=320x200 ega=640x350 hd480=852x480 hd720=1280x720 hd1080=1920x1080 "
    "2k=2048x1080 2kflat=1998x1080 2kscope=2048x858 4k=4096x2160 4kflat=3996x2160 4kscope=4096x1716 nhd=640x360 "
    "hqvga=240x160 wqvga=400x240 fwqvga=432x240 hvga=480x320 qhd=960x540 2kdci=2048x1080 4kdci=4096x2160 "
    "uhd2160=3840x2160 uhd4320=7680x4320 ntsc=720x480 pal=720x576 qntsc=352x240 qpal=352x288 sntsc=640x480 "
    "spal=768x576 film=352x240 ntsc-film=352x240"
)
"""What ffmpeg means by the names of sizes."""
