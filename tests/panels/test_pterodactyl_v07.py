"""Pterodactyl 0.7's own ways, against its stand-in: pages, keys, and errors that mean others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
from aiohttp import web

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    ServerOffline,
)
from bot.domain.servers import PowerAction, ServerState
from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from tests.panels.harness_pterodactyl_v07 import PterodactylV07Harness
from tests.panels.support import HastyClock, Reply, serving, settings, stub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels import PanelHub
    from bot.panels.pterodactyl_v07 import PterodactylV07
    from bot.simulators.world import Fault

GENERIC = "An error was encountered while processing this request."


@pytest.fixture
async def harness(clock: HastyClock) -> AsyncIterator[PterodactylV07Harness]:
    async with PterodactylV07Harness(clock) as harness:
        harness.stand_in.settings.daemon_timeout_seconds = 0.01
        yield harness


@pytest.fixture
def panel(hub: PanelHub, harness: PterodactylV07Harness) -> PterodactylV07:
    return open_panel(hub, harness.url, harness.key)


def open_panel(hub: PanelHub, url: str, key: str) -> PterodactylV07:
    panel = hub.open(settings(kind="pterodactyl_v07", base_url=url, credentials={"key": key}))
    return cast("PterodactylV07", panel)


async def test_all_pages_are_read(panel: PterodactylV07, harness: PterodactylV07Harness) -> None:
    for number in range(41):
        harness.allow(harness.world.add_server(f"No. {number}", node=harness.far))
    assert len({server.ref for server in await panel.list_servers()}) == 45
    lists = [request for request in harness.stand_in.requests if request.path == "/api/client"]
    assert [request.query for request in lists] == [{"page": "1"}, {"page": "2"}, {"page": "3"}]


async def test_a_page_without_ids_hides_no_other_and_is_told_once(
    panel: PterodactylV07, harness: PterodactylV07Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    for number in range(41):
        harness.allow(harness.world.add_server(f"No. {number}", node=harness.far))
    nothing = {"data.*.attributes.identifier": None, "data.*.attributes.uuid": None}
    for _ in range(2):
        harness.faults.add("set", path="/api/client", exact=True, count=1, fields=nothing)
        assert len(await panel.list_servers()) == 30
    told = "panel main lists servers without an id that can be one: they are left out"
    assert caplog.messages.count(told) == 1


async def test_a_list_ends_where_a_panel_has_miscounted_its_pages(
    panel: PterodactylV07, harness: PterodactylV07Harness
) -> None:
    fields = {"meta.pagination.total_pages": 10**9}
    harness.faults.add("set", path="/api/client", exact=True, fields=fields)
    assert len(await panel.list_servers()) == 4


async def test_a_uuid_is_no_id_here(panel: PterodactylV07, harness: PterodactylV07Harness) -> None:
    with pytest.raises(ServerNotFound):
        await panel.get_server(harness.survival.uuid)


@pytest.mark.parametrize("version", ["0.7.7", "0.7.10", "0.7.11", "0.7.19"])
async def test_an_unknown_server_is_not_found_in_any_version(
    hub: PanelHub, harness: PterodactylV07Harness, version: str
) -> None:
    async with PterodactylV07StandIn(harness.world, version=version) as stand_in:
        panel = open_panel(hub, stand_in.url, stand_in.accounts.add_key(harness.owner))
        for call in (
            panel.get_server("deadbeef"),
            panel.power("deadbeef", PowerAction.START),
            panel.send_command("deadbeef", "say hi"),
            # It exists, and belongs to nobody here.
            panel.get_server(harness.survival.identifier),
        ):
            with pytest.raises(ServerNotFound):
                await call


async def test_the_client_of_1_x_names_the_kind_that_is_right(
    hub: PanelHub, harness: PterodactylV07Harness, caplog: pytest.LogCaptureFixture
) -> None:
    key = {"key": harness.key}
    panel = hub.open(settings(kind="pterodactyl", base_url=harness.url, credentials=key))
    for _ in range(2):
        states = {server.state for server in await panel.list_servers()}
        assert states == {ServerState.UNKNOWN}
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [text.count("pterodactyl_v07") for text in warned] == [1]
    with pytest.raises(PanelProtocolError, match="kind pterodactyl_v07"):
        await panel.get_server(harness.survival.identifier)


async def test_versions_without_utilization_tell_no_states_and_that_is_said_once(
    hub: PanelHub, harness: PterodactylV07Harness, caplog: pytest.LogCaptureFixture
) -> None:
    async with PterodactylV07StandIn(harness.world, version="0.7.6") as stand_in:
        stand_in.accounts.own(harness.owner, harness.survival)
        panel = open_panel(hub, stand_in.url, stand_in.accounts.add_key(harness.owner))
        for _ in range(2):
            states = [server.state for server in await panel.list_servers()]
            assert states == [ServerState.UNKNOWN]
    warned = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert [text.count("before 0.7.7") for text in warned] == [1]


async def test_a_missing_right_is_told_from_a_bad_key(
    hub: PanelHub, harness: PterodactylV07Harness
) -> None:
    accounts = harness.stand_in.accounts
    friend = accounts.add_user("friend")
    accounts.add_subuser(friend, harness.survival, permissions=["power-start"])
    panel = open_panel(hub, harness.url, accounts.add_key(friend))
    server_id = harness.survival.identifier
    await panel.power(server_id, PowerAction.START)
    for order in (panel.power(server_id, PowerAction.STOP), panel.send_command(server_id, "hi")):
        with pytest.raises(PanelForbidden, match="lacks the permission"):
            await order
    for key in (
        "wrong",
        accounts.add_key(harness.owner, application=True),
        accounts.add_key(harness.owner, allowed_ips=["192.0.2.1"]),
    ):
        panel = open_panel(hub, harness.url, key)
        with pytest.raises(PanelAuthFailed, match="application key, or not allowed from this"):
            await panel.power(server_id, PowerAction.STOP)
        with pytest.raises(PanelAuthFailed):
            await panel.get_server(server_id)
    assert harness.survival.signals == ["start"]


async def test_a_key_that_is_taken_away_during_a_list_ends_it(
    panel: PterodactylV07, harness: PterodactylV07Harness
) -> None:
    path = harness.state_path_of(harness.survival)
    harness.faults.add("html", path=path, status=401)
    with pytest.raises(PanelAuthFailed):
        await panel.list_servers()


@pytest.mark.parametrize(
    ("fault", "state", "power", "command"),
    [
        ("down", ServerState.UNREACHABLE, PanelUnreachable, PanelUnreachable),
        ("hang", ServerState.UNREACHABLE, PanelUnreachable, PanelUnreachable),
        ("reset", ServerState.UNREACHABLE, PanelUnreachable, PanelUnreachable),
        (403, ServerState.UNKNOWN, PanelConflict, PanelConflict),
        (404, ServerState.UNKNOWN, PanelConflict, PanelConflict),
        (500, ServerState.UNKNOWN, PanelRefused, PanelUnreachable),
    ],
)
async def test_a_failing_node_is_told_from_a_failing_panel(
    panel: PterodactylV07,
    harness: PterodactylV07Harness,
    fault: Fault,
    state: ServerState,
    power: type[PanelError],
    command: type[PanelError],
) -> None:
    server_id = harness.survival.identifier
    harness.survival.node.fault = fault
    assert (await panel.get_server(server_id)).state is state
    with pytest.raises(power) as caught:
        await panel.power(server_id, PowerAction.STOP)
    assert getattr(caught.value, "node", True), "the panel itself is well"
    with pytest.raises(command):
        await panel.send_command(server_id, "say hi")
    orders = [request for request in harness.stand_in.requests if request.method == "POST"]
    assert len(orders) == 2, "none was sent twice"


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0, PanelUnreachable), (3, PanelUnreachable), (5, OutcomeUnknown)]
)
async def test_a_node_that_took_an_order_and_was_too_slow_may_have_carried_it_out(
    hub: PanelHub, clock: HastyClock, seconds: float, expected: type[PanelError]
) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        clock.advance(seconds)
        error = {"code": "ConnectException", "status": "500", "detail": GENERIC}
        return web.json_response({"errors": [error]}, status=500)

    async with serving(answer) as url:
        with pytest.raises(expected):
            await open_panel(hub, url, "key").power("b1ea3e80", PowerAction.RESTART)


@pytest.mark.parametrize("condition", ["suspended", "installing"])
async def test_a_server_that_its_node_refuses_is_unknown_and_takes_no_orders(
    panel: PterodactylV07, harness: PterodactylV07Harness, condition: str
) -> None:
    harness.survival.condition = condition
    server_id = harness.survival.identifier
    assert (await panel.get_server(server_id)).state is ServerState.UNKNOWN
    for order in (panel.power(server_id, PowerAction.START), panel.send_command(server_id, "hi")):
        with pytest.raises(PanelConflict, match="perhaps it is suspended"):
            await order


async def test_a_panel_in_maintenance_is_unreachable(
    panel: PterodactylV07, harness: PterodactylV07Harness
) -> None:
    harness.stand_in.settings.maintenance = True
    with pytest.raises(PanelUnreachable) as caught:
        await panel.list_servers()
    assert not caught.value.node


async def test_a_value_that_the_panel_does_not_take_is_told_by_its_field(
    panel: PterodactylV07, harness: PterodactylV07Harness
) -> None:
    with pytest.raises(PanelInvalid) as caught:
        await panel.send_command(harness.survival.identifier, " ")
    assert caught.value.fields == {"command": ("The command field is required.",)}


@pytest.mark.parametrize(
    ("status", "error", "expected"),
    [
        (412, {"code": "PreconditionFailedHttpException", "detail": GENERIC}, ServerOffline),
        (500, {"code": "QueryException", "status": "500", "detail": GENERIC}, PanelRefused),
        (500, {"code": None, "status": 500}, PanelRefused),
        (404, {"code": "NotFoundHttpException", "status": "404"}, ServerNotFound),
        (422, {"code": "required", "source": None}, PanelInvalid),
        (401, {"code": "HttpException", "status": "401", "detail": GENERIC}, PanelAuthFailed),
    ],
)
async def test_an_error_is_known_by_its_code_then_by_its_status(
    hub: PanelHub, status: int, error: dict[str, object], expected: type[PanelError]
) -> None:
    async with stub(Reply(status, body_of(error))) as server:
        with pytest.raises(expected) as caught:
            await open_panel(hub, server.url, "key").power("b1ea3e80", PowerAction.START)
    assert type(caught.value) is expected
    if error["code"] == "QueryException":
        assert "QueryException" in str(caught.value), "its words say nothing"


def body_of(error: dict[str, object]) -> str:
    return json.dumps({"errors": [error]})
