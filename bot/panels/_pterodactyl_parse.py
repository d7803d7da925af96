"""Reads what Pterodactyl 1.x and Pelican say about servers. Pure: no request, no clock, no log.

Units: limits come in MB of 1,048,576 bytes, where 0 is unlimited (for swap: -1); usage comes
in bytes, CPU in percent of one core, uptime in milliseconds. Startup commands and variables
are never read: they may hold passwords.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState
from bot.panels._ids import first_id
from bot.panels._json import integer, mapping, mappings, milliseconds, number, text
from bot.panels._pages import Page, parse_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.domain.live import Reading

_MB = 1024 * 1024
_IDENTIFIER_LENGTH = 8

# The details' own words (1.3 and later); they go before the power state.
_STATUS_WORDS = {
    "suspended": ServerState.SUSPENDED,
    "installing": ServerState.INSTALLING,
    "install_failed": ServerState.INSTALL_FAILED,
    "reinstall_failed": ServerState.INSTALL_FAILED,
    "restoring_backup": ServerState.RESTORING,
}
_EXACT = (ServerState.INSTALLING, ServerState.INSTALL_FAILED, ServerState.RESTORING)
# The panel refuses nothing in this one; in all others it answers 409.
_HARMLESS_STATUS = "reinstall_failed"

# `stopped` is the panel's default where the daemon said nothing; the second half is Pelican's.
_POWER_WORDS = {
    "offline": ServerState.OFFLINE,
    "stopped": ServerState.OFFLINE,
    "starting": ServerState.STARTING,
    "running": ServerState.RUNNING,
    "stopping": ServerState.STOPPING,
    "created": ServerState.OFFLINE,
    "exited": ServerState.OFFLINE,
    "dead": ServerState.OFFLINE,
    "removing": ServerState.STOPPING,
    "restarting": ServerState.STARTING,
    "paused": ServerState.UNKNOWN,
    "missing": ServerState.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Details:
    """A server without its power state."""

    server: Server
    state: ServerState | None
    """What the details decide; None leaves it to the power state."""
    is_blocked: bool
    """Whether the panel refuses everything but the details."""
    unknown_word: str | None


@dataclass(frozen=True, slots=True)
class Stats:
    """The power state, with usage where there is any."""

    state: ServerState
    usage: Mapping[str, object] | None = None
    """As the panel has it; `combine` reads it."""
    word: str | None = None
    unknown_word: str | None = None


def parse_list(data: object, panel_id: str, at: datetime) -> Page[Details]:
    """Return one page of servers, without those that have no id."""
    page = parse_page(data)
    entries = [mapping(entry.get("attributes")) for entry in page.entries]
    found = [_details(entry, panel_id, at) for entry in entries]
    return Page([details for details in found if details], page.size, page.pages)


def id_of(details: Details) -> str:
    """Return the server's id."""
    return details.server.ref.server_id


def parse_details(data: object, panel_id: str, at: datetime) -> Details:
    """Return one server."""
    details = _details(_object(_object(data).get("attributes")), panel_id, at)
    if details is None:
        raise KeyError("identifier")
    return details


def parse_stats(data: object) -> Stats:
    """Return power state and usage."""
    attributes = _object(_object(data).get("attributes"))
    usage = mapping(attributes.get("resources"))
    word = attributes.get("current_state")
    if word is None:
        return Stats(ServerState.OFFLINE, usage)
    state = _POWER_WORDS.get(str(word))
    if state is None:
        return Stats(ServerState.UNKNOWN, usage, str(word), unknown_word=str(word))
    return Stats(state, usage, str(word))


def power_state(word: str) -> ServerState:
    """Return what a power state's word means."""
    return _POWER_WORDS.get(word, ServerState.UNKNOWN)


def combine(details: Details, stats: Stats) -> Server:
    """Return the whole server; the details decide over the power state."""
    server = details.server
    if details.is_blocked:
        return server
    return replace(
        server,
        state=details.state or stats.state,
        resources=None if stats.usage is None else _resources(stats.usage, server.limits),
        extra={**server.extra, "current_state": stats.word},
    )


def combine_known(details: Details, known: Reading) -> Server:
    """Return the whole server with what its node has told; the details decide here as well."""
    server, resources = details.server, known.resources
    if details.is_blocked:
        return server
    if resources is not None:
        limits = server.limits
        resources = replace(
            resources,
            memory_limit_bytes=limits.memory_bytes,
            disk_limit_bytes=limits.disk_bytes,
        )
    return replace(
        server,
        state=details.state or known.state,
        resources=resources,
        extra={**server.extra, "current_state": known.state.value},
    )


