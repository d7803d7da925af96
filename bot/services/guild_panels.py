"""The panels that guilds have added: stored, mirrored in memory, and open. Asks nobody's leave.

One change at a time: what is stored, mirrored and open never differ for longer than that takes.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import InvalidPanel, UnknownPanel
from bot.domain.panels import PanelProblem
from bot.domain.wishes import alike
from bot.services.open_panels import OpenPanels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.domain.panels import StoredPanel
    from bot.domain.ports import Clock, PanelMaker, PanelStore
    from bot.domain.servers import Server, ServerRef
    from bot.services.directory import ServerDirectory
    from bot.services.open_panels import PanelLine
    from bot.services.panels import PanelEntry, PanelRegistry

log = logging.getLogger(__name__)

KEPT = timedelta(days=30)
"""For so long a removed panel can be brought back."""
MOST = 25
"""To a guild; as many as Discord suggests."""


class GuildPanels:
    """All panels of all guilds, removed ones too."""

    def __init__(
        self,
        *,
        store: PanelStore,
        maker: PanelMaker,
        panels: PanelRegistry,
        directory: ServerDirectory,
        clock: Clock,
    ) -> None:
        self._store = store
        self._panels = panels
        self.open = OpenPanels(maker, panels=panels, directory=directory)
        """What can be used of them now."""
        self._clock = clock
        self._stored: dict[str, StoredPanel] = {}
        self._changing = asyncio.Lock()

    async def open_all(self) -> None:
        """Open what is stored, at start; one that cannot be opened is logged, and stays listed."""
        self._stored = {panel.panel_id: panel for panel in await self._store.all()}
        for guild_id in {panel.guild_id for panel in self._stored.values()}:
            await self.attend(guild_id, is_here=True)

    async def attend(self, guild_id: int, *, is_here: bool) -> None:
        """Open the panels of a guild, or close those of one that the bot was removed from."""
        async with self._changing:
            for panel in self.present(guild_id):
                try:
                    self.open.open(panel) if is_here else self.open.close(panel.panel_id)
                except InvalidPanel as error:
                    log.warning("panel %s of a guild is left out: %s", panel.panel_id, error)

    def present(self, guild_id: int) -> list[StoredPanel]:
        """Return what the guild has added and not removed, by name."""
        return self._of(guild_id, lambda panel: panel.removed_at is None)

    def removed(self, guild_id: int) -> list[StoredPanel]:
        """Return what the guild can bring back, by name."""
        since = self._clock.now() - KEPT
        return self._of(guild_id, lambda p: p.removed_at is not None and p.removed_at > since)

    def of_operator(self, guild_id: int) -> list[PanelEntry]:
        """Return the panels of the configuration file that the guild may use."""
        entries = self._panels.of_guild(guild_id)
        return [entry for entry in entries if entry.panel_id not in self._stored]

    def lines(self, guild_id: int) -> list[PanelLine]:
        """Return all panels that the guild uses, its own ones first."""
        own = [self.open.line(panel.panel_id, panel) for panel in self.present(guild_id)]
        return own + [self.open.line(entry.panel_id, None) for entry in self.of_operator(guild_id)]

    def find(self, guild_id: int, text: str) -> StoredPanel:
        """Return a present panel by id or name.

        Raises `UnknownPanel`, and `InvalidPanel` for one of the configuration file.
        """
        for panel in self.present(guild_id):
            if text == panel.panel_id or alike(text) == alike(panel.name):
                return panel
        for entry in self.of_operator(guild_id):
            if text == entry.panel_id or alike(text) == alike(entry.name):
                raise InvalidPanel(PanelProblem.OF_OPERATOR)
        raise UnknownPanel(text)

    def check_name(
        self,
        guild_id: int,
        name: str,
        *,
        but: str | None = None,
        problem: PanelProblem = PanelProblem.NAME_TAKEN,
    ) -> None:
        """Raise `InvalidPanel` where another panel of the guild than `but` is called that."""
        own = ((panel.panel_id, panel.name) for panel in self.present(guild_id))
        others = ((entry.panel_id, entry.name) for entry in self.of_operator(guild_id))
        for panel_id, taken in (*own, *others):
            if panel_id != but and alike(taken) == alike(name):
                raise InvalidPanel(problem, taken)

    def check_room(self, guild_id: int) -> None:
        """Raise `InvalidPanel` where the guild has as many as it may."""
        if len(self.present(guild_id)) >= MOST:
            raise InvalidPanel(PanelProblem.TOO_MANY)

    async def add(self, panel: StoredPanel, servers: Sequence[Server] | None) -> None:
        """Store and open a new one, whose servers were listed just now if they are given."""
        async with self._changing:
            self.check_room(panel.guild_id)
            self.check_name(panel.guild_id, panel.name)
            await self._store.add(panel)
            self.open.open(panel, servers)
            self._stored[panel.panel_id] = panel

    async def change(
        self,
        panel: StoredPanel,
        make: Callable[[StoredPanel], StoredPanel],
        *,
        servers: Sequence[Server] | None = None,
    ) -> StoredPanel:
        """Store and reopen what `make` makes of the panel as it is by now.

        `panel` is as it was when the change was thought out. Raises `InvalidPanel` where somebody
        else has changed what it says since, apart from the choice of servers.
        """
        async with self._changing:
            now = self._stored.get(panel.panel_id)
            if now is None or now.removed_at is not None:
                raise UnknownPanel(panel.name)
            if replace(now, server_ids=None) != replace(panel, server_ids=None):
                raise InvalidPanel(PanelProblem.CHANGED)
            changed = make(now)
            self.check_name(changed.guild_id, changed.name, but=changed.panel_id)
            await self._keep(changed)
            self.open.open(changed, servers)
        return changed

    async def choose(
        self, panel: StoredPanel, make: Callable[[StoredPanel], StoredPanel]
    ) -> StoredPanel:
        """Store another choice of servers; what is open stays open."""
        async with self._changing:
            changed = make(self.find(panel.guild_id, panel.panel_id))
            await self._keep(changed)
            self.open.choose(changed)
        return changed

    async def use(self, guild_id: int, ref: ServerRef) -> None:
        """Let a guild use a server that it has made, where it has chosen some of its panel's."""
        panel = self._stored.get(ref.panel_id)
        if panel is not None and panel.guild_id == guild_id and panel.server_ids is not None:
            await self.choose(panel, lambda now: _with(now, ref.server_id))

    async def remove(self, panel: StoredPanel) -> None:
        """Close it; it can be brought back for a while."""
        async with self._changing:
            now = self.find(panel.guild_id, panel.panel_id)
            await self._keep(replace(now, removed_at=self._clock.now()))
            self.open.close(panel.panel_id)

    async def restore(self, guild_id: int, panel_id: str) -> StoredPanel:
        """Bring back a removed one as it was; raises `InvalidPanel` and `UnknownPanel`."""
        async with self._changing:
            found = (panel for panel in self.removed(guild_id) if panel.panel_id == panel_id)
            panel = next(found, None)
            if panel is None:
                problem = PanelProblem.NOT_REMOVED
                if any(each.panel_id == panel_id for each in self.present(guild_id)):
                    raise InvalidPanel(problem)
                raise UnknownPanel("")
            self.check_room(guild_id)
            self.check_name(guild_id, panel.name, problem=PanelProblem.NAME_GIVEN)
            panel = replace(panel, removed_at=None)
            await self._keep(panel)
            self.open.open(panel)
        return panel

    async def forget_guild(self, guild_id: int) -> None:
        """Close all panels of a guild and delete them for good."""
        async with self._changing:
            await self._store.delete_of(guild_id)
            for panel in [p for p in self._stored.values() if p.guild_id == guild_id]:
                self.open.close(panel.panel_id)
                del self._stored[panel.panel_id]

    async def purge(self) -> int:
        """Delete for good what was removed too long ago; returns how many that were."""
        before = self._clock.now() - KEPT
        async with self._changing:
            count = await self._store.purge(before)
            for panel in list(self._stored.values()):
                if panel.removed_at is not None and panel.removed_at < before:
                    del self._stored[panel.panel_id]
        return count

    def _of(self, guild_id: int, fits: Callable[[StoredPanel], bool]) -> list[StoredPanel]:
        own = (panel for panel in self._stored.values() if panel.guild_id == guild_id)
        return sorted(filter(fits, own), key=lambda panel: (alike(panel.name), panel.panel_id))

    async def _keep(self, panel: StoredPanel) -> None:
        if not await self._store.change(panel):
            # Deleted beside us, as for a guild that is gone.
            self.open.close(panel.panel_id)
            self._stored.pop(panel.panel_id, None)
            raise UnknownPanel(panel.name)
        self._stored[panel.panel_id] = panel


def _with(panel: StoredPanel, server_id: str) -> StoredPanel:
    chosen = None if panel.server_ids is None else panel.server_ids | {server_id}
    return replace(panel, server_ids=chosen)
