"""What every kind of panel must do that creates and changes servers."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.errors import (
    PanelConflict,
    PanelInvalid,
    PanelRefused,
    PanelUnreachable,
    PaymentRequired,
    ServerNotFound,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, PowerAction, ServerState
from tests.panels.harness import each, id_of, offering, only, states
from tests.panels.harness_vpsorg import DocumentedVpsOrgHarness

if TYPE_CHECKING:
    from bot.domain.ports import Panel
    from tests.panels.harness_base import Harness
    from tests.panels.support import HastyClock

MIB = 1024 * 1024


@pytest.fixture
def admin(panel: Panel) -> AdminPanel:
    assert isinstance(panel, AdminPanel)
    return panel


@offering(Capability.CREATE)
async def test_a_created_server_is_there_and_being_installed(
    admin: AdminPanel, harness: Harness
) -> None:
    created = await admin.create(harness.new_server())
    assert (created.name, created.state) == ("Brand-New", ServerState.INSTALLING)
    assert (await states(admin))["Brand-New"] is ServerState.INSTALLING
    assert (await admin.get_server(created.ref.server_id)).name == "Brand-New"
    assert harness.orders == 1


@only(
    lambda harness: Capability.CREATE in harness.capabilities and "installing" in harness.conflicts
)
async def test_a_server_takes_no_orders_while_it_is_being_installed(
    admin: AdminPanel, harness: Harness
) -> None:
    created = await admin.create(harness.new_server())
    state = harness.conflicts["installing"]
    with pytest.raises(PanelRefused if state is None else PanelConflict) as caught:
        await admin.power(created.ref.server_id, PowerAction.RESTART)
    if isinstance(caught.value, PanelConflict):
        assert caught.value.state is state


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
    assert harness.orders == 1


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


@each(
    "action",
    lambda harness: sorted(
        harness.capabilities
        & {Capability.CREATE, Capability.UPDATE, Capability.REPLACE, Capability.BUILD}
    ),
)
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
    assert harness.orders == 0


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
    assert harness.orders == 4


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
