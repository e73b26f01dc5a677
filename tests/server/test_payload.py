from __future__ import annotations

from dataclasses import replace

import pytest

from qiniufop.server.jobs import Code, Item, Job, Outcome, Submission
from qiniufop.server.payload import job_object, rfc3339

CREATED = 1_730_366_042_234_999_218
SENT = Submission("bkt", "a.mp4", "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=", reqid="AAAAAAbCdEfGhIjK")
DONE = Item(
    "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=", Code.DONE, Outcome(hash="FrPNF2qz66Bt14JMdgU8Ya7axZx-", key="out.mp4")
)
JOB = Job("z0.5be96c32856db80b4be3d8b6", SENT, Code.DONE, CREATED, (DONE,))


def test_a_job_has_the_published_shape() -> None:
    assert job_object(JOB) == {
        "id": "z0.5be96c32856db80b4be3d8b6",
        "pipeline": "1380000000.default.sys",
        "code": 0,
        "desc": "The fop was completed successfully",
        "reqid": "AAAAAAbCdEfGhIjK",
        "inputBucket": "bkt",
        "inputKey": "a.mp4",
        "creationDate": "2024-10-31T17:14:02.234999218+08:00",
        "items": [
            {
                "cmd": "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=",
                "code": 0,
                "desc": "The fop was completed successfully",
                "hash": "FrPNF2qz66Bt14JMdgU8Ya7axZx-",
                "key": "out.mp4",
                "returnOld": 0,
            }
        ],
    }


@pytest.mark.parametrize(
    ("item", "shown"),
    [
        (
            Item("avthumb/mp4", Code.FAILED, Outcome(error="execute fop cmd failed: not a valid media")),
            {
                "cmd": "avthumb/mp4",
                "code": 3,
                "desc": "The fop is failed",
                "error": "execute fop cmd failed: not a valid media",
                "errorIndex": 0,
                "returnOld": 0,
            },
        ),
        (
            Item("avinfo", Code.DONE, Outcome(result='{"streams":[]}')),
            {
                "cmd": "avinfo",
                "code": 0,
                "desc": "The fop was completed successfully",
                "result": {"streams": []},
                "returnOld": 0,
            },
        ),
        (
            Item("vsample/jpg", Code.DONE, Outcome(keys=("1", "2"))),
            {
                "cmd": "vsample/jpg",
                "code": 0,
                "desc": "The fop was completed successfully",
                "keys": ["1", "2"],
                "returnOld": 0,
            },
        ),
        (
            Item("a", Code.DONE, Outcome(hash="F", key="k", returned_old=True)),
            {
                "cmd": "a",
                "code": 0,
                "desc": "The fop was completed successfully",
                "hash": "F",
                "key": "k",
                "returnOld": 1,
            },
        ),
        (Item("a", Code.WAITING), {"cmd": "a", "code": 1, "desc": "The fop is waiting for execution"}),
        (Item("a", Code.RUNNING), {"cmd": "a", "code": 2, "desc": "The fop is executing now"}),
    ],
)
def test_items(item: Item, shown: dict[str, object]) -> None:
    assert job_object(replace(JOB, items=(item,)))["items"] == [shown]


def test_rare_fields() -> None:
    sent = replace(SENT, type=1, pipeline="q1", task_from="workflow: t")
    shown = job_object(replace(JOB, submission=sent, code=Code.CALLBACK_FAILED))
    assert (shown["type"], shown["pipeline"], shown["taskFrom"]) == (1, "1380000000.q1", "workflow: t")
    assert (shown["code"], shown["desc"]) == (4, "Callback failed")


def test_a_seed_makes_optional_fields_come_and_go() -> None:
    jobs = [replace(JOB, id=f"z0.{n:024x}") for n in range(50)]
    shown = [job_object(job, variants=1) for job in jobs]
    for field in ("creationDate", "type"):
        assert {field in job for job in shown} == {True, False}
    for field in ("error", "returnOld"):
        assert {field in job["items"][0] for job in shown} == {True, False}
    assert shown == [job_object(job, variants=1) for job in jobs]
    assert shown != [job_object(job, variants=2) for job in jobs]


def test_a_returned_old_object_always_says_so() -> None:
    item = replace(DONE, outcome=Outcome(hash="F", key="k", returned_old=True))
    for n in range(50):
        job = replace(JOB, id=str(n), items=(item,))
        assert job_object(job, variants=3)["items"][0]["returnOld"] == 1


def test_times_have_nine_decimals() -> None:
    assert rfc3339(0) == "1970-01-01T08:00:00.000000000+08:00"
