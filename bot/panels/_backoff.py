"""How long to wait before the next attempt: longer each time. Waits for nobody."""

from __future__ import annotations

import random

_FIRST_SECONDS = 1.0
_MOST_SECONDS = 60.0


class Backoff:
    """1, 2, 4 ... 60 seconds, each a little less by chance, so that many do not come together."""

    def __init__(self) -> None:
        self._next = _FIRST_SECONDS

    def next(self) -> float:
        """Return the seconds before the next attempt."""
        seconds = self._next
        self._next = min(2 * seconds, _MOST_SECONDS)
        return seconds * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret

    def reset(self) -> None:
        """Begin anew: the last attempt went well."""
        self._next = _FIRST_SECONDS
