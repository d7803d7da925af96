"""What a 0.7 panel lets through, refuses and says; against document 000 and the panel's source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from tests.simulators.panels.caller import Caller, Clock

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.world import Fault, Node, Server, World

FIXTURES = Path(__file__).parents[2] / "fixtures" / "pterodactyl_v07"
GENERIC = "An error was encountered while processing this request."


def path(server: Server, call: str) -> str:
    return f"/api/client/servers/{server.identifier}/{call}"


def shape(value: object) -> object:
    """The names in a document, without their values."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else None


def documented(name: str) -> Any:  # noqa: ANN401 - any JSON value
    return json.loads((FIXTURES / f"{name}.json").read_text())


async def test_answers_have_the_documented_form(ask: Caller, server: Server) -> None:
    assert shape((await ask.get()).body) == shape(documented("list"))
    details = await ask.get(f"/api/client/servers/{server.identifier}")
    assert shape(details.body) == shape(documented("server"))
    running = await ask.get(path(server, "utilization"))
    assert shape(running.body) == shape(documented("utilization-starting"))
    server.crash()
    off = (await ask.get(path(server, "utilization"))).body
    expected = documented("utilization-off")
    for part in ("memory", "cpu", "disk"):
        expected["attributes"][part]["limit"] = off["attributes"][part]["limit"]
    assert off == expected


async def test_usage_comes_in_the_units_of_the_daemon(
    ask: Caller, server: Server, clock: Clock
) -> None:
    clock.now += 600
    usage = server.usage()
    found = (await ask.get(path(server, "utilization"))).attributes
    assert found["memory"]["current"] == round(usage.memory_bytes / 1024 / 1024)
    assert found["disk"]["current"] == usage.disk_bytes // 1_000_000
    assert found["cpu"]["current"] == usage.cpu_percent
    assert sum(found["cpu"]["cores"]) == pytest.approx(usage.cpu_percent, abs=0.01)


async def test_the_words_of_the_states(ask: Caller, server: Server, clock: Clock) -> None:
    words = []
    for signal, seconds in (("restart", 1), ("restart", 3), ("start", 60), ("kill", 0)):
        await ask.post(path(server, "power"), {"signal": signal})
        clock.now += seconds
        words.append((await ask.get(path(server, "utilization"))).attributes["state"])
    assert words == ["stopping", "starting", "on", "off"]


async def test_a_page_holds_fifteen_whatever_is_asked_for(
    ask: Caller, old: PterodactylV07StandIn, world: World, node: Node
) -> None:
    owner = old.accounts.find_key(ask.key or "")
    assert owner is not None
    for number in range(19):
        old.accounts.own(owner.user, world.add_server(f"No. {number}", node=node))
    first, second = await ask.get("/api/client?per_page=100"), await ask.get("/api/client?page=2")
    assert (len(first.names), len(second.names)) == (15, 5)
    assert first.body["meta"]["pagination"]["total_pages"] == 2


@pytest.mark.parametrize(
    ("version", "wanted", "names"),
    [
        ("0.7.14", "all", ["Survival"]),
        ("0.7.15", "all", ["Survival", "Other"]),
        ("0.7.17", "admin", ["Survival", "Other"]),
        ("0.7.18", "all", ["Survival"]),
        ("0.7.18", "owner", []),
        ("0.7.18", "subuser-of", ["Survival"]),
    ],
)
async def test_some_versions_show_everything_to_everybody(
    world: World,
    http: aiohttp.ClientSession,
    server: Server,
    version: str,
    wanted: str,
    names: list[str],
) -> None:
    world.add_server("Other", node=server.node)
    async with PterodactylV07StandIn(world, version=version) as panel:
        friend = panel.accounts.add_user("friend")
        panel.accounts.add_subuser(friend, server, permissions=[])
        call = Caller(http, panel.url, panel.accounts.add_key(friend))
        assert (await call.get(f"/api/client?filter={wanted}")).names == names


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [
        ("0.7.3", 404, "NotFoundHttpException"),
        ("0.7.10", 404, "NotFoundHttpException"),
        ("0.7.11", 500, "FatalThrowableError"),
    ],
)
async def test_an_unknown_identifier(
    world: World, http: aiohttp.ClientSession, server: Server, version: str, status: int, code: str
) -> None:
    async with PterodactylV07StandIn(world, version=version) as panel:
        user = panel.accounts.add_user("owner")
        panel.accounts.own(user, server)
        call = Caller(http, panel.url, panel.accounts.add_key(user))
        for unknown in ("deadbeef", server.uuid):
            answer = await call.get(f"/api/client/servers/{unknown}")
            assert (answer.status, answer.error) == (status, (code, GENERIC))


