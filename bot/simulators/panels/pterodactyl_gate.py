"""Owns what a request must pass before it is looked at, in the panel's order. Knows no route."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from bot.simulators.panels.pterodactyl_errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from aiohttp import web

    from bot.simulators.panels.pterodactyl_accounts import Accounts, Key, User
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.panels.pterodactyl_throttle import Throttle

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_ACCOUNT_PATH = "/api/client/account"


class Visitor(NamedTuple):
    """A key that was let in, and the budget headers that the answer bears."""

    key: Key
    headers: dict[str, str]

    @property
    def user(self) -> User:
        """The key's owner."""
        return self.key.user


class Gate:
    """Checks a call: browser? key? body? second factor? address? budget? the right API?"""

    def __init__(
        self,
        accounts: Accounts,
        throttle: Throttle,
        *,
        application_throttle: Throttle,
        dialect: Dialect,
        settings: Settings,
    ) -> None:
        self._accounts = accounts
        self._throttle = throttle
        self._application_throttle = application_throttle
        self._dialect = dialect
        self._settings = settings

    async def admit(self, request: web.Request) -> Visitor:
        """Let the request into the client API or refuse it."""
        visitor = await self._count(request, self._throttle)
        if visitor.key.application:
            raise Refusal(
                403,
                "AccessDeniedHttpException",
                detail="You are attempting to use an application API key"
                " on an endpoint that requires a client API key.",
                headers=visitor.headers,
            )
        return visitor

    async def admit_admin(self, request: web.Request) -> Visitor:
        """Let the request into the Application API; from 1.8 on with a client key as well."""
        visitor = await self._count(request, self._application_throttle)
        is_old = not self._dialect.since(1, 8)
        if not visitor.user.admin or (is_old and not visitor.key.application):
            raise Refusal(
                403,
                "AccessDeniedHttpException",
                detail="This account does not have permission to access the API.",
                headers=visitor.headers,
            )
        return visitor

    async def _count(self, request: web.Request, throttle: Throttle) -> Visitor:
        """Only what comes as far as the end of this is counted."""
        self._refuse_browser(request)
        key = self._identify(request)
        await _refuse_malformed(request)
        self._refuse_single_factor(key, request)
        if not key.admits(request.remote or ""):
            raise Refusal(
                403,
                "AccessDeniedHttpException",
                detail=f"This IP address ({request.remote}) does not have permission"
                " to access the API using these credentials.",
            )
        return Visitor(key, throttle.take(key.user.uuid))

    def _refuse_browser(self, request: web.Request) -> None:
        """From 1.8 on a call from the panel's own pages needs a CSRF token, which no bot has."""
        if request.method in _READS or not self._dialect.since(1, 8):
            return
        origins = (request.headers.get("Origin"), request.headers.get("Referer"))
        from_itself = any(origin and urlsplit(origin).netloc == request.host for origin in origins)
        if from_itself or self._dialect.session_cookie in request.cookies:
            raise Refusal(419, "HttpException", detail="CSRF token mismatch.")

    def _identify(self, request: web.Request) -> Key:
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        text = text.strip() if scheme.lower() == "bearer" else ""
        key = self._accounts.find_key(text)
        if key is not None:
            return key
        if self._dialect.since(1, 8):
            raise Refusal(401, "AuthenticationException", detail="Unauthenticated.")
        if text:
            raise Refusal(403, "AccessDeniedHttpException")
        raise Refusal(401, "HttpException", headers={"WWW-Authenticate": "Bearer"})

    def _refuse_single_factor(self, key: Key, request: web.Request) -> None:
        exempt = request.path.rstrip("/") == _ACCOUNT_PATH
        if self._settings.require_two_factor and not key.user.two_factor and not exempt:
            raise Refusal(
                400,
                "TwoFactorAuthRequiredException",
                detail="Two-factor authentication is required on this account"
                " in order to access this endpoint.",
            )


async def with_budget(visitor: Visitor, answer: Awaitable[web.Response]) -> web.Response:
    """Return the answer, or raise the refusal, with the visitor's budget headers."""
    try:
        response = await answer
    except Refusal as refusal:
        refusal.headers = visitor.headers | refusal.headers
        raise
    for name, figure in visitor.headers.items():
        # Of two budgets the call's own is told.
        response.headers.setdefault(name, figure)
    return response


def sends_json(request: web.Request) -> bool:
    """Whether the body is meant as JSON."""
    return request.content_type.endswith(("/json", "+json"))


async def _refuse_malformed(request: web.Request) -> None:
    if not sends_json(request):
        return
    body = await request.read()
    try:
        json.loads(body or b"{}")
    except ValueError as error:
        raise Refusal(
            400,
            "BadRequestHttpException",
            detail="The JSON data passed in the request appears to be malformed: Syntax error",
        ) from error
