"""However much goes on, no transaction is long: each has little time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from bot.domain.changes import IncidentKind
from bot.domain.events import EventKind
from bot.domain.news import Mark, Mute
from bot.storage.guilds import SqlGuilds
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, GUILD, make_event, make_subscription
from tests.storage.databases import KINDS, PatientDatabase
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession
    from sqlalchemy.orm import ORMExecuteState

    from bot.domain.events import Event
    from bot.domain.news import Subscription
    from tests.storage.databases import Databases

MANY, FEW = 350, 150
KEYS = [f"disk{number:03}." for number in range(MANY)]
WORDS = [make_event(EventKind.THRESHOLD, key, incident=key) for key in KEYS]
INCIDENTS = {
    key: replace(
        make_incident(key, "main"),
        kind=IncidentKind.THRESHOLD,
        server_id=key,
        measure="disk",
        node=None,
    )
    for key in KEYS
}


class WatchedDatabase(PatientDatabase):
    """Knows how many statements its longest transaction had, and which texts were searched."""

    longest = 0

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.searches: list[str] = []

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        states: list[ORMExecuteState] = []
        async with super().session() as session:
            event.listen(session.sync_session, "do_orm_execute", states.append)
            yield session
        self.longest = max(self.longest, len(states))
        texts = [str(state.statement) for state in states if state.is_select]
        self.searches += [text for text in texts if " LIKE " in text]


@pytest.fixture(params=KINDS)
async def database(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> AsyncIterator[WatchedDatabase]:
    """The disks of very many servers of a panel are full."""
    async with databases.migrated(request.param, tmp_path) as url, WatchedDatabase(url) as opened:
        news: list[tuple[Event, list[Subscription]]] = [(word, []) for word in WORDS]
        await SqlTracks(opened).commit(tracks={}, incidents=INCIDENTS, news=news)
        yield opened


async def test_old_news_go(database: WatchedDatabase) -> None:
    await SqlGuilds(database).drop_news(NOON + timedelta(days=31))
    assert await SqlSubscriptions(database).newest_words(["main"]) == WORDS
    assert database.longest < FEW


@pytest.mark.parametrize("heard", [WORDS, WORDS[7:8]], ids=["all", "one"])
async def test_a_mute_ends(database: WatchedDatabase, heard: list[Event]) -> None:
    store, queue = SqlSubscriptions(database), SqlQueue(database)
    here = await store.add(make_subscription())
    mute = await store.mute(Mute(guild_id=GUILD, muted_by=10, muted_at=NOON), at=NOON)

    def hearers(word: Event) -> list[Subscription]:
        return [here] if word in heard else []

    for _ in ("ended", "ended by a bot that did not hear of it"):
        ended = store.unmute(mute.id or 0, panel_ids=["main"], hearers=hearers)
        assert await ended == {CHANNEL}
        assert await store.mutes() == []
        assert [each.event for each in await queue.head(CHANNEL, MANY)] == heard
    assert database.longest < FEW


async def test_a_panel_goes(database: WatchedDatabase) -> None:
    here = await SqlSubscriptions(database).add(make_subscription())
    await SqlTracks(database).commit(
        tracks={}, incidents={}, news=[(word, [here]) for word in WORDS]
    )
    database.longest = 0
    assert await SqlTracks(database).hearers("main") == {key: [here] for key in KEYS}
    assert database.longest <= 2  # what waits and what is posted, of a hundred


async def test_an_end_searches_only_what_is_about_the_same(database: WatchedDatabase) -> None:
    here = await SqlSubscriptions(database).add(make_subscription())
    tracks, mark = SqlTracks(database), Mark("run", 1)
    over = [replace(word, is_over=True) for word in WORDS]
    news = [(word, [here]) for word in [*WORDS, *over]]
    await tracks.commit(tracks={}, incidents={}, news=news[:MANY])
    database.searches.clear()
    for _ in ("stored", "stored already"):
        stored = tracks.commit(tracks={}, incidents={}, news=news[MANY:], mark=mark)
        assert await stored == {CHANNEL}
    waiting = await SqlQueue(database).head(CHANNEL, 2 * MANY)
    assert [each.event for each in waiting] == [*WORDS, *over]
    # However much else waits, it is not read through for the ends.
    assert len(database.searches) == 8  # twice, of a hundred at most
    for search in database.searches:
        assert "events.panel_id IN" in search
        assert "events.server_id IN" in search


async def test_who_leaves_before_many_ends_are_told_does_not_search_for_each(
    database: WatchedDatabase,
) -> None:
    store, queue = SqlSubscriptions(database), SqlQueue(database)
    here = await store.add(make_subscription())
    tracks = SqlTracks(database)
    await tracks.commit(tracks={}, incidents={}, news=[(word, [here]) for word in WORDS])
    batch = await queue.head(CHANNEL, MANY)
    for each in batch:
        await queue.delivered([each], messages={each.event.incident or "": each.id})
    over = [replace(word, is_over=True) for word in WORDS]
    await tracks.commit(tracks={}, incidents={}, news=[(word, [here]) for word in over])
    database.searches.clear()
    await store.remove(here, at=NOON)
    assert [each.event for each in await queue.head(CHANNEL, MANY)] == over
    assert sum(search.count(" LIKE ") for search in database.searches) == 1
