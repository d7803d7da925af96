"""How the contract suite starts the stand-in of Pterodactyl 0.7 and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Server
    from tests.panels.support import HastyClock

_SERVER_FIELDS = (
    *("server_owner", "uuid", "name", "description", "limits", "limits.memory", "limits.swap"),
    *("limits.cpu", "feature_limits", "feature_limits.databases"),
)


class PterodactylV07Harness:
    """Pterodactyl 0.7.19."""

    name = kind = "pterodactyl_v07"
    options: Mapping[str, object] = MappingProxyType({})
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
    list_field = "data"
    state_field = "attributes.state"
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
        self.stand_in = PterodactylV07StandIn(self.world)
        self.owner = self.stand_in.accounts.add_user("owner")
        for server in (self.survival, self.creative, *distant):
            self.allow(server)
        self.key = self.stand_in.accounts.add_key(self.owner)

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
        return f"/api/client/servers/{server.identifier}/utilization"

    def allow(self, server: Server) -> None:
        self.stand_in.accounts.own(self.owner, server)

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()
