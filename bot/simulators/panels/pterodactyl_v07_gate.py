"""Owns what a request to a 0.7 panel must pass, in the panel's order. Knows no route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_errors import Refusal
from bot.simulators.panels.pterodactyl_throttle import Throttle

if TYPE_CHECKING:
    from aiohttp import web

    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Clock


class Gate:
    """Counts by address before the key is looked at, and utilization by user after that."""

    def __init__(
        self, accounts: Accounts, clock: Clock, *, settings: Settings, utilization: Settings
    ) -> None:
        self._accounts = accounts
        self._by_address = Throttle(settings, clock)
        self._by_user = Throttle(utilization, clock)

    def count(self, request: web.Request) -> dict[str, str]:
        """Count a request and return the budget headers of its answer."""
        return self._by_address.take(request.remote or "")

    def admit(self, request: web.Request, *, is_metered: bool) -> User:
        """Let the request in or refuse it."""
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        text = text.strip() if scheme.lower() == "bearer" else ""
        if not text:
            raise Refusal(401, "HttpException", headers={"WWW-Authenticate": "Bearer"})
        key = self._accounts.find_key(text)
        if key is None or key.application or not key.admits(request.remote or ""):
            raise Refusal(403, "AccessDeniedHttpException")
        if is_metered:
            self._by_user.take(key.user.uuid)
        return key.user
