"""Owns what waits for a slow client: 8 events and 8 lines, then the oldest go. Writes nothing."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

_ROOM = 8
_PATIENCE_SECONDS = 0.01
_LINES = frozenset({"console output", "install output"})

Frame = tuple[str, tuple[str, ...]]


class Outgoing:
    """Frames in their order."""

    def __init__(self) -> None:
        self._frames: deque[Frame] = deque()
        self._is_sending = False
        self._changed = asyncio.Condition()

    async def put(self, event: str, *args: str) -> None:
        """Add a frame; where there is no room for 10 ms, the oldest of its sort is lost."""
        async with self._changed:
            with suppress(TimeoutError):
                async with asyncio.timeout(_PATIENCE_SECONDS):
                    await self._changed.wait_for(lambda: len(self._like(event)) < _ROOM)
            # There may be room by now: the lock was waited for once more.
            if len(self._like(event)) >= _ROOM:
                self._frames.remove(self._like(event)[0])
            self._frames.append((event, args))
            self._changed.notify_all()

    async def get(self) -> Frame:
        """Return the next one, waiting for it; the one before is sent by now."""
        async with self._changed:
            self._is_sending = False
            self._changed.notify_all()
            await self._changed.wait_for(lambda: bool(self._frames))
            self._is_sending = True
            self._changed.notify_all()
            return self._frames.popleft()

    async def wait_until_sent(self) -> None:
        """Wait until nothing is left."""
        async with self._changed:
            await self._changed.wait_for(lambda: not self._frames and not self._is_sending)

    def _like(self, event: str) -> list[Frame]:
        return [frame for frame in self._frames if (frame[0] in _LINES) is (event in _LINES)]
