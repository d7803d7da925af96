"""Tokens on an open socket: renewal, and every way in which a node refuses one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain import live
from bot.domain.errors import PanelForbidden, PanelProtocolError, ServerNotFound
from bot.simulators.panels import wings_jwt as jwt
from tests.panels.live.site import see, soon

if TYPE_CHECKING:
    from bot.domain.ports import LiveServer
    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl
    from tests.panels.live.site import LiveSite


async def still_seen(site: LiveSite, watch: LiveServer, text: str) -> None:
    await site.wings.emit(site.server, "console output", text)
    await see(watch, live.Console, where=lambda event: event.line == text)


async def test_a_token_is_renewed_on_the_same_socket_before_it_ends(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        for hour in range(3):
            tokens = site.tokens
            # The renewal is the only thing that is waited for.
            await soon(site.clock.wait_asleep(1))
            site.clock.advance(511)
            await soon(site.stand_in.wait_for_requests(len(site.stand_in.requests) + 1))
            await still_seen(site, watch, f"after renewal {hour}")
            assert site.tokens == tokens + 1

    assert site.wings.handshakes == 1


async def test_a_warning_of_the_node_is_enough(site: LiveSite, panel: Pterodactyl) -> None:
    site.wings.settings.clock_offset = 95
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        site.clock.advance(450)
        await soon(site.stand_in.wait_for_requests(2))
        await still_seen(site, watch, "renewed")

    assert (site.tokens, site.wings.handshakes) == (2, 1)


async def test_a_flood_of_refusals_costs_one_token(site: LiveSite, panel: Pterodactyl) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        (socket,) = site.wings.sockets
        site.clock.advance(5)
        site.wings.guard.forget()
        for number in range(100):
            await socket.tell("console output", f"lost {number}")
        await soon(site.wings.wait_until(lambda: len(socket.received) == 2))
        await still_seen(site, watch, "back")

    assert (site.tokens, site.wings.handshakes) == (2, 1)
    assert [event for event, _ in socket.received] == ["auth", "auth"]


async def test_where_no_new_token_is_to_be_had_the_watcher_is_told(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        site.stand_in.settings.maintenance = True
        site.clock.advance(5)
        site.wings.guard.forget()
        await site.wings.emit(site.server, "console output", "lost")
        assert "Service Unavailable" in (await see(watch, live.Disconnected)).reason
        site.stand_in.settings.maintenance = False
        await site.in_time(see(watch, live.Connected))


async def test_a_failed_renewal_is_tried_again_while_the_token_is_good(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        (socket,) = site.wings.sockets
        site.stand_in.settings.maintenance = True
        await soon(site.clock.wait_asleep(1))
        site.clock.advance(511)
        await soon(site.stand_in.wait_for_requests(2))
        await still_seen(site, watch, "not renewed yet")
        site.stand_in.settings.maintenance = False
        await site.in_time(site.wings.wait_until(lambda: len(socket.received) == 2))
        await still_seen(site, watch, "renewed")

    assert site.wings.handshakes == 1


async def test_after_a_restart_of_the_node_the_old_token_is_replaced(
    site: LiveSite, panel: Pterodactyl
) -> None:
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        site.clock.advance(5)
        site.wings.restart()
        await see(watch, live.Disconnected)
        await site.pass_back_off()
        await see(watch, live.State)

    assert (site.tokens, site.wings.handshakes) == (2, 2)


async def test_who_is_no_subuser_any_more_is_told_so(site: LiveSite, hub: PanelHub) -> None:
    guest = site.stand_in.add_user("guest")
    site.stand_in.add_subuser(guest, site.server, permissions=["websocket.connect"])
    panel = site.panel(hub, key=site.stand_in.add_key(guest))
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        site.clock.advance(5)
        site.stand_in.remove_subuser(guest, site.server)
        await site.wings.emit(site.server, "console output", "lost")
        with pytest.raises(ServerNotFound):
            await see(watch, live.Deleted)


async def test_a_node_that_says_nothing_is_given_up(site: LiveSite, panel: Pterodactyl) -> None:
    site.wings.settings.is_silent = True
    async with panel.watch(site.server.identifier) as watch:
        await soon(site.wings.wait_until(lambda: any(each.received for each in site.wings.sockets)))
        await soon(site.clock.tick())
        assert "says nothing" in (await see(watch, live.Disconnected)).reason
        site.wings.settings.is_silent = False
        await site.pass_back_off()
        await see(watch, live.Connected)

    # The one that got no answer may be a bad one.
    assert site.tokens == 2


async def test_a_token_that_the_node_cannot_read_is_replaced(
    site: LiveSite, panel: Pterodactyl
) -> None:
    good, site.wings.settings.secret = site.wings.settings.secret, "another"
    path = f"/api/client/servers/{site.server.identifier}/websocket"
    site.faults.add("set", path=path, count=1, fields={"data.token": "garbage"})
    async with panel.watch(site.server.identifier) as watch:
        assert "does not take" in (await see(watch, live.Disconnected)).reason
        site.wings.settings.secret = good
        await site.pass_back_off()
        await see(watch, live.Connected)

    assert site.tokens == 2


async def test_clocks_that_differ_are_named(site: LiveSite, panel: Pterodactyl) -> None:
    site.wings.settings.clock_offset = 700
    async with panel.watch(site.server.identifier) as watch:
        assert "do their clocks differ?" in (await see(watch, live.Disconnected)).reason


async def test_a_panel_too_old_for_its_node_is_named(site: LiveSite, panel: Pterodactyl) -> None:
    site.wings.settings.scope_required = True
    async with panel.watch(site.server.identifier) as watch:
        with pytest.raises(PanelForbidden, match="too old"):
            await see(watch, live.Connected)


async def test_the_token_of_another_server_is_the_end(site: LiveSite, panel: Pterodactyl) -> None:
    claims = {
        "jti": "1",
        "iat": 0,
        "exp": 2**40,
        "server_uuid": site.add("Other").uuid,
        "permissions": ["*"],
    }
    token = jwt.sign(claims, site.wings.settings.secret)
    path = f"/api/client/servers/{site.server.identifier}/websocket"
    site.faults.add("set", path=path, fields={"data.token": token})
    async with panel.watch(site.server.identifier) as watch:
        with pytest.raises(PanelProtocolError, match="another server"):
            await see(watch, live.State)


async def test_a_token_is_in_no_log_and_no_repr(
    site: LiveSite, panel: Pterodactyl, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    async with panel.watch(site.server.identifier) as watch:
        await see(watch, live.State)
        (socket,) = site.wings.sockets
        site.wings.restart()
        lost = await see(watch, live.Disconnected)
    ((_, token),) = socket.received

    assert token
    assert token not in caplog.text
    assert token not in repr((lost, watch, panel))
