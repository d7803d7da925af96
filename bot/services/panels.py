"""Which panels there are and which guilds may use them. Opens and closes none of them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.errors import UnknownPanel
from bot.domain.haste import SHARE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from bot.domain.ports import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelEntry:
    """An open panel and what the configuration, or the guild that added it, says of it."""

    panel: Panel
    name: str
    guild_ids: frozenset[int]
    poll_seconds: float
    background_share: float = SHARE
    """How much of the panel's budget watching may take; the rest is for people."""
    source: str = ""
    """Opaque; entries of the same source are the same panel and key, and are listed once."""
    server_ids: frozenset[str] | None = None
    """Those that may be seen; None is all, also future ones."""
    is_listed: bool = False
    """Its servers were listed just before: the first look can wait for its time."""

    @property
    def panel_id(self) -> str:
        """The id in our configuration, or the one we gave it."""
        return self.panel.panel_id

    @property
    def watched_as(self) -> str:
        """What is listed; without a source the panel alone."""
        return self.source or self.panel_id

    def uses(self, server_id: str) -> bool:
        """Whether a server of the panel is one of those that may be seen."""
        return self.server_ids is None or server_id in self.server_ids


class PanelRegistry:
    """All open panels by id; they come and go while the bot runs."""

    def __init__(self, entries: Iterable[PanelEntry] = ()) -> None:
        self._entries = {entry.panel_id: entry for entry in entries}
        self._changed = asyncio.Event()
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call it with a panel's id when that has come, gone or changed."""
        self._listeners.append(listener)

    def __iter__(self) -> Iterator[PanelEntry]:
        return iter(tuple(self._entries.values()))

    def __contains__(self, panel_id: object) -> bool:
        return panel_id in self._entries

    def __getitem__(self, panel_id: str) -> PanelEntry:
        """Return an open panel; raises `UnknownPanel` for one that is gone by now."""
        if panel_id not in self._entries:
            raise UnknownPanel(panel_id)
        return self._entries[panel_id]

    def get(self, panel_id: str) -> PanelEntry | None:
        """Return an open panel, None where it is not open."""
        return self._entries.get(panel_id)

    def of_guild(self, guild_id: int) -> list[PanelEntry]:
        """Return the panels that this guild may use."""
        return [entry for entry in self if guild_id in entry.guild_ids]

    def find(self, guild_id: int, text: str) -> PanelEntry | None:
        """Return the panel of this guild that has this id or name."""
        entries = self.of_guild(guild_id)
        by_name = {entry.name.casefold(): entry for entry in entries}
        by_name |= {entry.panel_id: entry for entry in entries}
        return by_name.get(text.strip().casefold())

    def watched_as(self, source: str) -> list[PanelEntry]:
        """Return the entries that one look at their panel serves."""
        return [entry for entry in self if entry.watched_as == source]

    def put(self, entry: PanelEntry) -> None:
        """Take up a panel, in the place of the one of that id if there is one."""
        self._entries[entry.panel_id] = entry
        self._tell(entry.panel_id)

    def remove(self, panel_id: str) -> None:
        """Let go of a panel; from now on nobody finds it."""
        self._entries.pop(panel_id, None)
        self._tell(panel_id)

    async def changed(self) -> None:
        """Wait for the next change, or return for one since the last call; for one waiter."""
        await self._changed.wait()
        self._changed.clear()

    def _tell(self, panel_id: str) -> None:
        self._changed.set()
        for listener in self._listeners:
            listener(panel_id)
