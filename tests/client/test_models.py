"""Statuses are read whatever is missing, older, newer or odd."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from qiniufop.client.errors import JobFailed, ServiceError, SubmitUncertain, WaitTimeout
from qiniufop.client.models import JobStatus, Output, State, saved_entry
from qiniufop.client.waiting import job_failed, read_status, timed_out

from .fault_server import job

ID = "z0.0123456789abcdef01234567"
PUBLISHED = job(
    0,
    {
        "cmd": "avthumb/mp4|saveas/Ymt0Om91dC5tcDQ=",
        "code": 0,
        "desc": "The fop was completed successfully",
        "hash": "FrPNF2qz66Bt14JMdgU8Ya7axZx-",
        "key": "out.mp4",
        "returnOld": 1,
    },
    creationDate="2024-10-31T17:14:02.234999218+08:00",
)


def test_the_published_shape() -> None:
    status = JobStatus.model_validate(PUBLISHED)
    assert status.ok
    assert status.done
    assert not status.notify_failed
    assert (status.id, status.input_bucket, status.input_key, status.reqid) == (ID, "bkt", "a.mp4", "AAAAAAbCdEfGhIjK")
    assert status.items[0].returned_old
    assert status.outputs == (Output(bucket="bkt", key="out.mp4", hash="FrPNF2qz66Bt14JMdgU8Ya7axZx-"),)
    assert status.created_at == datetime(2024, 10, 31, 17, 14, 2, 234999, timezone(timedelta(hours=8)))


def test_the_wire_names_come_back() -> None:
    status = JobStatus.model_validate({**PUBLISHED, "new": 1})
    wire = status.model_dump(by_alias=True, exclude_unset=True, mode="json")
    assert wire == {**PUBLISHED, "new": 1, "items": [{**PUBLISHED["items"][0], "returnOld": True}]}
    assert JobStatus.model_validate(wire) == status
    assert JobStatus.model_validate(status.model_dump()) == status


@pytest.mark.parametrize(
    "payload",
    [
        {"code": 1},
        {"code": 1, "items": None, "type": None, "desc": None, "pipeline": None, "inputKey": None, "reqid": None},
        {"code": 1, "items": [], "creationDate": "", "taskFrom": None, "id": None},
    ],
)
def test_everything_but_the_code_may_be_missing(payload: dict[str, Any]) -> None:
    status = JobStatus.model_validate(payload)
    assert status.state is State.WAITING
    assert (status.items, status.outputs, status.created_at, status.input_key) == ((), (), None, "")
    assert read_status(payload, ID).id == ID


@pytest.mark.parametrize(
    ("item", "outputs"),
    [
        ({"code": 0, "key": "k", "keys": None, "error": None, "cmd": None}, [("src", "k")]),
        ({"code": 0, "key": "k", "cmd": "a|saveas/b3RoZXI6aw=="}, [("other", "k")]),
        ({"code": 0, "key": "k", "cmd": "a|saveas/b3RoZXI6aw"}, [("other", "k")]),
        ({"code": 0, "key": "k", "cmd": "a|saveas/b3RoZXI=/deleteAfterDays/3"}, [("other", "k")]),
        ({"code": 0, "key": "k", "cmd": "a|saveas/!!!"}, [("src", "k")]),
        ({"code": 0, "key": "", "cmd": "a"}, [("src", "")]),
        ({"code": 0, "cmd": "a"}, []),
        ({"code": 0, "cmd": "a|saveas/b3RoZXI6aw==", "hash": "F"}, [("other", "k")]),
        ({"code": 0, "cmd": "a|saveas/b3RoZXI=", "hash": "F"}, [("other", None)]),
        ({"code": 4, "keys": ["1", "2"], "cmd": "a|saveas/b3RoZXI="}, [("other", "1"), ("other", "2")]),
        ({"code": 0, "result": {"a": 1}}, [("src", None)]),
        ({"code": 3, "key": "k"}, []),
        ({"code": 9, "key": "k"}, []),
        ({"code": 1}, []),
    ],
)
def test_outputs(item: dict[str, Any], outputs: list[tuple[str, str | None]]) -> None:
    status = JobStatus.model_validate({"code": 0, "inputBucket": "src", "items": [item]})
    assert [(o.bucket, o.key) for o in status.outputs] == outputs


@pytest.mark.parametrize(
    ("code", "items", "state", "ok", "failed"),
    [
        (0, [0, 0], State.SUCCEEDED, True, 0),
        (0, [0, 3], State.SUCCEEDED, False, 1),
        (0, [0, 6], State.SUCCEEDED, False, 1),
        (0, [], State.SUCCEEDED, True, 0),
        (3, [], State.FAILED, False, 0),
        (3, [0, 0], State.FAILED, False, 0),
        (4, [0, 4], State.NOTIFY_FAILED, True, 0),
        (4, [0, 3], State.NOTIFY_FAILED, False, 1),
        (1, [1], State.WAITING, False, 0),
        (2, [0, 2, 3], State.RUNNING, False, 0),
        (5, [5], State.UNKNOWN, False, 0),
        (-1, [], State.UNKNOWN, False, 0),
    ],
)
def test_verdicts(code: int, items: list[int], state: State, ok: bool, failed: int) -> None:
    status = JobStatus.model_validate({"code": code, "items": [{"code": c} for c in items]})
    assert (status.state, status.ok, len(status.failed)) == (state, ok, failed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-10-31T17:14:02Z", "2024-10-31T17:14:02+00:00"),
        ("2024-10-31T17:14:02", "2024-10-31T17:14:02+00:00"),
        ("2024-10-31 17:14:02.5+0800", "2024-10-31T17:14:02.500000+08:00"),
        ("2024-10-31T17:14:02.123456789-03:30", "2024-10-31T17:14:02.123456-03:30"),
        ("2024-13-31T17:14:02Z", None),
        ("yesterday", None),
    ],
)
def test_dates(text: str, expected: str | None) -> None:
    status = JobStatus.model_validate({"code": 0, "creationDate": text})
    assert (status.created_at.isoformat() if status.created_at else None) == expected
    assert status.creation_date == text


@pytest.mark.parametrize(
    ("cmd", "entry"),
    [
        ("a|saveas/Ymt0OmE6Yg==", ("bkt", "a:b")),
        ("saveas/Ymt0", ("bkt", None)),
        ("a|saveas/Ymt0Og==", ("bkt", "")),
        ("a|saveas", None),
        ("a|saveas/_w==", None),
        ("saveas/Ymt0|a", None),
        ("", None),
    ],
)
def test_entries(cmd: str, entry: tuple[str, str | None] | None) -> None:
    assert saved_entry(cmd) == entry


def test_error_a_task_of_another_api() -> None:
    with pytest.raises(ServiceError) as caught:
        read_status({"version": "v3", "code": 0}, ID)
    assert str(caught.value) == (
        f"{ID} is a task of a V3 workflow, not a job of pfop\n    Query it at dora.qiniuapi.com/v3/task/status/."
    )


def test_error_a_failed_job_without_items() -> None:
    assert str(job_failed(JobStatus(id=ID, code=3, desc="The fop is failed"))) == f"job {ID}: failed: The fop is failed"


def test_errors_can_be_pickled() -> None:
    status = JobStatus.model_validate(PUBLISHED)
    failed = JobFailed("failed", result=status, hint="h")
    copy = pickle.loads(pickle.dumps(failed))
    assert (type(copy), str(copy), copy.result) == (JobFailed, str(failed), status)
    late = pickle.loads(pickle.dumps(timed_out(ID, 3.0, status)))
    assert (type(late), late.id, late.last) == (WaitTimeout, ID, status)
    lost = pickle.loads(pickle.dumps(SubmitUncertain("lost", bucket="b", key="k")))
    assert (lost.bucket, lost.key, str(lost)) == ("b", "k", "lost")


def test_a_long_body_is_cut() -> None:
    assert ServiceError("x", body="a" * 501).body == "a" * 500 + "…"
    assert ServiceError("x", body="a" * 500).body == "a" * 500
