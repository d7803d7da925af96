"""Describes what Pterodactyl's Application API takes, with all that it can list as choices.

Changes nothing. Lists, each with a right of its own; without the right there are no choices:

    GET /users · /locations · /nodes · /nests
    GET /nests/{id}/eggs?include=variables    images, start command and variables
    GET /nodes/{id}/allocations               addresses; `assigned` ones are taken
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.domain.administration import Choice, Field, FieldType
from bot.domain.errors import PanelForbidden, PanelProtocolError
from bot.domain.servers import Capability
from bot.panels._json import integer, mapping, text
from bot.panels._pterodactyl_admin_parse import entries
from bot.panels._pterodactyl_egg_fields import Startup, startup_fields, startup_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.panels._pterodactyl_admin import PterodactylAdmin
    from bot.panels._pterodactyl_admin_parse import Record

    Entries = Sequence[Mapping[str, object]]

_log = logging.getLogger(__name__)

_LIMITS = {
    "memory": "Memory in MB, 0 unlimited",
    "swap": "Swap in MB, -1 unlimited",
    "disk": "Disk in MB, 0 unlimited",
    "io": "Block IO weight, 10 to 1000",
    "cpu": "CPU in percent of a core, 0 unlimited",
}
_FEATURES = {
    "databases": "Databases at most",
    "allocations": "Addresses at most",
    "backups": "Backups at most",
}


async def describe(
    admin: PterodactylAdmin,
    action: Capability,
    server_id: str | None,
    *,
    chosen: Mapping[str, object],
) -> Sequence[Field]:
    """Return the fields of an action; `server_id` is the server that is to be changed.

    Of all that may be chosen the egg alone decides what else is asked for.
    """
    if server_id is None:
        return await _creation(admin, integer(chosen.get("egg")))
    record = await admin.find(server_id, include="allocations")
    if action is Capability.BUILD:
        return await _build(admin, record)
    details = await _details(admin, record, is_full=action is Capability.REPLACE)
    return [*details, *await _startup(admin, record, integer(chosen.get("egg")))]


async def _creation(admin: PterodactylAdmin, egg: int | None) -> list[Field]:
    eggs = [
        egg
        for nest in await _listed(admin, "/nests")
        for egg in await _eggs(admin, integer(nest.get("id")))
    ]
    nodes = await _listed(admin, "/nodes")
    free = [choice for node in nodes for choice in await _free(admin, node)]
    places = _choices(await _listed(admin, "/locations"), "short")
    startup = startup_fields(_by_id(eggs, egg), Startup(), image="docker_image")
    return [
        Field(name="name", label="Name", required=True),
        await _owner(admin),
        _egg(eggs, required=True),
        *([] if egg is None else startup),
        *(_number(f"limits.{name}", label, required=True) for name, label in _LIMITS.items()),
        Field(name="limits.threads", label="Cores to run on, such as 0-1,3"),
        _number("feature_limits.databases", _FEATURES["databases"], required=True),
        _number("feature_limits.allocations", _FEATURES["allocations"]),
        _number("feature_limits.backups", _FEATURES["backups"], required=True),
        _number("allocation.default", "Address", choices=tuple(free)),
        _several("allocation.additional", "More addresses", choices=tuple(free)),
        _several("deploy.locations", "Or any node at these locations", choices=places),
        _flag("deploy.dedicated_ip", "There, an IP address of its own"),
        _several("deploy.port_range", "There, one of these ports"),
        Field(name="external_id", label="Id in another system"),
        Field(name="description", label="Description"),
        _flag("oom_disabled", "May run out of memory", value=True),
        _flag("skip_scripts", "Skip the installation script", value=False),
        _flag("start_on_completion", "Start it when it is installed", value=False),
    ]


async def _details(admin: PterodactylAdmin, record: Record, *, is_full: bool) -> list[Field]:
    present = record.attributes
    return [
        Field(name="name", label="Name", required=is_full, value=present.get("name")),
        await _owner(admin, required=is_full, value=present.get("user")),
        Field(name="external_id", label="Id in another system", value=present.get("external_id")),
        Field(name="description", label="Description", value=present.get("description")),
    ]


async def _startup(admin: PterodactylAdmin, record: Record, egg: int | None) -> list[Field]:
    present = integer(record.attributes.get("egg"))
    eggs = await _eggs(admin, integer(record.attributes.get("nest")))
    startup = startup_of(record, same_egg=egg in (None, present))
    return [
        _egg(eggs, value=present),
        *startup_fields(_by_id(eggs, present if egg is None else egg), startup, image="image"),
        _flag("skip_scripts", "Skip the installation script", value=False),
    ]


async def _build(admin: PterodactylAdmin, record: Record) -> list[Field]:
    present = record.attributes
    limits, features = mapping(present.get("limits")), mapping(present.get("feature_limits"))
    default = present.get("allocation")
    relationships = mapping(present.get("relationships"))
    owned = _addresses(entries(relationships.get("allocations")))
    free = await _free(admin, {"id": present.get("node")})
    more = tuple(choice for choice in owned if choice.value != default)
    return [
        *(
            _number(f"limits.{name}", label, value=limits.get(name))
            for name, label in _LIMITS.items()
        ),
        Field(
            name="limits.threads",
            label="Cores to run on, such as 0-1,3",
            value=limits.get("threads"),
        ),
        _flag("oom_disabled", "May run out of memory", value=limits.get("oom_disabled")),
        *(
            _number(f"feature_limits.{name}", label, value=features.get(name))
            for name, label in _FEATURES.items()
        ),
        _number("allocation", "Address", choices=owned, value=default),
        _several("add_allocations", "Addresses to add", choices=tuple(free)),
        _several("remove_allocations", "Addresses to take away", choices=more),
    ]


async def _owner(admin: PterodactylAdmin, *, required: bool = True, value: object = None) -> Field:
    choices = _choices(await _listed(admin, "/users"), "username")
    return _number("user", "Owner", required=required, choices=choices, value=value)


def _egg(eggs: Entries, *, required: bool = False, value: object = None) -> Field:
    return Field(
        name="egg",
        label="Egg",
        type=FieldType.NUMBER,
        required=required,
        choices=_choices(eggs, "name"),
        value=value,
        decides=True,
    )


async def _eggs(admin: PterodactylAdmin, nest: int | None) -> Entries:
    if nest is None:
        return []
    return await _listed(admin, f"/nests/{nest}/eggs", include="variables")


async def _free(admin: PterodactylAdmin, node: Mapping[str, object]) -> tuple[Choice, ...]:
    number = integer(node.get("id"))
    listed = [] if number is None else await _listed(admin, f"/nodes/{number}/allocations")
    free = [entry for entry in listed if entry.get("assigned") is False]
    return _addresses(free, node=text(node.get("name")))


async def _listed(admin: PterodactylAdmin, path: str, **params: str) -> Entries:
    try:
        return await admin.all(path, params)
    except (PanelForbidden, PanelProtocolError) as error:
        _log.debug("panel %s: no choices from %s: %s", admin.panel_id, path, error)
        return []


def _by_id(eggs: Entries, number: int | None) -> Mapping[str, object] | None:
    return next((egg for egg in eggs if integer(egg.get("id")) == number), None)


def _addresses(allocations: Entries, *, node: str | None = None) -> tuple[Choice, ...]:
    def label(entry: Mapping[str, object]) -> str:
        address = f"{text(entry.get('alias')) or text(entry.get('ip'))}:{entry.get('port')}"
        return f"{address} on {node}" if node else address

    return _labelled((entry, label(entry)) for entry in allocations)


def _choices(listed: Entries, label: str) -> tuple[Choice, ...]:
    return _labelled((entry, text(entry.get(label)) or str(entry.get("id"))) for entry in listed)


def _labelled(listed: Iterable[tuple[Mapping[str, object], str]]) -> tuple[Choice, ...]:
    found = ((integer(entry.get("id")), label) for entry, label in listed)
    return tuple(Choice(number, label) for number, label in found if number is not None)


def _number(
    name: str,
    label: str,
    *,
    required: bool = False,
    choices: tuple[Choice, ...] = (),
    value: object = None,
) -> Field:
    return Field(
        name=name,
        label=label,
        type=FieldType.NUMBER,
        required=required,
        choices=choices,
        value=value,
    )


def _several(name: str, label: str, *, choices: tuple[Choice, ...] = ()) -> Field:
    return Field(name=name, label=label, type=FieldType.LIST, choices=choices)


def _flag(name: str, label: str, *, value: object = None) -> Field:
    return Field(name=name, label=label, type=FieldType.FLAG, value=value)
