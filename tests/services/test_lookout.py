"""A server is seen by what its panel pushes, and asked for where it pushes nothing."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain import live
from bot.domain.errors import PanelAuthFailed, PanelUnreachable, ServerNotFound
from bot.domain.receipts import Patience
from bot.domain.servers import Capability, Resources, Server, ServerState
from bot.services.lookout import Look, Lookout, looking
from tests.fakes import NOON, FakeClock, FakePanel, make_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_UP, _GOING, _DOWN = ServerState.RUNNING, ServerState.STOPPING, ServerState.OFFLINE


class Site:
    """A panel, a server, and somebody who looks at it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.panel = FakePanel(self.clock)
        self.panel.add(make_server())
        self.over = asyncio.Event()

    @asynccontextmanager
    async def looking(
        self, server: Server | None = None, *, at_once: bool = False
    ) -> AsyncIterator[Lookout]:
        async with (
            asyncio.timeout(5),
            looking(
                self.panel,
                server or make_server(),
                clock=self.clock,
                patience=Patience(),
                over=self.over,
                at_once=at_once,
            ) as lookout,
        ):
            yield lookout

    async def next(self, lookout: Lookout, event: live.Event | None = None) -> Look:
        """Return the next look; of an event that happens while somebody waits, or in time."""
        task = asyncio.get_running_loop().create_task(lookout.next())
        if event is not None:
            await self.clock.wait_asleep(1)
            self.panel.console.tell(event)
        elif self.panel.console.watches:
            await self.panel.console.run_until_done(task)
        else:
            await self.clock.run_until_done(task)
        look = await task
        assert look is not None
        return look

    def state(self, state: ServerState) -> live.State:
        return live.State(self.clock.now(), state)

    @property
    def asked(self) -> int:
        return self.panel.calls["get_server"]


@pytest.fixture
def site() -> Site:
    return Site()


async def test_what_is_pushed_is_seen_at_once(site: Site) -> None:
    async with site.looking() as lookout:
        look = await site.next(lookout, site.state(_GOING))
    assert (look.server.state, look.is_live) == (_GOING, True)
    assert look.server.name == "Survival"
    assert (site.asked, site.clock.monotonic()) == (0, 0)


@pytest.mark.parametrize("is_able", [True, False])
async def test_without_a_push_it_is_asked_for_every_three_seconds(
    site: Site, *, is_able: bool
) -> None:
    if not is_able:
        site.panel.capabilities -= {Capability.LIVE}
    async with site.looking() as lookout:
        looks = [await site.next(lookout) for _ in range(3)]
    assert [look.is_live for look in looks] == [False] * 3
    assert (site.asked, site.clock.monotonic()) == (3, 9)


async def test_a_connection_spares_the_panel_and_is_not_trusted_blindly(site: Site) -> None:
    async with site.looking() as lookout:
        await site.next(lookout, site.state(_UP))
        looks = [await site.next(lookout) for _ in range(6)]
        assert (site.asked, site.clock.monotonic()) == (0, 18)
        assert all(look.is_live for look in looks)
        site.panel.add(make_server(state=_DOWN))
        last = await site.next(lookout)
    assert (site.asked, last.server.state, last.is_live) == (1, _DOWN, False)


async def test_a_cached_reading_does_not_undo_what_was_pushed(site: Site) -> None:
    async with site.looking() as lookout:
        await site.next(lookout, site.state(_GOING))
        site.panel.console.tell(live.Disconnected(site.clock.now(), "cut"))
        looks = [await site.next(lookout) for _ in range(8)]
    assert [look.server.state for look in looks] == [_GOING] * 6 + [_UP] * 2
    assert not any(look.is_live for look in looks)


async def test_nor_does_it_undo_what_another_connection_pushed(site: Site) -> None:
    site.panel.capabilities -= {Capability.LIVE}
    known = replace(make_server(state=_DOWN), pushed_at=NOON)
    async with site.looking(known) as lookout:
        looks = [await site.next(lookout) for _ in range(8)]
    assert [look.server.state for look in looks] == [_DOWN] * 6 + [_UP] * 2
    assert not any(look.is_live for look in looks)


