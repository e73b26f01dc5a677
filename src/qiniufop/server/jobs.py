"""The jobs of the dev server, in sqlite: what was asked, how far it is, what came of it."""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from enum import IntEnum
from pathlib import Path
from threading import Condition, RLock
from typing import Any


class Code(IntEnum):
    """State of a job and of each of its commands."""

    DONE = 0
    WAITING = 1
    RUNNING = 2
    FAILED = 3
    CALLBACK_FAILED = 4


@dataclass(frozen=True, slots=True)
class Submission:
    """What a client asked for.

    Attributes:
        fops: the commands, joined by ``;``.
        force: the text of the ``force`` field, or None. Only ``1`` means yes.
        type: 0 normal, 1 in idle time.
        pipeline: the queue that was named, or empty.
        reqid: ``X-Reqid`` of the request.
        task_from: what started the job, when it was not a plain request: ``workflow: NAME``.
    """

    bucket: str
    key: str
    fops: str
    notify_url: str = ""
    force: str | None = None
    type: int = 0
    pipeline: str = ""
    reqid: str = ""
    task_from: str = ""

    @property
    def forced(self) -> bool:
        """Whether existing outputs are to be replaced."""
        return self.force == "1"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one command.

    Attributes:
        error: why it failed, or None.
        error_index: the stage that failed, counted from 0.
        hash: the service's hash of the output.
        key, keys: where the output, or outputs, are.
        result: the JSON of a command that stores nothing, as text.
        returned_old: the output existed, and the command was not run.
    """

    error: str | None = None
    error_index: int = 0
    hash: str | None = None
    key: str | None = None
    keys: tuple[str, ...] | None = None
    result: str | None = None
    returned_old: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One command of a job."""

    cmd: str
    code: Code
    outcome: Outcome = field(default_factory=Outcome)


@dataclass(frozen=True, slots=True)
class Job:
    """A job and its commands. ``created`` is in nanoseconds since 1970."""

    id: str
    submission: Submission
    code: Code
    created: int
    items: tuple[Item, ...]


_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, code INTEGER NOT NULL, created INTEGER NOT NULL,
    bucket TEXT NOT NULL, key TEXT NOT NULL, fops TEXT NOT NULL, notify_url TEXT NOT NULL, force TEXT,
    type INTEGER NOT NULL, pipeline TEXT NOT NULL, reqid TEXT NOT NULL, task_from TEXT NOT NULL,
    telling INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS by_code ON jobs (code, type, seq);
CREATE INDEX IF NOT EXISTS by_telling ON jobs (telling, seq) WHERE telling;
CREATE TABLE IF NOT EXISTS items (
    job TEXT NOT NULL, n INTEGER NOT NULL, cmd TEXT NOT NULL, code INTEGER NOT NULL, error TEXT, error_index INTEGER,
    hash TEXT, key TEXT, keys TEXT, result TEXT, returned_old INTEGER, PRIMARY KEY (job, n)) WITHOUT ROWID;
