"""Reads what Pterodactyl 0.4 to 0.6 says about servers. Pure: no request, no clock, no log.

All three show the columns of one table. Units: limits in MB of 1,048,576 bytes, 0 is unlimited
(for swap: -1), CPU in percent of one core; the node tells memory in bytes and disk in MB of
1,000,000 bytes. Times come without a zone, in whatever zone the panel runs: they are taken for
UTC. Only what is named here is kept: start commands, variables and `daemon_token` are secrets.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState
from bot.panels._ids import NUMBER
from bot.panels._json import integer, is_plain, mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping

_MB = 1024 * 1024
_UUID = re.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{8}")
_NODE_MB = 1_000_000

_INSTALLED = {
    0: ServerState.INSTALLING,
    1: None,
    2: ServerState.INSTALL_FAILED,
    3: ServerState.DELETING,
}
_STATUS = {
    0: ServerState.OFFLINE,
    1: ServerState.RUNNING,
    2: ServerState.STARTING,
    3: ServerState.STOPPING,
}
_EXTRA = (
    *("uuid", "uuidShort", "node", "node_id", "owner", "owner_id", "allocation", "allocation_id"),
    *("service", "service_id", "option", "option_id", "pack", "pack_id", "image", "username"),
    *("io", "oom_disabled", "updated_at"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A server as its columns tell it."""

    server: Server
    uuid: str | None
    is_blocked: bool
    """Whether the columns decide the state; else the node does."""
    unknown_word: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a server is, as its user is told."""

    node: str | None
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What the server's node, or its panel for it, says at this moment."""

    state: ServerState
    resources: Resources | None = None
    node: str | None = None
    addresses: tuple[str, ...] = ()
    unknown_word: str | None = None


def parse_columns(columns: Mapping[str, object], panel_id: str, at: datetime) -> Seen:
    """Return one server; `KeyError` where it has no id."""
    server_id = id_of(columns)
    if not server_id:
        raise KeyError("id")
    state, unknown_word = _state(columns)
    uuid = text(columns.get("uuid")) or text(columns.get("uuidShort"))
    server = Server(
        ref=ServerRef(panel_id, server_id),
        name=text(columns.get("name")) or server_id,
        state=state or ServerState.UNKNOWN,
        observed_at=at,
        is_in_use=state is None
        and None not in (columns.get("installed"), columns.get("suspended")),
        description=text(columns.get("description")),
        addresses=_address(columns),
        limits=_limits(columns),
        created_at=_time(columns.get("created_at")),
        extra={name: columns[name] for name in _EXTRA if is_plain(columns.get(name))},
    )
    return Seen(server, uuid, is_blocked=state is not None, unknown_word=unknown_word)


def parse_status(stats: Mapping[str, object], usage: Mapping[str, object]) -> Report:
    """Return a node's answer: the status in `stats`, and the usage of a running server."""
    if stats.get("error"):
        return Report(ServerState.UNREACHABLE)
    word = stats.get("status")
    state = _STATUS.get(whole(word, -1))
    if state is None:
        unknown_word = None if word is None else str(word)
        return Report(ServerState.UNKNOWN, _usage(usage), unknown_word=unknown_word)
    return Report(state, _usage(usage))


def located(seen: Seen, places: Mapping[str, Place]) -> Seen:
    """Return a server with its place, by its uuid."""
    place = places.get(seen.uuid or "")
    if place is None:
        return seen
    addresses = place.addresses or seen.server.addresses
    return replace(seen, server=replace(seen.server, node=place.node, addresses=addresses))


def combine(seen: Seen, report: Report) -> Server:
    """Return the whole server; its columns decide over the node."""
    server = seen.server
    resources = report.resources and replace(
        report.resources,
        memory_limit_bytes=server.limits.memory_bytes,
        disk_limit_bytes=server.limits.disk_bytes,
    )
    return replace(
        server,
        state=server.state if seen.is_blocked else report.state,
        resources=resources,
        node=report.node or server.node,
        addresses=report.addresses or server.addresses,
    )


def addresses_of(allocations: list[Mapping[str, object]]) -> tuple[str, ...]:
    """Return addresses, the default one first."""
    ordered = sorted(allocations, key=lambda allocation: not allocation.get("default"))
    return tuple(address for allocation in ordered for address in _address(allocation))


def id_of(columns: Mapping[str, object]) -> str:
    """Return the number, as a text; in its absence a uuid, and empty without either."""
    own = _own_id(columns.get("id"))
    if is_number(own):
        return own
    uuids = (text(columns.get(name)) or "" for name in ("uuid", "uuidShort"))
    return next(filter(is_uuid, uuids), "")


def is_number(server_id: str) -> bool:
    """Whether it can be the panel's number for a server."""
    return NUMBER.fullmatch(server_id) is not None


def is_uuid(server_id: str) -> bool:
    """Whether it is a uuid, or the head of one that cannot be taken for a number."""
    return _UUID.fullmatch(server_id) is not None and not is_number(server_id)


def whole(value: object, default: int) -> int:
    """Return a whole number, also one that PHP wrote as true."""
    found = int(value) if isinstance(value, bool) else integer(value)
    return default if found is None else found


def _own_id(value: object) -> str:
    """Return an id, a number in 0.4 and 0.5 and a text in 0.6."""
    if isinstance(value, str):
        return value
    found = integer(value)
    return "" if found is None else str(found)


def _state(columns: Mapping[str, object]) -> tuple[ServerState | None, str | None]:
    """Return the state that the columns decide, if any, and a word that is not known."""
    installed = whole(columns.get("installed"), -1)
    if columns.get("deleted_at") or installed == 3:  # noqa: PLR2004 - as in _INSTALLED
        return ServerState.DELETING, None
    if whole(columns.get("suspended"), 0):
        return ServerState.SUSPENDED, None
    if columns.get("installed") is None:
        return None, None
    if installed not in _INSTALLED:
        return ServerState.UNKNOWN, str(columns["installed"])
    return _INSTALLED[installed], None


def _limits(columns: Mapping[str, object]) -> Limits:
    swap = whole(columns.get("swap"), -1)
    cpu = whole(columns.get("cpu"), 0)
    return Limits(
        memory_bytes=_limit_bytes(columns.get("memory")),
        swap_bytes=None if swap < 0 else swap * _MB,
        disk_bytes=_limit_bytes(columns.get("disk")),
        cpu_percent=float(cpu) if cpu > 0 else None,
    )


def _limit_bytes(value: object) -> int | None:
    megabytes = whole(value, 0)
    return megabytes * _MB if megabytes > 0 else None


def _usage(usage: Mapping[str, object]) -> Resources | None:
    cpu, disk = mapping(usage.get("cpu")), number(mapping(usage.get("disk")).get("used"))
    total, cores = number(cpu.get("total")), cpu.get("cores")
    by_core = [number(core) for core in cores] if isinstance(cores, list) else []
    if not usage:
        return None
    return Resources(
        cpu_percent=None if total is None else float(total),
        cpu_cores_percent=tuple(float(core) for core in by_core if core is not None) or None,
        memory_bytes=integer(mapping(usage.get("memory")).get("total")),
        disk_bytes=None if disk is None else int(disk * _NODE_MB),
    )


def _address(allocation: Mapping[str, object]) -> tuple[str, ...]:
    host, port = text(allocation.get("alias")) or text(allocation.get("ip")), allocation.get("port")
    if not host:
        return ()
    host = f"[{host}]" if ":" in host else host
    found = whole(port, 0)
    return (f"{host}:{found}" if found else host,)


def _time(value: object) -> datetime | None:
    try:
        return datetime.strptime(text(value) or "", "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
