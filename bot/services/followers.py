"""Follows servers over live connections, for all who want that. Decides nothing of what comes."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.errors import PanelError
from bot.domain.haste import Background, in_background
from bot.domain.ports import LivePanel
from bot.domain.servers import Capability, ServerRef, ServerState
from bot.services.background import outliving
from bot.services.crew import Bell, one_task_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from bot.domain.ports import Clock
    from bot.domain.servers import Server
    from bot.services.attention import Attention
    from bot.services.directory import ServerDirectory
    from bot.services.panels import PanelEntry, PanelRegistry
    from bot.services.sightings import Sightings

log = logging.getLogger(__name__)

_MOST = 1000
_MOST_OF_A_PANEL = 500
"""New tokens for these, one each eight minutes, are half of what a panel's budget has for us."""
_AT_ONCE = 4
"""Connections of one panel that are being opened."""
_BETWEEN_TOKENS = 0.25
"""Seconds; what the budget has left then is shared with the lists."""
_AGAIN_SECONDS = 300.0
_GOOD_FOR = timedelta(seconds=30)
"""How old the last word of a server may be to count for a look; who runs says one each second."""
_NOTED_EVERY = timedelta(seconds=2)

_ABOVE_POWER = frozenset(
    {
        ServerState.SUSPENDED,
        ServerState.INSTALLING,
        ServerState.INSTALL_FAILED,
        ServerState.RESTORING,
        ServerState.TRANSFERRING,
        ServerState.MAINTENANCE,
        ServerState.DELETING,
    }
)
"""Of these only the panel tells; what its node says meanwhile is beside the point."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One server of one panel, whatever guilds have it."""

    source: str
    server_id: str


