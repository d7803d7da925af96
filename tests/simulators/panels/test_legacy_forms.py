"""Which values panels before 0.7 take for a new server, and what they list to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulators.panels.legacy_caller import Caller, Dialect, opened

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Node, Server, World

VARIABLES = {"env_SERVER_JARFILE": "server.jar", "env_VANILLA_VERSION": "latest"}
LIMITS = {"memory": 1024, "swap": 0, "disk": 2048, "io": 500, "cpu": 100}


@pytest.fixture(params=["0.4", "0.5", "0.6"])
def dialect(request: pytest.FixtureRequest) -> Dialect:
    found: Dialect = request.param
    return found


@pytest.fixture
async def call(
    world: World, http: aiohttp.ClientSession, dialect: Dialect
) -> AsyncIterator[Caller]:
    async with opened(world, http, dialect) as call:
        yield call


def new_server(call: Caller, place: Node, **changes: object) -> dict[str, object]:
    values: dict[str, object] = {"name": "Brand New", "startup": "java", **VARIABLES, **LIMITS}
    allocation = call.panel.records.allocation_id(place, 25600)
    numbers = {"location": 1, "node": 1, "service": 1, "option": 1, "allocation": allocation}
    if call.servers.startswith("/api/admin"):
        numbers = {f"{name}_id": number for name, number in numbers.items()}
        return {**values, **numbers, "user_id": 2, "description": "", **changes}
    return {**values, **numbers, "owner": "owner@example.com", **changes}


async def test_numbers_may_be_texts(call: Caller, server: Server, world: World) -> None:
    values = new_server(call, server.node)
    texts = {key: str(value) if type(value) is int else value for key, value in values.items()}
    assert (await call("POST", call.servers, body=texts)).status < 300
    assert world.servers[-1].memory_mb == 1024
    refused = await call("POST", call.servers, body={**texts, "memory": "1024 MB"})
    assert refused.status in (400, 422)


@pytest.mark.parametrize("dialect", ["0.4", "0.5"])
async def test_an_owner_is_an_email_and_in_0_5_a_number_too(
    call: Caller, server: Server, dialect: Dialect
) -> None:
    created = await call("POST", call.servers, body=new_server(call, server.node, owner=2))
    if dialect == "0.4":
        assert (created.status, list(created.body["errors"])) == (422, ["owner"])
    else:
        assert created.status == 200
    changed = await call("PATCH", f"{call.servers}/1/config", body={"owner": 2})
    assert (changed.status, list(changed.body["errors"])) == (422, ["owner"])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"location": 9}, "location"),
        ({"service": 9}, "service"),
        ({"option": 9}, "option"),
        ({"custom_id": 1}, "custom_id"),
        ({"custom_id": "mine"}, "custom_id"),
    ],
)
@pytest.mark.parametrize("dialect", ["0.5"])
async def test_what_is_not_there_cannot_be_chosen(
    call: Caller, server: Server, changes: dict[str, object], field: str
) -> None:
    refused = await call("POST", call.servers, body=new_server(call, server.node, **changes))
    assert (refused.status, list(refused.body["errors"])) == (422, [field])


@pytest.mark.parametrize("dialect", ["0.5"])
async def test_0_5_finds_an_address_and_takes_an_id(
    call: Caller, server: Server, world: World
) -> None:
    values = new_server(call, server.node, auto_deploy=True, custom_id=77)
    del values["node"], values["allocation"]
    created = await call("POST", call.servers, body=values)
    assert (created.status, created.body) == (200, {"id": 77})
    assert world.servers[-1].port == 25600
    full = await call("POST", call.servers, body=values | {"custom_id": 78})
    assert (full.status, "errors" in full.body) == (422, False)


@pytest.mark.parametrize("dialect", ["0.4", "0.6"])
async def test_others_take_no_notice_of_that(call: Caller, server: Server) -> None:
    values = new_server(call, server.node, auto_deploy=True, custom_id=77)
    node = "node" if "node" in values else "node_id"
    created = await call("POST", call.servers, body=values)
    assert created.status < 300
    assert (await call("GET", f"{call.servers}/77")).status == 404
    refused = await call("POST", call.servers, body={**values, node: None})
    assert refused.status in (400, 422)


async def test_each_generation_lists_in_its_own_form(
    call: Caller, server: Server, dialect: Dialect
) -> None:
    root = call.servers.removesuffix("/servers")
    found = {
        name: (await call("GET", f"{root}/{name}")).body
        for name in ("users", "nodes", "locations", "services")
    }
    if dialect == "0.6":
        assert found["users"]["data"][1]["attributes"]["username"] == "owner"
        assert found["nodes"]["data"][0]["attributes"]["location_id"] == 1
        assert found["locations"]["data"][0]["id"] == "1"
        assert found["services"]["data"][0]["type"] == "service"
        node = (await call("GET", f"{root}/nodes/1?include=allocations")).body
        assert node["included"][0]["attributes"]["server_id"] == server.id
        assert "included" not in (await call("GET", f"{root}/services/1")).body
        service = (await call("GET", f"{root}/services/1?include=options")).body
        assert service["included"][0]["attributes"]["name"] == "Vanilla Minecraft"
        return
    users = found["users"] if dialect == "0.5" else found["users"]["data"]
    assert users[1]["email"] == "owner@example.com"
    nodes = found["nodes"] if dialect == "0.5" else found["nodes"]["data"]
    assert nodes[0]["name"] == "node-1"
    assert found["locations"]["locations"][0]["short"] == "here"
    assert found["services"]["services"][0]["name"] == "Minecraft"
    assert (await call("GET", f"{root}/services/1")).body["options"][0]["id"] == 1
    allocations = (await call("GET", f"{root}/nodes/allocations")).body["allocations"]
    assert [entry["assigned_to"] for entry in allocations] == [server.id]


async def test_what_is_not_listed_is_not_found(call: Caller, dialect: Dialect) -> None:
    root = call.servers.removesuffix("/servers")
    path = "nodes/9" if dialect == "0.6" else "nodes/allocations"
    assert (await call("GET", f"{root}/{path}")).status == 404
    assert (await call("GET", f"{root}/services/9")).status == 404
