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
        """Call it after one was added or ended."""
        self._listeners.append(listener)

    def of_guild(self, guild_id: int) -> list[Mute]:
        """Return the mutes of a guild that count now, oldest first."""
        now = self._clock.now()
        return [each for each in self.hiding(guild_id) if not each.is_past(now)]

    def hiding(self, guild_id: int) -> list[Mute]:
        """Return those that nobody has ended yet; past its time one hides what it has hidden."""
        return list(self._of_guild.get(guild_id, {}).values())

    def overdue(self) -> list[Mute]:
        """Return those whose time is over, and that nothing keeps from being ended."""
        now = self._clock.now()
        return [each for each in self._all() if each.is_past(now) and not self._is_outlasted(each)]

    def seconds_to_next(self) -> float:
        """Return how long it is until one is overdue; if none will be, for ever."""
        now = self._clock.now()
        waiting = [each for each in self._all() if not self._is_outlasted(each)]
        ends = [each.until for each in waiting if each.until is not None]
        return min(((end - now).total_seconds() for end in ends), default=math.inf)

    async def add(self, mute: Mute) -> Mute:
        """Store one, in the place of one that counts and is about the same.

        It is as old as the oldest that counts and is about all of that: what these have hidden it
        hides as well, and it needs none of them for that.
        """
        async with self._writing:
            covering = [each for each in self.of_guild(mute.guild_id) if each.covers(mute)]
            muted_at = min(each.muted_at for each in (mute, *covering))
            stored = await self._replace(replace(mute, muted_at=muted_at))
        self._tell()
        return stored

    async def end(
        self,
        mute: Mute,
        *,
        panel_ids: Collection[str],
        hearers: Callable[[Event], Sequence[Subscription]],
    ) -> Collection[int]:
        """End one, as `SubscriptionStore.unmute`; it hides until that is stored.

        Inside a wider one that is younger it ends with that: until then it does not count any more,
        but hides what only it has hidden.
        """
        async with self._writing:
            kept, now = self._of_guild.get(mute.guild_id, {}), self._clock.now()
            found = kept.get(mute.id or 0)
            if found is None:
                return ()
            channels: Collection[int] = ()
            if not self._is_outlasted(found):
                channels = await self._store.unmute(
                    found.id or 0, panel_ids=panel_ids, hearers=hearers
                )
                # If all of the guild was forgotten meanwhile, this is not its own any more.
                del kept[found.id or 0]
            elif not found.is_past(now):
                await self._replace(replace(found, until=now))
        self._tell()
        return channels

    def forget(self, guild_id: int) -> None:
        """Drop those of a guild from memory: what was stored is deleted."""
        self._of_guild.pop(guild_id, None)

    def _all(self) -> list[Mute]:
        return [each for some in self._of_guild.values() for each in some.values()]

    async def _replace(self, mute: Mute) -> Mute:
        """Store one in the place of one that counts and is about the same."""
        counting = self.of_guild(mute.guild_id)
        stored = await self._store.mute(mute, at=self._clock.now())
        for each in counting:
            if each.covers(mute) and mute.covers(each):
                self._of_guild[mute.guild_id].pop(each.id or 0, None)
        self._keep(stored)
        return stored

    def _keep(self, mute: Mute) -> None:
        if mute.id is not None:
            self._of_guild[mute.guild_id][mute.id] = mute

    def _is_outlasted(self, mute: Mute) -> bool:
        """Whether a younger one is about all that it is about; that hides only what began later."""
        return any(
            each.covers(mute) and each.muted_at > mute.muted_at
            for each in self.hiding(mute.guild_id)
        )

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


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
                panel_ids=self._panels_of(mute),
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
                if rest < pause == _LONGEST_PAUSE:
                    log.warning("a mute that is over cannot be ended; tried every %d s", pause)
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
        return self._looked_at.issuperset(self._panels_of(mute))

    def _panels_of(self, mute: Mute) -> list[str]:
        """Return the panels that it is about."""
        there = [entry.panel_id for entry in self._panels.of_guild(mute.guild_id)]
        return [each for each in there if mute.panel_id in (None, each)]
