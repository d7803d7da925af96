"""The servers of one panel as last observed, in the order of their names. Knows no rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.services.ranking import Label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.servers import Server


class Shelf:
    """Kept sorted, so that a keystroke costs no sorting."""

    def __init__(self) -> None:
        self.servers: dict[str, Server] = {}
        """By id."""
        self.labels: list[Label] = []
        """By name."""
        self._labels: dict[str, Label] = {}

    def __contains__(self, server_id: object) -> bool:
        return server_id in self.servers

    def replace(self, servers: Iterable[Server]) -> None:
        """Take over a complete list; a fresher observation of a server stays."""
        known = self.servers
        self.servers = {
            server.ref.server_id: max(
                server,
                known.get(server.ref.server_id, server),
                key=lambda observed: observed.observed_at,
            )
            for server in servers
        }
        self._sort()

    def note(self, server: Server) -> None:
        """Take over one fresh observation."""
        known = self.servers.get(server.ref.server_id)
        self.servers[server.ref.server_id] = server
        if known is None or known.name != server.name:
            self._sort()

    def forget(self, server_id: str) -> None:
        """Drop a server."""
        if self.servers.pop(server_id, None) is not None:
            self._sort()

    def label(self, server_id: str) -> Label:
        """Return the label of a server that is there."""
        return self._labels[server_id]

    def named(self, name: str) -> list[Server]:
        """Return the servers of exactly that name, in upper or lower case."""
        wanted = name.casefold()
        return [self.servers[each.ref.server_id] for each in self.labels if each.name == wanted]

    def _sort(self) -> None:
        known, self._labels = self._labels, {}
        for server_id, server in self.servers.items():
            label = known.get(server_id)
            if label is None or label.text != server.name:
                label = Label.of(server.name, server.ref)
            self._labels[server_id] = label
        self.labels = sorted(self._labels.values(), key=Label.order)
