"""Owns what makes a game server of the world a VPS: its plan, its place, its word for a state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.simulators.panels.vpsorg_catalog import Location, Plan, System
    from bot.simulators.world import Server

_FIRST_ID = 12345
_STATUS = {
    "running": "active",
    "offline": "stopped",
    "starting": "starting",
    "stopping": "stopping",
}


@dataclass(eq=False, slots=True, kw_only=True)
class Vps:
    """A rented server; times are seconds of the world's clock."""

    server: Server
    plan: Plan
    system: System
    location: Location
    hostname: str
    created_at: float
    updated_at: float
    ready_at: float | None = None
    """When it will have been provisioned."""
    backups_enabled: bool = False
    rebooting: bool = False

    @property
    def id(self) -> int:
        """Its id in the documented dialect."""
        return _FIRST_ID - 1 + self.server.id

    @property
    def uuid(self) -> str:
        """Its id in the client dialect."""
        return self.server.uuid

    @property
    def status(self) -> str:
        """The panel's word for how it is now."""
        server = self.server
        if self.ready_at is not None and server.clock() >= self.ready_at:
            self.ready_at = None
            server.installing = False
            server.begin("running")
        if server.condition is not None:
            return "suspended" if server.suspended else "provisioning"
        self.rebooting = self.rebooting and server.state in ("stopping", "starting")
        if self.rebooting:
            return "rebooting"
        return _STATUS[server.state]

    @property
    def address(self) -> str | None:
        """Its IPv4 address, of the block for documentation; none before it is provisioned."""
        if self.status == "provisioning":
            return None
        return f"203.0.113.{9 + self.server.id % 240}"

    @property
    def address6(self) -> str | None:
        """Its IPv6 address, likewise."""
        return None if self.address is None else f"2001:db8::{self.server.id:x}"

    def order(self, signal: str) -> None:
        """Pass a power signal on; the caller has seen that it makes sense."""
        self.rebooting = signal == "restart"
        self.server.power(signal)
