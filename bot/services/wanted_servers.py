"""Says which servers are to be followed live for news or boards. Opens no connection itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.domain.servers import ServerRef
    from bot.services.directory import ServerDirectory
    from bot.services.followers import Followers
    from bot.services.panels import PanelEntry, PanelRegistry


class Wanting(Protocol):
    """Who wants servers to be followed."""

    def follows(self, guild_id: int) -> Iterable[tuple[str | None, str | None]]:
        """Return the panels and servers that it wants in a guild; None is all of them."""
        ...

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call it with a guild's id when it wants others there."""
        ...


class WantedServers:
    """Looks again whenever what is wanted, or the servers of a panel, have changed."""

    def __init__(
        self,
        owner: str,
        wanting: Wanting,
        *,
        panels: PanelRegistry,
        directory: ServerDirectory,
        followers: Followers,
    ) -> None:
        self._owner = owner
        self._wanting = wanting
        self._panels = panels
        self._directory = directory
        self._followers = followers

    def look_for(self, guild_id: int) -> None:
        """Take up what is wanted now in a guild."""
        for entry in self._panels.of_guild(guild_id):
            self.look_at(entry.panel_id)

    def look_at(self, panel_id: str) -> None:
        """Take up which servers a panel has now; one that is gone has none."""
        entry = self._panels.get(panel_id)
        refs = [] if entry is None else self._wanted(entry)
        self._followers.want(f"{self._owner} of {panel_id}", refs)

    def _wanted(self, entry: PanelEntry) -> list[ServerRef]:
        wanted = {
            server_id
            for guild_id in entry.guild_ids
            for panel_id, server_id in self._wanting.follows(guild_id)
            if panel_id in (None, entry.panel_id)
        }
        if not wanted:
            return []
        return [
            server.ref
            for server in self._directory.servers_of(entry.panel_id)
            if (None in wanted or server.ref.server_id in wanted)
            and entry.uses(server.ref.server_id)
        ]
