"""How a signal ends the demo: in order, so that nothing is left behind. Starts nothing."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

Result = TypeVar("Result")

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BY_SIGNAL = 128
"""Shells report this and the number of the signal."""


class Ended(Exception):
    """A signal has ended it; `status` is what the process exits with."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by signal {number}")
        self.status = _BY_SIGNAL + number


class Ending:
    """Hears signals from the beginning, and lets them end what is done within `heeded`."""

    def __init__(self) -> None:
        self.number: int | None = None
        """The signal that was heard last."""
        self._task = asyncio.current_task()
        self._is_heeded = False
        for number in _SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self._hear, number)

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Let a signal end the block; one from before as well.

        What is half begun cannot be ended in order: threads may still be writing into the folder
        that is to be removed.
        """
        self._is_heeded = True
        if self.number is not None:
            self._hear(self.number)
        try:
            yield
        finally:
            self._is_heeded = False

    def _hear(self, number: int) -> None:
        self.number = number
        if self._is_heeded and self._task is not None:
            self._task.cancel()


async def until_ended(work: Callable[[Ending], Awaitable[Result]]) -> Result:
    """Do it to its end; raises `Ended` where a signal comes first."""
    ending = Ending()
    try:
        return await work(ending)
    except asyncio.CancelledError:
        if ending.number is None:
            raise
        raise Ended(ending.number) from None
