"""CVM's own ways, against its stand-in: dialects, errors that say 200, noise before the data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelError,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.panels import SettingsError, check_settings
from tests.panels.harness_cvm import DocumentedCvmHarness, SourceCvmHarness
from tests.panels.support import HastyClock, Reply, settings, stub

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels import PanelHub
    from bot.panels.cvm import Cvm

FIXTURES = Path(__file__).parents[1] / "fixtures" / "cvm"
TOKENS = {"public_token": "public", "private_token": "private"}
NOISE = (
    "<br />\n<b>Notice</b>: Undefined index: id<br />\n",
    'array(1) {\n  ["vps"]=>\n  object(Vps)#3 (1) {\n    ["sId"]=> int(1) } }\n',
    "\ufeff",
)


def open_panel(hub: PanelHub, url: str, **changes: object) -> Cvm:
    values: dict[str, object] = {"kind": "cvm", "base_url": url, "credentials": TOKENS} | changes
    return cast("Cvm", hub.open(settings(**values)))


@pytest.fixture
async def documented(clock: HastyClock) -> AsyncIterator[DocumentedCvmHarness]:
    async with DocumentedCvmHarness(clock) as harness:
        yield harness


@pytest.fixture
async def source(clock: HastyClock) -> AsyncIterator[SourceCvmHarness]:
    async with SourceCvmHarness(clock) as harness:
        yield harness


def panel_of(hub: PanelHub, harness: DocumentedCvmHarness, **options: object) -> Cvm:
    return open_panel(hub, harness.url, credentials=harness.credentials, options=options)


def asked(harness: DocumentedCvmHarness) -> list[str]:
    return [request.path for request in harness.stand_in.requests]


@pytest.mark.parametrize("unrouted_status", [500, 200, 404])
async def test_the_dialect_is_found_and_remembered(
    hub: PanelHub, source: SourceCvmHarness, unrouted_status: int
) -> None:
    source.stand_in.settings.unrouted_status = unrouted_status
    panel = panel_of(hub, source)
    assert len(await panel.list_servers()) == 4
    assert (await panel.get_server("1")).state is ServerState.RUNNING
    paths = asked(source)
    assert paths[:2] == ["/api/client/vps/list", "/api/client/list"]
    assert paths.count("/api/client/vps/list") == 1
    assert not [path for path in paths if path.endswith("/status")]


async def test_the_documented_dialect_is_found_at_once(
    hub: PanelHub, documented: DocumentedCvmHarness
) -> None:
    await panel_of(hub, documented).list_servers()
    assert "/api/client/list" not in asked(documented)


async def test_bad_tokens_are_told_whatever_the_dialect(
    hub: PanelHub, source: SourceCvmHarness, documented: DocumentedCvmHarness
) -> None:
    for harness in (source, documented):
        barred = harness.stand_in.accounts.add_pair("owner", client_access=False)
        wrong = {**harness.credentials, "private_token": "wrong"}
        good_for_other_things = {"public_token": barred.public, "private_token": barred.private}
        for credentials in (wrong, good_for_other_things):
            panel = open_panel(hub, harness.url, credentials=credentials)
            with pytest.raises(PanelAuthFailed):
                await panel.list_servers()


async def test_orders_are_offered_by_the_dialect(hub: PanelHub) -> None:
    power = {Capability.START, Capability.STOP, Capability.RESTART}
    for dialect, expected in (("auto", power), ("documented", power), ("source", set())):
        panel = open_panel(hub, "http://127.0.0.1:9", options={"dialect": dialect})
        assert panel.capabilities == expected
        for action in PowerAction:
            if Capability(action) not in expected:
                with pytest.raises(UnsupportedAction):
                    await panel.power("1", action)


@pytest.mark.parametrize("has_read", [True, False])
async def test_an_order_without_a_route_is_not_supported(
    hub: PanelHub, source: SourceCvmHarness, *, has_read: bool
) -> None:
    panel = panel_of(hub, source)
    if has_read:
        await panel.list_servers()
    with pytest.raises(UnsupportedAction):
        await panel.power("1", PowerAction.START)
    orders = [request for request in source.stand_in.requests if request.method == "POST"]
    assert len(orders) == (0 if has_read else 1), "once the dialect is known nothing is sent"


async def test_orders_are_offered_no_more_once_the_panel_is_known_to_have_none(
    hub: PanelHub, source: SourceCvmHarness
) -> None:
    panel = panel_of(hub, source)
    assert Capability.START in panel.capabilities
    await panel.list_servers()
    assert panel.capabilities == frozenset()


@pytest.mark.parametrize("unrouted_status", [500, 200])
async def test_a_dialect_that_is_not_the_panels_is_named_in_the_error(
    hub: PanelHub,
    source: SourceCvmHarness,
    documented: DocumentedCvmHarness,
    unrouted_status: int,
) -> None:
    for harness, dialect in ((source, "documented"), (documented, "source")):
        harness.stand_in.settings.unrouted_status = unrouted_status
        with pytest.raises(PanelProtocolError, match=r"not know the path .*; look at options"):
            await panel_of(hub, harness, dialect=dialect).list_servers()
    with pytest.raises(PanelProtocolError, match=r"not know the path .*; look at options"):
        await panel_of(hub, source, dialect="documented").power("1", PowerAction.STOP)
    assert source.survival.signals == []


async def test_a_panel_that_falls_over_at_an_order_may_have_carried_it_out(
    hub: PanelHub, documented: DocumentedCvmHarness
) -> None:
    panel = panel_of(hub, documented)
    await panel.list_servers()
    documented.faults.add("html", path="/api/client/vps/1/start", status=500)
    with pytest.raises(OutcomeUnknown):
        await panel.power("1", PowerAction.START)


async def test_an_order_that_fails_says_why_and_is_sent_once(
    hub: PanelHub, documented: DocumentedCvmHarness
) -> None:
    panel = panel_of(hub, documented)
    with pytest.raises(PanelRefused, match="not running"):
        await panel.power("2", PowerAction.STOP)
    documented.far.fault = "down"
    with pytest.raises(PanelUnreachable) as caught:
        await panel.power("3", PowerAction.START)
    assert caught.value.node
    assert len(documented.stand_in.requests) == 2


async def test_a_server_that_is_not_ones_own_is_not_found(
    hub: PanelHub, documented: DocumentedCvmHarness, source: SourceCvmHarness
) -> None:
    for harness in (documented, source):
        other = harness.world.add_server("Other", node=harness.far)
        panel = panel_of(hub, harness)
        with pytest.raises(ServerNotFound):
            await panel.get_server(str(other.id))
    with pytest.raises(ServerNotFound):
        await panel_of(hub, documented).power("5", PowerAction.START)


async def test_a_server_that_goes_away_during_a_list_is_unknown(
    hub: PanelHub, source: SourceCvmHarness
) -> None:
    body = '{"errors": ["The specified VPS does not exist."]}'
    source.faults.add("html", path="/api/client/vps/2", status=200, body=body)
    states = {server.name: server.state for server in await panel_of(hub, source).list_servers()}
    assert states["Creative"] is ServerState.UNKNOWN
    assert states["Survival"] is ServerState.RUNNING


@pytest.mark.parametrize(
    ("fault", "options", "state"),
    [
        ("html", {"status": 500}, ServerState.UNREACHABLE),
        ("cut-before", {}, ServerState.UNREACHABLE),
        ("html", {"status": 200}, ServerState.UNKNOWN),
    ],
)
async def test_a_status_that_cannot_be_read_hides_no_other_in_the_sources_dialect(
    hub: PanelHub,
    source: SourceCvmHarness,
    fault: str,
    options: dict[str, Any],
    state: ServerState,
) -> None:
    source.faults.add(fault, path="/api/client/vps/2", **options)
    found = await panel_of(hub, source).list_servers()
    assert [server.state for server in found if server.name == "Creative"] == [state]
    assert len(found) == 4


@pytest.mark.parametrize("noise", NOISE)
async def test_what_php_prints_before_the_data_is_skipped(
    hub: PanelHub, documented: DocumentedCvmHarness, noise: str
) -> None:
    documented.stand_in.settings.noise = noise
    panel = panel_of(hub, documented)
    assert {server.name for server in await panel.list_servers()} >= {"Survival", "Lobby"}
    await panel.power("1", PowerAction.RESTART)
    with pytest.raises(PanelRefused, match="not running"):
        await panel.power("2", PowerAction.STOP)


async def test_a_server_that_is_left_out_for_want_of_an_id_is_told_to_the_operator(
    hub: PanelHub, documented: DocumentedCvmHarness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    documented.faults.add(
        "set", path=documented.list_path, fields={"response.vpses": [{"id": "1"}, {"id": None}]}
    )
    panel = panel_of(hub, documented)
    for _ in range(2):
        assert len(await panel.list_servers()) == 1
    told = "panel main lists servers without an id that can be one: they are left out"
    assert caplog.messages.count(told) == 1


@pytest.mark.parametrize("condition", ["suspended", "terminated"])
async def test_servers_out_of_use_say_so(
    hub: PanelHub, documented: DocumentedCvmHarness, condition: str
) -> None:
    expected = ServerState.SUSPENDED
    if condition == "terminated":
        documented.stand_in.calls.terminated.add(documented.survival)
        expected = ServerState.DELETED
    else:
        documented.survival.suspended = True
    assert (await panel_of(hub, documented).get_server("1")).state is expected


async def test_usage_means_the_same_in_both_dialects(
    hub: PanelHub, documented: DocumentedCvmHarness, source: SourceCvmHarness, clock: HastyClock
) -> None:
    clock.advance(600)
    for harness in (documented, source):
        harness.stand_in.calls.combined.add(harness.survival)
        usage = harness.survival.usage()
        server = await panel_of(hub, harness).get_server("1")
        assert server.resources is not None
        assert server.resources.memory_bytes == pytest.approx(usage.memory_bytes, abs=1024 * 1024)
        assert server.resources.disk_bytes == pytest.approx(usage.disk_bytes, abs=1024 * 1024)
        assert server.traffic is not None
        total = usage.network_rx_bytes + usage.network_tx_bytes
        assert (server.traffic.used_bytes, server.traffic.in_used_bytes) == (total, None)


async def test_two_questions_at_a_time_are_enough(
    hub: PanelHub, documented: DocumentedCvmHarness
) -> None:
    for number in range(20):
        documented.allow(documented.world.add_server(f"No. {number}", node=documented.far))
    documented.faults.add("late", seconds=0.002)
    assert len(await panel_of(hub, documented).list_servers()) == 24
    assert documented.stand_in.most_in_flight == 2


async def test_a_minute_is_given_for_an_answer(hub: PanelHub) -> None:
    # A start is answered only when it is done.
    panel = open_panel(hub, "http://127.0.0.1:9")
    assert panel._http._timeout.total == 60


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, (FIXTURES / "invalid-token-pair.json").read_text(), PanelAuthFailed),
        (200, (FIXTURES / "invalid-token-pair.json").read_text(), PanelAuthFailed),
        (403, '{"errors": ["No access to the client API."]}', PanelAuthFailed),
        (200, '{"errors": ["Something went wrong."]}', PanelRefused),
        (200, '{"errors": "Something went wrong."}', PanelRefused),
        (500, '{"errors": [{"odd": 1}]}', PanelRefused),
        (503, '{"errors": ["Back soon."]}', PanelUnreachable),
        (500, "", PanelUnreachable),
        (502, "", PanelUnreachable),
        (200, "", PanelProtocolError),
        (200, '{"response": {}}', PanelProtocolError),
        (200, "[" * 100_000, PanelProtocolError),
        (200, '{"response": {"vpses": [', PanelProtocolError),
    ],
)
async def test_errors_go_before_the_status(
    hub: PanelHub, status: int, body: str, expected: type[PanelError]
) -> None:
    async with stub(Reply(status, body, {"Content-Type": "text/html"})) as server:
        with pytest.raises(expected) as caught:
            await open_panel(hub, server.url).list_servers()
    assert type(caught.value) is expected


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"response": []}', '{"errors": []}'])
async def test_an_order_is_answered_with_nothing(hub: PanelHub, body: str) -> None:
    async with stub(Reply(200, body)) as server:
        await open_panel(hub, server.url).power("1", PowerAction.START)
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/api/client/vps/1/start")
    assert request.headers["API-Public-Token"] == "public"
    assert request.headers["API-Private-Token"] == "private"


@pytest.mark.parametrize("dialect", ["", "0.5", None, 5])
def test_a_dialect_that_does_not_exist_is_named(dialect: object) -> None:
    with pytest.raises(SettingsError) as caught:
        check_settings(settings(kind="cvm", credentials=TOKENS, options={"dialect": dialect}))
    assert caught.value.path == "options.dialect"
