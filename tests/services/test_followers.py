"""What is wanted is followed over one connection for all; what comes of it is passed on at once."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.errors import PanelForbidden
from bot.domain.servers import Capability, Resources, ServerRef, ServerState
from bot.services.panels import PanelEntry
from tests.fakes import NOON, FakePanel, make_server
from tests.fakes_sightings import Push
from tests.services.house import GUILD, OTHER_GUILD, House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.servers import Server

_SURVIVAL = ServerRef("main", "1a2b3c4d")


@asynccontextmanager
async def _following(house: House) -> AsyncIterator[None]:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(house.followers.run())
        yield
        task.cancel()


async def _connected(house: House, state: ServerState | None = None) -> None:
    """Follow the server, and hear which state it is in."""
    house.followers.want("news", [_SURVIVAL])
    await house.panel.console.wait_watched()
    await _settled(house)
    if state is not None:
        house.panel.console.be(state)
        await _settled(house)


async def _settled(house: House) -> None:
    """Wait until all that happened was taken."""
    for _ in range(10):
        await asyncio.sleep(0)
        await house.panel.console.wait_idle()


async def _hear(house: House, event: live.Event) -> None:
    """Let the connection tell it, and wait until it was taken."""
    house.panel.console.tell(event)
    await _settled(house)


def _known(house: House) -> Server:
    """Return the server as everybody knows it."""
    server = house.directory.get(_SURVIVAL)
    assert server is not None
    return server


async def test_states_are_pushed_and_known_to_everybody(house: House) -> None:
    async with _following(house):
        await _connected(house)
        house.panel.console.be(ServerState.RUNNING)
        house.clock.advance(10)
        house.panel.console.be(ServerState.STOPPING)
        await _settled(house)
        server = _known(house)
        assert (server.state, server.observed_at) == (ServerState.STOPPING, house.clock.now())
        assert house.followers.count("main") == 1
    assert house.sightings.pushes == [
        Push(_SURVIVAL, ServerState.RUNNING, is_first=True),
        Push(_SURVIVAL, ServerState.STOPPING, is_first=False),
    ]
    assert house.followers.count("main") == 0


async def test_what_is_pushed_counts_though_the_panel_was_asked_a_moment_later(
    house: House,
) -> None:
    async with _following(house):
        await _connected(house, ServerState.RUNNING)
        pushed = live.State(house.clock.now(), ServerState.OFFLINE)
        house.clock.advance(1)
        house.directory.note(make_server(observed_at=house.clock.now()))
        await _hear(house, pushed)
        server = _known(house)
    assert (server.state, server.pushed_at) == (ServerState.OFFLINE, pushed.at)
    assert house.sightings.pushes[-1] == Push(_SURVIVAL, ServerState.OFFLINE, is_first=False)


async def test_what_came_while_nobody_was_connected_was_not_seen(house: House) -> None:
    async with _following(house):
        await _connected(house)
        house.panel.console.be(ServerState.RUNNING)
        await _hear(house, live.Disconnected(house.clock.now(), "cut"))
        assert house.followers.readings("main") == {}
        house.panel.console.tell(live.Connected(house.clock.now()))
        house.panel.console.be(ServerState.OFFLINE)
        await _settled(house)
    assert house.sightings.pushes[1:] == [Push(_SURVIVAL, ServerState.OFFLINE, is_first=True)]


async def test_a_look_leaves_out_what_was_told_just_now_and_nothing_else(house: House) -> None:
    async with _following(house), asyncio.TaskGroup() as group:
        await _connected(house)
        house.panel.console.be(ServerState.STARTING, memory_bytes=1000)
        await _settled(house)
        [reading] = house.followers.readings("main").values()
        assert reading.state is ServerState.STARTING
        assert reading.resources == Resources(memory_bytes=1000)
        watching = group.create_task(house.watcher.run())
        await house.clock.wait_asleep(3)
        assert house.watcher.health()["main"].followed == 1
        house.clock.advance(60)
        await house.clock.wait_asleep(3)
        watching.cancel()
    assert [list(known) for known in house.panel.known] == [["1a2b3c4d"]]
    assert house.panel.calls["list_servers"] == 2


async def test_figures_are_known_now_and_then(house: House) -> None:
    async with _following(house):
        await _connected(house)
        house.panel.console.be(ServerState.RUNNING)
        seen = []
        for second in range(1, 7):
            house.clock.advance(1)
            used = Resources(memory_bytes=second, uptime=timedelta(seconds=second))
            await _hear(house, live.Stats(house.clock.now(), used))
            server = _known(house)
            seen.append(server.resources and server.resources.memory_bytes)
        assert server.pushed_at == NOON  # the state, not the figures
    assert seen == [None, 2, 2, 4, 4, 6]
    assert len(house.sightings.pushes) == 1


async def test_a_list_that_takes_its_time_brings_all_but_what_was_heard_meanwhile(
    house: House,
) -> None:
    async with _following(house):
        await _connected(house, ServerState.RUNNING)
        house.clock.advance(10)
        house.directory.expect("main")
        listed = replace(
            make_server("New name", state=ServerState.OFFLINE), observed_at=house.clock.now()
        )
        for _ in range(3):
            house.clock.advance(3)
            used = Resources(cpu_percent=7)
            await _hear(house, live.Stats(house.clock.now(), used))
        house.directory.replace("main", [listed])
        server = _known(house)
        assert (server.name, server.state) == ("New name", ServerState.RUNNING)
        assert server.resources is not None
        assert (server.resources.cpu_percent, server.observed_at) == (7, house.clock.now())


async def test_figures_of_a_connection_that_lags_behind_bring_no_older_state_back(
    house: House,
) -> None:
    async with _following(house):
        await _connected(house, ServerState.RUNNING)
        # As a receipt does, whose connection has told already.
        for state, bytes_known in ((ServerState.RUNNING, 1), (ServerState.OFFLINE, None)):
            for seconds in (3, 30):
                house.clock.advance(seconds)
                pushed = make_server(state=state, observed_at=house.clock.now())
                house.directory.note(replace(pushed, pushed_at=house.clock.now()))
                house.clock.advance(3)
                await _hear(house, live.Stats(house.clock.now(), Resources(memory_bytes=1)))
                server = _known(house)
                assert (server.state, server.pushed_at) == (state, pushed.observed_at)
                assert (server.resources and server.resources.memory_bytes) == bytes_known


async def test_what_only_the_panel_knows_its_node_does_not_change(house: House) -> None:
    house.directory.note(make_server(state=ServerState.SUSPENDED))
    async with _following(house):
        await _connected(house, ServerState.OFFLINE)
        assert _known(house).state is ServerState.SUSPENDED
    assert house.sightings.pushes == []


async def test_an_installation_is_asked_for_at_the_panel(house: House) -> None:
    async with _following(house), asyncio.TaskGroup() as group:
        attending = group.create_task(house.attention.run())
        await _connected(house)
        house.panel.console.be(ServerState.OFFLINE)
        house.panel.add(make_server(state=ServerState.INSTALLING))
        house.clock.advance(5)
        await _hear(house, live.Install(house.clock.now(), live.InstallPhase.STARTED))
        assert house.followers.readings("main") == {}
        await house.clock.wait_asleep(1)
        house.clock.advance(3)
        await house.sightings.until(lambda: bool(house.sightings.looks))
        attending.cancel()
    assert house.sightings.looks[0].states == {"Survival": ServerState.INSTALLING}


async def test_all_who_want_it_share_one_and_it_ends_with_the_last(house: House) -> None:
    async with _following(house):
        await _connected(house)
        house.followers.want("boards", [_SURVIVAL, ServerRef("nowhere", "1")])
        house.followers.want("news", [])
        await _settled(house)
        assert len(house.panel.console.watches) == 1
        house.followers.want("boards", [])
        await house.panel.console.wait_followers(0)
    assert house.panel.calls["watch"] == 1


async def test_the_same_panel_in_two_guilds_is_followed_once_and_told_to_both(
    house: House,
) -> None:
    ours, theirs = (FakePanel(house.clock, panel_id=name) for name in ("ours", "theirs"))
    for panel, guild_id in ((ours, GUILD), (theirs, OTHER_GUILD)):
        house.panels.put(
            PanelEntry(
                panel=panel,
                name=panel.panel_id,
                guild_ids=frozenset({guild_id}),
                poll_seconds=60,
                source="same",
            )
        )
        house.directory.note(make_server(panel_id=panel.panel_id))
    refs = [ServerRef("ours", "1a2b3c4d"), ServerRef("theirs", "1a2b3c4d")]
    async with _following(house):
        house.followers.want("news", refs)
        await ours.console.wait_watched()
        ours.console.be(ServerState.OFFLINE)
        await house.sightings.until(lambda: len(house.sightings.pushes) == 2)
        assert [server and server.state for server in map(house.directory.get, refs)] == [
            ServerState.OFFLINE
        ] * 2
    assert {push.ref for push in house.sightings.pushes} == set(refs)
    assert (ours.calls["watch"], theirs.calls["watch"]) == (1, 0)


async def test_panels_without_it_and_those_that_refuse_it_are_left_alone(house: House) -> None:
    house.backup.capabilities -= {Capability.LIVE}
    mirror = house.add_to_backup(make_server("Mirror", panel_id="backup"))
    house.panel.console.error = PanelForbidden("main", "no")
    async with _following(house):
        house.followers.want("news", [mirror.ref, _SURVIVAL])
        await house.clock.wait_asleep(1)
        assert (house.panel.calls["watch"], house.backup.calls["watch"]) == (1, 0)
        house.panel.console.error = None
        house.clock.advance(300)
        await house.panel.console.wait_watched()
    assert house.panel.calls["watch"] == 2


async def test_a_deleted_server_is_forgotten(house: House) -> None:
    async with _following(house):
        await _connected(house)
        house.panel.console.be(ServerState.RUNNING)
        house.panel.console.tell(live.Deleted(house.clock.now()))
        house.panel.console.tell(None)
        await house.panel.console.wait_followers(0)
        assert house.directory.get(_SURVIVAL) is None
        assert house.followers.count("main") == 0


async def test_too_many_are_looked_at_as_ever_and_who_wants_few_comes_first(
    house: House,
) -> None:
    servers = [make_server(f"No. {number}", f"id{number:03}") for number in range(600)]
    house.add(*servers)
    last = servers[-1].ref
    async with _following(house):
        house.followers.want("news of main", [server.ref for server in servers])
        await house.panel.console.wait_followers(500)
        house.panel.console.be(ServerState.RUNNING)
        await house.sightings.until(lambda: len(house.sightings.pushes) == 500)
        assert last not in {push.ref for push in house.sightings.pushes}
        house.followers.want("receipts", [last])
        await _settled(house)
        house.panel.console.be(ServerState.RUNNING)
        await _settled(house)
        assert last in {push.ref for push in house.sightings.pushes}
    assert house.panel.calls["watch"] == 501


async def test_connections_are_opened_a_few_at_a_time(house: House) -> None:
    house.panel.console.is_connected = False
    servers = [make_server(f"No. {number}", f"id{number}") for number in range(20)]
    house.add(*servers)
    async with _following(house):
        house.followers.want("news", [server.ref for server in servers])
        await house.panel.console.wait_watched()
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(house.panel.console.watches) == 4
        for count in (8, 12, 16, 20):
            house.panel.console.tell(live.Connected(house.clock.now()))
            await house.panel.console.wait_followers(count)
