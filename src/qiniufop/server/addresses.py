"""Objects and commands behind URLs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote, urlsplit

from ..engine.artifact import Artifact
from ..engine.errors import FopFailed
from ..errors import FopError
from .mime import UNKNOWN, guess
from .network import Policy, request
from .store import ObjectStore, StoredObject

_PARAMETER = re.compile(r"[A-Za-z0-9_.-]*=")
"""How a part of the query begins that is no command: ``e=``, ``token=``, ``attname=``, ``v=``."""

FETCH_SECONDS = 30.0


def locate(domains: Mapping[str, str], host: str, target: str) -> tuple[str, str]:
    """Bucket and key of a target: by the host's name for configured domains, else by the path."""
    path = unquote(target.partition("?")[0]).removeprefix("/")
    bucket = domains.get(host) or domains.get(host.partition(":")[0])
    if bucket is not None:
        return bucket, path
    bucket, _, key = path.partition("/")
    return bucket, key


def commands_of(target: str) -> str:
    """The commands in a query: its first part, unless that is ``name=value``. Empty for none."""
    first = unquote(target.partition("?")[2].partition("&")[0])
    return "" if _PARAMETER.match(first) else first


class Resolver:
    """Finds what commands refer to: in the store, behind a configured domain or the server's own URL, else nowhere.

    Args:
        domains: host names that serve a bucket.
        process: runs a command on an object, for a URL with one.
        policy: other hosts that may be asked over the network; by default none.
    """

    def __init__(
        self,
        store: ObjectStore,
        domains: Mapping[str, str],
        process: Callable[[StoredObject, str], Artifact],
        policy: Policy | None = None,
    ) -> None:
        self._store = store
        self._domains = domains
        self._process = process
        self._policy = policy or Policy()
        self.own: set[str] = set()
        """Hosts, with their ports, under which the server itself is reached."""

    def __call__(self, reference: str) -> Artifact:
        """The content behind ``kodo://bucket/key`` or a URL.

        Raises:
            FopFailed: nothing is there, or it may not be asked for.
        """
        scheme, _, rest = reference.partition("://")
        if scheme == "kodo":
            bucket, _, key = rest.partition("/")
            return self._store.artifact(bucket, key)
        if scheme not in ("http", "https"):
            raise FopFailed("source", f"failed to GET {reference}: only kodo, http and https are known")
        host, slash, path = rest.partition("/")
        if host in self.own or host in self._domains or host.partition(":")[0] in self._domains:
            return self._here(reference, host, slash + path)
        return self._elsewhere(reference, host)

    def _here(self, reference: str, host: str, target: str) -> Artifact:
        bucket, key = locate(self._domains, host, target)
        found = self._store.get(bucket, key)
        if found is None:
            raise FopFailed("source", f"failed to GET {reference}: there is no kodo://{bucket}/{key}")
        text = commands_of(target)
        return self._process(found, text) if text else found.artifact()

    def _elsewhere(self, reference: str, host: str) -> Artifact:
        if not self._policy.allow:
            raise FopFailed(
                "source", f"failed to GET {reference}: the network is off, and no bucket has the domain {host}"
            )
        try:
            reply = request(self._policy, "GET", reference, seconds=FETCH_SECONDS)
        except FopError as error:
            raise FopFailed("source", f"failed to GET {reference}: {error}") from error
        if reply.status != 200:
            raise FopFailed("source", f"failed to GET {reference}: status {reply.status}")
        name = unquote(urlsplit(reference).path).rpartition("/")[2]
        mime = reply.headers.get("content-type", "").partition(";")[0].strip()
        known = mime if mime and mime != UNKNOWN else guess(name, reply.body[:16])
        return Artifact(known, data=reply.body, name=name)
