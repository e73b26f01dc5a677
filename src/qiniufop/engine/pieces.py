"""concat, qhash and pm3u8: files as bytes and lines."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

from .artifact import Artifact
from .errors import FopFailed, LimitExceeded, UnsupportedFopError
from .registry import Run, handles

_CHUNK = 1024 * 1024
_PLAYLIST_BYTES = 16 * 1024 * 1024
_TOKEN_SECONDS = 43_200


def chunks(source: Artifact) -> Iterator[bytes]:
    """The content, a mebibyte at a time."""
    with BytesIO(source.data) if source.data is not None else source.file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


@handles("concat")
def concat(op: Any, source: Artifact, run: Run) -> Artifact:
    """Join files byte for byte, the source first."""
    if 1 + len(op.urls) > run.limits.pieces:
        raise LimitExceeded("concat", f"{1 + len(op.urls)} files are more than {run.limits.pieces}")
    target, written = run.workdir / "concat.bin", 0
    with target.open("xb") as stream:
        for piece in (source, *map(run.resolve, op.urls)):
            for chunk in chunks(piece):
                written += len(chunk)
                if written > run.limits.result_bytes:
                    raise LimitExceeded("concat", f"the result is larger than {run.limits.result_bytes} bytes")
                run.seconds_left("concat")
                stream.write(chunk)
    return Artifact(op.mime_type, path=target, name="out.bin")


@handles("qhash")
def qhash(op: Any, source: Artifact, run: Run) -> Artifact:
    """The digest of a file, and its size."""
    digest = hashlib.new(op.algorithm, usedforsecurity=False)
    for chunk in chunks(source):
        run.seconds_left("qhash")
        digest.update(chunk)
    facts = {"hash": digest.hexdigest(), "fsize": source.size}
    return Artifact("application/json", data=json.dumps(facts).encode(), name="out.json")


@handles("pm3u8")
def pm3u8(op: Any, source: Artifact, run: Run) -> Artifact:
    """Sign every address of a playlist.

    It takes a function ``sign_url(url, deadline)`` from the engine's settings, which knows the keys.
    """
    sign: Callable[[str, int], str] | None = run.settings.get("sign_url")
    if sign is None:
        raise UnsupportedFopError("pm3u8", "the engine was given no keys to sign with (setting 'sign_url')")
    if source.size > _PLAYLIST_BYTES:
        raise LimitExceeded("pm3u8", f"the playlist is larger than {_PLAYLIST_BYTES} bytes")
    text = source.read().decode("utf-8-sig", "replace")
    if not text.startswith("#EXTM3U"):
        raise FopFailed("pm3u8", "the source is not an m3u8 playlist: its first line is not #EXTM3U")
    deadline = int(time.time()) + (op.expires or _TOKEN_SECONDS) if op.deadline is None else op.deadline

    def signed(line: str) -> str:
        url = urljoin(run.url, line.strip()) if run.url else line.strip()
        if op.query:
            url += ("&" if "?" in url else "?") + op.query.lstrip("?&")
        return sign(url, deadline)

    lines = [line if not line.strip() or line.startswith("#") else signed(line) for line in text.splitlines()]
    return Artifact("application/vnd.apple.mpegurl", data="\n".join([*lines, ""]).encode(), name="out.m3u8")
