"""Holds back what a node would drop without a word. Sends nothing.

Wings 1.12 takes frames of at most 4096 bytes, and of each sort only so many (its code is
stricter than its comments): one each 200 ms with 10 at once for all together, `send logs` one
each 5 s (2), `send command` one a second (10), all others one a second (4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.panels._bucket import Bucket
from bot.panels._pterodactyl_frames import encode

if TYPE_CHECKING:
    from bot.domain.ports import Clock

_MOST_BYTES = 4096


class Outbox:
    """The turns of one socket; two of those for all frames are left to its token."""

    def __init__(self, clock: Clock) -> None:
        self._all = Bucket(clock, every=0.2, burst=8)
        self._others = Bucket(clock, every=1.0, burst=4)
        self._by_event = {
            "send logs": Bucket(clock, every=5.0, burst=2),
            "send command": Bucket(clock, every=1.0, burst=10),
        }

    async def take(self, event: str) -> None:
        """Wait until such a frame may be sent."""
        await self._by_event.get(event, self._others).take()
        await self._all.take()


def fits(event: str, *args: str) -> bool:
    """Whether a node reads such a frame; it cuts the connection where one is too long."""
    return len(encode(event, *args)) <= _MOST_BYTES
