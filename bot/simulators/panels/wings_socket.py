"""Owns one client's websocket: its token, what it may send and what it is sent.

Does not look at servers: it is told what has happened.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from aiohttp import WSMsgType, web

from bot.simulators.panels.wings_guard import EXPIRED
from bot.simulators.panels.wings_outgoing import Outgoing
from bot.simulators.panels.wings_throttle import FrameThrottle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.simulators.panels.wings_feed import Feed
    from bot.simulators.panels.wings_guard import Guard
    from bot.simulators.panels.wings_settings import WingsSettings
    from bot.simulators.world import Clock, Server

_GENERIC = "an unexpected error was encountered while handling this request"
_BUSY = "another power action is currently being processed for this server, please try again later"
_EXPIRING_SECONDS = 60
_EXPIRY_CHECK_SECONDS = 30
_MOST_BYTES = 4096
_RIGHT_TO_HEAR = {
    "install output": "admin.websocket.install",
    "transfer logs": "admin.websocket.transfer",
    "backup completed": "backup.read",
}
_RIGHT_TO_ORDER = {
    "start": "control.start",
    "stop": "control.stop",
    "restart": "control.restart",
    "kill": "control.stop",
}


class WingsSocket:
    """Serves one websocket until it ends."""

    def __init__(
        self, server: Server, feed: Feed, *, settings: WingsSettings, guard: Guard, clock: Clock
    ) -> None:
        # Pings are answered here, since they are a sign of life.
        size = _MOST_BYTES if settings.has_limits else 4 * 1024 * 1024
        self.ws = web.WebSocketResponse(autoping=False, compress=False, max_msg_size=size)
        self.server = server
        self.received: list[tuple[str, str]] = []
        """All frames that were taken: event and argument."""
        self.pings = 0
        self._feed = feed
        self._settings = settings
        self._guard = guard
        self._clock = clock
        self._claims: dict[str, Any] | None = None
        self.is_admitted = False
        """Whether it has shown a good token."""
        self._heard_at = self._checked_at = clock()
        self._throttle = FrameThrottle(clock) if settings.has_limits else None
        self._outgoing = Outgoing()
        self._transport: asyncio.Transport | None = None

    async def serve(
        self, request: web.Request, note: Callable[[], Awaitable[None]]
    ) -> web.WebSocketResponse:
        """Talk until the client or somebody here has enough; note the start and each frame."""
        self._transport = request.transport
        await self.ws.prepare(request)
        await note()
        async with asyncio.TaskGroup() as group:
            writing = group.create_task(self._write())
            try:
                await self._read(note)
            finally:
                writing.cancel()
        return self.ws

    async def tell(self, event: str, *args: str) -> None:
        """Pass on what has happened; before the first good token nothing is."""
        if self.is_admitted:
            await self._outgoing.put(event, *args)

    async def check(self) -> None:
        """Warn of the token's end, every 30 s; cut what has been silent for too long."""
        now = self._clock()
        idle = self._settings.idle_seconds
        if idle is not None and now >= self._heard_at + idle:
            self.cut()
        if self._claims is None or now < self._checked_at + _EXPIRY_CHECK_SECONDS:
            return
        self._checked_at = now
        left = self._guard.seconds_left(self._claims)
        if left <= _EXPIRING_SECONDS:
            await self._outgoing.put("token expiring" if left > 0 else "token expired")

    async def close(self, code: int, reason: str) -> None:
        """End it in order, after all that was to be told."""
        await self._outgoing.wait_until_sent()
        await self.ws.close(code=code, message=reason.encode())

    def cut(self) -> None:
        """End it without a word, as a proxy or a dying node does."""
        if self._transport is not None:
            self._transport.abort()

    async def _write(self) -> None:
        try:
            while True:
                event, args = await self._outgoing.get()
                await self._send(event, *args)
        except ConnectionError:
            self.cut()

    async def _send(self, event: str, *args: str) -> None:
        """Send it if the token allows; its end or loss is told in place of every event."""
        self._heard_at = self._clock()
        if event not in ("auth success", "jwt error", "throttled", "token expiring"):
            objection = self._guard.objection(self._claims, self.server)
            if objection is not None:
                event, args = "jwt error", (objection,)
        right = _RIGHT_TO_HEAR.get(event)
        if right and not self._may(right):
            return
        frame: dict[str, Any] = {"event": event}
        if args:
            frame["args"] = args
        await self.ws.send_str(json.dumps(frame))

    async def _read(self, note: Callable[[], Awaitable[None]]) -> None:
        async for message in self.ws:
            self._heard_at = self._clock()
            if message.type is WSMsgType.PING:
                self.pings += 1
                await self.ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                frame = _decode(message.data)
                if frame is not None:
                    await self._handle(*frame)
            await note()

    async def _handle(self, event: str, argument: str) -> None:
        full = self._throttle and self._throttle.take(event)
        if self._throttle and full:
            if self._throttle.is_news(full):
                await self._outgoing.put("throttled", full)
            return
        self.received.append((event, argument))
        if event == "auth":
            await self._authenticate(argument)
            return
        objection = self._guard.objection(self._claims, self.server)
        if objection is not None:
            await self._outgoing.put("jwt error", objection)
        elif event == "send stats":
            await self._outgoing.put(*self._feed.stats())
        elif event == "send logs" and self.server.state != "offline":
            for line in list(self._feed.log):
                await self._outgoing.put("console output", line)
        elif event == "send command" and self._may("control.console"):
            # Nobody is told of a command that reaches nobody.
            self.server.send(argument)
        elif event == "set state":
            await self._set_state(argument)

    async def _authenticate(self, token: str) -> None:
        if self._settings.is_silent:
            return
        try:
            claims = self._guard.read(token)
        except (ValueError, TypeError):
            await self._fail(_GENERIC, checked=False)
            return
        objection = self._guard.objection(claims, None)
        if objection is not None:
            text = _error_event(objection) if objection == EXPIRED else objection
            await self.ws.send_str(json.dumps({"event": "jwt error", "args": [text]}))
            return
        self._claims = claims
        is_first, self.is_admitted = not self.is_admitted, True
        await self._outgoing.put("auth success")
        if not is_first:
            return
        await self._outgoing.put("status", self.server.state)
        if self.server.state == "offline" and self.server.condition != "installing":
            await self._outgoing.put(*self._feed.stats())

    async def _set_state(self, signal: str) -> None:
        right = _RIGHT_TO_ORDER.get(signal)
        if right is None:
            await self._fail(f"unknown power action: {signal}")
        elif not self._may(right):
            return
        elif self.server.state == "stopping" and signal != "kill":
            await self._fail(_BUSY, is_public=True)
        elif self.server.condition is not None:
            await self._fail(f"server is {self.server.condition}")
        elif signal == "start" and self.server.state != "offline":
            await self._fail("server is running")
        else:
            self.server.power(signal)

    async def _fail(self, text: str, *, is_public: bool = False, checked: bool = True) -> None:
        """Tell of a failure; only admins read what it was."""
        if not is_public and not self._may("admin.websocket.errors"):
            text = _GENERIC
        if checked:
            await self._outgoing.put("daemon error", _error_event(text))
        else:
            frame = {"event": "daemon error", "args": [_error_event(text)]}
            await self.ws.send_str(json.dumps(frame))

    def _may(self, right: str) -> bool:
        return self._claims is not None and self._guard.may(self._claims, right)


def _error_event(text: str) -> str:
    return f"Error Event [{uuid4()}]: {text}"


def _decode(data: str) -> tuple[str, str] | None:
    """Read a frame as Go does: a wrong type anywhere spoils it, what is missing is empty."""
    try:
        frame = json.loads(data)
    except ValueError:
        return None
    if not isinstance(frame, dict) or not isinstance(frame.get("event"), str):
        return None
    args = frame.get("args") or []
    if not isinstance(args, list) or not all(isinstance(arg, str | None) for arg in args):
        return None
    return frame["event"], "".join(arg or "" for arg in args)
