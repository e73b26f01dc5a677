"""The service in one object: a store, jobs that really run, and the HTTP API, with or without a socket."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..client.auth import Credentials
from ..engine.artifact import Artifact
from ..engine.limits import ONLINE, Limits
from ..errors import FopError, MissingExtraError
from .addresses import Resolver
from .commands import CommandRunner, Engine, read_command, split
from .folder import OWN, FolderStore
from .gate import WSGI
from .jobs import Job, JobStore, Submission
from .network import Policy
from .notify import PAUSES, Notifier
from .payload import job_object
from .state import Seen, Settings, State
from .store import MemoryStore, Meta, ObjectStore, StoredObject
from .worker import Workers

if TYPE_CHECKING:
    from typing_extensions import Self

    from ..client.client import Client
    from .faults import Faults

ACCESS_KEY = "qiniufop-dev-access-key"
"""The access key of servers that are given none. It is public: it protects nothing."""
SECRET_KEY = "qiniufop-dev-secret-key"
"""The secret key that belongs to it, just as public."""

IN_PROCESS = "http://emulator.qiniufop.test"
"""Where :meth:`Emulator.client` believes the service to be."""

DRAIN_SECONDS = 60.0
END_SECONDS = 5.0
"""How long :meth:`Emulator.close` waits at most for the programs it ended."""


class NoSuchObject(FopError, LookupError):
    """There is no object of that key."""


class Emulator:
    """The service, emulated in this process; a context manager. Use :class:`DevServer` to reach it over HTTP.

    Args:
        root: the folder that keeps objects (``root/BUCKET/KEY``) and jobs. Without it everything is in a temporary
            folder, which is removed at the end.
        memory: keep objects and jobs in memory instead; ``root`` must then be None.
        access_key, secret_key: the keys that signatures are checked against, by default a public pair.
        auth: False accepts every request.
        engine: what runs commands, by default a :class:`~qiniufop.engine.engine.LocalEngine`.
        notify_allow: hosts besides this machine that notifications may go to: names, ``*.example.com``, or networks.
        fetch_allow: hosts that commands may read from over the network; by default none.
        workers: jobs that run at the same time. Default: the number of CPUs.
        seed: a folder ``seed/BUCKET/KEY`` that is copied into the store.
        domains: host names that serve a bucket, such as ``{"cdn.example.com": "photos"}``.
        styles: named commands for ``GET``.
        templates: commands by the name of a workflow template.
        private: buckets whose objects need a signed URL.
        create_buckets: whether uploads and ``saveas`` make a bucket that is missing.
        limits: what a job's command may cost.
        online: what a ``GET`` may cost.
        notify_pauses: seconds before each further try of a notification.

    Raises:
        MissingExtraError: Flask is not installed.
        StoreInUse: another server works in ``root``.
    """

    def __init__(
        self,
        root: str | os.PathLike[str] | None = None,
        *,
        memory: bool = False,
        access_key: str = ACCESS_KEY,
        secret_key: str = SECRET_KEY,
        auth: bool = True,
        engine: Engine | None = None,
        notify_allow: Sequence[str] = (),
        fetch_allow: Sequence[str] = (),
        workers: int | None = None,
        seed: str | os.PathLike[str] | None = None,
        domains: Mapping[str, str] | None = None,
        styles: Mapping[str, str] | None = None,
        templates: Mapping[str, str] | None = None,
        private: Sequence[str] = (),
        create_buckets: bool = True,
        limits: Limits | None = None,
        online: Limits = ONLINE,
        notify_pauses: tuple[float, ...] = PAUSES,
    ) -> None:
        if memory and root is not None:
            raise ValueError("root and memory exclude each other")
        settings = Settings(
            auth=auth,
            private=frozenset(private),
            domains=dict(domains or {}),
            styles=dict(styles or {}),
            templates=dict(templates or {}),
            create_buckets=create_buckets,
            limits=limits or Limits(),
            online=online,
        )
        credentials = Credentials(access_key, secret_key)
        build = _builder()
        self._temporary = (
            None
            if memory or root is not None
            else tempfile.TemporaryDirectory(prefix="qiniufop-dev-", ignore_cleanup_errors=True)
        )
        store, jobs = _open(root if self._temporary is None else self._temporary.name)
        self._closed = False
        self._sessions: list[Any] = []
        self._resolver = Resolver(store, settings.domains, self._process, Policy(tuple(fetch_allow)))
        self._resolver.own.add(IN_PROCESS.partition("://")[2])
        # A directory that is taken away at the end makes the engine end the programs that work in it.
        self._work = tempfile.TemporaryDirectory(prefix="qiniufop-work-", ignore_cleanup_errors=True)
        self._own_engine = engine is None
        self._engine = engine or _local_engine(self._resolver, settings.limits, Path(self._work.name))
        self.state = State(
            settings=settings,
            credentials=credentials,
            store=store,
            jobs=jobs,
            runner=CommandRunner(self._engine, store, limits=settings.limits, create_buckets=create_buckets),
            policy=Policy(tuple(notify_allow), loopback=True),
        )
        self._workers = Workers(
            jobs,
            self.state.runner,
            lambda pause: Notifier(credentials, self.state.policy, self._show, pause, notify_pauses),
            workers or os.cpu_count() or 1,
        )
        self.wsgi: WSGI = build(self.state, self.reset)
        """The application, for a WSGI server of your own."""
        if seed is not None:
            try:
                store.seed(seed)
            except BaseException:
                Emulator.close(self)
                raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def start(self) -> None:
        """Begin to run jobs."""
        self._workers.start()

    def close(self) -> None:
        """Stop. Commands that run are cut off; their jobs wait again when ``root`` is used the next time."""
        if self._closed:
            return
        self._closed = True
        for session in self._sessions:
            session.close()
        self.state.faults.clear()
        self._workers.stop()
        self._work.cleanup()
        if self._own_engine:
            self._workers.join(END_SECONDS)
        self.state.jobs.close()
        self.state.store.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    @property
    def url(self) -> str:
        """Where clients find it, without a slash at the end."""
        return IN_PROCESS

    @property
    def access_key(self) -> str:
        """The access key that requests are signed with."""
        return self.state.credentials.access_key

    @property
    def secret_key(self) -> str:
        """The secret key that requests are signed with."""
        return self.state.credentials.secret_key

    @property
    def faults(self) -> Faults:
        """Misbehaviour that can be switched on."""
        return self.state.faults

    @property
    def requests(self) -> list[Seen]:
        """The requests that were answered, oldest first; at most the last 10,000."""
        return list(self.state.seen)

    def client(self, **options: Any) -> Client:
        """A client of this server; further options are those of :class:`~qiniufop.client.Client`."""
        from ..client.client import Client

        if "session" not in options and "transport" not in options:
            options["session"] = self.session()
        return Client(self.access_key, self.secret_key, api_host=self.url, **options)

    def session(self) -> Any:
        """A ``requests`` session that reaches this emulator without a socket. Closed with the emulator."""
        import requests

        from .adapter import EngineAdapter

        session = requests.Session()
        session.trust_env = False
        session.mount(IN_PROCESS, EngineAdapter(self))
        self._sessions.append(session)
        return session

    def put(self, bucket: str, key: str, data: bytes | str | os.PathLike[str], *, mime: str = "") -> StoredObject:
        """Store an object; the bucket is made if it is missing.

        Args:
            data: bytes, or the path of a file.
            mime: MIME type; by default guessed.
        """
        self.state.store.create_bucket(bucket)
        return self.state.store.put(bucket, key, data if isinstance(data, bytes) else Path(data), Meta(mime))

    def get(self, bucket: str, key: str) -> bytes:
        """The content of an object.

        Raises:
            NoSuchObject: there is none.
        """
        found = self.state.store.get(bucket, key)
        if found is None:
            near = ", ".join(self.keys(bucket)[:10])
            raise NoSuchObject(f"there is no kodo://{bucket}/{key}; the bucket has {near or 'no objects'}")
        return found.read()

    def keys(self, bucket: str) -> list[str]:
        """The keys of a bucket."""
        return self.state.store.keys(bucket)

    def job(self, id: str) -> Job | None:
        """A job as the server knows it, or None."""
        return self.state.jobs.get(id)

    def drain(self, timeout: float = DRAIN_SECONDS) -> None:
        """Wait until every job has ended and every notification is over.

        Raises:
            TimeoutError: ``timeout`` seconds were not enough.
        """
        if not self.state.jobs.settle(timeout=timeout):
            raise TimeoutError(f"{self.state.jobs.pending()} jobs have not ended after {timeout:g} s")

    def reset(self) -> None:
        """Forget jobs, faults, requests and every object that was stored through the server."""
        self.state.faults.clear()
        self.state.jobs.clear()
        self.state.store.clear()
        self.state.seen.clear()

    def submit(self, bucket: str, key: str, fops: str, *, force: bool = False) -> str:
        """Queue a job without HTTP, checks or signatures, and return its id."""
        submission = Submission(bucket, key, fops, force="1" if force else None)
        return self.state.jobs.add(submission, split(fops))

    def _show(self, job: Job) -> dict[str, Any]:
        return job_object(job, self.state.faults.variants)

    def _process(self, source: StoredObject, text: str) -> Artifact:
        command, limits = read_command(text, "sync"), self.state.settings.online
        return self._engine.run(source.artifact(), command, key=source.key, bucket=source.bucket, limits=limits)


def _open(root: str | os.PathLike[str] | None) -> tuple[ObjectStore, JobStore]:
    if root is None:
        return MemoryStore(), JobStore()
    store = FolderStore(root)
    return store, JobStore(store.root / OWN / "jobs.sqlite")


def _local_engine(resolver: Resolver, limits: Limits, workdir: Path) -> Engine:
    from ..engine.engine import LocalEngine

    return LocalEngine(resolver=resolver, limits=limits, workdir=workdir)


def _builder() -> Any:
    try:
        from .app import build
    except ImportError as error:
        if (error.name or "").partition(".")[0] in ("flask", "werkzeug"):
            raise MissingExtraError("the dev server", "local") from error
        raise
    return build
