"""What admins mean by the name of a server or a panel, and what those are called. Asks no right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import UnknownPanel
from bot.domain.servers import ServerRef

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.servers import Server
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry


class Places:
    """Who may configure the bot may know all names in the guild, whatever he may view himself."""

    def __init__(self, panels: PanelRegistry, directory: ServerDirectory) -> None:
        self._panels = panels
        self._directory = directory

    async def find(
        self, actor: Actor, *, server: str | None, panel: str | None
    ) -> tuple[str | None, str | None]:
        """Return the ids of a panel and a server; neither is all.

        Raises `UnknownServer`, `AmbiguousServer` and `UnknownPanel`.
        """
        if server:
            ref = (await self.server(actor, server)).ref
            return ref.panel_id, ref.server_id
        if panel:
            entry = self._panels.find(actor.guild_id, panel)
            if entry is None:
                raise UnknownPanel(panel)
            return entry.panel_id, None
        return None, None

    async def server(self, actor: Actor, text: str) -> Server:
        """Return a server of the guild; raises as `ServerDirectory.resolve`."""
        return await self._directory.resolve(_seeing_all(actor), text)

    async def servers(self, actor: Actor, typed: str) -> list[Server]:
        """Return the servers of the guild that may be meant."""
        return await self._directory.search(_seeing_all(actor), typed)

    def panels(self, actor: Actor, typed: str) -> list[PanelEntry]:
        """Return the panels of the guild that may be meant."""
        entries = self._panels.of_guild(actor.guild_id)
        return [entry for entry in entries if typed.casefold() in entry.name.casefold()]

    def names(
        self, guild_id: int, panel_id: str | None, server_id: str | None
    ) -> tuple[str | None, str | None]:
        """Return what a panel and a server are called; None where that is not to be found."""
        if panel_id is None:
            return None, None
        entry = self._panels.get(panel_id)
        panel = entry.name if entry and guild_id in entry.guild_ids else None
        if server_id is None:
            return panel, None
        server = self._directory.known(guild_id, ServerRef(panel_id, server_id))
        return panel, server.name if server else None


def _seeing_all(actor: Actor) -> Actor:
    return replace(actor, is_admin=True)
