"""A Pterodactyl stand-in with one owner, and our client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from tests.panels.support import settings

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from bot.panels.pterodactyl import Pterodactyl
    from bot.simulators.world import Server
    from tests.panels.support import HastyClock


class Site:
    """A stand-in with one owner, and our client of it."""

    def __init__(self, clock: HastyClock, hub: PanelHub, *, version: str = "1.11") -> None:
        self.world = World(clock=lambda: clock.now().timestamp())
        self.node = self.world.add_node("node-1")
        self.stand_in = PterodactylStandIn(self.world, version=version, cache_seconds=0)
        self.owner = self.stand_in.add_user("owner")
        self._hub = hub

    def add(self, name: str = "Survival", *, state: str = "offline") -> Server:
        server = self.world.add_server(name, node=self.node, state=state)
        self.stand_in.own(self.owner, server)
        return server

    def panel(self, key: str | None = None) -> Pterodactyl:
        credentials = {"key": key or self.stand_in.add_key(self.owner)}
        panel = self._hub.open(settings(base_url=self.stand_in.url, credentials=credentials))
        return cast("Pterodactyl", panel)

    def asked(self, ending: str) -> int:
        return sum(request.path.endswith(ending) for request in self.stand_in.requests)
