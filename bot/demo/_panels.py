"""The panels of the demo: one of each kind, all over one world. Knows no Discord and no bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, Self

from bot.simulators.panels.cvm import CvmStandIn
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import Account
from bot.simulators.web import ShownPanel
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Node, Server

_OWNER = "harbourmaster"
_FIRST_PORT = 25565
_FREE_PORT = 25564
"""Where a new server may be."""
_POLL_SECONDS = 5
"""As often as a configuration may say: nobody likes to wait for what has happened."""


class StandIn(Protocol):
    """What all kinds of stand-in have in common."""

    @property
    def url(self) -> str:
        """Where it listens."""
        ...

    @property
    def faults(self) -> Faults:
        """What goes wrong on the way."""
        ...

    async def __aenter__(self) -> Self:
        """Listen."""
        ...

    async def __aexit__(self, *_exc: object) -> None:
        """Stop listening."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A panel, as a configuration must describe it, and how servers come to it.

    A server that is added stands on `node`; `take` gives it to the account of the bot.
    """

    id: str
    name: str
    kind: str
    stand_in: StandIn
    node: Node
    take: Callable[[Server], object]
    holds: Callable[[Server], bool]
    drop: Callable[[Server], None] | None = None
    """What a panel must be told of a server that is gone, where it does not look."""
    credentials: Mapping[str, str] = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The credentials, by the names of environment variables."""
        return {self._variable(name): secret for name, secret in self.credentials.items()}

    def settings(self, guild_id: int) -> dict[str, Any]:
        """Return its part of the configuration."""
        return {
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "base_url": self.stand_in.url,
            "credentials": {name: {"env": self._variable(name)} for name in self.credentials},
            "options": dict(self.options),
            "guilds": [guild_id],
            "poll_seconds": _POLL_SECONDS,
        }

    def _variable(self, name: str) -> str:
        return f"{self.id}_{name}".upper()


class Harbour:
    """All servers and the panels that they are on; in `seconds` a server can be restarted."""

    def __init__(self, seconds: float) -> None:
        self._world = World()
        self._seconds = seconds
        self._ports = count(_FIRST_PORT)
        self.sites = [self._main(), self._old(), self._ancient(), self._cloud(), self._vps()]

    @property
    def servers(self) -> dict[str, Server]:
        """All servers that there are now, by name."""
        return {server.name: server for server in self._world.servers}

    async def until_followed(self, server: Server) -> None:
        """Wait until somebody hears live of a server on the main panel."""
        await self._wings.wait_until(
            lambda: any(each.is_admitted for each in self._wings.sockets_of(server))
        )

    def shown(self) -> list[ShownPanel]:
        """Return the panels as the demo page shows them."""
        return [
            ShownPanel(
                id=site.id,
                name=site.name,
                kind=site.kind,
                faults=site.stand_in.faults,
                servers=partial(self._on, site),
                add=partial(self._add, site),
                remove=partial(self._remove, site),
            )
            for site in self.sites
        ]

    def _main(self) -> Site:
        panel = PterodactylStandIn(self._world, cache_seconds=self._seconds / 20)
        self._wings = panel.wings
        owner = panel.add_user(_OWNER, admin=True)
        amsterdam, frankfurt = map(self._world.add_node, ("amsterdam", "frankfurt"))
        panel.add_allocation(amsterdam, _FREE_PORT)
        site = Site(
            id="main",
            name="Main panel",
            kind="pterodactyl",
            stand_in=panel,
            node=amsterdam,
            take=partial(panel.own, owner),
            holds=partial(panel.accounts.owns, owner),
            credentials={
                "key": panel.add_key(owner),
                "application_key": panel.add_key(owner, application=True),
            },
        )
        self._add(site, "Survival")
        self._add(site, "Creative", node=frankfurt)
        self._add(site, "Lobby")
        self._add(site, "Events", node=frankfurt, state="offline")
        return site

    def _old(self) -> Site:
        panel = PterodactylV07StandIn(self._world)
        owner = panel.accounts.add_user(_OWNER)
        site = Site(
            id="old",
            name="Old panel",
            kind="pterodactyl_v07",
            stand_in=panel,
            node=self._world.add_node("rotterdam"),
            take=partial(panel.accounts.own, owner),
            holds=partial(panel.accounts.owns, owner),
            credentials={"key": panel.accounts.add_key(owner)},
        )
        self._add(site, "Museum")
        return site

    def _ancient(self) -> Site:
        node = self._world.add_node("antwerp")
        # Its keys reach all servers that it knows: those on its nodes.
        panel = LegacyStandIn(self._world, dialect="0.6", nodes=[node])
        key = panel.accounts.add_key(panel.accounts.add_user(_OWNER))
        site = Site(
            id="ancient",
            name="Ancient panel",
            kind="pterodactyl_legacy",
            stand_in=panel,
            node=node,
            take=lambda _server: None,
            holds=lambda server: server.node is node,
            credentials={"public_key": key.public, "secret_key": key.secret},
            options={"dialect": "0.6"},
        )
        self._add(site, "Classic", state="offline")
        return site

    def _cloud(self) -> Site:
        panel = VpsOrgStandIn(self._world)
        account = Account(email=f"{_OWNER}@example.com")
        site = Site(
            id="cloud",
            name="Cloud",
            kind="vpsorg",
            stand_in=panel,
            node=self._world.add_node("cloud"),
            take=partial(panel.rent, account),
            holds=lambda server: any(vps.server is server for vps in account.machines),
            drop=partial(_end_rent, account),
            credentials={"token": panel.add_token(account)},
        )
        self._add(site, "Website")
        return site

    def _vps(self) -> Site:
        panel = CvmStandIn(self._world)
        pair = panel.accounts.add_pair(_OWNER)
        site = Site(
            id="vps",
            name="Virtual servers",
            kind="cvm",
            stand_in=panel,
            node=self._world.add_node("hamburg"),
            take=partial(panel.accounts.own, _OWNER),
            holds=partial(panel.accounts.owns, _OWNER),
            credentials={"public_token": pair.public, "private_token": pair.private},
        )
        self._add(site, "Voice")
        return site

    def _on(self, site: Site) -> list[Server]:
        return [server for server in self._world.servers if site.holds(server)]

    def _remove(self, site: Site, server: Server) -> None:
        self._world.remove_server(server)
        if site.drop is not None:
            site.drop(server)

    def _add(
        self, site: Site, name: str, *, node: Node | None = None, state: str = "running"
    ) -> Server:
        """Add a server that moves at the pace of the demo."""
        server = self._world.add_server(
            name,
            node=node or site.node,
            state=state,
            port=next(self._ports),
            memory_mb=2048,
            description=f"The {name.lower()} world",
            start_seconds=self._seconds / 8,
            stop_seconds=self._seconds / 16,
        )
        site.take(server)
        return server


def _end_rent(account: Account, server: Server) -> None:
    account.machines[:] = [vps for vps in account.machines if vps.server is not server]
