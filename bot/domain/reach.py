"""Which nodes of a panel cannot be reached, told by the states of their servers. Pure.

Several servers of a node that are out of reach are one incident; one alone is an incident too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.changes import Incident, IncidentKind
from bot.domain.incidents import begun, hiding, place_of
from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import datetime

    from bot.domain.servers import Server


class Reach:
    """What could not be reached at the last look, and since when."""

    def __init__(self) -> None:
        self._blind: dict[str, datetime] = {}

    def compare(
        self,
        panel_id: str,
        listed: Mapping[str, Server],
        *,
        known: Collection[str],
        open_ones: Iterable[Incident],
        at: datetime,
    ) -> list[Incident]:
        """Return the incidents that begin, change, or are over: those hide nothing any more."""
        blind = {
            server_id: server
            for server_id, server in listed.items()
            if server.state is ServerState.UNREACHABLE and server_id in known
        }
        held = blind.keys() & self._blind.keys()
        since = {server_id: self._blind.get(server_id, at) for server_id in blind}
        self._blind = since
        by_place: dict[str, set[str]] = {}
        for server_id, server in blind.items():
            by_place.setdefault(place_of(server.node, server_id), set()).add(server_id)
        found = []
        for incident in open_ones:
            there = by_place.pop(place_of(incident.node, incident.server_id or ""), set())
            # What one list does not have is not back because of that.
            unlisted = {key for key in incident.hidden if key in known and key not in listed}
            hidden = frozenset(there & held | there & set(incident.hidden) | unlisted)
            if hidden != frozenset(incident.hidden):
                is_gone = not hidden and _is_empty(incident, listed)
                detail = ServerState.DELETED if is_gone else None
                found.append(replace(hiding(incident, hidden), detail=detail))
        found += _new_ones(panel_id, by_place.values(), held, blind, since)
        return found


def _is_empty(incident: Incident, listed: Mapping[str, Server]) -> bool:
    """Whether it is about a node that has no servers any more."""
    is_node = incident.server_id is None
    return is_node and all(server.node != incident.node for server in listed.values())


def _new_ones(
    panel_id: str,
    places: Iterable[set[str]],
    held: Collection[str],
    blind: Mapping[str, Server],
    since: Mapping[str, datetime],
) -> Iterator[Incident]:
    for there in places:
        hidden = frozenset(there.intersection(held))
        if hidden:
            one = min(hidden)
            new = begun(
                IncidentKind.NODE,
                panel_id,
                min(since[server_id] for server_id in hidden),
                server_id=one if len(hidden) == 1 else None,
                node=blind[one].node,
            )
            yield hiding(new, hidden)
