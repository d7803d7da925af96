"""What was told goes in time, and with its guild or panel; nothing of others goes with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from bot.domain.events import Asker, EventKind
from bot.domain.news import Mute
from bot.domain.servers import ServerRef
from bot.storage import master_key
from bot.storage.crypto import Vault, new_key
from bot.storage.guilds import SqlGuilds
from bot.storage.news_tables import EventRow, PostingRow
from bot.storage.panels import SqlPanels
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, GUILD, make_event, make_subscription
from tests.storage.sealed import panel
from tests.storage.tracked import make_incident, make_track

if TYPE_CHECKING:
    from bot.storage.engine import Database

OTHER, THEIRS = 2, 31
DAY = timedelta(days=1)


@pytest.fixture
def guilds(database: Database) -> SqlGuilds:
    return SqlGuilds(database)


async def test_a_guild_that_only_wants_news_is_known(database: Database, guilds: SqlGuilds) -> None:
    store = SqlSubscriptions(database)
    await store.add(make_subscription())
    await store.mute(Mute(guild_id=OTHER, muted_by=10, muted_at=NOON), at=NOON)
    assert await guilds.known() == {GUILD: None, OTHER: None}


async def test_the_news_of_a_guild_go_with_it(database: Database, guilds: SqlGuilds) -> None:
    store, queue = SqlSubscriptions(database), SqlQueue(database)
    ours = await store.add(make_subscription())
    gone = await store.add(make_subscription())
    theirs = await store.add(make_subscription(guild_id=OTHER, channel_id=THEIRS))
    await store.remove(gone, at=NOON)
    for guild_id in (GUILD, OTHER):
        await store.mute(Mute(guild_id=guild_id, muted_by=10, muted_at=NOON), at=NOON)
    asked = replace(make_event(), asker=Asker(10, GUILD))
    news = [(make_event(incident="a"), [ours]), (asked, [ours]), (asked, [theirs]), (asked, [])]
    await SqlTracks(database).commit(tracks={}, incidents={}, news=news)
    first, *_ = await queue.head(CHANNEL, 5)
    await queue.delivered([first], messages={"a": 1})

    await guilds.delete(GUILD)

    assert await guilds.known() == {OTHER: None}
    assert await store.all() == [theirs]
    assert not await store.change(gone)
    assert [mute.guild_id for mute in await store.mutes()] == [OTHER]
    assert await queue.channels() == {THEIRS}
    [waiting] = await queue.head(THEIRS, 5)
    assert waiting.event == asked
    assert await told_in(database, CHANNEL) == {}
    # What somebody asked for there is gone but for what others are still to be told.
    assert await count(database, asked_in=GUILD) == 1


async def test_nothing_is_noted_of_a_guild_that_went_while_it_was_told(
    database: Database, guilds: SqlGuilds
) -> None:
    ours, queue = await SqlSubscriptions(database).add(make_subscription()), SqlQueue(database)
    news = [(make_event(incident="a"), [ours])]
    await SqlTracks(database).commit(tracks={}, incidents={}, news=news)
    batch = await queue.head(CHANNEL, 5)
    await guilds.delete(GUILD)
    assert not await queue.delivered(batch, messages={"a": 1})
    assert await told_in(database, CHANNEL) == {}


@pytest.mark.parametrize("way", ["deleted", "purged"])
async def test_what_is_known_of_a_panel_goes_with_it(database: Database, way: str) -> None:
    vault = Vault([new_key()])
    await master_key.note(database, vault)
    panels, tracks = SqlPanels(database, vault), SqlTracks(database)
    await panels.add(replace(panel(1), removed_at=NOON))
    await panels.add(replace(panel(2), guild_id=OTHER))
    refs = [ServerRef(panel_id, "1") for panel_id in ("g1", "g2", "main")]
    await tracks.commit(
        tracks={ref: make_track("x") for ref in refs},
        incidents={ref.panel_id: make_incident(ref.panel_id, ref.panel_id) for ref in refs},
        news=[(make_event(panel_id=ref.panel_id), []) for ref in refs],
    )
    if way == "deleted":
        await panels.delete_of(GUILD)
    else:
        await panels.purge(NOON + DAY)
    assert (await tracks.tracks()).keys() == set(refs[1:])
    assert [each.panel_id for each in await tracks.incidents()] == ["g2", "main"]
    assert [await count(database, panel_id=ref.panel_id) for ref in refs] == [0, 1, 1]


async def test_old_news_go_told_or_not(database: Database, guilds: SqlGuilds) -> None:
    store, queue, tracks = SqlSubscriptions(database), SqlQueue(database), SqlTracks(database)
    here = await store.add(make_subscription())
    removed = [await store.add(make_subscription(channel_id=40 + n)) for n in range(2)]
    for number, each in enumerate(removed):
        await store.remove(each, at=NOON + number * DAY)
    # When it is ended, what it hides and still goes on is told: nothing else may take it away.
    await store.mute(Mute(guild_id=1, until=NOON, muted_by=10, muted_at=NOON), at=NOON)
    old = [make_event(EventKind.UNREACHABLE, incident=key) for key in ("over", "lasting")]
    new = make_event(at=NOON + DAY)
    await tracks.commit(
        tracks={},
        incidents={"lasting": make_incident("lasting", "main")},
        news=[(event, [here]) for event in (*old, *old, new)],
    )
    first, second, *_ = await queue.head(CHANNEL, 5)
    told = {"over": 1, "lasting": 2}
    await queue.delivered([first, second], messages=told)

    await guilds.drop_news(NOON + timedelta(hours=1))

    assert [each.event for each in await queue.head(CHANNEL, 5)] == [new]
    assert await count(database, panel_id="main") == 1
    assert await told_in(database, CHANNEL) == {"lasting": 2}
    left = [await store.removed(each.guild_id, each.id or 0) for each in removed]
    assert left == [None, removed[1]]
    assert [mute.guild_id for mute in await store.mutes()] == [1]


async def test_what_goes_on_keeps_its_newest_word_however_old(
    database: Database, guilds: SqlGuilds
) -> None:
    store, tracks = SqlSubscriptions(database), SqlTracks(database)
    words = [
        replace(make_event(EventKind.UNREACHABLE, None, incident=key, at=at), panel_id=panel_id)
        for panel_id, key in (("main", "lasting"), ("other", "theirs"), ("main", "over"))
        for at in (NOON, NOON + timedelta(minutes=5))
    ]
    going_on = {
        key: make_incident(key, panel_id)
        for panel_id, key in (("main", "lasting"), ("other", "theirs"))
    }
    await tracks.commit(tracks={}, incidents=going_on, news=[(event, []) for event in words])

    for _ in range(2):
        await guilds.drop_news(NOON + DAY)
        assert await store.newest_words(["main", "other"]) == [words[1], words[3]]
        assert await count(database, panel_id="main") == 1

    await tracks.commit(tracks={}, incidents={"lasting": None}, news=[])
    await guilds.drop_news(NOON + DAY)
    assert await count(database, panel_id="main") == 0


async def told_in(database: Database, channel_id: int) -> dict[str, int]:
    """The messages that incidents have in a channel."""
    query = select(PostingRow.incident, PostingRow.message_id).filter_by(channel_id=channel_id)
    async with database.session() as session:
        return dict((await session.execute(query)).tuples().all())


async def count(database: Database, **columns: object) -> int:
    """How many events there are, told or not."""
    query = select(func.count()).select_from(EventRow).filter_by(**columns)
    async with database.session() as session:
        return await session.scalar(query) or 0
