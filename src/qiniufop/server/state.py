"""What the views of the dev server share."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..client.auth import Credentials
from ..engine.limits import ONLINE, Limits
from .commands import CommandRunner
from .faults import Faults
from .jobs import JobStore
from .network import Policy
from .store import ObjectStore

MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """How the dev server behaves.

    Attributes:
        auth: whether signatures are checked.
        private: buckets whose objects need a signed URL.
        domains: host names that serve a bucket, such as ``{"cdn.example.com": "photos"}``; the path is then the key.
        styles: named commands for ``GET``, such as ``{"small": "imageView2/2/w/200"}``.
        separator: what stands between a key and a style's name.
        templates: commands by the name of a workflow template.
        create_buckets: whether uploads and ``saveas`` make a bucket that is missing.
        limits: what a job's command may cost.
        online: what a ``GET`` may cost.
        body_bytes: the longest body of a request other than an upload.
        upload_bytes: the longest upload.
    """

    auth: bool = True
    private: frozenset[str] = frozenset()
    domains: Mapping[str, str] = field(default_factory=dict[str, str])
    styles: Mapping[str, str] = field(default_factory=dict[str, str])
    separator: str = "-"
    templates: Mapping[str, str] = field(default_factory=dict[str, str])
    create_buckets: bool = True
    limits: Limits = field(default_factory=Limits)
    online: Limits = ONLINE
    body_bytes: int = MIB
    upload_bytes: int = 1024 * MIB


@dataclass(frozen=True)
class Seen:
    """A request that came in.

    Attributes:
        target: path and query, as sent.
        form: the fields of a form, decoded.
        status: of the reply.
    """

    method: str
    target: str
    form: Mapping[str, str]
    status: int


@dataclass
class State:
    """One emulator: its objects, jobs and switches."""

    settings: Settings
    credentials: Credentials
    store: ObjectStore
    jobs: JobStore
    runner: CommandRunner
    policy: Policy
    faults: Faults = field(default_factory=Faults)
    seen: deque[Seen] = field(default_factory=lambda: deque[Seen](maxlen=10_000))

    def open_bucket(self, bucket: str) -> bool:
        """Whether a bucket can be written to; it is made if it is missing and that is allowed.

        Raises:
            BadName: it is to be made, and cannot have this name.
        """
        if not self.store.has_bucket(bucket) and self.settings.create_buckets:
            self.store.create_bucket(bucket)
        return self.store.has_bucket(bucket)
