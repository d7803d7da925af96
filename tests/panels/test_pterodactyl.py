"""Pterodactyl's own ways, against its stand-in: pages, keys, budgets, shared calls."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
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
from bot.panels import PanelHub
from bot.panels._pterodactyl_admin import PterodactylAdmin
from tests.fakes import NOON, FakeClock
from tests.panels.pterodactyl_site import Site
from tests.panels.support import PATIENCE, HastyClock, Reply, serving, settings, stub

if TYPE_CHECKING:
    from bot.panels._connections import Connections


async def test_all_pages_are_read(site: Site) -> None:
    for number in range(205):
        site.add(f"No. {number}", state="running")
    servers = await site.panel().list_servers()
    assert {server.name for server in servers} == {f"No. {number}" for number in range(205)}
    assert site.asked("/api/client") == 3


async def test_a_page_over_1_mib_hides_no_server(site: Site, connections: Connections) -> None:
    for number in range(120):
        site.add(f"No. {number}").description = "x" * 20_000
    servers = await site.panel().list_servers()
    assert len({server.ref for server in servers}) == 120
    assert {server.state for server in servers} == {ServerState.OFFLINE}
    assert site.asked("/api/client") == 1 + 10 + 1
    root = site.stand_in.add_user("root", admin=True)
    key = {"key": "", "application_key": site.stand_in.add_key(root, application=True)}
    admin = PterodactylAdmin.open(
        settings(base_url=site.stand_in.url, credentials=key), connections
    )
    assert admin is not None
    assert len(await admin.all("/servers")) == 120


async def test_a_page_without_ids_hides_no_other_and_is_told_once(
    site: Site, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for number in range(101):
        site.add(f"No. {number}")
    nothing = {"data.*.attributes.identifier": None, "data.*.attributes.uuid": None}
    panel = site.panel()
    for _ in range(2):
        site.stand_in.faults.add("set", path="/api/client", exact=True, count=1, fields=nothing)
        assert len(await panel.list_servers()) == 1
    told = "panel main lists servers without an id that can be one: they are left out"
    assert caplog.messages.count(told) == 1


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


def listing_of(servers: int) -> dict[str, object]:
    """The least that is a list of so many servers."""
    return {
        "data": [{"attributes": {"identifier": f"{number:08}"}} for number in range(servers)],
        "meta": {"pagination": {"total_pages": 1}},
    }


async def test_an_id_that_would_be_another_path_hides_no_other_server(
    hub: PanelHub, caplog: pytest.LogCaptureFixture
) -> None:
    ids = ["../account", "1a2b3c4d"]
    listing = {
        "data": [{"attributes": {"identifier": each}} for each in ids],
        "meta": {"pagination": {"total_pages": 1}},
    }
    state = {"attributes": {"current_state": "running"}}
    replies = [Reply(body=json.dumps(each)) for each in (listing, state)]
    async with stub(*replies) as panel:
        [good] = await hub.open(settings(base_url=panel.url)).list_servers()
    assert (good.ref.server_id, good.state) == ("1a2b3c4d", ServerState.RUNNING)
    paths = [request.path for request in panel.requests]
    assert paths == ["/api/client", "/api/client/servers/1a2b3c4d/resources"]
    assert "0.7" not in caplog.text


class Throttled:
    """A panel of so many servers that takes ten requests in each window."""

    def __init__(self, servers: int) -> None:
        self.asked = 0
        self.is_used_up = asyncio.Event()
        self._servers = servers

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.asked += 1
        if self.asked == 10:
            self.is_used_up.set()
        headers = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": str(-self.asked % 10)}
        if request.path != "/api/client":
            return web.json_response({"attributes": {"current_state": "running"}}, headers=headers)
        return web.json_response(listing_of(self._servers), headers=headers)


async def test_a_list_beyond_the_budget_waits_for_the_next_window_and_is_whole() -> None:
    panel, clock = Throttled(servers=15), FakeClock()
    async with (
        serving(panel.answer) as url,
        PanelHub(clock=clock) as hub,
        asyncio.timeout(PATIENCE),
        asyncio.TaskGroup() as group,
    ):
        listing = group.create_task(hub.open(settings(base_url=url)).list_servers())
        await panel.is_used_up.wait()
        await clock.tick()
    assert [server.state for server in listing.result()] == [ServerState.RUNNING] * 15
    assert panel.asked == 16
    assert clock.monotonic() == 60
    # Of their names it is as old as the page.
    times = [(server.last_read, server.observed_at) for server in listing.result()]
    assert times == [*[(NOON, NOON)] * 9, *[(NOON, NOON + timedelta(seconds=60))] * 6]


async def test_a_list_beyond_the_next_window_too_fails() -> None:
    panel, clock = Throttled(servers=40), FakeClock()

    async def listing(hub: PanelHub) -> None:
        with pytest.raises(PanelRateLimited) as caught:
            await hub.open(settings(base_url=url)).list_servers()
        assert caught.value.retry_after == 60

    async with (
        serving(panel.answer) as url,
        PanelHub(clock=clock) as hub,
        asyncio.timeout(PATIENCE),
        asyncio.TaskGroup() as group,
    ):
        group.create_task(listing(hub))
        await panel.is_used_up.wait()
        await clock.tick()
    assert panel.asked == 20
    assert clock.monotonic() == 60


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
            return web.json_response(listing_of(30))
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
