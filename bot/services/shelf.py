"""The servers of one panel as last observed, in the order of their names. Knows no rights."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.freshness import CACHED, newest
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
        """Take over a complete list; a fresher observation of a server stays."""
        known = self.servers
        self.servers = {
            server.ref.server_id: self._fresher(known.get(server.ref.server_id), server)
            for server in servers
        }
        self._sort()

    def note(self, server: Server) -> Server:
        """Take over one fresh observation; returns what is known with it."""
        known = self.servers.get(server.ref.server_id)
        now = server if known is None else newest(known, server, staleness=self._staleness)
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

    def _fresher(self, known: Server | None, listed: Server) -> Server:
        if known is None:
            return listed
        if known.last_read > listed.observed_at:
            return known
        if known.observed_at <= listed.observed_at:
            return newest(known, listed, staleness=self._staleness)
        # Of its power more was heard while the list came.
        fresher = listed.heard(known.state, known.resources, at=known.observed_at)
        return replace(fresher, pushed_at=known.pushed_at)

    def _sort(self) -> None:
        known, self._labels = self._labels, {}
        for server_id, server in self.servers.items():
            label = known.get(server_id)
            if label is None or label.text != server.name:
                label = Label.of(server.name, server.ref)
            self._labels[server_id] = label
        self.labels = sorted(self._labels.values(), key=Label.order)
