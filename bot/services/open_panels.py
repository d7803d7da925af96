"""Opens and closes the panels that guilds have added, and tells what is seen of them.

Stores nothing; what is stored is `guild_panels`' business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.errors import PanelUnreachable
from bot.domain.servers import belonging
from bot.services.panels import PanelEntry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.incidents import Trouble
    from bot.domain.panels import StoredPanel
    from bot.domain.ports import PanelMaker
    from bot.domain.servers import Server
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelRegistry

_POLL_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Selection:
    """A panel with all its servers, by name."""

    panel: StoredPanel
    servers: tuple[Server, ...]

    def uses(self, server: Server) -> bool:
        """Whether the guild uses it."""
        chosen = self.panel.server_ids
        return chosen is None or server.ref.server_id in chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelLine:
    """One panel as an admin sees it in the list."""

    name: str
    kind: str
    panel: StoredPanel | None
    """None for one of the configuration file."""
    servers: int
    """Those that the guild uses, as far as they are known."""
    is_open: bool
    is_read: bool
    """Whether its list is known, however old it is."""
    trouble: Trouble | None = None
    """Why the last look brought no list."""


class OpenPanels:
    """Those that can be used now."""

    def __init__(
        self, maker: PanelMaker, *, panels: PanelRegistry, directory: ServerDirectory
    ) -> None:
        self._maker = maker
        self._panels = panels
        self._directory = directory

    def open(self, panel: StoredPanel, servers: Sequence[Server] | None = None) -> None:
        """Open it, in the place of what was open of it; raises `InvalidPanel`.

        `servers` are given where they were listed just now.
        """
        opened, source = self._maker.open(panel)
        if servers is None:
            servers = self._seen_elsewhere(panel.panel_id, source)
        if servers is not None:
            self._directory.replace(panel.panel_id, servers)
        self._panels.put(
            PanelEntry(
                panel=opened,
                name=panel.name,
                guild_ids=frozenset({panel.guild_id}),
                poll_seconds=_POLL_SECONDS,
                source=source,
                server_ids=panel.server_ids,
                is_listed=servers is not None,
            )
        )

    def close(self, panel_id: str) -> None:
        """Let go of it, and of what is known of its servers."""
        self._panels.remove(panel_id)
        self._directory.drop(panel_id)

    def choose(self, panel: StoredPanel) -> None:
        """Use another choice of servers; what is open stays open."""
        if entry := self._panels.get(panel.panel_id):
            self._panels.put(replace(entry, server_ids=panel.server_ids))

    def selection(self, panel: StoredPanel) -> Selection:
        """Return a panel with its servers; raises `PanelUnreachable` while they are not known."""
        if not self._directory.is_read(panel.panel_id):
            raise PanelUnreachable(panel.panel_id, "its list was not read yet")
        return Selection(panel, tuple(self._directory.servers_of(panel.panel_id)))

    def note(self, panel: StoredPanel, servers: Sequence[Server]) -> None:
        """Take over a list that somebody has asked for."""
        if panel.panel_id in self._panels:
            self._directory.replace(panel.panel_id, servers)

    def line(self, panel_id: str, panel: StoredPanel | None) -> PanelLine:
        """Return what is to be said of a panel; without a stored one it is the operator's."""
        entry = self._panels.get(panel_id)
        if entry is None:
            # Only a stored one stays listed that could not be opened.
            name, kind = (panel.name, panel.kind) if panel else ("", "")
        else:
            name, kind = entry.name, entry.panel.kind
        servers = self._directory.servers_of(panel_id)
        return PanelLine(
            name=name,
            kind=kind,
            panel=panel,
            servers=sum(entry is not None and entry.uses(s.ref.server_id) for s in servers),
            is_open=entry is not None,
            is_read=self._directory.is_read(panel_id),
            trouble=self._directory.trouble(panel_id),
        )

    def _seen_elsewhere(self, panel_id: str, source: str) -> list[Server] | None:
        """Return the servers of the same panel as another guild's look at it has shown them."""
        for entry in self._panels.watched_as(source):
            if entry.panel_id != panel_id and self._directory.is_read(entry.panel_id):
                known = self._directory.servers_of(entry.panel_id)
                return [belonging(server, panel_id) for server in known]
        return None
