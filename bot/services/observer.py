"""The one place that takes in what is seen of servers, by whatever. Asks no panel.

Every observation goes to the watch of its panel; what comes of it is stored and told.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Outcome
from bot.domain.changes import Order
from bot.domain.errors import StorageUnavailable
from bot.domain.events import Asker
from bot.domain.orders import ORDERS, Orders
from bot.domain.panel_watch import PanelWatch
from bot.domain.panels import is_given
from bot.domain.servers import ServerRef, belonging
from bot.services.background import outliving

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bot.domain.audit import AuditEntry
    from bot.domain.changes import Incident, News, Track
    from bot.domain.errors import PanelError
    from bot.domain.news_ports import TrackStore
    from bot.domain.ports import Clock
    from bot.domain.servers import Server, ServerState
    from bot.services.ledger import Ledger
    from bot.services.panels import PanelEntry, PanelRegistry

log = logging.getLogger(__name__)

_SETTLE_SECONDS = 1.0
_RETRY_SECONDS = 5.0
_STOP_WORDS = frozenset({"stop", "end", "exit", "quit", "shutdown", "restart", "reboot"})
"""What consoles take for an order to go down."""
_CAME_TO_NOTHING = (Outcome.DENIED, Outcome.REFUSED, Outcome.FAILED, Outcome.NO_EFFECT)


class Observer:
    """Makes nothing of what it sees before it has read what was told last."""

    def __init__(
        self, *, store: TrackStore, ledger: Ledger, panels: PanelRegistry, clock: Clock
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._panels = panels
        self._clock = clock
        self._watches: dict[str, PanelWatch] = {}
        self._names = {entry.panel_id: entry.name for entry in panels}
        """Of all panels that there are, or were a moment ago."""
        self._left: dict[str, tuple[dict[str, Track], list[Incident]]] | None = None
        """By panel, what an earlier run of the bot has left; None until it is read."""
        self._reading = asyncio.Lock()
        self._orders = Orders()
        self._unsettled = asyncio.Event()
        self._changed = asyncio.Event()
        """A panel may be gone."""
        self._changed.set()
        self._listeners: list[Callable[[str], None]] = []
        panels.listen(self._panel_changed)

    def listen(self, listener: Callable[[str], None]) -> None:
        """Call it with a panel's id after a look at it, be it that there was no list."""
        self._listeners.append(listener)

    async def looked(
        self, entries: Sequence[PanelEntry], servers: Sequence[Server], at: datetime
    ) -> None:
        """Take in a complete list of a panel that one or several guilds have as `entries`."""
        if not await self._is_ready():
            return
        for entry in entries:
            if watch := self._watch(entry.panel_id):
                own = [belonging(server, entry.panel_id) for server in servers]
                self._take(entry.panel_id, watch.looked(own, at))
                self._tell_looked(entry.panel_id)

    async def looked_at(self, entries: Sequence[PanelEntry], server: Server, at: datetime) -> None:
        """Take in one server, asked for apart."""
        if not await self._is_ready():
            return
        for entry in entries:
            if watch := self._watch(entry.panel_id):
                own = [belonging(server, entry.panel_id)]
                self._take(entry.panel_id, watch.looked(own, at, is_complete=False))

    async def failed(self, entries: Sequence[PanelEntry], error: PanelError, at: datetime) -> None:
        """Take in that a panel gave no list."""
        if not await self._is_ready():
            return
        for entry in entries:
            if watch := self._watch(entry.panel_id):
                self._take(entry.panel_id, watch.failed(error, at))
                self._tell_looked(entry.panel_id)

    async def pushed(
        self, ref: ServerRef, state: ServerState, at: datetime, *, is_first: bool = False
    ) -> None:
        """Take in what a live connection has told; before its first word nobody looked."""
        if not await self._is_ready():
            return
        if watch := self._watch(ref.panel_id):
            self._take(ref.panel_id, watch.pushed(ref.server_id, state, at, is_first=is_first))

    def asked(self, ref: ServerRef, action: str, asker: Asker, at: datetime) -> None:
        """Take in that somebody ordered something."""
        order = Order(action=Action(action), asker=asker, at=at)
        source, now = self._source(ref), self._clock.now()
        for entry in self._panels.watched_as(source) if order.action is not Action.UPDATE else ():
            if watch := self._watch(entry.panel_id):
                self._take(entry.panel_id, watch.asked(ref.server_id, at, now))
        self._orders.give(source, ref.server_id, order, now=now)

    def created(self, ref: ServerRef, at: datetime) -> None:
        """Take in which server came of a creation that was ordered at that time."""
        self._orders.created(self._source(ref), ref.server_id, at)

    async def done(
        self, ref: ServerRef, action: str, asker: Asker, at: datetime, *, seen: Server
    ) -> bool:
        """Take in that the end of an order was seen; returns whether its news are stored.

        To be repeated until they are, be it after a restart: they are told once.
        """
        if not await self._is_ready():
            return False
        self.asked(ref, action, asker, at)
        source, now = self._source(ref), self._clock.now()
        self._orders.conclude(source, ref.server_id, Action(action), at, done_at=seen.observed_at)
        for entry in self._panels.watched_as(source):
            if watch := self._watch(entry.panel_id):
                self._take(entry.panel_id, watch.done(belonging(seen, entry.panel_id), now))
        return await self._ledger.save()

    def noted(self, entry: AuditEntry) -> None:
        """Take in an attempt as it is written down: an order, or what came of it."""
        action = _ordered(entry)
        if action is None:
            return
        which = self._source(entry.ref), entry.ref.server_id, action, entry.at
        if entry.outcome is Outcome.SENT:
            self.asked(entry.ref, action, Asker(entry.user_id, entry.guild_id), entry.at)
        elif entry.outcome in (Outcome.DONE, Outcome.NOT_UP):
            self._orders.conclude(*which, done_at=self._clock.now())
        elif entry.outcome in _CAME_TO_NOTHING:
            self._orders.take_back(*which)

    async def run(self) -> None:
        """Store what is seen, and tell what had to hold for a moment, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ledger.run(), name="ledger")
            group.create_task(self._forget(), name="panels that are gone")
            while True:
                await self._unsettled.wait()
                await self._clock.sleep(_SETTLE_SECONDS)
                self._unsettled.clear()
                with outliving("telling what has held"):
                    for panel_id, watch in self._watches.items():
                        if watch.is_unsettled:
                            self._take(panel_id, watch.settle(self._clock.now()))

    def _take(self, panel_id: str, news: News) -> None:
        self._ledger.note(news)
        if self._watches[panel_id].is_unsettled:
            self._unsettled.set()
        for server_id in news.done:
            ref = ServerRef(panel_id, server_id)
            self._orders.end(self._source(ref), ref)

    def _tell_looked(self, panel_id: str) -> None:
        for listener in self._listeners:
            listener(panel_id)

    def _watch(self, panel_id: str) -> PanelWatch | None:
        """Return the watch of a panel; None where that is gone by now."""
        if panel_id not in self._panels or self._left is None:
            return None
        if panel_id not in self._watches:
            self._watches[panel_id] = self._take_up(panel_id, *self._left.pop(panel_id, ({}, ())))
        return self._watches[panel_id]

    def _take_up(
        self, panel_id: str, tracks: Mapping[str, Track], incidents: Sequence[Incident]
    ) -> PanelWatch:
        return PanelWatch(
            panel_id,
            tracks=tracks,
            incidents=incidents,
            order_of=lambda server_id: self._order_of(ServerRef(panel_id, server_id)),
            renaming_of=lambda server_id: self._renaming_of(ServerRef(panel_id, server_id)),
            creation_of=lambda server_id, at: self._creation_of(ServerRef(panel_id, server_id), at),
            uses=lambda server_id: self._uses(panel_id, server_id),
            apart=outliving,
        )

    def _uses(self, panel_id: str, server_id: str) -> bool:
        entry = self._panels.get(panel_id)
        return entry is not None and entry.uses(server_id)

    def _source(self, ref: ServerRef) -> str:
        entry = self._panels.get(ref.panel_id)
        return entry.watched_as if entry else ref.panel_id

    def _order_of(self, ref: ServerRef) -> Order | None:
        return self._orders.of(self._source(ref), ref)

    def _renaming_of(self, ref: ServerRef) -> Order | None:
        return self._orders.renaming_of(self._source(ref), ref)

    def _creation_of(self, ref: ServerRef, at: datetime) -> Order | None:
        return self._orders.creation_of(self._source(ref), ref.server_id, at=at)

    async def _is_ready(self) -> bool:
        """Whether it is known what was told last; reads it the first time."""
        if self._left is not None:
            return True
        async with self._reading:
            if self._left is None:
                try:
                    self._left = await self._read()
                except StorageUnavailable as error:
                    log.warning("what was told last cannot be read, nothing is told: %s", error)
        return self._left is not None

    async def _read(self) -> dict[str, tuple[dict[str, Track], list[Incident]]]:
        left: dict[str, tuple[dict[str, Track], list[Incident]]] = {}
        for ref, track in (await self._store.tracks()).items():
            left.setdefault(ref.panel_id, ({}, []))[0][ref.server_id] = track
        for incident in await self._store.incidents():
            left.setdefault(incident.panel_id, ({}, []))[1].append(incident)
        return left

    def _panel_changed(self, panel_id: str) -> None:
        if entry := self._panels.get(panel_id):
            self._names[panel_id] = entry.name
        self._changed.set()

    async def _forget(self) -> None:
        """Forget panels that are not there any more, once they are gone, until cancelled."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            with outliving("forgetting panels that are gone"):
                if await self._is_ready() and await self._forget_gone():
                    continue
            await self._clock.sleep(_RETRY_SECONDS)
            self._changed.set()

    async def _forget_gone(self) -> bool:
        """Forget all that are gone; returns whether that could be done."""
        for panel_id in [*self._watches, *(self._left or ())]:
            if panel_id not in self._panels and not await self._end(panel_id):
                return False
        return True

    async def _end(self, panel_id: str) -> bool:
        """Tell those who were told what goes on there; brought back, the panel begins anew."""
        if not await self._ledger.save():
            return False
        try:
            hearers = await self._store.hearers(panel_id)
        except StorageUnavailable as error:
            log.info("panel %s is forgotten later: %s", panel_id, error)
            return False
        if panel_id in self._panels or self._left is None:
            return True  # brought back meanwhile
        watch = self._watches.pop(panel_id, None)
        watch = watch or self._take_up(panel_id, *self._left.pop(panel_id))
        without_name = "" if is_given(panel_id) else panel_id
        news = watch.end(self._names.pop(panel_id, without_name), self._clock.now())
        # What nobody was told is not stored: it would outlive the data of the guild. Nor is told
        # what has no name.
        heard = [each for each in news.events if (each.incident or "") in hearers]
        news.events = [each for each in heard if each.name]
        self._ledger.note(news, matching=lambda event: hearers[event.incident or ""])
        return True


def _ordered(entry: AuditEntry) -> Action | None:
    """Return what an attempt is an order for, if it is one."""
    try:
        action = Action(entry.action)
    except ValueError:
        return None
    if action is not Action.COMMAND:
        return action if action in ORDERS else None
    words = (entry.detail or "").strip().lstrip("/").casefold().split()
    return Action.STOP if words and words[0] in _STOP_WORDS else None
