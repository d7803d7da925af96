"""Reads what vps.org says about servers, in both dialects. Pure: no request, no clock, no log.

Units, as the examples of document 001 show them: `memory` and `memory_used` are MB of 1,048,576
bytes; `storage`, `disk_used`, `bandwidth` and `bandwidth_used` are GB of 1,073,741,824 bytes;
`cpu_percent` is of the whole VPS. The vendor's own client has `ram` in `ram_unit` (GB where
that is absent), `disk_space` and `transfer` in GB. Passwords are never read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState, Traffic
from bot.panels._ids import first_id
from bot.panels._json import integer, mapping, mappings, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_MB = 1024**2
_GB = 1024**3
_UNITS = {"MB": _MB, "GB": _GB, "TB": 1024**4}

# Document 001: the filter's three, the one after creation, and those in answers to power calls.
_WORDS = {
    "active": ServerState.RUNNING,
    "stopped": ServerState.OFFLINE,
    "suspended": ServerState.SUSPENDED,
    "provisioning": ServerState.INSTALLING,
    "starting": ServerState.STARTING,
    "stopping": ServerState.STOPPING,
    "rebooting": ServerState.STARTING,
}


@dataclass(frozen=True, slots=True)
class Found:
    """A server as one answer has it."""

    server: Server
    unknown_word: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list."""

    entries: list[Mapping[str, object]]
    size: int
    """How many there are, those counted that are no objects."""
    total: int
    """How many the panel claims for all parts."""
    has_next: bool


def parse_page(data: object) -> Page:
    """Return a part of a list; without parts the panel may answer with the plain list."""
    page = {"results": data} if isinstance(data, list) else mapping(data)
    results = page.get("results")
    if not isinstance(results, list):
        raise TypeError("results is no list")
    total = int(amount(page.get("count")) or 0)
    return Page(mappings(results), len(results), total, has_next=bool(page.get("next")))


def parse_server(data: object, panel_id: str, at: datetime, *, id_keys: Sequence[str]) -> Found:
    """Return one server; `id_keys` are the fields that may hold its id, the best one first."""
    entry = mapping(data)
    server_id = server_id_of(entry, id_keys)
    if server_id is None:
        raise KeyError(id_keys[0])
    word = text(entry.get("status"))
    state = _WORDS.get((word or "").strip().lower())
    plan, usage = mapping(entry.get("plan")), mapping(entry.get("resource_usage"))
    limits = _limits(plan)
    hostname = text(entry.get("hostname"))
    server = Server(
        ref=ServerRef(panel_id, server_id),
        name=text(entry.get("name")) or hostname or server_id,
        state=state or ServerState.UNKNOWN,
        observed_at=at,
        location=_label(entry.get("location")) or text(entry.get("location_name")),
        plan=plan_label(entry.get("plan")) or text(entry.get("plan_name")),
        os=_os(entry),
        addresses=_addresses(entry),
        limits=limits,
        resources=_resources(usage, plan, limits) if usage else None,
        traffic=_traffic(usage, plan),
        created_at=_time(entry.get("created_at")),
        extra={
            "hostname": hostname,
            "status": word,
            "plan_id": id_of(plan, id_keys),
            "backups_enabled": _flag(entry.get("backups_enabled")),
            "deployed": _flag(entry.get("deployed")),
            "updated_at": text(entry.get("updated_at")),
        },
    )
    return Found(server, word if state is None else None)


def server_id_of(entry: Mapping[str, object], keys: Sequence[str]) -> str | None:
    """Return the id of a server; None where it has nothing that can be one."""
    return first_id(id_of(entry, (key,)) for key in keys)


def id_of(entry: Mapping[str, object], keys: Sequence[str]) -> str | None:
    """Return the first id among these fields, be it a number or a text."""
    for key in keys:
        value = entry.get(key)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, int):
            value = None if integer(value) is None else str(value)
        if isinstance(value, str) and value:
            return value
    return None


def plan_label(plan: object) -> str | None:
    """Return what a plan is called; those of the vendor's client have a size and no name."""
    label = _label(plan)
    if label is not None:
        return label
    sizes = mapping(plan)
    ram, cpu, disk = (amount(sizes.get(name)) for name in ("ram", "cpu", "disk_space"))
    parts = (
        f"{ram:g} {text(sizes.get('ram_unit')) or 'GB'}" if ram else "",
        f"{cpu:g} vCPU" if cpu else "",
        f"{disk:g} GB disk" if disk else "",
    )
    return ", ".join(filter(None, parts)) or None


def amount(value: object) -> float | int | None:
    """Return a number that is not negative."""
    found = number(value)
    return found if found is not None and found >= 0 else None


def _limits(plan: Mapping[str, object]) -> Limits:
    memory = _bytes(plan.get("memory"), _MB)
    if memory is None:
        unit = _UNITS.get((text(plan.get("ram_unit")) or "GB").upper())
        memory = None if unit is None else _bytes(plan.get("ram"), unit)
    cores = _cores(plan)
    return Limits(
        memory_bytes=memory or None,
        disk_bytes=_bytes(plan.get("storage"), _GB) or _bytes(plan.get("disk_space"), _GB) or None,
        cpu_percent=100.0 * cores if cores else None,
    )


def _resources(
    usage: Mapping[str, object], plan: Mapping[str, object], limits: Limits
) -> Resources:
    busy, cores = amount(usage.get("cpu_percent")), _cores(plan)
    return Resources(
        cpu_percent=None if busy is None or not cores else float(busy * cores),
        memory_bytes=_bytes(usage.get("memory_used"), _MB),
        memory_limit_bytes=limits.memory_bytes,
        disk_bytes=_bytes(usage.get("disk_used"), _GB),
        disk_limit_bytes=limits.disk_bytes,
    )


def _traffic(usage: Mapping[str, object], plan: Mapping[str, object]) -> Traffic | None:
    used = _bytes(usage.get("bandwidth_used"), _GB)
    limit = _bytes(plan.get("bandwidth"), _GB) or _bytes(plan.get("transfer"), _GB) or None
    return None if used is None and limit is None else Traffic(used_bytes=used, limit_bytes=limit)


def _cores(plan: Mapping[str, object]) -> float | int | None:
    return amount(plan.get("vcpus")) or amount(plan.get("cpu"))


def _bytes(value: object, unit: int) -> int | None:
    found = amount(value)
    return None if found is None else int(found * unit)


def _os(entry: Mapping[str, object]) -> str | None:
    system = _label(entry.get("os")) or _label(entry.get("operating_system"))
    version = _label(entry.get("operating_system_version"))
    if system and version and not version.startswith(system):
        return f"{system} {version}"
    return version or system or text(entry.get("os_name"))


def _label(value: object) -> str | None:
    """Return a name, or that of an object."""
    entry = mapping(value)
    return text(value) or text(entry.get("name")) or text(entry.get("code"))


def _addresses(entry: Mapping[str, object]) -> tuple[str, ...]:
    found = [entry.get("ip_address"), entry.get("ipv6_address")]
    for key in ("ipv4_addresses", "ipv6_addresses"):
        several = entry.get(key)
        found += several if isinstance(several, list) else [several]
    # In this order, and each once.
    return tuple(dict.fromkeys(address for value in found if (address := text(value))))


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text(value) or "")
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
