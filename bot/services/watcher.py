"""Keeps the directory up to date: one task per panel, alive for ever. Makes no news of it."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING

from bot.domain.errors import PanelError
from bot.domain.haste import Background, in_background
from bot.domain.ports import LivePanel
from bot.domain.servers import Capability, belonging
from bot.services.attention import Attention
from bot.services.background import outliving
from bot.services.crew import one_task_each
from bot.services.followers import Followers
from bot.services.pacing import Pace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bot.domain.ports import Clock
    from bot.domain.servers import Server
    from bot.domain.watching import PanelHealth
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry
    from bot.services.sightings import Sightings

log = logging.getLogger(__name__)

_CHECK_SECONDS = 15.0
_FIRST_AT_ONCE = 10
_FIRST_SECONDS = 0.1
"""From one first look to the next where there are more of them."""


class Watcher:
    """Lists every panel at its interval; a dead panel delays nobody, and is asked less and less.

    The same panel and key in several guilds is one panel here: it is listed once for all.
    """

    def __init__(
        self,
        panels: PanelRegistry,
        directory: ServerDirectory,
        clock: Clock,
        *,
        observer: Sightings,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.attention = Attention(panels, directory, clock, observer=observer)
        self.followers = Followers(
            panels, directory, clock, observer=observer, attention=self.attention
        )
        self._panels = panels
        self._directory = directory
        self._clock = clock
        self._observer = observer
        self._chance = chance
        self._paces: dict[str, Pace] = {}
        self._down: set[str] = set()
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call it with a panel's id after each list of its servers."""
        self._listeners.append(listener)

    async def run(self) -> None:
        """Watch until cancelled; panels may come and go meanwhile."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.followers.run(), name="followers")
            group.create_task(self.attention.run(), name="attention")
            group.create_task(self._check(), name="self-check")
            await one_task_each(self._sources, self._watch, changed=self._panels.changed)

    def health(self) -> Mapping[str, PanelHealth]:
        """Return how well each panel is watched, by its id."""
        return {
            entry.panel_id: self._paces[entry.watched_as].health(
                followed=self.followers.count(entry.watched_as)
            )
            for entry in self._panels
            if entry.watched_as in self._paces
        }

    def _sources(self) -> set[str]:
        self.followers.check()
        sources = {entry.watched_as for entry in self._panels}
        self._paces = {source: pace for source, pace in self._paces.items() if source in sources}
        self._down &= sources
        return sources

    async def _watch(self, source: str) -> None:
        if not (entries := self._panels.watched_as(source)):
            return
        pace = self._paces[source] = Pace(
            self._clock, interval=_interval(entries), chance=self._chance
        )
        if all(entry.is_listed for entry in entries):
            await self._clock.sleep(pace.before_the_first())
        elif (more := sum(each.is_new for each in self._paces.values()) - _FIRST_AT_ONCE) > 0:
            await self._clock.sleep(more * _FIRST_SECONDS)
        while entries := self._panels.watched_as(source):
            pace.interval = _interval(entries)
            pace.begin()
            with outliving("watching panel %s", entries[0].panel_id):
                await self._look(source, entries, pace)
            await self._clock.sleep(pace.rest())

    async def _look(self, source: str, entries: Sequence[PanelEntry], pace: Pace) -> None:
        for entry in entries:
            self._directory.expect(entry.panel_id)
        try:
            listed = await self._list(source, entries[0], pace)
        except PanelError as error:
            entries = self._panels.watched_as(source)
            for entry in entries:
                self._directory.fail(entry.panel_id, error)
            self._went_down(source, entries, error)
            pace.fail(type(error).__name__, at_least=error.retry_after or 0)
            await self._observer.failed(entries, error, self._clock.now())
        else:
            if entries := self._panels.watched_as(source):
                await self._share(entries, listed)
                self._came_back(source, entries[0], pace)
            pace.succeed(len(listed))

    async def _list(self, source: str, entry: PanelEntry, pace: Pace) -> Sequence[Server]:
        background = Background(
            self._clock,
            share=entry.background_share,
            pause=pace.between_questions,
            spread=pace.for_questions,
        )
        panel, known = entry.panel, self.followers.readings(source)
        with in_background(background):
            if known and Capability.LIVE in panel.capabilities and isinstance(panel, LivePanel):
                return await panel.list_around(known)
            return await panel.list_servers()

    async def _share(self, entries: Sequence[PanelEntry], listed: Sequence[Server]) -> None:
        """Give each entry of the panel the servers under its own id."""
        for entry in entries:
            self._directory.replace(
                entry.panel_id, [belonging(server, entry.panel_id) for server in listed]
            )
            for listener in self._listeners:
                listener(entry.panel_id)
        # Not the list itself: of some servers fresher things were heard while it came.
        servers = self._directory.servers_of(entries[0].panel_id)
        await self._observer.looked(entries, servers, self._clock.now())

    def _went_down(self, source: str, entries: Sequence[PanelEntry], error: PanelError) -> None:
        if entries and source not in self._down:
            self._down.add(source)
            log.warning("panel %s cannot be read: %s", entries[0].panel_id, error)

    def _came_back(self, source: str, entry: PanelEntry, pace: Pace) -> None:
        if pace.is_late:
            pace.is_late = False
            log.warning("panel %s is seen again, after %.0f s", entry.panel_id, pace.lag)
        if source in self._down:
            self._down.remove(source)
            log.info("panel %s can be read again", entry.panel_id)

    async def _check(self) -> None:
        """Tell the operator of panels that nothing was seen of for long, for whatever reason."""
        while True:
            await self._clock.sleep(_CHECK_SECONDS)
            for source, pace in self._paces.items():
                for entry in self._panels.watched_as(source)[:1]:
                    if pace.is_overdue and not pace.is_late:
                        pace.is_late = True
                        log.warning(
                            "panel %s was not seen for %.0f s, more than five intervals",
                            entry.panel_id,
                            pace.lag,
                        )


def _interval(entries: Sequence[PanelEntry]) -> float:
    return min(entry.poll_seconds for entry in entries)
