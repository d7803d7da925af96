"""What a 0.7 panel lets through, refuses and says; against document 000 and the panel's source."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from tests.simulators.panels.caller import Answer, Caller, Clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from bot.simulators.world import Fault, Node, Server, World

FIXTURES = Path(__file__).parents[2] / "fixtures" / "pterodactyl_v07"
GENERIC = "An error was encountered while processing this request."


@pytest.fixture
async def old(world: World) -> AsyncIterator[PterodactylV07StandIn]:
    async with PterodactylV07StandIn(world) as panel:
        panel.settings.daemon_timeout_seconds = 0.01
        yield panel


@pytest.fixture
def ask(old: PterodactylV07StandIn, server: Server, http: aiohttp.ClientSession) -> Caller:
    """Call the panel as the owner of the server."""
    owner = old.accounts.add_user("owner")
    old.accounts.own(owner, server)
    return Caller(http, old.url, key=old.accounts.add_key(owner))


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


async def test_who_is_let_in(ask: Caller, old: PterodactylV07StandIn) -> None:
    user = old.accounts.add_user("somebody")
    missing = await Caller(ask.http, old.url).get()
    assert (missing.status, missing.error) == (401, ("HttpException", GENERIC))
    assert missing.headers["WWW-Authenticate"] == "Bearer"
    for key in (
        "x" * 48,
        old.accounts.add_key(user, application=True),
        old.accounts.add_key(user, allowed_ips=["192.0.2.1"]),
    ):
        answer = await Caller(ask.http, old.url, key).get()
        assert (answer.status, answer.error) == (403, ("AccessDeniedHttpException", GENERIC))
    assert len(old.accounts.add_key(user)) == 48


async def test_a_right_is_needed_for_each_signal_and_for_commands(
    ask: Caller, old: PterodactylV07StandIn, server: Server
) -> None:
    friend = old.accounts.add_user("friend")
    old.accounts.add_subuser(friend, server, permissions=["power-kill"])
    call = Caller(ask.http, old.url, old.accounts.add_key(friend))
    bodies = [("power", {"signal": signal}) for signal in ("start", "stop", "restart", "kill")]
    bodies.append(("command", {"command": "say hi"}))
    answers = [await call.post(path(server, name), body) for name, body in bodies]
    assert [answer.status for answer in answers] == [403, 403, 403, 204, 403]
    assert server.signals == ["kill"]


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


async def test_sixty_requests_a_minute_are_counted_by_address_before_the_key(
    ask: Caller, old: PterodactylV07StandIn, clock: Clock
) -> None:
    stranger = Caller(ask.http, old.url, "wrong")
    statuses = [(await stranger.get()).status for _ in range(60)]
    refused = await ask.get()
    assert statuses == [403] * 60
    assert (refused.status, refused.error) == (429, ("ThrottleRequestsException", GENERIC))
    assert (refused.headers["X-RateLimit-Remaining"], refused.headers["Retry-After"]) == ("0", "60")
    clock.now += 60
    assert (await ask.get()).headers["X-RateLimit-Remaining"] == "59"


async def test_fifteen_states_a_minute_are_counted_by_user_over_all_servers(
    ask: Caller, old: PterodactylV07StandIn, server: Server, clock: Clock
) -> None:
    key = old.accounts.find_key(ask.key or "")
    assert key is not None
    same_user = Caller(ask.http, old.url, old.accounts.add_key(key.user))
    answers: list[Answer] = []
    for number in range(16):
        call = ask if number % 2 else same_user
        answers.append(await call.get(path(server, "utilization")))
    assert [answer.status for answer in answers] == [200] * 15 + [429]
    # The outer throttle has written over the figures of the inner one.
    headers = answers[-1].headers
    assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("60", "44")
    assert headers["Retry-After"] == "60"
    assert (await ask.get()).status == 200
    clock.now += 60
    assert (await ask.get(path(server, "utilization"))).status == 200


async def test_who_asks_for_no_json_is_taken_for_a_browser(
    ask: Caller, old: PterodactylV07StandIn, server: Server, node: Node
) -> None:
    browser = {"Accept": "*/*"}
    wrong = await Caller(ask.http, old.url, "wrong").get(headers=browser)
    node.fault = "down"
    command = await ask.post(path(server, "command"), {"command": "hi"}, headers=browser)
    assert (wrong.status, command.status) == (403, 302)
    assert "<html>" in wrong.text
    login = await Caller(ask.http, old.url).get("/auth/login", headers=browser)
    assert login.status == 200
