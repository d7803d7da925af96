"""What a CVM panel lets through, refuses and says, in the dialects of its document and source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.simulators.panels.cvm import CvmStandIn
from tests.simulators.panels.caller import Answer, Caller

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.panels.cvm import Dialect
    from bot.simulators.world import Server, World

FIXTURES = Path(__file__).parents[2] / "fixtures" / "cvm"
LIST, STATUS = "/api/client/vps/list", "/api/client/vps/1/status"
SOURCE_LIST, SOURCE_STATUS = "/api/client/list", "/api/client/vps/1"


@pytest.fixture
async def documented(world: World) -> AsyncIterator[CvmStandIn]:
    async with CvmStandIn(world) as panel:
        yield panel


@pytest.fixture
async def source(world: World) -> AsyncIterator[CvmStandIn]:
    async with CvmStandIn(world, dialect="source") as panel:
        yield panel


@pytest.fixture
def ask(documented: CvmStandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    return owner_of(documented, server, http)


@pytest.fixture
def ask_source(source: CvmStandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    return owner_of(source, server, http)


def owner_of(panel: CvmStandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    panel.accounts.own("owner", server)
    pair = panel.accounts.add_pair("owner")
    headers = {"API-Public-Token": pair.public, "api-private-token": pair.private}
    return Caller(http, panel.url, headers=headers)


async def test_the_list_has_the_documented_form(ask: Caller) -> None:
    expected = json.loads((FIXTURES / "list.json").read_text())["response"]["vpses"][0]
    answer = await ask.get(LIST)
    (entry,) = answer.body["response"]["vpses"]
    assert entry.keys() == expected.keys()
    assert all(isinstance(value, str) for value in entry.values())
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"


async def test_traffic_may_be_one_sum(ask: Caller, documented: CvmStandIn, server: Server) -> None:
    documented.calls.combined.add(server)
    (entry,) = (await ask.get(LIST)).body["response"]["vpses"]
    assert {name for name in entry if name.startswith("traffic")} == {
        "traffic_limit",
        "traffic_used",
    }
    assert isinstance(entry["traffic_used"], int)
    assert "traffic_used" in (await ask.get(STATUS)).body["response"]


async def test_without_a_good_pair_nobody_is_let_in(
    documented: CvmStandIn, http: aiohttp.ClientSession
) -> None:
    expected = json.loads((FIXTURES / "invalid-token-pair.json").read_text())
    pair = documented.accounts.add_pair("owner")
    for headers in (
        {},
        {"API-Public-Token": pair.public},
        {"API-Public-Token": pair.public, "API-Private-Token": "wrong"},
        {"API-Public-Token": "wrong", "API-Private-Token": pair.private},
    ):
        answer = await Caller(http, documented.url, headers=headers).get(LIST)
        assert (answer.status, answer.body) == (401, expected)
    barred = documented.accounts.add_pair("owner", client_access=False)
    headers = {"API-Public-Token": barred.public, "API-Private-Token": barred.private}
    answer = await Caller(http, documented.url, headers=headers).get(LIST)
    assert (answer.status, len(answer.body["errors"])) == (403, 1)


async def test_tokens_stay_out_of_the_log_of_requests(ask: Caller, documented: CvmStandIn) -> None:
    await ask.get(LIST)
    told = repr([exchange.headers for exchange in documented.requests])
    assert not [token for token in ask.headers.values() if token in told]


@pytest.mark.parametrize("status", [500, 200])
@pytest.mark.parametrize(
    ("dialect", "line"),
    [
        ("documented", f"GET {SOURCE_LIST}"),
        ("documented", f"GET {SOURCE_STATUS}"),
        ("documented", f"POST {LIST}"),
        ("documented", "GET /api/client/vps/1/start"),
        ("documented", "POST /api/client/vps/1/kill"),
        ("source", f"GET {LIST}"),
        ("source", f"GET {STATUS}"),
        ("source", "GET /api/client/vps/1/"),
        ("source", "POST /api/client/vps/1/start"),
    ],
)
async def test_a_path_without_a_route_ends_in_a_page_of_php(
    world: World,
    http: aiohttp.ClientSession,
    server: Server,
    dialect: Dialect,
    line: str,
    status: int,
) -> None:
    async with CvmStandIn(world, dialect=dialect) as panel:
        panel.settings.unrouted_status = status
        answer = await owner_of(panel, server, http)(*line.split())
    assert (answer.status, "<html>" in answer.text) == (status, True)
    assert server.signals == []


async def test_the_source_looks_at_no_method_and_at_no_end(ask_source: Caller) -> None:
    for method, path in (("POST", SOURCE_LIST), ("GET", f"{SOURCE_LIST}ing/of/all")):
        assert (await ask_source(method, path)).body["response"]["vpses"]
    (entry,) = (await ask_source.get(SOURCE_LIST)).body["response"]["vpses"]
    assert {"location", "template"} <= entry.keys()


async def test_a_server_of_somebody_else_does_not_exist(
    ask: Caller, ask_source: Caller, world: World, server: Server
) -> None:
    other = world.add_server("Other", node=server.node)
    told = await ask.get(f"/api/client/vps/{other.id}/status")
    lied = await ask_source.get(f"/api/client/vps/{other.id}")
    assert (told.status, lied.status) == (404, 200)
    assert told.body == lied.body
    assert len((await ask.get(LIST)).body["response"]["vpses"]) == 1


async def usage(call: Caller, path: str) -> tuple[object, object, object]:
    response = (await call.get(path)).body["response"]
    return response["status"], response["ram_used"], response["disk_used"]


async def test_usage_is_in_bytes_by_the_document_and_in_megabytes_by_the_source(
    ask: Caller, ask_source: Caller, server: Server
) -> None:
    memory, disk = server.usage().memory_bytes, server.usage().disk_bytes
    assert await usage(ask, STATUS) == ("running", str(memory), disk)
    megabytes = ("running", str(memory // 2**20), disk / 2**20)
    assert await usage(ask_source, SOURCE_STATUS) == megabytes
    server.crash()
    assert await usage(ask, STATUS) == ("stopped", 0, 0)


async def test_a_node_that_is_down_hides_the_state_or_fakes_one(
    ask: Caller, ask_source: Caller, server: Server
) -> None:
    server.node.fault = "down"
    assert await usage(ask, STATUS) == ("unknown", 0, 0)
    assert await usage(ask_source, SOURCE_STATUS) == ("stopped", 0, 0)


async def test_servers_out_of_use(
    ask: Caller, ask_source: Caller, documented: CvmStandIn, source: CvmStandIn, server: Server
) -> None:
    server.suspended = True
    assert (await usage(ask, STATUS))[0] == "suspended"
    server.suspended = False
    for panel in (documented, source):
        panel.calls.terminated.add(server)
    assert (await usage(ask, STATUS))[0] == "terminated"
    assert (await usage(ask_source, SOURCE_STATUS))[0] == "unknown"


async def order(call: Caller, action: str) -> Answer:
    return await call("POST", f"/api/client/vps/1/{action}")


async def test_orders_are_carried_out_and_answered_with_nothing(
    ask: Caller, server: Server
) -> None:
    for action, state in (("restart", "running"), ("stop", "offline"), ("start", "running")):
        answer = await order(ask, action)
        assert (answer.status, answer.text, server.state) == (200, "", state)
    assert server.signals == ["restart", "stop", "start"]


async def test_orders_fail_with_a_sentence(
    ask: Caller, documented: CvmStandIn, server: Server
) -> None:
    server.crash()
    assert (await order(ask, "stop")).status == 500
    assert (await order(ask, "start")).status == 200
    assert (await order(ask, "stop")).status == 200
    assert (await order(ask, "stop")).status == 500
    server.signals.clear()
    server.suspended = True
    assert (await order(ask, "start")).status == 500
    server.suspended = False
    server.node.fault = "hang"
    documented.settings.ssh_timeout_seconds = 0.01
    unreached = await order(ask, "start")
    assert (unreached.status, len(unreached.body["errors"])) == (503, 1)
    assert server.signals == []


async def test_php_may_print_before_the_data(ask: Caller, documented: CvmStandIn) -> None:
    documented.settings.noise = "<br />Notice: "
    assert (await ask.get(LIST)).text.startswith('<br />Notice: {"response"')
