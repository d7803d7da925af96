"""Tells what people wait for from what nobody does. Sends nothing itself.

Whoever asks panels in the background says so once, around all of it; whoever sends a request
for it, many calls further down, finds that here.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from math import inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.ports import Clock

SHARE = 0.4
"""Of a panel's budget, for all that nobody waits for; the rest is always there for people."""


class Background:
    """How much of a panel's budget may be used without anybody waiting for it, and how fast."""

    def __init__(
        self, clock: Clock, *, share: float = SHARE, pause: float = 0.0, spread: float = inf
    ) -> None:
        self.share = share
        self._clock = clock
        self._pause = pause
        """Seconds from one request to the next."""
        self._next = clock.monotonic()
        self._until = self._next + spread
        """After that there are no pauses any more."""

    async def turn(self) -> None:
        """Wait for the time of the next request."""
        now = self._clock.monotonic()
        turn = max(self._next, now)
        self._next = max(turn, min(turn + self._pause, self._until))
        if turn > now:
            await self._clock.sleep(turn - now)


_background: ContextVar[Background | None] = ContextVar("background", default=None)


@contextmanager
def in_background(background: Background) -> Iterator[None]:
    """Let all that is asked in the block, also by tasks that it starts, give way to people."""
    token = _background.set(background)
    try:
        yield
    finally:
        _background.reset(token)


def background() -> Background | None:
    """Return in whose background we are; None where somebody waits."""
    return _background.get()
