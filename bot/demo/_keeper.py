"""The bot of the demo: run, and run anew where that is wanted. Knows no stand-in."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot import app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from bot.wiring import Pace

_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Life:
    """From one start of the bot to its end."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    started: asyncio.Event = field(default_factory=asyncio.Event)


class Keeper:
    """Runs the bot in this process."""

    def __init__(self, settings: Config, pace: Pace) -> None:
        self._settings = settings
        self._pace = pace
        self._life = _Life()
        self._is_over = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the bot for as long as the block lasts; an early end of it ends the block."""
        async with asyncio.TaskGroup() as group:
            bot = group.create_task(self._run())
            try:
                await self._until_started()
                yield
            finally:
                self._is_over = True
                self._life.stop.set()
                # It ends in order, also where the block was cancelled.
                await asyncio.wait([bot])

    async def restart(self) -> None:
        """End the bot as a signal would, and start another; returns when that one is ready."""
        before, self._life = self._life, _Life()
        before.stop.set()
        await self._until_started()

    async def _run(self) -> None:
        """Run one bot after the other, until one is ended that was to be the last."""
        life = None
        while life is not self._life and not self._is_over:
            life = self._life
            await app.run(self._settings, stop=life.stop, started=life.started, pace=self._pace)

    async def _until_started(self) -> None:
        async with asyncio.timeout(_START_SECONDS):
            await self._life.started.wait()
