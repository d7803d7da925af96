"""What goes on when a mute ends is told once, where it was not, and never after its end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind
from bot.domain.news import AMONG_OTHERS, Mark, Mute
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, GUILD, make_event, make_subscription
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.domain.news import Subscription
    from bot.storage.engine import Database

MUTE = Mute(guild_id=GUILD, muted_by=10, muted_at=NOON)
TOLD, AMONG, NEW = CHANNEL, 31, 32


def word(incident: str, *, panel_id: str = "main", count: int = 0) -> Event:
    begun = make_event(EventKind.UNREACHABLE, None, panel_id=panel_id, incident=incident)
    return replace(begun, count=count)


class Store:
    """A database with a mute, and a subscription in each channel."""

    def __init__(self, database: Database) -> None:
        self.subscriptions = SqlSubscriptions(database)
        self.tracks = SqlTracks(database)
        self.queue = SqlQueue(database)
        self.all: list[Subscription] = []
        self._number = 0

    async def fill(self) -> Mute:
        for channel_id in (TOLD, AMONG, NEW):
            wanted = make_subscription(channel_id=channel_id)
            self.all.append(await self.subscriptions.add(wanted))
        return await self.subscriptions.mute(MUTE, at=NOON)

    async def commit(self, *events: Event, hearing: list[Subscription]) -> None:
        self._number += 1
        incidents = {
            event.incident or "": None
            if event.is_over
            else make_incident(event.incident or "", event.panel_id)
            for event in events
        }
        await self.tracks.commit(
            tracks={},
            incidents=incidents,
            news=[(event, hearing) for event in events],
            mark=Mark("run", self._number),
        )

    async def unmute(self, mute: Mute) -> set[int]:
        ended = self.subscriptions.unmute(
            mute.id or 0, panel_ids=["main"], hearers=lambda _event: self.all
        )
        return set(await ended)

    async def waiting(self, channel_id: int) -> list[Event]:
        return [each.event for each in await self.queue.head(channel_id, 99)]


@pytest.fixture
def store(database: Database) -> Store:
    return Store(database)


async def test_the_newest_word_is_told_where_the_incident_was_not(store: Store) -> None:
    mute = await store.fill()
    told, among, _ = store.all
    await store.commit(word("a"), word("over"), word("x", panel_id="x"), hearing=[told, among])
    for channel_id, message_id in ((TOLD, 70), (AMONG, AMONG_OTHERS)):
        ids = [each.id for each in await store.queue.head(channel_id, 9)]
        await store.queue.delivered(ids, channel_id=channel_id, messages={"a": message_id})
    await store.commit(word("a", count=5), hearing=[])
    await store.commit(word("b"), hearing=[])
    await store.commit(replace(word("over"), is_over=True), hearing=[])
    for _ in ("ended", "ended by a bot that did not hear of it"):
        assert await store.unmute(mute) == {TOLD, AMONG, NEW}
    newest = [word("a", count=5), word("b")]
    assert [await store.waiting(each) for each in (TOLD, AMONG)] == [[word("b")]] * 2
    assert await store.waiting(NEW) == newest
    assert await store.subscriptions.mutes() == []
    assert await store.subscriptions.newest_words(["main"]) == newest


async def test_a_mute_ends_together_with_what_is_told_of_it_or_not_at_all(store: Store) -> None:
    mute = await store.fill()
    await store.commit(word("a"), hearing=[])
    store.all[-1] = replace(store.all[-1], guild_id=None)  # type: ignore[arg-type]  # the point
    with pytest.raises(Exception, match=r"(?i)null"):
        await store.unmute(mute)
    assert await store.subscriptions.mutes() == [mute]
    assert await store.queue.channels() == set()


async def test_what_ends_at_the_same_time_is_ended_wherever_it_is_told(store: Store) -> None:
    mute = await store.fill()
    for number in range(20):
        begun = word(f"i{number}.")
        over = replace(begun, kind=EventKind.RECOVERED, is_over=True)
        await store.commit(begun, hearing=[])
        ending, unmuting = store.commit(over, hearing=store.all), store.unmute(mute)
        works = [ending, unmuting] if number % 2 else [unmuting, ending]
        await asyncio.gather(*works)
        for channel_id in (TOLD, AMONG, NEW):
            head = await store.queue.head(channel_id, 9)
            assert [each.event for each in head] in ([], [begun, over])
            await store.queue.delivered(
                [each.id for each in head], channel_id=channel_id, messages={}
            )
