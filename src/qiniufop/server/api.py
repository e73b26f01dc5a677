"""Jobs over HTTP: submit, look, and find the hosts."""

from __future__ import annotations

import base64
from typing import Any

from flask import Flask, request

from .commands import split
from .jobs import Submission
from .payload import job_object
from .requests import ApiError, body, check_signature, form, host, query, reqid
from .state import State

MAX_STAGES = 30


def register(app: Flask, state: State) -> None:
    """Add the routes."""

    @app.post("/pfop")
    @app.post("/pfop/")
    def pfop() -> Any:
        data = body(state.settings.body_bytes)
        check_signature(state, data)
        submission = read_submission(state, form(data))
        return {"persistentId": state.jobs.add(submission, split(submission.fops))}

    @app.route("/status/get/prefop", methods=["GET", "POST"])
    def prefop() -> Any:
        data = body(state.settings.body_bytes)
        check_signature(state, data, optional=True)
        id_ = {**query(), **(form(data) if request.method == "POST" else {})}.get("id")
        if not id_:
            raise ApiError(400, "missing id")
        job = state.jobs.get(id_)
        if job is None:
            raise ApiError(612, "no such id")
        return job_object(job, state.faults.variants)

    @app.get("/v4/query")
    def query_v4() -> Any:
        _known_bucket(state)
        here = {"domains": [host()]}
        region: dict[str, Any] = {"region": "z0", "ttl": 86400}
        region |= dict.fromkeys(("io", "up", "rs", "rsf", "api", "uc"), here)
        return {"hosts": [{**region, "s3": {"domains": [host()], "region_alias": "cn-east-1"}}]}

    @app.get("/v2/query")
    def query_v2() -> Any:
        _known_bucket(state)
        here = {"main": [host()]}
        shown: dict[str, Any] = {"region": "z0", "ttl": 86400, "io": {"src": here}, "up": {"acc": here, "src": here}}
        return shown | {service: {"acc": here} for service in ("rs", "rsf", "api", "uc")}


def read_submission(state: State, fields: dict[str, str]) -> Submission:
    """What a form asks for, checked as far as the checks are not switched off.

    Raises:
        ApiError: 400, 404 or 631.
    """

    def must(check: str, fine: bool, status: int, text: str) -> None:
        if not fine and check not in state.faults.unchecked:
            raise ApiError(status, text)

    bucket, key = fields.get("bucket", ""), fields.get("key", "")
    fops, template = fields.get("fops", ""), fields.get("workflowTemplateID", "")
    must("fields", bucket != "", 400, "bucket is missing")
    must("fields", "key" in fields, 400, "key is missing")
    must("exclusive", bool(fops or template), 400, "one of fops and workflowTemplateID is needed")
    must("exclusive", not (fops and template), 400, "fops and workflowTemplateID exclude each other")
    type_, pipeline = fields.get("type", "0"), fields.get("pipeline", "")
    must("type", type_ in ("0", "1"), 400, f"type is {type_!r} instead of 0 or 1")
    must("idle", not (type_ == "1" and pipeline), 400, "type 1 excludes pipeline")
    if template and not fops:
        fops = state.settings.templates.get(template, "")
        must("exclusive", fops != "", 400, f"no such workflow template: {template!r}")
    for command in split(fops):
        must("stages", command.count("|") < MAX_STAGES, 400, f"a command has more than {MAX_STAGES} stages")
    must("bucket", state.store.has_bucket(bucket), 631, "no such bucket")
    must("source", state.store.get(bucket, key) is not None, 404, "Document not found")
    return Submission(
        bucket=bucket,
        key=key,
        fops=fops,
        notify_url=fields.get("notifyURL", ""),
        force=fields.get("force"),
        type=1 if type_ == "1" else 0,
        pipeline=pipeline,
        reqid=reqid(),
        task_from=f"workflow: {template}" if template else "",
    )


def decode_entry(entry: str) -> tuple[str, str | None]:
    """Bucket and key of an EncodedEntryURI; the padding may be missing.

    Raises:
        ApiError: 400.
    """
    try:
        text = base64.b64decode(entry + "=" * (-len(entry) % 4), altchars=b"-_", validate=True).decode()
    except ValueError:
        raise ApiError(400, f"{entry!r} is not the URL-safe base64 of bucket:key") from None
    bucket, colon, key = text.partition(":")
    return bucket, key if colon else None


def _known_bucket(state: State) -> None:
    asked = query()
    if not asked.get("ak") or not asked.get("bucket"):
        raise ApiError(400, "ak and bucket are needed")
    if state.settings.auth and asked["ak"] != state.credentials.access_key:
        raise ApiError(612, "no such access key")
    if not state.store.has_bucket(asked["bucket"]) and not state.settings.create_buckets:
        raise ApiError(612, "no such bucket")