class Followers:
    """One connection for each server that somebody wants followed, where its panel has them.

    Panels without them, and connections that do not come about, are looked at as ever. So are
    those that are too many; owners that want few are served first.
    """

    def __init__(
        self,
        panels: PanelRegistry,
        directory: ServerDirectory,
        clock: Clock,
        *,
        observer: Sightings,
        attention: Attention,
    ) -> None:
        self._panels = panels
        self._directory = directory
        self._clock = clock
        self._observer = observer
        self._attention = attention
        self._wanted: dict[str, frozenset[ServerRef]] = {}
        self._readings: dict[_Place, live.Reading] = {}
        self._doors: dict[str, tuple[asyncio.Semaphore, Background]] = {}
        self._bell = Bell()

    def want(self, owner: str, refs: Iterable[ServerRef]) -> None:
        """Follow these for that owner, and no longer those that it wanted before."""
        wanted = frozenset(refs)
        if wanted == self._wanted.get(owner, frozenset()):
            return
        if wanted:
            self._wanted[owner] = wanted
        else:
            del self._wanted[owner]
        self._bell.ring()

    def check(self) -> None:
        """Panels have come or gone."""
        self._bell.ring()

    async def run(self) -> None:
        """Follow until cancelled."""
        try:
            await one_task_each(self._places, self._follow, changed=self._bell.heard)
        finally:
            self._readings.clear()

    def readings(self, source: str) -> dict[str, live.Reading]:
        """Return what is known just now of a panel's servers without asking it, by id."""
        since = self._clock.now() - _GOOD_FOR
        return {
            place.server_id: reading
            for place, reading in self._readings.items()
            if place.source == source and reading.at >= since
        }

    def count(self, source: str) -> int:
        """Return of how many servers of a panel a connection tells."""
        return sum(place.source == source for place in self._readings)

    def _places(self) -> set[_Place]:
        places: set[_Place] = set()
        counts: Counter[str] = Counter()
        for place in self._in_order():
            if len(places) == _MOST:
                break
            if place not in places and counts[place.source] < _MOST_OF_A_PANEL:
                places.add(place)
                counts[place.source] += 1
        for source in self._doors.keys() - counts.keys():
            del self._doors[source]
        return places

    def _in_order(self) -> Iterator[_Place]:
        for refs in sorted(self._wanted.values(), key=len):
            for ref in sorted(refs, key=str):
                entry = self._panels.get(ref.panel_id)
                if entry is not None and entry.uses(ref.server_id) and _live(entry):
                    yield _Place(entry.watched_as, ref.server_id)

    async def _follow(self, place: _Place) -> None:
        while entries := self._panels.watched_as(place.source):
            with outliving("following %s:%s", entries[0].panel_id, place.server_id):
                try:
                    if await self._follow_once(place, entries[0]):
                        return
                except PanelError as error:
                    log.debug("not following %s: %s", place.server_id, error)
                finally:
                    self._readings.pop(place, None)
            await self._clock.sleep(_AGAIN_SECONDS)

    async def _follow_once(self, place: _Place, entry: PanelEntry) -> bool:
        """Follow until there is nothing more to come; returns whether the server is gone."""
        panel = _live(entry)
        if panel is None:
            return True
        door, background = self._door(place.source, entry)
        with in_background(background):
            async with AsyncExitStack() as opening:
                await opening.enter_async_context(door)
                async with panel.watch(place.server_id) as server:
                    async for event in server:
                        await opening.aclose()
                        await self._take(place, event)
        return True

    def _door(self, source: str, entry: PanelEntry) -> tuple[asyncio.Semaphore, Background]:
        if source not in self._doors:
            background = Background(
                self._clock, share=entry.background_share, pause=_BETWEEN_TOKENS
            )
            self._doors[source] = asyncio.Semaphore(_AT_ONCE), background
        return self._doors[source]

    async def _take(self, place: _Place, event: live.Event) -> None:
        reading = self._readings.get(place)
        match event:
            case live.State(at=at, state=state) if state is not ServerState.UNKNOWN:
                is_down = state is ServerState.OFFLINE
                resources = None if is_down or reading is None else reading.resources
                self._readings[place] = live.Reading(at, state, resources)
                await self._tell(place, self._readings[place], is_first=reading is None)
            case live.Stats(at=at, resources=resources) if reading is not None:
                self._readings[place] = replace(reading, at=at, resources=resources)
                self._note(place, self._readings[place])
            case live.Disconnected():
                self._readings.pop(place, None)
            case live.Install(phase=phase) if phase is not live.InstallPhase.OUTPUT:
                self._ask_anew(place)
            case live.Transfer(status=str()) | live.Restored():
                self._ask_anew(place)
            case live.Deleted():
                for entry in self._panels.watched_as(place.source):
                    self._directory.forget(ServerRef(entry.panel_id, place.server_id))

    async def _tell(self, place: _Place, reading: live.Reading, *, is_first: bool) -> None:
        for ref in self._note(place, reading, pushed_at=reading.at):
            await self._observer.pushed(ref, reading.state, reading.at, is_first=is_first)

    def _note(
        self, place: _Place, reading: live.Reading, *, pushed_at: datetime | None = None
    ) -> list[ServerRef]:
        """Let the directory know, figures now and then; returns whom it was about."""
        noted = []
        for entry in self._panels.watched_as(place.source):
            known = self._directory.get(ServerRef(entry.panel_id, place.server_id))
            if known is None or known.state in _ABOVE_POWER:
                continue
            if pushed_at is None and (
                _is_ahead(known, reading) or reading.at - known.observed_at < _NOTED_EVERY
            ):
                continue
            read = _as_read(known, reading)
            self._directory.note(replace(read, pushed_at=pushed_at or known.pushed_at))
            noted.append(known.ref)
        return noted

    def _ask_anew(self, place: _Place) -> None:
        """What happens to the server is no matter of power: the panel knows more."""
        self._readings.pop(place, None)
        for entry in self._panels.watched_as(place.source):
            self._attention.attend(ServerRef(entry.panel_id, place.server_id))


def _live(entry: PanelEntry) -> LivePanel | None:
    panel = entry.panel
    if Capability.LIVE in panel.capabilities and isinstance(panel, LivePanel):
        return panel
    return None


def _is_ahead(known: Server, reading: live.Reading) -> bool:
    """Whether another connection has pushed what this one will: its figures are of before that."""
    return known.pushed_at is not None and known.state is not reading.state


def _as_read(known: Server, reading: live.Reading) -> Server:
    resources = reading.resources
    if resources is not None:
        resources = replace(
            resources,
            memory_limit_bytes=known.limits.memory_bytes,
            disk_limit_bytes=known.limits.disk_bytes,
        )
    return known.heard(reading.state, resources, at=reading.at)
