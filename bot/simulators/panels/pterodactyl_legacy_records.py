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
LOCATION, SERVICE, OPTION = 1, 1, 1
"""The one of each that there is."""


@dataclass(eq=False, slots=True, kw_only=True)
class Record:
    """The row of a server, as far as the world does not know it."""

    owner: User
    created_at: float
    io: int = 500
    service: int = SERVICE
    option: int = OPTION
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
        self.nodes = world.nodes if nodes is None else nodes
        self.users = accounts.users
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
        return self.nodes.index(node) + 1

    def node(self, node_id: object) -> Node | None:
        """Look a node up by its number."""
        if not isinstance(node_id, int) or not 0 < node_id <= len(self.nodes):
            return None
        return self.nodes[node_id - 1]

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

    def has_location(self, location_id: object) -> bool:
        """Whether there is such a location."""
        return location_id == LOCATION

    def allocations(self) -> Sequence[tuple[int, Node, int, Server | None]]:
        """Return all addresses: number, node, port and the server that has it."""
        for server in self._here():
            for port in (server.port, *server.more_ports):
                self.allocation_id(server.node, port)
        return [
            (number, node, port, self._owner_of(node, port))
            for number, (node, port) in enumerate(self._allocations, start=1)
        ]

    def free(self) -> Sequence[tuple[Node, int]]:
        """Return all addresses that no server has."""
        return [(node, port) for _, node, port, server in self.allocations() if server is None]

    def is_free(self, node: Node, port: int) -> bool:
        """Whether there is such an address, and no server has it."""
        return (node, port) in self._allocations and self._owner_of(node, port) is None

    def _owner_of(self, node: Node, port: int) -> Server | None:
        for server in self.world.servers:
            if server.node is node and port in (server.port, *server.more_ports):
                return server
        return None

    def _here(self) -> list[Server]:
        return [server for server in self.world.servers if server.node in self.nodes]

    def _settle(self, server: Server, record: Record) -> None:
        now = self.world.clock()
        if server.installing and 0 < record.installed_at <= now:
            server.installing = False
        is_due = record.deleted_at is not None and now >= record.deleted_at + DELETE_SECONDS
        if is_due and (server.node.up or record.by_force):
            self.world.remove_server(server)
