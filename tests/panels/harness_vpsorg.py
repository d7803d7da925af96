"""How the contract suite starts the stand-in of vps.org, in both dialects, and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.errors import PanelUnreachable
from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import READ, Account
from bot.simulators.panels.vpsorg_catalog import LOCATIONS, PLANS, SYSTEMS
from tests.panels.harness_base import NOTHING, POWER_STATES, Harness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels.vpsorg import Dialect
    from bot.simulators.world import Server

_FIELDS = ("hostname", "created_at", "status")
_DOCUMENTED = (
    *("location", "ip_address", "updated_at", "plan", "plan.vcpus", "plan.memory", "plan.storage"),
    *("os", "os.name", "name"),
)
_CLIENT = (
    *("ipv4_addresses", "ipv6_addresses", "location_name", "plan_name", "os_name", "deployed"),
)
_OTHER_PLAN = PLANS[1]


class DocumentedVpsOrgHarness(Harness):
    """vps.org as document 001 has it."""

    name = "vpsorg-documented"
    kind = "vpsorg"
    options: Mapping[str, object] = NOTHING
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
    list_path = "/api/v1/servers/"
    list_field = "results"
    state_field = "results.*.status"
    nulls: tuple[str, ...] = (*(f"results.*.{name}" for name in (*_FIELDS, *_DOCUMENTED)), "count")
    only_in_details = frozenset({"addresses", "resources", "traffic", "extra"})
    tells = POWER_STATES | {
        "suspended": ServerState.SUSPENDED,
        "installing": ServerState.INSTALLING,
    }
    words = MappingProxyType(
        {
            ("results.*.status", "status"): {
                "active": ServerState.RUNNING,
                "stopped": ServerState.OFFLINE,
                "suspended": ServerState.SUSPENDED,
                "provisioning": ServerState.INSTALLING,
                "starting": ServerState.STARTING,
                "stopping": ServerState.STOPPING,
                "rebooting": ServerState.STARTING,
            }
        }
    )
    # The service shows no nodes; what it knows of a server it goes on saying.
    dead_node_state = ServerState.OFFLINE
    # Only what has no effect is a conflict, and what is suspended.
    conflicts = MappingProxyType({"suspended": ServerState.SUSPENDED, "installing": None})
    fails = MappingProxyType({"down": PanelUnreachable})
    asks_for_states = False
    wrong: Mapping[str, object] = MappingProxyType({"plan_id": 99})
    dialect: Dialect = "documented"
    stand_in: VpsOrgStandIn

    def set_up(self) -> Mapping[str, str]:
        self.stand_in = VpsOrgStandIn(self.world, dialect=self.dialect)
        self.account = Account(email="owner@example.com")
        return {"token": self.stand_in.add_token(self.account)}

    def allow(self, server: Server) -> None:
        self.stand_in.rent(self.account, server)

    def locked(self) -> Mapping[str, str]:
        token = self.stand_in.add_token(self.account)
        self.stand_in.accounts.revoke(token)
        return {"token": token}

    def reader(self) -> Mapping[str, str]:
        return {"token": self.stand_in.add_token(self.account, scopes=[READ])}

    def new_server(self) -> dict[str, object]:
        return {
            "name": "Brand-New",
            "plan_id": PLANS[0].id,
            "os_id": SYSTEMS[0].id,
            "location": LOCATIONS[0].code,
        }

    def replacement(self) -> dict[str, object]:
        return {"name": "Renamed", "hostname": "renamed.example.com", "backups_enabled": True}


class ClientVpsOrgHarness(DocumentedVpsOrgHarness):
    """vps.org as its own client speaks to it."""

    name = "vpsorg-client"
    options = MappingProxyType({"dialect": "client"})
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
    nulls = (
        *(f"results.*.{field}" for field in (*_FIELDS, *_CLIENT)),
        *("count", "next", "previous"),
    )
    only_in_details = frozenset({"location", "plan", "os", "limits", "traffic", "extra"})
    wrong = MappingProxyType({"plan": "no such plan"})
    new_limits = MappingProxyType({"plan": _OTHER_PLAN.uuid})
    new_memory_mb = _OTHER_PLAN.memory
    wrong_limits = MappingProxyType({"plan": "no such plan"})
    dialect = "client"

    def new_server(self) -> dict[str, object]:
        return {
            "hostname": "Brand-New",
            "plan": PLANS[0].uuid,
            "os_version": SYSTEMS[0].uuid,
            "location": LOCATIONS[0].id,
        }
