"""Shows consoles to those who may read them: the last lines, or all that happens for a while."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.access import Action
from bot.domain.errors import DeckhandError, PanelUnreachable
from bot.domain.sights import Ending, Sight
from bot.services.feed import following

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.ports import Clock
    from bot.domain.servers import Server
    from bot.domain.sights import Screen
    from bot.services.audit import AuditService
    from bot.services.directory import ServerDirectory
    from bot.services.feed import Feed
    from bot.services.gate import Admission, Gate

MOST_LINES = 150
"""Of a console; nodes keep no more."""
_SHOWN_LINES = 15


@dataclass(frozen=True, slots=True)
class Logs:
    """The end of a console."""

    server: Server
    lines: tuple[str, ...]
    """The newest last."""


@dataclass(slots=True, eq=False)
class _Watch:
    """One member who watches one server."""

    actor: Actor
    sight: Sight
    lines: deque[str] = field(default_factory=lambda: deque(maxlen=_SHOWN_LINES))
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self, ending: Ending, error: DeckhandError | None = None) -> None:
        """Let it end; the first reason is the one that counts."""
        if self.sight.ending is None:
            self.sight = replace(self.sight, ending=ending, error=error)
            self.over.set()


class LiveService:
    """Every look passes the gate; one that lasts asks for the right again and again."""

    def __init__(
        self,
        *,
        gate: Gate,
        directory: ServerDirectory,
        audit: AuditService,
        clock: Clock,
        pace_seconds: float,
    ) -> None:
        self._gate = gate
        self._directory = directory
        self._audit = audit
        self._clock = clock
        self._pace_seconds = pace_seconds
        self._watches: dict[str, _Watch] = {}
        self._is_closing = False

    async def logs(self, actor: Actor, text: str, *, lines: int, door: Door) -> Logs:
        """Return the last lines of a server's console; a node tells none while it is offline."""
        admission = await self._gate.admit(actor, text, Action.LOGS, door=door)
        panel, server = admission.panel, admission.server
        async with (
            self._audit.recorded(admission.attempt),
            following(panel, server.ref.server_id, clock=self._clock) as feed,
        ):
            await feed.connect(panel.panel_id)
            await feed.server.logs()
            found = await feed.lines()
        return Logs(server, tuple(found[-lines:]))

    async def watch(
        self, actor: Actor, text: str, *, length: timedelta, door: Door, screen: Screen
    ) -> None:
        """Show a server until the time is over, or somebody or something ends it before.

        Raises what the gate raises, before anything was shown; whatever happens later is shown.
        """
        admission = await self._gate.admit(actor, text, Action.LOGS, door=door)
        sight = Sight(
            watch_id=secrets.token_hex(8),
            server=admission.server,
            ends_at=self._clock.now() + length,
        )
        watch = _Watch(actor, sight)
        for other in self._watches.values():
            if (other.actor.user_id, other.actor.guild_id) == (actor.user_id, actor.guild_id):
                other.end(Ending.REPLACED)
        self._watches[sight.watch_id] = watch
        if self._is_closing:
            watch.end(Ending.CLOSING)
        try:
            await self._run(watch, admission, screen)
        finally:
            del self._watches[sight.watch_id]

    def stop(self, actor: Actor, watch_id: str) -> bool:
        """End the actor's own watch; False where there is none such any more."""
        watch = self._watches.get(watch_id)
        if watch is None or watch.actor.user_id != actor.user_id:
            return False
        watch.end(Ending.STOPPED)
        return True

    async def close(self) -> None:
        """End all that is being watched, and begin nothing new."""
        self._is_closing = True
        for watch in self._watches.values():
            watch.end(Ending.CLOSING)

    async def _run(self, watch: _Watch, admission: Admission, screen: Screen) -> None:
        if await screen.show(watch.sight):
            try:
                async with self._audit.recorded(admission.attempt):
                    await self._follow(watch, admission, screen)
            except DeckhandError as error:
                watch.end(Ending.FAILED, error)
        await screen.show(watch.sight)

    async def _follow(self, watch: _Watch, admission: Admission, screen: Screen) -> None:
        ref = admission.server.ref
        shown = watch.sight
        async with following(
            admission.panel, ref.server_id, clock=self._clock, stop=watch.over
        ) as feed:
            while not watch.over.is_set():
                await self._look(watch, feed)
                if not (
                    self._gate.stands(admission)
                    and await self._gate.may(watch.actor, Action.LOGS, ref)
                ):
                    watch.sight = replace(watch.sight, lines=(), resources=None)
                    watch.end(Ending.NOT_ALLOWED)
                elif self._clock.now() >= watch.sight.ends_at:
                    watch.end(Ending.TIME)
                if not watch.over.is_set() and watch.sight != shown:
                    shown = watch.sight
                    if not await screen.show(shown):
                        watch.end(Ending.STOPPED)
        if watch.sight.ending is Ending.DELETED:
            self._directory.forget(ref)

    async def _look(self, watch: _Watch, feed: Feed) -> None:
        """Take what happens until it is time to show it."""
        left = (watch.sight.ends_at - self._clock.now()).total_seconds()
        until = self._clock.monotonic() + min(self._pace_seconds, left)
        while not watch.over.is_set() and (left := until - self._clock.monotonic()) > 0:
            event = await feed.next(left)
            if isinstance(event, live.Connected):
                # What was printed while nobody looked comes with them.
                with suppress(PanelUnreachable):
                    await feed.server.logs()
            if event is not None:
                self._take(watch, event)

    def _take(self, watch: _Watch, event: live.Event) -> None:
        sight = watch.sight
        match event:
            case live.Connected():
                sight = replace(sight, is_connected=True)
            case live.Disconnected():
                sight = replace(sight, is_connected=False)
            case live.State(state=state):
                sight = replace(sight, server=replace(sight.server, state=state))
            case live.Stats(resources=resources):
                sight = replace(sight, resources=resources)
            case live.Console(line=line) | live.Install(line=str(line)):
                watch.lines.append(line)
                sight = replace(sight, lines=tuple(watch.lines))
            case live.Deleted():
                watch.end(Ending.DELETED)
                return
        watch.sight = sight
