"""Objects over HTTP, as far as official clients need it: stat, delete, copy, move, list."""

from __future__ import annotations

import json
from base64 import b64decode, urlsafe_b64encode
from typing import Any
from urllib.parse import unquote

from flask import Flask

from .api import decode_entry
from .commands import JSON
from .requests import ApiError, body, check_signature, form, query, target
from .state import State
from .store import BadName, Meta, ObjectExists, StoredObject

_PATHS = ("/stat/<path:_>", "/delete/<path:_>", "/copy/<path:_>", "/move/<path:_>", "/mkbucketv3/<path:_>")
MAX_LISTED = 1000


def register(app: Flask, state: State) -> None:
    """Add the routes."""

    def one(_: str) -> Any:
        check_signature(state, body(state.settings.body_bytes))
        return operate(state, unquote(target().partition("?")[0])) or ("", 200, {"Content-Type": JSON})

    for path in _PATHS:
        app.add_url_rule(path, path, one, methods=["GET", "POST"])

    @app.post("/batch")
    def batch() -> Any:
        data = body(state.settings.body_bytes)
        check_signature(state, data)
        replies: list[dict[str, Any]] = []
        for field in data.decode("utf-8", "replace").split("&"):
            operation = form(field.encode()).get("op")
            if operation is None:
                continue
            try:
                found = operate(state, operation if operation.startswith("/") else f"/{operation}")
                replies.append({"code": 200, "data": found} if found else {"code": 200})
            except ApiError as error:
                replies.append({"code": error.status, "data": {"error": error.text}})
        partial = any(reply["code"] != 200 for reply in replies)
        return json.dumps(replies), 298 if partial else 200, {"Content-Type": JSON}

    @app.route("/list", methods=["GET", "POST"])
    def listing() -> Any:
        data = body(state.settings.body_bytes)
        check_signature(state, data)
        return _list(state, {**query(), **form(data)})

    @app.route("/buckets", methods=["GET", "POST"])
    def buckets() -> Any:
        check_signature(state, body(state.settings.body_bytes))
        return json.dumps(state.store.buckets()), 200, {"Content-Type": JSON}

    @app.route("/v2/domains", methods=["GET", "POST"])
    def domains() -> Any:
        check_signature(state, body(state.settings.body_bytes))
        bucket = query().get("tbl", "")
        names = [name for name, owner in state.settings.domains.items() if owner == bucket]
        return json.dumps(names), 200, {"Content-Type": JSON}


def operate(state: State, path: str) -> dict[str, Any] | None:
    """Carry out one operation, such as ``/stat/<entry>``, and give what is to be shown of it.

    Raises:
        ApiError: it cannot be done.
    """
    verb, *rest = path.strip("/").split("/")
    if verb == "mkbucketv3" and rest:
        try:
            state.store.create_bucket(rest[0])
        except BadName as error:
            raise ApiError(400, str(error)) from error
        return None
    if verb in ("stat", "delete") and len(rest) == 1:
        found = _find(state, rest[0])
        if verb == "stat":
            return stat(found)
        state.store.delete(found.bucket, found.key)
        return None
    if verb in ("copy", "move") and len(rest) in (2, 4):
        _transfer(state, rest, keep=verb == "copy")
        return None
    raise ApiError(400, f"no such operation: {verb!r}")


def stat(found: StoredObject) -> dict[str, Any]:
    """An object in the words of ``stat``."""
    shown: dict[str, Any] = {
        "fsize": found.size,
        "hash": found.hash,
        "mimeType": found.mime,
        "putTime": found.put_time,
        "type": 0,
        "status": 0,
    }
    if found.meta.end_user:
        shown["endUser"] = found.meta.end_user
    if found.meta.delete_after_days:
        shown["expiration"] = found.put_time // 10_000_000 + found.meta.delete_after_days * 86400
    return shown


def _find(state: State, entry: str) -> StoredObject:
    bucket, key = decode_entry(entry)
    if not state.store.has_bucket(bucket):
        raise ApiError(631, "no such bucket")
    found = state.store.get(bucket, key or "")
    if found is None:
        raise ApiError(612, "no such file or directory")
    return found


def _transfer(state: State, rest: list[str], *, keep: bool) -> None:
    source, (bucket, key) = _find(state, rest[0]), decode_entry(rest[1])
    force = rest[2:] == ["force", "true"]
    if not state.store.has_bucket(bucket):
        raise ApiError(631, "no such bucket")
    meta = Meta(source.mime, None, source.meta.fname, source.meta.end_user)
    content = source.data if source.path is None else source.path
    try:
        state.store.put(bucket, key or "", content or b"", meta, replace=force)
    except ObjectExists:
        raise ApiError(614, "file exists") from None
    except BadName as error:
        raise ApiError(400, str(error)) from error
    if not keep and (source.bucket, source.key) != (bucket, key):
        state.store.delete(source.bucket, source.key)


def _list(state: State, asked: dict[str, str]) -> dict[str, Any]:
    bucket, prefix, delimiter = asked.get("bucket", ""), asked.get("prefix", ""), asked.get("delimiter", "")
    if not state.store.has_bucket(bucket):
        raise ApiError(631, "no such bucket")
    limit = asked.get("limit") or str(MAX_LISTED)
    if not limit.isdigit() or not 1 <= int(limit) <= MAX_LISTED:
        raise ApiError(400, f"limit is {limit!r} instead of 1 to {MAX_LISTED}")
    after = _after(asked.get("marker", ""))
    items: list[dict[str, Any]] = []
    prefixes: dict[str, None] = {}
    last = ""
    shown: dict[str, Any] = {"items": items}
    for found in state.store.list(bucket, prefix, after):
        head, mark, _ = found.key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        folded = prefix + head + mark if mark else None
        if folded not in prefixes and len(items) + len(prefixes) == int(limit):
            shown["marker"] = urlsafe_b64encode(last.encode()).decode()
            break
        last = found.key
        if folded is None:
            items.append({"key": found.key, **stat(found)})
        else:
            prefixes[folded] = None
    if prefixes:
        shown["commonPrefixes"] = list(prefixes)
    return shown


def _after(marker: str) -> str | None:
    try:
        return b64decode(marker, b"-_", validate=True).decode() if marker else None
    except ValueError:
        raise ApiError(640, "invalid marker") from None
