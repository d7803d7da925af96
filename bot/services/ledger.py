"""Stores what changed and what is to be told of it, together, and wakes who tells it.

What cannot be stored now is held and stored with the next, what never can is given up; it never
asks a panel.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict, deque
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from bot.domain.changes import News
from bot.domain.errors import StorageUnavailable
from bot.domain.news import Mark
from bot.domain.servers import ServerRef
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence

    from bot.domain.events import Event
    from bot.domain.news import Subscription
    from bot.domain.news_ports import TrackStore
    from bot.domain.ports import Clock

log = logging.getLogger(__name__)

_MOST_HELD = 50_000
_ROWS_AT_ONCE = 1_000
"""So many are stored in one transaction, which must be over before its time limit."""
_RETRY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Step:
    """What is stored together or not at all: most often one server with its events."""

    news: News
    told: Sequence[tuple[Event, Sequence[Subscription]]]
    matching: Callable[[Event], Sequence[Subscription]]

    @property
    def rows(self) -> int:
        """How much there is to be written."""
        told = sum(1 + len(subscriptions) for _, subscriptions in self.told)
        return len(self.news.tracks) + len(self.news.incidents) + told


class Ledger:
    """Some steps in one transaction, one transaction at a time, in the order they were seen.

    Steps are numbered, and the store knows the last number: what was stored though its answer came
    too late is not stored again.
    """

    def __init__(
        self,
        store: TrackStore,
        clock: Clock,
        *,
        matching: Callable[[Event], Sequence[Subscription]],
        wake: Callable[[Collection[int]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._matching = matching
        self._wake = wake
        self._run = uuid4().hex
        self._steps: deque[_Step] = deque()
        self._gone = 0
        """How many steps are stored, or dropped: the number before that of the first one here."""
        self._tried = 0
        """The last number that the store was given, and may have taken."""
        self._rows_at_once = _ROWS_AT_ONCE
        self._turn = asyncio.Lock()
        self._stirred = asyncio.Event()
        self.problem: str | None = None
        """Why the last attempt to store failed."""
        self.lost = 0
        """How many events were given up since the start."""

    @property
    def held(self) -> int:
        """How many events are not known to be stored."""
        return sum(len(step.told) for step in self._steps)

    def note(
        self, news: News, *, matching: Callable[[Event], Sequence[Subscription]] | None = None
    ) -> None:
        """Take up what is to be stored; who is told is decided now, as ever or by `matching`."""
        matching = matching or self._matching
        self._steps += [_decided(one, matching) for one in _apart(news)]
        lost = 0
        while len(self._steps) > _MOST_HELD:
            lost += len(self._drop_first().told)
        self.lost += lost
        if lost:
            log.error("%d events were dropped: too many wait for the database", lost)
        if self._steps:
            self._stirred.set()

    async def run(self) -> None:
        """Store what comes, until cancelled."""
        while True:
            await self._stirred.wait()
            self._stirred.clear()
            with outliving("storing what changed"):
                await self.save()
            if self._steps:
                await self._clock.sleep(_RETRY_SECONDS)
                self._stirred.set()

    async def save(self) -> bool:
        """Store what is held, if that can be done now; returns whether nothing is left.

        Channels are woken when all of it is there, so that it can be one message.
        """
        async with self._turn:
            return await self._save()

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Store what is held, and nothing more before the block ends; raises `StorageUnavailable`.

        Where the block has changed who is told, that is decided anew for what came meanwhile.
        """
        async with self._turn:
            if not await self._save():
                raise StorageUnavailable("what was seen before is not stored yet")
            yield
            self._steps = deque(_decided(step.news, step.matching) for step in self._steps)

    async def _save(self) -> bool:
        while self._steps:
            everything = self._gone + len(self._steps)
            channels: set[int] = set()
            try:
                while self._gone < everything:
                    channels.update(await self._save_some())
            except StorageUnavailable as error:
                self._report(error)
                return False
            finally:
                if channels:
                    self._wake(channels)
            self._report(None)
        return True

    def _next(self) -> Sequence[_Step]:
        """Return what goes into one transaction, at least one step.

        What was tried before ends where it ended then: the store has all of it, or nothing.
        """
        here = self._tried - self._gone
        left = self._rows_at_once
        found: list[_Step] = []
        for step in self._steps:
            left -= step.rows
            if found and (left < 0 or len(found) == here):
                break
            found.append(step)
        return found

    async def _save_some(self) -> Collection[int]:
        steps = self._next()
        last = self._gone + len(steps)
        self._tried = max(self._tried, last)
        away: StorageUnavailable | None = None
        channels: Collection[int] | None = None
        # What can never be stored is in the way of nothing else: ever smaller portions lead to it.
        with outliving("storing %s", steps[0].news if len(steps) == 1 else f"{len(steps)} changes"):
            try:
                channels = await self._commit(steps, Mark(self._run, last))
            except StorageUnavailable as error:
                away = error
        if channels is None and (away is None or away.is_passing):
            self._rows_at_once = max(1, sum(step.rows for step in steps) // 2)
        if away is not None:
            raise away
        if channels is None:
            if len(steps) == 1:
                self.lost += len(self._drop_first().told)
            return ()
        while self._gone < last:
            self._drop_first()
        self._rows_at_once = min(_ROWS_AT_ONCE, 2 * self._rows_at_once)
        return channels

    async def _commit(self, steps: Sequence[_Step], mark: Mark) -> Collection[int]:
        all_of_it = News()
        for step in steps:
            all_of_it.tracks.update(step.news.tracks)
            all_of_it.incidents.update(step.news.incidents)
        return await self._store.commit(
            tracks=all_of_it.tracks,
            incidents=all_of_it.incidents,
            news=[each for step in steps for each in step.told],
            mark=mark,
        )

    def _drop_first(self) -> _Step:
        self._gone += 1
        return self._steps.popleft()

    def _report(self, error: StorageUnavailable | None) -> None:
        if error is not None and self.problem is None:
            log.error("what changed cannot be stored, nothing is told until it can: %s", error)
        elif error is None and self.problem is not None:
            log.info("what changed can be stored again")
        self.problem = None if error is None else str(error)


def _decided(news: News, matching: Callable[[Event], Sequence[Subscription]]) -> _Step:
    return _Step(news, [(event, matching(event)) for event in news.events], matching)


def _apart(news: News) -> Iterable[News]:
    """Take apart what came of one look, so that thousands of changes need not go together.

    The events of a server stay with what is known of it, those of an incident with the incident,
    and one without a word of its own with its server.
    """
    found: defaultdict[object, News] = defaultdict(News)
    places: dict[str, object] = {}
    for event in news.events:
        place: object = event.ref or event.incident
        found[place].events.append(event)
        if event.incident is not None:
            places[event.incident] = place
    for ref, track in news.tracks.items():
        found[ref].tracks[ref] = track
    for key, incident in news.incidents.items():
        place = places.get(key, key)
        if key not in places and incident is not None and incident.server_id is not None:
            place = ServerRef(incident.panel_id, incident.server_id)
        found[place].incidents[key] = incident
    return found.values()
