"""Reads what CVM says about servers. Pure: no request, no clock, no log.

Most numbers are texts, sums are not. Units: limits in MB of 1,048,576 bytes, traffic in bytes;
`ram_used` and `disk_used` in bytes by document 004, in MB by CVM's own source. CPUs are counted
in units of OpenVZ that no percentage follows from.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.servers import Limits, Resources, Server, ServerRef, ServerState, Traffic
from bot.panels._ids import NUMBER
from bot.panels._json import integer, mapping, mappings, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_MB = 1024 * 1024
# Nobody uses 16 times the limit, so that is no count of MB; without a limit, that of 1 TB.
_BYTES_ABOVE = 16
_UNLIMITED_MB = 1024 * 1024

_STATUS_WORDS = {
    "running": ServerState.RUNNING,
    "stopped": ServerState.OFFLINE,
    "suspended": ServerState.SUSPENDED,
    "terminated": ServerState.DELETED,
    "unknown": ServerState.UNKNOWN,
}
_VIRTUALIZATION = {"1": "OpenVZ"}
_TRAFFIC = (
    *("traffic_used", "traffic_limit"),
    *("traffic_in_used", "traffic_in_limit", "traffic_out_used", "traffic_out_limit"),
)


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a server, with its usage in the panel's own numbers."""

    state: ServerState
    metrics: Mapping[str, object]
    unknown_word: str | None = None


def parse_list(data: object, panel_id: str, at: datetime) -> list[Server]:
    """Return the servers that have an id, as the list has them: without their states."""
    return [_server(entry, panel_id, at) for entry in entries_of(data) if _id(entry)]


def entries_of(data: object) -> list[Mapping[str, object]]:
    """Return all that the list has."""
    vpses = _response(data)["vpses"]
    # PHP writes a list with gaps as an object.
    entries = list(vpses.values()) if isinstance(vpses, dict) else vpses
    if not isinstance(entries, list):
        raise TypeError("vpses is no list")
    return mappings(entries)


def parse_status(data: object) -> Status:
    """Return state and usage."""
    metrics = _response(data)
    word = text(metrics.get("status"))
    is_known = word is None or word in _STATUS_WORDS
    state = _STATUS_WORDS.get(word or "", ServerState.UNKNOWN)
    return Status(state, metrics, unknown_word=None if is_known else word)


def combine(server: Server, status: Status) -> Server:
    """Return the whole server."""
    memory = _used_bytes(status.metrics.get("ram_used"), server.limits.memory_bytes)
    if status.state is ServerState.UNKNOWN:
        # A node that does not answer measures nothing.
        memory = memory or None
    # It is measured from within: 0 of a server that is down was not measured.
    disk = _used_bytes(status.metrics.get("disk_used"), server.limits.disk_bytes) or None
    resources = Resources(
        memory_bytes=memory,
        memory_limit_bytes=server.limits.memory_bytes,
        disk_bytes=disk,
        disk_limit_bytes=server.limits.disk_bytes,
    )
    return replace(
        server,
        state=status.state,
        resources=None if memory is None and disk is None else resources,
        traffic=_traffic(status.metrics, server.traffic),
    )


def _response(data: object) -> Mapping[str, object]:
    response = mapping(data)["response"]
    if not isinstance(response, dict):
        raise TypeError("response is no object")
    return response


def _server(entry: Mapping[str, object], panel_id: str, at: datetime) -> Server:
    guaranteed = _megabytes(entry.get("guaranteed_ram"))
    kind = _label(entry.get("virtualization_type"))
    return Server(
        ref=ServerRef(panel_id, _id(entry)),
        name=_label(entry.get("hostname")) or _id(entry),
        state=ServerState.UNKNOWN,
        observed_at=at,
        node=_label(entry.get("node")),
        location=_label(entry.get("location")),
        os=_label(entry.get("template")),
        limits=Limits(
            # With vSwap there is no burstable memory, and the guaranteed is all.
            memory_bytes=_megabytes(entry.get("burstable_ram")) or guaranteed,
            disk_bytes=_megabytes(entry.get("disk_space")),
        ),
        traffic=_traffic(entry, None),
        extra={
            "virtualization": _VIRTUALIZATION.get(kind or "", kind),
            "cpu_units": integer(entry.get("cpu_count")),
            "guaranteed_memory_bytes": guaranteed,
        },
    )


def _id(entry: Mapping[str, object]) -> str:
    found = _label(entry.get("id")) or ""
    return found if NUMBER.fullmatch(found) else ""


def _label(value: object) -> str | None:
    """Return a text, or a number as one."""
    return text(value) or (None if integer(value) is None else str(integer(value)))


def _megabytes(value: object) -> int | None:
    megabytes = integer(value)
    return megabytes * _MB if megabytes and megabytes > 0 else None


def _used_bytes(value: object, limit: int | None) -> int | None:
    used = integer(value)
    if used is None:
        return None
    limit_mb = _UNLIMITED_MB if limit is None else limit // _MB
    return used if used > limit_mb * _BYTES_ABOVE else used * _MB


def _traffic(entry: Mapping[str, object], before: Traffic | None) -> Traffic | None:
    """Return what is told of the month: one sum, or both directions; the rest as it was."""
    told = {name: integer(entry.get(name)) for name in _TRAFFIC}
    fields = {
        f"{name.removeprefix('traffic_')}_bytes": count
        for name, count in told.items()
        # A limit of 0 would allow nothing at all.
        if count is not None and (count or not name.endswith("limit"))
    }
    if not fields:
        return before
    return replace(before or Traffic(), **fields)
