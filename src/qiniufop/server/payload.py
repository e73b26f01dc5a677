"""Jobs in the JSON the service shows."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from random import Random
from typing import Any

from .jobs import Code, Item, Job

DESCRIPTIONS = {
    Code.DONE: "The fop was completed successfully",
    Code.WAITING: "The fop is waiting for execution",
    Code.RUNNING: "The fop is executing now",
    Code.FAILED: "The fop is failed",
    Code.CALLBACK_FAILED: "Callback failed",
}
UID = "1380000000"
"""The account number that names of queues begin with."""

_CHINA = timezone(timedelta(hours=8))


def job_object(job: Job, variants: int | None = None) -> dict[str, Any]:
    """A job as ``/status/get/prefop`` and notifications show it.

    Args:
        variants: a seed. With it the optional fields come and go from job to job, as they do between deployments.
    """
    chance = None if variants is None else Random(f"{variants}:{job.id}")
    sent = job.submission
    shown: dict[str, Any] = {
        "id": job.id,
        "pipeline": f"{UID}.{sent.pipeline or 'default.sys'}",
        "code": int(job.code),
        "desc": DESCRIPTIONS[job.code],
        "reqid": sent.reqid,
        "inputBucket": sent.bucket,
        "inputKey": sent.key,
    }
    if sent.type or _toss(chance):
        shown["type"] = sent.type
    if not _toss(chance):
        shown["creationDate"] = rfc3339(job.created)
    if sent.task_from:
        shown["taskFrom"] = sent.task_from
    shown["items"] = [_item_object(item, chance) for item in job.items]
    return shown


def rfc3339(nanoseconds: int) -> str:
    """A time as the service writes it: nine decimals, in Chinese time."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, _CHINA):%Y-%m-%dT%H:%M:%S}.{rest:09d}+08:00"


def _item_object(item: Item, chance: Random | None) -> dict[str, Any]:
    shown: dict[str, Any] = {"cmd": item.cmd, "code": int(item.code), "desc": DESCRIPTIONS[item.code]}
    outcome = item.outcome
    if item.code in (Code.WAITING, Code.RUNNING):
        return shown
    if outcome.error is not None:
        shown["error"] = outcome.error
        shown["errorIndex"] = outcome.error_index
    elif _toss(chance):
        shown["error"] = ""
    if outcome.hash is not None:
        shown["hash"] = outcome.hash
    if outcome.key is not None:
        shown["key"] = outcome.key
    if outcome.keys is not None:
        shown["keys"] = list(outcome.keys)
    if outcome.result is not None:
        shown["result"] = json.loads(outcome.result)
    if outcome.returned_old or not _toss(chance):
        shown["returnOld"] = int(outcome.returned_old)
    return shown


def _toss(chance: Random | None) -> bool:
    return chance is not None and chance.random() < 0.5
