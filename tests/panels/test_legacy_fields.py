"""What panels before 0.7 offer to choose from, by what their stand-ins list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.administration import Choice
from bot.domain.servers import Capability
from tests.panels.legacy_site import VARIABLES, new_server, open_panel

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness

    Offered = dict[str, tuple[Choice, ...]]


async def offered(
    hub: PanelHub,
    legacy: Legacy04Harness,
    action: Capability,
    server_id: str | None = None,
    **changes: object,
) -> Offered:
    fields = await open_panel(hub, legacy, **changes).fields(action, server_id)
    return {field.name: field.choices for field in fields if field.choices}


async def test_a_creation_offers_what_the_panel_lists(
    hub: PanelHub, legacy: Legacy04Harness
) -> None:
    free = legacy.stand_in.records.allocation_id(legacy.far, 25600)
    suffix = "_id" if legacy.dialect == "0.6" else ""
    expected: Offered = {
        f"location{suffix}": (Choice(1, "here"),),
        f"node{suffix}": (Choice(1, "near"), Choice(2, "far")),
        f"service{suffix}": (Choice(1, "Minecraft"),),
        f"option{suffix}": (Choice(1, "Minecraft: Vanilla Minecraft"),),
        f"allocation{suffix}": (Choice(free, "127.0.0.1:25600 on far"),),
    }
    if suffix:
        expected["user_id"] = (Choice(1, "root"), Choice(2, "owner"))
    else:
        emails = ("root@example.com", "owner@example.com")
        expected["owner"] = tuple(Choice(email, email) for email in emails)
    assert await offered(hub, legacy, Capability.CREATE) == expected


async def test_an_update_offers_owners_alone(hub: PanelHub, legacy: Legacy04Harness) -> None:
    for number in range(60):
        legacy.stand_in.accounts.add_user(f"user-{number}")
    found = await offered(hub, legacy, Capability.UPDATE, "1")
    (choices,) = found.values()
    assert len(choices) == 62


async def test_a_build_offers_the_addresses_of_the_server_and_of_its_node(
    hub: PanelHub, legacy05: Legacy05Harness, legacy06: Legacy06Harness
) -> None:
    numbers = []
    for legacy in (legacy05, legacy06):
        legacy.survival.port, legacy.survival.more_ports = 25570, (25571,)
        records, near = legacy.stand_in.records, legacy.survival.node
        numbers = [records.allocation_id(near, port) for port in (25570, 25571, 25600)]
        records.allocation_id(legacy.far, 25601)
    assert await offered(hub, legacy05, Capability.BUILD, "1") == {
        "default": tuple(
            Choice(f"127.0.0.1:{port}", f"127.0.0.1:{port}") for port in (25570, 25571)
        ),
        "add_additional": (Choice("127.0.0.1:25600", "127.0.0.1:25600"),),
        "remove_additional": (Choice("127.0.0.1:25571", "127.0.0.1:25571"),),
    }
    own, more, free = numbers
    assert await offered(hub, legacy06, Capability.BUILD, "1") == {
        "allocation_id": (Choice(own, "127.0.0.1:25570"), Choice(more, "127.0.0.1:25571")),
        "add_allocations": (Choice(free, "127.0.0.1:25600"),),
        "remove_allocations": (Choice(more, "127.0.0.1:25571"),),
    }


async def test_what_the_key_may_not_list_can_still_be_typed(
    hub: PanelHub, legacy: Legacy04Harness
) -> None:
    key = legacy.stand_in.accounts.add_key(
        legacy.owner, permissions=["api.servers.*", "api.admin.servers.*", "server-*"]
    )
    credentials = {"public_key": key.public, "secret_key": key.secret}
    assert await offered(hub, legacy, Capability.CREATE, credentials=credentials) == {}
    created = await open_panel(hub, legacy, credentials=credentials).create(new_server(legacy))
    assert created.name == "Brand New"


@pytest.mark.parametrize("body", ["[]", "{}", '{"data": null}', '[{"id": null}]', '"no"'])
async def test_lists_of_any_form_are_survived(
    hub: PanelHub, legacy: Legacy04Harness, body: str
) -> None:
    for name in ("users", "nodes", "locations", "services"):
        path = f"{legacy.list_path.removesuffix('servers')}{name}"
        legacy.faults.add("html", path=path, status=200, body=body)
    assert await offered(hub, legacy, Capability.CREATE) == {}


async def test_0_5_may_find_the_place_itself_and_take_an_id(
    hub: PanelHub, legacy05: Legacy05Harness
) -> None:
    values = new_server(legacy05) | {"auto_deploy": True, "custom_id": 77, "env": VARIABLES}
    del values["node"], values["allocation"]
    created = await open_panel(hub, legacy05).create(values)
    assert (created.ref.server_id, created.node) == ("77", "far")
