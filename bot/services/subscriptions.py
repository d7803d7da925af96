"""Who is told what, in memory, so that no event costs a look into the database. Asks for no right.

What admins may do with subscriptions is in `bot.services.notify`.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.errors import UnknownNews
from bot.domain.events import EventKind
from bot.domain.news import kinds_of
from bot.services.hearing import hearing, is_shown, mentions
from bot.services.mutes import Mutes

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bot.domain.events import Event
    from bot.domain.news import Mute, Pause, Subscription
    from bot.domain.news_ports import SubscriptionStore
    from bot.domain.ports import Clock
    from bot.services.panels import PanelRegistry

_LIVE = frozenset(
    {
        EventKind.STARTED,
        EventKind.STOPPED,
        EventKind.CRASHED,
        EventKind.RESTARTED,
        EventKind.FLAPPING,
    }
)
"""What a live connection tells sooner, and better, than a look now and then."""


class SubscriptionService:
    """All subscriptions (`SubscriptionBook`), with the mutes that keep them from telling.

    Each change is stored before it counts.
    """

    def __init__(self, store: SubscriptionStore, panels: PanelRegistry, clock: Clock) -> None:
        self.mutes = Mutes(store, clock)
        self._store = store
        self._panels = panels
        self._all: dict[int, Subscription] = {}
        self._of_guild: defaultdict[int, dict[int, Subscription]] = defaultdict(dict)
        self._writing = asyncio.Lock()
        """One change at a time: each begins with what the one before has left."""
        self._listeners: list[Callable[[int], None]] = []

    async def load(self) -> None:
        """Read what is stored; before that nobody is told anything."""
        for subscription in await self._store.all():
            self._keep(subscription)
        await self.mutes.load()

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call it with the guild's id after each change of what is followed."""
        self._listeners.append(listener)

    def matching(self, event: Event) -> list[Subscription]:
        """Return the subscriptions that an event is told for; paused ones too: it waits there."""
        entry = self._panels.get(event.panel_id)
        if entry is None or not is_shown(event, entry):
            return []
        return [
            subscription
            for guild_id in sorted(entry.guild_ids & self._of_guild.keys())
            for subscription in hearing(
                event,
                entry,
                subscriptions=self._of_guild[guild_id].values(),
                mutes=self.mutes.hiding(guild_id),
            )
        ]

    def follows(self, guild_id: int) -> set[tuple[str | None, str | None]]:
        """Return the panels and servers of which it is told what a live connection would say."""
        return {
            (each.panel_id, each.server_id)
            for each in self._of_guild.get(guild_id, {}).values()
            if not _LIVE.isdisjoint(kinds_of(each.events))
        }

    def get(self, subscription_id: int) -> Subscription | None:
        """Return one, or None where it was removed."""
        return self._all.get(subscription_id)

    def role_for(self, subscription_id: int, event: Event) -> int | None:
        """Return the role that one mentions for an event, None where it mentions none."""
        found, entry = self._all.get(subscription_id), self._panels.get(event.panel_id)
        if found is None or entry is None or not mentions(found, event, entry):
            return None
        return found.mention_role_id

    def of_guild(self, guild_id: int) -> list[Subscription]:
        """Return those of a guild, oldest first."""
        return [found for _, found in sorted(self._of_guild.get(guild_id, {}).items())]

    async def add(
        self, subscription: Subscription, *, check: Callable[[Subscription], None] | None = None
    ) -> Subscription:
        """Store a new one; it counts at once. `check` raises where it may not be."""
        async with self._writing:
            if check is not None:
                check(subscription)
            stored = await self._store.add(subscription)
            self._put(stored)
        return stored

    async def change(
        self, subscription_id: int, how: Callable[[Subscription], Subscription]
    ) -> Subscription:
        """Store what `how` makes of it as it is by then; raises `UnknownNews` if it is gone."""
        async with self._writing:
            now = self._all.get(subscription_id)
            if now is None:
                raise UnknownNews
            changed = how(now)
            if changed == now:
                return now
            if not await self._store.change(changed):
                self._drop(now)
                raise UnknownNews
            self._put(changed)
        return changed

    async def remove(self, subscription_id: int, *, at: datetime) -> Subscription:
        """End it; `restore` finds it for a while. Raises `UnknownNews` if it is gone."""
        async with self._writing:
            now = self._all.get(subscription_id)
            if now is None:
                raise UnknownNews
            # Before it is stored, so that nothing more is stored for it.
            self._drop(now)
            is_stored = False
            try:
                await self._store.remove(now, at=at)
                is_stored = True
            finally:
                if not is_stored:
                    self._put(now)
        return now

    async def restore(
        self, guild_id: int, subscription_id: int, how: Callable[[Subscription], Subscription]
    ) -> Subscription:
        """Bring back what `how` makes of one that a guild has removed; raises `UnknownNews`.

        Whatever was in the way of it then is found again if it still is.
        """
        async with self._writing:
            found = await self._store.removed(guild_id, subscription_id)
            if found is None:
                raise UnknownNews
            back = how(replace(found, pause=None))
            if not await self._store.restore(back):
                raise UnknownNews
            self._put(back)
        return back

    async def pause(
        self, subscription_ids: Collection[int], pause: Pause | None, *, channel_id: int
    ) -> None:
        """Set or end the pause of those that still tell in that channel: at once, stored first."""
        async with self._writing:
            known = [self._all[key] for key in subscription_ids if key in self._all]
            here = {each.id or 0: each for each in known if each.channel_id == channel_id}
            await self._store.pause(here.keys(), pause)
            for each in here.values():
                self._put(replace(each, pause=pause))

    async def role_deleted(self, guild_id: int, role_id: int) -> int:
        """Mention a role no more that is gone; returns in how many subscriptions."""

        def without(now: Subscription) -> Subscription:
            return replace(now, mention_role_id=None) if now.mention_role_id == role_id else now

        about = [each for each in self.of_guild(guild_id) if each.mention_role_id == role_id]
        for each in about:
            with contextlib.suppress(UnknownNews):
                await self.change(each.id or 0, without)
        return len(about)

    def roles_of(self, guild_id: int) -> frozenset[int]:
        """Return the roles that are mentioned somewhere."""
        roles = {each.mention_role_id for each in self.of_guild(guild_id)}
        return frozenset(role for role in roles if role is not None)

    def freed_from(self, mute: Mute, event: Event) -> list[Subscription]:
        """Return who would be told of something that goes on, and of its end, but for a mute."""
        entry = self._panels.get(event.panel_id)
        if entry is None or not is_shown(event, entry):
            return []
        subscriptions = self._of_guild[mute.guild_id].values()
        heard = partial(hearing, entry=entry, subscriptions=subscriptions)
        others = [each for each in self.mutes.hiding(mute.guild_id) if each.id != mute.id]
        # As if it began now, too: a mute that began later lets the end of what was told before by.
        begun = replace(event, told_at=None)
        before = heard(begun, mutes=[*others, replace(mute, until=None)])
        ends = heard(event, mutes=others)
        after = heard(begun, mutes=others)
        return [each for each in after if each in ends and each not in before]

    async def going_on(self, subscription: Subscription) -> list[Event]:
        """Return the newest word of what goes on now and is about it.

        What a mute hides is not among that: it is told when the mute ends.
        """
        there = self._panels.of_guild(subscription.guild_id)
        entries = {
            one.panel_id: one for one in there if subscription.panel_id in (None, one.panel_id)
        }
        mutes = self.mutes.hiding(subscription.guild_id)

        def is_heard(event: Event) -> bool:
            entry = entries[event.panel_id]
            heard = hearing(event, entry, subscriptions=[subscription], mutes=mutes)
            return bool(heard) and is_shown(event, entry)

        return [
            event for event in await self._store.newest_words(entries.keys()) if is_heard(event)
        ]

    def forget(self, guild_id: int) -> None:
        """Drop all of a guild from memory: what was stored is deleted."""
        for subscription in self.of_guild(guild_id):
            self._drop(subscription)
        self.mutes.forget(guild_id)

    def _put(self, subscription: Subscription) -> None:
        self._keep(subscription)
        self._tell(subscription.guild_id)

    def _keep(self, subscription: Subscription) -> None:
        if subscription.id is not None:
            self._all[subscription.id] = subscription
            self._of_guild[subscription.guild_id][subscription.id] = subscription

    def _drop(self, subscription: Subscription) -> None:
        if subscription.id in self._all:
            del self._all[subscription.id]
            del self._of_guild[subscription.guild_id][subscription.id]
            self._tell(subscription.guild_id)

    def _tell(self, guild_id: int) -> None:
        for listener in self._listeners:
            listener(guild_id)
