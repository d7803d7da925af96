"""The stand-in of vps.org as the vendor's own client speaks to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_catalog import LOCATIONS, PLANS, SYSTEMS
from tests.simulators.panels.vpsorg_rig import SERVERS, Rig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Node, Server, World


@pytest.fixture
async def client(world: World, http: aiohttp.ClientSession, server: Server) -> AsyncIterator[Rig]:
    async with VpsOrgStandIn(world, dialect="client") as panel:
        yield Rig(panel, http, server)


async def test_the_clients_list_is_flat_and_its_details_are_nested(client: Rig) -> None:
    (entry,) = (await client.call.get(SERVERS)).body["results"]
    assert (entry["uuid"], entry["hostname"]) == (client.vps.uuid, "web01.example.com")
    assert (entry["plan_name"], entry["os_name"]) == ("Standard VPS", "Ubuntu 22.04 LTS")
    details = (await client.call.get(client.client)).body
    assert details["plan"]["ram_unit"] == "GB"
    assert details["operating_system_version"]["name"] == "22.04 LTS"
    assert "password" not in details


async def test_the_clients_list_comes_in_pages(client: Rig, world: World, node: Node) -> None:
    for number in range(30):
        client.panel.rent(client.account, world.add_server(f"no-{number}", node=node))
    first = (await client.call.get(SERVERS)).body
    assert (first["count"], len(first["results"]), first["previous"]) == (31, 20, None)
    assert first["next"].endswith("/api/v1/servers/?page=2")
    second = (await client.call.get(f"{SERVERS}?page=2&page_size=20")).body
    assert (len(second["results"]), second["next"]) == (11, None)
    for page in ("3", "0", "x"):
        answer = await client.call.get(f"{SERVERS}?page={page}")
        assert (answer.status, answer.body) == (404, {"detail": "Invalid page."})


@pytest.mark.parametrize(
    ("action", "signal"), [("stop", "stop"), ("restart", "restart"), ("hard_stop", "kill")]
)
async def test_the_client_names_its_order(
    client: Rig, server: Server, action: str, signal: str
) -> None:
    answer = await client.call.post(f"{client.client}power/", {"action": action})
    assert (answer.status, server.signals) == (200, [signal])


@pytest.mark.parametrize("body", [{}, {"action": "explode"}, {"action": None}])
async def test_an_order_that_there_is_not_is_refused(client: Rig, body: object) -> None:
    answer = await client.call.post(f"{client.client}power/", body)
    assert (answer.status, set(answer.body)) == (400, {"action"})


async def test_the_password_comes_once(client: Rig) -> None:
    key = client.account.add_ssh_key("laptop")
    order = {
        "hostname": "web02.example.com",
        "location": LOCATIONS[0].id,
        "plan": PLANS[0].uuid,
        "os_version": SYSTEMS[0].uuid,
        "ssh_keys": [key.uuid],
    }
    made = await client.call.post(SERVERS, order)
    assert (made.status, len(made.body["password"]) > 8) == (201, True)
    assert "password" not in (await client.call.get(f"{SERVERS}{made.body['uuid']}/")).body


async def test_what_the_client_orders_must_exist(client: Rig) -> None:
    order = {
        "hostname": "web02",
        "location": LOCATIONS[2].id,
        "plan": "basic",
        "os_version": True,
        "ssh_keys": ["none"],
    }
    answer = await client.call.post(SERVERS, order)
    assert answer.status == 400
    assert set(answer.body) == {"location", "plan", "os_version", "ssh_keys"}


async def test_the_client_does_not_speak_as_documented(client: Rig) -> None:
    assert (await client.call("POST", f"{client.client}start/")).status == 404
    assert (await client.call("PATCH", client.client, json={})).status == 405
