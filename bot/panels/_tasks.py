"""Small ways of doing things at the same time. Makes no request itself."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

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


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
