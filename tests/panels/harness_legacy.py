"""How the contract suite starts the stand-ins of Pterodactyl before 0.7 and breaks them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from bot.domain.errors import OutcomeUnknown, PanelRefused
from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from tests.panels.harness_base import NOTHING, POWER, POWER_STATES, Harness
from tests.panels.legacy_site import new_server

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.errors import PanelError
    from bot.simulators.world import Fault, Server

ADMIN = frozenset(
    {
        Capability.CREATE,
        Capability.UPDATE,
        Capability.SUSPEND,
        Capability.DELETE,
        Capability.FORCE_DELETE,
    }
)
COLUMNS = (
    *("uuid", "uuidShort", "node", "name", "suspended", "owner", "memory", "swap", "disk", "io"),
    *("cpu", "allocation", "service", "option", "startup", "installed", "created_at"),
)
PAGES = ("meta", "meta.pagination", "meta.pagination.total_pages")
CONDITIONS = MappingProxyType(
    {
        "suspended": ServerState.SUSPENDED,
        "installing": ServerState.INSTALLING,
        "install_failed": ServerState.INSTALL_FAILED,
    }
)
STATUS: Mapping[object, ServerState] = MappingProxyType(
    {
        0: ServerState.OFFLINE,
        1: ServerState.RUNNING,
        2: ServerState.STARTING,
        3: ServerState.STOPPING,
    }
)


def _columns(in_list: str, in_details: str) -> dict[tuple[str, ...], Mapping[object, ServerState]]:
    """What the columns say of a state; they stand before these."""
    return {
        (f"{in_list}suspended", f"{in_details}suspended"): {1: ServerState.SUSPENDED},
        (f"{in_list}installed", f"{in_details}installed"): {
            0: ServerState.INSTALLING,
            2: ServerState.INSTALL_FAILED,
            3: ServerState.DELETING,
        },
    }


class Legacy04Harness(Harness):
    """Pterodactyl 0.4, which never tells whether a server runs."""

    kind = "pterodactyl_legacy"
    dialect: Literal["0.4", "0.5", "0.6"] = "0.4"
    name = "pterodactyl_legacy-0.4"
    options = MappingProxyType({"dialect": "0.4"})
    capabilities = ADMIN
    list_path = "/api/servers"
    list_field = "data"
    id_fields = ("id", "uuid", "uuidShort")
    state_field = "data.*.installed"
    nulls: tuple[str, ...] = (*(f"data.*.{column}" for column in COLUMNS), *PAGES)
    tells: Mapping[str, ServerState] = dict.fromkeys(POWER_STATES, ServerState.UNKNOWN) | CONDITIONS
    words = _columns("data.*.", "server.")
    dead_node_state = ServerState.UNKNOWN
    conflicts: Mapping[str, ServerState | None] = NOTHING
    fails: Mapping[Fault, type[PanelError]] = MappingProxyType({})
    has_throttle = False
    asks_for_states = False
    wrong = MappingProxyType({"io": 5})
    stand_in: LegacyStandIn

    def set_up(self) -> Mapping[str, str]:
        self.stand_in = LegacyStandIn(self.world, dialect=self.dialect)
        self.owner = self.stand_in.accounts.add_user("owner")
        return self._pair()

    def allow(self, server: Server) -> None:
        """Allow nothing: an admin key reaches all servers."""

    def locked(self) -> Mapping[str, str]:
        return self._pair(allowed_ips=("203.0.113.9",))

    def reader(self) -> Mapping[str, str]:
        return self._pair(permissions=("api.servers.list", "api.servers.view"))

    def new_server(self) -> dict[str, object]:
        return new_server(self) | {"name": "Brand-New"}

    def options_behind(self, url: str) -> Mapping[str, object]:
        # It signs what PHP sees, and that knows nothing of the proxy.
        return {**self.options, "signed_base_url": url.replace("https://", "http://")}

    def _pair(
        self, *, permissions: tuple[str, ...] = ("*",), allowed_ips: tuple[str, ...] = ()
    ) -> Mapping[str, str]:
        pair = self.stand_in.accounts.add_key(
            self.owner, permissions=permissions, allowed_ips=allowed_ips
        )
        return {"public_key": pair.public, "secret_key": pair.secret}


class Legacy05Harness(Legacy04Harness):
    """Pterodactyl 0.5, whose list is a bare array."""

    dialect = "0.5"
    name = "pterodactyl_legacy-0.5"
    options = MappingProxyType({"dialect": "0.5"})
    capabilities = ADMIN | POWER | {Capability.BUILD}
    list_field = ""
    state_field = "daemon.status"
    nulls = tuple(f"*.{column}" for column in COLUMNS)
    tells = POWER_STATES | CONDITIONS
    words = _columns("*.", "") | {
        ("*.deleted_at", "deleted_at"): {"2017-01-01 00:00:00": ServerState.DELETING},
        ("daemon.status",): STATUS,
    }
    dead_node_state = ServerState.UNREACHABLE
    conflicts = MappingProxyType({"suspended": ServerState.SUSPENDED})
    # All that the panel says of a node is 500, also where the order was taken.
    fails = MappingProxyType({"down": OutcomeUnknown, "reset": OutcomeUnknown, 500: OutcomeUnknown})
    asks_for_states = True
    deletes_after = 600.0

    def reader(self) -> Mapping[str, str]:
        return self._pair(permissions=("api.admin.servers.list", "api.admin.servers.view"))

    def state_path_of(self, server: Server) -> str:
        return f"/api/servers/{server.id}"


class Legacy06Harness(Legacy04Harness):
    """Pterodactyl 0.6, in documents of JSON:API."""

    dialect = "0.6"
    name = "pterodactyl_legacy-0.6"
    options = MappingProxyType({"dialect": "0.6"})
    capabilities = ADMIN | POWER | {Capability.BUILD, Capability.REPLACE, Capability.COMMAND}
    list_path = "/api/admin/servers"
    id_fields = ("id", "attributes.uuid", "attributes.uuidShort")
    state_field = "included.*.attributes.status"
    nulls = (
        *(f"data.*.attributes.{column}" for column in COLUMNS),
        *("data.*.type", "data.*.attributes", "links", *PAGES),
    )
    tells = POWER_STATES | CONDITIONS
    words = _columns("data.*.attributes.", "data.attributes.") | {
        ("included.*.attributes.status",): STATUS
    }
    dead_node_state = ServerState.UNREACHABLE
    conflicts = MappingProxyType(
        {"suspended": ServerState.SUSPENDED, "installing": ServerState.INSTALLING}
    )
    fails = MappingProxyType({"down": OutcomeUnknown, "reset": OutcomeUnknown, 500: PanelRefused})
    has_throttle = True
    asks_for_states = True

    def reader(self) -> Mapping[str, str]:
        return self._pair(permissions=("server-list", "server-view", "user.server-view"))

    def replacement(self) -> dict[str, object]:
        return {"name": "Renamed", "owner_id": self.owner.id, "description": "New"}

    def state_path_of(self, server: Server) -> str:
        return f"/api/user/server/{server.uuid}"
