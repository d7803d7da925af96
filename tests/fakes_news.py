"""Small real implementations of the ports of watching and telling: stores in memory."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from bot.domain.errors import StorageUnavailable
from bot.domain.events import PASSING, Event, EventKind, Preset
from bot.domain.health import Waiting
from bot.domain.news import AMONG_OTHERS, NOBODY, Delivery, Subscription
from bot.domain.servers import ServerRef
from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
    """`TrackStore`, `SubscriptionStore` and `DeliveryQueue` in one, as in one database.

    `tests/storage/test_news_alike.py` holds it to what the stored ones do.
    """

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
    posted_for: dict[tuple[int, str], int] = field(default_factory=dict)
    """Their guilds."""
    mark: Mark | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was stored."""

    def __post_init__(self) -> None:
        self._subscription_ids, self._mute_ids, self._delivery_ids = count(1), count(1), count(1)

    async def tracks(self) -> Mapping[ServerRef, Track]:
        self._check()
        return dict(self.kept)

    async def incidents(self) -> Sequence[Incident]:
        self._check()
        return [incident for _, incident in sorted(self.going_on.items())]

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
        wanted = {_id(each) for _, subscriptions in news for each in subscriptions}
        channels = {each.channel_id for key, each in self.subscriptions.items() if key in wanted}
        before = self.mark
        if mark and before and mark.run == before.run and mark.number <= before.number:
            return channels
        self.mark = mark or self.mark
        self.kept = _changed(self.kept, tracks)
        self.going_on = _changed(self.going_on, incidents)
        for event, subscriptions in news:
            channels |= self._tell(event, subscriptions)
        self.commits.append(len(tracks) + len(news))
        self.changed.set()
        if self.is_late:
            self.is_late = False
            raise StorageUnavailable("it did not answer in time", is_passing=True)
        return channels

    async def hearers(self, panel_id: str) -> Mapping[str, Sequence[Subscription]]:
        self._check()
        found = {}
        for incident in self.going_on.values():
            channels = self._told_in(incident.id)
            if incident.panel_id == panel_id and channels:
                found[incident.id] = [
                    each
                    for each in self.subscriptions.values()
                    if each.channel_id in channels and each.panel_id in (None, panel_id)
                ]
        return found

    async def all(self) -> Sequence[Subscription]:
        self._check()
        return list(self.subscriptions.values())

    async def add(self, subscription: Subscription) -> Subscription:
        self._check()
        new_id = next(self._subscription_ids)
        self.subscriptions[new_id] = replace(subscription, id=new_id)
        return self.subscriptions[new_id]

    async def change(self, subscription: Subscription) -> bool:
        await self._answer()
        return self._choose(subscription, self.subscriptions)

    async def restore(self, subscription: Subscription) -> bool:
        self._check()
        return self._choose(subscription, self.gone)

    async def remove(self, subscription: Subscription, *, at: datetime) -> None:
        await self._answer()
        key = _id(subscription)
        if not _is_among(self.subscriptions, subscription):
            return
        self.gone[key] = self.subscriptions.pop(key)
        self._leave_ends([each for each in self.deliveries.values() if each.subscription_id == key])
        self.deliveries = {
            each.id: each for each in self.deliveries.values() if each.subscription_id != key
        }

    async def removed(self, guild_id: int, subscription_id: int) -> Subscription | None:
        self._check()
        found = self.gone.get(subscription_id)
        return found if found is not None and found.guild_id == guild_id else None

    async def pause(self, subscription_ids: Collection[int], pause: Pause | None) -> None:
        await self._answer()
        for some in (self.subscriptions, self.gone):
            for each in some.keys() & set(subscription_ids):
                some[each] = replace(some[each], pause=pause)

    async def mutes(self) -> Sequence[Mute]:
        self._check()
        return list(self.muted.values())

    async def mute(self, mute: Mute, *, at: datetime) -> Mute:
        self._check()
        about = (mute.guild_id, mute.panel_id, mute.server_id)
        self.muted = {
            key: each
            for key, each in self.muted.items()
            if (each.guild_id, each.panel_id, each.server_id) != about or each.is_past(at)
        }
        new_id = next(self._mute_ids)
        self.muted[new_id] = replace(mute, id=new_id)
        return self.muted[new_id]

    async def unmute(
        self,
        mute_id: int,
        *,
        panel_ids: Collection[str],
        hearers: Callable[[Event], Sequence[Subscription]],
    ) -> Collection[int]:
        await self._answer()
        self.muted.pop(mute_id, None)
        channels: set[int] = set()
        for event in self._newest(panel_ids):
            told = self._told_in(event.incident or "")
            hearing = self._here(hearers(event))
            for each in hearing:
                if each.channel_id not in told:
                    self._deliver(event, each)
            channels |= {each.channel_id for each in hearing}
        return channels

    async def newest_words(self, panel_ids: Collection[str]) -> Sequence[Event]:
        self._check()
        return self._newest(panel_ids)

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

    async def check(self, *, in_turn: bool) -> None:
        self._check()

    async def put_together(self, delivery_ids: Collection[int]) -> None:
        self._check()
        for key in self.deliveries.keys() & set(delivery_ids):
            self.deliveries[key] = replace(self.deliveries[key], batch_id=min(delivery_ids))

    async def delivered(self, batch: Sequence[Delivery], *, messages: Mapping[str, int]) -> bool:
        self._check()
        guild_id, channel_id = batch[0].guild_id, batch[0].channel_id
        for each in batch:
            self.deliveries.pop(each.id, None)
        newest = {each.event.incident: each.event for each in batch}
        untold = []
        for incident, message_id in messages.items():
            self.postings[channel_id, incident] = message_id
            self.posted_for[channel_id, incident] = guild_id
            if message_id != AMONG_OTHERS and incident in newest:
                untold += self._untold_end(newest[incident], channel_id)
        for end in untold:
            self._put(end, NOBODY, guild_id, channel_id)
        return bool(untold)

    def _choose(self, subscription: Subscription, some: dict[int, Subscription]) -> bool:
        """Put it in the place of the one among these; False if there is none."""
        if not _is_among(some, subscription):
            return False
        key, channel_id = _id(subscription), subscription.channel_id
        former = some.pop(key)
        self.subscriptions = dict(sorted({**self.subscriptions, key: subscription}.items()))
        waiting = [each for each in self.deliveries.values() if each.subscription_id == key]
        elsewhere = [each for each in waiting if each.channel_id != channel_id]
        self._leave_ends(elsewhere, but=subscription.tells_only_ends)
        for each in elsewhere:
            if self.deliveries[each.id].subscription_id == key:
                self.deliveries[each.id] = replace(each, channel_id=channel_id, batch_id=None)
        # What was told and is not over counts as told in the channel that it gets.
        for incident in self.going_on.values():
            was_told = (former.channel_id, incident.id) in self.postings
            if was_told and former.panel_id in (None, incident.panel_id):
                self.postings.setdefault((channel_id, incident.id), AMONG_OTHERS)
        return True

    def _leave_ends(
        self, waiting: Sequence[Delivery], *, but: Callable[[Event], bool] = lambda _: False
    ) -> None:
        """Let nobody's deliveries close what was told, where its end waits."""
        ends = [each for each in waiting if each.event.is_over and not but(each.event)]
        over = {(each.channel_id, each.event.incident or "") for each in ends}
        for each in waiting:
            place = each.channel_id, each.event.incident or ""
            if place in over and self.postings.get(place, AMONG_OTHERS) != AMONG_OTHERS:
                self.deliveries[each.id] = replace(each, subscription_id=NOBODY, batch_id=None)

    def _untold_end(self, word: Event, channel_id: int) -> list[Event]:
        """Return the end of what a word is of, where it is over and is not told there."""
        ends = [each for each in self.events if each.incident == word.incident and each.is_over]
        if word.incident in self.going_on or word.is_over or word.kind in PASSING:
            return []
        told = [each.event for each in self.deliveries.values() if each.channel_id == channel_id]
        return [end for end in ends[-1:] if end not in told]

    def _tell(self, event: Event, subscriptions: Sequence[Subscription]) -> set[int]:
        """Let them be told, and an end wherever the beginning was; returns these channels."""
        self.events.append(event)
        told = self._told_in(event.incident or "") if event.is_over else {}
        hearing = [
            each
            for each in self._here(subscriptions)
            if not event.is_over or each.channel_id in told or each.tells_only_ends(event)
        ]
        for each in hearing:
            self._deliver(event, each)
        for channel_id in sorted(told.keys() - {each.channel_id for each in hearing}):
            for subscription_id, guild_id in dict.fromkeys(told[channel_id]):
                self._put(event, subscription_id, guild_id, channel_id)
        return set(told)

    def _here(self, subscriptions: Iterable[Subscription]) -> list[Subscription]:
        """Return those that are still there, as they are now."""
        found = (self.subscriptions.get(_id(each)) for each in subscriptions)
        return [each for each in found if each is not None]

    def _newest(self, panel_ids: Collection[str]) -> list[Event]:
        """Return the newest word of each incident that goes on."""
        words = {each.incident: each for each in self.events}
        open_ones = [one for _, one in sorted(self.going_on.items())]
        return [words[one.id] for one in open_ones if one.panel_id in panel_ids and one.id in words]

    def _told_in(self, incident: str) -> dict[int, list[tuple[int, int]]]:
        """Return the channels in which it was told, or is about to be, with who can end it."""
        found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for each in self.deliveries.values():
            if each.event.incident == incident:
                found[each.channel_id].append((each.subscription_id, each.guild_id))
        for (channel_id, key), message_id in self.postings.items():
            if key == incident:
                guild_id = self.posted_for.get((channel_id, key), GUILD)
                alone = [] if message_id == AMONG_OTHERS else [(NOBODY, guild_id)]
                found[channel_id] += alone
        return found

    def _deliver(self, event: Event, subscription: Subscription) -> None:
        where = subscription.guild_id, subscription.channel_id
        self._put(event, _id(subscription), *where)

    def _put(self, event: Event, subscription_id: int, guild_id: int, channel_id: int) -> None:
        new_id = next(self._delivery_ids)
        self.deliveries[new_id] = Delivery(
            id=new_id,
            subscription_id=subscription_id,
            guild_id=guild_id,
            channel_id=channel_id,
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
        is_telling = subscription is not None and subscription.pause is None
        return is_telling or delivery.subscription_id == NOBODY

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


def _is_among(some: Mapping[int, Subscription], subscription: Subscription) -> bool:
    """Whether it is one of these, and not another guild's."""
    found = some.get(_id(subscription))
    return found is not None and found.guild_id == subscription.guild_id


def _id(subscription: Subscription) -> int:
    assert subscription.id is not None
    return subscription.id
