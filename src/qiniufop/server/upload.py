"""Uploads by form, with what a put policy may ask for."""

from __future__ import annotations

import json
import time
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from flask import Flask, redirect, request

from ..client.auth import authorization, verify_upload_token
from ..engine.keys import etag, expand, input_variables, output_variables
from ..errors import FopError
from .commands import JSON, split
from .jobs import Submission
from .mime import guess
from .network import request as ask
from .requests import ApiError, reqid
from .state import State
from .store import BadName, Meta, ObjectExists, StoredObject

CALLBACK_SECONDS = 10.0
FORM = "application/x-www-form-urlencoded"
_CHINA = timezone(timedelta(hours=8))

Values = Mapping[str, str]


@dataclass(frozen=True)
class Sent:
    """What came in: the content, the wished key and the file's name."""

    content: bytes | Path
    size: int
    key: str | None
    fname: str
    mime: str
    custom: Values


def register(app: Flask, state: State) -> None:
    """Add the route."""

    @app.post("/")
    def upload() -> Any:
        if (request.content_length or 0) > state.settings.upload_bytes:
            raise ApiError(413, f"request entity too large: at most {state.settings.upload_bytes} bytes")
        policy = read_policy(state, request.form.get("token", ""))
        staging = state.store.staging
        return complete(state, policy, _receive(None if staging is None else staging / uuid4().hex))


def complete(state: State, policy: Mapping[str, Any], sent: Sent) -> Any:
    """Store what came in, start the job the policy asks for, and answer.

    Raises:
        ApiError: the policy forbids it, or the callback failed.
    """
    try:
        stored = _store(state, policy, sent)
    finally:
        if isinstance(sent.content, Path):
            sent.content.unlink(missing_ok=True)
    values = _values(stored, sent.custom)
    persistent = _trigger(state, policy, stored, values)
    if persistent:
        values = {**values, "persistentId": persistent}
    return _reply(state, policy, stored, values)


def read_policy(state: State, token: str) -> dict[str, Any]:
    """The put policy of an upload token.

    Raises:
        ApiError: 401, 400.
    """
    if not token:
        raise ApiError(401, "token not specified")
    verdict, policy = verify_upload_token(state.credentials, token, now=time.time())
    if not verdict and not state.settings.auth:
        policy = _unchecked(token)
    elif verdict.problem == "expired":
        raise ApiError(401, "expired token")
    elif not verdict:
        raise ApiError(401, "bad token")
    if not isinstance(policy.get("scope"), str):
        raise ApiError(400, "the put policy has no scope")
    return policy


