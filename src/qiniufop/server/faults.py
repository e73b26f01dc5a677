"""Misbehaviour on request, so that a client can be tried against it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from threading import Event, Lock
from typing import Any, Literal, cast, get_args

from ..errors import FopError

Kind = Literal["status", "redirect", "drop", "drop-after", "truncate", "no-reqid", "not-json", "slow"]
Endpoint = Literal["any", "submit", "status", "upload", "query", "object", "manage"]


class BadFault(FopError, ValueError):
    """A fault is described wrongly."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave.

    Attributes:
        kind: ``status`` answers with ``status`` and does nothing; ``redirect`` answers a path without its trailing
            slash with a redirect to the one with it; ``drop`` closes the connection before the request is acted on;
            ``drop-after`` does so afterwards; ``truncate`` ends the reply early; ``no-reqid`` leaves ``X-Reqid`` out;
            ``not-json`` answers 200 with HTML and does nothing; ``slow`` waits ``seconds`` and then answers as usual.
        on: the requests it is about.
        times: how many of them; None for all until it is cleared.
        skip: how many are let through before.
        status: HTTP status, 100 to 999; for ``redirect`` one from 300 to 399, by default 301.
        body: text of the reply to ``status``; by default JSON with an ``error``.
        headers: further headers of that reply, such as ``Retry-After``.
        seconds: how long ``slow`` waits.
    """

    kind: Kind
    on: Endpoint = "any"
    times: int | None = None
    skip: int = 0
    status: int = 503
    body: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise BadFault(f"there is no fault {self.kind!r}: expected one of {', '.join(get_args(Kind))}")
        if self.on not in get_args(Endpoint):
            raise BadFault(f"no requests are called {self.on!r}: expected one of {', '.join(get_args(Endpoint))}")
        if not 100 <= self.status <= 999:
            raise BadFault(f"status {self.status} is none: expected 100 to 999")

    @property
    def redirect_status(self) -> int:
        """The status of a redirect."""
        return self.status if 300 <= self.status <= 399 else 301


class Faults:
    """The faults that are switched on, oldest first. A request meets the first that is about it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._active: list[list[Any]] = []
        self.variants: int | None = None
        """A seed: optional fields of jobs come and go with it. None shows them as the service does today."""
        self.unchecked: frozenset[str] = frozenset()
        """Checks of a submission that are left out: ``fields exclusive stages type idle bucket source``."""
        self._calm = Event()

    def add(self, kind: Kind, **options: Any) -> Fault:
        """Switch a fault on; the options are the attributes of :class:`Fault`.

        Raises:
            BadFault: an option is unknown or has a value it cannot have.
        """
        known = {f.name for f in fields(Fault)}
        for name in options:
            if name not in known:
                raise BadFault(f"a fault has no {name!r}: expected some of {', '.join(sorted(known))}")
        try:
            fault = Fault(kind, **options)
        except TypeError as error:
            raise BadFault(f"a value has the wrong kind: {error}") from error
        with self._lock:
            self._active.append([fault, fault.skip, fault.times])
        return fault

    def clear(self) -> None:
        """Behave. Slow replies that are under way are sent at once."""
        with self._lock:
            self._active.clear()
            self.variants, self.unchecked = None, frozenset()
            self._calm.set()
            self._calm = Event()

    def take(self, endpoint: str, path: str) -> Fault | None:
        """The fault that this request meets, counted."""
        with self._lock:
            for entry in self._active:
                fault: Fault = entry[0]
                if fault.on not in ("any", endpoint) or (fault.kind == "redirect" and path.endswith("/")):
                    continue
                if entry[1] > 0:
                    entry[1] -= 1
                    continue
                if entry[2] is not None:
                    entry[2] -= 1
                    if entry[2] <= 0:
                        self._active.remove(entry)
                return fault
        return None

    def wait(self, seconds: float) -> None:
        """Be slow, unless the faults are cleared meanwhile."""
        self._calm.wait(seconds)

    def show(self) -> dict[str, Any]:
        """What is switched on, as JSON has it."""
        with self._lock:
            faults = [{**asdict(fault), "skip": skip, "times": times} for fault, skip, times in self._active]
        return {"faults": faults, "variants": self.variants, "unchecked": sorted(self.unchecked)}

    def load(self, settings: object) -> None:
        """Switch on what JSON says: a fault, a list of faults, or the whole that :meth:`show` gives.

        Raises:
            BadFault: it says something else.
        """
        if isinstance(settings, list):
            self._load_all(cast("list[object]", settings))
        elif isinstance(settings, dict):
            named = cast("dict[str, Any]", settings)
            if "kind" in named:
                self._load_all([named])
                return
            unknown = set(named) - {"faults", "variants", "unchecked"}
            if unknown:
                raise BadFault(f"there is no switch {sorted(unknown)[0]!r}: expected faults, variants or unchecked")
            self._load_all(named.get("faults", []))
            if "variants" in named:
                self.variants = named["variants"]
            if "unchecked" in named:
                self.unchecked = frozenset(named["unchecked"])
        else:
            raise BadFault('expected a JSON object such as {"kind": "status", "status": 503, "times": 1}')

    def _load_all(self, faults: Iterable[object]) -> None:
        for fault in faults:
            if not isinstance(fault, dict) or "kind" not in fault:
                raise BadFault("each fault is a JSON object with a kind")
            self.add(**cast("dict[str, Any]", fault))
