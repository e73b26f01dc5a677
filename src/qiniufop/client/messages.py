"""Requests, replies and what is asked of a transport: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

CONNECTIONS = 64
"""Idle connections that a transport keeps per host."""

LARGEST_REPLY = 32 * 1024 * 1024
"""Bytes after which a reply is taken for broken."""

USER_AGENT = "qiniufop"


@dataclass(frozen=True)
class Outgoing:
    """A signed request, ready to be sent byte for byte."""

    method: Literal["GET", "POST"]
    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Reply:
    """What came back.

    Attributes:
        headers: names in lower case.
        complete: False when the connection ended before the body did.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool = True

    @property
    def request_id(self) -> str | None:
        """``X-Reqid``, which every genuine reply has."""
        return self.headers.get("x-reqid") or None

    @property
    def text(self) -> str:
        """The body, for people."""
        return self.body.decode("utf-8", "replace")


@dataclass(frozen=True)
class Fault:
    """Nothing came back.

    Attributes:
        sent: whether the request, or a part of it, may have reached the other side.
        error: what the network or the library said.
        timed_out: whether it was a matter of time.
    """

    sent: bool
    error: Exception
    timed_out: bool = False


Answer = Reply | Fault


@dataclass(frozen=True)
class Timeout:
    """How long a request may take, in seconds.

    Attributes:
        connect: until a connection is open.
        read: until the reply is complete.
    """

    connect: float = 5.0
    read: float = 30.0

    @classmethod
    def of(cls, value: Timeout | float | tuple[float, float]) -> Timeout:
        """One number for both, or a pair of (connect, read).

        Raises:
            ValueError: a number is not positive.
        """
        if isinstance(value, Timeout):
            return value
        timeout = cls(*value) if isinstance(value, tuple) else cls(min(value, cls.connect), value)
        if not (timeout.connect > 0 and timeout.read > 0):
            raise ValueError(f"timeout {value!r}: expected positive seconds, or a pair of them (connect, read)")
        return timeout

    def within(self, seconds: float) -> Timeout:
        """The same, but together no longer than ``seconds``."""
        if self.connect + self.read <= seconds:
            return self
        connect = min(self.connect, seconds / 2)
        return Timeout(connect, min(self.read, seconds - connect))


@dataclass(frozen=True)
class Send:
    """Asks for a request to be sent, and for its :data:`Answer`."""

    request: Outgoing
    timeout: Timeout


@dataclass(frozen=True)
class Pause:
    """Asks for some seconds to pass."""

    seconds: float


Step = Send | Pause


class Transport(Protocol):
    """What carries requests: give a client your own to run it over anything, such as an engine in the same process."""

    def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        """Carry one request, never following a redirect, never repeating it, and never raising for a network error."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


class AsyncTransport(Protocol):
    """The same for :class:`~qiniufop.client.aio.AsyncClient`."""

    async def send(self, request: Outgoing, timeout: Timeout) -> Answer:
        """Carry one request; see :meth:`Transport.send`."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
