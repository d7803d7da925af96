"""One task for each thing that has work, as long as it has some. Knows nothing of the work."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.domain.channels import NotTaken
from bot.domain.errors import StorageUnavailable
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.domain.ports import Clock

log = logging.getLogger(__name__)

K = TypeVar("K", int, tuple[int, int])

_LONGEST_PAUSE = 60.0


class Workers(Generic[K]):
    """A worker for each key that was woken; it ends when all is done.

    What fails for one is tried again, ever more slowly, and holds up no other.
    """

    def __init__(self, doing: str, clock: Clock, *, first_pause: float = 2.0) -> None:
        """`doing` is what they do, for the log, with a %d for each number of the key.

        `first_pause` is that after a first failure, in seconds; each further one is longer.
        """
        self.failed = 0
        """Tries since the start that Discord did not take."""
        self._doing = doing
        self._clock = clock
        self._first_pause = first_pause
        self._has_more: dict[K, bool] = {}
        """Those that have a worker, and whether there is more than it has seen."""
        self._new: asyncio.Queue[K] = asyncio.Queue()

    def wake(self, keys: Iterable[K]) -> None:
        """Let there be work for these."""
        for key in keys:
            if key not in self._has_more:
                self._new.put_nowait(key)
            self._has_more[key] = True

    async def run(self, step: Callable[[K], Awaitable[float | None]]) -> None:
        """Work until cancelled.

        `step` does one thing for a key, and returns for how many seconds to rest before the next
        one, None where nothing is left. After `NotTaken` and `StorageUnavailable`, which are
        expected, and after any other error it is called again.
        """
        async with asyncio.TaskGroup() as group:
            while True:
                key = await self._new.get()
                group.create_task(self._work(key, step), name=self._doing % key)

    async def _work(self, key: K, step: Callable[[K], Awaitable[float | None]]) -> None:
        doing, pause = self._doing % key, self._first_pause
        while self._has_more[key]:
            self._has_more[key] = False
            rest: float | None = pause
            is_done = False
            with outliving("%s", doing):
                try:
                    rest = await step(key)
                    is_done = True
                except (NotTaken, StorageUnavailable) as error:
                    log.warning("%s is put off: %s", doing, error)
                    self.failed += isinstance(error, NotTaken)
            pause = self._first_pause if is_done else min(2 * pause, _LONGEST_PAUSE)
            if rest is not None:
                self._has_more[key] = True
                if rest > 0:
                    await self._clock.sleep(rest)
        del self._has_more[key]
