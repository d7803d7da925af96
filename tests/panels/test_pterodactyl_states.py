"""Servers of Pterodactyl that cannot do everything: blocked ones, and those of a failing node."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import (
    PanelConflict,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
)
from bot.domain.servers import PowerAction, ServerState
from tests.panels.pterodactyl_site import Site
from tests.panels.support import recorded

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from bot.simulators.world import Fault
    from tests.panels.support import HastyClock


CONDITIONS = [
    ("suspended", ServerState.SUSPENDED),
    ("installing", ServerState.INSTALLING),
    ("install_failed", ServerState.INSTALL_FAILED),
    ("restoring", ServerState.RESTORING),
    ("transferring", ServerState.TRANSFERRING),
]


@pytest.mark.parametrize(("condition", "state"), CONDITIONS)
async def test_a_blocked_server_says_why_and_refuses_with_that_reason(
    site: Site, condition: str, state: ServerState
) -> None:
    server = site.add(state="running")
    server.condition = condition
    panel = site.panel()
    (listed,) = await panel.list_servers()
    assert (listed.state, listed.resources) == (state, None)
    assert site.asked("/resources") == 0, "it would be refused"
    assert await panel.get_server(server.identifier) == listed
    for order in (
        panel.power(server.identifier, PowerAction.START),
        panel.send_command(server.identifier, "say hi"),
    ):
        with pytest.raises(PanelConflict) as caught:
            await order
        assert caught.value.state is state
    assert server.signals == []


async def test_a_node_under_maintenance_says_so(site: Site) -> None:
    server = site.add(state="running")
    site.node.maintenance = True
    panel = site.panel()
    assert (await panel.get_server(server.identifier)).state is ServerState.MAINTENANCE
    with pytest.raises(PanelConflict) as caught:
        await panel.power(server.identifier, PowerAction.RESTART)
    assert caught.value.state is ServerState.MAINTENANCE


async def test_a_conflict_is_told_also_where_its_reason_cannot_be_read(site: Site) -> None:
    server = site.add()
    server.suspended = True
    panel = site.panel()
    path = f"/api/client/servers/{server.identifier}"
    site.stand_in.faults.add("html", path=path, exact=True)
    with pytest.raises(PanelConflict) as caught:
        await panel.power(server.identifier, PowerAction.START)
    assert caught.value.state is ServerState.UNKNOWN


async def test_a_suspended_server_of_an_old_panel_is_seen(clock: HastyClock, hub: PanelHub) -> None:
    site = Site(clock, hub, version="1.2")
    server = site.add()
    server.suspended = True
    async with site.stand_in:
        panel = site.panel()
        assert [entry.state for entry in await panel.list_servers()] == [ServerState.SUSPENDED]
        with pytest.raises(PanelConflict) as caught:
            await panel.power(server.identifier, PowerAction.START)
    assert caught.value.state is ServerState.SUSPENDED


async def test_a_failed_reinstall_blocks_nothing(site: Site) -> None:
    server = site.add()
    server.condition = "reinstall_failed"
    panel = site.panel()
    found = await panel.get_server(server.identifier)
    assert found.state is ServerState.INSTALL_FAILED
    assert found.resources is not None
    await panel.power(server.identifier, PowerAction.START)
    assert server.signals == ["start"]


@pytest.mark.parametrize("fault", ["down", "hang", "reset", 401, 403, 404, 500, "html"])
async def test_a_failing_node_makes_its_servers_unreachable_or_unknown(
    site: Site, fault: Fault
) -> None:
    server = site.add(state="running")
    site.stand_in.settings.daemon_timeout_seconds = 0.01
    site.node.fault = fault
    panel = site.panel()
    # Garbage from the node makes the panel itself stumble (500), all else is a 504.
    expected = ServerState.UNKNOWN if fault == "html" else ServerState.UNREACHABLE
    assert [entry.state for entry in await panel.list_servers()] == [expected]
    assert (await panel.get_server(server.identifier)).state is expected


@pytest.mark.parametrize("fault", ["down", "hang", "reset"])
async def test_an_order_to_a_dead_node_names_the_node(site: Site, fault: Fault) -> None:
    server = site.add(state="running")
    site.stand_in.settings.daemon_timeout_seconds = 0.01
    site.node.fault = fault
    with pytest.raises(PanelUnreachable) as caught:
        await site.panel().power(server.identifier, PowerAction.STOP)
    assert caught.value.node


@pytest.mark.parametrize("fault", [401, 403, 404, 500])
async def test_a_node_that_refuses_the_panel_is_no_bad_key(site: Site, fault: Fault) -> None:
    server = site.add(state="running")
    site.node.fault = fault
    with pytest.raises(PanelRefused):
        await site.panel().power(server.identifier, PowerAction.STOP)


async def test_a_server_that_goes_while_it_is_read_tells_nothing_of_its_panel(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    gone, stays = site.add(state="running"), site.add("Creative", state="running")
    site.stand_in.faults.add(
        "html",
        path=f"/api/client/servers/{gone.identifier}/resources",
        exact=True,
        status=404,
        body=json.dumps(recorded("client-server-after-delete").body),
    )
    panel = site.panel()
    states = {server.name: server.state for server in await panel.list_servers()}
    assert states == {gone.name: ServerState.UNKNOWN, stays.name: ServerState.RUNNING}
    with pytest.raises(ServerNotFound):
        await panel.get_server(gone.identifier)
    assert caplog.messages == []
