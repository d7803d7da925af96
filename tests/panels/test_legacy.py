"""Panels before 0.7 and our client of them, against their stand-ins: what is their own."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelForbidden,
    PanelProtocolError,
    PanelRateLimited,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.panels import SettingsError, check_settings
from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
from tests.panels.legacy_site import open_panel
from tests.panels.support import HastyClock, settings

if TYPE_CHECKING:
    from bot.panels import PanelHub


async def test_all_pages_are_read(hub: PanelHub, legacy: Legacy04Harness) -> None:
    for number in range(120):
        legacy.world.add_server(f"No. {number}", node=legacy.far)
    servers = await open_panel(hub, legacy).list_servers()
    assert len({server.ref for server in servers}) == 124
    pages = {"0.4": 3, "0.5": 1, "0.6": 5}
    asked = [request.path for request in legacy.stand_in.requests].count(legacy.list_path)
    assert asked == pages[legacy.dialect]


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("suspended", ServerState.SUSPENDED),
        ("installing", ServerState.INSTALLING),
        ("install_failed", ServerState.INSTALL_FAILED),
    ],
)
async def test_what_the_panel_itself_knows_is_told_without_asking_the_node(
    hub: PanelHub, legacy: Legacy04Harness, condition: str, state: ServerState
) -> None:
    legacy.survival.condition = condition
    panel = open_panel(hub, legacy)
    found = {server.name: server for server in await panel.list_servers()}
    assert found["Survival"].state is state
    assert (await panel.get_server(str(legacy.survival.id))).state is state
    paths = {request.path for request in legacy.stand_in.requests}
    assert f"/api/user/server/{legacy.survival.uuid}" not in paths


@pytest.mark.parametrize("state", ["offline", "starting", "running", "stopping"])
async def test_each_power_state_is_told(
    hub: PanelHub, legacy05: Legacy05Harness, legacy06: Legacy06Harness, state: str
) -> None:
    for legacy in (legacy05, legacy06):
        legacy.survival.begin(state)
        server = await open_panel(hub, legacy).get_server(str(legacy.survival.id))
        assert server.state == state
        assert (server.resources is None) == (state == "offline")


async def test_one_server_of_0_5_takes_one_request_and_one_for_its_place(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    await open_panel(hub, legacy05).get_server("1")
    asked = [(request.path, dict(request.query)) for request in legacy05.stand_in.requests]
    assert asked == [("/api/servers/1", {"daemon": "true"}), ("/api/me", {})]


async def test_a_server_of_0_6_has_node_and_addresses(
    hub: PanelHub, legacy06: Legacy06Harness
) -> None:
    legacy06.survival.more_ports = (25570,)
    server = await open_panel(hub, legacy06).get_server("1")
    assert (server.node, server.addresses) == ("near", ("127.0.0.1:25565", "127.0.0.1:25570"))


async def test_servers_of_0_5_have_node_and_address_also_while_they_are_suspended(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    legacy05.survival.suspended = True
    legacy05.creative.alias = "play.example.com"
    panel = open_panel(hub, legacy05)
    listed = {server.name: server for server in await panel.list_servers()}
    assert [request.path for request in legacy05.stand_in.requests].count("/api/me") == 1
    for server in (listed["Survival"], await panel.get_server("1")):
        assert (server.node, server.addresses) == ("near", ("127.0.0.1:25565",))
    assert listed["Creative"].addresses == ("play.example.com:25565",)
    assert listed["Lobby"].node == "far"


async def test_a_key_of_0_5_that_may_not_look_for_places_shows_servers_without(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    key = legacy05.stand_in.accounts.add_key(legacy05.owner, permissions=["api.admin.*"])
    credentials = {"public_key": key.public, "secret_key": key.secret}
    server = await open_panel(hub, legacy05, credentials=credentials).get_server("1")
    assert (server.state, server.node, server.addresses) == (ServerState.RUNNING, None, ())


async def test_servers_that_are_listed_without_a_number_are_there_by_their_uuids(
    hub: PanelHub, legacy: Legacy04Harness
) -> None:
    uuid = legacy.survival.uuid
    field = "*.id" if legacy.dialect == "0.5" else "data.*.id"
    legacy.faults.add("set", path=legacy.list_path, exact=True, fields={field: None})
    panel = open_panel(hub, legacy)
    found = {server.name: server for server in await panel.list_servers()}
    assert {server.ref.server_id for server in found.values()} == {
        server.uuid for server in legacy.world.servers
    }
    state = ServerState.RUNNING if legacy.dialect == "0.6" else ServerState.UNKNOWN
    assert found["Survival"].state is state
    assert (await panel.get_server(uuid)).name == "Survival"
    if Capability.RESTART in legacy.capabilities:
        await panel.power(uuid, PowerAction.RESTART)
        assert legacy.survival.signals == ["restart"]
    for call in (panel.get_server(str(uuid4())), panel.suspend(uuid)):
        with pytest.raises(ServerNotFound):
            await call


async def test_the_first_order_asks_for_the_uuid_and_the_second_knows_it(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    panel = open_panel(hub, legacy05)
    for _ in range(2):
        await panel.power("1", PowerAction.START)
    methods = [request.method for request in legacy05.stand_in.requests]
    assert methods == ["GET", "PUT", "PUT"]


async def test_power_that_the_node_does_later_has_an_unknown_outcome(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    legacy05.stand_in.records.of(legacy05.survival).rebuilding = True
    with pytest.raises(OutcomeUnknown):
        await open_panel(hub, legacy05).power("1", PowerAction.RESTART)
    assert legacy05.survival.signals == ["restart"]


async def test_power_of_a_suspended_server_is_a_conflict_in_0_5(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    legacy05.survival.suspended = True
    with pytest.raises(PanelConflict) as caught:
        await open_panel(hub, legacy05).power(str(legacy05.survival.id), PowerAction.START)
    assert caught.value.state is ServerState.SUSPENDED
    assert legacy05.survival.signals == []


async def test_power_of_a_server_that_has_gone_meanwhile_says_so(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    panel, server_id = open_panel(hub, legacy05), str(legacy05.survival.id)
    await panel.get_server(server_id)
    legacy05.world.remove_server(legacy05.survival)
    with pytest.raises(ServerNotFound):
        await panel.power(server_id, PowerAction.START)


async def test_power_of_a_suspended_server_is_a_conflict_in_0_6(
    hub: PanelHub, legacy06: Legacy06Harness
) -> None:
    legacy06.survival.suspended = True
    with pytest.raises(PanelConflict) as caught:
        await open_panel(hub, legacy06).power("1", PowerAction.START)
    assert caught.value.state is ServerState.SUSPENDED


@pytest.mark.parametrize("action", list(PowerAction))
async def test_0_4_can_switch_nothing_and_is_not_asked_to(
    hub: PanelHub, clock: HastyClock, action: PowerAction
) -> None:
    async with Legacy04Harness(clock) as legacy:
        panel = open_panel(hub, legacy)
        with pytest.raises(UnsupportedAction):
            await panel.power("1", action)
        with pytest.raises(UnsupportedAction):
            await panel.send_command("1", "say hi")
        with pytest.raises(UnsupportedAction):
            await panel.build("1", {"memory": 1})
        assert not legacy.stand_in.requests


async def test_a_list_beyond_the_budget_of_0_6_is_whole_and_takes_turns(
    hub: PanelHub, clock: HastyClock
) -> None:
    async with Legacy06Harness(clock) as legacy:
        legacy.stand_in.settings.requests_per_minute = 60
        for number in range(66):
            legacy.world.add_server(f"No. {number}", node=legacy.far, state="running")
        panel = open_panel(hub, legacy)
        known = []
        for _ in range(3):
            servers = await panel.list_servers()
            states = [server.state for server in servers]
            known.append(sum(state is not ServerState.UNKNOWN for state in states))
            clock.advance(60)
        assert known == [40, 70, 70]
        assert 429 not in [request.status for request in legacy.stand_in.requests]


async def test_an_order_does_not_wait_behind_the_questions_of_0_6(
    hub: PanelHub, clock: HastyClock
) -> None:
    async with Legacy06Harness(clock) as legacy:
        legacy.stand_in.settings.requests_per_minute = 4
        panel = open_panel(hub, legacy)
        await panel.list_servers()
        for server in legacy.world.servers:
            await panel.power(str(server.id), PowerAction.RESTART)
        assert clock.slept == [], "the panel counts each route by itself"
        assert 429 not in [request.status for request in legacy.stand_in.requests]


async def test_keys_of_one_address_share_what_0_6_counts(hub: PanelHub, clock: HastyClock) -> None:
    async with Legacy06Harness(clock) as legacy:
        legacy.stand_in.settings.requests_per_minute = 2
        key = legacy.stand_in.accounts.add_key(legacy.owner)
        other = {"public_key": key.public, "secret_key": key.secret}
        for credentials in (legacy.credentials, legacy.credentials, other):
            await open_panel(hub, legacy, credentials=credentials).get_server("1")
        assert 429 not in [request.status for request in legacy.stand_in.requests]
        assert sum(clock.slept) == 60


async def test_states_that_nobody_could_ask_for_are_forgotten(
    hub: PanelHub, legacy06: Legacy06Harness, clock: HastyClock
) -> None:
    panel = open_panel(hub, legacy06)
    await panel.list_servers()
    legacy06.faults.add("throttle", path="/api/user", retry_after="60")
    clock.advance(60)
    kept = {server.name: server.state for server in await panel.list_servers()}
    assert kept["Survival"] is ServerState.RUNNING
    clock.advance(180)
    forgotten = {server.state for server in await panel.list_servers()}
    assert forgotten == {ServerState.UNKNOWN}


async def test_the_plain_text_of_a_429_is_understood(
    hub: PanelHub, legacy06: Legacy06Harness
) -> None:
    legacy06.faults.add(
        "html",
        path=legacy06.list_path,
        status=429,
        body="Too Many Attempts.",
        headers={"Retry-After": "90"},
    )
    with pytest.raises(PanelRateLimited) as caught:
        await open_panel(hub, legacy06).list_servers()
    assert caught.value.retry_after == 90


async def test_no_answer_of_a_panel_shows_the_secret_between_it_and_its_nodes(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    path = f"{legacy05.list_path}/1"
    legacy05.faults.add("set", path=path, fields={"daemon_token": "hush", "daemon.token": "hush"})
    assert "hush" not in repr(await open_panel(hub, legacy05).get_server("1"))


async def test_keys_that_lack_a_right_are_told_from_bad_ones(
    hub: PanelHub, legacy: Legacy04Harness
) -> None:
    add_key, owner = legacy.stand_in.accounts.add_key, legacy.owner
    powerless = add_key(owner, permissions=["nothing"])
    locked = add_key(owner, allowed_ips=["192.0.2.0/24"])
    for key, error in ((powerless, PanelForbidden), (locked, PanelAuthFailed)):
        credentials = {"public_key": key.public, "secret_key": key.secret}
        with pytest.raises(error):
            await open_panel(hub, legacy, credentials=credentials).list_servers()
    swapped = {**legacy.credentials, "secret_key": locked.secret}
    with pytest.raises(PanelAuthFailed, match=r"\w; the secret key is wrong.*signed_base_url"):
        await open_panel(hub, legacy, credentials=swapped).list_servers()


async def test_the_key_of_somebody_who_is_no_admin_is_good_for_nothing_in_0_6(
    hub: PanelHub, legacy06: Legacy06Harness
) -> None:
    member = legacy06.stand_in.accounts.add_user("member", admin=False)
    key = legacy06.stand_in.accounts.add_key(member)
    credentials = {"public_key": key.public, "secret_key": key.secret}
    with pytest.raises(PanelForbidden):
        await open_panel(hub, legacy06, credentials=credentials).list_servers()


async def test_behind_a_proxy_it_works_with_the_address_that_the_panel_sees(
    hub: PanelHub, legacy: Legacy04Harness
) -> None:
    legacy.stand_in.gate.origin = "http://panel.internal:8080"
    with pytest.raises(PanelAuthFailed):
        await open_panel(hub, legacy).list_servers()
    options = {**legacy.options, "signed_base_url": "http://PANEL.internal:8080/"}
    assert len(await open_panel(hub, legacy, options=options).list_servers()) == 4


@pytest.mark.parametrize("wrong", ["0.4", "0.5", "0.6"])
async def test_a_panel_of_another_dialect_makes_no_sense(
    hub: PanelHub, legacy05: Legacy05Harness, legacy06: Legacy06Harness, wrong: str
) -> None:
    legacy = legacy05 if wrong == "0.6" else legacy06
    with pytest.raises(PanelProtocolError):
        await open_panel(hub, legacy, options={"dialect": wrong}).list_servers()


@pytest.mark.parametrize(
    ("options", "path"),
    [
        ({}, "options.dialect"),
        ({"dialect": "0.7"}, "options.dialect"),
        ({"dialect": None}, "options.dialect"),
        ({"dialect": "0.4", "signed_base_url": "panel.example.com"}, "options.signed_base_url"),
        ({"dialect": "0.4", "signed_base_url": 7}, "options.signed_base_url"),
        ({"dialect": "0.4", "colour": 1}, "options.colour"),
    ],
)
def test_options_that_cannot_work_are_named(options: dict[str, object], path: str) -> None:
    credentials = {"public_key": "public", "secret_key": "secret"}
    with pytest.raises(SettingsError) as caught:
        check_settings(
            settings(kind="pterodactyl_legacy", credentials=credentials, options=options)
        )
    assert caught.value.path == path


def test_a_dialect_may_be_a_number() -> None:
    credentials = {"public_key": "public", "secret_key": "secret"}
    check_settings(
        settings(kind="pterodactyl_legacy", credentials=credentials, options={"dialect": 0.5})
    )
