"""What changes is stored once: thousands at a time, and where nobody hears that it was stored."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Outcome
from bot.domain.changes import News
from bot.domain.errors import StorageUnavailable
from bot.domain.events import Preset
from bot.domain.servers import ServerRef
from bot.services.deeds import Deeds
from bot.services.ledger import Ledger
from bot.storage.audit import SqlAuditLog
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import FakeClock
from tests.fakes_news import CHANNEL, make_event, make_subscription
from tests.storage.databases import KINDS, PatientDatabase
from tests.storage.test_audit import GUILD, entry
from tests.storage.tracked import make_incident, make_track

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.domain.news import Subscription
    from tests.storage.databases import Databases


class LateDatabase(PatientDatabase):
    """A database whose answer to COMMIT may come too late, or be lost."""

    is_late = False

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        async with super().session() as session:
            yield session
        if self.is_late:
            self.is_late = False
            raise StorageUnavailable("it did not answer in time", is_passing=True)


@pytest.fixture(params=KINDS)
async def database(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> AsyncIterator[LateDatabase]:
    async with databases.migrated(request.param, tmp_path) as url, LateDatabase(url) as opened:
        yield opened


@pytest.fixture
async def here(database: LateDatabase) -> Subscription:
    """Of all changes and all that members do."""
    wanted = make_subscription(Preset.CHANGES, Preset.ACTIONS)
    return await SqlSubscriptions(database).add(wanted)


async def test_news_are_stored_once(database: LateDatabase, here: Subscription) -> None:
    woken: list[int] = []
    store = SqlTracks(database)
    ledger = Ledger(store, FakeClock(), matching=lambda _: [here], wake=woken.extend)
    survival = ServerRef("main", "1")
    database.is_late = True
    for word in ("first", "second", "third"):
        news = News({survival: make_track(word)}, {word: make_incident(word, "main")})
        news.events.append(make_event(server_id="1", name=word))
        ledger.note(news)
        await ledger.save()
    assert [each.event.name for each in await SqlQueue(database).head(CHANNEL, 9)] == [
        "first",
        "second",
        "third",
    ]
    assert await store.tracks() == {survival: make_track("third")}
    assert [each.id for each in await store.incidents()] == ["first", "second", "third"]
    assert set(woken) == {CHANNEL}


async def test_the_next_run_begins_anew(database: LateDatabase, here: Subscription) -> None:
    for word in ("first", "second"):
        ledger = Ledger(
            SqlTracks(database), FakeClock(), matching=lambda _: [here], wake=lambda _: None
        )
        ledger.note(News(events=[make_event(name=word)]))
        await ledger.save()
    told = await SqlQueue(database).head(CHANNEL, 9)
    assert [each.event.name for each in told] == ["first", "second"]


async def test_an_entry_and_its_news_are_stored_once(
    database: LateDatabase, here: Subscription
) -> None:
    woken: list[int] = []
    audit = SqlAuditLog(database)
    audit.tell(Deeds(matching=lambda _: [here], wake=woken.extend))
    end = entry(1)
    await audit.add(entry(1, Outcome.SENT))
    database.is_late = True
    with pytest.raises(StorageUnavailable):
        await audit.add(end)
    assert not woken
    await audit.add(end)
    assert woken == [CHANNEL]
    assert len(await SqlQueue(database).head(CHANNEL, 9)) == 1
    assert len(await audit.ended_after(GUILD, 0, 9)) == 1


@pytest.mark.parametrize("odd", ["\ud800", "a" * 300, "ab\0c"])
async def test_an_id_that_no_column_takes_costs_only_its_own_server(
    database: LateDatabase, here: Subscription, odd: str
) -> None:
    store = SqlTracks(database)
    ledger = Ledger(store, FakeClock(), matching=lambda _: [here], wake=lambda _: None)
    news = News()
    for server_id in ("1", odd, "2"):
        news.tracks[ServerRef("main", server_id)] = make_track(server_id)
        news.events.append(make_event(server_id=server_id, name=f"of {server_id[:5]}"))
    ledger.note(news)
    assert await ledger.save()
    told = {each.event.name for each in await SqlQueue(database).head(CHANNEL, 9)}
    assert told - {f"of {odd[:5]}"} == {"of 1", "of 2"}
    # SQLite takes any text but half a surrogate pair.
    assert len(told) + ledger.lost == 3
    assert set(await store.tracks()) >= {ServerRef("main", "1"), ServerRef("main", "2")}


async def test_two_alike_are_two(database: LateDatabase) -> None:
    audit = SqlAuditLog(database)
    for _ in range(2):
        await audit.add(entry(1))
    assert len(await audit.ended_after(GUILD, 0, 9)) == 2


async def test_thousands_of_servers_are_seen_and_change(
    database: LateDatabase, here: Subscription
) -> None:
    """However slow the database is: portions shrink until they can be stored."""
    store = SqlTracks(database)
    ledger = Ledger(store, FakeClock(), matching=lambda _: [here], wake=lambda _: None)
    refs = [ServerRef("main", str(number)) for number in range(10_000)]
    ledger.note(News({ref: make_track("seen") for ref in refs}))
    news = News({ref: make_track("changed") for ref in refs})
    news.events = [make_event(server_id=ref.server_id) for ref in refs]
    ledger.note(news)
    await ledger.save()
    while ledger.held:
        await ledger.save()
    assert await store.tracks() == news.tracks
    assert (await SqlQueue(database).waiting()).count == 10_000
    first = await SqlQueue(database).head(CHANNEL, 100)
    assert [each.event.ref for each in first] == refs[:100]
