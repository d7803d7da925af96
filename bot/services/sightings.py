"""Who is told of all that is seen of panels and servers. Makes nothing of it itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.domain.errors import PanelError
    from bot.domain.servers import Server, ServerRef, ServerState
    from bot.services.panels import PanelEntry


class Sightings(Protocol):
    """Whoever makes news of what is seen."""

    async def looked(
        self, entries: Sequence[PanelEntry], servers: Sequence[Server], at: datetime
    ) -> None:
        """Take in a complete list of a panel that one or several guilds have as `entries`.

        The servers are those of the first entry's panel id.
        """
        ...

    async def looked_at(self, entries: Sequence[PanelEntry], server: Server, at: datetime) -> None:
        """Take in one server, asked for apart; it tells nothing of the others."""
        ...

    async def failed(self, entries: Sequence[PanelEntry], error: PanelError, at: datetime) -> None:
        """Take in that a panel gave no list."""
        ...

    async def pushed(
        self, ref: ServerRef, state: ServerState, at: datetime, *, is_first: bool = False
    ) -> None:
        """Take in what a live connection has told; before its first word nobody looked."""
        ...
