"""What somebody sees who watches a server, from the first look to the last, and where. No logic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.errors import DeckhandError
    from bot.domain.servers import Resources, Server


class Ending(StrEnum):
    """Why a watch is over."""

    TIME = "time"
    STOPPED = "stopped"
    """By the one who watches."""
    REPLACED = "replaced"
    """By another watch of the same member: one at a time."""
    CLOSING = "closing"
    """The bot itself is being stopped."""
    DELETED = "deleted"
    NOT_ALLOWED = "not_allowed"
    """The right was taken away meanwhile."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A server at one moment; console lines are not to be trusted."""

    watch_id: str
    server: Server
    """With its state as it is now."""
    resources: Resources | None = None
    lines: tuple[str, ...] = ()
    """The last ones of the console, the newest last."""
    is_connected: bool = False
    ends_at: datetime
    """Aware, UTC."""
    ending: Ending | None = None
    """None while it goes on."""
    error: DeckhandError | None = None
    """Why it failed."""


class Screen(Protocol):
    """Where somebody watches a server."""

    async def show(self, sight: Sight) -> bool:
        """Show it in place of the one before; False where nobody can see it any more."""
        ...
