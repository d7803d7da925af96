"""Small real implementations of the ports of watching and telling: stores in memory."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from bot.domain.errors import StorageUnavailable
from bot.domain.events import Event, EventKind, Preset
from bot.domain.health import Waiting
from bot.domain.news import Delivery, Subscription
from bot.domain.servers import ServerRef
from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from bot.domain.changes import Incident, Track
    from bot.domain.news import Mark, Mute, Pause

GUILD, CHANNEL = 1, 30
Key = TypeVar("Key")
Value = TypeVar("Value")


def make_subscription(
    *events: EventKind | Preset,
    guild_id: int = GUILD,
    channel_id: int = CHANNEL,
    panel_id: str | None = None,
    server_id: str | None = None,
    mention_role_id: int | None = None,
) -> Subscription:
    """Return one that is not stored yet; of all changes unless told otherwise."""
    return Subscription(
        guild_id=guild_id,
        channel_id=channel_id,
        events=frozenset(events or (Preset.CHANGES,)),
        panel_id=panel_id,
        server_id=server_id,
        mention_role_id=mention_role_id,
        created_by=10,
        created_at=NOON,
    )


def make_event(
    kind: EventKind = EventKind.STOPPED,
    server_id: str | None = "1a2b3c4d",
    *,
    panel_id: str = "main",
    name: str = "Survival",
    at: datetime = NOON,
    incident: str | None = None,
) -> Event:
    """Return what happened to a server, or without one to its panel."""
    ref = None if server_id is None else ServerRef(panel_id, server_id)
    return Event(kind=kind, panel_id=panel_id, ref=ref, name=name, at=at, incident=incident)


@dataclass
class MemoryNews:
    """`TrackStore`, `SubscriptionStore` and `DeliveryQueue` in one, as in one database."""

    is_broken: bool = False
    is_late: bool = False
    """Whether the next commit succeeds and nobody hears of it."""
    room: int = 1_000_000
    """More tracks and events in one commit take too long."""
    commits: list[int] = field(default_factory=list)
    """How much each of them has stored."""
    kept: dict[ServerRef, Track] = field(default_factory=dict)
    going_on: dict[str, Incident] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    """All that were stored, in order."""
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    gone: dict[int, Subscription] = field(default_factory=dict)
    muted: dict[int, Mute] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    postings: dict[tuple[int, str], int] = field(default_factory=dict)
    """Ids of messages, by channel and incident."""
    mark: Mark | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was stored."""

    def __post_init__(self) -> None:
        self._ids = count(1)

    async def tracks(self) -> Mapping[ServerRef, Track]:
        self._check()
        return dict(self.kept)

    async def incidents(self) -> Sequence[Incident]:
        self._check()
        return list(self.going_on.values())

    async def commit(
        self,
        *,
        tracks: Mapping[ServerRef, Track | None],
        incidents: Mapping[str, Incident | None],
        news: Sequence[tuple[Event, Sequence[Subscription]]],
        mark: Mark | None = None,
    ) -> Collection[int]:
        self._check()
        if len(tracks) + len(news) > self.room:
            raise StorageUnavailable("it did not answer in time", is_passing=True)
        channels = set()
        before = self.mark
        if mark and before and mark.run == before.run and mark.number <= before.number:
            return {each.channel_id for _, subscriptions in news for each in subscriptions}
        self.mark = mark or self.mark
        self.kept = _changed(self.kept, tracks)
        self.going_on = _changed(self.going_on, incidents)
        for event, subscriptions in news:
            self.events.append(event)
            for each in subscriptions:
                now = self.subscriptions.get(_id(each))
                if now is not None and self._is_due(event, now):
                    self._deliver(event, now)
                    channels.add(now.channel_id)
        self.commits.append(len(tracks) + len(news))
        self.changed.set()
        if self.is_late:
            self.is_late = False
            raise StorageUnavailable("it did not answer in time", is_passing=True)
        return channels

    async def hearers(self, panel_id: str) -> Mapping[str, Sequence[Subscription]]:
        self._check()
        places = {*self.postings} | {
            (each.channel_id, each.event.incident or "") for each in self.deliveries.values()
        }
        return {
            incident.id: [
                each
                for each in self.subscriptions.values()
                if (each.channel_id, incident.id) in places and each.panel_id in (None, panel_id)
            ]
            for incident in self.going_on.values()
            if incident.panel_id == panel_id
        }

    async def all(self) -> Sequence[Subscription]:
        self._check()
        return list(self.subscriptions.values())

    async def add(self, subscription: Subscription) -> Subscription:
        self._check()
        new_id = next(self._ids)
        self.subscriptions[new_id] = replace(subscription, id=new_id)
        return self.subscriptions[new_id]

    async def change(self, subscription: Subscription) -> bool:
        await self._answer()
        key = _id(subscription)
        if key not in self.subscriptions:
            return False
        self.subscriptions[key] = subscription
        for each in list(self.deliveries.values()):
            if each.subscription_id == key and each.channel_id != subscription.channel_id:
                self.deliveries[each.id] = replace(
                    each, channel_id=subscription.channel_id, batch_id=None
                )
        return True

    async def restore(self, subscription: Subscription) -> bool:
        self._check()
        if self.gone.pop(_id(subscription), None) is None:
            return False
        self.subscriptions[_id(subscription)] = subscription
        return True

    async def remove(self, subscription: Subscription, *, at: datetime) -> None:
        await self._answer()
        key = _id(subscription)
        if key in self.subscriptions:
            self.gone[key] = self.subscriptions.pop(key)
        self.deliveries = {
            each.id: each for each in self.deliveries.values() if each.subscription_id != key
        }

    async def removed(self, guild_id: int, subscription_id: int) -> Subscription | None:
        self._check()
        found = self.gone.get(subscription_id)
        return found if found is not None and found.guild_id == guild_id else None

    async def pause(self, subscription_id: int, pause: Pause | None) -> None:
        await self._answer()
        if subscription_id in self.subscriptions:
            now = self.subscriptions[subscription_id]
            self.subscriptions[subscription_id] = replace(now, pause=pause)

    async def mutes(self) -> Sequence[Mute]:
        self._check()
        return list(self.muted.values())

    async def mute(self, mute: Mute) -> Mute:
        self._check()
        about = (mute.guild_id, mute.panel_id, mute.server_id)
        self.muted = {
            key: each
            for key, each in self.muted.items()
            if (each.guild_id, each.panel_id, each.server_id) != about
        }
        new_id = next(self._ids)
        self.muted[new_id] = replace(mute, id=new_id)
        return self.muted[new_id]

    async def unmute(self, mute_id: int) -> None:
        self._check()
        self.muted.pop(mute_id, None)

    async def channels(self) -> Collection[int]:
        self._check()
        return {each.channel_id for each in self.deliveries.values() if self._is_told(each)}

    async def head(self, channel_id: int, limit: int) -> Sequence[Delivery]:
        waiting = self._waiting(channel_id)
        oldest = {id(each.event) for each in waiting[:limit]}
        return [
            replace(each, message_id=self.postings.get((channel_id, each.event.incident or "")))
            for each in waiting
            if id(each.event) in oldest
        ]

    async def waiting(self, guild_id: int | None = None) -> Waiting:
        self._check()
        mine = [each for each in self.deliveries.values() if guild_id in (None, each.guild_id)]
        told = [each.event.at for each in mine if self._is_told(each)]
        paused = len(mine) - len(told)
        return Waiting(count=len(told), oldest_at=min(told, default=None), paused=paused)

    async def check(self) -> None:
        self._check()

    async def put_together(self, delivery_ids: Collection[int]) -> None:
        self._check()
        for key in delivery_ids:
            self.deliveries[key] = replace(self.deliveries[key], batch_id=min(delivery_ids))

    async def delivered(
        self, delivery_ids: Collection[int], *, channel_id: int, messages: Mapping[str, int]
    ) -> None:
        self._check()
        for key in delivery_ids:
            self.deliveries.pop(key, None)
        self.postings |= {(channel_id, key): message for key, message in messages.items()}

    def _is_due(self, event: Event, subscription: Subscription) -> bool:
        """Whether it is no end of what was not told there."""
        place = (subscription.channel_id, event.incident or "")
        waiting = {(each.channel_id, each.event.incident) for each in self.deliveries.values()}
        was_told = place in waiting or place in self.postings
        return not event.is_over or was_told or subscription.tells_only_ends(event)

    def _deliver(self, event: Event, subscription: Subscription) -> None:
        new_id = next(self._ids)
        self.deliveries[new_id] = Delivery(
            id=new_id,
            subscription_id=_id(subscription),
            guild_id=subscription.guild_id,
            channel_id=subscription.channel_id,
            event=event,
        )

    def _waiting(self, channel_id: int) -> list[Delivery]:
        self._check()
        return [
            each
            for each in self.deliveries.values()
            if each.channel_id == channel_id and self._is_told(each)
        ]

    def _is_told(self, delivery: Delivery) -> bool:
        subscription = self.subscriptions.get(delivery.subscription_id)
        return subscription is not None and subscription.pause is None

    async def _answer(self) -> None:
        """Let others run meanwhile, as a database does."""
        await asyncio.sleep(0)
        self._check()

    def _check(self) -> None:
        if self.is_broken:
            raise StorageUnavailable("unplugged")


def _changed(now: Mapping[Key, Value], changes: Mapping[Key, Value | None]) -> dict[Key, Value]:
    merged = {**now, **changes}
    return {key: value for key, value in merged.items() if value is not None}


def _id(subscription: Subscription) -> int:
    assert subscription.id is not None
    return subscription.id
