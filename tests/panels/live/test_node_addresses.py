"""A panel of a guild hands out the address of a node: that may not lead inside either."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import pytest
from yarl import URL

from bot.domain import live
from bot.domain.errors import PanelAddressRefused
from bot.panels import PanelHub
from bot.panels.pterodactyl import Pterodactyl
from tests.panels.live.site import LiveSite, see, soon, visited
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fakes import FakeClock


@pytest.fixture
async def hub(clock: FakeClock) -> AsyncIterator[PanelHub]:
    """A hub whose guilds may use 127.0.0.1, where the stand-in is, and nothing else."""
    async with PanelHub(clock=clock, allow_networks=[ipaddress.ip_network("127.0.0.1")]) as hub:
        yield hub


def of_guild(site: LiveSite, hub: PanelHub) -> Pterodactyl:
    key = site.stand_in.add_key(site.owner)
    found = hub.open(
        settings(base_url=site.stand_in.url, credentials={"key": key}, is_public_only=True)
    )
    assert isinstance(found, Pterodactyl)
    return found


async def test_a_node_at_an_allowed_address_is_followed(site: LiveSite, hub: PanelHub) -> None:
    async with of_guild(site, hub).watch(site.server.identifier) as watch:
        await see(watch, live.Connected)


@pytest.mark.parametrize("host", ["127.0.0.2", "[::ffff:127.0.0.1]", "2130706434"])
async def test_a_node_inside_is_not_connected_to(site: LiveSite, hub: PanelHub, host: str) -> None:
    async with visited("127.0.0.2") as (port, visits):
        path = URL(site.wings.address_of(site.server)).path
        site.faults.add("set", fields={"data.socket": f"ws://{host}:{port}{path}"})
        async with of_guild(site, hub).watch(site.server.identifier) as watch:
            told = await see(watch, live.Disconnected)
            with pytest.raises(PanelAddressRefused) as caught:
                await soon(anext(aiter(watch)))

    assert told.reason == "the server's node is not at a public address"
    assert caught.value.node
    assert visits == []


async def test_a_node_does_not_lead_inside_by_a_redirect(site: LiveSite, hub: PanelHub) -> None:
    async with visited("127.0.0.2") as (port, visits):
        site.wings.faults.add("redirect", to=f"http://127.0.0.2:{port}/")
        async with of_guild(site, hub).watch(site.server.identifier) as watch:
            told = await see(watch, live.Disconnected)

    assert "sends us to another address" in told.reason
    assert visits == []


async def test_a_panel_of_the_configuration_file_may_have_its_nodes_anywhere(
    site: LiveSite, clock: FakeClock
) -> None:
    async with (
        PanelHub(clock=clock) as hub,
        site.panel(hub).watch(site.server.identifier) as watch,
    ):
        await see(watch, live.Connected)
