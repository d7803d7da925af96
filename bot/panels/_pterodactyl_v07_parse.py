"""Reads what Pterodactyl 0.7 says about the state of servers. Pure: no request, no clock, no log.

Details have the form of later versions, with less in it; they tell neither state nor node.
Units of `/utilization`: memory in MB of 1,048,576 bytes, disk in MB of 1,000,000 bytes, CPU in
percent of one core, 0 as a limit is unlimited. Sources: document 000; daemon 0.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.servers import Resources, Server, ServerState
from bot.panels._json import mapping, number, text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.panels._pterodactyl_parse import Details

_MEMORY_UNIT = 1024 * 1024
_DISK_UNIT = 1000 * 1000

# Document 000 shows `off` and `starting`; the other two are in the panel's source.
_STATE_WORDS = {
    "on": ServerState.RUNNING,
    "off": ServerState.OFFLINE,
    "starting": ServerState.STARTING,
    "stopping": ServerState.STOPPING,
}
# While stopping and offline the daemon measures nothing and says 0 of everything.
_MEASURED = frozenset({ServerState.RUNNING, ServerState.STARTING, ServerState.UNKNOWN})
_OF_DETAILS = ("uuid", "feature_limits", "is_owner")


@dataclass(frozen=True, slots=True)
class Utilization:
    """The state at one moment, with usage where there is any."""

    state: ServerState
    at: datetime
    resources: Resources | None = None
    word: str | None = None

    @property
    def unknown_word(self) -> str | None:
        """The word, if it is not among those that are known."""
        return None if self.word in _STATE_WORDS else self.word


def parse_utilization(data: object, at: datetime) -> Utilization:
    """Return state and usage."""
    attributes = mapping(data)["attributes"]
    if not isinstance(attributes, dict):
        raise TypeError("attributes is no object")
    word = text(attributes.get("state"))
    state = _STATE_WORDS.get(word or "", ServerState.UNKNOWN)
    return Utilization(state, at, _resources(attributes, state), word)


def combine(details: Details, utilization: Utilization) -> Server:
    """Return the whole server; its power is as old as its state."""
    server = details.server
    resources = utilization.resources and replace(
        utilization.resources,
        memory_limit_bytes=server.limits.memory_bytes,
        disk_limit_bytes=server.limits.disk_bytes,
    )
    extra = {name: server.extra.get(name) for name in _OF_DETAILS}
    return replace(
        server.heard(utilization.state, resources, at=utilization.at),
        extra={**extra, "state": utilization.word},
    )


def _resources(attributes: Mapping[str, object], state: ServerState) -> Resources | None:
    if state is ServerState.STOPPING:
        return None
    cpu = mapping(attributes.get("cpu"))
    current = number(cpu.get("current"))
    disk = _bytes(attributes.get("disk"), _DISK_UNIT)
    return Resources(
        cpu_percent=None if current is None else float(current),
        cpu_cores_percent=_cores(cpu.get("cores")),
        memory_bytes=_bytes(attributes.get("memory"), _MEMORY_UNIT),
        # Nobody's disk is empty because the server is off.
        disk_bytes=disk if state in _MEASURED else None,
    )


def _bytes(value: object, unit: int) -> int | None:
    current = number(mapping(value).get("current"))
    return None if current is None else int(current * unit)


def _cores(value: object) -> tuple[float, ...] | None:
    """Return percent by thread of the node; None where it is not told, or for one of them."""
    if not isinstance(value, list):
        return None
    cores = [number(entry) for entry in value]
    known = tuple(float(core) for core in cores if core is not None)
    return known if known and len(known) == len(cores) else None
