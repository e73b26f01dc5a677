"""MIME types of objects, from their names or their first bytes."""

from __future__ import annotations

from mimetypes import guess_type

UNKNOWN = "application/octet-stream"

_BY_EXTENSION = {
    "aac": "audio/aac",
    "amr": "audio/amr",
    "avif": "image/avif",
    "flac": "audio/flac",
    "flv": "video/x-flv",
    "heic": "image/heic",
    "m3u8": "application/x-mpegurl",
    "m4a": "audio/mp4",
    "md": "text/markdown",
    "mkv": "video/x-matroska",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "ogg": "audio/ogg",
    "opus": "audio/opus",
    "psd": "image/vnd.adobe.photoshop",
    "srt": "application/x-subrip",
    "ts": "video/mp2t",
    "wav": "audio/wav",
    "webm": "video/webm",
    "webp": "image/webp",
    "wmv": "video/x-ms-wmv",
    "zip": "application/zip",
}
"""What the platform's table lacks or names differently from one system to the next."""

_BY_START = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"),
    (b"FLV\x01", "video/x-flv"),
    (b"ID3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"#EXTM3U", "application/x-mpegurl"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}


def guess(key: str, start: bytes = b"") -> str:
    """The type of an object called ``key`` that begins with ``start``; ``application/octet-stream`` if nobody knows."""
    _, dot, extension = key.rpartition("/")[2].lower().rpartition(".")
    named = (_BY_EXTENSION.get(extension) or guess_type(f"name.{extension}")[0]) if dot else None
    return named or _sniff(start) or UNKNOWN


def _sniff(start: bytes) -> str | None:
    if start[:4] == b"RIFF":
        return _RIFF.get(start[8:12])
    if start[4:8] == b"ftyp":
        return "image/avif" if start[8:12] in (b"avif", b"avis") else "video/mp4"
    return next((mime for magic, mime in _BY_START if start.startswith(magic)), None)
