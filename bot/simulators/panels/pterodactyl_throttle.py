"""Owns the panel's request budget: a fixed window per user. Knows nothing of what is asked."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_errors import Refusal

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Clock

WINDOW_SECONDS = 60


@dataclass(slots=True)
class _Window:
    ends: float
    used: int = 0


class Throttle:
    """So many requests a minute; the minute begins with a user's first request."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def take(self, who: str) -> dict[str, str]:
        """Count a request and return the headers for its answer; refuses with 429."""
        now, limit = self._clock(), self._settings.requests_per_minute
        window = self._windows.get(who)
        if window is None or now >= window.ends:
            window = self._windows[who] = _Window(now + WINDOW_SECONDS)
        if window.used >= limit:
            wait = math.ceil(window.ends - now)
            raise Refusal(
                429,
                "ThrottleRequestsException",
                detail="Too Many Attempts.",
                headers=_headers(limit, 0)
                | {"Retry-After": str(wait), "X-RateLimit-Reset": str(int(now) + wait)},
            )
        window.used += 1
        return _headers(limit, limit - window.used)


def _headers(limit: int, remaining: int) -> dict[str, str]:
    return {"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": str(remaining)}
