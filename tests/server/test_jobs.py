from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from qiniufop.server.jobs import Code, JobStore, Outcome, Submission

SENT = Submission("bkt", "a.mp4", "avthumb/mp4;vframe/jpg/offset/1", reqid="R")
COMMANDS = ["avthumb/mp4", "vframe/jpg/offset/1"]


@pytest.fixture
def jobs() -> Iterator[JobStore]:
    made = JobStore(clock=lambda: 1_700_000_000_123_456_789)
    yield made
    made.close()


def test_a_job_waits_runs_and_is_done(jobs: JobStore) -> None:
    id_ = jobs.add(SENT, COMMANDS)
    waiting = jobs.get(id_)
    assert waiting is not None
    assert (waiting.code, waiting.submission, waiting.created) == (Code.WAITING, SENT, 1_700_000_000_123_456_789)
    assert [(i.cmd, i.code) for i in waiting.items] == [(c, Code.WAITING) for c in COMMANDS]
    running = jobs.claim()
    assert running is not None
    assert (running.id, running.code) == (id_, Code.RUNNING)
    assert jobs.claim() is None
    jobs.begin(id_, 0)
    begun = jobs.get(id_)
    assert begun is not None
    assert [i.code for i in begun.items] == [Code.RUNNING, Code.WAITING]
    done = Outcome(hash="F1", key="k", returned_old=True)
    many = Outcome(keys=("1.jpg", "2.jpg"))
    jobs.record(id_, 0, done)
    jobs.record(id_, 1, many)
    jobs.finish(id_)
    ended = jobs.get(id_)
    assert ended is not None
    assert ended.code is Code.DONE
    assert [(i.code, i.outcome) for i in ended.items] == [(Code.DONE, done), (Code.DONE, many)]


def test_one_failed_command_fails_the_job(jobs: JobStore) -> None:
    id_ = jobs.add(SENT, COMMANDS)
    jobs.claim()
    jobs.record(id_, 0, Outcome(result='{"a":1}'))
    jobs.record(id_, 1, Outcome(error="no", error_index=2))
    jobs.finish(id_)
    ended = jobs.get(id_)
    assert ended is not None
    assert ended.code is Code.FAILED
    assert [i.code for i in ended.items] == [Code.DONE, Code.FAILED]
    assert (ended.items[1].outcome.error, ended.items[1].outcome.error_index) == ("no", 2)


def test_the_job_of_another_is_left_alone(jobs: JobStore) -> None:
    first, second = jobs.add(SENT, COMMANDS), jobs.add(SENT, COMMANDS)
    jobs.claim()
    jobs.record(first, 0, Outcome(error="no"))
    jobs.record(first, 1, Outcome())
    jobs.finish(first)
    other = jobs.get(second)
    assert other is not None
    assert other.code is Code.WAITING
    assert {i.code for i in other.items} == {Code.WAITING}


def test_ids_look_like_the_services(jobs: JobStore) -> None:
    ids = {jobs.add(SENT, []) for _ in range(50)}
    assert len(ids) == 50
    for id_ in ids:
        region, _, rest = id_.partition(".")
        assert region == "z0"
        assert len(rest) == 24
        assert int(rest, 16) >= 0


def test_idle_jobs_come_last(jobs: JobStore) -> None:
    idle = jobs.add(Submission("b", "k", "x", type=1), ["x"])
    normal = jobs.add(Submission("b", "k", "x"), ["x"])
    order = [job.id for job in iter(jobs.claim, None)]
    assert order == [normal, idle]


def test_every_job_is_claimed_once_by_many_threads(tmp_path: Path) -> None:
    jobs = JobStore(tmp_path / "jobs.sqlite")
    ids = [jobs.add(SENT, COMMANDS) for _ in range(200)]
    claimed: list[str] = []

    def work() -> None:
        claimed.extend(job.id for job in iter(jobs.claim, None))

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ids)
    jobs.close()


def test_what_ran_waits_again_after_a_restart(tmp_path: Path) -> None:
    first = JobStore(tmp_path / "jobs.sqlite")
    id_ = first.add(Submission("b", "k", "x;y", notify_url="http://127.0.0.1/"), ["x", "y"])
    told = first.add(Submission("b", "k", "x", notify_url="http://127.0.0.1/"), [])
    first.claim()
    first.record(id_, 0, Outcome(key="k"))
    first.begin(id_, 1)
    first.claim()
    first.finish(told)
    assert first.claim_notification() is not None
    first.close()
    second = JobStore(tmp_path / "jobs.sqlite")
    again = second.claim()
    assert again is not None
    assert again.id == id_
    assert [i.code for i in again.items] == [Code.DONE, Code.WAITING]
    due = second.claim_notification()
    assert due is not None
    assert due.id == told
    second.close()


@pytest.mark.parametrize(
    ("outcome", "delivered", "code"),
    [
        (Outcome(), True, Code.DONE),
        (Outcome(), False, Code.CALLBACK_FAILED),
        (Outcome(error="no"), True, Code.FAILED),
        (Outcome(error="no"), False, Code.FAILED),
    ],
)
def test_notifications(jobs: JobStore, outcome: Outcome, delivered: bool, code: Code) -> None:
    id_ = jobs.add(Submission("b", "k", "x", notify_url="http://127.0.0.1/"), ["x"])
    jobs.claim()
    assert jobs.claim_notification() is None
    jobs.record(id_, 0, outcome)
    jobs.finish(id_)
    assert jobs.pending() == 1
    assert jobs.due() == (False, True)
    claimed = jobs.claim_notification()
    assert claimed is not None
    assert (claimed.id, jobs.claim_notification()) == (id_, None)
    jobs.told(id_, delivered)
    ended = jobs.get(id_)
    assert ended is not None
    assert (ended.code, jobs.pending()) == (code, 0)


def test_no_notification_is_due_without_a_url(jobs: JobStore) -> None:
    id_ = jobs.add(SENT, [])
    jobs.finish(id_)
    assert jobs.claim_notification() is None
    assert jobs.pending() == 0


def test_settling_waits_for_the_end_and_gives_up_in_time(jobs: JobStore) -> None:
    id_ = jobs.add(SENT, [])
    assert not jobs.settle(timeout=0)
    assert not jobs.settle(id_, timeout=0)
    assert jobs.settle("another", timeout=0)
    thread = Thread(target=lambda: jobs.finish(id_))
    thread.start()
    assert jobs.settle(timeout=10)
    thread.join()


def test_a_failed_transaction_changes_nothing(jobs: JobStore) -> None:
    with pytest.raises(sqlite3.Error):
        jobs.add(SENT, [object()])  # type: ignore[list-item]
    assert jobs.recent() == []
    assert jobs.add(SENT, COMMANDS)


def test_clearing(jobs: JobStore) -> None:
    id_ = jobs.add(SENT, COMMANDS)
    jobs.clear()
    assert jobs.get(id_) is None
    jobs.record(id_, 0, Outcome())
    jobs.finish(id_)
    assert jobs.recent() == []


def test_only_the_text_1_forces() -> None:
    forced = {text: Submission("b", "k", "x", force=text).forced for text in ("1", "True", "true", "2", "", "0", "1.0")}
    assert [text for text, yes in forced.items() if yes] == ["1"]
    assert not Submission("b", "k", "x").forced
