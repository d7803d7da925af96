"""One call for all who want the same thing at the same time. Keeps nothing after it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.domain.errors import DeckhandError
from bot.domain.haste import background

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

T = TypeVar("T")


class SharedCalls(Generic[T]):
    """Callers that want the same thing at the same time share one call for it.

    The first caller makes the call. Where it is cancelled, the next one makes it anew; so no
    task is left without an owner. Nobody waits for a call that itself gives way to people.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Future[T]] = {}

    async def get(self, key: Hashable, call: Callable[[], Awaitable[T]]) -> T:
        """Return, or raise, what the running call for this key brings; begin one if none is."""
        key = (key, background() is None)
        while running := self._running.get(key):
            # Waiting for the future itself would cancel it together with this caller.
            await asyncio.wait([running])
            if not running.cancelled():
                return running.result()
        running = self._running[key] = asyncio.get_running_loop().create_future()
        try:
            running.set_result(await call())
        except DeckhandError as error:
            running.set_exception(error)
            # Looked at here, since there may be no other caller to do so.
            running.exception()
            raise
        finally:
            running.cancel()
            del self._running[key]
        return running.result()
