"""Panels before 0.7 and our client of them, against their stand-ins: what is their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelAuthFailed,
    PanelConflict,
    PanelForbidden,
    PanelInvalid,
    PanelProtocolError,
    PanelRateLimited,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.panels import SettingsError, check_settings
from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
from tests.panels.support import HastyClock, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels import PanelHub
    from bot.panels.pterodactyl_legacy import PterodactylLegacy

VARIABLES = {"SERVER_JARFILE": "server.jar", "VANILLA_VERSION": "latest"}
LIMITS = {"memory": 1024, "swap": 100, "disk": 10240, "cpu": 100, "io": 500}


@pytest.fixture(params=[Legacy04Harness, Legacy05Harness, Legacy06Harness], ids=["04", "05", "06"])
async def site(request: pytest.FixtureRequest, clock: HastyClock) -> AsyncIterator[Legacy04Harness]:
    harness: Legacy04Harness = request.param(clock)
    async with harness:
        yield harness


@pytest.fixture
async def site05(clock: HastyClock) -> AsyncIterator[Legacy05Harness]:
    async with Legacy05Harness(clock) as harness:
        yield harness


@pytest.fixture
async def site06(clock: HastyClock) -> AsyncIterator[Legacy06Harness]:
    async with Legacy06Harness(clock) as harness:
        yield harness


def open_panel(hub: PanelHub, site: Legacy04Harness, **changes: object) -> PterodactylLegacy:
    values: dict[str, object] = {
        "kind": site.kind,
        "base_url": site.url,
        "credentials": site.credentials,
        "options": site.options,
    }
    return cast("PterodactylLegacy", hub.open(settings(**(values | changes))))


def new_server(site: Legacy04Harness) -> dict[str, object]:
    """The values of a new server, in the words of the dialect."""
    allocation = site.stand_in.records.allocation_id(site.far, 25600)
    numbers = {"location": 1, "node": 2, "service": 1, "option": 1, "allocation": allocation}
    values: dict[str, object] = {"name": "Brand New", "startup": "java", "env": VARIABLES, **LIMITS}
    if site.dialect == "0.6":
        numbers = {f"{name}_id": number for name, number in numbers.items()}
        return {**values, **numbers, "user_id": site.owner.id, "description": "New"}
    return {**values, **numbers, "owner": site.owner.email}


async def test_all_pages_are_read(hub: PanelHub, site: Legacy04Harness) -> None:
    for number in range(120):
        site.world.add_server(f"No. {number}", node=site.far)
    servers = await open_panel(hub, site).list_servers()
    assert len({server.ref for server in servers}) == 124
    pages = {"0.4": 3, "0.5": 1, "0.6": 5}
    asked = [request.path for request in site.stand_in.requests].count(site.list_path)
    assert asked == pages[site.dialect]


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ("suspended", ServerState.SUSPENDED),
        ("installing", ServerState.INSTALLING),
        ("install_failed", ServerState.INSTALL_FAILED),
    ],
)
async def test_what_the_panel_itself_knows_is_told_without_asking_the_node(
    hub: PanelHub, site: Legacy04Harness, condition: str, state: ServerState
) -> None:
    site.survival.condition = condition
    panel = open_panel(hub, site)
    found = {server.name: server for server in await panel.list_servers()}
    assert found["Survival"].state is state
    assert (await panel.get_server(str(site.survival.id))).state is state
    paths = {request.path for request in site.stand_in.requests}
    assert f"/api/user/server/{site.survival.uuid}" not in paths


@pytest.mark.parametrize("state", ["offline", "starting", "running", "stopping"])
async def test_each_power_state_is_told(
    hub: PanelHub, site05: Legacy05Harness, site06: Legacy06Harness, state: str
) -> None:
    for site in (site05, site06):
        site.survival.begin(state)
        server = await open_panel(hub, site).get_server(str(site.survival.id))
        assert server.state == state
        assert (server.resources is None) == (state == "offline")


async def test_one_server_of_0_5_takes_one_request(hub: PanelHub, site05: Legacy05Harness) -> None:
    await open_panel(hub, site05).get_server("1")
    assert [dict(request.query) for request in site05.stand_in.requests] == [{"daemon": "true"}]


async def test_a_server_of_0_6_has_node_and_addresses(
    hub: PanelHub, site06: Legacy06Harness
) -> None:
    site06.survival.more_ports = (25570,)
    server = await open_panel(hub, site06).get_server("1")
    assert (server.node, server.addresses) == ("near", ("127.0.0.1:25565", "127.0.0.1:25570"))


async def test_the_first_order_asks_for_the_uuid_and_the_second_knows_it(
    hub: PanelHub, site05: Legacy05Harness
) -> None:
    panel = open_panel(hub, site05)
    for _ in range(2):
        await panel.power("1", PowerAction.START)
    methods = [request.method for request in site05.stand_in.requests]
    assert methods == ["GET", "PUT", "PUT"]


async def test_power_that_the_node_does_later_has_an_unknown_outcome(
    hub: PanelHub, site05: Legacy05Harness
) -> None:
    site05.stand_in.records.of(site05.survival).rebuilding = True
    with pytest.raises(OutcomeUnknown):
        await open_panel(hub, site05).power("1", PowerAction.RESTART)
    assert site05.survival.signals == ["restart"]


async def test_power_of_a_suspended_server_is_a_conflict_in_0_5(
    hub: PanelHub, site05: Legacy05Harness
) -> None:
    site05.survival.suspended = True
    with pytest.raises(PanelConflict) as caught:
        await open_panel(hub, site05).power(str(site05.survival.id), PowerAction.START)
    assert caught.value.state is ServerState.SUSPENDED
    assert site05.survival.signals == []


async def test_power_of_a_server_that_has_gone_meanwhile_says_so(
    hub: PanelHub, site05: Legacy05Harness
) -> None:
    panel, server_id = open_panel(hub, site05), str(site05.survival.id)
    await panel.get_server(server_id)
    site05.world.remove_server(site05.survival)
    with pytest.raises(ServerNotFound):
        await panel.power(server_id, PowerAction.START)


async def test_power_of_a_suspended_server_is_a_conflict_in_0_6(
    hub: PanelHub, site06: Legacy06Harness
) -> None:
    site06.survival.suspended = True
    with pytest.raises(PanelConflict) as caught:
        await open_panel(hub, site06).power("1", PowerAction.START)
    assert caught.value.state is ServerState.SUSPENDED


@pytest.mark.parametrize("action", list(PowerAction))
async def test_0_4_can_switch_nothing_and_is_not_asked_to(
    hub: PanelHub, clock: HastyClock, action: PowerAction
) -> None:
    async with Legacy04Harness(clock) as site:
        panel = open_panel(hub, site)
        with pytest.raises(UnsupportedAction):
            await panel.power("1", action)
        with pytest.raises(UnsupportedAction):
            await panel.send_command("1", "say hi")
        with pytest.raises(UnsupportedAction):
            await panel.build("1", {"memory": 1})
        assert not site.stand_in.requests


async def test_a_list_beyond_the_budget_of_0_6_is_whole_and_takes_turns(
    hub: PanelHub, clock: HastyClock
) -> None:
    async with Legacy06Harness(clock) as site:
        site.stand_in.settings.requests_per_minute = 60
        for number in range(66):
            site.world.add_server(f"No. {number}", node=site.far, state="running")
        panel = open_panel(hub, site)
        known = []
        for _ in range(3):
            servers = await panel.list_servers()
            states = [server.state for server in servers]
            known.append(sum(state is not ServerState.UNKNOWN for state in states))
            clock.advance(60)
        assert known == [40, 70, 70]
        assert 429 not in [request.status for request in site.stand_in.requests]


async def test_states_that_nobody_could_ask_for_are_forgotten(
    hub: PanelHub, site06: Legacy06Harness, clock: HastyClock
) -> None:
    panel = open_panel(hub, site06)
    await panel.list_servers()
    site06.faults.add("throttle", path="/api/user", retry_after="60")
    clock.advance(60)
    kept = {server.name: server.state for server in await panel.list_servers()}
    assert kept["Survival"] is ServerState.RUNNING
    clock.advance(180)
    forgotten = {server.state for server in await panel.list_servers()}
    assert forgotten == {ServerState.UNKNOWN}


async def test_the_plain_text_of_a_429_is_understood(
    hub: PanelHub, site06: Legacy06Harness
) -> None:
    site06.faults.add(
        "html",
        path=site06.list_path,
        status=429,
        body="Too Many Attempts.",
        headers={"Retry-After": "90"},
    )
    with pytest.raises(PanelRateLimited) as caught:
        await open_panel(hub, site06).list_servers()
    assert caught.value.retry_after == 90


async def test_no_answer_of_a_panel_shows_the_secret_between_it_and_its_nodes(
    hub: PanelHub, site05: Legacy05Harness
) -> None:
    path = f"{site05.list_path}/1"
    site05.faults.add("set", path=path, fields={"daemon_token": "hush", "daemon.token": "hush"})
    assert "hush" not in repr(await open_panel(hub, site05).get_server("1"))


async def test_keys_that_lack_a_right_are_told_from_bad_ones(
    hub: PanelHub, site: Legacy04Harness
) -> None:
    add_key, owner = site.stand_in.accounts.add_key, site.owner
    powerless = add_key(owner, permissions=["nothing"])
    locked = add_key(owner, allowed_ips=["192.0.2.0/24"])
    for key, error in ((powerless, PanelForbidden), (locked, PanelAuthFailed)):
        credentials = {"public_key": key.public, "secret_key": key.secret}
        with pytest.raises(error):
            await open_panel(hub, site, credentials=credentials).list_servers()
    swapped = {**site.credentials, "secret_key": locked.secret}
    with pytest.raises(PanelAuthFailed, match="signed_base_url"):
        await open_panel(hub, site, credentials=swapped).list_servers()


async def test_the_key_of_somebody_who_is_no_admin_is_good_for_nothing_in_0_6(
    hub: PanelHub, site06: Legacy06Harness
) -> None:
    member = site06.stand_in.accounts.add_user("member", admin=False)
    key = site06.stand_in.accounts.add_key(member)
    credentials = {"public_key": key.public, "secret_key": key.secret}
    with pytest.raises(PanelForbidden):
        await open_panel(hub, site06, credentials=credentials).list_servers()


async def test_behind_a_proxy_it_works_with_the_address_that_the_panel_sees(
    hub: PanelHub, site: Legacy04Harness
) -> None:
    site.stand_in.gate.origin = "http://panel.internal:8080"
    with pytest.raises(PanelAuthFailed):
        await open_panel(hub, site).list_servers()
    options = {**site.options, "signed_base_url": "http://PANEL.internal:8080/"}
    assert len(await open_panel(hub, site, options=options).list_servers()) == 4


@pytest.mark.parametrize("wrong", ["0.4", "0.5", "0.6"])
async def test_a_panel_of_another_dialect_makes_no_sense(
    hub: PanelHub, site05: Legacy05Harness, site06: Legacy06Harness, wrong: str
) -> None:
    site = site05 if wrong == "0.6" else site06
    with pytest.raises(PanelProtocolError):
        await open_panel(hub, site, options={"dialect": wrong}).list_servers()


class TestAdministration:
    async def test_it_offers_what_it_declares(self, hub: PanelHub, site: Legacy04Harness) -> None:
        panel = open_panel(hub, site)
        assert isinstance(panel, AdminPanel)
        for action in (Capability.CREATE, Capability.UPDATE, Capability.REPLACE, Capability.BUILD):
            server_id = None if action is Capability.CREATE else "1"
            if action in panel.capabilities:
                assert await panel.fields(action, server_id)
            else:
                with pytest.raises(UnsupportedAction):
                    await panel.fields(action, server_id)

    async def test_a_form_knows_what_the_server_has(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        fields = await open_panel(hub, site).fields(Capability.UPDATE, "1")
        values = {field.name: field.value for field in fields}
        assert values["name"] == "Survival"

    async def test_a_server_is_created_and_then_installed(
        self, hub: PanelHub, site: Legacy04Harness, clock: HastyClock
    ) -> None:
        panel = open_panel(hub, site)
        created = await panel.create(new_server(site))
        assert (created.name, created.state) == ("Brand New", ServerState.INSTALLING)
        assert created.limits.memory_bytes == 1024 * 1024 * 1024
        clock.advance(60)
        server = await panel.get_server(created.ref.server_id)
        assert server.state is not ServerState.INSTALLING

    async def test_values_that_make_no_server_are_named(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        values = new_server(site) | {"io": 5}
        del values["memory"]
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, site).create(values)
        assert caught.value.fields.keys() == {"io", "memory"}
        assert len(site.world.servers) == 4

    async def test_a_creation_without_all_variables_fails(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        with pytest.raises(PanelRefused):
            await open_panel(hub, site).create(new_server(site) | {"env": {}})
        assert len(site.world.servers) == 4

    async def test_a_creation_that_cannot_be_shown_has_worked(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        path = f"{site.list_path}/5"
        site.faults.add("html", path=path, status=500)
        created = await open_panel(hub, site).create(new_server(site))
        assert (created.ref.server_id, created.name) == ("5", "Brand New")

    async def test_a_creation_without_an_answer_is_not_repeated(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        site.faults.add("cut-after", path=site.list_path, exact=True)
        with pytest.raises(OutcomeUnknown):
            await open_panel(hub, site).create(new_server(site))
        assert len(site.world.servers) == 5

    async def test_an_update_changes_what_is_given(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        updated = await open_panel(hub, site).update("1", {"name": "Renamed"}, replace=False)
        assert updated.name == site.survival.name == "Renamed"
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, site).update("1", {"name": "!"}, replace=False)
        assert "name" in caught.value.fields

    async def test_an_update_whose_answer_is_lost_is_looked_up(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        site.faults.add("cut-after", path=f"{site.list_path}/1/")
        updated = await open_panel(hub, site).update("1", {"name": "Renamed"}, replace=False)
        assert updated.name == "Renamed"
        site.faults.clear()
        site.faults.add("cut-before", path=f"{site.list_path}/1/")
        with pytest.raises(OutcomeUnknown):
            await open_panel(hub, site).update("1", {"name": "Again"}, replace=False)
        site.faults.add("cut-before")
        # 0.6 is asked first for what the server has, and nothing was sent.
        with pytest.raises(PanelUnreachable if site.dialect == "0.6" else OutcomeUnknown):
            await open_panel(hub, site).update("1", {"name": "Again"}, replace=False)

    async def test_0_6_can_be_given_all_details_anew(
        self, hub: PanelHub, site06: Legacy06Harness
    ) -> None:
        values = {"name": "Renamed", "owner_id": site06.owner.id, "description": "New"}
        updated = await open_panel(hub, site06).update("1", values, replace=True)
        assert (updated.name, updated.description) == ("Renamed", "New")
        assert site06.stand_in.records.of(site06.survival).owner == site06.owner

    async def test_0_6_keeps_what_an_update_does_not_give_and_empties_what_a_replacement_leaves_out(
        self, hub: PanelHub, site06: Legacy06Harness
    ) -> None:
        panel = open_panel(hub, site06)
        site06.survival.description = "Old"
        updated = await panel.update("1", {"name": "Renamed"}, replace=False)
        assert (updated.name, updated.description) == ("Renamed", "Old")
        values = {"name": "Anew", "owner_id": site06.owner.id}
        assert (await panel.update("1", values, replace=True)).name == "Anew"
        assert site06.survival.description == ""
        with pytest.raises(PanelInvalid) as caught:
            await panel.update("1", {"description": "x"}, replace=True)
        assert caught.value.fields.keys() == {"name", "owner_id"}

    async def test_values_that_no_panel_takes_are_not_sent(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        panel = open_panel(hub, site)
        for call in (
            panel.create({**new_server(site), "colour": "red"}),
            panel.update("1", {"name": "Renamed", "colour": "red"}, replace=False),
        ):
            with pytest.raises(PanelInvalid) as caught:
                await call
            assert caught.value.fields.keys() == {"colour"}
        assert site.stand_in.requests == []

    @pytest.mark.parametrize("name", ["startup", "description"])
    async def test_what_0_6_would_fall_over_without_is_named(
        self, hub: PanelHub, site06: Legacy06Harness, name: str
    ) -> None:
        values = {key: value for key, value in new_server(site06).items() if key != name}
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, site06).create(values)
        assert caught.value.fields.keys() == {name}
        assert site06.stand_in.requests == []

    async def test_limits_and_addresses_are_changed(
        self, hub: PanelHub, site05: Legacy05Harness, site06: Legacy06Harness
    ) -> None:
        near = site05.survival.node
        site05.stand_in.records.allocation_id(near, 25570)
        panel = open_panel(hub, site05)
        values = {"memory": 4096, "disk": 1, "add_additional": ["127.0.0.1:25570"]}
        built = await panel.build("1", values)
        assert built.limits.memory_bytes == 4096 * 1024 * 1024
        assert site05.survival.more_ports == (25570,)
        added = site06.stand_in.records.allocation_id(site06.survival.node, 25570)
        panel = open_panel(hub, site06)
        built = await panel.build("1", {"memory": 4096, "add_allocations": [added]})
        assert built.addresses == ("127.0.0.1:25565", "127.0.0.1:25570")

    async def test_what_0_6_would_ignore_is_refused(
        self, hub: PanelHub, site06: Legacy06Harness
    ) -> None:
        with pytest.raises(PanelInvalid) as caught:
            await open_panel(hub, site06).build("1", {"memory": 4096, "disk": 1})
        assert caught.value.fields.keys() == {"disk"}
        assert site06.survival.memory_mb == 2048

    async def test_builds_that_never_work_say_so(
        self, hub: PanelHub, site05: Legacy05Harness
    ) -> None:
        site05.stand_in.api.build_works = False
        with pytest.raises(PanelRefused, match="Unable to update server"):
            await open_panel(hub, site05).build("1", {"memory": 4096})

    async def test_suspending_may_be_repeated(self, hub: PanelHub, site: Legacy04Harness) -> None:
        panel = open_panel(hub, site)
        for _ in range(2):
            await panel.suspend("1")
            assert site.survival.suspended
        for _ in range(2):
            await panel.unsuspend("1")
            assert not site.survival.suspended

    async def test_a_dead_node_keeps_a_server_from_being_suspended(
        self, hub: PanelHub, site: Legacy04Harness
    ) -> None:
        site.survival.node.up = False
        with pytest.raises(PanelUnreachable) as caught:
            await open_panel(hub, site).suspend("1")
        assert caught.value.node

    async def test_a_server_is_deleted(
        self, hub: PanelHub, site: Legacy04Harness, clock: HastyClock
    ) -> None:
        panel = open_panel(hub, site)
        await panel.delete("1", force=False)
        if site.dialect == "0.5":
            assert (await panel.get_server("1")).state is ServerState.DELETING
            clock.advance(600)
        with pytest.raises(ServerNotFound):
            await panel.get_server("1")

    async def test_force_deletes_without_the_node(
        self, hub: PanelHub, site: Legacy04Harness, clock: HastyClock
    ) -> None:
        site.survival.node.up = False
        panel = open_panel(hub, site)
        if site.dialect != "0.5":
            with pytest.raises(PanelUnreachable):
                await panel.delete("1", force=False)
        await panel.delete("1", force=True)
        clock.advance(600)
        with pytest.raises(ServerNotFound):
            await panel.get_server("1")

    @pytest.mark.parametrize("server_id", ["99", "deadbeef"])
    async def test_an_unknown_server_is_not_found_by_any_call(
        self, hub: PanelHub, site: Legacy04Harness, server_id: str
    ) -> None:
        panel = open_panel(hub, site)
        calls = [
            panel.update(server_id, {"name": "Renamed"}, replace=False),
            panel.suspend(server_id),
            panel.unsuspend(server_id),
            panel.delete(server_id, force=False),
            panel.delete(server_id, force=True),
            panel.fields(Capability.UPDATE, server_id),
            panel.get_server(server_id),
        ]
        if Capability.BUILD in panel.capabilities:
            calls += [
                panel.build(server_id, {"memory": 1}),
                panel.power(server_id, PowerAction.START),
            ]
        for call in calls:
            with pytest.raises(ServerNotFound):
                await call


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
