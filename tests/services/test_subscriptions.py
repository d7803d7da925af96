"""Who is told of an event: in memory, by guild, panel, server and kind, and never while muted."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import StorageUnavailable, UnknownNews
from bot.domain.events import EventKind, Preset
from bot.domain.news import Mute, Pause
from bot.services.panels import PanelEntry, PanelRegistry
from bot.services.subscriptions import SubscriptionService
from tests.fakes import NOON, FakeClock, FakePanel
from tests.fakes_news import GUILD, MemoryNews, make_event, make_subscription

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.events import Event
    from bot.domain.news import Subscription

OTHER, FOREIGN = 2, 3
HOUR = timedelta(hours=1)


@pytest.fixture
def store() -> MemoryNews:
    return MemoryNews()


@pytest.fixture
def panels(clock: FakeClock) -> PanelRegistry:
    def entry(panel_id: str, *guild_ids: int, server_ids: frozenset[str] | None) -> PanelEntry:
        return PanelEntry(
            panel=FakePanel(clock, panel_id=panel_id),
            name=panel_id,
            guild_ids=frozenset(guild_ids),
            poll_seconds=60,
            server_ids=server_ids,
        )

    return PanelRegistry(
        [
            entry("main", GUILD, OTHER, server_ids=None),
            entry("some", GUILD, server_ids=frozenset({"1"})),
        ]
    )


@pytest.fixture
def service(store: MemoryNews, panels: PanelRegistry, clock: FakeClock) -> SubscriptionService:
    return SubscriptionService(store, panels, clock)


async def told(service: SubscriptionService, event: Event) -> list[int]:
    """The guilds and channels that are told, by channel."""
    return [each.channel_id for each in service.matching(event)]


async def test_guilds_are_told_of_their_panels_alone(service: SubscriptionService) -> None:
    for guild_id, channel_id in ((GUILD, 31), (OTHER, 32), (FOREIGN, 33)):
        await service.add(make_subscription(guild_id=guild_id, channel_id=channel_id))
    assert await told(service, make_event()) == [31, 32]
    assert await told(service, make_event(panel_id="some", server_id="1")) == [31]
    assert await told(service, make_event(panel_id="gone")) == []


async def test_nothing_is_told_of_servers_that_a_guild_does_not_use(
    service: SubscriptionService,
) -> None:
    await service.add(make_subscription())
    assert await told(service, make_event(panel_id="some", server_id="2")) == []
    assert await told(service, make_event(EventKind.UNREACHABLE, None, panel_id="some")) == [30]
    node = make_event(EventKind.UNREACHABLE, None, panel_id="some")
    assert await told(service, replace(node, server_ids=("2", "3"))) == []
    assert await told(service, replace(node, server_ids=("1", "2"))) == [30]


async def test_a_subscription_is_about_its_panel_server_and_kinds(
    service: SubscriptionService,
) -> None:
    await service.add(make_subscription(channel_id=31, panel_id="some"))
    await service.add(make_subscription(channel_id=32, panel_id="main", server_id="1"))
    await service.add(make_subscription(EventKind.CRASHED, Preset.ACTIONS, channel_id=33))
    assert await told(service, make_event(server_id="1")) == [32]
    assert await told(service, make_event(server_id="2")) == []
    assert await told(service, make_event(server_id="1", panel_id="some")) == [31]
    assert await told(service, make_event(EventKind.CRASHED, "2")) == [33]
    assert await told(service, make_event(EventKind.ACTION, "2")) == [33]
    # It may well be the reason why the server is out of reach.
    assert await told(service, make_event(EventKind.UNREACHABLE, None)) == [32]


async def test_what_is_stored_counts_after_a_start(
    store: MemoryNews, panels: PanelRegistry, clock: FakeClock, service: SubscriptionService
) -> None:
    first = await service.add(make_subscription(mention_role_id=20))
    gone = await service.add(make_subscription())
    await service.pause([first.id or 0], Pause.NOT_ALLOWED, channel_id=first.channel_id)
    await service.remove(gone.id or 0, at=NOON)
    await service.mutes.add(mute(server_id="2"))
    again = SubscriptionService(store, panels, clock)
    await again.load()
    assert again.of_guild(GUILD) == [replace(first, pause=Pause.NOT_ALLOWED)]
    assert again.get(first.id or 0) == again.of_guild(GUILD)[0]
    assert again.get(gone.id or 0) is None
    assert again.mutes.of_guild(GUILD) == service.mutes.of_guild(GUILD)
    assert again.roles_of(GUILD) == {20}


async def test_what_a_database_did_not_take_does_not_count(
    store: MemoryNews, service: SubscriptionService
) -> None:
    stored = await service.add(make_subscription())
    number = stored.id or 0
    store.is_broken = True
    for work in (
        service.add(make_subscription(channel_id=31)),
        service.change(number, lambda now: replace(now, channel_id=32)),
        service.remove(number, at=NOON),
        service.pause([number], Pause.CHANNEL_GONE, channel_id=30),
        service.mutes.add(mute()),
    ):
        with pytest.raises(StorageUnavailable):
            await work
    assert await told(service, make_event()) == [30]
    assert service.of_guild(GUILD) == [stored]


async def test_one_is_changed_removed_and_brought_back(service: SubscriptionService) -> None:
    number = (await service.add(make_subscription())).id or 0
    moved = await service.change(number, lambda now: replace(now, channel_id=31))
    assert await told(service, make_event()) == [31]
    assert await service.remove(number, at=NOON) == moved
    assert await told(service, make_event()) == []
    with pytest.raises(UnknownNews):
        await service.restore(OTHER, number, allow)
    assert await service.restore(GUILD, number, allow) == moved
    assert await told(service, make_event()) == [31]


async def test_what_was_deleted_beside_us_is_no_longer_there(
    store: MemoryNews, service: SubscriptionService
) -> None:
    stored = await service.add(make_subscription())
    store.subscriptions.clear()
    with pytest.raises(UnknownNews):
        await service.change(stored.id or 0, lambda now: replace(now, channel_id=31))
    assert await told(service, make_event()) == []


async def test_who_follows_one_server_is_told_that_it_is_gone(
    service: SubscriptionService,
) -> None:
    await service.add(make_subscription(Preset.PROBLEMS, channel_id=31))
    await service.add(
        make_subscription(Preset.PROBLEMS, channel_id=32, panel_id="main", server_id="1")
    )
    assert await told(service, make_event(EventKind.REMOVED, "1")) == [32]
    assert await told(service, make_event(EventKind.REMOVED, "2")) == []


async def test_changes_at_the_same_time_lose_nothing_of_each_other(
    store: MemoryNews, service: SubscriptionService
) -> None:
    stored = await service.add(make_subscription(mention_role_id=20))
    number = stored.id or 0
    await asyncio.gather(
        service.pause([number], Pause.NOT_ALLOWED, channel_id=30),
        service.change(number, lambda now: replace(now, panel_id="main")),
        service.role_deleted(GUILD, 20),
    )
    wanted = replace(stored, pause=Pause.NOT_ALLOWED, panel_id="main", mention_role_id=None)
    assert service.of_guild(GUILD) == await store.all() == [wanted]


async def test_what_is_removed_meanwhile_is_not_brought_back_by_a_change(
    store: MemoryNews, service: SubscriptionService
) -> None:
    number = (await service.add(make_subscription(mention_role_id=20))).id or 0
    await asyncio.gather(service.remove(number, at=NOON), service.role_deleted(GUILD, 20))
    await service.pause([number], Pause.NOT_ALLOWED, channel_id=30)
    assert service.of_guild(GUILD) == await store.all() == []


async def test_a_pause_is_of_the_channel_that_it_was_found_in(
    service: SubscriptionService,
) -> None:
    number = (await service.add(make_subscription())).id or 0
    moved, _ = await asyncio.gather(
        service.change(number, lambda now: replace(now, channel_id=31)),
        service.pause([number], Pause.CHANNEL_GONE, channel_id=30),
    )
    assert service.of_guild(GUILD) == [moved]


async def test_nothing_is_told_while_it_is_muted(
    clock: FakeClock, service: SubscriptionService
) -> None:
    await service.add(make_subscription(channel_id=31))
    await service.add(make_subscription(channel_id=32, guild_id=OTHER))
    await service.mutes.add(mute(panel_id="main", server_id="1", until=NOON + HOUR))
    assert await told(service, make_event(server_id="1")) == [32]
    assert await told(service, make_event(server_id="2")) == [31, 32]
    assert await told(service, make_event(EventKind.UNREACHABLE, None)) == [31, 32]
    clock.advance(HOUR.total_seconds())
    assert await told(service, make_event(server_id="1", at=clock.now())) == [31, 32]
    assert service.mutes.of_guild(GUILD) == []


async def test_a_panel_or_everything_is_muted_until_somebody_ends_it(
    clock: FakeClock, service: SubscriptionService
) -> None:
    await service.add(make_subscription(channel_id=31))
    one = await service.mutes.add(mute(panel_id="main"))
    assert await told(service, make_event()) == []
    assert await told(service, make_event(EventKind.UNREACHABLE, None)) == []
    assert await told(service, make_event(server_id="1", panel_id="some")) == [31]
    every = await service.mutes.add(mute())
    assert await told(service, make_event(server_id="1", panel_id="some")) == []
    clock.advance(10 * HOUR.total_seconds())
    assert service.mutes.of_guild(GUILD) == [one, every]
    for each in (one, every):
        await service.mutes.end(each, panel_ids=(), hearers=lambda _: ())
    assert await told(service, make_event()) == [31]


async def test_an_incident_that_was_told_is_brought_to_its_end_although_muted(
    service: SubscriptionService,
) -> None:
    await service.add(make_subscription())
    await service.mutes.add(mute())
    end = replace(make_event(EventKind.RECOVERED, None, incident="a"), is_over=True)
    assert await told(service, replace(end, told_at=NOON - HOUR)) == [30]
    assert await told(service, replace(end, told_at=NOON + HOUR)) == []


async def test_an_incident_that_began_before_its_mute_and_was_not_told_is_not_told(
    service: SubscriptionService,
) -> None:
    await service.add(make_subscription())
    await service.mutes.add(mute())
    first = make_event(EventKind.UNREACHABLE, None, incident="panel-1")
    assert await told(service, replace(first, since=NOON - HOUR)) == []


async def test_a_mute_takes_the_place_of_one_about_the_same(service: SubscriptionService) -> None:
    await service.mutes.add(mute(reason="short"))
    longer = await service.mutes.add(mute(reason="longer"))
    assert service.mutes.of_guild(GUILD) == [longer]


async def test_what_began_under_a_mute_stays_hidden_when_it_is_made_longer(
    service: SubscriptionService,
) -> None:
    await service.add(make_subscription())
    await service.mutes.add(mute(until=NOON + 2 * HOUR))
    await service.mutes.add(replace(mute(until=NOON + 9 * HOUR), muted_at=NOON + HOUR))
    again = replace(make_event(EventKind.UNREACHABLE, None, incident="a"), told_at=NOON + HOUR / 2)
    assert await told(service, again) == []


async def test_a_role_that_is_gone_is_mentioned_no_more(service: SubscriptionService) -> None:
    for role_id in (20, 21, 20, None):
        await service.add(make_subscription(mention_role_id=role_id))
    assert await service.role_deleted(GUILD, 20) == 2
    assert [each.mention_role_id for each in service.of_guild(GUILD)] == [None, 21, None, None]
    assert await service.role_deleted(OTHER, 21) == 0


async def test_all_of_a_guild_is_forgotten(service: SubscriptionService) -> None:
    for guild_id in (GUILD, OTHER):
        await service.add(make_subscription(guild_id=guild_id, channel_id=30 + guild_id))
        await service.mutes.add(mute(guild_id=guild_id, server_id="9"))
    service.forget(GUILD)
    assert await told(service, make_event()) == [30 + OTHER]
    assert service.mutes.of_guild(GUILD) == []
    assert len(service.mutes.of_guild(OTHER)) == 1


async def test_servers_are_followed_whose_changes_somebody_is_told(
    service: SubscriptionService,
) -> None:
    changes: list[int] = []
    service.listen(changes.append)
    stored = [
        await service.add(each)
        for each in (
            make_subscription(EventKind.CRASHED, panel_id="main", server_id="1"),
            make_subscription(panel_id="some"),
            make_subscription(Preset.ACTIONS, EventKind.ADDED),
            make_subscription(guild_id=OTHER),
        )
    ]
    assert service.follows(GUILD) == {("main", "1"), ("some", None)}
    assert service.follows(OTHER) == {(None, None)}
    assert service.follows(FOREIGN) == set()
    await service.remove(stored[0].id or 0, at=NOON)
    assert service.follows(GUILD) == {("some", None)}
    assert changes == [GUILD, GUILD, GUILD, OTHER, GUILD]


def mute(
    *,
    guild_id: int = GUILD,
    panel_id: str | None = None,
    server_id: str | None = None,
    until: datetime | None = None,
    reason: str | None = None,
) -> Mute:
    return Mute(
        guild_id=guild_id,
        panel_id=panel_id,
        server_id=server_id,
        until=until,
        reason=reason,
        muted_by=10,
        muted_at=NOON,
    )


def allow(subscription: Subscription) -> Subscription:
    """Let it be as it is."""
    return subscription
