"""The application: routes, errors and what every reply has."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request
from flask.json.provider import DefaultJSONProvider
from werkzeug.exceptions import HTTPException

from . import api, dev, management, objects, upload, upload_parts
from .commands import JSON
from .gate import WSGI, Gate
from .requests import ApiError, target
from .state import Seen, State

FORM_BYTES = 1024 * 1024
"""How long one field of a form may be, files aside."""

_log = logging.getLogger(__name__)


class _Json(DefaultJSONProvider):
    """JSON as the service writes it: keys in their order, text as it is, no line end."""

    ensure_ascii = False
    sort_keys = False

    def response(self, *args: Any, **kwargs: Any) -> Response:
        text = self.dumps(self._prepare_response_obj(args, kwargs), separators=(",", ":"))
        return Response(text, mimetype=JSON)


def build(state: State, reset: Callable[[], None]) -> WSGI:
    """The application for one emulator."""
    app = Flask("qiniufop.server", static_folder=None)
    app.config["MAX_FORM_MEMORY_SIZE"] = FORM_BYTES
    app.url_map.merge_slashes = False
    app.json = _Json(app)
    dev.register(app, state, reset)
    api.register(app, state)
    management.register(app, state)
    upload.register(app, state)
    upload_parts.register(app, state)
    objects.register(app, state)

    @app.errorhandler(ApiError)
    def refused(error: ApiError) -> Any:
        shown: dict[str, Any] = {"code": error.status, "error": error.text} if error.coded else {"error": error.text}
        return jsonify(shown), error.status

    @app.errorhandler(HTTPException)
    def odd(error: HTTPException) -> Any:
        return jsonify({"error": (error.name or "error").lower()}), error.code or 500

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Any:
        _log.error("%s %s failed", request.method, target(), exc_info=error)
        return jsonify({"error": "internal error of the dev server; its log tells more"}), 599

    @app.after_request
    def finish(response: Response) -> Response:
        if response.mimetype == "application/json":
            response.headers["Cache-Control"] = "no-store"
        response.headers["X-Log"] = "qiniufop"
        if not request.path.startswith("/_dev/"):
            small = (request.content_length or 0) <= state.settings.body_bytes
            form = request.form.to_dict() if small else {}
            state.seen.append(Seen(request.method, target(), form, response.status_code))
        return response

    return Gate(app, state.faults)
