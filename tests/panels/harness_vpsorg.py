"""How the contract suite starts the stand-in of vps.org, in both dialects, and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import Account
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.panels.vpsorg import Dialect
    from bot.simulators.world import Server
    from tests.panels.support import HastyClock

_FIELDS = ("hostname", "created_at")
_DOCUMENTED = (
    *("location", "ip_address", "updated_at", "plan", "plan.vcpus", "plan.memory", "plan.storage"),
    *("os", "os.name", "name"),
)
_CLIENT = (
    *("ipv4_addresses", "ipv6_addresses", "location_name", "plan_name", "os_name", "deployed"),
)


class DocumentedVpsOrgHarness:
    """vps.org as document 001 has it."""

    name = "vpsorg-documented"
    kind = "vpsorg"
    options: Mapping[str, object] = MappingProxyType({})
    capabilities = frozenset(
        {
            Capability.START,
            Capability.STOP,
            Capability.RESTART,
            Capability.CREATE,
            Capability.UPDATE,
            Capability.REPLACE,
            Capability.DELETE,
        }
    )
    nulls: tuple[str, ...] = (
        *(f"results.*.{field}" for field in (*_FIELDS, *_DOCUMENTED, "status")),
        "count",
    )
    list_path = "/api/v1/servers/"
    list_field = "results"
    state_field = "results.*.status"
    order_path = "/"
    tells_power = True
    # The service shows no nodes; what it knows of a server it goes on saying.
    dead_node_state = ServerState.OFFLINE
    only_in_details = frozenset({"addresses", "resources", "traffic", "extra"})
    dialect: Dialect = "documented"

    def __init__(self, clock: HastyClock) -> None:
        self.world = World(clock=lambda: clock.now().timestamp())
        near, self.far = self.world.add_node("near"), self.world.add_node("far")
        self.survival = self.world.add_server("Survival", node=near, state="running")
        self.creative = self.world.add_server("Creative", node=near)
        distant = [self.world.add_server(name, node=self.far) for name in ("Lobby", "Mini")]
        self.stand_in = VpsOrgStandIn(self.world, dialect=self.dialect)
        self.account = Account(email="owner@example.com")
        for server in (self.survival, self.creative, *distant):
            self.allow(server)
        self.token = self.stand_in.add_token(self.account)

    @property
    def url(self) -> str:
        return self.stand_in.url

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"token": self.token}

    @property
    def faults(self) -> Faults:
        return self.stand_in.faults

    @property
    def most_in_flight(self) -> int:
        return self.stand_in.most_in_flight

    def state_path_of(self, _server: Server) -> str:
        return self.list_path

    def allow(self, server: Server) -> None:
        self.stand_in.rent(self.account, server)

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()


class ClientVpsOrgHarness(DocumentedVpsOrgHarness):
    """vps.org as its own client speaks to it."""

    name = "vpsorg-client"
    options: Mapping[str, object] = MappingProxyType({"dialect": "client"})
    capabilities = frozenset(
        {
            Capability.START,
            Capability.STOP,
            Capability.RESTART,
            Capability.KILL,
            Capability.CREATE,
            Capability.BUILD,
            Capability.DELETE,
        }
    )
    nulls: tuple[str, ...] = (
        *(f"results.*.{field}" for field in (*_FIELDS, *_CLIENT, "status")),
        *("count", "next", "previous"),
    )
    only_in_details = frozenset({"location", "plan", "os", "limits", "traffic", "extra"})
    dialect: Dialect = "client"
