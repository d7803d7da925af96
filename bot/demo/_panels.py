"""The panels of the demo: one of each kind, all over one world. Knows no Discord and no bot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self

from bot.simulators.panels.cvm import CvmStandIn
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.panels.pterodactyl_legacy import LegacyStandIn
from bot.simulators.panels.pterodactyl_v07 import PterodactylV07StandIn
from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import Account
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.world import Node, Server

_OWNER = "harbourmaster"
_FREE_PORT = 25600
"""Where a new server may be."""


class StandIn(Protocol):
    """What all kinds of stand-in have in common."""

    @property
    def url(self) -> str:
        """Where it listens."""
        ...

    async def __aenter__(self) -> Self:
        """Listen."""
        ...

    async def __aexit__(self, *_exc: object) -> None:
        """Stop listening."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A panel, as a configuration must describe it."""

    id: str
    name: str
    kind: str
    stand_in: StandIn
    credentials: Mapping[str, str] = field(repr=False)
    options: Mapping[str, str] = field(default_factory=dict)
    poll_seconds: int = 15

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
            "poll_seconds": self.poll_seconds,
        }

    def _variable(self, name: str) -> str:
        return f"{self.id}_{name}".upper()


class Harbour:
    """All servers and the panels that they are on; in `seconds` a server can be restarted."""

    def __init__(self, seconds: float) -> None:
        self._world = World()
        self._seconds = seconds
        self.sites = [self._main(), self._old(), self._ancient(), self._cloud(), self._vps()]
        self.servers = {server.name: server for server in self._world.servers}

    def _main(self) -> Site:
        panel = PterodactylStandIn(self._world, cache_seconds=self._seconds / 20)
        owner = panel.add_user(_OWNER, admin=True)
        amsterdam, frankfurt = map(self._world.add_node, ("amsterdam", "frankfurt"))
        for server in (
            self._add("Survival", amsterdam),
            self._add("Creative", frankfurt),
            self._add("Lobby", amsterdam),
            self._add("Events", frankfurt, state="offline"),
        ):
            panel.own(owner, server)
        panel.add_allocation(amsterdam, _FREE_PORT)
        return Site(
            id="main",
            name="Main panel",
            kind="pterodactyl",
            stand_in=panel,
            credentials={
                "key": panel.add_key(owner),
                "application_key": panel.add_key(owner, application=True),
            },
            poll_seconds=5,
        )

    def _old(self) -> Site:
        panel = PterodactylV07StandIn(self._world)
        owner = panel.accounts.add_user(_OWNER)
        panel.accounts.own(owner, self._add("Museum", self._world.add_node("rotterdam")))
        return Site(
            id="old",
            name="Old panel",
            kind="pterodactyl_v07",
            stand_in=panel,
            credentials={"key": panel.accounts.add_key(owner)},
        )

    def _ancient(self) -> Site:
        node = self._world.add_node("antwerp")
        # Its keys reach all servers that it knows.
        panel = LegacyStandIn(self._world, dialect="0.6", nodes=[node])
        self._add("Classic", node, state="offline")
        key = panel.accounts.add_key(panel.accounts.add_user(_OWNER))
        return Site(
            id="ancient",
            name="Ancient panel",
            kind="pterodactyl_legacy",
            stand_in=panel,
            credentials={"public_key": key.public, "secret_key": key.secret},
            options={"dialect": "0.6"},
        )

    def _cloud(self) -> Site:
        panel = VpsOrgStandIn(self._world)
        account = Account(email=f"{_OWNER}@example.com")
        panel.rent(account, self._add("Website", self._world.add_node("cloud")))
        return Site(
            id="cloud",
            name="Cloud",
            kind="vpsorg",
            stand_in=panel,
            credentials={"token": panel.add_token(account)},
        )

    def _vps(self) -> Site:
        panel = CvmStandIn(self._world)
        panel.accounts.own(_OWNER, self._add("Voice", self._world.add_node("hamburg")))
        pair = panel.accounts.add_pair(_OWNER)
        return Site(
            id="vps",
            name="Virtual servers",
            kind="cvm",
            stand_in=panel,
            credentials={"public_token": pair.public, "private_token": pair.private},
        )

    def _add(self, name: str, node: Node, *, state: str = "running") -> Server:
        """Add a server that moves at the pace of the demo."""
        return self._world.add_server(
            name,
            node=node,
            state=state,
            port=25565 + len(self._world.servers),
            memory_mb=2048,
            description=f"The {name.lower()} world",
            start_seconds=self._seconds / 8,
            stop_seconds=self._seconds / 16,
        )
