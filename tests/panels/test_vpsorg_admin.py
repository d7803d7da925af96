"""Making, changing and unmaking servers on vps.org, and what is asked for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from bot.domain.administration import FieldType
from bot.domain.errors import (
    OutcomeUnknown,
    PanelForbidden,
    PanelInvalid,
    PaymentRequired,
    ServerNotFound,
    UnsupportedAction,
)
from bot.domain.ports import AdminPanel
from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.vpsorg_accounts import READ, WRITE
from bot.simulators.panels.vpsorg_catalog import LOCATIONS, PLANS, SYSTEMS
from tests.panels.support import Reply, stub
from tests.panels.vpsorg_site import VpsOrgSite, open_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels import PanelHub
    from tests.panels.support import HastyClock

DOCUMENTED = {
    "name": "web-server-02",
    "plan_id": 1,
    "os_id": 5,
    "location": "us-west",
    "hostname": "web02.example.com",
    "backups_enabled": True,
}
CLIENT = {
    "hostname": "web02.example.com",
    "location": LOCATIONS[0].id,
    "plan": PLANS[0].uuid,
    "os_version": SYSTEMS[1].uuid,
}


@pytest.fixture
async def documented(clock: HastyClock, hub: PanelHub) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect="documented")
    async with site.stand_in:
        yield site


@pytest.fixture
async def client(clock: HastyClock, hub: PanelHub) -> AsyncIterator[VpsOrgSite]:
    site = VpsOrgSite(clock, hub, dialect="client")
    async with site.stand_in:
        yield site


async def test_it_is_an_admin_panel(documented: VpsOrgSite) -> None:
    panel: AdminPanel = documented.panel()
    assert isinstance(panel, AdminPanel)


async def test_a_new_server_is_installed_and_then_runs(
    documented: VpsOrgSite, clock: HastyClock
) -> None:
    panel = documented.panel()
    server = await panel.create(DOCUMENTED)
    assert (server.name, server.state) == ("web-server-02", ServerState.INSTALLING)
    assert server.addresses == ()
    clock.advance(300)
    server = await panel.get_server(server.ref.server_id)
    assert server.state is ServerState.RUNNING
    assert len(server.addresses) == 2
    assert server.extra["backups_enabled"] is True


async def test_the_password_of_a_new_server_is_shown_nowhere(
    client: VpsOrgSite, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.stand_in.faults.add("set", fields={"password": "hunter2"})
    server = await client.panel().create(CLIENT)
    assert (server.name, server.state) == ("web02.example.com", ServerState.INSTALLING)
    assert "password" not in repr(server)
    assert "hunter2" not in f"{server!r} {caplog.text}"


@pytest.mark.parametrize("body", ["Accepted", "", "{}", '{"message": "Server is being prov'])
async def test_a_creation_with_an_unreadable_answer_may_have_happened(
    hub: PanelHub, body: str
) -> None:
    async with stub(Reply(201, body)) as panel:
        with pytest.raises(OutcomeUnknown):
            await open_at(hub, panel.url).create(DOCUMENTED)
    assert len(panel.requests) == 1


async def test_without_credit_nothing_is_made(documented: VpsOrgSite) -> None:
    documented.account.credit = 9.99
    with pytest.raises(PaymentRequired, match="Insufficient credit"):
        await documented.panel().create(DOCUMENTED)
    assert documented.account.machines == []


async def test_wrong_values_are_told_by_field(documented: VpsOrgSite) -> None:
    wrong = {"name": "no spaces please", "plan_id": 99, "location": "moon"}
    with pytest.raises(PanelInvalid) as caught:
        await documented.panel().create(wrong)
    assert {name: texts[0] for name, texts in caught.value.fields.items()} == {
        "name": "Enter a valid name: letters, numbers and hyphens.",
        "plan_id": 'Invalid pk "99" - object does not exist.',
        "os_id": "This field is required.",
        "location": '"moon" is not a valid choice.',
    }


async def test_an_update_changes_what_is_given(documented: VpsOrgSite) -> None:
    vps = documented.add()
    server = await documented.panel().update(str(vps.id), {"name": "new-name"}, replace=False)
    assert (server.name, server.extra["hostname"]) == ("new-name", "survival")
    assert documented.calls[0] == ("PATCH", f"/api/v1/servers/{vps.id}/")


async def test_a_replacement_wants_all_three(documented: VpsOrgSite) -> None:
    vps = documented.add()
    panel = documented.panel()
    with pytest.raises(PanelInvalid) as caught:
        await panel.update(str(vps.id), {"name": "new-name"}, replace=True)
    assert set(caught.value.fields) == {"hostname", "backups_enabled"}
    values = {"name": "new-name", "hostname": "new.example.com", "backups_enabled": True}
    server = await panel.update(str(vps.id), values, replace=True)
    assert (server.name, server.extra["hostname"]) == ("new-name", "new.example.com")
    assert documented.calls[-2][0] == "PUT"


async def test_a_change_that_cannot_be_read_back_may_have_happened(documented: VpsOrgSite) -> None:
    vps = documented.add()
    panel = documented.panel(scopes=[WRITE])
    with pytest.raises(OutcomeUnknown):
        await panel.update(str(vps.id), {"name": "new-name"}, replace=False)
    assert vps.server.name == "new-name"


async def test_a_resize_moves_it_to_another_plan(client: VpsOrgSite) -> None:
    vps = client.add()
    server = await client.panel().build(vps.uuid, {"plan": PLANS[1].uuid})
    assert server.limits.memory_bytes == 8192 * 1024**2
    assert client.calls[0] == ("POST", f"/api/v1/servers/{vps.uuid}/resize/")


async def test_a_deleted_server_is_gone(documented: VpsOrgSite) -> None:
    vps = documented.add()
    panel = documented.panel()
    await panel.delete(str(vps.id), force=False)
    assert await panel.list_servers() == []
    with pytest.raises(ServerNotFound):
        await panel.delete(str(vps.id), force=False)


async def test_writing_needs_its_scope(documented: VpsOrgSite) -> None:
    vps = documented.add()
    with pytest.raises(PanelForbidden):
        await documented.panel(scopes=[READ]).delete(str(vps.id), force=False)


async def test_what_a_dialect_lacks_is_not_asked_of_the_panel(
    documented: VpsOrgSite, client: VpsOrgSite
) -> None:
    by_document, by_client = documented.panel(), client.panel()
    for call in (
        by_document.build("1", {}),
        by_document.suspend("1"),
        by_document.unsuspend("1"),
        by_document.delete("1", force=True),
        by_document.fields(Capability.BUILD, "1"),
        by_client.update("1", {}, replace=False),
        by_client.update("1", {}, replace=True),
        by_client.fields(Capability.UPDATE, "1"),
    ):
        with pytest.raises(UnsupportedAction):
            await call
    assert documented.calls + client.calls == []


async def test_the_documented_creation_asks_for_numbers(documented: VpsOrgSite) -> None:
    fields = await documented.panel().fields(Capability.CREATE, None)
    assert [field.name for field in fields if field.required] == [
        *("name", "plan_id", "os_id", "location")
    ]
    assert {field.name: field.type for field in fields}["plan_id"] is FieldType.NUMBER
    assert documented.calls == []


@pytest.mark.parametrize(
    ("action", "required"), [(Capability.UPDATE, False), (Capability.REPLACE, True)]
)
async def test_a_change_shows_what_is_now(
    documented: VpsOrgSite, action: Capability, *, required: bool
) -> None:
    vps = documented.add()
    fields = await documented.panel().fields(action, str(vps.id))
    assert [(field.name, field.value, field.required) for field in fields] == [
        ("name", "survival", required),
        ("hostname", "survival", required),
        ("backups_enabled", False, required),
    ]


async def test_the_clients_creation_offers_what_the_panel_lists(client: VpsOrgSite) -> None:
    key = client.account.add_ssh_key("laptop")
    fields = await client.panel().fields(Capability.CREATE, None)
    choices = {
        field.name: [(choice.value, choice.label) for choice in field.choices] for field in fields
    }
    assert choices == {
        "hostname": [],
        "location": [(1, "US West, United States"), (2, "US East, United States")],
        "plan": [
            (PLANS[0].uuid, "4 GB, 2 vCPU, 80 GB disk, $10 a month"),
            (PLANS[1].uuid, "8 GB, 4 vCPU, 160 GB disk, $20 a month"),
        ],
        "os_version": [(SYSTEMS[0].uuid, "Debian 12"), (SYSTEMS[1].uuid, "Ubuntu 22.04 LTS")],
        "ssh_keys": [(key.uuid, "laptop")],
    }


async def test_what_is_offered_is_taken(client: VpsOrgSite) -> None:
    client.account.add_ssh_key("laptop")
    panel = client.panel()
    fields = await panel.fields(Capability.CREATE, None)
    values: dict[str, object] = {
        field.name: field.choices[0].value for field in fields if field.choices
    }
    values |= {"hostname": "web02", "ssh_keys": [values["ssh_keys"]]}
    assert (await panel.create(values)).state is ServerState.INSTALLING


async def test_a_list_that_the_token_may_not_see_leaves_free_text(client: VpsOrgSite) -> None:
    client.account.add_ssh_key("laptop")
    client.stand_in.faults.add("html", path="/api/v1/plans/", status=404)
    fields = await client.panel(scopes=[WRITE]).fields(Capability.CREATE, None)
    offered = {field.name for field in fields if field.choices}
    assert offered == {"location", "os_version"}


async def test_a_resize_offers_plans_and_shows_the_present_one(client: VpsOrgSite) -> None:
    vps = client.add()
    (field,) = await client.panel().fields(Capability.BUILD, vps.uuid)
    assert (field.name, field.value, len(field.choices)) == ("plan", PLANS[0].uuid, 2)


async def test_values_that_it_would_take_no_notice_of_are_not_sent(
    documented: VpsOrgSite, client: VpsOrgSite
) -> None:
    for call in (
        documented.panel().create({**DOCUMENTED, "colour": "red"}),
        documented.panel().update("1", {"name": "new-name", "colour": "red"}, replace=False),
        client.panel().create({**CLIENT, "colour": "red"}),
        client.panel().build("1", {"plan": PLANS[1].uuid, "colour": "red"}),
    ):
        with pytest.raises(PanelInvalid) as caught:
            await call
        assert caught.value.fields.keys() == {"colour"}
    assert documented.stand_in.requests == client.stand_in.requests == []
