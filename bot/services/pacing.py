"""When a panel is looked at next, and how well that goes. Looks at nothing itself."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from bot.domain.watching import PanelHealth

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bot.domain.ports import Clock

_LONGEST_BACKOFF = 300.0
_LATE_INTERVALS = 5
_SHORTEST_REST = 0.1
"""Of the interval, also where a look has taken longer than that."""
_MOST_DOUBLINGS = 10
_BUG = "bug"
_SLOWEST = 0.25
"""Seconds from one question of a look to the next, at most."""


class Pace:
    """The looks at one panel: their times and what became of them.

    `chance` is a number from 0 to 1, another one each time: many panels shall not be looked at
    in the same moment.
    """

    def __init__(self, clock: Clock, *, interval: float, chance: Callable[[], float]) -> None:
        self.interval = interval
        self.is_late = False
        """Whether it was found to be."""
        self._clock = clock
        self._chance = chance
        self._began = clock.monotonic()
        self._look_began = self._began
        self._took = 0.0
        """By the last good look."""
        self._pause: float | None = None
        self._seen: float | None = None
        self._last_success: datetime | None = None
        self._servers = 0
        self._failed_in_a_row = 0
        self._failures: Counter[str] = Counter()

    @property
    def is_new(self) -> bool:
        """Whether no look has succeeded yet."""
        return self._seen is None

    @property
    def lag(self) -> float:
        """The seconds since the last success, or else since the beginning."""
        since = self._began if self._seen is None else self._seen
        return self._clock.monotonic() - since

    @property
    def is_overdue(self) -> bool:
        """Whether there was no success for five intervals, or five times what a look takes."""
        return self.lag > _LATE_INTERVALS * max(self.interval, self._took)

    @property
    def between_questions(self) -> float:
        """The seconds between two questions of the next look, by the servers of the last.

        At the first look people wait for what there is.
        """
        if self._seen is None:
            return 0.0
        return min(_SLOWEST, self.for_questions / max(self._servers, 1))

    @property
    def for_questions(self) -> float:
        """The seconds over which the questions of a look are spread: half of the interval."""
        return self.interval / 2

    def before_the_first(self) -> float:
        """Return the seconds to wait where the panel was looked at by somebody just now."""
        return self.interval * (1 + self._chance()) / 2

    def begin(self) -> None:
        """Note that a look begins."""
        self._look_began = self._clock.monotonic()
        self._pause = None

    def succeed(self, servers: int) -> None:
        """Note that it has brought so many servers."""
        now = self._clock.monotonic()
        self._took = now - self._look_began
        rest = max(self.interval - self._took, _SHORTEST_REST * self.interval)
        self._pause = self.before_the_first() if self.is_new else rest
        self._seen, self._last_success = now, self._clock.now()
        self._servers = servers
        self._failed_in_a_row = 0

    def fail(self, failure: str, *, at_least: float = 0.0) -> None:
        """Note that it has failed; the next look comes later each time."""
        self._failures[failure] += 1
        backoff = self.interval * 2.0 ** min(self._failed_in_a_row, _MOST_DOUBLINGS)
        self._failed_in_a_row += 1
        backoff = min(backoff, max(_LONGEST_BACKOFF, self.interval))
        self._pause = max(backoff * (3 + self._chance()) / 4, at_least)

    def rest(self) -> float:
        """Return the seconds to the next look; one of which nothing was noted failed as well."""
        if self._pause is None:
            self.fail(_BUG)
        return self._pause or 0.0

    def health(self, *, followed: int) -> PanelHealth:
        """Return how well it goes."""
        return PanelHealth(
            last_success=self._last_success,
            lag_seconds=self.lag,
            interval_seconds=self.interval,
            is_late=self.is_overdue,
            servers=self._servers,
            followed=followed,
            failures=dict(self._failures),
        )
