"""Following a server live: what is seen, by how many, and what can be sent."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain import live
from bot.domain.errors import (
    PanelConflict,
    PanelForbidden,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.live import InstallPhase
from bot.domain.ports import LivePanel
from bot.domain.servers import Capability, PowerAction, ServerState
from tests.fakes import NOON
from tests.panels.live.site import LiveSite, see, soon

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl
    from tests.fakes import FakeClock


def test_the_kind_says_that_it_can(panel: Pterodactyl) -> None:
    assert Capability.LIVE in panel.capabilities
    assert isinstance(panel, LivePanel)


async def test_the_state_comes_at_once_and_changes_as_they_happen(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        connected = await see(watch, live.Connected)
        first = await see(watch, live.State)
        site.server.power("stop")
        stopping = await see(watch, live.State)
        site.clock.advance(site.server.stop_seconds)
        offline = await see(watch, live.State)

    assert (connected.at, first.at) == (NOON, NOON)
    assert offline.at == NOON + timedelta(seconds=site.server.stop_seconds)
    assert [each.state for each in (first, stopping, offline)] == [
        ServerState.RUNNING,
        ServerState.STOPPING,
        ServerState.OFFLINE,
    ]


async def test_usage_comes_every_second_in_our_units(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
        site.clock.advance(60)
        used = (await see(watch, live.Stats)).resources

    usage = site.server.usage()
    assert used.memory_bytes == usage.memory_bytes
    assert used.memory_limit_bytes == int(2048 * 1024 * 1024 * 1.05)
    assert used.cpu_percent == usage.cpu_percent
    assert used.disk_bytes == usage.disk_bytes
    assert used.network_rx_bytes == usage.network_rx_bytes
    assert used.network_tx_bytes == usage.network_tx_bytes
    assert used.uptime is not None
    assert used.uptime.total_seconds() == 60


async def test_console_lines_come_as_plain_text(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
        await site.wings.emit(site.server, "console output", "\x1b[31mred\x1b[0m\x07 \x9b2Jand")
        line = (await see(watch, live.Console)).line

    assert line == "red and"


async def test_lines_of_64_kib_come_whole(site: LiveSite, panel: Pterodactyl) -> None:
    text = "\x1b[1m" + "é" * (64 * 1024 - 4)
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
        await site.wings.emit(site.server, "console output", text)
        line = (await see(watch, live.Console)).line

    assert line == text[4:]


async def test_everything_else_that_a_node_tells(site: LiveSite, hub: PanelHub) -> None:
    admin = site.stand_in.add_user("admin", admin=True)
    panel = site.panel(hub, key=site.stand_in.add_key(admin))
    backup = json.dumps({"uuid": "b-1", "is_successful": True, "checksum": "0"})
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
        for event, *args in (
            ("install started", ""),
            ("install output", "step \x1b[1m1"),
            ("install completed", ""),
            ("transfer status", "processing"),
            ("transfer logs", "50 %"),
            ("backup completed", backup),
            ("backup completed:b-2", json.dumps({"is_successful": False})),
            ("backup restore completed", ""),
            ("daemon message", "done"),
            ("daemon error", "no"),
            ("feature match", "eula"),
            ("console output", "end"),
        ):
            await site.wings.emit(site.server, event, *args)
        seen: list[live.Event] = []
        async with asyncio.timeout(10):
            async for event_seen in watch:
                seen.append(event_seen)
                if isinstance(event_seen, live.Console):
                    break
    at = site.clock.now()

    assert [event for event in seen if not isinstance(event, live.State | live.Stats)] == [
        live.Install(at, InstallPhase.STARTED),
        live.Install(at, InstallPhase.OUTPUT, "step 1"),
        live.Install(at, InstallPhase.COMPLETED),
        live.Transfer(at, status="processing"),
        live.Transfer(at, line="50 %"),
        live.Backup(at, "b-1", successful=True),
        live.Backup(at, "b-2", successful=False),
        live.Restored(at),
        live.Message(at, "done"),
        live.Error(at, "no"),
        live.Console(at, "end"),
    ]


async def test_a_deleted_server_ends_the_iterator(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
        site.world.remove_server(site.server)
        await see(watch, live.Deleted)
        with pytest.raises(StopAsyncIteration):
            await soon(anext(aiter(watch)))


async def test_logs_commands_and_power_go_over_the_socket(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await watch.command("say hi")
        await see(watch, live.Console, where=lambda event: "[Server] hi" in event.line)
        await watch.logs()
        await see(watch, live.Console, where=lambda event: event.line == "say hi")
        await watch.power(PowerAction.STOP)
        await see(watch, live.State, where=lambda event: event.state is ServerState.STOPPING)

    assert site.server.console == ["say hi"]
    assert site.server.signals == ["stop"]
    assert not any(request.method == "POST" for request in site.stand_in.requests)


async def test_a_refused_order_is_told(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await watch.power(PowerAction.START)
        assert "unexpected error" in (await see(watch, live.Error)).text


async def test_a_command_too_long_for_the_node_is_refused_here(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        with pytest.raises(PanelRefused, match="too long"):
            await watch.command("é" * 1000)
        await watch.command("list")
        await see(watch, live.Console, where=lambda event: event.line == "list")


async def test_what_is_sent_without_a_connection_is_an_error(
    site: LiveSite, panel: Pterodactyl
) -> None:
    site.node.up = False
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Disconnected)
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(_unreachable(watch.command("list")))
            await soon(site.clock.run_until_done(sending))

    assert site.server.console == []


async def _unreachable(sending: object) -> None:
    with pytest.raises(PanelUnreachable):
        await sending  # type: ignore[misc] # a coroutine


async def test_commands_are_sent_no_faster_than_a_node_takes_them(
    clock: FakeClock, hub: PanelHub
) -> None:
    site = LiveSite(clock, version="1.12")
    async with site.stand_in, site.panel(hub).watch(site.server.identifier) as watch:
        await see(watch, live.Connected)
        async with asyncio.TaskGroup() as group:
            sending = [group.create_task(watch.command(f"say {n}")) for n in range(30)]
            all_sent = group.create_task(asyncio.wait(sending))
            await soon(clock.run_until_done(all_sent))
        await see(watch, live.Console, where=lambda event: event.line.endswith("] 29"))

    assert site.server.console == [f"say {n}" for n in range(30)]


async def test_an_unknown_server_is_not_found(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch("ffffffff") as watch:
        assert (await see(watch, live.Disconnected)).reason == "panel main has no server ffffffff"
        with pytest.raises(ServerNotFound):
            await soon(anext(aiter(watch)))


async def test_a_senseless_id_is_never_asked_for(site: LiveSite, panel: Pterodactyl) -> None:
    with pytest.raises(ServerNotFound):
        async with panel.watch("../account"):
            pass

    assert site.stand_in.requests == []


async def test_who_lacks_the_right_is_told_so(site: LiveSite, hub: PanelHub) -> None:
    guest = site.stand_in.add_user("guest")
    site.stand_in.add_subuser(guest, site.server, permissions=["control.console"])
    panel = site.panel(hub, key=site.stand_in.add_key(guest))

    async with panel.watch(site.server.identifier) as watch:
        with pytest.raises(PanelForbidden, match="permission"):
            await see(watch, live.Connected)


async def test_what_the_key_may_not_do_is_dropped_without_a_word(
    site: LiveSite, hub: PanelHub
) -> None:
    guest = site.stand_in.add_user("guest")
    site.stand_in.add_subuser(guest, site.server, permissions=["websocket.connect"])
    panel = site.panel(hub, key=site.stand_in.add_key(guest))
    async with panel.watch(site.server.identifier) as watch:
        await watch.command("stop")
        await watch.power(PowerAction.KILL)
        await watch.logs()
        await site.wings.emit(site.server, "console output", "still here")
        await see(watch, live.Console, where=lambda event: event.line == "still here")

    assert (site.server.console, site.server.signals) == ([], [])


@pytest.mark.parametrize("version", ["1.0", "1.11", "1.12"])
async def test_a_suspended_server_cannot_be_watched(
    clock: FakeClock, hub: PanelHub, version: str
) -> None:
    site = LiveSite(clock, version=version)
    site.server.suspended = True
    async with site.stand_in, site.panel(hub).watch(site.server.identifier) as watch:
        with pytest.raises(PanelConflict) as caught:
            await see(watch, live.Connected)

    assert caught.value.state is ServerState.SUSPENDED
