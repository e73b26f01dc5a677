"""The request at hand, as it came: for signatures nothing may be decoded or tidied first."""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from flask import request

from ..client.auth import Verdict, verify_request
from .gate import REQID, raw_target
from .state import State


class ApiError(Exception):
    """A reply that tells of an error.

    Attributes:
        status: HTTP status, or one of the service's own such as 612.
        text: what goes into ``error``.
        coded: whether the reply has a ``code`` as well, as those of plain GETs have.
    """

    def __init__(self, status: int, text: str, *, coded: bool = False) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.coded = coded


def target() -> str:
    """Path and query, untouched."""
    return raw_target(request.environ)


def host() -> str:
    """The host and port that the client meant."""
    return str(request.environ.get("HTTP_HOST", ""))


def full_url() -> str:
    """The URL that the client asked for."""
    return f"{request.scheme}://{host()}{target()}"


def reqid() -> str:
    """The id of this request."""
    return str(request.environ.get(REQID, ""))


def body(limit: int) -> bytes:
    """The body, if it is no longer than ``limit`` bytes.

    Raises:
        ApiError: 413.
    """
    if (request.content_length or 0) > limit:
        raise ApiError(413, f"request entity too large: at most {limit} bytes")
    data = request.get_data(cache=True)
    if len(data) > limit:
        raise ApiError(413, f"request entity too large: at most {limit} bytes")
    return data


def form(data: bytes) -> dict[str, str]:
    """The fields of a form; of a field that is repeated, the last."""
    return dict(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True, errors="replace"))


def query() -> dict[str, str]:
    """The fields of the query."""
    return form(target().partition("?")[2].encode())


def check_signature(state: State, data: bytes = b"", *, optional: bool = False) -> None:
    """Check the ``Authorization`` of a management request.

    Args:
        optional: whether none is fine, too.

    Raises:
        ApiError: 401 or 403.
    """
    header = request.headers.get("Authorization")
    if not state.settings.auth or (optional and header is None):
        return
    verdict = _verdict(state, header, host(), data)
    if verdict.problem == "bad-signature" and verdict.scheme == "Qiniu" and ":" in host():
        # The Node SDK writes the port twice.
        verdict = _verdict(state, header, f"{host()}:{host().rpartition(':')[2]}", data)
    if verdict.problem == "skewed":
        raise ApiError(403, "request time too skewed")
    if not verdict:
        raise ApiError(401, "bad token")


def _verdict(state: State, header: str | None, name: str, data: bytes) -> Verdict:
    fields: Mapping[str, str] = {**dict(request.headers.items()), "Host": name}
    return verify_request(state.credentials, header, request.method, target(), fields, data, now=time.time())
