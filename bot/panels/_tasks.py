"""Small ways of doing things at the same time. Makes no request itself."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.domain.errors import PanelError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.domain.ports import Clock

T = TypeVar("T")


@asynccontextmanager
async def task_group() -> AsyncIterator[asyncio.TaskGroup]:
    """A TaskGroup that raises its first failure itself, not a group around it."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as failures:
        first = failures.exceptions[0]
        raise first from first.__cause__


@asynccontextmanager
async def side_by_side(
    work: Callable[[T], Awaitable[None]], *, at_once: int
) -> AsyncIterator[Callable[[T], None]]:
    """Do the work of what is handed in, while the caller goes on, and end when all is done.

    At most so many at once, the caller being one of them: what it waits for counts as well.
    """
    waiting: deque[T] = deque()
    busy = 1

    async def work_off() -> None:
        nonlocal busy
        while waiting:
            await work(waiting.popleft())
        busy -= 1

    def hand_in(item: T) -> None:
        nonlocal busy
        waiting.append(item)
        if busy < at_once:
            busy += 1
            group.create_task(work_off())

    async with task_group() as group:
        yield hand_in
        await work_off()


async def happens_within(seconds: float, event: asyncio.Event, *, clock: Clock) -> bool:
    """Wait for the event, at most so long; return whether it came."""
    if event.is_set() or seconds <= 0:
        return event.is_set()
    async with task_group() as group:
        waits = {group.create_task(clock.sleep(seconds)), group.create_task(_wait(event))}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
    return event.is_set()


class SharedCalls(Generic[T]):
    """Callers that want the same thing at the same time share one call for it.

    The first caller makes the call. Where it is cancelled, the next one makes it anew; so no
    task is left without an owner.
    """

    def __init__(self) -> None:
        self._running: dict[str, asyncio.Future[T]] = {}

    async def get(self, key: str, call: Callable[[], Awaitable[T]]) -> T:
        """Return, or raise, what the running call for this key brings; begin one if none is."""
        while running := self._running.get(key):
            # Waiting for the future itself would cancel it together with this caller.
            await asyncio.wait([running])
            if not running.cancelled():
                return running.result()
        running = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            running.set_result(await call())
        except PanelError as error:
            running.set_exception(error)
            # Looked at here, since there may be no other caller to do so.
            running.exception()
            raise
        finally:
            running.cancel()
            del self._running[key]
        return running.result()


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
