"""Which panels there are and which guilds may use them. Opens and closes none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bot.domain.ports import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelEntry:
    """An open panel and what the configuration says of it."""

    panel: Panel
    name: str
    guild_ids: frozenset[int]
    poll_seconds: float

    @property
    def panel_id(self) -> str:
        """The id in our configuration."""
        return self.panel.panel_id


class PanelRegistry:
    """All open panels by id."""

    def __init__(self, entries: Iterable[PanelEntry]) -> None:
        self._entries = {entry.panel_id: entry for entry in entries}

    def __iter__(self) -> Iterator[PanelEntry]:
        return iter(self._entries.values())

    def __getitem__(self, panel_id: str) -> PanelEntry:
        return self._entries[panel_id]

    def of_guild(self, guild_id: int) -> list[PanelEntry]:
        """Return the panels that this guild may use."""
        return [entry for entry in self if guild_id in entry.guild_ids]
