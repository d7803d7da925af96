"""What is known and what is to be told is stored together, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.events import Asker, EventKind
from bot.domain.servers import ServerRef
from bot.storage.queue import SqlQueue
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks
from tests.fakes import NOON
from tests.fakes_news import CHANNEL, make_event, make_subscription
from tests.storage.tracked import make_incident, make_track

if TYPE_CHECKING:
    from bot.domain.news_ports import TrackStore
    from bot.storage.engine import Database

SURVIVAL = ServerRef("main", "1a2b3c4d")


@pytest.fixture
def tracks(database: Database) -> TrackStore:
    return SqlTracks(database)


async def test_tracks_and_incidents_come_back_as_they_were(tracks: TrackStore) -> None:
    known = {ServerRef("main", str(n)): make_track(f"服务器 {n}") for n in range(3)}
    going_on = {f"i{n}": make_incident(f"i{n}", "main") for n in range(3)}
    await tracks.commit(tracks=known, incidents=going_on, news=[])
    assert await tracks.tracks() == known
    assert list(await tracks.incidents()) == list(going_on.values())


async def test_only_what_changed_is_changed(tracks: TrackStore) -> None:
    creative, lobby = ServerRef("main", "2"), ServerRef("main", "3")
    await tracks.commit(
        tracks={ref: make_track("old") for ref in (SURVIVAL, creative, lobby)},
        incidents={"a": make_incident("a", "main"), "b": make_incident("b", "main")},
        news=[],
    )
    await tracks.commit(
        tracks={SURVIVAL: make_track("new"), creative: None, ServerRef("x", "y"): None},
        incidents={"a": None, "c": make_incident("c", "main")},
        news=[],
    )
    assert await tracks.tracks() == {SURVIVAL: make_track("new"), lobby: make_track("old")}
    assert list(await tracks.incidents()) == [make_incident(key, "main") for key in "bc"]


async def test_who_was_told_of_an_incident_or_is_about_to_be_is_known(
    database: Database, tracks: TrackStore
) -> None:
    store, queue = SqlSubscriptions(database), SqlQueue(database)
    here, of_panel, _of_another, _elsewhere = [
        await store.add(make_subscription(panel_id=panel_id, channel_id=channel_id))
        for panel_id, channel_id in (
            (None, CHANNEL),
            ("main", CHANNEL),
            ("other", CHANNEL),
            (None, 31),
        )
    ]
    gone = await store.add(make_subscription())
    words = {key: make_event(EventKind.UNREACHABLE, None, incident=key) for key in ("a", "b", "c")}
    await tracks.commit(
        tracks={},
        incidents={key: make_incident(key, "main") for key in ("a", "b", "d")},
        news=[(words["a"], [here]), (words["b"], [here]), (words["c"], [here])],
    )
    first, *_ = await queue.head(CHANNEL, 5)
    await queue.delivered([first], messages={"a": 70})
    await store.remove(gone, at=NOON)
    hearers = await SqlTracks(database).hearers("main")
    assert {key: list(found) for key, found in hearers.items()} == {
        "a": [here, of_panel],
        "b": [here, of_panel],
    }
    assert await SqlTracks(database).hearers("other") == {}


@pytest.mark.parametrize("how", ["waiting", "told", "at once", "never"])
async def test_an_end_is_told_only_where_its_beginning_was(
    database: Database, tracks: TrackStore, how: str
) -> None:
    store, queue = SqlSubscriptions(database), SqlQueue(database)
    old, new, of_ends = [
        await store.add(make_subscription(*kinds, channel_id=channel_id))
        for channel_id, kinds in ((CHANNEL, ()), (31, ()), (32, (EventKind.RECOVERED,)))
    ]
    begun = make_event(EventKind.UNREACHABLE, None, incident="node-1")
    other = make_event(EventKind.UNREACHABLE, None, incident="node-11")
    over = replace(begun, kind=EventKind.RECOVERED, is_over=True)
    words = [(begun, [old]), (other, [new])]
    ends = [(over, [old, new, of_ends])]
    if how == "at once":
        await tracks.commit(tracks={}, incidents={}, news=words + ends)
    elif how == "never":
        await tracks.commit(tracks={}, incidents={}, news=ends)
    else:
        await tracks.commit(tracks={}, incidents={}, news=words)
        if how == "told":
            [first] = await queue.head(CHANNEL, 5)
            await queue.delivered([first], messages={"node-1": 70})
        await tracks.commit(tracks={}, incidents={}, news=ends)
    found = {key: await queue.head(key, 5) for key in await queue.channels()}
    told = {key for key, head in found.items() if any(each.event == over for each in head)}
    assert told == ({32} if how == "never" else {CHANNEL, 32})


async def test_nothing_of_it_is_stored_if_something_cannot_be(
    database: Database, tracks: TrackStore
) -> None:
    stored = await SqlSubscriptions(database).add(make_subscription())
    impossible = replace(stored, guild_id=None)  # type: ignore[arg-type]  # the point
    with pytest.raises(Exception, match=r"(?i)null"):
        await tracks.commit(
            tracks={SURVIVAL: make_track("new")},
            incidents={"a": make_incident("a", "main")},
            news=[(make_event(), [stored, impossible])],
        )
    assert await tracks.tracks() == {}
    assert list(await tracks.incidents()) == []
    assert not await SqlQueue(database).head(CHANNEL, 5)


async def test_an_event_comes_back_as_it_was(database: Database, tracks: TrackStore) -> None:
    stored = await SqlSubscriptions(database).add(make_subscription())
    event = replace(
        make_event(EventKind.UNREACHABLE, None, name="", incident="panel:main:7"),
        asker=Asker(user_id=2**63 - 1, guild_id=5),
        was_away=True,
        since=NOON - timedelta(hours=1),
        is_over=True,
        servers=("a", "生存"),
        count=12,
        former_name="x",
        measure="disk",
        percent=96.5,
        action="restart",
        outcome="done",
        detail="it did not answer",
    )
    begun = replace(event, is_over=False)
    await tracks.commit(tracks={}, incidents={}, news=[(begun, [stored]), (event, [stored])])
    _, delivery = await SqlQueue(database).head(CHANNEL, 5)
    assert delivery.event == event


async def test_no_text_from_a_panel_is_too_odd_to_be_stored(
    database: Database, tracks: TrackStore
) -> None:
    stored = await SqlSubscriptions(database).add(make_subscription())
    event = make_event(name="a\ud800\0b" + "x" * 5000)
    await tracks.commit(tracks={}, incidents={}, news=[(event, [stored])])
    [delivery] = await SqlQueue(database).head(CHANNEL, 5)
    assert delivery.event.name == "a\N{REPLACEMENT CHARACTER}\0b" + "x" * 5000
