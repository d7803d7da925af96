"""How the contract suite starts the stand-ins of Pterodactyl before 0.7 and breaks them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, Self

from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Server
    from tests.panels.support import HastyClock

ADMIN = frozenset(
    {
        Capability.CREATE,
        Capability.UPDATE,
        Capability.SUSPEND,
        Capability.DELETE,
        Capability.FORCE_DELETE,
    }
)
POWER = frozenset({Capability.START, Capability.STOP, Capability.RESTART, Capability.KILL})
COLUMNS = (
    *("uuid", "uuidShort", "node", "name", "suspended", "owner", "memory", "swap", "disk", "io"),
    *("cpu", "allocation", "service", "option", "startup", "installed", "created_at"),
)
PAGES = ("meta", "meta.pagination", "meta.pagination.total_pages")


class Legacy04Harness:
    """Pterodactyl 0.4, which never tells whether a server runs."""

    kind = "pterodactyl_legacy"
    dialect: Literal["0.4", "0.5", "0.6"] = "0.4"
    name = "pterodactyl_legacy-0.4"
    capabilities = ADMIN
    nulls: tuple[str, ...] = (*(f"data.*.{column}" for column in COLUMNS), *PAGES)
    list_path = "/api/servers"
    list_field = "data"
    state_field = "data.*.installed"
    order_path = "/"
    tells_power = False
    dead_node_state = ServerState.UNKNOWN
    only_in_details: frozenset[str] = frozenset()

    def __init__(self, clock: HastyClock) -> None:
        self.options: Mapping[str, object] = MappingProxyType({"dialect": self.dialect})
        self.world = World(clock=lambda: clock.now().timestamp())
        near, self.far = self.world.add_node("near"), self.world.add_node("far")
        self.survival = self.world.add_server("Survival", node=near, state="running")
        self.creative = self.world.add_server("Creative", node=near)
        for name in ("Lobby", "Mini"):
            self.world.add_server(name, node=self.far)
        self.stand_in = LegacyStandIn(self.world, dialect=self.dialect, requests_per_minute=1000)
        self.owner = self.stand_in.accounts.add_user("owner")
        self.key = self.stand_in.accounts.add_key(self.owner)

    @property
    def url(self) -> str:
        return self.stand_in.url

    @property
    def credentials(self) -> Mapping[str, str]:
        return {"public_key": self.key.public, "secret_key": self.key.secret}

    @property
    def faults(self) -> Faults:
        return self.stand_in.faults

    @property
    def most_in_flight(self) -> int:
        return self.stand_in.most_in_flight

    def state_path_of(self, server: Server) -> str:
        return self.list_path

    def allow(self, server: Server) -> None:
        """Allow nothing: an admin key reaches all servers."""

    async def __aenter__(self) -> Self:
        await self.stand_in.start()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self.stand_in.close()


class Legacy05Harness(Legacy04Harness):
    """Pterodactyl 0.5, whose list is a bare array."""

    dialect = "0.5"
    name = "pterodactyl_legacy-0.5"
    capabilities = ADMIN | POWER | {Capability.BUILD}
    nulls = tuple(f"*.{column}" for column in COLUMNS)
    list_field = ""
    state_field = "daemon.status"
    order_path = "/api/me/"
    tells_power = True
    dead_node_state = ServerState.UNREACHABLE

    def state_path_of(self, server: Server) -> str:
        return f"/api/servers/{server.id}"


class Legacy06Harness(Legacy04Harness):
    """Pterodactyl 0.6, in documents of JSON:API."""

    dialect = "0.6"
    name = "pterodactyl_legacy-0.6"
    capabilities = ADMIN | POWER | {Capability.BUILD, Capability.REPLACE, Capability.COMMAND}
    nulls = (
        *(f"data.*.attributes.{column}" for column in COLUMNS),
        *("data.*.type", "data.*.attributes", "links", *PAGES),
    )
    list_path = "/api/admin/servers"
    state_field = "included.*.attributes.status"
    order_path = "/api/user/"
    tells_power = True
    dead_node_state = ServerState.UNREACHABLE

    def state_path_of(self, server: Server) -> str:
        return f"/api/user/server/{server.uuid}"
