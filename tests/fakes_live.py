"""A live console in memory: the test says what happens, whoever follows it sees it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.servers import PowerAction, Resources, ServerState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.errors import PanelError
    from bot.domain.sights import Sight
    from tests.fakes import FakeClock


class FakeWatch:
    """What one watcher sees; a `LiveServer`."""

    def __init__(self, console: FakeConsole) -> None:
        self.idle = asyncio.Event()
        """All that has happened was taken, and more is waited for."""
        self._events: asyncio.Queue[live.Event | PanelError | None] = asyncio.Queue()
        self._console = console

    def __aiter__(self) -> FakeWatch:
        return self

    async def __anext__(self) -> live.Event:
        if self._events.empty():
            self.idle.set()
        event = await self._events.get()
        self.idle.clear()
        if event is None:
            raise StopAsyncIteration
        if isinstance(event, Exception):
            raise event
        return event

    def put(self, event: live.Event | PanelError | None) -> None:
        self.idle.clear()
        self._events.put_nowait(event)

    async def logs(self) -> None:
        self._console.print(*self._console.log)

    async def command(self, line: str) -> None:
        raise NotImplementedError

    async def power(self, action: PowerAction) -> None:
        raise NotImplementedError


class FakeConsole:
    """Tells all watchers what the test says; connects at once, or when it is told to."""

    def __init__(self, clock: FakeClock) -> None:
        self.log: list[str] = []
        """What is printed to whoever asks for the last lines."""
        self.replies: list[str] = []
        """What is printed after each command."""
        self.error: PanelError | None = None
        """What following ends with at once."""
        self.is_connected = True
        self.watches: list[FakeWatch] = []
        self._clock = clock
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[FakeWatch]:
        watch = FakeWatch(self)
        self.watches.append(watch)
        if self.error is not None:
            watch.put(self.error)
        elif self.is_connected:
            watch.put(live.Connected(self._clock.now()))
        async with self._changed:
            self._changed.notify_all()
        try:
            yield watch
        finally:
            self.watches.remove(watch)
            async with self._changed:
                self._changed.notify_all()

    async def wait_watched(self) -> None:
        """Wait until somebody follows it."""
        async with self._changed:
            await self._changed.wait_for(lambda: bool(self.watches))

    async def wait_followers(self, count: int) -> None:
        """Wait until exactly so many follow it."""
        async with self._changed:
            await self._changed.wait_for(lambda: len(self.watches) == count)

    async def wait_idle(self) -> None:
        """Wait until all that has happened was taken by all who follow it."""
        for watch in list(self.watches):
            await watch.idle.wait()

    async def run_until_done(self, task: asyncio.Task[object]) -> None:
        """Let time pass until the task has ended, but never faster than it reads."""

        async def tick() -> None:
            await self.wait_idle()
            await self._clock.tick()

        while not task.done():
            async with asyncio.TaskGroup() as group:
                ticking = group.create_task(tick())
                await asyncio.wait((task, ticking), return_when=asyncio.FIRST_COMPLETED)
                ticking.cancel()

    def tell(self, event: live.Event | PanelError | None) -> None:
        """Let it happen; None is the end of all."""
        for watch in self.watches:
            watch.put(event)

    def print(self, *lines: str) -> None:
        for line in lines:
            self.tell(live.Console(self._clock.now(), line))

    def be(self, state: ServerState, *, memory_bytes: int | None = None) -> None:
        """Let the server be in that state, and use so much."""
        self.tell(live.State(self._clock.now(), state))
        if memory_bytes is not None:
            self.tell(live.Stats(self._clock.now(), Resources(memory_bytes=memory_bytes)))


class FakeScreen:
    """Keeps every sight that it was told to show."""

    def __init__(self) -> None:
        self.shown: list[Sight] = []
        self.is_seen = True
        self._changed = asyncio.Condition()

    async def show(self, sight: Sight) -> bool:
        self.shown.append(sight)
        async with self._changed:
            self._changed.notify_all()
        return self.is_seen

    async def wait_shown(self, count: int) -> Sight:
        """Wait until so many were shown, and return the last."""
        async with asyncio.timeout(5), self._changed:
            await self._changed.wait_for(lambda: len(self.shown) >= count)
        return self.shown[-1]
