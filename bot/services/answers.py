"""Counts how quickly people are answered. Knows neither who they are nor what they wanted."""

from __future__ import annotations

from collections import Counter
from itertools import accumulate
from typing import TYPE_CHECKING

from bot.domain.health import Answered

if TYPE_CHECKING:
    from bot.domain.ports import Clock

LONGEST = 3.0
"""The seconds that Discord waits for a first answer."""
_STEPS = (0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 2.5, LONGEST, 5.0, 10.0)
_GIVEN_UP = 60.0
"""Seconds after which no answer is waited for any more."""


class Answers:
    """What people did in Discord, from when it came in to its first answer."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[int, float] = {}
        """When it came, by its id; the oldest stand first."""
        self._counts: Counter[str] = Counter()
        self._steps: Counter[float] = Counter()
        self._seconds = 0.0
        self._late = 0

    def came(self, key: int, sort: str) -> None:
        """Note that something came in; `sort` is one of a few words."""
        now = self._clock.monotonic()
        while self._open and now - (oldest := next(iter(self._open.items())))[1] > _GIVEN_UP:
            del self._open[oldest[0]]
            self._late += 1
        self._counts[sort] += 1
        self._open[key] = now

    def answered(self, key: int) -> None:
        """Note that Discord took the first answer; further ones do not count."""
        came = self._open.pop(key, None)
        if came is None:
            return
        seconds = self._clock.monotonic() - came
        self._seconds += seconds
        self._steps[next((step for step in _STEPS if seconds <= step), float("inf"))] += 1
        self._late += seconds > LONGEST

    def refused(self, key: int) -> None:
        """Note that Discord does not want it any more."""
        if self._open.pop(key, None) is not None:
            self._late += 1

    def so_far(self) -> Answered:
        """Return all of it."""
        now = self._clock.monotonic()
        steps = (*_STEPS, float("inf"))
        sums = accumulate(self._steps[step] for step in steps)
        return Answered(
            counts=dict(self._counts),
            within=dict(zip(steps, sums, strict=True)),
            seconds=self._seconds,
            late=self._late + sum(now - came > LONGEST for came in self._open.values()),
        )
