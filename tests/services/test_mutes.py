"""What is muted is not told, whatever it is part of; what goes on when that ends is."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
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
from tests.fakes_news import GUILD, MemoryNews, make_event, make_subscription
from tests.services.house import House
from tests.storage.tracked import make_incident

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from bot.domain.events import Event

ALL, ONE, OTHER = 31, 32, 33
HOUR = timedelta(hours=1)


def make_mute(server_id: str | None = None, *, panel_id: str | None = "main") -> Mute:
    return Mute(guild_id=GUILD, panel_id=panel_id, server_id=server_id, muted_by=10, muted_at=NOON)


def node_down(*server_ids: str) -> Event:
    """Tell that a node, or the whole panel, does not answer."""
    return replace(make_event(EventKind.UNREACHABLE, None, incident="a"), server_ids=server_ids)


async def told(house: House, event: Event) -> list[int]:
    return [each.channel_id for each in house.subscriptions.matching(event)]


async def subscribe(house: House) -> None:
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
    await subscribe(house)
    for server_id in muted:
        await house.subscriptions.mutes.add(make_mute(server_id))
    assert await told(house, node_down(*down)) == hearing


async def test_a_server_of_another_panel_is_not_muted_by_its_id(house: House) -> None:
    await subscribe(house)
    await house.subscriptions.mutes.add(make_mute("1", panel_id="backup"))
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
    await subscribe(house)
    await house.subscriptions.mutes.add(make_mute("1"))
    every = await house.subscriptions.mutes.add(make_mute())
    await begin(house, node_down("1", "2"))
    assert await waiting(house) == []
    await house.mutes.end(every)
    told = [(ALL, node_down("1", "2")), (OTHER, node_down("1", "2"))]
    assert await waiting(house) == told
    assert woken == [{ALL, OTHER}]
    [one] = house.subscriptions.mutes.of_guild(GUILD)
    for _ in ("ended", "ended already"):
        await house.mutes.end(one)
        assert await waiting(house) == [*told, (ONE, node_down("1", "2"))]
    assert await house.news.mutes() == []


async def test_what_is_over_or_was_never_muted_is_not_told(house: House) -> None:
    await begin(house, node_down("1", "2"))
    await subscribe(house)
    mute = await house.subscriptions.mutes.add(make_mute("1"))
    await begin(house, replace(node_down("1"), incident="b"))
    await house.news.commit(tracks={}, incidents={"b": None}, news=[])
    await house.mutes.end(mute)
    # Only who follows that server was kept from hearing of its node.
    assert await waiting(house) == [(ONE, node_down("1", "2"))]


@dataclass
class NextRun:
    """What ends mutes after a restart of the bot."""

    house: House
    woken: asyncio.Queue[Collection[int]] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self.subscriptions = SubscriptionService(
            self.house.news, self.house.panels, self.house.clock
        )
        self.mutes = MuteKeeper(
            self.subscriptions,
            ledger=self.house.ledger,
            panels=self.house.panels,
            clock=self.house.clock,
        )
        self.mutes.listen(self.woken.put_nowait)

    async def pause(self) -> float:
        """Wait until it rests, and let it; returns for how many seconds."""
        clock = self.house.clock
        await clock.wait_asleep(1)
        began = clock.monotonic()
        await clock.tick()
        return clock.monotonic() - began


@asynccontextmanager
async def restarted(house: House) -> AsyncIterator[NextRun]:
    run = NextRun(house)
    await run.subscriptions.load()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(run.mutes.run())
        yield run
        running.cancel()


async def test_a_mute_that_ran_out_while_the_bot_was_away_ends_once_its_panels_were_looked_at(
    house: House,
) -> None:
    await subscribe(house)
    every = await house.subscriptions.mutes.add(
        replace(make_mute(panel_id=None), until=NOON + HOUR)
    )
    await house.subscriptions.mutes.add(replace(make_mute(), until=NOON + HOUR))
    await begin(house, node_down("1"))
    await begin(house, replace(node_down("2"), incident="b"))
    house.clock.advance(HOUR.total_seconds())
    async with restarted(house) as run:
        assert run.subscriptions.mutes.of_guild(GUILD) == []
        await house.news.commit(tracks={}, incidents={"b": None}, news=[])
        run.mutes.looked_at("main")
        assert await run.woken.get() == set()
        assert await house.news.mutes() == [every]
        run.mutes.looked_at("backup")
        assert await run.woken.get() == {ALL, ONE}
    assert await house.news.mutes() == []
    assert await waiting(house) == [(ALL, node_down("1")), (ONE, node_down("1"))]


async def test_a_mute_does_not_wait_for_ever_for_a_panel_that_nobody_looks_at(
    house: House,
) -> None:
    mute = await house.subscriptions.mutes.add(replace(make_mute(), until=NOON))
    async with restarted(house) as run:
        assert await run.pause() == 60
        assert await house.news.mutes() == [mute]
        assert await run.pause() == 30
        await run.woken.get()
    assert await house.news.mutes() == []


async def test_a_mute_ends_at_its_time_though_it_came_while_nothing_was_to_do(
    house: House,
) -> None:
    async with restarted(house) as run:
        run.mutes.looked_at("main")
        assert await run.pause() == 60
        await house.clock.wait_asleep(1)
        soon = house.clock.now() + timedelta(seconds=10)
        await run.subscriptions.mutes.add(replace(make_mute(), until=soon))
        house.clock.advance(10)
        await run.woken.get()
    assert await house.news.mutes() == []


async def test_ends_that_cannot_be_stored_are_tried_ever_less_often_and_warned_of_once(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await house.subscriptions.mutes.add(replace(make_mute(), until=NOON))
    async with restarted(house) as run:
        house.news.is_broken = True
        house.clock.advance(90)
        run.mutes.looked_at("main")
        assert [await run.pause() for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
        [warned] = [each for each in caplog.records if each.levelno == logging.WARNING]
        assert "cannot be ended" in warned.getMessage()
        house.news.is_broken = False
        await run.woken.get()
    assert await house.news.mutes() == []


async def test_a_mute_that_is_over_hides_what_it_has_hidden_until_it_is_ended(
    house: House,
) -> None:
    await subscribe(house)
    mute = await house.subscriptions.mutes.add(replace(make_mute(), until=NOON + HOUR))
    house.clock.advance(2 * HOUR.total_seconds())
    later = replace(node_down("1"), at=NOON + 2 * HOUR, told_at=NOON + HOUR / 2)
    assert await told(house, later) == []
    assert await told(house, replace(later, told_at=None)) == [ALL, ONE]
    await house.mutes.end(mute)
    assert await told(house, later) == [ALL, ONE]


@dataclass
class SlowNews(MemoryNews):
    """Ends a mute when the test lets it."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_end: asyncio.Event = field(default_factory=asyncio.Event)

    async def _answer(self) -> None:
        self.asked.set()
        await self.may_end.wait()
        await super()._answer()


