"""Owns what the panel's database knows of servers beyond the world: eggs, limits, allocations.

Speaks no HTTP and refuses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_app_catalog import IMAGE, VANILLA, Egg

if TYPE_CHECKING:
    from bot.simulators.world import Node, Server, World


def _features() -> dict[str, int]:
    return {"databases": 2, "allocations": 3, "backups": 2}


@dataclass(slots=True, kw_only=True)
class Entry:
    """One server's row; for a server that the panel did not make itself, the usual values."""

    created_at: str
    updated_at: str
    egg: Egg = VANILLA
    image: str = IMAGE
    startup: str = VANILLA.startup
    environment: dict[str, str | None] = field(
        default_factory=lambda: {each.env: each.default for each in VANILLA.variables}
    )
    skip_scripts: bool = False
    io: int = 500
    threads: str | None = None
    oom_disabled: bool = True
    features: dict[str, int] = field(default_factory=_features)


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """A port of a node; whose it is, the world's servers say."""

    id: int
    node: Node
    port: int


class Register:
    """The rows of all servers, and all allocations; made when they are first asked for."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._entries: dict[Server, Entry] = {}
        self._allocations: list[Allocation] = []

    def entry(self, server: Server) -> Entry:
        """Return a server's row."""
        if server not in self._entries:
            now = self._now()
            self._entries[server] = Entry(created_at=now, updated_at=now)
        return self._entries[server]

    def set_egg(self, server: Server, egg: Egg) -> None:
        """Let the server be of that egg, with the egg's own start command and variables."""
        entry = self.entry(server)
        entry.egg, entry.startup = egg, egg.startup
        entry.environment = {each.env: each.default for each in egg.variables}

    def touch(self, server: Server) -> None:
        """Note that something was changed."""
        self.entry(server).updated_at = self._now()

    def add_allocation(self, node: Node, port: int) -> Allocation:
        """Let servers have that port; one that is there already stays."""
        known = self._find(node, port)
        if known is None:
            known = Allocation(id=len(self._allocations) + 1, node=node, port=port)
            self._allocations.append(known)
        return known

    def allocations(self) -> list[Allocation]:
        """Return all, by their ids."""
        for server in self._world.servers:
            for port in (server.port, *server.more_ports):
                self.add_allocation(server.node, port)
        return self._allocations

    def owned(self, server: Server) -> list[Allocation]:
        """Return a server's own, the default one first."""
        return [
            self.add_allocation(server.node, port) for port in (server.port, *server.more_ports)
        ]

    def is_free(self, allocation: Allocation) -> bool:
        """Whether no server has it."""
        return not any(
            server.node is allocation.node and allocation.port in (server.port, *server.more_ports)
            for server in self._world.servers
        )

    def _find(self, node: Node, port: int) -> Allocation | None:
        return next((a for a in self._allocations if a.node is node and a.port == port), None)

    def _now(self) -> str:
        return datetime.fromtimestamp(int(self._world.clock()), UTC).isoformat()
