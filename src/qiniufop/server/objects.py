"""Objects over HTTP, plain or processed on the way: ``GET /BUCKET/KEY?fops``."""

from __future__ import annotations

import re
import time
from io import BytesIO
from typing import Any

from flask import Flask, Response, make_response, send_file

from ..client.auth import verify_download_url, verify_saveas_url
from ..engine.artifact import Artifact
from ..engine.errors import LimitExceeded
from ..errors import FopError
from .addresses import commands_of, locate
from .commands import one_line, read_command
from .requests import ApiError, full_url, host, query, target
from .state import State
from .store import BadName, StoredObject

_SIGN = re.compile(r"/sign/[^/|]+")


def register(app: Flask, state: State) -> None:
    """Add the route, which answers whatever the others do not."""

    @app.get("/", defaults={"_": ""})
    @app.get("/<path:_>")
    def read(_: str) -> Any:
        bucket, key = locate(state.settings.domains, host(), target())
        _check_access(state, bucket)
        fops = commands_of(target())
        found, style = _find(state, bucket, key)
        text = "|".join(part for part in (style, fops) if part)
        if not text:
            return _whole(found)
        return _processed(state, found, text)


def _check_access(state: State, bucket: str) -> None:
    if not state.settings.auth:
        return
    url = full_url()
    if "token=" not in url and bucket not in state.settings.private:
        return
    verdict = verify_download_url(state.credentials, url, now=time.time())
    if verdict.problem == "expired":
        raise ApiError(401, "token expired", coded=True)
    if not verdict:
        raise ApiError(401, "bad token" if verdict.problem != "missing" else "download token not specified", coded=True)


def _find(state: State, bucket: str, key: str) -> tuple[StoredObject, str]:
    """The object, and the command behind the style at the end of the key, if there is one."""
    found = state.store.get(bucket, key)
    if found is not None:
        return found, ""
    name, mark, style = key.rpartition(state.settings.separator)
    if mark and style in state.settings.styles:
        found = state.store.get(bucket, name)
        if found is not None:
            return found, state.settings.styles[style]
    raise ApiError(404, "Document not found", coded=True)


def _whole(found: StoredObject) -> Response:
    attname = query().get("attname")
    response = send_file(
        BytesIO(found.data or b"") if found.path is None else found.path,
        mimetype=found.mime,
        etag=found.hash,
        last_modified=found.put_time / 10_000_000,
        conditional=True,
        as_attachment=attname is not None,
        download_name=attname or found.key.rpartition("/")[2] or "object",
    )
    if attname is None:
        response.headers.pop("Content-Disposition", None)
    return response


def _processed(state: State, found: StoredObject, text: str) -> Response:
    if ";" in text:
        raise ApiError(400, "one URL runs one command; ';' separates several", coded=True)
    saving = re.search(r"(^|\|)saveas/", text) is not None
    if saving and state.settings.auth and not verify_saveas_url(state.credentials, full_url()):
        raise ApiError(401, "bad saveas sign", coded=True)
    try:
        command = read_command(text, "sync")
        with state.runner.workplace() as out:
            artifact = state.runner.render(found, command, url=full_url(), limits=state.settings.online, out=out)
            data = artifact.read()
            if saving:
                _save(state, found, command, _SIGN.sub("", text), artifact)
    except LimitExceeded as error:
        raise ApiError(413, one_line(error), coded=True) from error
    except (FopError, BadName) as error:
        raise ApiError(400, one_line(error), coded=True) from error
    response = make_response(data)
    response.content_type = artifact.mime
    return response


def _save(state: State, found: StoredObject, command: Any, text: str, artifact: Artifact) -> None:
    goal = state.runner.target(found, command, text)
    if not state.open_bucket(goal.bucket):
        raise ApiError(631, "no such bucket", coded=True)
    state.runner.save(goal, artifact)