@pytest.mark.parametrize("is_stored", [True, False])
async def test_a_mute_hides_until_its_end_is_stored(*, is_stored: bool) -> None:
    news = SlowNews()
    house = House(news=news)
    await subscribe(house)
    mute = await house.subscriptions.mutes.add(make_mute())
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        ending = group.create_task(_ends(house, mute))
        await news.asked.wait()
        assert await told(house, make_event(EventKind.CRASHED, "1")) == []
        house.ledger.note(
            News(incidents={"a": make_incident("a", "main")}, events=[node_down("1")])
        )
        news.is_broken = not is_stored
        news.may_end.set()
        assert await ending is is_stored
    news.is_broken = False
    await house.ledger.save()
    assert house.subscriptions.mutes.of_guild(GUILD) == [mute] * (not is_stored)
    assert [channel_id for channel_id, _ in await waiting(house)] == [ALL, ONE] * is_stored


async def _ends(house: House, mute: Mute) -> bool:
    try:
        await house.mutes.end(mute)
    except StorageUnavailable:
        return False
    return True


async def test_a_mute_goes_on_where_its_end_cannot_be_stored(house: House) -> None:
    await subscribe(house)
    mute = await house.subscriptions.mutes.add(make_mute())
    await begin(house, node_down("1"))
    house.news.is_broken = True
    with pytest.raises(StorageUnavailable):
        await house.mutes.end(mute)
    house.news.is_broken = False
    assert house.subscriptions.mutes.of_guild(GUILD) == [mute]
    assert await told(house, node_down("1")) == []
    await house.mutes.end(mute)
    assert [channel_id for channel_id, _ in await waiting(house)] == [ALL, ONE]


async def test_what_was_seen_under_a_mute_and_is_not_stored_yet_is_told(house: House) -> None:
    await subscribe(house)
    mute = await house.subscriptions.mutes.add(make_mute())
    incident = make_incident("a", "main")
    house.ledger.note(News(incidents={"a": incident}, events=[node_down("1")]))
    await house.mutes.end(mute)
    assert [channel_id for channel_id, _ in await waiting(house)] == [ALL, ONE]
