"""Proxies that cut what is silent. In real time, since the pings are the library's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bot.domain import live
from bot.panels import PanelHub
from bot.panels.pterodactyl import Pterodactyl
from bot.panels.pterodactyl_console import Consoles
from bot.services.clock import SystemClock
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from tests.panels.live.site import see, soon
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.world import Server


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World) -> Server:
    """A server that is off: nothing is said of it."""
    return world.add_server("Survival", node=world.add_node("node-1"))


@pytest.fixture
async def stand_in(world: World) -> AsyncIterator[PterodactylStandIn]:
    async with PterodactylStandIn(world) as stand_in:
        yield stand_in


@pytest.fixture
async def panel(stand_in: PterodactylStandIn, server: Server) -> AsyncIterator[Pterodactyl]:
    owner = stand_in.add_user("owner")
    stand_in.own(owner, server)
    async with PanelHub(clock=SystemClock()) as hub:
        credentials = {"key": stand_in.add_key(owner)}
        panel = hub.open(settings(base_url=stand_in.url, credentials=credentials))
        assert isinstance(panel, Pterodactyl)
        yield panel


async def test_pings_keep_a_silent_connection(
    panel: Pterodactyl, stand_in: PterodactylStandIn, server: Server
) -> None:
    node = replace(panel._consoles._node, heartbeat_seconds=0.1)
    panel._consoles = Consoles(node, panel._tokens, clock=SystemClock())
    wings = stand_in.wings
    wings.settings.idle_seconds = 0.5
    async with panel.watch(server.identifier) as watch:
        await see(watch, live.State)
        (socket,) = wings.sockets
        await soon(wings.wait_until(lambda: socket.pings >= 10 or not wings.sockets))

        assert wings.sockets == [socket]


async def test_pings_come_often_enough_for_every_known_proxy(panel: Pterodactyl) -> None:
    # nginx cuts after 60 s; one ping may be lost.
    assert panel._consoles._node.heartbeat_seconds <= 30


async def test_a_connection_cut_for_its_silence_is_made_again(
    panel: Pterodactyl, stand_in: PterodactylStandIn, server: Server
) -> None:
    stand_in.wings.settings.idle_seconds = 0.1
    async with panel.watch(server.identifier) as watch:
        await see(watch, live.State)
        await see(watch, live.Disconnected)
        stand_in.wings.settings.idle_seconds = None
        await see(watch, live.State)

    assert len(stand_in.tokens.given) == 1
