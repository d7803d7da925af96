"""Reads what happens on a server, each event within a time. Writes nothing and decides nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.errors import PanelError, PanelUnreachable, UnsupportedAction
from bot.domain.ports import LivePanel
from bot.domain.servers import Capability

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from bot.domain.ports import Clock, LiveServer, Panel

_CONNECT_SECONDS = 10.0
_FIRST_LINE_SECONDS = 2.0
_SILENCE_SECONDS = 1.0
_LINES_SECONDS = 5.0


class Feed:
    """The events of one server."""

    def __init__(self, server: LiveServer, clock: Clock, stop: asyncio.Event) -> None:
        self.server = server
        self.is_over = False
        """Nothing follows any more."""
        self._events = aiter(server)
        self._clock = clock
        self._stop = stop
        self._heard: live.Event | None = None
        self._error: PanelError | None = None

    async def next(self, seconds: float) -> live.Event | None:
        """Return the next event; None where none comes for so long, or it is to stop, or over.

        Raises the panel's error that ends it.
        """
        self._heard = None
        await race(self._hear(), self._stop.wait(), self._clock.sleep(seconds))
        if self._error is not None:
            raise self._error
        return self._heard

    async def connect(self, panel_id: str, *, seconds: float = _CONNECT_SECONDS) -> None:
        """Wait for the connection; raises `PanelUnreachable` where it takes longer."""
        until = self._clock.monotonic() + seconds
        while (left := until - self._clock.monotonic()) > 0:
            event = await self.next(left)
            if isinstance(event, live.Connected):
                return
            if event is None:
                break
        raise PanelUnreachable(panel_id, "no connection to the console", node=True)

    async def lines(self) -> list[str]:
        """Return what the console prints from now on, until it is silent, or after a while."""
        found: list[str] = []
        now = self._clock.monotonic()
        until, quiet_at = now + _LINES_SECONDS, now + _FIRST_LINE_SECONDS
        while (left := min(until, quiet_at) - self._clock.monotonic()) > 0:
            event = await self.next(left)
            if event is None:
                break
            if isinstance(event, live.Console):
                found.append(event.line)
                quiet_at = self._clock.monotonic() + _SILENCE_SECONDS
        return found

    async def _hear(self) -> None:
        try:
            self._heard = await anext(self._events, None)
        except PanelError as error:
            self._error = error
        else:
            self.is_over = self._heard is None


@asynccontextmanager
async def following(
    panel: Panel, server_id: str, *, clock: Clock, stop: asyncio.Event | None = None
) -> AsyncIterator[Feed]:
    """Follow a server until the block ends; with `stop` set, waiting for events ends at once."""
    if Capability.LIVE not in panel.capabilities or not isinstance(panel, LivePanel):
        raise UnsupportedAction(Capability.LIVE, kind=panel.kind)
    async with panel.watch(server_id) as server:
        yield Feed(server, clock, stop or asyncio.Event())


async def race(*works: Coroutine[object, object, object]) -> None:
    """Wait until one of them has ended; the others are cut short."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(work) for work in works]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
