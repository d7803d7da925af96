"""What every kind of panel must do, whatever happens on the way. Runs on each harness."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import aiohttp
import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelError,
    PanelProtocolError,
    PanelRateLimited,
    PanelUnreachable,
    ServerNotFound,
    ServerOffline,
    UnsupportedAction,
)
from bot.domain.ports import CommandPanel
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.panels import PANELS, PanelHub, check_settings
from tests.panels.harness import HARNESSES, Harness
from tests.panels.support import PATIENCE, HastyClock, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.ports import Panel
    from bot.domain.servers import Server

FAULTS: list[tuple[str, dict[str, Any], type[PanelError]]] = [
    ("html", {"status": 502}, PanelUnreachable),
    ("html", {"status": 200}, PanelProtocolError),
    ("html", {"status": 403}, PanelProtocolError),
    ("redirect", {}, PanelProtocolError),
    ("big", {}, PanelProtocolError),
    ("cut-before", {}, PanelUnreachable),
    ("cut-after", {}, PanelUnreachable),
    ("throttle", {"retry_after": "90"}, PanelRateLimited),
    ("throttle", {"retry_after": "Wed, 01 Jul 2099 12:00:00 GMT"}, PanelRateLimited),
    ("throttle", {"retry_after": "come back in 3 minutes"}, PanelRateLimited),
    ("throttle", {"retry_after": None}, PanelRateLimited),
]
IMPATIENT = aiohttp.ClientTimeout(total=0.3, connect=PATIENCE)


@pytest.fixture(params=HARNESSES, ids=lambda harness: harness.name)
async def harness(request: pytest.FixtureRequest, clock: HastyClock) -> AsyncIterator[Harness]:
    harness: Harness = request.param(clock)
    async with harness:
        yield harness


@pytest.fixture
def panel(hub: PanelHub, harness: Harness) -> Panel:
    return open_panel(hub, harness)


def open_panel(hub: PanelHub, harness: Harness, **changes: object) -> Panel:
    values: dict[str, object] = {
        "kind": harness.kind,
        "base_url": harness.url,
        "credentials": harness.credentials,
        "options": harness.options,
    }
    return hub.open(settings(**(values | changes)))


async def states(panel: Panel) -> dict[str, ServerState]:
    return {server.name: server.state for server in await panel.list_servers()}


def require(panel: Panel, capability: Capability) -> None:
    if capability not in panel.capabilities:
        pytest.skip("not offered by this kind")


def require_power_states(harness: Harness) -> None:
    if not harness.tells_power:
        pytest.skip("running and offline look the same")


def test_every_kind_is_held_to_the_contract(clock: HastyClock) -> None:
    assert {harness(clock).kind for harness in HARNESSES} == set(PANELS)


async def test_all_servers_are_listed_with_their_true_state(panel: Panel, harness: Harness) -> None:
    servers = await panel.list_servers()
    running, offline = ServerState.RUNNING, ServerState.OFFLINE
    if not harness.tells_power:
        running = offline = ServerState.UNKNOWN
    assert {server.name: server.state for server in servers} == {
        "Survival": running,
        "Creative": offline,
        "Lobby": offline,
        "Mini": offline,
    }
    assert {server.ref.panel_id for server in servers} == {"main"}
    assert all(server.observed_at.tzinfo is not None for server in servers)


async def test_one_server_is_shown_as_in_the_list(panel: Panel, harness: Harness) -> None:
    for listed in await panel.list_servers():
        shown = await panel.get_server(listed.ref.server_id)
        as_listed: Any = {name: getattr(listed, name) for name in harness.only_in_details}
        assert replace(shown, **as_listed) == listed


async def test_it_says_what_it_is_and_can(panel: Panel, harness: Harness) -> None:
    assert (panel.panel_id, panel.kind) == ("main", harness.kind)
    assert panel.capabilities == harness.capabilities
    check_settings(
        settings(kind=harness.kind, credentials=harness.credentials, options=harness.options)
    )


@pytest.mark.parametrize("action", list(PowerAction))
async def test_an_order_reaches_the_server_once(
    panel: Panel, harness: Harness, action: PowerAction
) -> None:
    require(panel, Capability(action))
    # Some refuse to start what is running.
    server = harness.creative if action is PowerAction.START else harness.survival
    await panel.power(await id_of(panel, server.name), action)
    assert server.signals == [action]


async def test_a_command_reaches_the_console_once(panel: Panel, harness: Harness) -> None:
    require(panel, Capability.COMMAND)
    console = cast("CommandPanel", panel)
    assert isinstance(panel, CommandPanel)
    await console.send_command(await id_of(panel, "Survival"), "say grüß Gott ✨")
    assert harness.survival.console == ["say grüß Gott ✨"]
    with pytest.raises(ServerOffline):
        await console.send_command(await id_of(panel, "Creative"), "say hi")


@pytest.mark.parametrize("server_id", ["deadbeef", "", "..", "a/b", "x" * 300, "a?b", "é"])
async def test_an_unknown_server_is_not_found(panel: Panel, server_id: str) -> None:
    with pytest.raises(ServerNotFound):
        await panel.get_server(server_id)
    require(panel, Capability.STOP)
    with pytest.raises(ServerNotFound) as caught:
        await panel.power(server_id, PowerAction.STOP)
    assert caught.value.server_id == server_id


async def test_a_wrong_key_is_refused_and_not_shown(
    hub: PanelHub, harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = dict.fromkeys(harness.credentials, "wrong-key-of-somebody-else")
    panel = open_panel(hub, harness, credentials=wrong)
    with pytest.raises(PanelAuthFailed) as caught:
        await panel.list_servers()
    assert "wrong-key" not in f"{caught.value} {caught.value!r} {panel!r} {caplog.text}"


@pytest.mark.parametrize(("fault", "options", "expected"), FAULTS)
async def test_a_panel_recovers_from_what_happens_to_a_list(
    panel: Panel,
    harness: Harness,
    clock: HastyClock,
    fault: str,
    options: dict[str, Any],
    expected: type[PanelError],
) -> None:
    harness.faults.add(fault, path=harness.list_path, **options)
    with pytest.raises(expected) as caught:
        await panel.list_servers()
    assert caught.value.panel_id == "main"
    harness.faults.clear()
    clock.advance(300)
    assert len(await panel.list_servers()) == 4


async def test_a_panel_that_hangs_is_given_up(harness: Harness, clock: HastyClock) -> None:
    async with PanelHub(clock=clock, timeout=IMPATIENT) as hub:
        panel = open_panel(hub, harness)
        harness.faults.add("hang", path=harness.list_path)
        with pytest.raises(PanelUnreachable):
            await panel.list_servers()


@pytest.mark.parametrize("fault", ["hang", "cut-after"])
async def test_an_order_without_an_answer_has_an_unknown_outcome(
    harness: Harness, hub: PanelHub, clock: HastyClock, fault: str
) -> None:
    require(open_panel(hub, harness), Capability.RESTART)
    server_id = await id_of(open_panel(hub, harness), "Survival")
    async with PanelHub(clock=clock, timeout=IMPATIENT) as impatient:
        panel = open_panel(impatient, harness)
        harness.faults.add(fault, path=harness.order_path)
        with pytest.raises(OutcomeUnknown) as caught:
            await panel.power(server_id, PowerAction.RESTART)
    assert caught.value.action == "restart"
    assert harness.survival.signals == (["restart"] if fault == "cut-after" else [])


async def test_an_order_to_a_closed_port_was_not_sent(hub: PanelHub, harness: Harness) -> None:
    panel = open_panel(hub, harness)
    require(panel, Capability.RESTART)
    server_id = await id_of(panel, "Survival")
    await harness.__aexit__(None, None, None)
    with pytest.raises(PanelUnreachable):
        await panel.power(server_id, PowerAction.RESTART)
    assert harness.survival.signals == []


@pytest.mark.parametrize(
    ("fault", "options", "state"),
    [
        ("html", {"status": 500}, ServerState.UNREACHABLE),
        ("cut-before", {}, ServerState.UNREACHABLE),
        ("redirect", {}, ServerState.UNKNOWN),
        ("big", {}, ServerState.UNKNOWN),
        ("html", {"status": 200}, ServerState.UNKNOWN),
    ],
)
async def test_a_server_that_cannot_be_read_hides_no_other(
    panel: Panel, harness: Harness, fault: str, options: dict[str, Any], state: ServerState
) -> None:
    path = harness.state_path_of(harness.creative)
    if path == harness.list_path:
        pytest.skip("the list has the states")
    harness.faults.add(fault, path=path, **options)
    found = await states(panel)
    assert found.pop("Creative") is state
    assert found == {
        "Survival": ServerState.RUNNING,
        "Lobby": ServerState.OFFLINE,
        "Mini": ServerState.OFFLINE,
    }


async def test_a_dead_node_is_seen_on_its_servers_and_on_no_others(
    panel: Panel, harness: Harness
) -> None:
    require_power_states(harness)
    harness.far.fault = "down"
    assert await states(panel) == {
        "Survival": ServerState.RUNNING,
        "Creative": ServerState.OFFLINE,
        "Lobby": harness.dead_node_state,
        "Mini": harness.dead_node_state,
    }


async def test_an_unknown_state_word_is_logged_once(
    panel: Panel, harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    path = harness.state_path_of(harness.survival)
    harness.faults.add("set", path=path, fields={harness.state_field: "dancing"})
    with caplog.at_level(logging.INFO, logger="bot.panels"):
        for _ in range(3):
            assert (await states(panel))["Survival"] is ServerState.UNKNOWN
    assert [record.getMessage().count("dancing") for record in caplog.records] == [1]


async def test_null_anywhere_loses_no_server(panel: Panel, harness: Harness) -> None:
    for field in harness.nulls:
        harness.faults.clear()
        harness.faults.add("set", path=harness.list_path, exact=True, fields={field: None})
        assert len(await panel.list_servers()) == 4, field


@pytest.mark.parametrize("said", [None, "99"])
@pytest.mark.parametrize("field", ["meta", "meta.pagination.total_pages", "count"])
async def test_every_page_is_read_whatever_is_said_of_their_number(
    panel: Panel, harness: Harness, field: str, said: str | None
) -> None:
    if field not in harness.nulls:
        pytest.skip("nothing is said there")
    for number in range(150):
        harness.allow(harness.world.add_server(f"No. {number}", node=harness.far))
    harness.faults.add("set", path=harness.list_path, exact=True, fields={field: said})
    assert len(await panel.list_servers()) == 154


async def test_a_server_listed_twice_appears_once(panel: Panel, harness: Harness) -> None:
    field = harness.list_field
    harness.faults.add("duplicates", path=harness.list_path, exact=True, field=field)
    assert len(await panel.list_servers()) == 4


async def test_a_long_list_keeps_to_ten_requests_at_a_time(panel: Panel, harness: Harness) -> None:
    node = harness.world.add_node("big")
    for number in range(60):
        harness.allow(harness.world.add_server(f"No. {number}", node=node))
    harness.faults.add("late", seconds=0.005)
    async with asyncio.TaskGroup() as group:
        lists = [group.create_task(panel.list_servers()) for _ in range(2)]
    assert [len(running.result()) for running in lists] == [64, 64]
    assert 1 < harness.most_in_flight <= 10


async def test_errors_and_logs_never_show_a_credential(
    panel: Panel, harness: Harness, caplog: pytest.LogCaptureFixture, clock: HastyClock
) -> None:
    caplog.set_level(logging.DEBUG)
    seen = [repr(panel)]
    for fault, options, _ in FAULTS:
        harness.faults.clear()
        clock.advance(300)
        harness.faults.add(fault, **options)
        for call in (panel.list_servers(), panel.power("deadbeef", PowerAction.KILL)):
            with pytest.raises((PanelError, UnsupportedAction)) as caught:
                await call
            seen += _whole(caught.value)
    for secret in harness.credentials.values():
        assert secret not in " ".join([*seen, caplog.text])


def _whole(error: BaseException | None) -> list[str]:
    """Everything that an error and its causes can show."""
    if error is None:
        return []
    facts = [str(error), repr(error), repr(vars(error))]
    return facts + _whole(error.__cause__) + _whole(error.__context__)


async def id_of(panel: Panel, name: str) -> str:
    servers: dict[str, Server] = {server.name: server for server in await panel.list_servers()}
    return servers[name].ref.server_id
