"""What bringing incidents to their end needs from the world outside. Protocols only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from bot.domain.news_ports import TrackStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.news import Subscription


class IncidentStore(TrackStore, Protocol):
    """What was told last and what goes on, and who was told of that."""

    async def hearers(self, panel_id: str) -> Mapping[str, Sequence[Subscription]]:
        """Return by incident of a panel, of those not over, by which subscriptions it was told.

        It may be on its way to them still. That they tell of the panel now is not asked.
        """
        ...
