"""What servers have nearly used up of their limits, told by their usage. Pure.

Knows no incidents: whoever asks says whether one is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.domain.servers import Server

_FULL_PERCENT, _EASED_PERCENT = 95.0, 85.0


class Fullness:
    """What was nearly used up at the last look: only what is so twice in a row is told."""

    def __init__(self) -> None:
        self._full: set[tuple[str, str]] = set()

    def begins(self, server_id: str, measure: str, percent: float) -> bool:
        """Take in how much is used of what is not told; whether it is to be told now."""
        place = server_id, measure
        was_full = place in self._full
        self._full.discard(place)
        if percent >= _FULL_PERCENT and not was_full:
            self._full.add(place)
        return percent >= _FULL_PERCENT and was_full

    def forget(self, server_id: str) -> None:
        """Know nothing more of a server."""
        self._full = {place for place in self._full if place[0] != server_id}


def is_eased(percent: float) -> bool:
    """Whether what was told to be nearly used up is so no more."""
    return percent < _EASED_PERCENT


def measured(server: Server) -> Iterator[tuple[str, float]]:
    """Return what of its limits a server uses, in percent, as far as the panel says so."""
    used = server.resources
    if server.state is ServerState.OFFLINE:
        yield "memory", 0.0
    elif used is not None and used.memory_bytes is not None:
        limit = used.memory_limit_bytes or server.limits.memory_bytes
        if limit:
            yield "memory", 100 * used.memory_bytes / limit
    if used is not None and used.disk_bytes is not None:
        limit = used.disk_limit_bytes or server.limits.disk_bytes
        if limit:
            yield "disk", 100 * used.disk_bytes / limit
