"""Shares out the few states that 0.7 tells each minute. Sends nothing and waits for nothing."""

from __future__ import annotations

import math
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bot.domain.ports import Clock

# Per user, over all servers together, in windows of a minute.
_TURNS = 15
_WINDOW_SECONDS = 60.0
# What lists leave over while somebody waits for news of a server.
_FOR_PEOPLE = 5
_PEOPLE_STAY_SECONDS = 300.0


class Turns:
    """15 in any minute; those who waited longest come first."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._running = 0
        self._ended: deque[float] = deque()
        self._last: dict[str, float] = {}
        self._closed_until = -math.inf
        self._people_until = -math.inf

    def in_order(self, server_ids: Collection[str]) -> list[str]:
        """Return them by their last turn, those without one first; all others are forgotten."""
        last = self._last
        self._last = {key: last[key] for key in server_ids if key in last}
        return sorted(server_ids, key=lambda key: last.get(key, -math.inf))

    @contextmanager
    def turn(self, server_id: str, *, of_a_list: bool = False) -> Iterator[bool]:
        """Take a turn, which ends with the block; False where there is none left."""
        now = self._clock.monotonic()
        if not self._is_free(now, _TURNS - self._kept(now, of_a_list=of_a_list)):
            yield False
            return
        self._last[server_id] = now
        self._running += 1
        try:
            yield True
        finally:
            self._running -= 1
            # The panel has counted it by now, at a moment that only the panel knows.
            self._ended.append(self._clock.monotonic())

    def expect_people(self) -> None:
        """Somebody looks at a single server, and will want to see how it goes on."""
        self._people_until = self._clock.monotonic() + _PEOPLE_STAY_SECONDS

    def close(self, seconds: float | None) -> None:
        """Give none for so long: the panel counts others who use this account as well."""
        wait = _WINDOW_SECONDS if seconds is None else seconds
        self._closed_until = self._clock.monotonic() + wait

    def _kept(self, now: float, *, of_a_list: bool) -> int:
        return _FOR_PEOPLE if of_a_list and now < self._people_until else 0

    def _is_free(self, now: float, turns: int) -> bool:
        while self._ended and self._ended[0] + _WINDOW_SECONDS <= now:
            self._ended.popleft()
        return now >= self._closed_until and self._running + len(self._ended) < turns
