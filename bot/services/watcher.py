"""Keeps the directory up to date: one task per panel, alive for ever. Tells nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.domain.errors import PanelError

if TYPE_CHECKING:
    from bot.domain.ports import Clock
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry

log = logging.getLogger(__name__)


class Watcher:
    """Lists every panel at its interval; a dead panel delays nobody."""

    def __init__(self, panels: PanelRegistry, directory: ServerDirectory, clock: Clock) -> None:
        self._panels = panels
        self._directory = directory
        self._clock = clock
        self._down: set[str] = set()

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            for entry in self._panels:
                group.create_task(self._watch(entry), name=f"watch {entry.panel_id}")

    async def _watch(self, entry: PanelEntry) -> None:
        while True:
            pause = entry.poll_seconds
            self._directory.expect(entry.panel_id)
            try:
                self._directory.replace(entry.panel_id, await entry.panel.list_servers())
                self._came_back(entry)
            except PanelError as error:
                self._directory.fail(entry.panel_id, error)
                self._went_down(entry, error)
                pause = max(pause, error.retry_after or 0)
            except Exception:  # the loop outlives bugs: one bad answer must not end watching
                log.exception("watching panel %s failed unexpectedly", entry.panel_id)
            await self._clock.sleep(pause)

    def _went_down(self, entry: PanelEntry, error: PanelError) -> None:
        if entry.panel_id not in self._down:
            self._down.add(entry.panel_id)
            log.warning("panel %s cannot be read: %s", entry.panel_id, error)

    def _came_back(self, entry: PanelEntry) -> None:
        if entry.panel_id in self._down:
            self._down.remove(entry.panel_id)
            log.info("panel %s can be read again", entry.panel_id)
