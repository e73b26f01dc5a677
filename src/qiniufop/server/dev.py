"""Switches and views of the dev server that the service has not: ``/_dev/`` and ``/healthz``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, request

from .faults import BadFault
from .payload import job_object
from .requests import ApiError, host
from .state import State


def register(app: Flask, state: State, reset: Callable[[], None]) -> None:
    """Add the routes."""

    @app.before_request
    def no_strangers() -> None:
        origin = request.headers.get("Origin")
        if request.path.startswith("/_dev/") and origin and origin.partition("://")[2] != host():
            raise ApiError(403, "other sites' pages may not use /_dev/")

    @app.get("/healthz")
    def healthz() -> Any:
        return {"ok": True, "pending": state.jobs.pending()}

    @app.post("/_dev/reset")
    def reset_all() -> Any:
        reset()
        return {}

    @app.get("/_dev/faults")
    def faults() -> Any:
        return state.faults.show()

    @app.post("/_dev/faults")
    def misbehave() -> Any:
        try:
            state.faults.load(request.get_json(force=True))
        except BadFault as error:
            raise ApiError(400, str(error)) from error
        return state.faults.show()

    @app.delete("/_dev/faults")
    def behave() -> Any:
        state.faults.clear()
        return state.faults.show()

    @app.get("/_dev/jobs")
    def jobs() -> Any:
        return {"jobs": [{**job_object(job), "force": job.submission.force} for job in state.jobs.recent()]}

    @app.get("/_dev/objects")
    def objects() -> Any:
        shown = [
            {"bucket": bucket, "key": o.key, "size": o.size, "mime": o.mime, "file": o.path and str(o.path)}
            for bucket in state.store.buckets()
            for o in state.store.list(bucket)
        ]
        return {"objects": shown}
