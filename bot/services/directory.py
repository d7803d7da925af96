"""What is known of all servers, in memory, seen through the asker's rights. Asks no panel."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.errors import (
    AmbiguousServer,
    PanelRateLimited,
    PanelUnreachable,
    UnknownServer,
)
from bot.domain.servers import ServerRef, ServerState
from bot.services.ranking import Match, match

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.access import Actor
    from bot.domain.errors import PanelError
    from bot.domain.servers import Server
    from bot.services.access import AccessService
    from bot.services.panels import PanelRegistry

_RECENT = 5


class ServerDirectory:
    """The last observation of every server; rebuilt from the panels at each start."""

    def __init__(self, panels: PanelRegistry, access: AccessService) -> None:
        self._panels = panels
        self._access = access
        self._servers: dict[str, dict[str, Server]] = {}
        self._errors: dict[str, PanelError] = {}
        self._recent: dict[tuple[int, int], deque[ServerRef]] = {}

    def replace(self, panel_id: str, servers: Iterable[Server]) -> None:
        """Take over a complete list of a panel's servers; a fresher observation of one stays."""
        known = self._servers.get(panel_id, {})
        self._servers[panel_id] = {
            server.ref.server_id: max(
                server,
                known.get(server.ref.server_id, server),
                key=lambda observed: observed.observed_at,
            )
            for server in servers
        }
        self._errors.pop(panel_id, None)

    def note(self, server: Server) -> None:
        """Take over one fresh observation."""
        self._servers.setdefault(server.ref.panel_id, {})[server.ref.server_id] = server

    def forget(self, ref: ServerRef) -> None:
        """Drop a server that its panel no longer knows."""
        self._servers.get(ref.panel_id, {}).pop(ref.server_id, None)

    def fail(self, panel_id: str, error: PanelError) -> None:
        """Note that a panel gave no list: its servers are out of sight, not offline."""
        self._errors[panel_id] = error
        if isinstance(error, PanelRateLimited):
            return
        known = self._servers.get(panel_id, {})
        for server in known.values():
            self.note(unreachable(server))

    def is_read(self, panel_id: str) -> bool:
        """Whether a panel's list is known, however old it is."""
        return panel_id in self._servers

    def servers_of(self, panel_id: str) -> list[Server]:
        """Return all servers of a panel by name, also those that its guild does not use."""
        known = self._servers.get(panel_id, {}).values()
        return sorted(known, key=lambda server: (server.name.casefold(), server.ref.server_id))

    def drop(self, panel_id: str) -> None:
        """Forget a panel that is gone, with its servers."""
        self._servers.pop(panel_id, None)
        self._errors.pop(panel_id, None)

    def remember(self, actor: Actor, ref: ServerRef) -> None:
        """Note that the actor used this server, for ranking."""
        recent = self._recent.setdefault((actor.guild_id, actor.user_id), deque(maxlen=_RECENT))
        if ref in recent:
            recent.remove(ref)
        recent.appendleft(ref)

    async def visible(self, actor: Actor) -> list[Server]:
        """Return what the actor may see in this guild, by panel and name."""
        servers = (
            server
            for entry in self._panels.of_guild(actor.guild_id)
            for server in self._servers.get(entry.panel_id, {}).values()
            if entry.uses(server.ref.server_id)
        )
        allowed = [
            server
            for server in servers
            if (await self._access.decide(actor, Action.VIEW, server.ref)).allowed
        ]
        return sorted(allowed, key=lambda server: (server.ref.panel_id, server.name.casefold()))

    async def resolve(self, actor: Actor, text: str) -> Server:
        """Find a server by key, id or name.

        Raises `UnknownServer` alike for one that does not exist and one that may not be seen,
        `AmbiguousServer`, and the panel's own error while its list was never read.
        """
        text = text.strip()
        servers = await self.visible(actor)
        for same in (_has_key, _has_id, _has_name):
            found = [server for server in servers if same(server, text)]
            if len(found) == 1:
                return found[0]
            if found:
                raise AmbiguousServer(text, tuple(found))
        raise self.blind_spot(actor) or UnknownServer(text)

    def blind_spot(self, actor: Actor) -> PanelError | None:
        """Return why a panel of this guild was never read, if one was not."""
        for entry in self._panels.of_guild(actor.guild_id):
            if entry.panel_id not in self._servers:
                unread = PanelUnreachable(entry.panel_id, "its list was not read yet")
                return self._errors.get(entry.panel_id, unread)
        return None

    async def search(self, actor: Actor, typed: str) -> list[Server]:
        """Return what the actor may see and may mean: own recent ones first, then by match."""
        recent = list(self._recent.get((actor.guild_id, actor.user_id), ()))
        ranked = []
        for server in await self.visible(actor):
            quality = min(match(server.name, typed), match(server.ref.server_id, typed))
            if quality is not Match.NONE:
                age = recent.index(server.ref) if server.ref in recent else _RECENT
                ranked.append((age, quality, server.name.casefold(), server))
        return [row[-1] for row in sorted(ranked, key=lambda row: row[:3])]


def unreachable(server: Server) -> Server:
    """Return the server as out of sight; the time of its last observation stays."""
    return replace(server, state=ServerState.UNREACHABLE, resources=None)


def _has_key(server: Server, text: str) -> bool:
    return text in (server.ref.key, str(server.ref))


def _has_id(server: Server, text: str) -> bool:
    return text == server.ref.server_id


def _has_name(server: Server, text: str) -> bool:
    return text.casefold() == server.name.strip().casefold()
