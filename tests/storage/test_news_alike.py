"""The news in memory, with which services are tested, do what the stored ones do, and no more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.domain.news import Mark, Mute, Pause
from bot.storage.engine import Database
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import GUILD, MemoryNews, make_event, make_subscription
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from typing import Any

    from bot.domain.events import Event
    from bot.domain.news import Delivery, Subscription
    from bot.domain.news_ports import DeliveryQueue, SubscriptionStore, TrackStore

_OTHER_GUILD = 2
_CHANNELS = (30, 31, 32)
_PANELS = ("main", "other")
_LOOKS, _STEPS = 20, 4
"""So often all that can be seen is compared, each time after so many steps."""
_MANY = 99
_HALF = 0.5
_LATER = NOON + timedelta(hours=1)
_MUTE = Mute(guild_id=GUILD, muted_by=10, muted_at=NOON)


class Side:
    """One of the two: all that it can do, and all that can be seen of it."""

    def __init__(
        self, tracks: TrackStore, subscriptions: SubscriptionStore, queue: DeliveryQueue
    ) -> None:
        self.tracks = tracks
        self.subscriptions = subscriptions
        self.queue = queue

    async def seen(self) -> dict[str, object]:
        """Return everything."""
        heads = {channel_id: await self.queue.head(channel_id, _MANY) for channel_id in _CHANNELS}
        return {
            "subscriptions": await self.subscriptions.all(),
            "mutes": await self.subscriptions.mutes(),
            "incidents": await self.tracks.incidents(),
            "words": list(await self.subscriptions.newest_words(_PANELS)),
            "channels": set(await self.queue.channels()),
            "hearers": [_by_id(await self.tracks.hearers(panel_id)) for panel_id in _PANELS],
            "heads": {channel_id: list(head) for channel_id, head in heads.items()},
        }


def _by_id(hearers: Mapping[str, Sequence[Subscription]]) -> dict[str, list[int]]:
    return {key: sorted(each.id or 0 for each in found) for key, found in hearers.items()}


class Script:
    """Does the same at random to both, and compares what they answer and what can be seen."""

    def __init__(self, random: Random, *sides: Side) -> None:
        self._random = random
        self._sides = sides
        self._here: dict[int, Subscription] = {}
        """Those that were added; some are removed."""
        self._staying: list[Subscription] = []
        """One in each channel."""
        self._going_on: dict[str, str] = {}
        """By incident, the panel."""
        self._number = 0
        self._messages = 1000

    async def run(self) -> None:
        """Play it."""
        for channel_id in _CHANNELS:
            wanted = make_subscription(channel_id=channel_id)
            self._staying.append(await self._do(lambda side, w=wanted: side.subscriptions.add(w)))
        steps = [self._add, self._change, self._remove, self._restore, self._pause]
        steps += [self._begin, self._begin, self._end, self._tell, self._repeat, self._mute]
        for _ in range(_LOOKS):
            for _ in range(_STEPS):
                await self._random.choice(steps)()
            first, second = [await side.seen() for side in self._sides]
            assert first == second

    async def _do(self, call: Callable[..., Awaitable[Any]]) -> Any:  # noqa: ANN401 - of any call
        first, second = [await call(side) for side in self._sides]
        assert first == second
        return first

    async def _add(self) -> None:
        panel_id = self._random.choice((None, *_PANELS))
        kinds = self._random.choice(((), (EventKind.RECOVERED,)))
        wanted = make_subscription(
            *kinds, channel_id=self._random.choice(_CHANNELS), panel_id=panel_id
        )
        added = await self._do(lambda side: side.subscriptions.add(wanted))
        self._here[added.id] = added

    async def _change(self) -> None:
        one = self._elsewhere()
        if one is not None:
            await self._do(lambda side: side.subscriptions.change(one))

    async def _remove(self) -> None:
        one = self._elsewhere()
        if one is not None:
            await self._do(lambda side: side.subscriptions.remove(one, at=NOON))

    async def _restore(self) -> None:
        one = self._elsewhere()
        if one is not None:
            await self._do(lambda side: side.subscriptions.removed(one.guild_id, one.id))
            await self._do(lambda side: side.subscriptions.restore(one))

    async def _pause(self) -> None:
        one, pause = self._elsewhere(), self._random.choice((None, Pause.NOT_ALLOWED))
        if one is not None:
            await self._do(lambda side: side.subscriptions.pause([one.id], pause))

    async def _begin(self) -> None:
        self._number += 1
        incident, panel_id = f"i{self._number}.", self._random.choice(_PANELS)
        self._going_on[incident] = panel_id
        word = self._event(EventKind.UNREACHABLE, panel_id=panel_id, incident=incident)
        await self._commit(
            {incident: make_incident(incident, panel_id)},
            [(word, self._some(3) or self._staying[:1])],
        )

    async def _end(self) -> None:
        if self._going_on:
            incident = self._random.choice([*self._going_on])
            panel_id = self._going_on.pop(incident)
            word = self._event(EventKind.RECOVERED, panel_id=panel_id, incident=incident)
            await self._commit(
                {incident: None},
                [(replace(word, is_over=True), self._hearing())],
            )

    async def _mute(self) -> None:
        """Mute, and end that, with what goes on told to some."""
        until, at = self._random.choice((None, _LATER)), self._random.choice((NOON, _LATER))
        mute = replace(_MUTE, panel_id=self._random.choice((None, *_PANELS)), until=until)
        muted = await self._do(lambda side: side.subscriptions.mute(mute, at=at))
        panel_ids, hearing = self._random.sample(_PANELS, 1), self._hearing()
        if self._random.random() < _HALF:
            await self._do(
                lambda side: side.subscriptions.unmute(
                    muted.id,
                    panel_ids=panel_ids,
                    hearers=lambda _event: hearing,
                )
            )

    async def _repeat(self) -> None:
        """Give again what was stored already; nobody heard of it."""
        self._number += 1
        mark, news = Mark("run", self._number), [(self._event(), self._some(2))]
        for _ in range(2):
            await self._commit({}, news, mark=mark)

    async def _commit(
        self,
        incidents: Mapping[str, object],
        news: Sequence[tuple[Event, Sequence[Subscription]]],
        mark: Mark | None = None,
    ) -> None:
        async def commit(side: Any) -> set[int]:  # noqa: ANN401 - incidents are of no matter here
            stored = side.tracks.commit(tracks={}, incidents=incidents, news=news, mark=mark)
            return set(await stored)

        await self._do(commit)

    async def _tell(self) -> None:
        """Post the oldest of a channel; some may be there no more when that is noted."""
        channel_id, limit = self._random.choice(_CHANNELS), self._random.randint(1, 3)
        head: Sequence[Delivery] = await self._do(lambda side: side.queue.head(channel_id, limit))
        ids = [each.id for each in head]
        if not ids:
            return
        self._messages += 1
        told = {each.event.incident for each in head if each.event.incident}
        messages = dict.fromkeys(told, self._messages)
        for _ in range(2):
            await self._do(lambda side: side.queue.put_together(ids))
            await self._random.choice((self._change, self._remove, self._pause))()
        await self._do(lambda side: side.queue.delivered(head, messages=messages))

    def _elsewhere(self) -> Subscription | None:
        """Return one of them, in any channel; now and then as another guild's."""
        for one in self._some(1):
            guild_id = self._random.choice((GUILD, GUILD, GUILD, _OTHER_GUILD))
            return replace(one, channel_id=self._random.choice(_CHANNELS), guild_id=guild_id)
        return None

    def _hearing(self) -> list[Subscription]:
        """Return some, or all that stay beside them."""
        staying = self._staying if self._random.random() < _HALF else []
        return [*staying, *self._some(3)]

    def _some(self, count: int) -> list[Subscription]:
        known = list(self._here.values())
        return self._random.sample(known, min(count, len(known)))

    def _event(
        self,
        kind: EventKind = EventKind.STOPPED,
        *,
        panel_id: str = "main",
        incident: str | None = None,
    ) -> Event:
        self._number += 1
        at = NOON + timedelta(seconds=self._number)
        return make_event(kind, None, panel_id=panel_id, incident=incident, at=at)


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_both_say_the_same(sqlite_url: str, seed: int) -> None:
    news = MemoryNews()
    async with Database(sqlite_url) as database:
        stored = Side(SqlTracks(database), SqlSubscriptions(database), SqlQueue(database))
        await Script(Random(seed), stored, Side(news, news, news)).run()  # noqa: S311 - no secret
