"""Owns Discord's rate limits as they are observed. Does not know what the requests do.

Figures: 50 a second per bot is documented, interactions exempt. The others are community
observations (Discord says: read the headers): 5 in 5 s per channel for posts and for edits, 5 in
2 s per interaction token, 3 edits in 6 s per channel of messages older than one hour.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.simulators.discord.errors import limited

if TYPE_CHECKING:
    from collections.abc import Callable

OLD_SECONDS = 3600.0
_OLD_EDITS_CODE = 30046


@dataclass(frozen=True, slots=True)
class Limit:
    """So many requests in so many seconds."""

    name: str
    count: int
    seconds: float


GLOBAL = Limit("global", 50, 1.0)
POSTS = Limit("posts", 5, 5.0)
EDITS = Limit("edits", 5, 5.0)
WEBHOOK = Limit("webhook", 5, 2.0)
OLD_EDITS = Limit("old-edits", 3, 6.0)


class Buckets:
    """Counts in fixed windows that begin with the first request, as Discord's do."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.enabled = True
        self._clock = clock
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}

    def take(self, limit: Limit, key: str) -> dict[str, str]:
        """Count one request and return the headers of its answer; raises a 429 beyond the limit."""
        if not self.enabled:
            return {}
        allowed, reset, left = self._count(limit, key)
        headers = self._headers(limit, reset, left)
        if not allowed:
            error = limited(reset - self._clock(), scope="user")
            error.headers |= headers
            raise error
        return headers

    def take_global(self) -> None:
        """Count one request of the bot; raises a global 429 beyond fifty a second."""
        if self.enabled:
            allowed, reset, _ = self._count(GLOBAL, "")
            if not allowed:
                raise limited(reset - self._clock(), scope="global")

    def take_old_edit(self, channel_id: int) -> None:
        """Count one edit of an old message; this limit shows in no header before it strikes."""
        if self.enabled:
            allowed, reset, _ = self._count(OLD_EDITS, str(channel_id))
            if not allowed:
                raise limited(reset - self._clock(), scope="user", code=_OLD_EDITS_CODE)

    def _count(self, limit: Limit, key: str) -> tuple[bool, float, int]:
        now = self._clock()
        reset, used = self._windows.get((limit.name, key), (0.0, 0))
        if now >= reset:
            reset, used = now + limit.seconds, 0
        allowed = used < limit.count
        used += allowed
        self._windows[(limit.name, key)] = (reset, used)
        return allowed, reset, limit.count - used

    def _headers(self, limit: Limit, reset: float, left: int) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(limit.count),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{reset:.3f}",
            "X-RateLimit-Reset-After": f"{max(reset - self._clock(), 0):.3f}",
            "X-RateLimit-Bucket": hashlib.sha256(limit.name.encode()).hexdigest()[:32],
        }
