"""How the contract suite starts the stand-in of CVM, in both dialects, and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.errors import PanelUnreachable
from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.cvm import CvmStandIn
from tests.panels.harness_base import NOTHING, Harness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels.cvm import Dialect
    from bot.simulators.world import Server

_FIELDS = (
    *("node", "virtualization_type", "hostname", "guaranteed_ram", "burstable_ram", "disk_space"),
    *("cpu_count", "traffic_in_limit", "traffic_in_used", "location", "template"),
)


class DocumentedCvmHarness(Harness):
    """CVM as document 004 has it."""

    name = "cvm-documented"
    kind = "cvm"
    options: Mapping[str, object] = MappingProxyType({"dialect": "documented"})
    capabilities = frozenset({Capability.START, Capability.STOP, Capability.RESTART})
    list_path = "/api/client/vps/list"
    list_field = "response.vpses"
    state_path = "/api/client/vps/{}/status"
    state_field = "response.status"
    nulls = tuple(f"response.vpses.*.{field}" for field in _FIELDS)
    # A container runs or does not, however far it has come.
    tells: Mapping[str, ServerState] = MappingProxyType(
        {
            "offline": ServerState.OFFLINE,
            "starting": ServerState.RUNNING,
            "running": ServerState.RUNNING,
            "stopping": ServerState.RUNNING,
            "suspended": ServerState.SUSPENDED,
            "terminated": ServerState.DELETED,
        }
    )
    words = MappingProxyType(
        {
            ("response.status",): {
                "running": ServerState.RUNNING,
                "stopped": ServerState.OFFLINE,
                "suspended": ServerState.SUSPENDED,
                "terminated": ServerState.DELETED,
                "unknown": ServerState.UNKNOWN,
            }
        }
    )
    dead_node_state = ServerState.UNKNOWN
    conflicts: Mapping[str, ServerState | None] = MappingProxyType(
        {"suspended": None, "terminated": None}
    )
    fails = MappingProxyType({"down": PanelUnreachable, "reset": PanelUnreachable})
    has_rights = False
    has_throttle = False
    dialect: Dialect = "documented"
    stand_in: CvmStandIn

    def set_up(self) -> Mapping[str, str]:
        self.stand_in = CvmStandIn(self.world, dialect=self.dialect)
        public, private = self.stand_in.accounts.add_pair("owner")
        return {"public_token": public, "private_token": private}

    def allow(self, server: Server) -> None:
        self.stand_in.accounts.own("owner", server)

    def locked(self) -> Mapping[str, str]:
        public, private = self.stand_in.accounts.add_pair("owner", client_access=False)
        return {"public_token": public, "private_token": private}

    def state_path_of(self, server: Server) -> str:
        return self.state_path.format(server.id)

    def put(self, server: Server, word: str) -> None:
        if word == "terminated":
            self.stand_in.calls.terminated.add(server)
        else:
            super().put(server, word)


class SourceCvmHarness(DocumentedCvmHarness):
    """CVM as its source has it, which takes a node that is down for a server that is."""

    name = "cvm-source"
    options = MappingProxyType({"dialect": "source"})
    capabilities = frozenset()
    list_path = "/api/client/list"
    state_path = "/api/client/vps/{}"
    tells = MappingProxyType({**DocumentedCvmHarness.tells, "terminated": ServerState.UNKNOWN})
    dead_node_state = ServerState.OFFLINE
    # It takes no orders.
    conflicts = NOTHING
    fails = MappingProxyType({})
    dialect = "source"


class UnsaidCvmHarness(DocumentedCvmHarness):
    """CVM as document 004 has it, which the client must find out."""

    name = "cvm-auto"
    options = NOTHING
