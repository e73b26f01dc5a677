"""Requests to addresses that somebody else chose: refused unless the host is allowed and every address of it is fit.

The name is looked up once and the connection goes to an address that was checked, so that a second answer of the name
server changes nothing. Proxies of the environment are not used.
"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

from ..errors import FopError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Iterable[str]]

MAX_REDIRECTS = 3
MAX_BYTES = 64 * 1024 * 1024
"""The longest reply that is read."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")


class NetworkRefused(FopError):
    """A URL may not be asked for."""


class NetworkFailed(FopError):
    """A URL was asked for in vain."""


def lookup(host: str, port: int) -> list[str]:
    """Every address of a host, as text."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True)
class Policy:
    """Which hosts may be asked.

    Attributes:
        allow: host names, ``*.example.com`` for every name below one, ``*`` for all, or networks such as
            ``172.18.0.0/16``. The addresses of a named host must be global; those of a listed network are fit as well.
        loopback: whether this machine itself may be asked, under any name.
    """

    allow: tuple[str, ...] = ()
    loopback: bool = False
    lookup: Lookup = field(default=lookup, repr=False)

    def addresses(self, host: str, port: int) -> list[str]:
        """Addresses that may be connected to.

        Raises:
            NetworkRefused: the host is not allowed, or one of its addresses is unfit.
            NetworkFailed: the host has no address.
        """
        try:
            found = [ipaddress.ip_address(text.partition("%")[0]) for text in self.lookup(host, port)]
        except (OSError, ValueError) as error:
            raise NetworkFailed(f"{host}: no such host") from error
        if not found:
            raise NetworkFailed(f"{host}: no such host")
        named = any(_matches(pattern, host) for pattern in self.allow)
        networks = [n for n in map(_network, self.allow) if n is not None]
        for address in found:
            listed = any(address in network for network in networks)
            if listed or (self.loopback and address.is_loopback):
                continue
            if not named:
                raise NetworkRefused(f"{host} is not among the allowed hosts")
            if not is_public(address):
                raise NetworkRefused(f"{host} leads to {address}, which is no public address")
        return [str(address) for address in found]


def is_public(address: Address) -> bool:
    """Whether an address, and any address hidden in it, belongs to the public Internet."""
    if isinstance(address, ipaddress.IPv6Address):
        inner: list[ipaddress.IPv4Address | None] = [address.ipv4_mapped, address.sixtofour]
        inner += address.teredo or ()
        if address in _NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address in _LOCAL_NAT64 or not all(is_public(v4) for v4 in inner if v4 is not None):
            return False
        if address.ipv4_mapped is not None:
            return True
    return address.is_global and not address.is_multicast


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def request(
    policy: Policy,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    seconds: float = 10.0,
    max_bytes: int = MAX_BYTES,
    redirects: int = MAX_REDIRECTS,
) -> Reply:
    """Ask for a URL; each redirect is checked like the first request.

    Args:
        seconds: for the whole of it, redirects and the last byte included.
        redirects: how many are followed. With 0 a redirect is the reply.

    Raises:
        NetworkRefused: the URL is not http or https, names a user, or its host may not be asked.
        NetworkFailed: no reply, or one that is too long or too slow.
    """
    deadline = time.monotonic() + seconds
    for _ in range(redirects + 1):
        reply = _once(policy, method, url, headers or {}, body, deadline, max_bytes)
        where = reply.headers.get("location")
        if redirects == 0 or reply.status not in (301, 302, 303, 307, 308) or not where:
            return reply
        url = urljoin(url, where)
    raise NetworkFailed(f"{url}: more than {redirects} redirects")


def _once(
    policy: Policy, method: str, url: str, headers: Mapping[str, str], body: bytes, deadline: float, max_bytes: int
) -> Reply:
    from urllib3.exceptions import HTTPError

    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise NetworkRefused(f"{url!r} is no URL") from error
    if parts.scheme not in ("http", "https") or not host:
        raise NetworkRefused(f"{url!r}: only http and https are asked")
    if parts.username is not None or parts.password is not None:
        raise NetworkRefused(f"a URL for {host} names a user, which is not allowed")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    problem: Exception | None = None
    for address in policy.addresses(host, port):
        left = deadline - time.monotonic()
        if left <= 0:
            raise NetworkFailed(f"{host}: took too long")
        pool = _pool(parts.scheme, host, address, port, left)
        try:
            fields = {"Host": parts.netloc, "Accept-Encoding": "identity", **headers}
            response = pool.urlopen(
                method, target, body=body or None, headers=fields, redirect=False, retries=False, preload_content=False
            )
            return Reply(
                response.status,
                {k.lower(): v for k, v in response.headers.items()},
                _read(response, host, deadline, max_bytes),
            )
        except (HTTPError, OSError) as error:
            problem = error
        finally:
            pool.close()
    raise NetworkFailed(f"{host}: {type(problem).__name__}") from problem


def _pool(scheme: str, host: str, address: str, port: int, seconds: float) -> Any:
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, Timeout

    timeout = Timeout(total=seconds)
    if scheme == "http":
        return HTTPConnectionPool(address, port, timeout=timeout)
    return HTTPSConnectionPool(address, port, timeout=timeout, server_hostname=host, assert_hostname=host)


def _read(response: Any, host: str, deadline: float, max_bytes: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    for chunk in response.stream(65536):
        size += len(chunk)
        if size > max_bytes:
            raise NetworkFailed(f"{host}: the reply is longer than {max_bytes} bytes")
        if time.monotonic() > deadline:
            raise NetworkFailed(f"{host}: took too long")
        chunks.append(chunk)
    return b"".join(chunks)


def _matches(pattern: str, host: str) -> bool:
    pattern, host = pattern.lower(), host.lower().rstrip(".")
    return pattern in ("*", host) or (pattern.startswith("*.") and host.endswith(pattern[1:]))


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
