"""Owns the token on one open socket: shows it, renews it, and hears when it is refused.

Knows no event of the server. What a node does with tokens (Wings 1.11 and 1.12):

- To a bad one it says nothing at all, or `daemon error`, and leaves the socket open.
- When a token has ended it leaves the socket open, and sends `jwt error` in place of every
  event. A new token is taken on the same socket.
- After a restart, and where a user has lost the server, it denies older tokens (denylist).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from bot.domain.errors import PanelForbidden, PanelProtocolError
from bot.panels._live_ends import Lost, Over
from bot.panels._pterodactyl_frames import encode
from bot.panels._tasks import happens_within

if TYPE_CHECKING:
    from bot.domain.ports import Clock
    from bot.panels._pterodactyl_frames import Frame
    from bot.panels._pterodactyl_token import Token, Tokens

RENEW_AFTER_SECONDS = 510.0
_TOKEN_SECONDS = 600.0
_ANSWER_SECONDS = 10.0
_RETRY_SECONDS = 10.0

_ENDED = "exp claim is invalid"
_DENIED = "denylist"
# The panel gives no token without this right: the node misses a claim that panels before
# 1.12.3 do not make.
_NO_RIGHT = "missing connect permission"
_WRONG_SERVER = "uuid mismatch"


class Session:
    """One open socket and its token; `is_new` where the token was fetched just now."""

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        token: Token,
        *,
        is_new: bool,
        tokens: Tokens,
        clock: Clock,
    ) -> None:
        self.socket = socket
        self.token = token
        self.admitted_at: float | None = None
        """Since when events come, by the monotonic clock."""
        self._is_new = is_new
        self._tokens = tokens
        self._clock = clock
        self._is_blind = False
        self._wants_token = asyncio.Event()
        self._answered = asyncio.Event()
        self._refusal = ""

    async def stay_admitted(self) -> None:
        """Show the token, and a new one before each has ended; raises `Lost` or `Over`."""
        if self.admitted_at is None:
            await self._enter()
        while True:
            due = self.token.since + RENEW_AFTER_SECONDS - self._clock.monotonic()
            await happens_within(due, self._wants_token, clock=self._clock)
            await self._renew()

    def hear(self, frame: Frame) -> bool:
        """Take note of a frame about the token; return whether it was one."""
        match frame.event:
            case "auth success":
                self._is_blind = False
                self._wants_token.clear()
                if self.admitted_at is None:
                    self.admitted_at = self._clock.monotonic()
                self._answered.set()
            case "token expiring":
                self._wants_token.set()
            case "token expired":
                self._hear_refusal(_ENDED)
            case "jwt error":
                self._hear_refusal(frame.argument.lower())
            case "daemon error" if self.admitted_at is None:
                self._refuse("the node does not take the panel's token")
            case _:
                return False
        return True

    async def send(self, event: str, *args: str) -> None:
        """Send a frame; raises `Lost` where the socket has ended."""
        try:
            await self.socket.send_str(encode(event, *args))
        except (aiohttp.ClientError, OSError) as error:
            raise Lost("the connection to the node was cut") from error

    async def _enter(self) -> None:
        await self._authenticate()
        if self._refusal and not self._is_new:
            self.token = await self._tokens.fetch()
            await self._authenticate()
        if self._refusal:
            raise Lost(self._refusal, needs_token=True)

    async def _renew(self) -> None:
        while True:
            try:
                self.token = await self._tokens.fetch()
            except Lost as lost:
                age = self._clock.monotonic() - self.token.since
                if self._is_blind or age >= _TOKEN_SECONDS:
                    raise
                await self._clock.sleep(lost.retry_after or _RETRY_SECONDS)
            else:
                break
        await self._authenticate()

    async def _authenticate(self) -> None:
        self._answered.clear()
        self._refusal = ""
        await self.send("auth", self.token.text)
        if not await happens_within(_ANSWER_SECONDS, self._answered, clock=self._clock):
            raise Lost("the node says nothing to the panel's token", needs_token=True)

    def _hear_refusal(self, text: str) -> None:
        if _NO_RIGHT in text:
            detail = "the panel is too old for the server's node"
            raise Over(PanelForbidden(self._tokens.panel_id, detail))
        if _WRONG_SERVER in text:
            detail = "the panel gave the token of another server"
            raise Over(PanelProtocolError(self._tokens.panel_id, detail))
        is_old = _ENDED in text or _DENIED in text
        if self.admitted_at is None:
            self._refuse(
                "the node takes the panel's token for an old one; do their clocks differ?"
                if is_old
                else "the node does not take the panel's token"
            )
        elif is_old:
            # Comes in place of every event: one new token answers them all.
            self._is_blind = True
            self._wants_token.set()
        else:
            raise Lost("the node does not know the panel's token any more")

    def _refuse(self, reason: str) -> None:
        self._refusal = reason
        self._answered.set()
