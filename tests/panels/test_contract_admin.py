"""What every kind of panel must do that creates and changes servers."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import aiohttp
import pytest

from bot.domain.errors import (
    OutcomeUnknown,
    PanelError,
    PanelForbidden,
    PanelInvalid,
    PanelUnreachable,
    PaymentRequired,
    ServerNotFound,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, ServerState
from bot.panels import PanelHub
from tests.panels.harness import each, id_of, offering, only, open_panel, states
from tests.panels.harness_vpsorg import DocumentedVpsOrgHarness
from tests.panels.support import PATIENCE, HastyClock

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness

IMPATIENT = aiohttp.ClientTimeout(total=0.3, connect=PATIENCE)
MIB = 1024 * 1024
CALLS = (
    Capability.UPDATE,
    Capability.REPLACE,
    Capability.BUILD,
    Capability.SUSPEND,
    Capability.DELETE,
    Capability.FORCE_DELETE,
)
"""Those about a server that there is."""


@pytest.fixture
def admin(panel: Panel) -> AdminPanel:
    assert isinstance(panel, AdminPanel)
    return panel


def call(
    admin: AdminPanel, action: Capability, server_id: str, *, harness: Harness
) -> Awaitable[object]:
    """Begin one of `CALLS` with good values."""
    match action:
        case Capability.UPDATE:
            return admin.update(server_id, {"name": "Renamed"}, replace=False)
        case Capability.REPLACE:
            return admin.update(server_id, harness.replacement(), replace=True)
        case Capability.BUILD:
            return admin.build(server_id, dict(harness.new_limits))
        case Capability.SUSPEND:
            return admin.suspend(server_id)
        case _:
            return admin.delete(server_id, force=action is Capability.FORCE_DELETE)


EACH_CALL = each("action", lambda harness: [each for each in CALLS if each in harness.capabilities])


@offering(Capability.CREATE)
async def test_a_created_server_is_there_and_being_installed(
    admin: AdminPanel, harness: Harness
) -> None:
    created = await admin.create(harness.new_server())
    assert (created.name, created.state) == ("Brand-New", ServerState.INSTALLING)
    assert (await states(admin))["Brand-New"] is ServerState.INSTALLING
    assert (await admin.get_server(created.ref.server_id)).name == "Brand-New"
    assert orders(harness) == 1


@offering(Capability.CREATE)
async def test_values_that_make_no_server_are_told_by_field(
    admin: AdminPanel, harness: Harness
) -> None:
    values = {**harness.new_server(), **harness.wrong}
    with pytest.raises(PanelInvalid) as caught:
        await admin.create(values)
    assert caught.value.fields.keys() == harness.wrong.keys()
    assert all(sentence for said in caught.value.fields.values() for sentence in said)
    assert len(harness.world.servers) == 4


@only(lambda harness: issubclass(harness, DocumentedVpsOrgHarness))
async def test_who_cannot_pay_gets_no_server(admin: AdminPanel, harness: Harness) -> None:
    cast("DocumentedVpsOrgHarness", harness).account.credit = 0
    with pytest.raises(PaymentRequired):
        await admin.create(harness.new_server())
    assert len(harness.world.servers) == 4


@offering(Capability.UPDATE)
async def test_an_update_is_seen_and_leaves_the_rest(admin: AdminPanel, harness: Harness) -> None:
    server_id = await id_of(admin, "Survival")
    before = await admin.get_server(server_id)
    changed = await admin.update(server_id, {"name": "Renamed"}, replace=False)
    shown = await admin.get_server(server_id)
    assert changed.name == shown.name == harness.survival.name == "Renamed"
    assert (shown.limits, shown.description) == (before.limits, before.description)
    assert orders(harness) == 1


@offering(Capability.REPLACE)
async def test_a_replacement_is_seen_and_wants_all(admin: AdminPanel, harness: Harness) -> None:
    server_id = await id_of(admin, "Survival")
    values = harness.replacement()
    assert (await admin.update(server_id, values, replace=True)).name == "Renamed"
    assert (await admin.get_server(server_id)).name == "Renamed"
    del values["name"]
    with pytest.raises(PanelInvalid) as caught:
        await admin.update(server_id, values, replace=True)
    assert "name" in caught.value.fields


@offering(Capability.UPDATE)
async def test_an_update_to_what_is_no_name_is_told_by_field(
    admin: AdminPanel, harness: Harness
) -> None:
    server_id = await id_of(admin, "Survival")
    with pytest.raises(PanelInvalid) as caught:
        await admin.update(server_id, {"name": ""}, replace=False)
    assert caught.value.fields.keys() == {"name"}
    assert harness.survival.name == "Survival"


@offering(Capability.BUILD)
async def test_new_limits_are_seen(admin: AdminPanel, harness: Harness) -> None:
    server_id = await id_of(admin, "Survival")
    built = await admin.build(server_id, dict(harness.new_limits))
    shown = await admin.get_server(server_id)
    assert built.limits == shown.limits
    assert shown.limits.memory_bytes == harness.new_memory_mb * MIB


@offering(Capability.BUILD)
async def test_limits_that_there_are_not_are_told_by_field(
    admin: AdminPanel, harness: Harness
) -> None:
    server_id = await id_of(admin, "Survival")
    before = await admin.get_server(server_id)
    with pytest.raises(PanelInvalid) as caught:
        await admin.build(server_id, dict(harness.wrong_limits))
    # One panel takes a limit for a part of `limits`.
    assert {name.split(".")[-1] for name in caught.value.fields} == harness.wrong_limits.keys()
    assert (await admin.get_server(server_id)).limits == before.limits


@each("action", lambda harness: sorted(harness.capabilities & {*CALLS[:3], Capability.CREATE}))
async def test_values_that_nobody_knows_are_refused_by_field_and_change_nothing(
    admin: AdminPanel, harness: Harness, action: Capability
) -> None:
    server_id = await id_of(admin, "Survival")
    odd = {"colour": "red"}
    if action is Capability.CREATE:
        change = admin.create({**harness.new_server(), **odd})
    elif action is Capability.BUILD:
        change = admin.build(server_id, {**harness.new_limits, **odd})
    elif action is Capability.UPDATE:
        change = admin.update(server_id, {"name": "Renamed", **odd}, replace=False)
    else:
        change = admin.update(server_id, {**harness.replacement(), **odd}, replace=True)
    with pytest.raises(PanelInvalid) as caught:
        await change
    assert caught.value.fields.keys() == {"colour"}
    assert orders(harness) == 0


@offering(Capability.SUSPEND)
async def test_suspending_is_seen_and_may_be_repeated_and_undone(
    admin: AdminPanel, harness: Harness
) -> None:
    server_id = await id_of(admin, "Survival")
    for _ in range(2):
        await admin.suspend(server_id)
        assert (await states(admin))["Survival"] is ServerState.SUSPENDED
    for _ in range(2):
        await admin.unsuspend(server_id)
        assert (await states(admin))["Survival"] is harness.tells["offline"]
    assert orders(harness) == 4


@offering(Capability.DELETE)
async def test_a_deleted_server_is_gone(
    admin: AdminPanel, harness: Harness, clock: HastyClock
) -> None:
    server_id = await id_of(admin, "Survival")
    await admin.delete(server_id, force=False)
    if harness.deletes_after:
        assert (await states(admin))["Survival"] is ServerState.DELETING
        clock.advance(harness.deletes_after)
    assert (await states(admin)).keys() == {"Creative", "Lobby", "Mini"}
    with pytest.raises(ServerNotFound):
        await admin.get_server(server_id)


@offering(Capability.FORCE_DELETE)
async def test_only_force_deletes_from_a_node_that_does_not_answer(
    admin: AdminPanel, harness: Harness, clock: HastyClock
) -> None:
    server_id = await id_of(admin, "Survival")
    harness.survival.node.up = False
    # Where deletions are queued, nobody is told that it will fail.
    with suppress(PanelUnreachable):
        await admin.delete(server_id, force=False)
        assert harness.deletes_after
    clock.advance(harness.deletes_after)
    assert "Survival" in await states(admin)
    await admin.delete(server_id, force=True)
    clock.advance(harness.deletes_after)
    assert "Survival" not in await states(admin)


@EACH_CALL
async def test_an_unknown_server_is_not_found(
    admin: AdminPanel, harness: Harness, action: Capability
) -> None:
    for server_id in ("99999999", "", "../1", "é"):
        with pytest.raises(ServerNotFound):
            await call(admin, action, server_id, harness=harness)
    assert len(harness.world.servers) == 4


@only(lambda harness: harness.has_rights and Capability.DELETE in harness.capabilities)
async def test_who_may_only_look_deletes_nothing(harness: Harness, hub: PanelHub) -> None:
    credentials = {**harness.reader(), **harness.admin_reader()}
    admin = cast("AdminPanel", open_panel(hub, harness, credentials=credentials))
    server_id = await id_of(admin, "Survival")
    with pytest.raises(PanelForbidden):
        await admin.delete(server_id, force=False)
    assert len(harness.world.servers) == 4


@pytest.mark.parametrize("fault", ["cut-before", "cut-after", "hang"])
@EACH_CALL
async def test_a_change_without_an_answer_is_unknown_or_looked_up_and_sent_once(
    harness: Harness, hub: PanelHub, clock: HastyClock, action: Capability, fault: str
) -> None:
    server_id = await id_of(open_panel(hub, harness), "Survival")
    async with PanelHub(clock=clock, timeout=IMPATIENT) as impatient:
        admin = cast("AdminPanel", open_panel(impatient, harness))
        harness.faults.add(fault, orders=True)
        with suppress(OutcomeUnknown):
            await call(admin, action, server_id, harness=harness)
            # Some can ask the server itself what it is called now.
            assert harness.survival.name == "Renamed"
    assert orders(harness) == 1


@pytest.mark.parametrize("fault", ["cut-before", "cut-after", "hang"])
@offering(Capability.CREATE)
async def test_a_creation_without_an_answer_is_unknown_and_not_made_twice(
    harness: Harness, clock: HastyClock, fault: str
) -> None:
    values = harness.new_server()
    async with PanelHub(clock=clock, timeout=IMPATIENT) as impatient:
        admin = cast("AdminPanel", open_panel(impatient, harness))
        harness.faults.add(fault, orders=True)
        with pytest.raises(OutcomeUnknown) as caught:
            await admin.create(values)
    assert caught.value.action == "create"
    assert orders(harness) == 1
    assert len(harness.world.servers) == (5 if fault == "cut-after" else 4)


@EACH_CALL
async def test_a_change_that_is_redirected_or_too_much_is_sent_once(
    admin: AdminPanel, harness: Harness, action: Capability
) -> None:
    server_id = await id_of(admin, "Survival")
    for number, fault in enumerate(("redirect", "throttle"), start=1):
        harness.faults.clear()
        harness.faults.add(fault, orders=True)
        with pytest.raises(PanelError):
            await call(admin, action, server_id, harness=harness)
        assert orders(harness) == number
    assert harness.survival in harness.world.servers


def orders(harness: Harness) -> int:
    return sum(request.method != "GET" for request in harness.stand_in.requests)
