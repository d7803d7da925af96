"""Owns the tokens by which a panel's users reach the websockets of its nodes. Opens none."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING, Any

from bot.simulators.panels import pterodactyl_conflicts as conflicts
from bot.simulators.panels import wings_jwt as jwt
from bot.simulators.panels.pterodactyl_errors import Refusal, respond

if TYPE_CHECKING:
    from aiohttp import web

    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_calls import Calls
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.panels.wings import WingsStandIn
    from bot.simulators.world import Server

TOKENS_PER_MINUTE = 5
"""For a server, from 1.12 on, to all its users together."""

_OPEN_TO_ADMINS = frozenset({"installing", "install_failed", "restoring", "transferring"})


class TokenOffice:
    """Gives tokens to who may connect."""

    def __init__(
        self, calls: Calls, accounts: Accounts, wings: WingsStandIn, *, dialect: Dialect
    ) -> None:
        self.given: list[float] = []
        """When each token was given."""
        self._calls = calls
        self._accounts = accounts
        self._wings = wings
        self._dialect = dialect
        self._clock = wings.clock
        self._windows: dict[str, tuple[float, int]] = {}

    async def show(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client/servers/{server}/websocket: answers also while the node is down."""
        server = self._calls.find(request, user, call="view")
        figures = self._throttle(server)
        if not self._accounts.may(user, server, permission="websocket.connect"):
            raise Refusal(
                403,
                "HttpForbiddenException",
                detail="You do not have permission to connect to this server's websocket.",
            )
        if not (user.admin and server.condition in _OPEN_TO_ADMINS):
            conflicts.check(server, "websocket", dialect=self._dialect)
        token = jwt.sign(self._claims(server, user), self._wings.settings.secret)
        self.given.append(self._clock())
        response = respond({"data": {"token": token, "socket": self._wings.address_of(server)}})
        response.headers.update(figures)
        return response

    def _throttle(self, server: Server) -> dict[str, str]:
        """Count the call and return the figures for its answer."""
        if not self._dialect.since(1, 12):
            return {}
        now = self._clock()
        ends, used = self._windows.get(server.uuid, (0.0, 0))
        if now >= ends:
            ends, used = now + 60, 0
        if used >= TOKENS_PER_MINUTE:
            raise Refusal(
                429,
                "ThrottleRequestsException",
                detail="Too Many Attempts.",
                headers=_figures(0) | {"Retry-After": str(math.ceil(ends - now))},
            )
        self._windows[server.uuid] = ends, used + 1
        return _figures(TOKENS_PER_MINUTE - used - 1)

    def _claims(self, server: Server, user: User) -> dict[str, Any]:
        now = int(self._clock())
        minutes = 10 if self._dialect.since(1, 1) else 15
        claims = {
            "iss": self._wings.settings.remote,
            "jti": token_id(server, user),
            "iat": now,
            "nbf": now - 300,
            "exp": now + minutes * 60,
            "server_uuid": server.uuid,
            "user_uuid": user.uuid,
            "user_id": user.id,
            "permissions": self._accounts.permissions(user, server),
        }
        if self._dialect.since(1, 12, 3):
            claims["scope"] = "websocket"
        return claims


def token_id(server: Server, user: User) -> str:
    """Return the `jti` of a user's tokens for a server; the node denies by it."""
    return hashlib.md5(f"{user.id}{server.uuid}".encode(), usedforsecurity=False).hexdigest()


def _figures(remaining: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(TOKENS_PER_MINUTE),
        "X-RateLimit-Remaining": str(remaining),
    }
