"""Which hosts serve what: by region, by bucket, by job id."""

from __future__ import annotations

import difflib
import re
import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

REGIONS: Mapping[str, str] = {
    "z0": "East China, Zhejiang",
    "cn-east-2": "East China, Zhejiang 2",
    "z1": "North China",
    "z2": "South China",
    "cn-northwest-1": "Northwest China",
    "na0": "North America",
    "as0": "Southeast Asia, Singapore",
    "ap-southeast-2": "Hanoi",
    "ap-southeast-3": "Ho Chi Minh City",
}
"""Region ids and where they are."""

DEFAULT_HOST = "api.qiniuapi.com"
BUCKET_QUERY_HOSTS = ("uc.qiniuapi.com", "kodo-config.qiniuapi.com", "uc.qbox.me")

SHORTEST_TTL = 60.0
LONGEST_TTL = 86400.0


def base_url(host: str) -> str:
    """``host`` as the beginning of a URL: https unless it says otherwise, and nothing after the host.

    Raises:
        ValueError: it has a path, a query, user info, white space, or a scheme other than http and https.
    """
    scheme, mark, rest = host.partition("://")
    if not mark:
        scheme, rest = "https", host
    rest = rest.rstrip("/")
    if scheme not in ("http", "https") or not re.fullmatch(r"[^\s/?#@]+", rest):
        raise ValueError(
            f"api_host {host!r}: expected a host such as 'api-z0.qiniuapi.com' or 'http://127.0.0.1:8899', "
            "without a path, because paths are signed"
        )
    return f"{scheme}://{rest}"


def region_hosts(region: str) -> tuple[str, ...]:
    """The hosts of a region, best first, as beginnings of URLs.

    Raises:
        ValueError: no region has this id.
    """
    if region not in REGIONS:
        near = difflib.get_close_matches(region, REGIONS, n=1, cutoff=0.5)
        guess = f"did you mean {near[0]!r}?" if near else f"expected 'auto' or one of {', '.join(REGIONS)}."
        raise ValueError(f"region {region!r} does not exist; {guess} For any other host give api_host.")
    first = f"https://api-{region}.qiniuapi.com"
    return (first, f"https://{DEFAULT_HOST}") if region == "z0" else (first,)


def hosts_for_job(job_id: str) -> tuple[str, ...]:
    """Hosts that know a job: that of the region in its id, then the default one, which is said to know all."""
    region, dot, _ = job_id.partition(".")
    default = f"https://{DEFAULT_HOST}"
    if not dot or region not in REGIONS:
        return (default,)
    return tuple(dict.fromkeys((*region_hosts(region), default)))


def read_bucket_query(payload: Mapping[str, Any], scheme: str = "https") -> tuple[tuple[str, ...], float]:
    """The API hosts and the seconds they stay valid, from the reply to a bucket query; no hosts if it names none."""
    regions: object = payload.get("hosts")
    if not isinstance(regions, list) or not regions:
        return (), 0.0
    found: list[str] = []
    ttl = LONGEST_TTL
    first: object = cast("list[object]", regions)[0]
    if isinstance(first, dict):
        entry = cast("dict[str, Any]", first)
        api: object = entry.get("api")
        if isinstance(api, dict):
            for part in ("domains", "old"):
                names: object = cast("dict[str, Any]", api).get(part)
                if isinstance(names, list):
                    found += [n for n in cast("list[object]", names) if isinstance(n, str) and n]
        seconds: object = entry.get("ttl")
        if isinstance(seconds, (int, float)):
            ttl = float(seconds)
    bases = tuple(dict.fromkeys(n if "://" in n else f"{scheme}://{n}" for n in found))
    return bases, min(max(ttl, SHORTEST_TTL), LONGEST_TTL)


class HostCache:
    """The hosts of buckets, each for as long as the service said. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}

    def get(self, bucket: str, now: float) -> tuple[str, ...] | None:
        """The hosts of ``bucket``, unless they are unknown or too old at ``now`` (monotonic seconds)."""
        known = self._known.get(bucket)
        return known[1] if known and now < known[0] else None

    def stale(self, bucket: str) -> tuple[str, ...] | None:
        """The hosts of ``bucket``, however old: better than none when the directory cannot be reached."""
        known = self._known.get(bucket)
        return known[1] if known else None

    def put(self, bucket: str, hosts: Sequence[str], until: float) -> None:
        """Keep the hosts of ``bucket`` until a monotonic time."""
        with self._lock:
            self._known[bucket] = (until, tuple(hosts))
