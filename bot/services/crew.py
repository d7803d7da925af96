"""Keeps one task for each thing that is wanted. Knows nothing of what they do."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable

K = TypeVar("K", bound="Hashable")


async def one_task_each(
    wanted: Callable[[], Collection[K]],
    work: Callable[[K], Coroutine[Any, Any, None]],
    *,
    changed: Callable[[], Awaitable[None]],
) -> None:
    """Work on all that is wanted until cancelled; what is not wanted any more is cancelled.

    Work that has ended begins again at the next change, where it is still wanted.
    """
    tasks: dict[K, asyncio.Task[None]] = {}
    async with asyncio.TaskGroup() as group:
        while True:
            keys = set(wanted())
            for key in tasks.keys() - keys:
                tasks.pop(key).cancel()
            for key in keys:
                if key not in tasks or tasks[key].done():
                    tasks[key] = group.create_task(work(key))
            await changed()


class Bell:
    """Rings for one who waits; rung before, it lets the next wait pass at once."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Let the waiter go on."""
        self._rung.set()

    async def heard(self) -> None:
        """Wait for it."""
        await self._rung.wait()
        self._rung.clear()
