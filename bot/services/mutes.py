"""What guilds have muted, and how that ends. Decides of nobody what is kept from them."""

from __future__ import annotations

import asyncio
import logging
import math
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.services.background import outliving
from bot.services.crew import Bell
from bot.services.feed import race

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from bot.domain.events import Event
    from bot.domain.news import Mute, Subscription
    from bot.domain.news_ports import SubscriptionStore
    from bot.domain.ports import Clock
    from bot.services.ledger import Ledger
    from bot.services.panels import PanelRegistry
    from bot.services.subscriptions import SubscriptionService

log = logging.getLogger(__name__)

_FIRST_LOOK_SECONDS = 90.0
"""So long after a start a panel may take to be looked at, before nobody waits for it."""
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
"""Seconds between two tries to end one. No rest is longer: the clock may be set meanwhile."""


class Mutes:
    """All of them in memory; each change is stored before it counts."""

    def __init__(self, store: SubscriptionStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._of_guild: defaultdict[int, dict[int, Mute]] = defaultdict(dict)
        self._writing = asyncio.Lock()
        """One change at a time: each begins with what the one before has left."""
        self._listeners: list[Callable[[], None]] = []

    async def load(self) -> None:
        """Read what is stored."""
        for mute in await self._store.mutes():
            self._keep(mute)

    def listen(self, listener: Callable[[], None]) -> None:
        """Call it after one was added."""
        self._listeners.append(listener)

    def of_guild(self, guild_id: int) -> list[Mute]:
        """Return the mutes of a guild that count now, oldest first."""
        now = self._clock.now()
        return [each for each in self.hiding(guild_id) if not each.is_past(now)]

    def hiding(self, guild_id: int) -> list[Mute]:
        """Return those that nobody has ended yet; past its time one hides what it has hidden."""
        return list(self._of_guild.get(guild_id, {}).values())

    def overdue(self) -> list[Mute]:
        """Return those whose time is over, and that nobody has ended yet."""
        now = self._clock.now()
        return [each for each in self._all() if each.is_past(now)]

    def seconds_to_next(self) -> float:
        """Return how long it is until the time of one is over; of none it never is."""
        now = self._clock.now()
        ends = [each.until for each in self._all() if each.until is not None]
        return min(((end - now).total_seconds() for end in ends), default=math.inf)

    async def add(self, mute: Mute) -> Mute:
        """Store one, in the place of one about the same; what that one hid stays hidden."""
        async with self._writing:
            about = mute.panel_id, mute.server_id
            kept = self.hiding(mute.guild_id)
            same = [each for each in kept if (each.panel_id, each.server_id) == about]
            muted_at = min(each.muted_at for each in (mute, *same))
            stored = await self._store.mute(replace(mute, muted_at=muted_at))
            for each in same:
                self._drop(each)
            self._keep(stored)
        for listener in self._listeners:
            listener()
        return stored

    async def end(
        self,
        mute: Mute,
        *,
        panel_ids: Collection[str],
        hearers: Callable[[Event], Sequence[Subscription]],
    ) -> Collection[int]:
        """End one, as `SubscriptionStore.unmute`; it hides until that is stored.

        What it has hidden stays hidden by the others that are about it.
        """
        async with self._writing:
            kept = self._of_guild.get(mute.guild_id, {})
            if mute.id is None or mute.id not in kept:
                return ()
            muted_at = kept[mute.id].muted_at
            heirs = [
                replace(each, muted_at=muted_at)
                for each in kept.values()
                if each.touches(mute) and each.muted_at > muted_at
            ]
            channels = await self._store.unmute(
                mute.id, heirs=heirs, panel_ids=panel_ids, hearers=hearers
            )
            # If all of the guild was forgotten meanwhile, these are not its own any more.
            del kept[mute.id]
            kept.update({each.id: each for each in heirs if each.id is not None})
        return channels

    def forget(self, guild_id: int) -> None:
        """Drop those of a guild from memory: what was stored is deleted."""
        self._of_guild.pop(guild_id, None)

    def _all(self) -> list[Mute]:
        return [each for some in self._of_guild.values() for each in some.values()]

    def _keep(self, mute: Mute) -> None:
        if mute.id is not None:
            self._of_guild[mute.guild_id][mute.id] = mute

    def _drop(self, mute: Mute) -> None:
        self._of_guild[mute.guild_id].pop(mute.id or 0, None)


class MuteKeeper:
    """Ends mutes; what one has hidden and still goes on is told then, be it after a restart."""

    def __init__(
        self,
        subscriptions: SubscriptionService,
        *,
        ledger: Ledger,
        panels: PanelRegistry,
        clock: Clock,
    ) -> None:
        self._subscriptions = subscriptions
        self._mutes = subscriptions.mutes
        self._ledger = ledger
        self._panels = panels
        self._clock = clock
        self._looked_at: set[str] = set()
        """Since the start."""
        self._bell = Bell()
        self._mutes.listen(self._bell.ring)
        self._listeners: list[Callable[[Collection[int]], None]] = []

    def listen(self, listener: Callable[[Collection[int]], None]) -> None:
        """Call it with the channels that have something new to tell."""
        self._listeners.append(listener)

    def looked_at(self, panel_id: str) -> None:
        """Take in that what went on at a panel was compared with how it is now."""
        if panel_id not in self._looked_at:
            self._looked_at.add(panel_id)
            self._bell.ring()

    async def end(self, mute: Mute) -> None:
        """End one; raises `StorageUnavailable`, and it goes on."""
        async with self._ledger.still():
            channels = await self._mutes.end(
                mute,
                panel_ids=[
                    each for each in self._panels_of(mute.guild_id) if mute.panel_id in (None, each)
                ],
                hearers=partial(self._subscriptions.freed_from, mute),
            )
        for listener in self._listeners:
            listener(channels)

    async def run(self) -> None:
        """End those whose time is over, until cancelled.

        What went on when the bot was stopped may be over: it is looked at before it is told.
        """
        patient_until = self._clock.monotonic() + _FIRST_LOOK_SECONDS
        pause = _FIRST_PAUSE
        while True:
            patience = max(patient_until - self._clock.monotonic(), 0)
            overdue = self._mutes.overdue()
            due = [each for each in overdue if not patience or self._is_looked_at(each)]
            if not all([await self._try_to_end(each) for each in due]):
                rest, pause = pause, min(2 * pause, _LONGEST_PAUSE)
            elif len(due) < len(overdue):
                rest, pause = patience, _FIRST_PAUSE
            else:
                rest, pause = self._mutes.seconds_to_next(), _FIRST_PAUSE
            await race(self._clock.sleep(min(rest, _LONGEST_PAUSE)), self._bell.heard())

    async def _try_to_end(self, mute: Mute) -> bool:
        with outliving("ending mute %s", mute.id):
            try:
                await self.end(mute)
            except StorageUnavailable as error:
                log.info("mute %s is ended later: %s", mute.id, error)
            else:
                return True
        return False

    def _is_looked_at(self, mute: Mute) -> bool:
        about = [each for each in self._panels_of(mute.guild_id) if mute.panel_id in (None, each)]
        return self._looked_at.issuperset(about)

    def _panels_of(self, guild_id: int) -> list[str]:
        return [entry.panel_id for entry in self._panels.of_guild(guild_id)]
