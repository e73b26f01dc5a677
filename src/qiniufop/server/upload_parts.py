"""Uploads in parts, which official clients use for large files: both the older and the newer protocol."""

from __future__ import annotations

import json
import time
import zlib
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import md5
from pathlib import Path
from threading import Lock
from typing import Any, cast
from uuid import uuid4

from flask import Flask, request

from ..engine.keys import etag
from .requests import ApiError, body, host
from .state import MIB, State
from .upload import Sent, complete, read_policy

PART_BYTES = 128 * MIB
"""The longest part."""
KEPT_SECONDS = 7 * 86400
"""How long parts are said to be kept; in truth until the server ends."""


@dataclass
class _Parts:
    """Parts that wait for the rest, by upload or block and by number; in files if the store has a place for them."""

    staging: Path | None
    known: dict[str, dict[int, bytes | Path]] = field(default_factory=dict[str, dict[int, bytes | Path]])
    lock: Lock = field(default_factory=Lock)

    def begin(self) -> str:
        upload = uuid4().hex
        with self.lock:
            self.known[upload] = {}
        return upload

    def put(self, upload: str, number: int, data: bytes) -> None:
        part: bytes | Path = data
        if self.staging is not None:
            part = self.staging / uuid4().hex
            part.write_bytes(data)
        with self.lock:
            parts = self.known.get(upload)
            if parts is None:
                raise ApiError(612, "no such uploadId")
            parts[number] = part

    def join(self, pieces: Sequence[tuple[str, int]]) -> bytes | Path:
        """The content of parts one after the other."""
        with self.lock:
            found = [self.known.get(upload, {}).get(number) for upload, number in pieces]
        whole = [part for part in found if part is not None]
        if len(whole) != len(found):
            raise ApiError(701, "a part is not known here")
        if self.staging is None:
            return b"".join(cast("list[bytes]", whole))
        target = self.staging / uuid4().hex
        with target.open("wb") as file:
            for part in whole:
                file.write(part if isinstance(part, bytes) else part.read_bytes())
        return target

    def drop(self, upload: str) -> None:
        with self.lock:
            parts = self.known.pop(upload, {})
        for part in parts.values():
            if isinstance(part, Path):
                part.unlink(missing_ok=True)


def register(app: Flask, state: State) -> None:
    """Add the routes."""
    parts = _Parts(state.store.staging)
    base = "/buckets/<bucket>/objects/<entry>/uploads"

    @app.post(base)
    def begin(bucket: str, entry: str) -> Any:
        _policy(state, bucket)
        return {"uploadId": parts.begin(), "expireAt": int(time.time()) + KEPT_SECONDS}

    @app.put(f"{base}/<upload>/<int:number>")
    def part(bucket: str, entry: str, upload: str, number: int) -> Any:
        _policy(state, bucket)
        data = body(PART_BYTES)
        parts.put(upload, number, data)
        return {"etag": etag(data), "md5": md5(data, usedforsecurity=False).hexdigest()}

    @app.post(f"{base}/<upload>")
    def end(bucket: str, entry: str, upload: str) -> Any:
        policy = _policy(state, bucket)
        try:
            asked: dict[str, Any] = json.loads(body(state.settings.body_bytes))
            listed: list[dict[str, Any]] = asked["parts"]
            numbers = [int(one["partNumber"]) for one in listed]
        except (ValueError, TypeError, LookupError):
            raise ApiError(400, "expected JSON with the numbers of the parts") from None
        given: dict[str, Any] = asked.get("customVars") or {}
        custom = {name: str(value) for name, value in given.items()}
        key = None if entry == "~" else _decode(entry)
        sent = _sent(parts, [(upload, n) for n in numbers], key, asked.get("fname"), asked.get("mimeType"), custom)
        parts.drop(upload)
        return complete(state, policy, sent)

    @app.delete(f"{base}/<upload>")
    def abandon(bucket: str, entry: str, upload: str) -> Any:
        _policy(state, bucket)
        parts.drop(upload)
        return {}

    @app.post("/mkblk/<int:size>")
    def block(size: int) -> Any:
        _policy(state)
        return _block(parts, parts.begin(), 0, body(PART_BYTES))

    @app.post("/bput/<ctx>/<int:offset>")
    def chunk(ctx: str, offset: int) -> Any:
        _policy(state)
        return _block(parts, ctx, offset, body(PART_BYTES))

    @app.post("/mkfile/<int:size>")
    @app.post("/mkfile/<int:size>/<path:options>")
    def file(size: int, options: str = "") -> Any:
        policy = _policy(state)
        words = options.split("/") if options else []
        named = {name: _decode(value) for name, value in zip(words[::2], words[1::2], strict=False)}
        custom = {name: value for name, value in named.items() if name.startswith("x:")}
        blocks = body(state.settings.body_bytes).decode("ascii", "replace").split(",")
        pieces = [(ctx, number) for ctx in blocks for number in sorted(parts.known.get(ctx, {0: b""}))]
        sent = _sent(parts, pieces, named.get("key"), named.get("fname"), named.get("mimeType"), custom)
        for ctx in blocks:
            parts.drop(ctx)
        return complete(state, policy, sent)


def _policy(state: State, bucket: str | None = None) -> dict[str, Any]:
    """The policy of the request's token, which must be for the bucket that the path names."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    policy = read_policy(state, token if scheme == "UpToken" else "")
    if bucket is not None and policy["scope"].partition(":")[0] != bucket:
        raise ApiError(403, "the token is for another bucket")
    return policy


def _block(parts: _Parts, ctx: str, offset: int, data: bytes) -> dict[str, Any]:
    parts.put(ctx, offset, data)
    return {
        "ctx": ctx,
        "checksum": etag(data),
        "crc32": zlib.crc32(data),
        "offset": offset + len(data),
        "host": f"{request.scheme}://{host()}",
        "expired_at": int(time.time()) + KEPT_SECONDS,
    }


def _sent(
    parts: _Parts,
    pieces: Sequence[tuple[str, int]],
    key: str | None,
    fname: object,
    mime: object,
    custom: dict[str, str],
) -> Sent:
    content = parts.join(pieces)
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    return Sent(content, size, key, str(fname or ""), str(mime or ""), custom)


def _decode(text: str) -> str:
    try:
        return b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True).decode()
    except ValueError:
        raise ApiError(400, f"{text!r} is not URL-safe base64") from None
