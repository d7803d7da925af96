from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from bot.simulators.world import Node, Server, World
from tests.simulators.panels.caller import Caller, Clock
from tests.simulators.panels.wings_rig import Rig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock=clock)


@pytest.fixture
def node(world: World) -> Node:
    return world.add_node("node-1")


@pytest.fixture
def server(world: World, node: Node) -> Server:
    return world.add_server("Survival", node=node, state="running")


@pytest.fixture
async def panel(world: World) -> AsyncIterator[PterodactylStandIn]:
    async with PterodactylStandIn(world) as panel:
        yield panel


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def call(panel: PterodactylStandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    """Call the panel as the owner of the server."""
    owner = panel.add_user("owner")
    panel.own(owner, server)
    return Caller(http, panel.url, key=panel.add_key(owner))


@pytest.fixture
async def old(world: World) -> AsyncIterator[PterodactylV07StandIn]:
    async with PterodactylV07StandIn(world) as panel:
        panel.settings.daemon_timeout_seconds = 0.01
        yield panel


@pytest.fixture
def ask(old: PterodactylV07StandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    """Call the 0.7 panel as the owner of the server."""
    owner = old.accounts.add_user("owner")
    old.accounts.own(owner, server)
    return Caller(http, old.url, key=old.accounts.add_key(owner))


@pytest.fixture
async def rig(world: World, clock: Clock, http: aiohttp.ClientSession) -> AsyncIterator[Rig]:
    async with PterodactylStandIn(world) as panel:
        yield Rig(world, clock, panel, http)
