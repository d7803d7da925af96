"""How the contract suite starts the stand-in of Pterodactyl 0.7 and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.errors import PanelConflict, PanelRefused, PanelUnreachable
from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from tests.panels.harness_base import POWER, POWER_STATES, Harness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.world import Server

_SERVER_FIELDS = (
    *("server_owner", "uuid", "name", "description", "limits", "limits.memory", "limits.swap"),
    *("limits.cpu", "feature_limits", "feature_limits.databases"),
)
# The node answers 403 and 404, and the panel tells neither.
_CONDITIONS = MappingProxyType(
    {"suspended": ServerState.UNKNOWN, "installing": ServerState.UNKNOWN}
)


class PterodactylV07Harness(Harness):
    """Pterodactyl 0.7.19."""

    name = kind = "pterodactyl_v07"
    capabilities = POWER | {Capability.COMMAND}
    list_path = "/api/client"
    list_field = "data"
    id_fields = ("attributes.identifier", "attributes.uuid")
    state_field = "attributes.state"
    nulls = (
        *(f"data.*.attributes.{field}" for field in _SERVER_FIELDS),
        *("meta", "meta.pagination", "meta.pagination.total_pages"),
    )
    tells = POWER_STATES | _CONDITIONS
    words = MappingProxyType(
        {
            ("attributes.state",): {
                "on": ServerState.RUNNING,
                "off": ServerState.OFFLINE,
                "starting": ServerState.STARTING,
                "stopping": ServerState.STOPPING,
            }
        }
    )
    dead_node_state = ServerState.UNREACHABLE
    conflicts = _CONDITIONS
    fails = MappingProxyType(
        {
            "down": PanelUnreachable,
            "reset": PanelUnreachable,
            500: PanelRefused,
            403: PanelConflict,
        }
    )
    stand_in: PterodactylV07StandIn

    def set_up(self) -> Mapping[str, str]:
        self.stand_in = PterodactylV07StandIn(self.world)
        self.owner = self.stand_in.accounts.add_user("owner")
        self.key = self.stand_in.accounts.add_key(self.owner)
        return {"key": self.key}

    def allow(self, server: Server) -> None:
        self.stand_in.accounts.own(self.owner, server)

    def locked(self) -> Mapping[str, str]:
        return {"key": self.stand_in.accounts.add_key(self.owner, allowed_ips=["203.0.113.9"])}

    def reader(self) -> Mapping[str, str]:
        accounts = self.stand_in.accounts
        friend = accounts.add_user("friend")
        accounts.add_subuser(friend, self.survival, permissions=["view-files"])
        return {"key": accounts.add_key(friend)}

    def state_path_of(self, server: Server) -> str:
        return f"/api/client/servers/{server.identifier}/utilization"
