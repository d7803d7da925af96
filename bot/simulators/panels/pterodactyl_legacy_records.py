"""Owns what a panel before 0.7 keeps about servers beside the world: owners, dates, addresses.

Speaks no dialect.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.simulators.panels.pterodactyl_legacy_accounts import Accounts, User
    from bot.simulators.world import Node, Server, World

DELETE_SECONDS = 600.0
INSTALL_SECONDS = 30.0


@dataclass(eq=False, slots=True, kw_only=True)
class Record:
    """The row of a server, as far as the world does not know it."""

    owner: User
    created_at: float
    io: int = 500
    service: int = 1
    option: int = 1
    startup: str = "java -jar {{SERVER_JARFILE}}"
    installed_at: float = 0.0
    deleted_at: float | None = None
    by_force: bool = False
    rebuilding: bool = False
    """The node takes a power signal, and does it only after it has rebuilt the container."""
    token: str = field(default_factory=lambda: secrets.token_hex(18))
    """A secret between panel and node."""


class Records:
    """All rows and all addresses; what lies ahead of a server happens when it is looked at."""

    def __init__(
        self, world: World, accounts: Accounts, *, nodes: Sequence[Node] | None = None
    ) -> None:
        self.world = world
        self._nodes = world.nodes if nodes is None else nodes
        self.find_owner = accounts.find_user
        self._owner = accounts.add_user("root")
        self._records: dict[Server, Record] = {}
        self._allocations: list[tuple[Node, int]] = []

    def servers(self) -> Sequence[Server]:
        """Return all servers that are still there."""
        for server in self._here():
            self._settle(server, self.of(server))
        return self._here()

    def find(self, wanted: str) -> Server | None:
        """Look a server up by id, uuid or the head of the uuid."""
        return next(
            (
                server
                for server in self.servers()
                if wanted in (str(server.id), server.uuid, server.identifier)
            ),
            None,
        )

    def of(self, server: Server) -> Record:
        """Return the row of a server."""
        if server not in self._records:
            record = Record(owner=self._owner, created_at=self.world.clock())
            self._records[server] = record
        return self._records[server]

    def add(self, server: Server, record: Record) -> None:
        """Keep the row of a new server, whose installation begins."""
        self._records[server] = record
        record.installed_at = self.world.clock() + INSTALL_SECONDS
        server.installing = True

    def node_id(self, node: Node) -> int:
        """Return the number of a node."""
        return self._nodes.index(node) + 1

    def node(self, node_id: object) -> Node | None:
        """Look a node up by its number."""
        if not isinstance(node_id, int) or not 0 < node_id <= len(self._nodes):
            return None
        return self._nodes[node_id - 1]

    def allocation_id(self, node: Node, port: int) -> int:
        """Return the number of an address, which there is from now on."""
        if (node, port) not in self._allocations:
            self._allocations.append((node, port))
        return self._allocations.index((node, port)) + 1

    def allocation(self, allocation_id: object) -> tuple[Node, int] | None:
        """Look an address up by its number."""
        if not isinstance(allocation_id, int) or not 0 < allocation_id <= len(self._allocations):
            return None
        return self._allocations[allocation_id - 1]

    def is_free(self, node: Node, port: int) -> bool:
        """Whether there is such an address, and no server has it."""
        return (node, port) in self._allocations and not any(
            server.node is node and port in (server.port, *server.more_ports)
            for server in self.world.servers
        )

    def _here(self) -> list[Server]:
        return [server for server in self.world.servers if server.node in self._nodes]

    def _settle(self, server: Server, record: Record) -> None:
        now = self.world.clock()
        if server.installing and 0 < record.installed_at <= now:
            server.installing = False
        is_due = record.deleted_at is not None and now >= record.deleted_at + DELETE_SECONDS
        if is_due and (server.node.up or record.by_force):
            self.world.remove_server(server)
