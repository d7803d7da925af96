"""Owns how many frames a node of 1.12 takes from one socket. Knows no frame's meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.simulators.world import Clock

# Seconds for each, and how many at once.
_ALL = (0.2, 10)
_OTHERS = (1.0, 4)
_ROUNDING = 0.001
_BY_EVENT = {"auth": (5.0, 2), "send logs": (5.0, 2), "send command": (1.0, 10)}


class FrameThrottle:
    """The token buckets of one socket."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: dict[str, float] = {}
        self._told: set[str] = set()

    def take(self, event: str) -> str | None:
        """Return None if the frame is taken, else what is full: `global`, or the event."""
        pool = event if event in _BY_EVENT else "other"
        for name, limit in (("global", _ALL), (pool, _BY_EVENT.get(event, _OTHERS))):
            if not self._take(name, *limit):
                return "global" if name == "global" else event
        self._told.clear()
        return None

    def is_news(self, what: str) -> bool:
        """Whether the client was not told yet that this is full."""
        if what in self._told:
            return False
        self._told.add(what)
        return True

    def _take(self, name: str, every: float, burst: int) -> bool:
        now = self._clock()
        used = max(self._used.get(name, now), now)
        if used - now > every * (burst - 1) + _ROUNDING:
            return False
        self._used[name] = used + every
        return True
