"""One harness per kind of panel: how the contract suite starts its stand-in and breaks it.

A new kind adds a class and a line in `HARNESSES`, and the whole suite runs on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from bot.domain.servers import Capability
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Node, Server
    from tests.panels.support import HastyClock


class Harness(Protocol):
    """A stand-in of one kind, with two nodes of two servers each."""

    kind: str
    capabilities: frozenset[Capability]
    nulls: tuple[str, ...]
    """Fields of a list's answer that may be null without a server being lost."""
    state_path: str
    """Where a server's state is asked for, below the server; empty where the list has it."""
    state_field: str
    """The state's word in that answer."""

    world: World
    survival: Server
    creative: Server
    far: Node
    """The node of the other two servers."""

    @property
    def url(self) -> str: ...
    @property
    def list_path(self) -> str: ...
    @property
    def credentials(self) -> Mapping[str, str]: ...
    @property
    def faults(self) -> Faults: ...
    @property
    def most_in_flight(self) -> int: ...
    def path_of(self, server: Server) -> str: ...
    def allow(self, server: Server) -> None: ...
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *_exc: object) -> None: ...


_SERVER_FIELDS = (
    *("name", "description", "node", "sftp_details", "uuid", "internal_id", "feature_limits"),
    *("limits", "limits.memory", "status", "is_suspended", "is_node_under_maintenance"),
    *("relationships", "relationships.allocations", "relationships.allocations.data"),
    "relationships.allocations.data.*.attributes",
    "relationships.allocations.data.*.attributes.ip",
)


class PterodactylHarness:
    """Pterodactyl 1.11."""

    kind = "pterodactyl"
    capabilities = frozenset(
        {
            Capability.START,
            Capability.STOP,
            Capability.RESTART,
            Capability.KILL,
            Capability.COMMAND,
        }
    )
    nulls = (
        *(f"data.*.attributes.{field}" for field in _SERVER_FIELDS),
        *("meta", "meta.pagination", "meta.pagination.total_pages"),
    )
    list_path = "/api/client"
    state_path = "/resources"
    state_field = "attributes.current_state"

    def __init__(self, clock: HastyClock) -> None:
        self.world = World(clock=lambda: clock.now().timestamp())
        near, self.far = self.world.add_node("near"), self.world.add_node("far")
        self.survival = self.world.add_server("Survival", node=near, state="running")
        self.creative = self.world.add_server("Creative", node=near)
        distant = [self.world.add_server(name, node=self.far) for name in ("Lobby", "Mini")]
        self.stand_in = PterodactylStandIn(self.world, cache_seconds=0)
        self.owner = self.stand_in.add_user("owner")
        for server in (self.survival, self.creative, *distant):
            self.allow(server)
        self.key = self.stand_in.add_key(self.owner)

    @property
    def url(self) -> str:
        return self.stand_in.url

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"key": self.key}

    @property
    def faults(self) -> Faults:
        return self.stand_in.faults

    @property
    def most_in_flight(self) -> int:
        return self.stand_in.most_in_flight

    def path_of(self, server: Server) -> str:
        return f"/api/client/servers/{server.identifier}"

    def allow(self, server: Server) -> None:
        self.stand_in.own(self.owner, server)

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()


HARNESSES: tuple[type[PterodactylHarness], ...] = (PterodactylHarness,)
