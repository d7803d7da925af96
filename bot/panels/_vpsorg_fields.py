"""What vps.org asks for to create or change a server. Sends nothing; reads what it can list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.administration import Choice, Field, FieldType
from bot.domain.servers import Capability
from bot.panels._json import mappings, text
from bot.panels._vpsorg_parse import amount, id_of, plan_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.servers import Server

    Entries = Sequence[Mapping[str, object]]

_UPDATE = frozenset({"name", "hostname", "backups_enabled"})
_BUILD = frozenset({"plan"})
_UUID_KEYS = ("uuid", "id")

DOCUMENTED_CREATE = (
    Field(name="name", label="Name", required=True),
    Field(name="plan_id", label="Plan (its number)", type=FieldType.NUMBER, required=True),
    Field(
        name="os_id", label="Operating system (its number)", type=FieldType.NUMBER, required=True
    ),
    Field(name="location", label="Location (its code)", required=True),
    Field(name="hostname", label="Host name"),
    Field(name="ssh_key_id", label="SSH key (its number)", type=FieldType.NUMBER),
    Field(name="backups_enabled", label="Backups", type=FieldType.FLAG, value=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """What the panel lists for new servers; empty where the token may not see it."""

    plans: Entries = ()
    locations: Entries = ()
    systems: Entries = ()
    ssh_keys: Entries = ()


def names(action: Capability, *, has_catalog: bool) -> frozenset[str]:
    """Return all that a call takes; the panel takes no notice of anything else."""
    if action is Capability.CREATE:
        fields = client_create(Catalog()) if has_catalog else DOCUMENTED_CREATE
        return frozenset(field.name for field in fields)
    return _BUILD if action is Capability.BUILD else _UPDATE


def documented_update(server: Server, *, replace: bool) -> tuple[Field, ...]:
    """Return the three fields that may change; PUT wants all of them."""
    return (
        Field(name="name", label="Name", required=replace, value=server.name),
        Field(
            name="hostname",
            label="Host name",
            required=replace,
            value=server.extra["hostname"],
        ),
        Field(
            name="backups_enabled",
            label="Backups",
            type=FieldType.FLAG,
            required=replace,
            value=server.extra["backups_enabled"],
        ),
    )


def client_create(catalog: Catalog) -> tuple[Field, ...]:
    """Return what the vendor's client sends."""
    return (
        Field(name="hostname", label="Host name", required=True),
        Field(
            name="location",
            label="Location",
            type=FieldType.NUMBER,
            required=True,
            choices=_locations(catalog.locations),
        ),
        Field(name="plan", label="Plan", required=True, choices=_plans(catalog.plans)),
        Field(
            name="os_version",
            label="Operating system",
            required=True,
            choices=_versions(catalog.systems),
        ),
        Field(
            name="ssh_keys",
            label="SSH keys",
            type=FieldType.LIST,
            choices=_named(catalog.ssh_keys),
        ),
    )


def client_build(server: Server, catalog: Catalog) -> tuple[Field, ...]:
    """Return what a resize asks for."""
    plan = Field(
        name="plan",
        label="Plan",
        required=True,
        choices=_plans(catalog.plans),
        value=server.extra["plan_id"],
    )
    return (plan,)


def _plans(entries: Entries) -> tuple[Choice, ...]:
    return tuple(
        Choice(plan_id, _priced(plan_label(entry) or plan_id, entry))
        for entry in entries
        if (plan_id := id_of(entry, _UUID_KEYS))
    )


def _priced(label: str, plan: Mapping[str, object]) -> str:
    price = amount(plan.get("monthly_price")) or amount(plan.get("price"))
    return f"{label}, ${price:g} a month" if price else label


def _locations(entries: Entries) -> tuple[Choice, ...]:
    return tuple(
        Choice(int(number), ", ".join(filter(None, _place(entry))) or f"{number:g}")
        for entry in entries
        if (number := amount(entry.get("id"))) is not None and entry.get("is_active") is not False
    )


def _place(location: Mapping[str, object]) -> tuple[str | None, str | None]:
    return text(location.get("name")), text(location.get("country_name"))


def _versions(systems: Entries) -> tuple[Choice, ...]:
    return tuple(
        Choice(choice.value, f"{name} {choice.label}".strip())
        for entry in systems
        for name in [text(entry.get("name")) or ""]
        for choice in _named(mappings(entry.get("versions")))
    )


def _named(entries: Entries) -> tuple[Choice, ...]:
    return tuple(
        Choice(entry_id, text(entry.get("name")) or entry_id)
        for entry in entries
        if (entry_id := id_of(entry, _UUID_KEYS))
    )
