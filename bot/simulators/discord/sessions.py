"""Owns what a gateway session remembers between connections. Knows no opcodes but dispatch."""

from __future__ import annotations

import secrets
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulators.discord.entities import Guild

_BUFFERED = 1000


class Session:
    """One shard of a bot: its numbered events, kept for a later RESUME."""

    def __init__(self, shard: tuple[int, int] | None) -> None:
        self.id = secrets.token_hex(16)
        self.shard = shard
        self.sequence = 0
        self.send: Callable[[dict[str, Any]], None] | None = None
        self._buffer: deque[dict[str, Any]] = deque(maxlen=_BUFFERED)

    def owns(self, guild: Guild | None) -> bool:
        """Whether events of this guild, or direct ones, go to this shard."""
        number, count = self.shard or (0, 1)
        return number == ((guild.id >> 22) % count if guild else 0)

    def dispatch(self, event: str, body: dict[str, Any]) -> None:
        """Number an event, keep it, and send it if somebody is there."""
        self.sequence += 1
        payload = {"op": 0, "s": self.sequence, "t": event, "d": body}
        self._buffer.append(payload)
        if self.send is not None:
            self.send(payload)

    def missed(self, sequence: int) -> list[dict[str, Any]] | None:
        """Return the events after this one, or `None` if they are no longer all there."""
        later = [payload for payload in self._buffer if payload["s"] > sequence]
        return later if len(later) == self.sequence - sequence else None
