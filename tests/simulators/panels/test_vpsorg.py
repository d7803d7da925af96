"""The stand-in of vps.org as document 001 has it: shapes, orders, changes, credit."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.panels.vpsorg import VpsOrgStandIn
from tests.simulators.panels.vpsorg_rig import ORDER, SERVERS, Rig

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Node, Server, World
    from tests.simulators.panels.caller import Clock


FIXTURES = Path(__file__).parents[2] / "fixtures" / "vpsorg"


def example(name: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads((FIXTURES / f"{name}.json").read_text())


def shape(value: object) -> object:
    """The names in a document, without its values."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


@pytest.fixture
async def rig(world: World, http: aiohttp.ClientSession, server: Server) -> AsyncIterator[Rig]:
    async with VpsOrgStandIn(world) as panel:
        yield Rig(panel, http, server)


async def test_documented_answers_have_the_shape_of_the_document(rig: Rig) -> None:
    listing = await rig.call.get(SERVERS)
    assert shape(listing.body) == shape(example("list"))
    details = await rig.call.get(rig.documented)
    assert shape(details.body) == shape(example("details"))
    made = await rig.call.post(SERVERS, ORDER)
    assert (made.status, shape(made.body)) == (201, shape(example("create")))
    assert made.body["message"] == example("create")["message"]
    assert made.body["ip_address"] is None


@pytest.mark.parametrize(
    ("verb", "state"), [("start", "offline"), ("stop", "running"), ("reboot", "running")]
)
async def test_a_documented_order_is_answered_with_the_state_on_the_way(
    rig: Rig, server: Server, verb: str, state: str
) -> None:
    server.begin(state)
    answer = await rig.call("POST", f"{rig.documented}{verb}/")
    expected = example(verb)
    expected["server"] |= {"id": rig.vps.id, "name": server.name}
    assert (answer.status, answer.body) == (200, expected)


@pytest.mark.parametrize(
    ("verb", "state", "said"),
    [
        ("start", "running", "Server is already running."),
        ("stop", "offline", "Server is not running."),
        ("reboot", "offline", "Server is not running."),
        ("reboot", "starting", "Server is not running."),
        ("reboot", "stopping", "Server is not running."),
    ],
)
async def test_an_order_without_effect_is_refused(
    rig: Rig, server: Server, verb: str, state: str, said: str
) -> None:
    server.begin(state)
    answer = await rig.call("POST", f"{rig.documented}{verb}/")
    assert (answer.status, answer.body) == (400, {"detail": said})
    assert server.signals == []


async def test_states_pass_with_time(rig: Rig, clock: Clock) -> None:
    async def status() -> str:
        return str((await rig.call.get(rig.documented)).body["status"])

    await rig.call("POST", f"{rig.documented}reboot/")
    # Down and up again, under one name.
    for _ in range(2):
        assert await status() == "rebooting"
        clock.now += 4
    clock.now += 4
    assert await status() == "active"
    await rig.call("POST", f"{rig.documented}stop/")
    assert await status() == "stopping"
    clock.now += 4
    assert await status() == "stopped"


async def test_a_reboot_that_fails_ends_with_a_stopped_server(rig: Rig, server: Server) -> None:
    await rig.call("POST", f"{rig.documented}reboot/")
    server.crash()
    assert (await rig.call.get(rig.documented)).body["status"] == "stopped"


async def test_a_new_server_is_provisioned_after_some_minutes(rig: Rig, clock: Clock) -> None:
    made = (await rig.call.post(SERVERS, ORDER)).body
    path = f"{SERVERS}{made['id']}/"
    clock.now += 179
    assert (await rig.call.get(path)).body["status"] == "provisioning"
    refused = await rig.call("POST", f"{path}start/")
    assert (refused.status, refused.body) == (400, {"detail": "Server is provisioning."})
    clock.now += 2
    ready = (await rig.call.get(path)).body
    assert ready["status"] == "active"
    assert ready["ip_address"].startswith("203.0.113.")


async def test_a_server_costs_credit(rig: Rig) -> None:
    rig.account.credit = 15.0
    assert (await rig.call.post(SERVERS, ORDER)).status == 201
    refused = await rig.call.post(SERVERS, ORDER)
    assert (refused.status, refused.body["detail"][:19]) == (402, "Insufficient credit")
    assert len(rig.account.machines) == 2


@pytest.mark.parametrize(
    ("method", "body", "wrong"),
    [
        ("PUT", {}, {"name", "hostname", "backups_enabled"}),
        ("PUT", {"name": "a", "hostname": "b", "backups_enabled": True}, set()),
        ("PATCH", {}, set()),
        ("PATCH", {"name": "not this"}, {"name"}),
        ("PATCH", {"name": "", "hostname": None}, {"name", "hostname"}),
        ("PATCH", {"backups_enabled": "perhaps"}, {"backups_enabled"}),
        ("PATCH", {"hostname": [], "unheard-of": 1}, {"hostname"}),
    ],
)
async def test_a_change_is_checked_field_by_field(
    rig: Rig, method: str, body: object, wrong: set[str]
) -> None:
    answer = await rig.call(method, rig.documented, json=body)
    assert answer.status == (400 if wrong else 200)
    assert not wrong or set(answer.body) == wrong


async def test_the_filters_are_those_of_the_document(rig: Rig) -> None:
    for query, count in (("status=active", 1), ("status=stopped", 0), ("location=us-east", 0)):
        assert (await rig.call.get(f"{SERVERS}?{query}")).body["count"] == count


async def test_a_deleted_server_is_gone(rig: Rig, world: World) -> None:
    answer = await rig.call("DELETE", rig.documented)
    assert (answer.status, answer.text) == (204, "")
    again = await rig.call("DELETE", rig.documented)
    assert (again.status, again.body) == (404, {"detail": "Not found."})
    assert world.servers == []


async def test_a_dead_host_takes_no_orders_and_measures_nothing(rig: Rig, node: Node) -> None:
    node.fault = "down"
    assert (await rig.call.get(rig.documented)).body["resource_usage"] is None
    assert (await rig.call("POST", f"{rig.documented}stop/")).status == 503
