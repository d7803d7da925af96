"""Ends mutes, by hand or when their time is over. Decides of nobody what is kept from them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.domain.news import Mute
    from bot.domain.ports import Clock
    from bot.services.ledger import Ledger
    from bot.services.subscriptions import SubscriptionService

log = logging.getLogger(__name__)

_CHECK_SECONDS = 1.0


class MuteKeeper:
    """What a mute has hidden and still goes on is told when it ends, be it after a restart."""

    def __init__(self, subscriptions: SubscriptionService, ledger: Ledger, clock: Clock) -> None:
        self._subscriptions = subscriptions
        self._ledger = ledger
        self._clock = clock
        self._listeners: list[Callable[[Collection[int]], None]] = []

    def listen(self, listener: Callable[[Collection[int]], None]) -> None:
        """Call it with the channels that have something new to tell."""
        self._listeners.append(listener)

    async def end(self, mute: Mute) -> None:
        """End one; raises `StorageUnavailable`, and it goes on."""
        channels = await self._subscriptions.unmute(mute, settle=self._settle)
        for listener in self._listeners:
            listener(channels)

    async def run(self) -> None:
        """End those whose time is over, until cancelled."""
        while True:
            for mute in self._subscriptions.overdue_mutes():
                with outliving("ending mute %s", mute.id):
                    try:
                        await self.end(mute)
                    except StorageUnavailable as error:
                        log.info("mute %s is ended later: %s", mute.id, error)
            await self._clock.sleep(_CHECK_SECONDS)

    async def _settle(self) -> None:
        """Let all be stored that was seen under the mute: it is looked up there."""
        if not await self._ledger.save():
            raise StorageUnavailable("what was seen before is not stored yet")
