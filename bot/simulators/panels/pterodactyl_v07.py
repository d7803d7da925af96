"""Owns a stand-in of a Pterodactyl 0.7 panel: its client API over the fake world.

Refuses whatever the real panel refuses, in its words, and knows nothing of our own client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.panels._faults import HTML
from bot.simulators.panels._wire import Listening, Wire
from bot.simulators.panels.pterodactyl_accounts import Accounts
from bot.simulators.panels.pterodactyl_dialect import Dialect
from bot.simulators.panels.pterodactyl_errors import Refusal, unknown_route, wrong_method
from bot.simulators.panels.pterodactyl_settings import Settings
from bot.simulators.panels.pterodactyl_v07_calls import Calls
from bot.simulators.panels.pterodactyl_v07_errors import LOGIN, refuse
from bot.simulators.panels.pterodactyl_v07_gate import Gate

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp.typedefs import Handler

    from bot.simulators.panels.pterodactyl_accounts import User
    from bot.simulators.world import World

    Call = Callable[[web.Request, User], Awaitable[web.Response]]

_WITH_CLIENT_API = (0, 7, 4)
_WITH_UTILIZATION = (0, 7, 7)


class PterodactylV07StandIn(Listening):
    """A panel on loopback; use it as a context manager, or `start` and `close` it."""

    def __init__(self, world: World, *, version: str = "0.7.19") -> None:
        dialect = Dialect.of("pterodactyl", version)
        # All three may be changed while the panel runs; nothing is cached in these versions.
        self.settings = Settings(
            requests_per_minute=60, cache_seconds=0, daemon_timeout_seconds=5.0
        )
        self.utilization = Settings(requests_per_minute=15, cache_seconds=0)
        self.accounts = Accounts(dialect)
        self._dialect = dialect
        self._calls = Calls(world, self.accounts, dialect=dialect, settings=self.settings)
        self._gate = Gate(
            self.accounts, world.clock, settings=self.settings, utilization=self.utilization
        )
        self._wire = Wire(self._routes(), self._translate)

    def _routes(self) -> list[web.RouteDef]:
        calls, server = self._calls, "/api/client/servers/{server}"
        routes = [web.get(LOGIN, self._login)]
        if self._dialect.since(*_WITH_CLIENT_API):
            routes += [
                self._route("GET", "/api/client", calls.list_servers),
                self._route("GET", server, calls.show_server),
                self._route("POST", f"{server}/power", calls.power),
                self._route("POST", f"{server}/command", calls.command),
            ]
        if self._dialect.since(*_WITH_UTILIZATION):
            path = f"{server}/utilization"
            routes.append(self._route("GET", path, calls.show_utilization, is_metered=True))
        return routes

    def _route(
        self, method: str, path: str, call: Call, *, is_metered: bool = False
    ) -> web.RouteDef:
        async def handle(request: web.Request) -> web.Response:
            budget = self._gate.count(request)
            try:
                user = self._gate.admit(request, is_metered=is_metered)
                response = await call(request, user)
            except Refusal as refusal:
                # The outer throttle writes last, over what an inner one has said.
                refusal.headers |= budget
                raise
            response.headers.update(budget)
            return response

        add = web.get if method == "GET" else web.post
        return add(path + "{slash:/?}", handle)

    @web.middleware
    async def _translate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Say in the panel's words what is refused."""
        try:
            if self.settings.maintenance:
                raise Refusal(503, "HttpException")  # noqa: TRY301 - so it is told as all others
            response = await handler(request)
        except Refusal as refusal:
            response = refuse(refusal, request=request, home=self.url)
        except web.HTTPMethodNotAllowed as error:
            response = refuse(wrong_method(request, error), request=request, home=self.url)
        except web.HTTPNotFound:
            response = refuse(unknown_route(request), request=request, home=self.url)
        response.headers["Cache-Control"] = "no-cache, private"
        return response

    async def _login(self, _request: web.Request) -> web.Response:
        """Show the page that a client sees which follows redirects."""
        return web.Response(text=HTML.format("Login"), content_type="text/html")
