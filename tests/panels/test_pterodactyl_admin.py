"""The admin calls of Pterodactyl against its stand-in: what is sent, what stays, what is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelConflict,
    PanelInvalid,
    PanelProtocolError,
    PanelRefused,
    PanelUnreachable,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, ServerState
from bot.panels import PanelHub
from tests.panels.pterodactyl_site import Site, open_admin, wish
from tests.panels.support import PATIENCE, HastyClock

if TYPE_CHECKING:
    from bot.panels.pterodactyl import Pterodactyl
    from bot.simulators.world import Fault, Server

SERVERS = "/api/application/servers"
ADMIN = {
    Capability.CREATE,
    Capability.UPDATE,
    Capability.REPLACE,
    Capability.BUILD,
    Capability.SUSPEND,
    Capability.DELETE,
    Capability.FORCE_DELETE,
}


@pytest.fixture
def panel(site: Site, hub: PanelHub) -> Pterodactyl:
    return open_admin(site, hub)


def writes(site: Site) -> list[tuple[str, str]]:
    return [
        (request.method, request.path)
        for request in site.stand_in.requests
        if request.method != "GET"
    ]


def test_admin_calls_are_offered_with_an_application_key_only(site: Site, hub: PanelHub) -> None:
    without, with_key = site.panel(), open_admin(site, hub)
    assert with_key.capabilities - without.capabilities == ADMIN
    assert not without.capabilities & ADMIN
    assert isinstance(with_key, AdminPanel)


async def test_without_an_application_key_they_are_refused_unsent(site: Site) -> None:
    server, panel = site.add(), site.panel()
    with pytest.raises(UnsupportedAction):
        await panel.create({})
    with pytest.raises(UnsupportedAction):
        await panel.update(server.identifier, {}, replace=False)
    with pytest.raises(UnsupportedAction):
        await panel.build(server.identifier, {})
    with pytest.raises(UnsupportedAction):
        await panel.suspend(server.identifier)
    with pytest.raises(UnsupportedAction):
        await panel.unsuspend(server.identifier)
    with pytest.raises(UnsupportedAction):
        await panel.delete(server.identifier, force=False)
    with pytest.raises(UnsupportedAction):
        await panel.fields(Capability.CREATE, None)
    assert not site.stand_in.requests


async def test_a_created_server_is_returned_as_the_client_key_sees_it(
    site: Site, panel: Pterodactyl
) -> None:
    created = await panel.create(wish(site))
    assert created.ref.server_id == site.world.servers[-1].identifier
    assert created.state is ServerState.INSTALLING
    assert created.addresses == ("127.0.0.1:25570",)
    assert writes(site) == [("POST", SERVERS)]


async def test_a_server_created_for_somebody_else_is_returned_as_well(
    site: Site, panel: Pterodactyl
) -> None:
    friend = site.stand_in.add_user("friend")
    created = await panel.create(wish(site, user=friend.id, description="Theirs"))
    assert created.ref.server_id == site.world.servers[-1].identifier
    assert created.state is ServerState.INSTALLING
    assert (created.name, created.description) == ("Creative", "Theirs")
    assert created.limits.memory_bytes == 1024 * 1_048_576
    assert "server.jar" not in repr(created)


async def test_wrong_values_are_told_by_their_fields(site: Site, panel: Pterodactyl) -> None:
    with pytest.raises(PanelInvalid) as caught:
        await panel.create(wish(site, name="", user=99))
    assert caught.value.fields == {
        "name": ("The name field is required.",),
        "user": ("The selected user is invalid.",),
    }
    with pytest.raises(PanelInvalid) as caught:
        await panel.create(wish(site, environment={"SERVER_JARFILE": "server.jar"}))
    assert list(caught.value.fields) == ["environment.VANILLA_VERSION"]
    assert not site.world.servers


async def test_a_change_of_one_detail_leaves_the_others(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    server.external_id, server.description = "guild-1", "Main world"
    changed = await panel.update(server.identifier, {"name": "New"}, replace=False)
    assert changed.name == "New"
    assert (server.external_id, server.description) == ("guild-1", "Main world")
    assert site.stand_in.accounts.owns(site.owner, server)
    assert writes(site) == [("PATCH", f"{SERVERS}/{server.id}/details")]


async def test_a_change_of_the_startup_keeps_the_other_variables(
    site: Site, panel: Pterodactyl
) -> None:
    server = site.add()
    entry = site.stand_in.register.entry(server)
    changes = {"environment": {"VANILLA_VERSION": "1.20"}}
    await panel.update(server.identifier, changes, replace=False)
    assert entry.environment == {"SERVER_JARFILE": "server.jar", "VANILLA_VERSION": "1.20"}
    assert writes(site) == [("PATCH", f"{SERVERS}/{server.id}/startup")]


async def test_a_replacement_clears_what_is_not_given(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    server.external_id, server.description = "guild-1", "Main world"
    values = {"name": "New", "user": site.owner.id}
    changed = await panel.update(server.identifier, values, replace=True)
    assert not server.external_id
    assert (changed.name, server.description) == ("New", "")
    with pytest.raises(PanelInvalid) as caught:
        await panel.update(server.identifier, {"description": "Only"}, replace=True)
    assert list(caught.value.fields) == ["name", "user"]


async def test_a_change_that_was_made_by_half_says_so(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    values = {"name": "New", "egg": 99}
    with pytest.raises(PanelInvalid) as caught:
        await panel.update(server.identifier, values, replace=False)
    assert list(caught.value.fields) == ["egg"]
    assert (caught.value.changed, caught.value.failed) == (("name",), ("egg",))
    assert server.name == "New"


async def test_a_change_that_was_refused_as_a_whole_does_not_say_that_a_part_is_made(
    site: Site, panel: Pterodactyl
) -> None:
    server = site.add()
    for values in ({"name": "", "egg": 4}, {"egg": 99}):
        with pytest.raises(PanelInvalid) as caught:
            await panel.update(server.identifier, values, replace=False)
        assert (caught.value.changed, caught.value.failed) == ((), ())


async def test_a_change_of_one_limit_leaves_the_others(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    entry = site.stand_in.register.entry(server)
    entry.io, entry.threads, entry.oom_disabled = 300, "0-1", False
    features, disk = dict(entry.features), server.disk_mb
    changed = await panel.build(
        server.identifier, {"limits": {"memory": 4096}, "feature_limits": {"backups": 9}}
    )
    assert changed.limits.memory_bytes == 4096 * 1_048_576
    assert (server.memory_mb, server.disk_mb) == (4096, disk)
    assert (entry.io, entry.threads, entry.oom_disabled) == (300, "0-1", False)
    assert entry.features == features | {"backups": 9}
    await panel.build(server.identifier, {"cpu": 400, "oom_disabled": True})
    assert (server.memory_mb, server.cpu_percent, entry.oom_disabled) == (4096, 400, True)


@pytest.mark.parametrize("version", ["1.0", "1.6", "1.12"])
async def test_other_versions_are_changed_as_well(
    clock: HastyClock, hub: PanelHub, version: str
) -> None:
    site = Site(clock, hub, version=version)
    async with site.stand_in:
        server, panel = site.add(), open_admin(site, hub)
        created = await panel.create(wish(site))
        assert created.state is ServerState.INSTALLING
        assert (await panel.build(server.identifier, {"cpu": 50})).limits.cpu_percent == 50
        await panel.update(server.identifier, {"name": "New"}, replace=False)
        await panel.suspend(server.identifier)
        await panel.delete(created.ref.server_id, force=False)
    assert [(each.name, each.suspended) for each in site.world.servers] == [("New", True)]


async def test_allocations_are_added_and_taken_away(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    number = site.stand_in.add_allocation(site.node, 25570)
    changed = await panel.build(server.identifier, {"add_allocations": [number]})
    assert changed.addresses == ("127.0.0.1:25565", "127.0.0.1:25570")
    changed = await panel.build(server.identifier, {"remove_allocations": [number]})
    assert changed.addresses == ("127.0.0.1:25565",)
    with pytest.raises(PanelRefused, match="default allocation was not found"):
        await panel.build(server.identifier, {"allocation": number})


async def test_values_that_the_panel_would_take_no_notice_of_are_refused_unsent(
    site: Site, panel: Pterodactyl
) -> None:
    server = site.add()
    with pytest.raises(PanelInvalid) as caught:
        await panel.update(server.identifier, {"limits": {"memory": 1}}, replace=False)
    assert list(caught.value.fields) == ["limits"]
    with pytest.raises(PanelInvalid) as caught:
        await panel.build(server.identifier, {"name": "New"})
    assert list(caught.value.fields) == ["name"]
    assert not site.stand_in.requests


async def test_suspending_may_be_repeated_and_undone(site: Site, panel: Pterodactyl) -> None:
    server = site.add(state="running")
    for _ in range(2):
        await panel.suspend(server.identifier)
        assert server.suspended
    for _ in range(2):
        await panel.unsuspend(server.identifier)
        assert not server.suspended


async def test_a_conflict_names_the_state(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    server.condition = "transferring"
    with pytest.raises(PanelConflict) as caught:
        await panel.suspend(server.identifier)
    assert caught.value.state is ServerState.TRANSFERRING


@pytest.mark.parametrize(
    ("fault", "expected"), [("down", PanelUnreachable), (500, PanelRefused), (404, PanelRefused)]
)
async def test_a_failing_node_changes_nothing(
    site: Site, panel: Pterodactyl, fault: Fault, expected: type[Exception]
) -> None:
    server = site.add()
    site.node.fault = fault
    with pytest.raises(expected) as caught:
        await panel.suspend(server.identifier)
    assert not server.suspended
    with pytest.raises(expected):
        await panel.create(wish(site))
    assert site.world.servers == [server]
    if isinstance(caught.value, PanelUnreachable):
        assert caught.value.node


async def test_only_force_deletes_where_the_node_is_down(site: Site, panel: Pterodactyl) -> None:
    server = site.add()
    site.node.up = False
    with pytest.raises(PanelUnreachable):
        await panel.delete(server.identifier, force=False)
    assert site.world.servers == [server]
    await panel.delete(server.identifier, force=True)
    assert not site.world.servers


async def test_a_server_that_fits_nowhere_is_refused_in_the_panels_words(
    site: Site, panel: Pterodactyl
) -> None:
    deploy = {"locations": [9], "dedicated_ip": False, "port_range": []}
    with pytest.raises(PanelRefused, match="No nodes satisfying the requirements"):
        await panel.create(wish(site, deploy=deploy))


async def test_an_unknown_server_is_not_found(site: Site, panel: Pterodactyl) -> None:
    site.add()
    for server_id in ("00000000", "", "1"):
        with pytest.raises(ServerNotFound):
            await panel.suspend(server_id)


async def test_a_server_is_found_among_many_by_identifier_or_uuid(
    site: Site, panel: Pterodactyl
) -> None:
    servers: list[Server] = [site.add(f"No. {number}") for number in range(120)]
    for server_id in (servers[-1].identifier, servers[-1].uuid, servers[-1].uuid.upper()):
        await panel.suspend(server_id)
        assert [server for server in servers if server.suspended] == [servers[-1]]
        await panel.unsuspend(server_id)


@pytest.mark.parametrize("fault", ["cut-after", "hang"])
async def test_a_write_without_an_answer_is_unknown_and_never_sent_twice(
    site: Site, clock: HastyClock, fault: str
) -> None:
    timeout = aiohttp.ClientTimeout(total=0.3, connect=PATIENCE)
    server = site.add()
    async with PanelHub(clock=clock, timeout=timeout) as hub:
        panel = open_admin(site, hub)
        site.stand_in.faults.add(fault, path=SERVERS + "/")
        for call in (
            panel.suspend(server.identifier),
            panel.build(server.identifier, {"limits": {"memory": 1}}),
            panel.update(server.identifier, {"name": "New"}, replace=False),
            panel.delete(server.identifier, force=True),
        ):
            with pytest.raises(OutcomeUnknown):
                await call
    assert [method for method, _ in writes(site)] == ["POST", "PATCH", "PATCH", "DELETE"]


@pytest.mark.parametrize("body", ['{"odd": 1}', '{"attributes": {"id": 5}}'])
async def test_a_change_that_is_answered_with_another_form_is_unknown(
    site: Site, panel: Pterodactyl, body: str
) -> None:
    server = site.add()
    site.stand_in.faults.add("html", path=SERVERS + "/", orders=True, status=200, body=body)
    for call in (
        panel.build(server.identifier, {"limits": {"memory": 1}}),
        panel.update(server.identifier, {"name": "New"}, replace=False),
    ):
        with pytest.raises(OutcomeUnknown):
            await call


async def test_a_creation_without_an_answer_is_unknown(site: Site, panel: Pterodactyl) -> None:
    site.stand_in.faults.add("cut-after", path=SERVERS)
    with pytest.raises(OutcomeUnknown):
        await panel.create(wish(site))
    assert writes(site) == [("POST", SERVERS)]
    assert len(site.world.servers) == 1


@pytest.mark.parametrize("field", ["limits", "feature_limits"])
async def test_no_limit_is_sent_where_the_present_ones_cannot_be_read(
    site: Site, panel: Pterodactyl, field: str
) -> None:
    server = site.add()
    fields = {f"data.*.attributes.{field}": "odd"}
    site.stand_in.faults.add("set", path=SERVERS, exact=True, fields=fields)
    with pytest.raises(PanelProtocolError):
        await panel.build(server.identifier, {"cpu": 100})
    assert not writes(site)