def _resources(usage: Mapping[str, object], limits: Limits) -> Resources:
    cpu = number(usage.get("cpu_absolute"))
    return Resources(
        cpu_percent=None if cpu is None else float(cpu),
        memory_bytes=integer(usage.get("memory_bytes")),
        memory_limit_bytes=limits.memory_bytes,
        disk_bytes=integer(usage.get("disk_bytes")),
        disk_limit_bytes=limits.disk_bytes,
        network_rx_bytes=integer(usage.get("network_rx_bytes")),
        network_tx_bytes=integer(usage.get("network_tx_bytes")),
        uptime=milliseconds(usage.get("uptime")),
    )


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value


def _details(attributes: Mapping[str, object], panel_id: str, at: datetime) -> Details | None:
    """Return a server; None where it has nothing that can be its id."""
    # The identifier is the head of the uuid.
    uuid = first_id([text(attributes.get("uuid"))]) or ""
    identifier = first_id([text(attributes.get("identifier")), uuid[:_IDENTIFIER_LENGTH]])
    if identifier is None:
        return None
    status = text(attributes.get("status"))
    state = _state(attributes, status)
    relationships = mapping(attributes.get("relationships"))
    server = Server(
        ref=ServerRef(panel_id, identifier),
        name=text(attributes.get("name")) or identifier,
        state=state or ServerState.UNKNOWN,
        observed_at=at,
        description=text(attributes.get("description")),
        node=text(attributes.get("node")),
        addresses=_addresses(mapping(relationships.get("allocations"))),
        limits=_limits(mapping(attributes.get("limits"))),
        extra=_extra(attributes, relationships),
    )
    is_known = status is None or status in _STATUS_WORDS
    return Details(
        server=server,
        state=state,
        is_blocked=state is not None and is_known and status != _HARMLESS_STATUS,
        unknown_word=None if is_known else status,
    )


def _state(attributes: Mapping[str, object], status: str | None) -> ServerState | None:
    word = None if status is None else _STATUS_WORDS.get(status, ServerState.UNKNOWN)
    if attributes.get("is_suspended") or word is ServerState.SUSPENDED:
        return ServerState.SUSPENDED
    if attributes.get("is_node_under_maintenance"):
        return ServerState.MAINTENANCE
    # `is_installing` is also set when the installation failed; the word is more exact.
    if word in _EXACT:
        return word
    if attributes.get("is_installing"):
        return ServerState.INSTALLING
    return ServerState.TRANSFERRING if attributes.get("is_transferring") else word


def _limits(limits: Mapping[str, object]) -> Limits:
    swap = integer(limits.get("swap"))
    cpu = number(limits.get("cpu"))
    return Limits(
        memory_bytes=_limit_bytes(limits.get("memory")),
        swap_bytes=None if swap is None or swap < 0 else swap * _MB,
        disk_bytes=_limit_bytes(limits.get("disk")),
        cpu_percent=float(cpu) if cpu and cpu > 0 else None,
    )


def _limit_bytes(value: object) -> int | None:
    megabytes = integer(value)
    return megabytes * _MB if megabytes and megabytes > 0 else None


def _addresses(allocations: Mapping[str, object]) -> tuple[str, ...]:
    entries = [mapping(entry.get("attributes")) for entry in mappings(allocations.get("data"))]
    entries.sort(key=lambda entry: not entry.get("is_default"))
    found = (_address(text(e.get("ip_alias")) or text(e.get("ip")), e.get("port")) for e in entries)
    return tuple(address for address in found if address)


def _address(host: str | None, port: object) -> str | None:
    if not host:
        return None
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return host if integer(port) is None else f"{host}:{integer(port)}"


def _extra(
    attributes: Mapping[str, object], relationships: Mapping[str, object]
) -> Mapping[str, object]:
    sftp = mapping(attributes.get("sftp_details"))
    egg = mapping(mapping(relationships.get("egg")).get("attributes"))
    features = mapping(attributes.get("feature_limits"))
    return {
        "uuid": text(attributes.get("uuid")),
        "internal_id": integer(attributes.get("internal_id")),
        "egg": text(egg.get("name")),
        "docker_image": text(attributes.get("docker_image")),
        "sftp": _address(text(sftp.get("ip")), sftp.get("port")),
        "feature_limits": {name: integer(limit) for name, limit in features.items()},
        "is_owner": attributes.get("server_owner") is True,
        "status": text(attributes.get("status")),
        "current_state": None,
    }
