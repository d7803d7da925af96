"""Keeps one server's connection: opens it, reads it, and opens another when it is lost.

Knows no watcher: whoever makes a line is told its events, one after the other.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import aiohttp

from bot.domain import live
from bot.domain.errors import PanelRefused, PanelUnreachable, ServerNotFound
from bot.domain.servers import ServerState
from bot.panels._backoff import Backoff
from bot.panels._live_ends import Lost, Over
from bot.panels._pterodactyl_frames import decode, to_event
from bot.panels._pterodactyl_outbox import Outbox, fits
from bot.panels._pterodactyl_session import RENEW_AFTER_SECONDS, Session
from bot.panels._tasks import happens_within, task_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.domain.errors import PanelError
    from bot.domain.ports import Clock
    from bot.panels._pterodactyl_node import Node
    from bot.panels._pterodactyl_token import Tokens

_log = logging.getLogger(__name__)

# A connection that lasted so long was a good one.
_STABLE_SECONDS = 60.0
_MOST_RETRY_SECONDS = 300.0
_WAIT_TO_SEND_SECONDS = 15.0


class Line:
    """One connection to one server, replaced by a new one as often as it must be."""

    def __init__(
        self, node: Node, tokens: Tokens, *, clock: Clock, tell: Callable[[live.Event], None]
    ) -> None:
        self.is_over = False
        self.error: PanelError | None = None
        """Why it is over; None where the server was deleted."""
        self._node = node
        self._tokens = tokens
        self._clock = clock
        self._tell = tell
        self._backoff = Backoff()
        self._outbox = Outbox(clock)
        self._turn = asyncio.Lock()
        self._session: Session | None = None
        self._is_connected = asyncio.Event()
        self._not_before = clock.monotonic()
        self._told = ""
        """The last reason told for having no connection."""

    async def run(self) -> None:
        """Follow the server until it is over.

        Every watcher runs this: one of them reads, and where that one is cancelled the next
        goes on with the same socket.
        """
        async with self._turn:
            while not self.is_over:
                try:
                    await self._follow(self._session or await self._open())
                except Lost as lost:
                    await self._lose(lost)
                except Over as over:
                    await self._end(over.error)

    async def send(self, event: str, *args: str) -> None:
        """Send a frame in its turn; the node may drop it without a word."""
        if not fits(event, *args):
            raise PanelRefused(self._node.panel_id, "that is too long for the server's node")
        await self._outbox.take(event)
        if not await happens_within(_WAIT_TO_SEND_SECONDS, self._is_connected, clock=self._clock):
            raise PanelUnreachable(self._node.panel_id, self._told or "no connection", node=True)
        if self._session is None:
            raise self.error or ServerNotFound(self._node.panel_id, self._tokens.server_id)
        try:
            await self._session.send(event, *args)
        except Lost as lost:
            raise PanelUnreachable(self._node.panel_id, lost.reason, node=True) from lost

    async def close(self) -> None:
        """Close the socket; nobody watches any more."""
        session, self._session = self._session, None
        if session is not None:
            await session.socket.close()

    async def _open(self) -> Session:
        wait = self._not_before - self._clock.monotonic()
        if wait > 0:
            await self._clock.sleep(wait)
        token = self._tokens.last
        is_new = token is None or self._clock.monotonic() > token.since + RENEW_AFTER_SECONDS
        if token is None or is_new:
            token = await self._tokens.fetch()
        socket = await self._node.open(token.socket)
        self._session = Session(
            socket, token, is_new=is_new, tokens=self._tokens, clock=self._clock
        )
        return self._session

    async def _follow(self, session: Session) -> None:
        async with task_group() as group:
            group.create_task(session.stay_admitted())
            while True:
                message = await session.socket.receive()
                if message.type is aiohttp.WSMsgType.TEXT:
                    self._take(session, message.data)
                elif message.type is not aiohttp.WSMsgType.BINARY:
                    raise self._node.why_closed(session.socket)

    def _take(self, session: Session, data: str) -> None:
        frame = decode(data)
        if frame is None:
            return
        now = self._clock.now()
        if session.hear(frame):
            if session.admitted_at is not None and not self._is_connected.is_set():
                self._told = ""
                self._is_connected.set()
                self._tell(live.Connected(now))
            return
        if frame.event == "deleted":
            self._tell(live.Deleted(now))
            raise Over(None)
        event = to_event(frame, now)
        if isinstance(event, live.State) and event.state is ServerState.UNKNOWN:
            _log.info("%s: %r is a state that is not known here", self._tokens.name, frame.argument)
        if event is not None:
            self._tell(event)

    async def _lose(self, lost: Lost) -> None:
        now = self._clock.monotonic()
        session, self._session = self._session, None
        self._is_connected.clear()
        since = now if session is None or session.admitted_at is None else session.admitted_at
        if now - since >= _STABLE_SECONDS:
            self._backoff.reset()
        if lost.needs_token:
            self._tokens.last = None
        pause = max(self._backoff.next(), min(lost.retry_after or 0.0, _MOST_RETRY_SECONDS))
        self._not_before = now + pause
        _log.debug("%s: %s; again in %.1f s", self._tokens.name, lost.reason, pause)
        if lost.reason != self._told:
            self._told = lost.reason
            self._tell(live.Disconnected(self._clock.now(), lost.reason))
        if session is not None:
            await session.socket.close()

    async def _end(self, error: PanelError | None) -> None:
        self.is_over = True
        self.error = error
        self._tokens.last = None
        if error is not None:
            self._tell(live.Disconnected(self._clock.now(), str(error)))
        # Whoever waits to send something need not wait for nothing.
        self._is_connected.set()
        await self.close()