async def test_a_reading_is_believed_once_it_must_be_younger_than_what_was_pushed(
    site: Site,
) -> None:
    async with site.looking() as lookout:
        site.clock.advance(1)
        await site.next(lookout, site.state(_GOING))
        site.clock.advance(10)
        await site.next(lookout, live.Stats(site.clock.now(), Resources()))
        site.panel.console.tell(live.Disconnected(site.clock.now(), "cut"))
        site.clock.advance(7)
        at_the_border = await site.next(lookout)
        after = await site.next(lookout)
    assert (at_the_border.server.observed_at - NOON).total_seconds() == 21
    assert (at_the_border.server.state, after.server.state) == (_GOING, _UP)


async def test_a_panel_that_contradicts_the_connection_is_asked_until_they_agree(
    site: Site,
) -> None:
    async with site.looking() as lookout:
        await site.next(lookout, site.state(_UP))
        site.panel.add(make_server(state=ServerState.SUSPENDED))
        looks = [await site.next(lookout) for _ in range(9)]
    assert [look.server.state for look in looks] == [_UP] * 6 + [ServerState.SUSPENDED] * 3
    assert [look.is_live for look in looks] == [True] * 6 + [False] * 3
    assert site.asked == 3


async def test_usage_alone_is_no_state(site: Site) -> None:
    resources = make_server(uptime=timedelta(seconds=7)).resources
    assert resources is not None
    async with site.looking() as lookout:
        stats = live.Stats(site.clock.now(), resources)
        site.panel.console.tell(stats)
        first = await site.next(lookout)
        assert (first.is_live, first.server.resources) == (False, None)
        assert not first.is_measured
        await site.next(lookout, site.state(_UP))
        second = await site.next(lookout, stats)
    assert (second.is_live, second.server.resources) == (True, resources)
    assert second.is_measured


@pytest.mark.parametrize("end", [None, PanelAuthFailed("main", "no")])
async def test_a_connection_that_ends_is_made_up_for(
    site: Site, end: PanelAuthFailed | None
) -> None:
    async with site.looking() as lookout:
        await site.next(lookout, site.state(_UP))
        site.panel.console.tell(end)
        await site.clock.run_until_done(asyncio.get_running_loop().create_task(lookout.next()))
        await site.clock.run_until_done(asyncio.get_running_loop().create_task(lookout.next()))
    assert site.asked > 0
    assert site.clock.monotonic() <= 6


async def test_a_server_that_is_deleted_is_not_found(site: Site) -> None:
    async with site.looking() as lookout:
        with pytest.raises(ServerNotFound):
            await site.next(lookout, live.Deleted(site.clock.now()))


async def test_a_look_that_fails_is_followed_by_another(site: Site) -> None:
    site.panel.errors["get_server"] = PanelUnreachable("main", "refused")
    async with site.looking() as lookout:
        with pytest.raises(PanelUnreachable):
            await site.next(lookout)
        site.panel.errors.clear()
        assert (await site.next(lookout)).server.state is _UP


async def test_who_knows_little_asks_first(site: Site) -> None:
    site.panel.add(replace(make_server(), description="all of it"))
    async with site.looking(at_once=True) as lookout:
        look = await site.next(lookout)
        assert site.clock.monotonic() == 0
        pushed = await site.next(lookout, site.state(_GOING))
    assert look.server.description == pushed.server.description == "all of it"


@pytest.mark.parametrize("is_held", [True, False])
async def test_when_it_is_over_nobody_waits(site: Site, *, is_held: bool) -> None:
    async with site.looking(at_once=is_held) as lookout:
        if is_held:
            site.panel.is_open.clear()
        task = asyncio.get_running_loop().create_task(lookout.next())
        if is_held:
            await site.panel.wait_called("get_server")
        else:
            await site.clock.wait_asleep(1)
        site.over.set()
        assert await task is None


async def test_what_was_pushed_before_the_panel_answered_comes_before_its_answer(
    site: Site,
) -> None:
    site.panel.is_open.clear()
    async with site.looking(at_once=True) as lookout:
        task = asyncio.get_running_loop().create_task(lookout.next())
        await site.panel.wait_called("get_server")
        for state in (_DOWN, ServerState.STARTING):
            site.panel.console.tell(site.state(state))
            site.clock.advance(1)
        site.panel.add(make_server(state=ServerState.STARTING))
        site.panel.is_open.set()
        looks = [await task]
        looks += [await site.next(lookout) for _ in range(2)]
    assert [each and each.server.state for each in looks] == [
        _DOWN,
        ServerState.STARTING,
        ServerState.STARTING,
    ]
    assert all(each and each.is_live for each in looks)
    assert site.asked == 1