async def test_a_server_of_somebody_else_does_not_exist(
    ask: Caller, world: World, node: Node
) -> None:
    other = world.add_server("Other", node=node)
    answer = await ask.get(path(other, "utilization"))
    assert (answer.status, answer.error) == (404, ("NotFoundHttpException", GENERIC))


@pytest.mark.parametrize(
    ("fault", "power", "command"),
    [
        ("down", "ConnectException", "HTTP/E_CONN_REFUSED"),
        ("hang", "ConnectException", "HTTP/E_CONN_REFUSED"),
        ("reset", "ConnectException", "HTTP/E_CONN_REFUSED"),
        (403, "ClientException", "HTTP/403"),
        (500, "ServerException", "HTTP/500"),
    ],
)
async def test_a_failing_daemon(
    ask: Caller, server: Server, node: Node, fault: Fault, power: str, command: str
) -> None:
    node.fault = fault
    for answer in (
        await ask.post(path(server, "power"), {"signal": "stop"}),
        await ask.get(path(server, "utilization")),
    ):
        assert (answer.status, answer.error) == (500, (power, GENERIC))
    written = await ask.post(path(server, "command"), {"command": "say hi"})
    assert (written.status, written.error[0]) == (504, "DaemonConnectionException")
    assert command in written.error[1]
    assert (server.signals, server.console) == ([], [])


async def test_a_daemon_that_answers_with_a_page_does_nothing(
    ask: Caller, server: Server, node: Node
) -> None:
    node.fault = "html"
    assert (await ask.post(path(server, "power"), {"signal": "stop"})).status == 204
    assert (await ask.post(path(server, "command"), {"command": "hi"})).status == 204
    assert (await ask.get(path(server, "utilization"))).error[0] == "ErrorException"
    assert (server.signals, server.console) == ([], [])


@pytest.mark.parametrize(("condition", "status"), [("suspended", 403), ("installing", 404)])
async def test_a_blocked_server_looks_normal_and_refuses(
    ask: Caller, server: Server, condition: str, status: int
) -> None:
    server.condition = condition
    assert (await ask.get(f"/api/client/servers/{server.identifier}")).status == 200
    assert (await ask.get(path(server, "utilization"))).error[0] == "ClientException"
    command = await ask.post(path(server, "command"), {"command": "hi"})
    assert f"HTTP/{status}" in command.error[1]


async def test_a_command_needs_a_server_that_is_not_off(ask: Caller, server: Server) -> None:
    assert (await ask.post(path(server, "command"), {"command": " say hi "})).status == 204
    server.crash()
    refused = await ask.post(path(server, "command"), {"command": "say hi"})
    assert (refused.status, refused.error) == (412, ("PreconditionFailedHttpException", GENERIC))
    assert server.console == ["say hi"]


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({}, "required"),
        ({"signal": " "}, "required"),
        ({"signal": 5}, "string"),
        ({"signal": "explode"}, "in"),
        (["stop"], "required"),
    ],
)
async def test_a_bad_signal_is_told_by_its_field(
    ask: Caller, server: Server, body: object, rule: str
) -> None:
    answer = await ask.post(path(server, "power"), body)
    (error,) = answer.body["errors"]
    assert (answer.status, error["code"]) == (422, rule)
    assert error["source"] == {"field": "signal"}
    assert "status" not in error


async def test_bodies_may_be_forms_and_what_is_no_json_has_no_fields(
    ask: Caller, server: Server
) -> None:
    form = await ask("POST", path(server, "power"), data={"signal": "stop"})
    headers = {"Content-Type": "application/json"}
    broken = await ask("POST", path(server, "power"), data="{", headers=headers)
    assert (form.status, broken.status) == (204, 422)
