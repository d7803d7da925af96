"""How many requests may still be sent, and how long to wait for more. Sends nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from multidict import istr

from bot.domain.haste import background

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.ports import Clock

MAX_IN_FLIGHT = 10
MAX_IN_BACKGROUND = 8
"""Of these."""
WINDOW_SECONDS = 60.0
PATIENCE_SECONDS = 60.0
_ROUNDING = 0.001
_MAX_DIGITS = 9
# Made once: a header's name in any case is found by its lower case.
_LIMIT = istr("X-RateLimit-Limit")
_REMAINING = istr("X-RateLimit-Remaining")


class Patience:
    """How long one call waits in all before it gives up; waits that overlap count once.

    Unless told otherwise that is a minute, and in the background as long as it takes.
    """

    def __init__(self, clock: Clock, seconds: float | None = None) -> None:
        usual = PATIENCE_SECONDS if background() is None else math.inf
        self._clock = clock
        self._left = usual if seconds is None else seconds
        self._waited_until = clock.monotonic()

    async def wait(self, seconds: float) -> bool:
        """Wait and return True; at once False where that is more than is left."""
        now = self._clock.monotonic()
        end = now + seconds
        more = max(end - max(now, self._waited_until), 0.0)
        if more > self._left + _ROUNDING:
            return False
        self._left -= more
        self._waited_until = max(end, self._waited_until)
        await self._clock.sleep(seconds)
        return True


class Budget:
    """The requests that are left in the present window of what a panel counts together.

    Pterodactyl counts in fixed windows of 60 s from the first request, per user: browser tabs
    and other keys of the same user take their share, so the panel's figure counts, not ours.
    Where a panel states no figure, `rest` is the seconds for each request in the long run.
    """

    def __init__(self, clock: Clock, *, rest: float = 0.0) -> None:
        self.window = 0
        """The number of the present window."""
        self._clock = clock
        self._limit: int | None = None
        self._remaining: int | None = None
        self._ends = clock.monotonic()
        self._is_answered = False
        """Whether the panel has answered in this window."""
        self._rest = rest
        self._rested = clock.monotonic()
        """When all requests so far have had their rest."""

    @property
    def left(self) -> int | None:
        """How many requests may still be sent; None where the panel states no figure."""
        return self._limit if self._clock.monotonic() >= self._ends else self._remaining

    def take(self, *, spare: float = 0.0) -> float:
        """Take one request and return 0; or return the seconds until there may be one.

        `spare` is the part of a window's requests, or of those at once, that must be left.
        """
        now = self._clock.monotonic()
        early = self._rested - now - (1 - spare) * (MAX_IN_FLIGHT - 1) * self._rest
        if early > _ROUNDING:
            return early
        wait = self._take_of_window(now, spare)
        if not wait:
            self._rested = max(self._rested, now) + self._rest
        return wait

    def _take_of_window(self, now: float, spare: float) -> float:
        if now >= self._ends:
            self.window += 1
            self._remaining = self._limit
            self._ends = now + WINDOW_SECONDS
            self._is_answered = False
        if self._remaining is None:
            return 0.0
        must_stay = spare * (self._limit or 0) - _ROUNDING
        if self._remaining and self._remaining - 1 >= must_stay:
            self._remaining -= 1
            return 0.0
        return self._ends - now

    def note(self, headers: Mapping[str, str], *, window: int) -> None:
        """Learn from the answer to a request of that window; a refused key is told nothing."""
        if window != self.window:
            return
        limit, told = _count(headers.get(_LIMIT, "")), _count(headers.get(_REMAINING, ""))
        if limit is None or told is None:
            return
        self._limit, known = limit, self._remaining
        # More than there can be in our window: the panel has begun a new one.
        is_new = known is None or told > known + MAX_IN_FLIGHT
        if is_new or not self._is_answered:
            self._ends = self._clock.monotonic() + WINDOW_SECONDS
            self._is_answered = True
        self._remaining = told if known is None or is_new else min(known, told)

    def close(self, seconds: float) -> None:
        """Let nobody through for so long: the panel said that it is too much."""
        self._remaining = 0
        self._ends = self._clock.monotonic() + seconds
        self._is_answered = True


def _count(text: str) -> int | None:
    is_count = text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS
    return int(text) if is_count else None
