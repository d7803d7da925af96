"""What is muted is not told, whatever it is part of; what goes on when that ends is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.changes import News
from bot.domain.errors import StorageUnavailable
from bot.domain.events import EventKind, Preset
from bot.domain.news import Mute
from bot.services.mutes import MuteKeeper
from bot.services.subscriptions import SubscriptionService
from tests.fakes import NOON
from tests.fakes_news import GUILD, make_event, make_subscription
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.events import Event
    from tests.services.house import House

ALL, ONE, OTHER = 31, 32, 33
HOUR = timedelta(hours=1)


def make_mute(server_id: str | None = None, *, panel_id: str | None = "main") -> Mute:
    return Mute(guild_id=GUILD, panel_id=panel_id, server_id=server_id, muted_by=10, muted_at=NOON)


def node_down(*server_ids: str) -> Event:
    """Tell that a node, or the whole panel, does not answer."""
    return replace(make_event(EventKind.UNREACHABLE, None, incident="a"), server_ids=server_ids)


async def told(house: House, event: Event) -> list[int]:
    return [each.channel_id for each in house.subscriptions.matching(event)]


async def _subscribe(house: House) -> None:
    """Let a channel be told of all servers, and two of one each."""
    for channel_id, server_id in ((ALL, None), (ONE, "1"), (OTHER, "2")):
        panel_id = "main" if server_id else None
        wanted = make_subscription(
            Preset.PROBLEMS, channel_id=channel_id, panel_id=panel_id, server_id=server_id
        )
        await house.subscriptions.add(wanted)


@pytest.mark.parametrize(
    ("muted", "down", "hearing"),
    [
        (["1"], ["1", "2"], [ALL, OTHER]),
        (["1"], ["1"], []),
        (["1", "2"], ["1", "2"], []),
        (["1", "2"], ["1", "2", "3"], [ALL]),
        (["1"], [], [ALL, OTHER]),
        ([None], ["1", "2"], []),
    ],
)
async def test_who_would_hear_of_nothing_but_what_is_muted_is_not_told(
    house: House, muted: list[str | None], down: list[str], hearing: list[int]
) -> None:
    await _subscribe(house)
    for server_id in muted:
        await house.subscriptions.mute(make_mute(server_id))
    assert await told(house, node_down(*down)) == hearing


async def test_a_server_of_another_panel_is_not_muted_by_its_id(house: House) -> None:
    await _subscribe(house)
    await house.subscriptions.mute(make_mute("1", panel_id="backup"))
    assert await told(house, node_down("1")) == [ALL, ONE]


async def begin(house: House, event: Event) -> None:
    """Let something begin to go on, and whoever may hear of it be told."""
    incident = make_incident(event.incident or "", event.panel_id)
    told = [(event, house.subscriptions.matching(event))]
    await house.news.commit(tracks={}, incidents={incident.id: incident}, news=told)


async def waiting(house: House) -> list[tuple[int, Event]]:
    return [(each.channel_id, each.event) for each in house.news.deliveries.values()]


async def test_what_goes_on_when_a_mute_ends_is_told_where_it_was_not(house: House) -> None:
    woken: list[Collection[int]] = []
    house.mutes.listen(woken.append)
    await _subscribe(house)
    await house.subscriptions.mute(make_mute("1"))
    every = await house.subscriptions.mute(make_mute())
    await begin(house, node_down("1", "2"))
    assert await waiting(house) == []
    await house.mutes.end(every)
    told = [(ALL, node_down("1", "2")), (OTHER, node_down("1", "2"))]
    assert await waiting(house) == told
    assert woken == [{ALL, OTHER}]
    [one] = house.subscriptions.mutes_of(GUILD)
    for _ in ("ended", "ended already"):
        await house.mutes.end(one)
        assert await waiting(house) == [*told, (ONE, node_down("1", "2"))]
    assert await house.news.mutes() == []


async def test_what_is_over_or_was_never_muted_is_not_told(house: House) -> None:
    await begin(house, node_down("1", "2"))
    await _subscribe(house)
    mute = await house.subscriptions.mute(make_mute("1"))
    await begin(house, replace(node_down("1"), incident="b"))
    await house.news.commit(tracks={}, incidents={"b": None}, news=[])
    await house.mutes.end(mute)
    # Only who follows that server was kept from hearing of its node.
    assert await waiting(house) == [(ONE, node_down("1", "2"))]


async def test_a_mute_that_is_over_is_ended_though_the_bot_was_away(house: House) -> None:
    await _subscribe(house)
    await house.subscriptions.mute(replace(make_mute(), until=NOON + HOUR))
    await begin(house, node_down("1"))
    house.clock.advance(HOUR.total_seconds())
    again = SubscriptionService(house.news, house.panels, house.clock)
    await again.load()
    assert again.mutes_of(GUILD) == []
    mutes = MuteKeeper(again, house.ledger, house.clock)
    woken: asyncio.Queue[Collection[int]] = asyncio.Queue()
    mutes.listen(woken.put_nowait)
    async with asyncio.timeout(5):
        async with asyncio.TaskGroup() as group:
            running = group.create_task(mutes.run())
            assert await woken.get() == {ALL, ONE}
            running.cancel()
    assert await house.news.mutes() == []


async def test_a_mute_goes_on_where_its_end_cannot_be_stored(house: House) -> None:
    await _subscribe(house)
    mute = await house.subscriptions.mute(make_mute())
    await begin(house, node_down("1"))
    house.news.is_broken = True
    with pytest.raises(StorageUnavailable):
        await house.mutes.end(mute)
    house.news.is_broken = False
    assert house.subscriptions.mutes_of(GUILD) == [mute]
    assert await told(house, node_down("1")) == []
    await house.mutes.end(mute)
    assert [channel_id for channel_id, _ in await waiting(house)] == [ALL, ONE]


async def test_what_was_seen_under_a_mute_and_is_not_stored_yet_is_told(house: House) -> None:
    await _subscribe(house)
    mute = await house.subscriptions.mute(make_mute())
    incident = make_incident("a", "main")
    house.ledger.note(News(incidents={"a": incident}, events=[node_down("1")]))
    await house.mutes.end(mute)
    assert [channel_id for channel_id, _ in await waiting(house)] == [ALL, ONE]


async def test_a_mute_that_takes_the_place_of_another_hides_what_that_did(house: House) -> None:
    await _subscribe(house)
    await house.subscriptions.mute(replace(make_mute(), until=NOON + HOUR))
    house.clock.advance(HOUR.total_seconds())
    later = replace(make_mute(), muted_at=house.clock.now())
    assert (await house.subscriptions.mute(later)).muted_at == NOON
