"""Owns what a request must pass before it is looked at: a token, a scope, a budget."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

from bot.simulators.panels.vpsorg_errors import denied

if TYPE_CHECKING:
    from aiohttp import web

    from bot.simulators.panels.vpsorg_accounts import Account, Accounts, Token
    from bot.simulators.world import Clock

_WINDOW_SECONDS = 60.0


class Gate:
    """Checks a call in the order of the framework: who, may they, and not too often."""

    def __init__(self, accounts: Accounts, clock: Clock, *, per_minute: int) -> None:
        self.per_minute = per_minute
        self._accounts = accounts
        self._clock = clock
        self._calls: dict[Account, deque[float]] = {}

    def admit(self, request: web.Request, *, scope: str | None) -> Token:
        """Let the request in or refuse it; who is refused for a token or scope is not counted."""
        token = self._identify(request)
        if scope is not None and scope not in token.scopes:
            raise denied(403, "You do not have permission to perform this action.")
        self._count(token.account)
        return token

    def _identify(self, request: web.Request) -> Token:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        challenge = {"WWW-Authenticate": "Bearer"}
        if scheme.lower() != "bearer" or not text:
            raise denied(401, "Authentication credentials were not provided.", headers=challenge)
        token = self._accounts.find(text.strip())
        if token is None or not token.active:
            raise denied(401, "Invalid token.", headers=challenge)
        return token

    def _count(self, account: Account) -> None:
        """Count within the last minute, at every moment anew; what is refused is not counted."""
        now = self._clock()
        calls = self._calls.setdefault(account, deque())
        while calls and calls[0] <= now - _WINDOW_SECONDS:
            calls.popleft()
        if len(calls) >= self.per_minute:
            wait = math.ceil(calls[0] + _WINDOW_SECONDS - now)
            unit = "second" if wait == 1 else "seconds"
            raise denied(
                429,
                f"Request was throttled. Expected available in {wait} {unit}.",
                headers={"Retry-After": str(wait)},
            )
        calls.append(now)
