"""What a server is, whatever panel it lives on. Knows nothing of how it is fetched or shown."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_KEY_LENGTH = 70
_CENTURY = timedelta(days=36_500)


class ServerState(StrEnum):
    """The common states; every kind of panel maps its own words to these."""

    RUNNING = "running"
    STARTING = "starting"
    STOPPING = "stopping"
    OFFLINE = "offline"
    SUSPENDED = "suspended"
    INSTALLING = "installing"
    INSTALL_FAILED = "install_failed"
    RESTORING = "restoring"
    TRANSFERRING = "transferring"
    MAINTENANCE = "maintenance"
    DELETING = "deleting"
    DELETED = "deleted"
    UNREACHABLE = "unreachable"
    UNKNOWN = "unknown"


class PowerAction(StrEnum):
    """What may be done to the power of a server."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    KILL = "kill"


class Capability(StrEnum):
    """What a panel can do beyond listing and showing; what is absent is never offered."""

    START = "start"
    STOP = "stop"
    RESTART = "restart"
    KILL = "kill"
    COMMAND = "command"
    LIVE = "live"
    """Following state, usage and console as they happen, with the last lines on request."""
    CREATE = "create"
    UPDATE = "update"
    """Change some of a server's fields."""
    REPLACE = "replace"
    """Give all of a server's fields anew."""
    BUILD = "build"
    """Change what a server may use, and its addresses."""
    SUSPEND = "suspend"
    """And unsuspend."""
    DELETE = "delete"
    FORCE_DELETE = "force_delete"
    """Delete although the server's node does not answer."""


@dataclass(frozen=True, slots=True, order=True)
class ServerRef:
    """Identity of a server: the panel's id in our configuration and the panel's own id."""

    panel_id: str
    server_id: str

    def __str__(self) -> str:
        return f"{self.panel_id}:{self.server_id}"

    @property
    def key(self) -> str:
        """At most 70 characters: with our own parts it fits a custom_id (Discord: 100)."""
        text = str(self)
        if len(text) <= _KEY_LENGTH:
            return text
        digest = hashlib.blake2b(self.server_id.encode(), digest_size=16).hexdigest()
        return f"{self.panel_id}:~{digest}"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server may use at most; None is unlimited, or not offered by the panel."""

    memory_bytes: int | None = None
    swap_bytes: int | None = None
    disk_bytes: int | None = None
    cpu_percent: float | None = None
    """100 is one core."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What a server uses at this moment; None is not offered, never zero."""

    cpu_percent: float | None = None
    """100 is one core."""
    cpu_cores_percent: tuple[float, ...] | None = None
    memory_bytes: int | None = None
    memory_limit_bytes: int | None = None
    disk_bytes: int | None = None
    disk_limit_bytes: int | None = None
    network_rx_bytes: int | None = None
    """Since the server was started."""
    network_tx_bytes: int | None = None
    """Since the server was started."""
    uptime: timedelta | None = None
    """Of the process that runs; one that cannot be, as after a jump of a clock, is not offered."""

    def __post_init__(self) -> None:
        """Take no uptime that may begin before the calendar does, or after now."""
        if self.uptime is not None and not timedelta(0) < self.uptime < _CENTURY:
            object.__setattr__(self, "uptime", None)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Accounting over a month; None is not offered, or unlimited."""

    used_bytes: int | None = None
    limit_bytes: int | None = None
    in_used_bytes: int | None = None
    in_limit_bytes: int | None = None
    out_used_bytes: int | None = None
    out_limit_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One observation of a server; text comes from the panel and is not to be trusted."""

    ref: ServerRef
    name: str
    state: ServerState
    observed_at: datetime
    """Aware, UTC."""
    read_at: datetime | None = None
    """When all but its power was read, where that was not when its power was; else None."""
    pushed_at: datetime | None = None
    """When a live connection told this state; None where the panel was asked for it."""
    is_in_use: bool = False
    """The panel says that it is neither suspended nor being installed, if its state says less."""
    description: str | None = None
    node: str | None = None
    location: str | None = None
    plan: str | None = None
    os: str | None = None
    addresses: tuple[str, ...] = ()
    """`host:port`, or a bare address; the default one first."""
    limits: Limits = field(default_factory=Limits)
    resources: Resources | None = None
    traffic: Traffic | None = None
    created_at: datetime | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    """What only this kind of panel knows; JSON values."""

    @property
    def last_read(self) -> datetime:
        """When all but its power was read."""
        return self.read_at or self.observed_at

    def heard(self, state: ServerState, resources: Resources | None, *, at: datetime) -> Server:
        """Return it with what was learned of its power at another time."""
        read_at = self.last_read if self.last_read != at else None
        return replace(self, state=state, resources=resources, observed_at=at, read_at=read_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFilter:
    """Which servers of a list are wanted; what is not given does not matter."""

    state: ServerState | None = None
    location: str | None = None
    """The name of a location, or of a node, in any case."""
    search: str = ""
    """Part of a name, an id or an address, in any case."""

    def admits(self, server: Server) -> bool:
        """Whether this one is wanted."""
        place = None if self.location is None else self.location.strip().casefold()
        places = (name.casefold() for name in (server.location, server.node) if name is not None)
        texts = (server.name, server.ref.server_id, *server.addresses)
        return (
            self.state in (None, server.state)
            and (place is None or place in places)
            and any(self.search.casefold() in text.casefold() for text in texts)
        )


def belonging(server: Server, panel_id: str) -> Server:
    """Return the same observation as one of that panel's."""
    if server.ref.panel_id == panel_id:
        return server
    return replace(server, ref=ServerRef(panel_id, server.ref.server_id))
