"""Keeps the directory up to date: one task per panel, alive for ever. Tells nobody."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.domain.errors import PanelError
from bot.domain.servers import belonging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.ports import Clock
    from bot.domain.servers import Server
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry

log = logging.getLogger(__name__)


class Watcher:
    """Lists every panel at its interval; a dead panel delays nobody.

    The same panel and key in several guilds is one panel here: it is listed once for all.
    """

    def __init__(self, panels: PanelRegistry, directory: ServerDirectory, clock: Clock) -> None:
        self._panels = panels
        self._directory = directory
        self._clock = clock
        self._down: set[str] = set()

    async def run(self) -> None:
        """Watch until cancelled; panels may come and go meanwhile."""
        watching: dict[str, asyncio.Task[None]] = {}
        async with asyncio.TaskGroup() as group:
            while True:
                wanted = {entry.watched_as: entry.panel_id for entry in self._panels}
                for source in watching.keys() - wanted.keys():
                    watching.pop(source).cancel()
                    self._down.discard(source)
                for source, panel_id in wanted.items():
                    if source not in watching or watching[source].done():
                        watch = self._watch(source)
                        watching[source] = group.create_task(watch, name=f"watch {panel_id}")
                await self._panels.changed()

    async def _watch(self, source: str) -> None:
        entries = self._panels.watched_as(source)
        if all(entry.is_listed for entry in entries):
            await self._clock.sleep(_interval(entries))
        while entries := self._panels.watched_as(source):
            pause = _interval(entries)
            for entry in entries:
                self._directory.expect(entry.panel_id)
            try:
                self._share(source, await entries[0].panel.list_servers())
                self._came_back(source, entries[0])
            except PanelError as error:
                for entry in self._panels.watched_as(source):
                    self._directory.fail(entry.panel_id, error)
                self._went_down(source, entries[0], error)
                pause = max(pause, error.retry_after or 0)
            except Exception:  # the loop outlives bugs: one bad answer must not end watching
                log.exception("watching panel %s failed unexpectedly", entries[0].panel_id)
            await self._clock.sleep(pause)

    def _share(self, source: str, servers: Sequence[Server]) -> None:
        """Give each entry of the panel the servers under its own id."""
        for entry in self._panels.watched_as(source):
            self._directory.replace(
                entry.panel_id, [belonging(server, entry.panel_id) for server in servers]
            )

    def _went_down(self, source: str, entry: PanelEntry, error: PanelError) -> None:
        if source not in self._down:
            self._down.add(source)
            log.warning("panel %s cannot be read: %s", entry.panel_id, error)

    def _came_back(self, source: str, entry: PanelEntry) -> None:
        if source in self._down:
            self._down.remove(source)
            log.info("panel %s can be read again", entry.panel_id)


def _interval(entries: Sequence[PanelEntry]) -> float:
    return min(entry.poll_seconds for entry in entries)
