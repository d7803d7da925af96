"""Owns a stand-in of a Pterodactyl panel before 0.7, in one of its three dialects.

Refuses whatever the real panel refuses, in its words, and knows nothing of our own client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from aiohttp import web

from bot.simulators.panels._wire import Listening, Wire
from bot.simulators.panels.pterodactyl_legacy_accounts import Accounts
from bot.simulators.panels.pterodactyl_legacy_api import ApiCalls
from bot.simulators.panels.pterodactyl_legacy_catalog import Catalog
from bot.simulators.panels.pterodactyl_legacy_errors import Refusal, refuse_api, refuse_v06
from bot.simulators.panels.pterodactyl_legacy_gate import ApiGate, V06Gate
from bot.simulators.panels.pterodactyl_legacy_me import MeCalls
from bot.simulators.panels.pterodactyl_legacy_records import Records
from bot.simulators.panels.pterodactyl_legacy_v06 import AdminCalls, UserCalls
from bot.simulators.panels.pterodactyl_settings import Settings
from bot.simulators.panels.pterodactyl_throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from aiohttp.typedefs import Handler

    from bot.simulators.world import Node, World

    Call = Callable[[web.Request], Awaitable[web.Response]]
    Route = tuple[str, str, str, Call]
    """Method, path, permission and what answers."""


class LegacyStandIn(Listening):
    """A panel on loopback; use it as a context manager, or `start` and `close` it."""

    def __init__(
        self,
        world: World,
        *,
        dialect: Literal["0.4", "0.5", "0.6"],
        requests_per_minute: int = 60,
        nodes: Sequence[Node] | None = None,
    ) -> None:
        """Make a panel of these nodes; of all the world's where none are named."""
        self.accounts = accounts = Accounts()
        self.records = records = Records(world, accounts, nodes=nodes)
        self.settings = Settings(requests_per_minute=requests_per_minute, cache_seconds=0)
        self.gate: ApiGate | V06Gate
        self._refuse: Callable[[Refusal, web.Request], web.Response]
        if dialect == "0.6":
            self.gate = V06Gate(accounts, Throttle(self.settings, world.clock))
            self._refuse, routes = refuse_v06, _v06_routes(records)
            routes += _v06_catalog_routes(Catalog(records, dialect=dialect))
        else:
            self.gate, self._refuse = ApiGate(accounts), refuse_api
            self.api = ApiCalls(records, dialect=dialect)
            routes = _api_routes(self.api, dialect)
            routes += _api_catalog_routes(Catalog(records, dialect=dialect), dialect)
            if dialect == "0.5":
                routes += _me_routes(MeCalls(records))
        self._wire = Wire([self._route(*route) for route in routes], self._translate)

    def _route(self, method: str, path: str, permission: str, call: Call) -> web.RouteDef:
        async def handle(request: web.Request) -> web.Response:
            headers = await self.gate.admit(request, permission)
            try:
                response = await call(request)
            except Refusal as refusal:
                refusal.headers |= headers
                raise
            response.headers.update(headers)
            return response

        return web.route(method, path + "{slash:/?}", handle)

    @web.middleware
    async def _translate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Say in the panel's words what is refused."""
        try:
            return await handler(request)
        except Refusal as refusal:
            return self._refuse(refusal, request)
        except web.HTTPMethodNotAllowed:
            return self._refuse(Refusal(405, "405 Method Not Allowed"), request)
        except web.HTTPNotFound:
            return self._refuse(Refusal(404, "404 Not Found"), request)


def _api_routes(calls: ApiCalls, dialect: str) -> list[Route]:
    node = "api.servers." if dialect == "0.4" else "api.admin.servers."
    servers, server = "/api/servers", "/api/servers/{id}"
    return [
        ("GET", servers, f"{node}list", calls.list_servers),
        ("POST", servers, f"{node}create", calls.create_server),
        ("GET", server, f"{node}view", calls.show_server),
        ("PATCH", f"{server}/config", f"{node}config", calls.configure),
        ("PATCH", f"{server}/build", f"{node}build", calls.build),
        ("POST", f"{server}/suspend", f"{node}suspend", calls.suspend),
        ("POST", f"{server}/unsuspend", f"{node}unsuspend", calls.unsuspend),
        ("DELETE", server, f"{node}delete", calls.delete_server),
        ("DELETE", f"{server}/{{force}}", f"{node}delete", calls.delete_server),
    ]


def _me_routes(calls: MeCalls) -> list[Route]:
    return [
        ("GET", "/api/me", "api.user.me", calls.list_servers),
        ("GET", "/api/me/server/{uuid}", "api.user.server", calls.show_server),
        ("PUT", "/api/me/server/{uuid}", "api.user.server.power", calls.power),
    ]


def _api_catalog_routes(catalog: Catalog, dialect: str) -> list[Route]:
    node = "api." if dialect == "0.4" else "api.admin."
    return [
        ("GET", "/api/users", f"{node}users.list", catalog.users),
        ("GET", "/api/nodes", f"{node}nodes.list", catalog.nodes),
        ("GET", "/api/nodes/allocations", f"{node}nodes.allocations", catalog.allocations),
        ("GET", "/api/locations", f"{node}locations.list", catalog.locations),
        ("GET", "/api/services", f"{node}services.list", catalog.services),
        ("GET", "/api/services/{id}", f"{node}services.view", catalog.service),
    ]


def _v06_catalog_routes(catalog: Catalog) -> list[Route]:
    return [
        ("GET", "/api/admin/users", "user-list", catalog.users),
        ("GET", "/api/admin/nodes", "node-list", catalog.nodes),
        ("GET", "/api/admin/nodes/{id}", "node-view", catalog.node),
        ("GET", "/api/admin/locations", "location-list", catalog.locations),
        ("GET", "/api/admin/services", "service-list", catalog.services),
        ("GET", "/api/admin/services/{id}", "service-view", catalog.service),
    ]


def _v06_routes(records: Records) -> list[Route]:
    admin, user = AdminCalls(records), UserCalls(records)
    servers, server = "/api/admin/servers", "/api/admin/servers/{id}"
    mine = "/api/user/server/{uuid}"
    return [
        ("GET", servers, "server-list", admin.list_servers),
        ("POST", servers, "server-create", admin.create_server),
        ("GET", server, "server-view", admin.show_server),
        ("PUT", f"{server}/details", "server-edit-details", admin.edit_details),
        ("PUT", f"{server}/build", "server-edit-build", admin.edit_build),
        ("PATCH", f"{server}/suspend", "server-suspend", admin.suspend),
        ("DELETE", server, "server-delete", admin.delete_server),
        ("GET", "/api/user", "user.server-list", user.list_servers),
        ("GET", mine, "user.server-view", user.show_server),
        ("POST", f"{mine}/power", "user.server-power", user.power),
        ("POST", f"{mine}/command", "user.server-command", user.command),
    ]
