"""Gathers what a board shows from what is known of servers. Shows nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.boards import Content, Line, Lost, look, recalled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.boards import Board, Seen
    from bot.domain.servers import ServerRef
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry


class BoardLines:
    """Everything is shown that the guild uses, whoever may see it: an admin has put it there."""

    def __init__(self, panels: PanelRegistry, directory: ServerDirectory) -> None:
        self._panels = panels
        self._directory = directory
        self._seen: dict[ServerRef, Seen] = {}

    def remember(self, seen: Mapping[ServerRef, Seen]) -> None:
        """Take up what an earlier run of the bot knew."""
        self._seen |= {ref: recalled(one) for ref, one in seen.items()}

    def forget_gone(self) -> None:
        """Drop what was known of servers that are gone; of a panel that was not read, none."""
        known = {
            panel_id: {server.ref for server in self._directory.servers_of(panel_id)}
            for panel_id in {ref.panel_id for ref in self._seen}
            if self._panels.get(panel_id) is not None
        }
        self._seen = {
            ref: seen
            for ref, seen in self._seen.items()
            if ref.panel_id in known
            and (ref in known[ref.panel_id] or not self._directory.is_read(ref.panel_id))
        }

    def guilds_of(self, panel_id: str) -> frozenset[int] | None:
        """Return the guilds that use a panel, None where it is not open."""
        entry = self._panels.get(panel_id)
        return None if entry is None else entry.guild_ids

    def of(self, board: Board) -> Content | None:
        """Return what is to be shown, None as long as a panel of it was not looked at."""
        entries = sorted(self._panels.of_guild(board.guild_id), key=lambda entry: entry.panel_id)
        shown = [entry for entry in entries if board.panel_id in (None, entry.panel_id)]
        unread = [entry for entry in shown if not self._directory.is_read(entry.panel_id)]
        lost = [Lost(each.name, self._directory.trouble(each.panel_id)) for each in unread]
        if any(panel.trouble is None for panel in lost):
            return None
        lines = [line for entry in shown for line in self._lines(board, entry, several=len(shown))]
        return Content(
            title=shown[0].name if board.panel_id and not board.server_id and shown else None,
            lines=tuple(lines),
            lost=tuple(lost),
            is_panel_gone=board.panel_id is not None and not shown,
        )

    def _lines(self, board: Board, entry: PanelEntry, *, several: int) -> list[Line]:
        found = []
        for server in self._directory.servers_of(entry.panel_id):
            if board.covers(server.ref) and entry.uses(server.ref.server_id):
                seen = self._seen[server.ref] = look(self._seen.get(server.ref), server)
                found.append(
                    Line(
                        server=server,
                        seen=seen,
                        panel=entry.name if several > 1 else None,
                        capabilities=entry.panel.capabilities,
                    )
                )
        return found
