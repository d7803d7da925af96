"""Owns a stand-in of vps.org: its API over the fake world, in either of its two dialects.

Refuses whatever the service refuses, in the framework's words; knows nothing of our own client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aiohttp import web

from bot.simulators.panels._faults import HTML
from bot.simulators.panels._wire import Listening, Wire
from bot.simulators.panels.vpsorg_accounts import (
    POWER,
    READ,
    SCOPES,
    SSH_KEYS,
    WRITE,
    Account,
    Accounts,
)
from bot.simulators.panels.vpsorg_calls import Calls
from bot.simulators.panels.vpsorg_catalog import LOCATIONS, PLANS, SYSTEMS
from bot.simulators.panels.vpsorg_errors import Refusal, denied, respond
from bot.simulators.panels.vpsorg_gate import Gate
from bot.simulators.panels.vpsorg_machines import Vps

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from aiohttp.typedefs import Handler

    from bot.simulators.panels.vpsorg_accounts import Token
    from bot.simulators.panels.vpsorg_catalog import Location, Plan, System
    from bot.simulators.world import Server, World

    Call = Callable[[web.Request, Token], Awaitable[web.Response]]

Dialect = Literal["documented", "client"]

_API = "/api/v1"
# The document says two to five minutes.
_PROVISIONING_SECONDS = 180.0
_PER_MINUTE = 120


class VpsOrgStandIn(Listening):
    """The service on loopback; use it as a context manager, or `start` and `close` it."""

    def __init__(
        self,
        world: World,
        *,
        dialect: Dialect = "documented",
        provisioning_seconds: float = _PROVISIONING_SECONDS,
        throttle_per_minute: int = _PER_MINUTE,
    ) -> None:
        self.accounts = Accounts()
        self._world = world
        self._gate = Gate(self.accounts, world.clock, per_minute=throttle_per_minute)
        self._is_documented = dialect == "documented"
        self._calls = Calls(
            world,
            is_documented=self._is_documented,
            provisioning_seconds=provisioning_seconds,
        )
        self._wire = Wire(self._routes(), self._translate)

    def add_token(self, account: Account, *, scopes: Collection[str] = SCOPES) -> str:
        """Make a token for an account and return its text."""
        return self.accounts.add_token(account, scopes=scopes)

    def rent(
        self,
        account: Account,
        server: Server,
        *,
        plan: Plan = PLANS[0],
        system: System = SYSTEMS[1],
        location: Location = LOCATIONS[0],
        hostname: str | None = None,
    ) -> Vps:
        """Make a server of the world a VPS of that account."""
        now = self._world.clock()
        vps = Vps(
            server=server,
            plan=plan,
            system=system,
            location=location,
            hostname=hostname or server.name,
            created_at=now,
            updated_at=now,
        )
        account.machines.append(vps)
        return vps

    def _routes(self) -> list[web.RouteDef]:
        calls, server = self._calls, "/servers/{server}/"
        routes = [
            self._route("GET", "/account/me/", calls.show_me, scope=None),
            self._route("GET", "/servers/", calls.list_servers, scope=READ),
            self._route("POST", "/servers/", calls.create, scope=WRITE),
            self._route("GET", server, calls.show_server, scope=READ),
            self._route("DELETE", server, calls.delete, scope=WRITE),
        ]
        if self._is_documented:
            return [
                *routes,
                self._route("PUT", server, calls.replace, scope=WRITE),
                self._route("PATCH", server, calls.update, scope=WRITE),
                self._route("POST", f"{server}start/", calls.start, scope=POWER),
                self._route("POST", f"{server}stop/", calls.stop, scope=POWER),
                self._route("POST", f"{server}reboot/", calls.reboot, scope=POWER),
            ]
        return [
            *routes,
            self._route("POST", f"{server}power/", calls.power, scope=POWER),
            self._route("POST", f"{server}resize/", calls.resize, scope=WRITE),
            self._route("GET", "/plans/", calls.list_plans, scope=None),
            self._route("GET", "/locations/", calls.list_locations, scope=None),
            self._route("GET", "/operating-systems/", calls.list_systems, scope=None),
            self._route("GET", "/ssh-keys/", calls.list_ssh_keys, scope=SSH_KEYS),
        ]

    def _route(self, method: str, path: str, call: Call, *, scope: str | None) -> web.RouteDef:
        async def handle(request: web.Request) -> web.Response:
            return await call(request, self._gate.admit(request, scope=scope))

        return web.route(method, _API + path, handle)

    @web.middleware
    async def _translate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Say in the framework's words what is refused."""
        try:
            return await self._unless_not_allowed(request, handler)
        except Refusal as refusal:
            return respond(refusal.body, refusal.status, refusal.headers)
        except web.HTTPNotFound:
            return await _elsewhere(request)

    async def _unless_not_allowed(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPMethodNotAllowed as error:
            # Who calls is looked at before what for.
            self._gate.admit(request, scope=None)
            allow = {"Allow": ", ".join(sorted(error.allowed_methods))}
            said = f'Method "{request.method}" not allowed.'
            raise denied(405, said, headers=allow) from error


async def _elsewhere(request: web.Request) -> web.StreamResponse:
    """Redirect to the path with a slash at the end where that leads somewhere; else a page."""
    slashed = request.rel_url.with_path(f"{request.path}/").with_query(request.query)
    match = await request.app.router.resolve(request.clone(rel_url=slashed))
    if request.path.endswith("/") or isinstance(match.http_exception, web.HTTPNotFound):
        page = HTML.format("Not Found")
        return web.Response(status=404, text=page, content_type="text/html")
    return web.Response(status=301, headers={"Location": str(slashed)})
