"""Lost connections: which are made again, how soon, and which are not."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.domain import live
from bot.domain.errors import (
    PanelConflict,
    PanelError,
    PanelProtocolError,
    PanelRefused,
)
from bot.domain.servers import ServerState
from tests.panels.live.site import LiveSite, see, soon, visited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.ports import LiveServer
    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl
    from tests.fakes import FakeClock


async def test_a_cut_connection_is_made_again_with_the_same_token(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        for _ in range(3):
            site.clock.advance(61)
            site.wings.sockets[0].cut()
            lost = await see(watch, live.Disconnected)
            await site.pass_back_off()
            assert (await see(watch, live.State)).state is ServerState.RUNNING

    assert lost.reason == "the connection to the node was cut"
    assert (site.tokens, site.wings.handshakes) == (1, 4)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1012, 3000])
async def test_a_closed_connection_is_made_again(
    site: LiveSite, panel: Pterodactyl, code: int
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        await site.wings.disconnect(site.server, code)
        assert str(code) in (await see(watch, live.Disconnected)).reason
        await site.pass_back_off()
        await see(watch, live.Connected)


@pytest.mark.parametrize(("code", "error"), [(4400, PanelRefused), (4409, PanelConflict)])
async def test_a_connection_closed_for_good_is_left_alone(
    site: LiveSite, panel: Pterodactyl, code: int, error: type[PanelError]
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        await site.wings.disconnect(site.server, code)
        await see(watch, live.Disconnected)
        with pytest.raises(error):
            await see(watch, live.Connected)

    assert site.wings.handshakes == 1


async def test_a_suspended_server_is_left_alone_until_it_is_watched_anew(
    clock: FakeClock, hub: PanelHub
) -> None:
    site = LiveSite(clock, version="1.12")
    async with site.stand_in:
        panel = site.panel(hub)
        async with panel.watch(site.server.identifier) as watch:
            await see(watch, live.State)
            site.server.suspended = True
            with pytest.raises(PanelConflict, match="suspended"):
                await see(watch, live.Connected)
            site.server.suspended = False
            async with panel.watch(site.server.identifier) as another:
                assert (await see(another, live.State)).state is ServerState.OFFLINE


async def test_pauses_grow_and_shrink_again_after_a_good_connection(
    site: LiveSite, panel: Pterodactyl
) -> None:
    pauses = []
    async with panel.watch(site.server.identifier) as watch:
        for _ in range(5):
            await see(watch, live.Connected)
            site.wings.sockets[0].cut()
            await see(watch, live.Disconnected)
            before = site.clock.monotonic()
            await site.pass_back_off()
            pauses.append(site.clock.monotonic() - before)
        await see(watch, live.Connected)
        site.clock.advance(61)
        site.wings.sockets[0].cut()
        await see(watch, live.Disconnected)
        before = site.clock.monotonic()
        await site.pass_back_off()
        last = site.clock.monotonic() - before

    for pause, most in zip(pauses, (1, 2, 4, 8, 16), strict=True):
        assert most / 2 <= pause <= most
    assert last <= 1


async def test_a_node_that_is_down_is_told_once_and_tried_on(
    site: LiveSite, panel: Pterodactyl
) -> None:
    site.node.up = False
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Disconnected)
        for attempt in range(2, 6):
            await site.in_time(site.wings.wait_for_handshakes(attempt))
        site.node.up = True
        event = await site.in_time(anext(aiter(watch)))

    assert isinstance(event, live.Connected)


async def test_an_hour_of_trouble_leaves_tokens_to_people(clock: FakeClock, hub: PanelHub) -> None:
    """A panel of 1.12 gives 5 a minute for a server; the node takes none of ours."""
    site = LiveSite(clock, version="1.12")
    site.faults.add("set", fields={"data.token": "garbage"})
    async with site.stand_in, site.panel(hub).watch(site.server.identifier) as watch:
        await see(watch, live.Disconnected)
        while clock.monotonic() < 3600:
            await soon(clock.tick())
        times = [*site.stand_in.tokens.given]

    most = max(sum(start <= at < start + 60 for at in times) for start in times)
    assert len(times) > 30
    assert most <= 4


async def test_a_token_refused_for_its_rate_is_asked_for_again_in_time(
    clock: FakeClock, hub: PanelHub
) -> None:
    site = LiveSite(clock, version="1.12")
    async with site.stand_in:
        panel = site.panel(hub)
        site.faults.add("throttle", path=_path(site), count=1, retry_after="45")
        async with panel.watch(site.server.identifier) as watch:
            await see(watch, live.Disconnected)
            # The limit is the server's own: other calls go on.
            await soon(panel.list_servers())
            await soon(clock.tick())
            await see(watch, live.Connected)

    assert clock.monotonic() == 45


async def test_connecting_many_leaves_half_of_the_budget_to_others(
    clock: FakeClock, hub: PanelHub
) -> None:
    site = LiveSite(clock, version="1.12")
    servers = [site.add(f"Server {number}") for number in range(200)]
    async with site.stand_in:
        panel = site.panel(hub)
        await panel.get_server(servers[0].identifier)
        async with AsyncExitStack() as stack:
            watches = [
                await stack.enter_async_context(panel.watch(server.identifier))
                for server in servers
            ]
            for watch in watches:
                await soon(anext(aiter(watch)))
            at_first = site.tokens
            await soon(panel.get_server(servers[0].identifier))
            await site.in_time(_all_connected(watches))

    assert at_first == 126
    assert not [each for each in site.stand_in.requests if each.status == 429]


async def _all_connected(watches: Sequence[LiveServer]) -> None:
    for watch in watches:
        await see(watch, live.State)


async def test_a_wrong_origin_is_named_and_not_tried_again(
    site: LiveSite, panel: Pterodactyl
) -> None:
    site.wings.settings.remote = "https://panel.example.com"
    async with panel.watch(site.server.identifier) as watch:
        with pytest.raises(PanelRefused, match=r"options\.origin") as caught:
            await see(watch, live.Connected)
    assert "key" not in str(caught.value)

    assert site.wings.handshakes == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_token_is_not_carried_to_where_a_node_redirects(
    site: LiveSite, panel: Pterodactyl, status: int
) -> None:
    async with visited() as (port, visits):
        there = f"http://127.0.0.1:{port}/"
        site.wings.faults.add("redirect", to=there, status=status, count=1)
        async with panel.watch(site.server.identifier) as watch:
            lost = await see(watch, live.Disconnected)
            await site.pass_back_off()
            await see(watch, live.Connected)

    assert lost.reason == f"the node sends us to another address (status {status})"
    assert visits == []
    assert site.wings.handshakes == 2


async def test_another_origin_can_be_set(site: LiveSite, hub: PanelHub) -> None:
    site.wings.settings.remote = "https://panel.example.com"
    panel = site.panel(hub, options={"origin": "https://panel.example.com"})
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.Connected)


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/", "file:///etc/passwd", "ws:", "javascript:0", "//x/y"]
)
async def test_only_addresses_of_websockets_are_opened(
    site: LiveSite, panel: Pterodactyl, address: str
) -> None:
    site.faults.add("set", path=_path(site), fields={"data.socket": address})
    async with panel.watch(site.server.identifier) as watch:
        with pytest.raises(PanelProtocolError, match="no ws or wss"):
            await see(watch, live.Connected)


@pytest.mark.parametrize(
    "fields", [{"data": None}, {"data": []}, {"data.token": 5}, {"data.socket": "ws://[::"}]
)
async def test_a_senseless_answer_is_asked_for_again(
    site: LiveSite, panel: Pterodactyl, fields: dict[str, object]
) -> None:
    site.faults.add("set", path=_path(site), count=1, fields=fields)
    async with panel.watch(site.server.identifier) as watch:
        assert "makes no sense" in (await see(watch, live.Disconnected)).reason
        await site.pass_back_off()
        await see(watch, live.Connected)


async def test_a_server_that_is_being_installed_is_tried_until_it_is_done(
    site: LiveSite, panel: Pterodactyl
) -> None:
    site.server.installing = True
    async with panel.watch(site.server.identifier) as watch:
        assert "installing" in (await see(watch, live.Disconnected)).reason
        site.server.installing = False
        await site.in_time(see(watch, live.Connected))


async def test_a_server_that_moved_is_followed_to_its_new_node(
    site: LiveSite, panel: Pterodactyl
) -> None:
    site.faults.add("set", path=_path(site), count=1, fields={"data.socket": _elsewhere(site)})
    async with panel.watch(site.server.identifier) as watch:
        assert "does not know the server" in (await see(watch, live.Disconnected)).reason
        await site.pass_back_off()
        await see(watch, live.Connected)


async def test_a_node_without_room_is_tried_again(clock: FakeClock, hub: PanelHub) -> None:
    site = LiveSite(clock, version="1.12")
    async with site.stand_in, aiohttp.ClientSession() as session, AsyncExitStack() as stack:
        address, origin = site.wings.address_of(site.server), site.stand_in.url
        others = [
            await stack.enter_async_context(session.ws_connect(address, origin=origin))
            for _ in range(30)
        ]
        async with site.panel(hub).watch(site.server.identifier) as watch:
            assert "no more connections" in (await see(watch, live.Disconnected)).reason
            await others[0].close()
            await soon(site.wings.wait_for_sockets(29))
            await site.pass_back_off()
            await see(watch, live.Connected)


def _path(site: LiveSite) -> str:
    return f"/api/client/servers/{site.server.identifier}/websocket"


def _elsewhere(site: LiveSite) -> str:
    return site.wings.address_of(site.server).replace(site.server.uuid, "0" * 36)
