"""How often and how fast to try again. Numbers only."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Retries:
    """How a single call is repeated when :mod:`qiniufop.client.judge` allows it.

    Attributes:
        limit: how many times at most, after the first attempt.
        first: seconds before the first repetition; each later one waits twice as long.
        longest: seconds that one pause may last, whatever ``Retry-After`` says.
        throttled: seconds before the first repetition when the service says that it is asked too often (573).
        jitter: gives a number from 0 to 1; pauses are shortened by up to a half of it, so that many clients spread out.
    """

    limit: int = 3
    first: float = 0.5
    longest: float = 30.0
    throttled: float = 2.0
    jitter: Callable[[], float] = random.random

    @classmethod
    def of(cls, value: Retries | int) -> Retries:
        """A number of repetitions, or the whole policy.

        Raises:
            ValueError: the number is negative.
        """
        if isinstance(value, Retries):
            return value
        if value < 0:
            raise ValueError(f"retries={value}: expected 0 or more")
        return cls(limit=value)

    def pause(self, attempt: int, *, throttled: bool = False, after: float = 0.0) -> float:
        """Seconds to wait after the ``attempt``-th failure, counted from 1.

        Args:
            after: what the server asked for; never undercut, except by ``longest``.
        """
        start = self.throttled if throttled else self.first
        grown = min(start * 2.0 ** min(attempt - 1, 20), self.longest)
        return max(grown * (1 - 0.5 * self.jitter()), min(after, self.longest))


def poll_interval(age: float) -> float:
    """Seconds until the next look at a job that is ``age`` seconds old.

    A fifth of its age, from a quarter of a second to 15 seconds: soon enough for a thumbnail, cheap enough for a film.
    """
    return min(max(0.25, age * 0.2), 15.0)
