"""How Pterodactyl describes what its Application API takes, from what its stand-in lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.administration import Choice, Field, FieldType, nested
from bot.domain.servers import Capability
from bot.panels._pterodactyl_egg_fields import Startup, startup_fields
from bot.simulators.panels.pterodactyl_app_catalog import EGGS
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl
    from bot.simulators.panels.pterodactyl_app_catalog import Egg
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
    panel: Pterodactyl, action: Capability, server: Server | None = None, **chosen: object
) -> dict[str, Field]:
    found = await panel.fields(action, server.identifier if server else None, chosen=chosen)
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
    assert fields["allocation.default"].choices == (
        Choice(free, f"127.0.0.1:25570 on {server.node.name}"),
    )
    assert fields["deploy.locations"].choices == (Choice(1, "rig"),)
    assert fields["deploy.locations"].type is FieldType.LIST


async def test_a_creation_asks_first_for_what_does_not_hang_on_the_egg(
    site: Site, hub: PanelHub, server: Server
) -> None:
    site.stand_in.own(site.owner, server)
    fields = await described(open_panel(site, hub), Capability.CREATE)
    required = {name for name, field in fields.items() if field.required}
    assert required == {
        *("name", "user", "egg"),
        *(f"limits.{name}" for name in ("memory", "swap", "disk", "io", "cpu")),
        *("feature_limits.databases", "feature_limits.backups"),
    }
    assert [name for name, field in fields.items() if field.decides] == ["egg"]
    assert "docker_image" not in fields
    assert not any(name.startswith("environment") for name in fields)
    assert fields["limits.memory"].type is FieldType.NUMBER


@pytest.mark.parametrize("egg", EGGS.values(), ids=lambda egg: egg.name)
async def test_a_creation_asks_for_the_variables_of_the_chosen_egg_alone(
    site: Site, hub: PanelHub, server: Server, egg: Egg
) -> None:
    fields = await described(open_panel(site, hub), Capability.CREATE, egg=egg.id)
    assert labels(fields["docker_image"])[0] == "Java 21"
    assert fields["docker_image"].value == "ghcr.io/pterodactyl/yolks:java_21"
    assert fields["startup"].value == egg.startup
    asked = {name: field for name, field in fields.items() if name.startswith("environment")}
    assert list(asked) == [f"environment.{variable.env}" for variable in egg.variables]
    for variable, field in zip(egg.variables, asked.values(), strict=True):
        assert (field.label, field.value) == (variable.name, variable.default)
        assert field.required is variable.rules.startswith("required")


async def test_an_egg_that_is_not_listed_is_asked_about_without_proposals(
    site: Site, hub: PanelHub, server: Server
) -> None:
    panel = open_panel(site, hub, rights=["servers:read"])
    fields = await described(panel, Capability.CREATE, egg=5)
    assert fields["docker_image"].required
    assert fields["startup"].value is None
    assert fields["environment"].type is FieldType.MAP


async def test_what_is_described_as_required_is_enough_for_the_panel(
    site: Site, hub: PanelHub, server: Server
) -> None:
    site.stand_in.add_allocation(server.node, 25570)
    panel = open_panel(site, hub)
    fields = await described(panel, Capability.CREATE, egg=5)
    values: dict[str, object] = {
        "name": "New",
        "limits": {"memory": 512, "swap": 0, "disk": 0, "io": 500, "cpu": 0},
        "feature_limits": {"databases": 0, "backups": 0},
        "user": fields["user"].choices[0].value,
        "egg": 5,
        "allocation.default": fields["allocation.default"].choices[0].value,
    }
    proposed = {name: field.value for name, field in fields.items() if field.is_proposed}
    assert (await panel.create(nested(values | proposed))).name == "New"
    assert site.stand_in.register.entry(site.world.servers[-1]).environment == {
        "MINECRAFT_VERSION": "latest",
        "SERVER_JARFILE": "server.jar",
        "DL_PATH": "",
        "BUILD_NUMBER": "latest",
    }


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


async def test_an_update_shows_the_startup_as_it_is_and_no_log_does(
    site: Site, hub: PanelHub, server: Server
) -> None:
    entry = site.stand_in.register.entry(server)
    entry.environment["VANILLA_VERSION"] = entry.startup = "hunter2"
    fields = await described(open_panel(site, hub), Capability.UPDATE, server)
    for name in ("environment.VANILLA_VERSION", "startup"):
        assert fields[name].value == "hunter2"
        assert not fields[name].is_proposed
    assert "hunter2" not in repr(fields)


async def test_an_update_to_another_egg_proposes_what_that_egg_needs(
    site: Site, hub: PanelHub, server: Server
) -> None:
    entry = site.stand_in.register.entry(server)
    entry.image, entry.environment["SERVER_JARFILE"] = "own/image", "own.jar"
    panel = open_panel(site, hub)
    fields = await described(panel, Capability.UPDATE, server, egg=5)
    assert fields["egg"].value == 4
    assert fields["environment.SERVER_JARFILE"].value == "own.jar"
    assert "environment.VANILLA_VERSION" not in fields
    proposed = {name: field.value for name, field in fields.items() if field.is_proposed}
    assert proposed == {
        "image": "ghcr.io/pterodactyl/yolks:java_21",
        "startup": EGGS[5].startup,
        "environment.MINECRAFT_VERSION": "latest",
        "environment.DL_PATH": "",
        "environment.BUILD_NUMBER": "latest",
    }
    await panel.update(server.identifier, nested({"egg": 5} | proposed), replace=False)
    assert (entry.egg.id, entry.environment["SERVER_JARFILE"]) == (5, "own.jar")


def test_a_variable_that_users_may_not_see_is_not_shown() -> None:
    variable = {"env_variable": "LICENCE", "default_value": "x", "user_viewable": False}
    listed = {"data": [{"attributes": variable | {"rules": "required"}}]}
    egg = {"relationships": {"variables": listed}}
    present = Startup("image", "start", {"LICENCE": "hunter2"})
    field = startup_fields(egg, present, image="image")[-1]
    assert (field.name, field.value, field.required) == ("environment.LICENCE", None, False)


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
