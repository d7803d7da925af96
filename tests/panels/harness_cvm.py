"""How the contract suite starts the stand-in of CVM, in both dialects, and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.cvm import CvmStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.panels.cvm import Dialect
    from bot.simulators.world import Server
    from tests.panels.support import HastyClock

_FIELDS = (
    *("node", "virtualization_type", "hostname", "guaranteed_ram", "burstable_ram", "disk_space"),
    *("cpu_count", "traffic_in_limit", "traffic_in_used", "location", "template"),
)


class DocumentedCvmHarness:
    """CVM as document 004 has it."""

    name = "cvm-documented"
    kind = "cvm"
    options: Mapping[str, object] = MappingProxyType({"dialect": "documented"})
    capabilities = frozenset({Capability.START, Capability.STOP, Capability.RESTART})
    nulls = tuple(f"response.vpses.*.{field}" for field in _FIELDS)
    list_path = "/api/client/vps/list"
    list_field = "response.vpses"
    state_path = "/api/client/vps/{}/status"
    state_field = "response.status"
    order_path = "/"
    tells_power = True
    dead_node_state = ServerState.UNKNOWN
    only_in_details: frozenset[str] = frozenset()
    dialect: Dialect = "documented"

    def __init__(self, clock: HastyClock) -> None:
        self.world = World(clock=lambda: clock.now().timestamp())
        near, self.far = self.world.add_node("near"), self.world.add_node("far")
        self.survival = self.world.add_server("Survival", node=near, state="running")
        self.creative = self.world.add_server("Creative", node=near)
        distant = [self.world.add_server(name, node=self.far) for name in ("Lobby", "Mini")]
        self.stand_in = CvmStandIn(self.world, dialect=self.dialect)
        for server in (self.survival, self.creative, *distant):
            self.allow(server)
        self.pair = self.stand_in.accounts.add_pair("owner")

    @property
    def url(self) -> str:
        return self.stand_in.url

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"public_token": self.pair.public, "private_token": self.pair.private}

    @property
    def faults(self) -> Faults:
        return self.stand_in.faults

    @property
    def most_in_flight(self) -> int:
        return self.stand_in.most_in_flight

    def state_path_of(self, server: Server) -> str:
        return self.state_path.format(server.id)

    def allow(self, server: Server) -> None:
        self.stand_in.accounts.own("owner", server)

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()


class SourceCvmHarness(DocumentedCvmHarness):
    """CVM as its source has it, which takes a node that is down for a server that is."""

    name = "cvm-source"
    options: Mapping[str, object] = MappingProxyType({"dialect": "source"})
    capabilities = frozenset()
    list_path = "/api/client/list"
    state_path = "/api/client/vps/{}"
    dead_node_state = ServerState.OFFLINE
    dialect: Dialect = "source"


class UnsaidCvmHarness(DocumentedCvmHarness):
    """CVM as document 004 has it, which the client must find out."""

    name = "cvm-auto"
    options: Mapping[str, object] = MappingProxyType({})