def _unchecked(token: str) -> dict[str, Any]:
    from base64 import urlsafe_b64decode

    try:
        policy: object = json.loads(urlsafe_b64decode(token.rpartition(":")[2]))
    except ValueError:
        policy = None
    if not isinstance(policy, dict):
        raise ApiError(401, "bad token")
    return {str(name): value for name, value in policy.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _receive(place: Path | None) -> Sent:
    """Take the file out of the form, into ``place`` if there is one."""
    file = request.files.get("file")
    custom = {name: value for name, value in request.form.items() if name.startswith("x:")}
    key = request.form.get("key")
    if file is None:
        if "file" not in request.form:
            raise ApiError(400, "file is not specified in multipart")
        text = request.form["file"].encode()
        sent = Sent(text, len(text), key, request.form.get("fileName", ""), "", custom)
    elif place is None:
        data = file.read()
        sent = Sent(data, len(data), key, file.filename or "", file.mimetype, custom)
    else:
        file.save(place)
        sent = Sent(place, place.stat().st_size, key, file.filename or "", file.mimetype, custom)
    wished = request.form.get("crc32")
    if wished is not None and wished != str(_crc32(sent.content)):
        if isinstance(sent.content, Path):
            sent.content.unlink()
        raise ApiError(406, "crc32 does not match")
    return sent


def _crc32(content: bytes | Path) -> int:
    if isinstance(content, bytes):
        return zlib.crc32(content)
    value = 0
    with content.open("rb") as file:
        while block := file.read(1 << 20):
            value = zlib.crc32(block, value)
    return value


def _store(state: State, policy: Mapping[str, Any], sent: Sent) -> StoredObject:
    bucket, colon, scope_key = str(policy["scope"]).partition(":")
    key = _key(policy, sent, bucket, scope_key if colon else None)
    mime = sent.mime if sent.mime and sent.mime != "application/octet-stream" else guess(key, _start(sent.content))
    _check_limits(policy, sent, mime)
    meta = Meta(mime, policy.get("deleteAfterDays"), sent.fname, str(policy.get("endUser", "")))
    replace = bool(colon) and not policy.get("insertOnly")
    try:
        if not state.open_bucket(bucket):
            raise ApiError(631, "no such bucket")
        old = None if replace else state.store.get(bucket, key)
        if old is not None and old.hash == etag(sent.content):
            return old
        return state.store.put(bucket, key, sent.content, meta, replace=replace)
    except ObjectExists:
        raise ApiError(614, "file exists") from None
    except BadName as error:
        raise ApiError(400, str(error)) from error


def _key(policy: Mapping[str, Any], sent: Sent, bucket: str, scope_key: str | None) -> str:
    hash_ = etag(sent.content)
    template = str(policy.get("saveKey", ""))
    if policy.get("forceSaveKey") or (template and sent.key is None):
        known = dict(input_variables(bucket, sent.key or "", hash_, sent.size, sent.mime, fname=sent.fname))
        known |= {**output_variables(hash_, datetime.now(_CHINA)), **sent.custom}
        return expand(template, known.get)
    if sent.key is None:
        return scope_key if scope_key is not None and not policy.get("isPrefixalScope") else hash_
    if scope_key is not None:
        fits = sent.key.startswith(scope_key) if policy.get("isPrefixalScope") else sent.key == scope_key
        if not fits:
            raise ApiError(403, "key doesn't match with scope")
    return sent.key


def _start(content: bytes | Path) -> bytes:
    if isinstance(content, bytes):
        return content[:16]
    with content.open("rb") as file:
        return file.read(16)


def _check_limits(policy: Mapping[str, Any], sent: Sent, mime: str) -> None:
    if policy.get("fsizeLimit") and sent.size > int(policy["fsizeLimit"]):
        raise ApiError(413, "exceed FsizeLimit")
    if policy.get("fsizeMin") and sent.size < int(policy["fsizeMin"]):
        raise ApiError(403, "less than FsizeMin")
    limit = str(policy.get("mimeLimit", ""))
    if limit:
        kinds = limit.removeprefix("!").split(";")
        listed = any(mime == kind or (kind.endswith("/*") and mime.startswith(kind[:-1])) for kind in kinds)
        if listed == limit.startswith("!"):
            raise ApiError(403, "limited mimeType: this file type is forbidden to upload")


def _values(stored: StoredObject, custom: Values) -> dict[str, str]:
    meta = stored.meta
    named = input_variables(
        stored.bucket, stored.key, stored.hash, stored.size, stored.mime, fname=meta.fname, end_user=meta.end_user
    )
    return {**named, **custom}


def _trigger(state: State, policy: Mapping[str, Any], stored: StoredObject, values: Values) -> str | None:
    """Queue the job that the policy asks for, and give its id. Bad commands show in the job."""
    ops, template = str(policy.get("persistentOps", "")), str(policy.get("persistentWorkflowTemplateID", ""))
    if not ops and template:
        ops = state.settings.templates.get(template, "")
    if not ops:
        return None
    fops = expand(ops, values.get)
    submission = Submission(
        stored.bucket,
        stored.key,
        fops,
        notify_url=str(policy.get("persistentNotifyUrl", "")),
        type=1 if policy.get("persistentType") == 1 else 0,
        pipeline=str(policy.get("persistentPipeline", "")),
        reqid=reqid(),
        task_from=f"workflow: {template}" if template else "",
    )
    return state.jobs.add(submission, split(fops))


def _reply(state: State, policy: Mapping[str, Any], stored: StoredObject, values: Values) -> Any:
    shown: dict[str, str] = {"hash": stored.hash, "key": stored.key}
    if "persistentId" in values:
        shown["persistentId"] = values["persistentId"]
    text = json.dumps(shown)
    if policy.get("returnBody"):
        text = expand(str(policy["returnBody"]), _escaped(values, _json_text).get)
    if policy.get("callbackUrl"):
        text = _call_back(state, policy, values)
    if policy.get("returnUrl"):
        url = str(policy["returnUrl"])
        mark = "&" if "?" in url else "?"
        return redirect(f"{url}{mark}upload_ret={urlsafe_b64encode(text.encode()).decode()}", 303)
    return text, 200, {"Content-Type": JSON}


def _call_back(state: State, policy: Mapping[str, Any], values: Values) -> str:
    """Tell the application's server of the upload; its JSON is the uploader's reply."""
    mime = str(policy.get("callbackBodyType") or FORM)
    escape = _json_text if mime == JSON else _form_text
    url = str(policy["callbackUrl"]).split(";")[0]
    data = expand(str(policy.get("callbackBody", "")), _escaped(values, escape).get).encode()
    headers = {"Content-Type": mime}
    headers["Authorization"] = authorization(state.credentials, "Qiniu", "POST", url, headers, data)
    try:
        reply = ask(state.policy, "POST", url, headers=headers, body=data, seconds=CALLBACK_SECONDS, redirects=0)
        if reply.status != 200:
            raise ApiError(579, f"callback failed: status {reply.status}")
        json.loads(reply.body)
    except (FopError, ValueError) as error:
        raise ApiError(579, f"callback failed: {error}") from error
    return reply.body.decode()


def _escaped(values: Values, escape: Callable[[str], str]) -> Values:
    return {name: escape(value) for name, value in values.items()}


def _json_text(text: str) -> str:
    return json.dumps(text)[1:-1]


def _form_text(text: str) -> str:
    return quote(text, safe="")
