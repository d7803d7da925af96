"""Subscriptions and mutes are stored, removed and brought back, never those of another guild."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import EventKind, Preset
from bot.domain.news import AMONG_OTHERS, NOBODY, Mark, Mute, Pause
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, GUILD, make_event, make_subscription
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from bot.domain.news_ports import SubscriptionStore
    from bot.storage.engine import Database

OTHER = 2
HOUR = timedelta(hours=1)
MUTE = Mute(
    guild_id=GUILD,
    panel_id="main",
    server_id="1",
    until=NOON + HOUR,
    reason="Umbau \N{CONSTRUCTION SIGN}",
    muted_by=10,
    muted_at=NOON,
)


@pytest.fixture
def store(database: Database) -> SubscriptionStore:
    return SqlSubscriptions(database)


async def test_a_subscription_comes_back_with_all_that_is_said_of_it(
    store: SubscriptionStore,
) -> None:
    wanted = make_subscription(
        *EventKind,
        *Preset,
        channel_id=2**63 - 1,
        panel_id="main",
        server_id="x" * 255,
        mention_role_id=2**62,
    )
    stored = await store.add(wanted)
    assert await store.all() == [stored]
    assert stored == replace(wanted, id=stored.id)


async def test_a_removed_one_is_brought_back_as_it_is_given(store: SubscriptionStore) -> None:
    first, second = [await store.add(make_subscription()) for _ in range(2)]
    await store.remove(first, at=NOON)
    assert await store.all() == [second]
    assert first.id is not None
    assert await store.removed(GUILD, first.id) == first
    assert await store.removed(OTHER, first.id) is None
    assert await store.removed(GUILD, second.id or 0) is None
    changed = replace(first, events=frozenset({EventKind.CRASHED}), mention_role_id=5)
    assert not await store.change(changed)
    assert await store.restore(changed)
    assert not await store.restore(changed)
    assert await store.all() == [changed, second]


async def test_what_never_was_or_is_another_guilds_is_not_changed(
    store: SubscriptionStore,
) -> None:
    stored = await store.add(make_subscription())
    assert not await store.change(replace(stored, id=99))
    foreign = replace(stored, guild_id=OTHER, channel_id=99)
    assert not await store.change(foreign)
    await store.remove(foreign, at=NOON)
    assert await store.all() == [stored]


async def test_what_waits_goes_where_it_is_told_now(
    database: Database, store: SubscriptionStore
) -> None:
    queue = SqlQueue(database)
    moving, staying = [await store.add(make_subscription()) for _ in range(2)]
    await SqlTracks(database).commit(
        tracks={}, incidents={}, news=[(make_event(), [moving, staying])]
    )
    await queue.put_together([each.id for each in await queue.head(CHANNEL, 5)])
    await store.change(replace(moving, channel_id=31))
    [moved], [stayed] = await queue.head(31, 5), await queue.head(CHANNEL, 5)
    assert (moved.subscription_id, moved.channel_id, moved.batch_id) == (moving.id, 31, None)
    assert stayed.subscription_id == staying.id
    assert stayed.batch_id is not None


async def test_nothing_is_told_of_what_was_removed(
    database: Database, store: SubscriptionStore
) -> None:
    queue, tracks = SqlQueue(database), SqlTracks(database)
    gone, kept = [await store.add(make_subscription()) for _ in range(2)]
    await tracks.commit(tracks={}, incidents={}, news=[(make_event(), [gone, kept])])
    await store.remove(gone, at=NOON)
    # What was found out while it was being removed.
    await tracks.commit(tracks={}, incidents={}, news=[(make_event(), [gone])])
    assert [each.subscription_id for each in await queue.head(CHANNEL, 5)] == [kept.id]


async def test_what_was_seen_before_it_moved_goes_where_it_tells_now(
    database: Database, store: SubscriptionStore
) -> None:
    former = await store.add(make_subscription())
    await store.change(replace(former, channel_id=31))
    gone = await store.add(make_subscription(channel_id=32))
    await store.remove(gone, at=NOON)
    news = [(make_event(), [former, gone])]
    channels = await SqlTracks(database).commit(tracks={}, incidents={}, news=news)
    assert channels == {31}
    assert await SqlQueue(database).channels() == {31}


@pytest.mark.parametrize("how", ["changed", "restored"])
async def test_the_end_of_what_it_told_goes_where_it_tells_now(
    database: Database, store: SubscriptionStore, how: str
) -> None:
    queue, tracks = SqlQueue(database), SqlTracks(database)
    moving = await store.add(make_subscription(panel_id="main"))
    of_all, there = [await store.add(make_subscription(channel_id=n)) for n in (CHANNEL, 31)]
    words = {
        key: make_event(EventKind.UNREACHABLE, None, panel_id=key, incident=f"of {key}")
        for key in ("main", "other")
    }
    await tracks.commit(
        tracks={},
        incidents={f"of {key}": make_incident(f"of {key}", key) for key in words},
        news=[(words["main"], [moving, of_all]), (words["other"], [of_all])],
    )
    batch = await queue.head(CHANNEL, 5)
    await queue.delivered(batch, messages={"of main": 70, "of other": 71})
    moved = replace(moving, channel_id=31)
    if how == "changed":
        assert await store.change(moved)
        assert await store.change(moving)
        assert await store.change(moved)
    else:
        await store.remove(moving, at=NOON)
        assert await store.restore(moved)
    over = [replace(word, is_over=True) for word in words.values()]
    news = [(over[0], [moved, of_all]), (over[1], [of_all, there])]
    await tracks.commit(tracks={}, incidents={}, news=news)
    # Its message is in the other channel and cannot be edited from here.
    [told] = await queue.head(31, 5)
    assert (told.event, told.message_id) == (over[0], AMONG_OTHERS)
    stayed = await queue.head(CHANNEL, 5)
    assert [(each.event, each.message_id) for each in stayed] == [(over[0], 70), (over[1], 71)]


async def test_the_end_of_what_it_told_closes_the_message_that_it_left(
    database: Database, store: SubscriptionStore
) -> None:
    queue, tracks = SqlQueue(database), SqlTracks(database)
    moving, foreign = [
        await store.add(make_subscription(guild_id=guild_id, channel_id=channel_id))
        for guild_id, channel_id in ((GUILD, CHANNEL), (OTHER, 32))
    ]
    words = [make_event(EventKind.UNREACHABLE, None, incident=key) for key in ("own", "shared")]
    incidents = {key: make_incident(key, "main") for key in ("own", "shared")}
    told = [(word, [moving, foreign]) for word in words]
    await tracks.commit(tracks={}, incidents=incidents, news=told)
    for channel_id in (CHANNEL, 32):
        batch = await queue.head(channel_id, 5)
        await queue.delivered(batch, messages={"own": 70, "shared": AMONG_OTHERS})
    moved = replace(moving, channel_id=31)
    assert await store.change(moved)
    over = [replace(word, is_over=True) for word in words]
    news, mark = [(word, [moved]) for word in over], Mark("run", 1)
    for _ in ("stored", "stored already"):
        channels = await tracks.commit(tracks={}, incidents={}, news=news, mark=mark)
        assert {CHANNEL, 31} <= set(channels)
    assert await queue.channels() == {CHANNEL, 31, 32}
    for channel_id, guild_id in ((CHANNEL, GUILD), (32, OTHER)):
        [left] = await queue.head(channel_id, 5)
        assert (left.event, left.message_id, left.subscription_id) == (over[0], 70, NOBODY)
        assert left.guild_id == guild_id
    assert [each.event for each in await queue.head(31, 5)] == over


@pytest.mark.parametrize("is_posted", [True, False])
@pytest.mark.parametrize("how", ["changed", "removed", "paused"])
async def test_the_end_goes_wherever_the_beginning_is(
    database: Database, store: SubscriptionStore, how: str, *, is_posted: bool
) -> None:
    queue, tracks = SqlQueue(database), SqlTracks(database)
    stored = await store.add(make_subscription())
    begun = make_event(EventKind.UNREACHABLE, None, incident="a")
    await tracks.commit(tracks={}, incidents={}, news=[(begun, [stored])])
    if is_posted:
        [delivery] = await queue.head(CHANNEL, 5)
        await queue.delivered([delivery], messages={"a": 70})
        await tracks.commit(tracks={}, incidents={}, news=[(begun, [stored])])
    if how == "removed":
        await store.remove(stored, at=NOON)
    else:
        pause = Pause.NOT_ALLOWED if how == "paused" else None
        kinds = frozenset({EventKind.CRASHED})
        await store.change(replace(stored, events=kinds, panel_id="other", pause=pause))
    over = replace(begun, kind=EventKind.RECOVERED, is_over=True)
    channels = await tracks.commit(tracks={}, incidents={}, news=[(over, [])])
    is_told = is_posted or how != "removed"
    assert set(channels) == ({CHANNEL} if is_told else set())
    if how == "paused":
        assert [each.event for each in await queue.head(CHANNEL, 5)] == [over] * is_posted
        await store.pause([stored.id or 0], None)
    head = await queue.head(CHANNEL, 5)
    # What is told in the end is the end, though older words may wait with it.
    assert [each.event for each in head][-1:] == [over] * is_told
    assert {each.message_id for each in head} == ({70 if is_posted else None} if is_told else set())


async def test_what_is_paused_waits(database: Database, store: SubscriptionStore) -> None:
    queue = SqlQueue(database)
    stored = await store.add(make_subscription())
    await SqlTracks(database).commit(tracks={}, incidents={}, news=[(make_event(), [stored])])
    assert stored.id is not None
    await store.pause([stored.id], Pause.NOT_ALLOWED)
    assert await store.all() == [replace(stored, pause=Pause.NOT_ALLOWED)]
    assert (await queue.channels(), len(await queue.head(CHANNEL, 5))) == (set(), 0)
    assert await queue.head(CHANNEL, 5) == []
    await store.pause([stored.id], None)
    assert (await queue.channels(), len(await queue.head(CHANNEL, 5))) == ({CHANNEL}, 1)


async def test_some_are_paused_at_once_and_no_other(store: SubscriptionStore) -> None:
    stored = [await store.add(make_subscription()) for _ in range(3)]
    ids = {each.id: None for each in stored[:2] if each.id is not None}
    await store.pause(ids.keys(), Pause.NOT_ALLOWED)
    assert [each.pause for each in await store.all()] == [*[Pause.NOT_ALLOWED] * 2, None]
    await store.pause([], None)
    await store.pause(ids.keys(), None)
    assert await store.all() == stored


async def test_a_mute_takes_the_place_of_one_that_counts_and_is_about_the_same(
    store: SubscriptionStore,
) -> None:
    first = await store.mute(MUTE, at=NOON)
    wider = await store.mute(replace(MUTE, server_id=None, until=None, reason=None), at=NOON)
    widest = await store.mute(replace(MUTE, server_id=None, panel_id=None), at=NOON)
    foreign = await store.mute(replace(MUTE, guild_id=OTHER), at=NOON)
    again = await store.mute(replace(MUTE, reason="longer"), at=NOON)
    assert first.id != again.id
    assert await store.mutes() == [wider, widest, foreign, again]
    assert again.id is not None
    assert not await store.unmute(again.id, panel_ids=(), hearers=lambda _: ())
    past = await store.mute(MUTE, at=NOON)
    late = await store.mute(MUTE, at=NOON + HOUR)
    assert await store.mutes() == [wider, widest, foreign, past, late]
