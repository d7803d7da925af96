"""A Pterodactyl stand-in with one owner, and our client of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import Collection

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


def open_admin(
    site: Site, hub: PanelHub, *, rights: Collection[str] | None = None, key: str | None = None
) -> Pterodactyl:
    """Open the panel with the owner's client key and an application key of a root admin."""
    admin = site.stand_in.add_user("admin", admin=True)
    application = key or site.stand_in.add_key(admin, application=True, rights=rights)
    credentials = {"key": site.stand_in.add_key(site.owner), "application_key": application}
    panel = hub.open(settings(base_url=site.stand_in.url, credentials=credentials))
    return cast("Pterodactyl", panel)


def wish(site: Site, **changes: object) -> dict[str, object]:
    """Return what a new server wants, at an allocation of its own."""
    values: dict[str, object] = {
        "name": "Creative",
        "user": site.owner.id,
        "egg": 4,
        "docker_image": "ghcr.io/pterodactyl/yolks:java_21",
        "startup": "java -jar {{SERVER_JARFILE}}",
        "environment": {"SERVER_JARFILE": "server.jar", "VANILLA_VERSION": "latest"},
        "limits": {"memory": 1024, "swap": 0, "disk": 5120, "io": 500, "cpu": 100},
        "feature_limits": {"databases": 0, "backups": 0},
        "allocation": {"default": site.stand_in.add_allocation(site.node, 25570)},
    }
    return values | changes
