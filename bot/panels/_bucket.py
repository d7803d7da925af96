"""Spreads what is done over time: so many at once, then one every so often. Does nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.ports import Clock


class Bucket:
    """Holds `burst` turns and gets a new one every so many seconds."""

    def __init__(self, clock: Clock, *, every: float, burst: int) -> None:
        self._clock = clock
        self._every = every
        self._lead = every * (burst - 1)
        self._next = clock.monotonic() - self._lead

    async def take(self) -> None:
        """Wait for a turn; who asks first is first."""
        now = self._clock.monotonic()
        turn = max(self._next, now - self._lead)
        self._next = turn + self._every
        if turn > now:
            await self._clock.sleep(turn - now)
