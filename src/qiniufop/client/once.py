"""Handling every job once, although a notification may come twice and polling may find the job, too."""

from __future__ import annotations

import sqlite3
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


class Once(ABC):
    """Remembers what was handled.

    ```python
    with once.handling(event.id) as fresh:
        if fresh:
            publish(event.outputs)
    ```
    """

    @abstractmethod
    def add(self, name: str) -> bool:
        """Remember ``name``; True if it is new. Of several callers at one time exactly one is told True."""

    @abstractmethod
    def discard(self, name: str) -> None:
        """Forget ``name``."""

    @contextmanager
    def handling(self, name: str) -> Generator[bool, None, None]:
        """Whether ``name`` is new. If what is done about it fails, it is forgotten, so that it can be tried again."""
        fresh = self.add(name)
        try:
            yield fresh
        except BaseException:
            if fresh:
                self.discard(name)
            raise


class OnceInMemory(Once):
    """For one process.

    Args:
        limit: how many names are remembered; the oldest are forgotten first.
    """

    def __init__(self, limit: int = 100_000) -> None:
        self._limit = limit
        self._names: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, name: str) -> bool:
        with self._lock:
            if name in self._names:
                return False
            self._names[name] = None
            if len(self._names) > self._limit:
                self._names.popitem(last=False)
            return True

    def discard(self, name: str) -> None:
        with self._lock:
            self._names.pop(name, None)


class OnceInFile(Once):
    """For several processes on one machine, and for restarts.

    Args:
        path: of an SQLite file, which is made if need be.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = str(path)
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS handled (name TEXT PRIMARY KEY) WITHOUT ROWID")

    def add(self, name: str) -> bool:
        with self._open() as database:
            return database.execute("INSERT OR IGNORE INTO handled VALUES (?)", (name,)).rowcount == 1

    def discard(self, name: str) -> None:
        with self._open() as database:
            database.execute("DELETE FROM handled WHERE name = ?", (name,))

    @contextmanager
    def _open(self) -> Generator[sqlite3.Connection, None, None]:
        database = sqlite3.connect(self._path, timeout=30)
        try:
            with database:
                yield database
        finally:
            database.close()
