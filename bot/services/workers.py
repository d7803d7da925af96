"""One task for each thing that has work, as long as it has some. Knows nothing of the work."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.domain.channels import NotTaken
from bot.domain.errors import StorageUnavailable
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from bot.domain.ports import Clock

log = logging.getLogger(__name__)

_LONGEST_PAUSE = 60.0


class Workers:
    """A worker for each id that was woken, of a channel or a guild; it ends when all is done.

    What fails for one is tried again, ever more slowly, and holds up no other.
    """

    def __init__(self, doing: str, clock: Clock, *, first_pause: float = 2.0) -> None:
        """`doing` is what they do, for the log, with a %d for the id.

        `first_pause` is that after a first failure, in seconds; each further one is longer.
        """
        self.failed = 0
        """Tries since the start that came to nothing."""
        self._doing = doing
        self._clock = clock
        self._first_pause = first_pause
        self._has_more: dict[int, bool] = {}
        """Those that have a worker, and whether there is more than it has seen."""
        self._new: asyncio.Queue[int] = asyncio.Queue()

    def wake(self, ids: Iterable[int]) -> None:
        """Let there be work for these."""
        for id_ in ids:
            if id_ not in self._has_more:
                self._new.put_nowait(id_)
            self._has_more[id_] = True

    async def run(self, step: Callable[[int], Awaitable[float | None]]) -> None:
        """Work until cancelled.

        `step` does one thing for an id, and returns for how many seconds to rest before the next
        one, None where nothing is left. After `NotTaken` and `StorageUnavailable`, which are
        expected, and after any other error it is called again.
        """
        async with asyncio.TaskGroup() as group:
            while True:
                id_ = await self._new.get()
                group.create_task(self._work(id_, step), name=self._doing % id_)

    async def _work(self, id_: int, step: Callable[[int], Awaitable[float | None]]) -> None:
        pause = self._first_pause
        while self._has_more[id_]:
            self._has_more[id_] = False
            rest: float | None = pause
            is_done = False
            with outliving(self._doing, id_):
                try:
                    rest = await step(id_)
                    is_done = True
                except (NotTaken, StorageUnavailable) as error:
                    log.warning("%s is put off: %s", self._doing % id_, error)
            if is_done:
                pause = self._first_pause
            else:
                self.failed += 1
                pause = min(2 * pause, _LONGEST_PAUSE)
            if rest is not None:
                self._has_more[id_] = True
                if rest > 0:
                    await self._clock.sleep(rest)
        del self._has_more[id_]
