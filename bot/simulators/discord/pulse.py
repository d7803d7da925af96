"""Owns waiting for a change of state. Never polls and never guesses a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pulse:
    """Wakes everybody who waits, whenever anything has changed."""

    def __init__(self) -> None:
        self._changed = asyncio.Event()

    @property
    def next(self) -> asyncio.Event:
        """What the next beat will set."""
        return self._changed

    def beat(self) -> None:
        """Say that something has changed."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], bool], *, timeout: float) -> None:  # noqa: ASYNC109 - the wait is ours to bound
        """Wait until the condition holds; raises `TimeoutError` after so many real seconds."""
        async with asyncio.timeout(timeout):
            while not condition():
                await self._changed.wait()
