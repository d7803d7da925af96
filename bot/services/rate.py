"""Keeps all requests of one kind together within Discord's limit. Makes none itself."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.domain.ports import Clock

_MOST_IN_A_SECOND = 40
"""Of news and boards in all channels; Discord takes 50, and others have some to make."""


class Rate:
    """Turns in the order in which they were asked for; how long each takes does not matter."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._begun: deque[float] = deque(maxlen=_MOST_IN_A_SECOND)
        """When the last turns were."""
        self._next = asyncio.Lock()

    async def turn(self) -> None:
        """Wait until one more request is within the limit."""
        async with self._next:
            if len(self._begun) == _MOST_IN_A_SECOND:
                early = self._begun[0] + 1 - self._clock.monotonic()
                if early > 0:
                    await self._clock.sleep(early)
            self._begun.append(self._clock.monotonic())
