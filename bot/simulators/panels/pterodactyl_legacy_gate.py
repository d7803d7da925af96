"""Owns what a request must pass before a panel older than 0.7 looks at it. Knows no route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.panels import pterodactyl_errors
from bot.simulators.panels.pterodactyl_legacy_errors import Refusal
from bot.simulators.panels.pterodactyl_legacy_signature import signature_of

if TYPE_CHECKING:
    from aiohttp import web

    from bot.simulators.panels.pterodactyl_legacy_accounts import Accounts, KeyPair
    from bot.simulators.panels.pterodactyl_throttle import Throttle


class ApiGate:
    """0.4 and 0.5: the permission is looked at before the signature, and nothing is counted."""

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self.origin: str | None = None
        """What the panel sees in place of the address that is called, behind a proxy."""

    async def admit(self, request: web.Request, permission: str) -> dict[str, str]:
        """Let the request in or refuse it; return the headers that the answer bears."""
        token = bearer(request)
        if not token:
            raise Refusal(
                401,
                "401 Unauthorized",
                headers={"WWW-Authenticate": "The authentication header was missing or malformed"},
            )
        public, *rest = token.split(".")
        if not rest:
            raise Refusal(500, "500 Internal Server Error")
        key = self._accounts.find_key(public)
        if key is None:
            raise Refusal(403, "Invalid API Key.")
        if not key.admits(request.remote or ""):
            raise Refusal(
                403,
                f"This IP address <{request.remote}> does not have permission to use this API key.",
            )
        if not key.permits(permission):
            raise Refusal(
                403, f"You do not have permission to access this resource. [{permission}]"
            )
        if rest[0] != await signature_of(request, key.secret, origin=self.origin):
            # The framework hides the panel's own 400 behind its 401.
            raise Refusal(401, "Failed to authenticate because of bad credentials.")
        return {}


class V06Gate:
    """0.6: counts what bears a good signature, and then asks for the permission."""

    def __init__(self, accounts: Accounts, throttle: Throttle) -> None:
        self._accounts = accounts
        self._throttle = throttle
        self.origin: str | None = None
        """What the panel sees in place of the address that is called, behind a proxy."""

    async def admit(self, request: web.Request, permission: str) -> dict[str, str]:
        """Let the request in or refuse it; return the headers that the answer bears."""
        key = await self._identify(request)
        headers = self._count(request)
        # The policy tests the wrong variable: keys of other users are good for nothing.
        if not key.user.admin or not key.permits(permission):
            raise Refusal(403, "This action is unauthorized.", headers=headers)
        return headers

    async def _identify(self, request: web.Request) -> KeyPair:
        token = bearer(request)
        if not token:
            raise Refusal(400, "Request was missing required Authorization header.")
        public, *rest = token.split(".")
        if len(rest) != 1:
            raise Refusal(400, "The Authorization header passed was not in a valid format.")
        key = self._accounts.find_key(public)
        if key is None:
            raise Refusal(403, "Unable to identify requester. Authorization token is invalid.")
        if not key.admits(request.remote or ""):
            raise Refusal(
                403,
                "This IP address does not have permission to access the API"
                " using these credentials.",
            )
        if rest[0] != await signature_of(request, key.secret, origin=self.origin):
            raise Refusal(400, "The HMAC for the request was invalid.")
        return key

    def _count(self, request: web.Request) -> dict[str, str]:
        """Count by route and address."""
        resource = request.match_info.route.resource
        route = f"{request.method} {resource.canonical if resource else ''} {request.remote}"
        try:
            return self._throttle.take(route)
        except pterodactyl_errors.Refusal as refusal:
            raise Refusal(429, "Too Many Attempts.", headers=refusal.headers) from refusal


def bearer(request: web.Request) -> str:
    """Return the token."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme == "Bearer" else ""
