"""Pterodactyl's own ways, against its stand-in: pages, keys, budgets, shared calls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.domain.errors import (
    PanelAuthFailed,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
)
from bot.domain.servers import PowerAction, ServerState
from tests.panels.pterodactyl_site import Site
from tests.panels.support import PATIENCE, HastyClock, serving, settings

if TYPE_CHECKING:
    from bot.panels import PanelHub


async def test_all_pages_are_read(site: Site) -> None:
    for number in range(205):
        site.add(f"No. {number}", state="running")
    servers = await site.panel().list_servers()
    assert {server.name for server in servers} == {f"No. {number}" for number in range(205)}
    assert site.asked("/api/client") == 3


async def test_a_list_ends_where_a_panel_has_miscounted_its_pages(site: Site) -> None:
    site.add()
    site.stand_in.faults.add(
        "set", path="/api/client", exact=True, fields={"meta.pagination.total_pages": 10**9}
    )
    assert len(await site.panel().list_servers()) == 1
    assert site.asked("/api/client") == 2


async def test_the_key_of_an_admin_lists_only_servers_of_its_own(site: Site) -> None:
    site.add("Somebody else's")
    admin = site.stand_in.add_user("admin", admin=True)
    mine = site.world.add_server("Mine", node=site.node)
    site.stand_in.own(admin, mine)
    servers = await site.panel(site.stand_in.add_key(admin)).list_servers()
    assert [server.name for server in servers] == ["Mine"]


async def test_a_missing_right_is_told_from_a_bad_key(site: Site) -> None:
    server = site.add(state="running")
    friend = site.stand_in.add_user("friend")
    site.stand_in.add_subuser(friend, server, permissions=["control.start"])
    panel = site.panel(site.stand_in.add_key(friend))
    await panel.power(server.identifier, PowerAction.START)
    with pytest.raises(PanelForbidden):
        await panel.power(server.identifier, PowerAction.STOP)
    with pytest.raises(PanelForbidden):
        await panel.send_command(server.identifier, "say hi")


async def test_keys_that_are_good_for_nothing_here_are_refused_as_a_whole(site: Site) -> None:
    server = site.add()
    locked = site.stand_in.add_key(site.owner, allowed_ips=["192.0.2.1"])
    application = site.stand_in.add_key(site.owner, application=True)
    for key in (locked, application):
        with pytest.raises(PanelAuthFailed):
            await site.panel(key).list_servers()
        with pytest.raises(PanelAuthFailed):
            await site.panel(key).power(server.identifier, PowerAction.START)
    site.stand_in.settings.require_two_factor = True
    with pytest.raises(PanelAuthFailed, match="two factors"):
        await site.panel().list_servers()


async def test_a_wrong_key_on_an_old_panel_is_refused_as_well(
    clock: HastyClock, hub: PanelHub
) -> None:
    site = Site(clock, hub, version="1.7")
    async with site.stand_in:
        with pytest.raises(PanelAuthFailed):
            await site.panel("wrong").list_servers()


async def test_a_key_that_is_taken_away_during_a_list_ends_it(site: Site) -> None:
    server = site.add()
    path = f"/api/client/servers/{server.identifier}/resources"
    site.stand_in.faults.add("html", path=path, status=401)
    with pytest.raises(PanelAuthFailed):
        await site.panel().list_servers()


async def test_a_panel_in_maintenance_is_unreachable(site: Site) -> None:
    site.stand_in.settings.maintenance = True
    with pytest.raises(PanelUnreachable) as caught:
        await site.panel().list_servers()
    assert not caught.value.node


async def test_a_list_within_two_windows_waits_and_is_whole(
    clock: HastyClock, hub: PanelHub
) -> None:
    site = Site(clock, hub, throttle_per_minute=10)
    for number in range(15):
        site.add(f"No. {number}", state="running")
    async with site.stand_in:
        servers = await site.panel().list_servers()
    assert [server.state for server in servers] == [ServerState.RUNNING] * 15
    assert clock.monotonic() == pytest.approx(60)
    assert {request.status for request in site.stand_in.requests} == {200}


async def test_a_list_beyond_two_windows_waits_and_then_fails(
    clock: HastyClock, hub: PanelHub
) -> None:
    site = Site(clock, hub, throttle_per_minute=10)
    for number in range(40):
        site.add(f"No. {number}", state="running")
    async with site.stand_in:
        with pytest.raises(PanelRateLimited) as caught:
            await site.panel().list_servers()
    assert caught.value.retry_after == pytest.approx(60)
    assert clock.monotonic() == pytest.approx(60)


async def test_callers_who_ask_for_a_server_at_once_share_the_answer(site: Site) -> None:
    server = site.add(state="running")
    panel = site.panel()
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        callers = [group.create_task(panel.get_server(server.identifier)) for _ in range(5)]
    assert len({id(caller.result()) for caller in callers}) == 1
    assert len(site.stand_in.requests) == 2, "details and resources"


async def test_a_long_list_leaves_room_for_somebody_who_waits(hub: PanelHub) -> None:
    busy, leave = asyncio.Event(), asyncio.Event()
    held: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.path == "/api/client":
            entries = [{"attributes": {"identifier": f"{number:08}"}} for number in range(30)]
            return web.json_response({"data": entries})
        if "/00" in request.path:
            held.append(request.path)
            if len(held) == 8:
                busy.set()
            await leave.wait()
        return web.json_response(
            {"attributes": {"identifier": "deadbeef", "current_state": "running"}}
        )

    async with serving(answer) as url, asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        panel = hub.open(settings(base_url=url))
        listing = group.create_task(panel.list_servers())
        await busy.wait()
        assert (await panel.get_server("deadbeef")).state is ServerState.RUNNING
        assert len(held) == 8
        leave.set()
    assert len(listing.result()) == 30


async def test_a_server_may_be_asked_for_by_its_uuid(site: Site) -> None:
    server = site.add()
    found = await site.panel().get_server(server.uuid)
    assert found.ref.server_id == server.identifier


async def test_a_list_of_another_form_is_named(site: Site) -> None:
    site.stand_in.faults.add("set", path="/api/client", fields={"data": None})
    with pytest.raises(PanelProtocolError, match="the list of servers"):
        await site.panel().list_servers()
