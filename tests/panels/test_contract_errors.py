"""What every kind of panel must make of what goes wrong, at questions and at orders."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any, cast

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelError,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnreachable,
    UnsupportedAction,
)
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.panels import PanelHub
from bot.panels._connections import TIMEOUT
from tests.panels.harness import each, id_of, offering, only, open_panel, states
from tests.panels.support import IMPATIENT, HastyClock

if TYPE_CHECKING:
    from bot.domain.ports import AdminPanel, Panel
    from bot.simulators.world import Fault
    from tests.panels.harness_base import Harness

# Those of nginx and of Cloudflare; a 403 may be the latter's question whether we are human.
PAGES = (502, 503, 504, *range(520, 527), 530)
FAULTS: list[tuple[str, dict[str, Any], type[PanelError]]] = [
    *(("html", {"status": status}, PanelUnreachable) for status in PAGES),
    ("html", {"status": 200}, PanelProtocolError),
    ("html", {"status": 403, "headers": {"cf-mitigated": "challenge"}}, PanelProtocolError),
    ("html", {"status": 200, "body": ""}, PanelProtocolError),
    ("html", {"status": 204, "body": ""}, PanelProtocolError),
    ("redirect", {}, PanelProtocolError),
    ("redirect", {"to": "https://panel.example.com/", "status": 301}, PanelProtocolError),
    ("big", {}, PanelProtocolError),
    ("truncated", {}, PanelProtocolError),
    ("cut-before", {}, PanelUnreachable),
    ("cut-after", {}, PanelUnreachable),
    ("throttle", {"retry_after": "90"}, PanelRateLimited),
    ("throttle", {"retry_after": "Wed, 01 Jul 2099 12:00:00 GMT"}, PanelRateLimited),
    ("throttle", {"retry_after": "come back in 3 minutes"}, PanelRateLimited),
    ("throttle", {"retry_after": None}, PanelRateLimited),
]
# A page of these may have come after the order: whoever wrote it had passed that on.
PASSED_ON = (504, 520, 524)
FAULTS_OF_ORDERS: list[tuple[str, dict[str, Any], type[PanelError]]] = [
    *(
        ("html", {"status": status}, OutcomeUnknown if status in PASSED_ON else PanelUnreachable)
        for status in PAGES
    ),
    ("html", {"status": 200}, OutcomeUnknown),
    ("truncated", {}, OutcomeUnknown),
    ("big", {"size": 5_000_000}, OutcomeUnknown),
    ("cut-before", {}, OutcomeUnknown),
    ("cut-after", {}, OutcomeUnknown),
    *(fault for fault in FAULTS if fault[0] in ("redirect", "throttle")),
    ("html", {"status": 403, "headers": {"cf-mitigated": "challenge"}}, PanelProtocolError),
]
ALL_FAULTS = pytest.mark.parametrize(
    ("fault", "options", "expected"), FAULTS, ids=[f"{kind}-{how}" for kind, how, _ in FAULTS]
)


@ALL_FAULTS
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


async def test_a_wrong_key_is_refused_and_not_shown(
    hub: PanelHub, harness: Harness, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = dict.fromkeys(harness.credentials, "wrong-key-of-somebody-else")
    panel = open_panel(hub, harness, credentials=wrong)
    with pytest.raises(PanelAuthFailed) as caught:
        await panel.list_servers()
    assert "wrong-key" not in f"{caught.value} {caught.value!r} {panel!r} {caplog.text}"


async def test_a_key_that_is_locked_is_no_missing_right(hub: PanelHub, harness: Harness) -> None:
    panel = open_panel(hub, harness, credentials=harness.locked())
    with pytest.raises(PanelAuthFailed):
        await panel.list_servers()


@only(lambda harness: harness.has_rights)
async def test_a_missing_right_is_no_wrong_key(hub: PanelHub, harness: Harness) -> None:
    panel = open_panel(hub, harness, credentials=harness.reader())
    server_id = await id_of(panel, "Survival")
    if Capability.RESTART in panel.capabilities:
        order = panel.power(server_id, PowerAction.RESTART)
    else:
        order = cast("AdminPanel", panel).suspend(server_id)
    with pytest.raises(PanelForbidden):
        await order
    assert (harness.survival.signals, harness.survival.suspended) == ([], False)


@each("condition", lambda harness: harness.conflicts)
async def test_an_order_that_a_condition_forbids_is_a_conflict(
    panel: Panel, harness: Harness, condition: str
) -> None:
    server_id = await id_of(panel, "Survival")
    harness.put(harness.survival, condition)
    state = harness.conflicts[condition]
    with pytest.raises(PanelRefused if state is None else PanelConflict) as caught:
        await panel.power(server_id, PowerAction.RESTART)
    if isinstance(caught.value, PanelConflict):
        assert caught.value.state is state
    assert harness.survival.signals == []


@each("fault", lambda harness: harness.fails)
async def test_an_order_whose_node_fails_says_so(
    panel: Panel, harness: Harness, fault: Fault
) -> None:
    server_id = await id_of(panel, "Survival")
    harness.survival.node.fault = fault
    with pytest.raises(harness.fails[fault]):
        await panel.power(server_id, PowerAction.RESTART)
    harness.survival.node.fault = None
    await panel.power(server_id, PowerAction.RESTART)
    assert harness.survival.signals == ["restart"]


@pytest.mark.parametrize("fault", ["hang", "cut-before", "cut-after"])
@offering(Capability.RESTART)
async def test_an_order_without_an_answer_has_an_unknown_outcome(
    harness: Harness, hub: PanelHub, clock: HastyClock, fault: str
) -> None:
    server_id = await id_of(open_panel(hub, harness), "Survival")
    timeout = IMPATIENT if fault == "hang" else TIMEOUT
    async with PanelHub(clock=clock, timeout=timeout) as other:
        panel = open_panel(other, harness)
        harness.faults.add(fault, orders=True)
        with pytest.raises(OutcomeUnknown) as caught:
            await panel.power(server_id, PowerAction.RESTART)
    assert caught.value.action == "restart"
    assert harness.orders == 1
    assert harness.survival.signals == (["restart"] if fault == "cut-after" else [])


@pytest.mark.parametrize(
    ("fault", "options", "expected"),
    FAULTS_OF_ORDERS,
    ids=[f"{kind}-{how}" for kind, how, _ in FAULTS_OF_ORDERS],
)
@offering(Capability.RESTART)
async def test_an_order_is_sent_once_whatever_is_answered(
    panel: Panel,
    harness: Harness,
    fault: str,
    options: dict[str, Any],
    expected: type[PanelError],
) -> None:
    server_id = await id_of(panel, "Survival")
    harness.faults.add(fault, orders=True, **options)
    with pytest.raises(expected):
        await panel.power(server_id, PowerAction.RESTART)
    assert harness.orders == 1


@offering(Capability.RESTART)
async def test_an_order_that_is_answered_with_nothing_is_accepted(
    panel: Panel, harness: Harness
) -> None:
    server_id = await id_of(panel, "Survival")
    harness.faults.add("html", status=204, body="", orders=True)
    await panel.power(server_id, PowerAction.RESTART)


@offering(Capability.RESTART)
async def test_an_order_is_not_carried_to_where_it_is_redirected(
    panel: Panel, harness: Harness
) -> None:
    server_id = await id_of(panel, "Survival")
    harness.faults.add("redirect", to="/elsewhere", orders=True)
    with pytest.raises(PanelProtocolError):
        await panel.power(server_id, PowerAction.RESTART)
    assert "/elsewhere" not in {request.path for request in harness.stand_in.requests}


@offering(Capability.RESTART)
async def test_an_order_to_a_closed_port_was_not_sent(hub: PanelHub, harness: Harness) -> None:
    panel = open_panel(hub, harness)
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
@only(lambda harness: harness.asks_for_states)
async def test_a_server_that_cannot_be_read_hides_no_other(
    panel: Panel, harness: Harness, fault: str, options: dict[str, Any], state: ServerState
) -> None:
    harness.faults.add(fault, path=harness.state_path_of(harness.creative), **options)
    found = await states(panel)
    assert found.pop("Creative") is state
    assert found == {
        "Survival": ServerState.RUNNING,
        "Lobby": ServerState.OFFLINE,
        "Mini": ServerState.OFFLINE,
    }


async def test_errors_and_logs_never_show_a_credential(
    panel: Panel, harness: Harness, caplog: pytest.LogCaptureFixture, clock: HastyClock
) -> None:
    caplog.set_level(logging.DEBUG)
    server_id = await id_of(panel, "Survival")
    seen = [repr(panel)]
    quotes = (("quotes", {"status": status}, PanelError) for status in (500, 400, 200))
    for fault, options, _ in (*FAULTS, *quotes):
        harness.faults.clear()
        clock.advance(300)
        if fault == "quotes":
            quote(harness, **options)
        else:
            harness.faults.add(fault, **options)
        calls = [panel.list_servers(), panel.get_server(server_id)]
        calls.append(panel.power(server_id, PowerAction.RESTART))
        if Capability.CREATE in panel.capabilities:
            calls.append(cast("AdminPanel", panel).create(harness.new_server()))
        for call in calls:
            try:
                await call
            except (PanelError, UnsupportedAction) as error:
                seen += _whole(error)
    assert len(seen) > len(FAULTS)
    for secret in harness.credentials.values():
        assert secret not in " ".join([*seen, caplog.text])


def quote(harness: Harness, status: int) -> None:
    """Let the panel answer as in debug mode, with the credentials that it was shown."""
    shown = dict(harness.credentials)
    if application_key := shown.pop("application_key", None):
        page = _debug_page(application_key)
        harness.faults.add("html", status=status, path="/api/application", body=page)
    harness.faults.add("html", status=status, body=_debug_page(*shown.values()))


def _debug_page(*secrets: str) -> str:
    """Say it in the forms of all kinds at once."""
    said = f"Got {' '.join(secrets)}"
    errors = [{"code": "Exception", "status": "500", "detail": said}, said]
    words = dict.fromkeys(("message", "error", "detail"), said)
    return json.dumps({"status": "error", "errors": errors, **words})


def _whole(error: BaseException | None) -> list[str]:
    """Everything that an error and its causes can show."""
    if error is None:
        return []
    facts = [str(error), repr(error), repr(vars(error))]
    return facts + _whole(error.__cause__) + _whole(error.__context__)