"""
_SUBMISSION = "bucket, key, fops, notify_url, force, type, pipeline, reqid, task_from"
_OUTCOME = "error, error_index, hash, key, keys, result, returned_old"
_PENDING = f"code IN ({Code.WAITING:d}, {Code.RUNNING:d}) OR telling"


class JobStore:
    """Jobs in a file, or in memory if ``path`` is None. Safe to use from several threads.

    Jobs that were running when the file was last used wait again.

    Attributes:
        changed: a condition that is notified of every change.
    """

    def __init__(self, path: Path | None = None, *, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._lock = RLock()
        self.changed = Condition(self._lock)
        # One connection under a lock: a thread per HTTP connection would otherwise leave one open each.
        self._db = sqlite3.connect(
            ":memory:" if path is None else path, timeout=10, check_same_thread=False, isolation_level=None
        )
        self._db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; " + _SCHEMA)
        self._db.execute("UPDATE jobs SET code = ? WHERE code = ?", (Code.WAITING, Code.RUNNING))
        self._db.execute("UPDATE items SET code = ? WHERE code = ?", (Code.WAITING, Code.RUNNING))
        self._db.execute("UPDATE jobs SET telling = 1 WHERE telling")

    def add(self, submission: Submission, commands: Sequence[str]) -> str:
        """Queue a job and return its id."""
        job = f"z0.{secrets.token_hex(12)}"
        with self._transaction():
            self._db.execute(
                f"INSERT INTO jobs (id, code, created, {_SUBMISSION}) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                (job, Code.WAITING, self._clock(), *astuple(submission)),
            )
            self._db.executemany(
                "INSERT INTO items (job, n, cmd, code) VALUES (?,?,?,?)",
                [(job, n, cmd, Code.WAITING) for n, cmd in enumerate(commands)],
            )
        return job

    def get(self, job: str) -> Job | None:
        """The job, or None."""
        with self._lock:
            row = self._db.execute(f"SELECT code, created, {_SUBMISSION} FROM jobs WHERE id = ?", (job,)).fetchone()
            if row is None:
                return None
            items = self._db.execute(
                f"SELECT cmd, code, {_OUTCOME} FROM items WHERE job = ? ORDER BY n", (job,)
            ).fetchall()
        return Job(job, Submission(*row[2:]), Code(row[0]), row[1], tuple(_item(item) for item in items))

    def recent(self, limit: int = 100) -> list[Job]:
        """The newest jobs, newest first."""
        with self._lock:
            ids = self._db.execute("SELECT id FROM jobs ORDER BY seq DESC LIMIT ?", (limit,)).fetchall()
            return [job for (id_,) in ids if (job := self.get(id_)) is not None]

    def claim(self) -> Job | None:
        """Take the oldest waiting job, which runs from now on; idle-time jobs come last."""
        with self._transaction():
            row = self._db.execute(
                "SELECT id FROM jobs WHERE code = ? ORDER BY type, seq LIMIT 1", (Code.WAITING,)
            ).fetchone()
            if row is None:
                return None
            self._db.execute("UPDATE jobs SET code = ? WHERE id = ?", (Code.RUNNING, row[0]))
            return self.get(row[0])

    def begin(self, job: str, n: int) -> None:
        """Command ``n`` runs from now on."""
        with self._transaction():
            self._db.execute("UPDATE items SET code = ? WHERE job = ? AND n = ?", (Code.RUNNING, job, n))

    def record(self, job: str, n: int, outcome: Outcome) -> None:
        """Command ``n`` has ended."""
        o = outcome
        code = Code.DONE if outcome.error is None else Code.FAILED
        keys = None if outcome.keys is None else json.dumps(outcome.keys)
        with self._transaction():
            self._db.execute(
                f"UPDATE items SET ({_OUTCOME}) = (?,?,?,?,?,?,?), code = ? WHERE job = ? AND n = ?",
                (o.error, o.error_index, o.hash, o.key, keys, o.result, o.returned_old, code, job, n),
            )

    def finish(self, job: str) -> None:
        """Every command has ended: the job fails with any of them. A notification is due, if one was asked for."""
        with self._transaction():
            self._db.execute(
                "UPDATE jobs SET telling = notify_url <> '', code ="
                " CASE WHEN EXISTS (SELECT 1 FROM items WHERE job = id AND items.code <> ?) THEN ? ELSE ? END"
                " WHERE id = ?",
                (Code.DONE, Code.FAILED, Code.DONE, job),
            )

    def claim_notification(self) -> Job | None:
        """Take the oldest ended job whose notification is due."""
        with self._transaction():
            row = self._db.execute("SELECT id FROM jobs WHERE telling = 1 ORDER BY seq LIMIT 1").fetchone()
            if row is None:
                return None
            self._db.execute("UPDATE jobs SET telling = 2 WHERE id = ?", row)
            return self.get(row[0])

    def due(self) -> tuple[bool, bool]:
        """Whether a job waits to be run, and whether one waits to be told about."""
        with self._lock:
            run = self._db.execute("SELECT 1 FROM jobs WHERE code = ? LIMIT 1", (Code.WAITING,)).fetchone()
            tell = self._db.execute("SELECT 1 FROM jobs WHERE telling = 1 LIMIT 1").fetchone()
        return run is not None, tell is not None

    def told(self, job: str, delivered: bool) -> None:
        """The notification is over. An undelivered one shows in the code of a job that had not failed."""
        with self._transaction():
            self._db.execute("UPDATE jobs SET telling = 0 WHERE id = ?", (job,))
            if not delivered:
                self._db.execute(
                    "UPDATE jobs SET code = ? WHERE id = ? AND code = ?", (Code.CALLBACK_FAILED, job, Code.DONE)
                )

    def pending(self) -> int:
        """How many jobs have not ended, or have a notification due."""
        with self._lock:
            return int(self._db.execute(f"SELECT count(*) FROM jobs WHERE {_PENDING}").fetchone()[0])

    def settle(self, job: str | None = None, timeout: float | None = None) -> bool:
        """Wait until a job, or every job, has ended and its notification is over.

        Returns:
            False if ``timeout`` seconds passed first.
        """
        query = f"SELECT 1 FROM jobs WHERE ({_PENDING}) AND (? IS NULL OR id = ?) LIMIT 1"
        with self.changed:
            return self.changed.wait_for(lambda: self._db.execute(query, (job, job)).fetchone() is None, timeout)

    def clear(self) -> None:
        """Forget every job."""
        with self._transaction():
            self._db.execute("DELETE FROM jobs")
            self._db.execute("DELETE FROM items")

    def close(self) -> None:
        """Let go of the file. What still runs may record no more."""
        with self._lock:
            self._db.close()

    def _transaction(self) -> _Transaction:
        return _Transaction(self._db, self.changed)


class _Transaction:
    """Holds the lock and a write transaction; tells those who wait for a change."""

    def __init__(self, db: sqlite3.Connection, changed: Condition) -> None:
        self._db = db
        self._changed = changed

    def __enter__(self) -> None:
        self._changed.acquire()
        try:
            self._db.execute("BEGIN IMMEDIATE")
        except BaseException:
            self._changed.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self._db.execute("COMMIT" if kind is None else "ROLLBACK")
            self._changed.notify_all()
        finally:
            self._changed.release()


def _item(row: tuple[Any, ...]) -> Item:
    cmd, code, error, error_index, hash_, key, keys, result, returned_old = row
    many = None if keys is None else tuple(json.loads(keys))
    return Item(cmd, Code(code), Outcome(error, error_index or 0, hash_, key, many, result, bool(returned_old)))
