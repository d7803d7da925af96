"""The servers of one panel as last observed, in the order of their names. Knows no rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.freshness import CACHED, merged
from bot.services.ranking import Label

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from bot.domain.servers import Server


class Shelf:
    """Kept sorted, so that a keystroke costs no sorting."""

    def __init__(self, staleness: timedelta = CACHED) -> None:
        """`staleness` is how old what the panel answers may be."""
        self._staleness = staleness
        self.servers: dict[str, Server] = {}
        """By id."""
        self.labels: list[Label] = []
        """By name."""
        self._labels: dict[str, Label] = {}

    def __contains__(self, server_id: object) -> bool:
        return server_id in self.servers

    def replace(self, servers: Iterable[Server]) -> None:
        """Take over a complete list; what was observed later of a server stays."""
        known = self.servers
        self.servers = {
            server.ref.server_id: self._merged(known.get(server.ref.server_id), server)
            for server in servers
        }
        self._sort()

    def note(self, server: Server) -> Server:
        """Take over one observation; returns what is known with it."""
        known = self.servers.get(server.ref.server_id)
        now = self._merged(known, server)
        self.servers[server.ref.server_id] = now
        if known is None or known.name != now.name:
            self._sort()
        return now

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

    def _merged(self, known: Server | None, seen: Server) -> Server:
        return seen if known is None else merged(known, seen, staleness=self._staleness)

    def _sort(self) -> None:
        known, self._labels = self._labels, {}
        for server_id, server in self.servers.items():
            label = known.get(server_id)
            if label is None or label.text != server.name:
                label = Label.of(server.name, server.ref)
            self._labels[server_id] = label
        self.labels = sorted(self._labels.values(), key=Label.order)
