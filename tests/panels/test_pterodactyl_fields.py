"""How Pterodactyl describes what its Application API takes, from what its stand-in lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.administration import Choice, Field, FieldType
from bot.domain.servers import Capability
from bot.simulators.panels.pterodactyl_app_catalog import EGGS
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl
    from bot.simulators.world import Server
    from tests.panels.pterodactyl_site import Site


@pytest.fixture
def server(site: Site) -> Server:
    server = site.add()
    site.stand_in.own(site.stand_in.add_user("admin", admin=True), server)
    return server


def open_panel(site: Site, hub: PanelHub, rights: Collection[str] | None = None) -> Pterodactyl:
    admin = site.stand_in.accounts.users[1]
    application = site.stand_in.add_key(admin, application=True, rights=rights)
    credentials = {"key": site.stand_in.add_key(admin), "application_key": application}
    panel = hub.open(settings(base_url=site.stand_in.url, credentials=credentials))
    return cast("Pterodactyl", panel)


async def described(
    panel: Pterodactyl, action: Capability, server: Server | None = None
) -> dict[str, Field]:
    found = await panel.fields(action, server.identifier if server else None)
    fields = {field.name: field for field in found}
    assert len(fields) == len(found)
    return fields


def labels(field: Field) -> list[str]:
    return [choice.label for choice in field.choices]


async def test_a_creation_offers_what_the_panel_lists(
    site: Site, hub: PanelHub, server: Server
) -> None:
    free = site.stand_in.add_allocation(site.node, 25570)
    fields = await described(open_panel(site, hub), Capability.CREATE)
    assert labels(fields["user"]) == ["owner", "admin"]
    assert fields["egg"].choices == tuple(Choice(egg.id, egg.name) for egg in EGGS.values())
    assert "Java 21" in labels(fields["docker_image"])
    assert fields["allocation.default"].choices == (
        Choice(free, f"127.0.0.1:25570 on {server.node.name}"),
    )
    assert fields["deploy.locations"].choices == (Choice(1, "rig"),)
    assert fields["deploy.locations"].type is FieldType.LIST


async def test_a_creation_asks_for_what_every_egg_asks_for(
    site: Site, hub: PanelHub, server: Server
) -> None:
    site.stand_in.own(site.owner, server)
    fields = await described(open_panel(site, hub), Capability.CREATE)
    required = {name for name, field in fields.items() if field.required}
    assert required == {
        *("name", "user", "egg", "docker_image", "startup", "environment.SERVER_JARFILE"),
        *(f"limits.{name}" for name in ("memory", "swap", "disk", "io", "cpu")),
        *("feature_limits.databases", "feature_limits.backups"),
    }
    assert fields["environment.SERVER_JARFILE"].value == "server.jar"
    assert fields["environment.VANILLA_VERSION"].label == "Server Version (Vanilla Minecraft)"
    assert fields["limits.memory"].type is FieldType.NUMBER


async def test_what_is_described_as_required_is_enough_for_the_panel(
    site: Site, hub: PanelHub, server: Server
) -> None:
    site.stand_in.add_allocation(server.node, 25570)
    panel = open_panel(site, hub)
    fields = await described(panel, Capability.CREATE)
    values: dict[str, object] = {
        "name": "New",
        "startup": "java",
        "feature_limits": {"databases": 0, "backups": 0},
        "limits": {"memory": 512, "swap": 0, "disk": 0, "io": 500, "cpu": 0},
        "allocation": {"default": fields["allocation.default"].choices[0].value},
        "environment": {
            name.removeprefix("environment."): field.value
            for name, field in fields.items()
            if name.startswith("environment.")
        },
    }
    for name in ("user", "egg", "docker_image"):
        values[name] = fields[name].choices[0].value
    assert (await panel.create(values)).name == "New"


async def test_an_update_shows_what_is_and_asks_for_nothing(
    site: Site, hub: PanelHub, server: Server
) -> None:
    server.external_id, server.description = "guild-1", "Main world"
    fields = await described(open_panel(site, hub), Capability.UPDATE, server)
    assert not any(field.required for field in fields.values())
    assert fields["name"].value == "Survival"
    assert fields["external_id"].value == "guild-1"
    assert fields["description"].value == "Main world"
    assert fields["user"].value == site.stand_in.accounts.users[1].id
    assert fields["egg"].value == 4
    assert fields["image"].value == "ghcr.io/pterodactyl/yolks:java_21"
    names = {name for name in fields if name.startswith("environment.")}
    assert names == {"environment.SERVER_JARFILE", "environment.VANILLA_VERSION"}


async def test_an_update_does_not_show_what_may_be_a_password(
    site: Site, hub: PanelHub, server: Server
) -> None:
    entry = site.stand_in.register.entry(server)
    entry.environment["VANILLA_VERSION"] = entry.startup = "hunter2"
    assert "hunter2" not in repr(await described(open_panel(site, hub), Capability.UPDATE, server))


async def test_a_replacement_asks_for_name_and_owner(
    site: Site, hub: PanelHub, server: Server
) -> None:
    fields = await described(open_panel(site, hub), Capability.REPLACE, server)
    assert {name for name, field in fields.items() if field.required} == {"name", "user"}


async def test_a_build_shows_the_limits_and_the_servers_own_allocations(
    site: Site, hub: PanelHub, server: Server
) -> None:
    server.more_ports = (25566,)
    free = site.stand_in.add_allocation(server.node, 25570)
    fields = await described(open_panel(site, hub), Capability.BUILD, server)
    assert fields["limits.memory"].value == server.memory_mb
    assert fields["limits.io"].value == 500
    assert fields["feature_limits.backups"].value == 2
    assert fields["oom_disabled"].value is True
    assert labels(fields["allocation"]) == ["127.0.0.1:25565", "127.0.0.1:25566"]
    assert labels(fields["remove_allocations"]) == ["127.0.0.1:25566"]
    assert [choice.value for choice in fields["add_allocations"].choices] == [free]


async def test_what_the_key_may_not_list_has_no_choices(
    site: Site, hub: PanelHub, server: Server
) -> None:
    panel = open_panel(site, hub, rights=["servers:read"])
    for action, changed in ((Capability.CREATE, None), (Capability.UPDATE, server)):
        fields = await described(panel, action, changed)
        assert not any(field.choices for field in fields.values())
        assert fields["name"].label == "Name"
    assert (await described(panel, Capability.BUILD, server))["limits.memory"].value == 2048
