"""Owns a stand-in of a Pterodactyl 1.x (or Pelican) panel: both its APIs over the fake world.

Refuses whatever the real panel refuses, in its words, and knows nothing of our own client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.panels._faults import HTML
from bot.simulators.panels._wire import Listening, Wire
from bot.simulators.panels.pterodactyl_accounts import Accounts
from bot.simulators.panels.pterodactyl_app import ApplicationApi
from bot.simulators.panels.pterodactyl_app_register import Register
from bot.simulators.panels.pterodactyl_calls import Calls
from bot.simulators.panels.pterodactyl_dialect import Dialect, Flavour
from bot.simulators.panels.pterodactyl_errors import Refusal, refuse, unknown_route, wrong_method
from bot.simulators.panels.pterodactyl_gate import Gate, with_budget
from bot.simulators.panels.pterodactyl_settings import Settings
from bot.simulators.panels.pterodactyl_throttle import Throttle
from bot.simulators.panels.pterodactyl_websocket import TokenOffice, token_id
from bot.simulators.panels.wings import WingsStandIn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence

    from aiohttp.typedefs import Handler

    from bot.simulators.panels.pterodactyl_accounts import User
    from bot.simulators.world import Node, Server, World

    Call = Callable[[web.Request, User], Awaitable[web.Response]]


class PterodactylStandIn(Listening):
    """A panel and its nodes on loopback; a context manager, or to be started and closed."""

    def __init__(
        self,
        world: World,
        *,
        flavour: Flavour = "pterodactyl",
        version: str = "1.11",
        throttle_per_minute: int | None = None,
        cache_seconds: float = 20.0,
    ) -> None:
        self._dialect = dialect = Dialect.of(flavour, version)
        self.settings = settings = Settings(
            requests_per_minute=throttle_per_minute or dialect.requests_per_minute,
            cache_seconds=cache_seconds,
        )
        self.application = Settings(
            requests_per_minute=dialect.application_requests_per_minute, cache_seconds=0
        )
        """How many requests its Application API takes."""
        self.accounts = accounts = Accounts(dialect)
        self.register = register = Register(world)
        self._gate = gate = Gate(
            accounts,
            Throttle(settings, world.clock),
            application_throttle=Throttle(self.application, world.clock),
            dialect=dialect,
            settings=settings,
        )
        self.wings = WingsStandIn(world)
        self.wings.settings.has_limits = dialect.since(1, 12)
        self.wings.settings.scope_required = dialect.since(1, 12, 3)
        self._calls = Calls(world, accounts, register, dialect=dialect, settings=settings)
        self._admin = ApplicationApi(
            world, accounts, register, gate, dialect=dialect, settings=settings
        )
        self.tokens = TokenOffice(self._calls, accounts, self.wings, dialect=dialect)
        self._wire = Wire(self._routes(), self._translate)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback, and let the nodes listen; port 0 takes any free one."""
        await super().start(port)
        self.wings.settings.remote = self.url
        await self.wings.start()

    async def close(self) -> None:
        """Stop listening, the nodes first."""
        await self.wings.close()
        await super().close()

    def add_user(self, username: str, *, admin: bool = False) -> User:
        """Add a user."""
        return self.accounts.add_user(username, admin=admin)

    def add_key(
        self,
        user: User,
        *,
        application: bool = False,
        allowed_ips: Sequence[str] = (),
        prefixed: bool = True,
        rights: Collection[str] | None = None,
    ) -> str:
        """Make a key for a user and return its text; `rights` are those of an application key."""
        return self.accounts.add_key(
            user,
            application=application,
            allowed_ips=allowed_ips,
            prefixed=prefixed,
            rights=rights,
        )

    def add_allocation(self, node: Node, port: int) -> int:
        """Let servers be put on that port of a node, and return the allocation's id."""
        return self.register.add_allocation(node, port).id

    def own(self, user: User, server: Server) -> None:
        """Make the user the owner of the server."""
        self.accounts.own(user, server)

    def add_subuser(self, user: User, server: Server, *, permissions: Sequence[str]) -> None:
        """Give the user rights on somebody's server."""
        self.accounts.add_subuser(user, server, permissions=permissions)

    def remove_subuser(self, user: User, server: Server) -> None:
        """Take all rights away; the node is told to deny the tokens."""
        self.accounts.remove_subuser(user, server)
        self.wings.guard.deny(token_id(server, user))

    def _routes(self) -> list[web.RouteDef]:
        calls, server = self._calls, "/api/client/servers/{server}"
        return [
            web.get("/", self._to_login),
            web.get(self._dialect.login_path, self._login),
            self._route("GET", "/api/client", calls.list_servers),
            self._route("GET", "/api/client/account", calls.show_account),
            self._route("GET", "/api/client/permissions", calls.list_permissions),
            self._route("GET", server, calls.show_server),
            self._route("GET", f"{server}/resources", calls.show_resources),
            self._route("GET", f"{server}/websocket", self.tokens.show),
            self._route("POST", f"{server}/power", calls.power),
            self._route("POST", f"{server}/command", calls.command),
            *self._admin.routes(),
        ]

    def _route(self, method: str, path: str, call: Call) -> web.RouteDef:
        async def handle(request: web.Request) -> web.Response:
            visitor = await self._gate.admit(request)
            return await with_budget(visitor, call(request, visitor.user))

        add = web.get if method == "GET" else web.post
        return add(path + "{slash:/?}", handle)

    @web.middleware
    async def _translate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Say in the panel's words what is refused."""
        try:
            response = await self._unless_in_maintenance(request, handler)
        except Refusal as refusal:
            response = self._refuse(refusal, request)
        except web.HTTPMethodNotAllowed as error:
            response = self._refuse(wrong_method(request, error), request)
        except web.HTTPNotFound:
            response = self._refuse(unknown_route(request), request)
        response.headers["Cache-Control"] = "no-cache, private"
        return response

    async def _unless_in_maintenance(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        if self.settings.maintenance:
            raise Refusal(503, "HttpException", detail="Service Unavailable")
        return await handler(request)

    def _refuse(self, refusal: Refusal, request: web.Request) -> web.Response:
        return refuse(refusal, request=request, home=self.url, login=self._dialect.login_path)

    async def _to_login(self, _request: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": self.url + self._dialect.login_path})

    async def _login(self, _request: web.Request) -> web.Response:
        """Show the page that a client sees which follows redirects; it brings a cookie along."""
        response = web.Response(text=HTML.format("Login"), content_type="text/html")
        response.set_cookie(self._dialect.session_cookie, "made-up")
        return response
