"""Looks at one server again and again: hears what its panel pushes, and asks where it does not.

Judges nothing and tells nobody.
"""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain import live
from bot.domain.errors import PanelError, ServerNotFound
from bot.domain.freshness import newest
from bot.domain.servers import Capability, ServerState
from bot.services.feed import following, race

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator

    from bot.domain.ports import Clock, Panel
    from bot.domain.receipts import Patience
    from bot.domain.servers import Server
    from bot.services.feed import Feed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """How the server is."""

    server: Server
    is_live: bool
    """It is so at this moment; what a panel was asked for may be as old as its cache."""
    is_measured: bool = False
    """What it uses is of this moment, too."""


class Lookout:
    """The eyes on one server."""

    def __init__(
        self,
        panel: Panel,
        server: Server,
        *,
        clock: Clock,
        patience: Patience,
        over: asyncio.Event,
        at_once: bool,
    ) -> None:
        self.feed: Feed | None = None
        """What the panel pushes, as long as it does."""
        self._panel = panel
        self._ref = server.ref
        self._clock = clock
        self._patience = patience
        self._over = over
        self._asks_next = at_once
        self._server = None if at_once else server
        """As last seen; None before the first look, where little was known."""
        self._state = server.state if server.pushed_at is not None else None
        """As pushed last."""
        self._pushed_at = server.pushed_at
        self._heard_at = 0.0
        """When anything was heard of it last, by the monotonic clock."""
        self._is_live = False
        """The state was pushed by the connection that there is now."""
        self._answer: Server | None = None
        """What the panel has just said, before it counts."""
        self._error: PanelError | None = None

    async def next(self) -> Look | None:
        """Wait for the next look; None when it is over.

        Raises the panel's error where it cannot be had; who asks again tries again.
        """
        interval = 0.0 if self._asks_next else self._patience.interval.total_seconds()
        until = self._clock.monotonic() + interval
        while not self._over.is_set():
            if self._answer is not None:
                # What was pushed meanwhile is older, and comes before it.
                event = await self._hear(0.0)
                look = self._take(event) if event is not None else self._answered(self._answer)
            elif (left := until - self._clock.monotonic()) > 0:
                look = self._take(await self._hear(left))
            elif (look := self._unchanged()) is None:
                await self._ask()
            if look is not None:
                return look
        return None

    def _unchanged(self) -> Look | None:
        """Return the last look, where a live connection would have told of any change.

        One that tells nothing for long is not trusted blindly, nor where the panel contradicts it.
        """
        trusted = self._patience.staleness.total_seconds()
        is_trusted = self._clock.monotonic() - self._heard_at < trusted
        if self._server is None or not (self._is_live and is_trusted):
            return None
        if self._server.state is not self._state:
            return None
        known = self._server
        return Look(known.heard(known.state, known.resources, at=self._clock.now()), is_live=True)

    async def _hear(self, seconds: float) -> live.Event | None:
        if self.feed is None:
            await race(self._clock.sleep(seconds), self._over.wait())
            return None
        try:
            event = await self.feed.next(seconds)
            is_over = self.feed.is_over
        except PanelError as error:
            log.debug("%s is looked at without a live connection: %s", self._ref, error)
            event, is_over = None, True
        if is_over:
            self.feed, self._is_live = None, False
        return event

    def _take(self, event: live.Event | None) -> Look | None:
        resources = self._server.resources if self._server else None
        match event:
            case live.Disconnected():
                self._is_live = False
                return None
            case live.Deleted():
                raise ServerNotFound(self._ref.panel_id, self._ref.server_id)
            case live.State():
                self._state, self._pushed_at, self._is_live = event.state, event.at, True
                if event.state is ServerState.OFFLINE:
                    resources = None
            case live.Stats() if self._is_live:
                resources = event.resources
            case _:
                return None
        self._heard_at = self._clock.monotonic()
        if self._server is None or self._state is None:
            return None
        heard = self._server.heard(self._state, resources, at=event.at)
        self._server = replace(heard, pushed_at=self._pushed_at)
        return Look(self._server, is_live=True, is_measured=isinstance(event, live.Stats))

    async def _ask(self) -> None:
        self._asks_next, self._error = False, None
        await race(self._look(), self._over.wait())
        if self._error is not None:
            raise self._error
        self._server = self._server or self._answer

    def _answered(self, answer: Server) -> Look:
        self._answer, self._server = None, self._newest(answer)
        self._heard_at = self._clock.monotonic()
        return Look(self._server, is_live=self._is_live and self._server.state is self._state)

    async def _look(self) -> None:
        try:
            self._answer = await self._panel.get_server(self._ref.server_id)
        except PanelError as error:
            self._error = error

    def _newest(self, seen: Server) -> Server:
        """Return what was read, but for what may be older than what was pushed."""
        if self._state is None:
            return seen
        resources = self._server.resources if self._server else None
        pushed = replace(seen, state=self._state, resources=resources, pushed_at=self._pushed_at)
        return newest(pushed, seen, staleness=self._patience.staleness)


@asynccontextmanager
async def looking(
    panel: Panel,
    server: Server,
    *,
    clock: Clock,
    patience: Patience,
    over: asyncio.Event,
    at_once: bool,
) -> AsyncIterator[Lookout]:
    """Look at a server until the block ends; `over` ends every wait.

    With `at_once` the first look is now, because no more than the name of the server is known.
    """
    lookout = Lookout(panel, server, clock=clock, patience=patience, over=over, at_once=at_once)
    if Capability.LIVE not in panel.capabilities:
        yield lookout
        return
    async with following(panel, server.ref.server_id, clock=clock, stop=over) as lookout.feed:
        yield lookout
