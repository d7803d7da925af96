"""What is to be told keeps its order, its messages, and its place after a crash."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.errors import StorageUnavailable
from bot.domain.health import Waiting
from bot.domain.news import AMONG_OTHERS, Pause
from bot.storage.engine import Database
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, GUILD, make_event, make_subscription
from tests.storage.databases import administer

if TYPE_CHECKING:
    from bot.domain.events import Event
    from bot.domain.news import Subscription
    from bot.domain.news_ports import DeliveryQueue

_FULL = """
CREATE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$
"""
_IS_FULL = """
CREATE CONSTRAINT TRIGGER is_full AFTER INSERT ON events
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION is_full()
"""


@pytest.fixture
def queue(database: Database) -> SqlQueue:
    return SqlQueue(database)


@pytest.fixture
async def here(database: Database) -> Subscription:
    return await SqlSubscriptions(database).add(make_subscription())


@pytest.fixture
async def elsewhere(database: Database) -> Subscription:
    return await SqlSubscriptions(database).add(make_subscription(channel_id=31))


async def test_the_oldest_comes_first_and_each_channel_has_its_own(
    database: Database, queue: DeliveryQueue, here: Subscription, elsewhere: Subscription
) -> None:
    events = [make_event(name=str(number)) for number in range(5)]
    await tell(database, *((event, [here]) for event in events[:3]))
    await tell(database, *((event, [elsewhere, here]) for event in events[3:]))
    assert await queue.channels() == {CHANNEL, 31}
    assert [each.event for each in await queue.head(CHANNEL, 4)] == events[:4]
    assert [each.event for each in await queue.head(31, 4)] == events[3:]
    assert [len(await queue.head(channel_id, 9)) for channel_id in (CHANNEL, 31, 5)] == [5, 2, 0]


async def test_an_event_is_there_for_all_of_its_subscriptions_or_for_none(
    database: Database, queue: DeliveryQueue, here: Subscription
) -> None:
    others = [await SqlSubscriptions(database).add(make_subscription()) for _ in range(2)]
    events = [make_event(name=str(number)) for number in range(3)]
    await tell(database, *((event, [here, *others]) for event in events))
    found = await queue.head(CHANNEL, 4)
    assert [each.event for each in found] == [event for event in events[:2] for _ in range(3)]
    assert [each.id for each in found] == sorted(each.id for each in found)


async def test_a_message_is_known_before_it_is_sent(
    database: Database, queue: DeliveryQueue, here: Subscription
) -> None:
    await tell(database, *((make_event(name=str(number)), [here]) for number in range(3)))
    first, second, third = await queue.head(CHANNEL, 3)
    await queue.put_together([second.id, first.id])
    assert [each.batch_id for each in await queue.head(CHANNEL, 3)] == [first.id, first.id, None]
    await queue.delivered([first, second], messages={})
    assert list(await queue.head(CHANNEL, 3)) == [third]


async def test_the_message_of_an_incident_is_remembered(
    database: Database, queue: DeliveryQueue, here: Subscription, elsewhere: Subscription
) -> None:
    await tell(database, (make_event(incident="a"), [here, elsewhere]))
    await tell(database, (make_event(incident="a"), [here]))
    await tell(database, (make_event(incident="b"), [here]), (make_event(), [here]))
    first, second, *_ = await queue.head(CHANNEL, 2)
    await queue.delivered([first], messages={"a": 100, "b": AMONG_OTHERS})
    assert await messages(queue, CHANNEL) == [100, AMONG_OTHERS, None]
    assert await messages(queue, 31) == [None]
    await tell(database, (make_event(incident="a"), [here]))
    await queue.delivered([second], messages={"a": 2**63 - 1})
    assert await messages(queue, CHANNEL) == [AMONG_OTHERS, None, 2**63 - 1]


async def test_ids_are_never_given_again(
    database: Database, queue: DeliveryQueue, here: Subscription
) -> None:
    await tell(database, (make_event(), [here]))
    [first] = await queue.head(CHANNEL, 1)
    await queue.delivered([first], messages={})
    await tell(database, (make_event(), [here]))
    [second] = await queue.head(CHANNEL, 1)
    assert second.id > first.id


async def test_thousands_are_one_message(
    database: Database, queue: DeliveryQueue, here: Subscription
) -> None:
    await tell(database, *((make_event(name=str(number)), [here]) for number in range(1_001)))
    batch = await queue.head(CHANNEL, 5_000)
    await queue.put_together([each.id for each in batch])
    assert {each.batch_id for each in await queue.head(CHANNEL, 5_000)} == {batch[0].id}
    await queue.delivered(batch, messages={})
    assert await queue.channels() == set()


async def messages(queue: DeliveryQueue, channel_id: int) -> list[int | None]:
    return [each.message_id for each in await queue.head(channel_id, 5)]


async def tell(database: Database, *news: tuple[Event, list[Subscription]]) -> None:
    await SqlTracks(database).commit(tracks={}, incidents={}, news=news)


async def test_what_waits_is_counted_by_guild_and_as_a_whole(
    database: Database, queue: SqlQueue, here: Subscription
) -> None:
    foreign = await SqlSubscriptions(database).add(make_subscription(guild_id=2))
    paused = await SqlSubscriptions(database).add(make_subscription(channel_id=31))
    assert paused.id is not None
    await SqlSubscriptions(database).pause([paused.id], Pause.NOT_ALLOWED)
    assert await queue.waiting() == Waiting()
    ago = [NOON - timedelta(minutes=minutes) for minutes in (3, 9, 5)]
    await tell(
        database,
        (make_event(at=ago[0]), [here, paused]),
        (make_event(at=ago[1]), [foreign]),
        (make_event(at=ago[2]), [here, foreign]),
    )
    assert await queue.waiting() == Waiting(count=4, oldest_at=ago[1], paused=1)
    assert await queue.waiting(GUILD) == Waiting(count=2, oldest_at=ago[2], paused=1)
    assert await queue.waiting(2) == Waiting(count=2, oldest_at=ago[1])
    assert await queue.waiting(3) == Waiting()


async def test_whether_it_can_be_written_is_found_out_without_a_change(
    database: Database, queue: SqlQueue, here: Subscription
) -> None:
    await tell(database, *((make_event(name=str(number)), [here]) for number in range(2)))
    before = await queue.head(CHANNEL, 2)
    await queue.put_together([each.id for each in before])
    await queue.check(in_turn=True)
    assert [each.batch_id for each in await queue.head(CHANNEL, 2)] == [before[0].id] * 2
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM events")) == 2


async def test_what_the_bot_itself_writes_is_no_lock_to_who_waits_for_his_turn(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "lock_seconds", 0.05)
    async with Database(sqlite_url) as database, asyncio.TaskGroup() as group:
        queue = SqlQueue(database)
        async with database.turn(), database.session() as session:
            await session.execute(text("UPDATE events SET panel_id = ''"))
            with pytest.raises(StorageUnavailable, match="another process holds its lock"):
                await queue.check(in_turn=False)
            checking = group.create_task(queue.check(in_turn=True))
            # Six times as long as it would wait for a lock.
            await asyncio.wait([checking], timeout=0.3)
            assert not checking.done()


async def test_an_sqlite_file_that_cannot_grow_is_found_out(sqlite_url: str) -> None:
    async with Database(sqlite_url) as database:
        async with database.session() as session:  # one session at a time, so one connection
            pages = await session.scalar(text("PRAGMA page_count"))
            await session.execute(text(f"PRAGMA max_page_count = {pages}"))
        with pytest.raises(StorageUnavailable, match="disk is full"):
            await SqlQueue(database).check(in_turn=True)
        async with database.session() as session:
            await session.execute(text("PRAGMA max_page_count = 1000000"))
        await SqlQueue(database).check(in_turn=True)


async def test_a_postgresql_that_has_no_room_for_a_row_is_found_out(postgresql_url: str) -> None:
    # At the end of the transaction, and for rows alone: nothing less proves that one is stored.
    await administer(postgresql_url, _FULL, _IS_FULL)
    async with Database(postgresql_url) as database:
        try:
            with pytest.raises(StorageUnavailable, match="run out of disk space"):
                await SqlQueue(database).check(in_turn=True)
        finally:
            await administer(postgresql_url, "DROP FUNCTION is_full CASCADE")
        await SqlQueue(database).check(in_turn=True)
