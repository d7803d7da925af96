"""One harness per kind of panel: how the contract suite starts its stand-in and breaks it.

A new kind adds a class and a line in `HARNESSES`, and the whole suite runs on it.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, Self

from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from tests.panels.harness_cvm import DocumentedCvmHarness, SourceCvmHarness, UnsaidCvmHarness
from tests.panels.harness_legacy import Legacy04Harness, Legacy05Harness, Legacy06Harness
from tests.panels.harness_pterodactyl_v07 import PterodactylV07Harness
from tests.panels.harness_vpsorg import ClientVpsOrgHarness, DocumentedVpsOrgHarness

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Node, Server
    from tests.panels.support import HastyClock


class Harness(Protocol):
    """A stand-in of one kind, with two nodes of two servers each."""

    name: str
    """The kind, and its dialect where it has several."""
    kind: str
    options: Mapping[str, object]
    capabilities: frozenset[Capability]
    nulls: tuple[str, ...]
    """Fields of a list's answer that may be null without a server being lost."""
    list_field: str
    """Where a list's answer has the list."""
    state_field: str
    """The state's word, in the answer from `state_path_of`."""
    order_path: str
    """How the paths of orders begin, and those of no question that goes before an order."""
    tells_power: bool
    """Whether it tells a running server from one that is offline."""
    dead_node_state: ServerState
    """What the servers of a node are that does not answer, as far as the panel tells."""
    only_in_details: frozenset[str]
    """Fields of `Server` that the list has not, or has otherwise."""

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
    def state_path_of(self, server: Server) -> str:
        """Return where a server's state is asked for: the list's path where the list has it."""
        ...

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

    name = kind = "pterodactyl"
    options: Mapping[str, object] = MappingProxyType({})
    capabilities = frozenset(
        {
            Capability.START,
            Capability.STOP,
            Capability.RESTART,
            Capability.KILL,
            Capability.COMMAND,
            Capability.LIVE,
        }
    )
    nulls = (
        *(f"data.*.attributes.{field}" for field in _SERVER_FIELDS),
        *("meta", "meta.pagination", "meta.pagination.total_pages"),
    )
    list_path = "/api/client"
    list_field = "data"
    state_field = "attributes.current_state"
    order_path = "/"
    tells_power = True
    dead_node_state = ServerState.UNREACHABLE
    only_in_details: frozenset[str] = frozenset()

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

    def state_path_of(self, server: Server) -> str:
        return f"/api/client/servers/{server.identifier}/resources"

    def allow(self, server: Server) -> None:
        self.stand_in.own(self.owner, server)

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()


HARNESSES: tuple[Callable[[HastyClock], Harness], ...] = (
    PterodactylHarness,
    PterodactylV07Harness,
    Legacy04Harness,
    Legacy05Harness,
    Legacy06Harness,
    DocumentedCvmHarness,
    SourceCvmHarness,
    UnsaidCvmHarness,
    DocumentedVpsOrgHarness,
    ClientVpsOrgHarness,
)
