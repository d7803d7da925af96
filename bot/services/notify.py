"""The use cases of `/notify`: subscribe, change, try, mute. All for who may configure the bot."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Change, Outcome
from bot.domain.errors import InvalidNews, NewsProblem, UnknownNews
from bot.domain.news import Mute, Subscription
from bot.domain.notify import (
    MOST,
    NamedMute,
    NamedSubscription,
    edited,
    mute_summary,
    summary,
)
from bot.services.gate import NOWHERE
from bot.services.news_preview import NewsPreview
from bot.services.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.news_ports import TrackStore
    from bot.domain.notify import MuteWish, NewsWish
    from bot.domain.ports import Clock
    from bot.services.audit import Attempt, AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.mutes import MuteKeeper
    from bot.services.panels import PanelRegistry
    from bot.services.subscriptions import SubscriptionService


class NotifyService:
    """Every call passes the gate, every change is written down.

    A wish comes as a function, so that only who may wish at all is told what is wrong with it.
    """

    def __init__(  # noqa: PLR0913 - a use case for each of them
        self,
        *,
        gate: Gate,
        subscriptions: SubscriptionService,
        mutes: MuteKeeper,
        store: TrackStore,
        panels: PanelRegistry,
        directory: ServerDirectory,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._gate = gate
        self._subscriptions = subscriptions
        self._mutes = mutes
        self._store = store
        self._places = Places(panels, directory)
        self.preview = NewsPreview(
            subscriptions=subscriptions,
            panels=panels,
            directory=directory,
            places=self._places,
            clock=clock,
        )
        self._audit = audit
        self._clock = clock
        self._listeners: list[Callable[[Collection[int]], None]] = []

    def listen(self, listener: Callable[[Collection[int]], None]) -> None:
        """Call it with the channels that have something new to tell."""
        self._listeners.append(listener)

    async def add(
        self, actor: Actor, wish: Callable[[], NewsWish], *, door: Door
    ) -> NamedSubscription:
        """Subscribe; raises `InvalidNews`, `UnknownServer`, `AmbiguousServer`, `UnknownPanel`."""
        async with self._gate.managing(actor, Change.NEWS_ADDED, door=door) as attempt:
            wanted = wish()
            wanted.check(actor.guild_id)
            if wanted.channel_id is None or not wanted.events:
                raise InvalidNews(NewsProblem.NOTHING)
            panel_id, server_id = await self._places.find(
                actor, server=wanted.server, panel=wanted.panel
            )
            new = Subscription(
                guild_id=actor.guild_id,
                channel_id=wanted.channel_id,
                events=wanted.events,
                panel_id=panel_id,
                server_id=server_id,
                mention_role_id=wanted.mention_role_id,
                created_by=actor.user_id,
                created_at=self._clock.now(),
            )
            stored = await self._subscriptions.add(new, check=self._check_room)
        return await self._note(attempt, stored)

    async def edit(
        self, actor: Actor, subscription_id: int, wish: Callable[[], NewsWish], *, door: Door
    ) -> NamedSubscription:
        """Change what was wished for, and nothing else; raises as `add`, and `UnknownNews`."""
        async with self._gate.managing(actor, Change.NEWS_EDITED, door=door) as attempt:
            wanted = wish()
            wanted.check(actor.guild_id)
            former = self._find(actor, subscription_id)
            place = await self._places.find(actor, server=wanted.server, panel=wanted.panel)

            def changed(old: Subscription) -> Subscription:
                new = edited(old, wanted, place)
                if new == old:
                    raise InvalidNews(NewsProblem.NOTHING)
                self._check_room(new)
                return new

            new = await self._subscriptions.change(subscription_id, changed)
        self._wake({former.channel_id, new.channel_id})
        return await self._note(attempt, new)

    async def remove(self, actor: Actor, subscription_id: int, *, door: Door) -> NamedSubscription:
        """End one; what waits for it is told no more, but what it told is closed."""
        async with self._gate.managing(actor, Change.NEWS_REMOVED, door=door) as attempt:
            self._find(actor, subscription_id)
            found = await self._subscriptions.remove(subscription_id, at=self._clock.now())
        self._wake({found.channel_id})
        return await self._note(attempt, found)

    async def restore(
        self,
        actor: Actor,
        subscription_id: int,
        *,
        roles: Collection[int] | None = None,
        door: Door,
    ) -> NamedSubscription:
        """Bring one back that was removed; it mentions none but `roles`.

        These are the ids of all there are, None where not known.
        """

        def as_it_can_be(removed: Subscription) -> Subscription:
            self._check_room(removed)
            is_gone = roles is not None and removed.mention_role_id not in roles
            return replace(removed, mention_role_id=None) if is_gone else removed

        async with self._gate.managing(actor, Change.NEWS_RESTORED, door=door) as attempt:
            found = await self._subscriptions.restore(actor.guild_id, subscription_id, as_it_can_be)
        return await self._note(attempt, found)

    async def look(self, actor: Actor, subscription_id: int, *, door: Door) -> NamedSubscription:
        """Return one."""
        async with self._gate.managing(actor, Change.NEWS_SEEN, door=door):
            return self.named(self._find(actor, subscription_id))

    async def listed(
        self, actor: Actor, *, door: Door
    ) -> tuple[list[NamedSubscription], list[NamedMute]]:
        """Return all subscriptions and mutes of the guild."""
        async with self._gate.managing(actor, Change.NEWS_SEEN, door=door):
            return self._all_of(actor.guild_id)

    async def test(self, actor: Actor, subscription_id: int, *, door: Door) -> NamedSubscription:
        """Tell an example in its channel, by the way that all news go."""
        async with self._gate.managing(actor, Change.NEWS_TESTED, door=door) as attempt:
            found = self._find(actor, subscription_id)
            events = self.preview.examples(actor, found, most=1)
            news = [(event, [found]) for event in events]
            channels = await self._store.commit(tracks={}, incidents={}, news=news)
        self._wake(channels)
        return await self._note(attempt, found)

    async def mute(self, actor: Actor, wish: Callable[[], MuteWish], *, door: Door) -> NamedMute:
        """Tell nothing of some servers for a while; raises as `add`."""
        async with self._gate.managing(actor, Change.NEWS_MUTED, door=door) as attempt:
            wanted = wish()
            if wanted.server and wanted.panel:
                raise InvalidNews(NewsProblem.PLACE)
            if len(self._subscriptions.mutes.of_guild(actor.guild_id)) >= MOST:
                raise InvalidNews(NewsProblem.TOO_MANY)
            panel_id, server_id = await self._places.find(
                actor, server=wanted.server, panel=wanted.panel
            )
            now = self._clock.now()
            mute = Mute(
                guild_id=actor.guild_id,
                panel_id=panel_id,
                server_id=server_id,
                until=now + wanted.lasts if wanted.lasts else None,
                reason=wanted.reason,
                muted_by=actor.user_id,
                muted_at=now,
            )
            stored = await self._subscriptions.mutes.add(mute)
        return await self._note_mute(attempt, stored)

    async def unmute(self, actor: Actor, mute_id: int, *, door: Door) -> NamedMute:
        """End a mute, and tell what it hid and goes on; raises `UnknownNews`."""
        async with self._gate.managing(actor, Change.NEWS_UNMUTED, door=door) as attempt:
            mutes = self._subscriptions.mutes.of_guild(actor.guild_id)
            found = next((mute for mute in mutes if mute.id == mute_id), None)
            if found is None:
                raise UnknownNews
            await self._mutes.end(found)
        return await self._note_mute(attempt, found)

    def channels_of(self, guild_id: int) -> list[int]:
        """Return the channels of a guild that are told anything, in the order they were added."""
        subscriptions = self._subscriptions.of_guild(guild_id)
        return list(dict.fromkeys(each.channel_id for each in subscriptions))

    async def may(self, actor: Actor) -> bool:
        """Whether anything may be suggested at all."""
        return await self._gate.may(actor, Action.MANAGE, NOWHERE)

    async def suggest(self, actor: Actor) -> tuple[list[NamedSubscription], list[NamedMute]]:
        """Return all of the guild; for managers."""
        if not await self.may(actor):
            return [], []
        return self._all_of(actor.guild_id)

    def named(self, subscription: Subscription) -> NamedSubscription:
        """Return a subscription with the names of what it is about."""
        place = (subscription.panel_id, subscription.server_id)
        return NamedSubscription(subscription, *self._places.names(subscription.guild_id, *place))

    def _all_of(self, guild_id: int) -> tuple[list[NamedSubscription], list[NamedMute]]:
        subscriptions = self._subscriptions.of_guild(guild_id)
        mutes = self._subscriptions.mutes.of_guild(guild_id)
        return list(map(self.named, subscriptions)), list(map(self.preview.named_mute, mutes))

    def _find(self, actor: Actor, subscription_id: int) -> Subscription:
        found = self._subscriptions.get(subscription_id)
        if found is None or found.guild_id != actor.guild_id:
            raise UnknownNews
        return found

    def _check_room(self, new: Subscription) -> None:
        others = [each for each in self._subscriptions.of_guild(new.guild_id) if each.id != new.id]
        if len(others) >= MOST:
            raise InvalidNews(NewsProblem.TOO_MANY)
        about = (new.channel_id, new.panel_id, new.server_id)
        if about in {(each.channel_id, each.panel_id, each.server_id) for each in others}:
            raise InvalidNews(NewsProblem.TAKEN)

    def _wake(self, channel_ids: Collection[int]) -> None:
        for listener in self._listeners:
            listener(channel_ids)

    async def _note(self, attempt: Attempt, subscription: Subscription) -> NamedSubscription:
        """Write down that it was done."""
        named = self.named(subscription)
        place = named.server or named.panel or ""
        done = replace(attempt, name=place, detail=summary(subscription))
        await self._audit.record(done, Outcome.DONE)
        return named

    async def _note_mute(self, attempt: Attempt, mute: Mute) -> NamedMute:
        named = self.preview.named_mute(mute)
        place = named.server or named.panel or ""
        done = replace(attempt, name=place, detail=mute_summary(mute) or None)
        await self._audit.record(done, Outcome.DONE)
        return named
