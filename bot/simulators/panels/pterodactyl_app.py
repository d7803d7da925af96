"""Owns the routes of the Application API, and which right each asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.panels.pterodactyl_app_calls import AppCalls
from bot.simulators.panels.pterodactyl_app_lists import AppLists
from bot.simulators.panels.pterodactyl_app_payloads import AppPayloads
from bot.simulators.panels.pterodactyl_errors import Refusal
from bot.simulators.panels.pterodactyl_gate import with_budget

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.simulators.panels.pterodactyl_accounts import Accounts, Key
    from bot.simulators.panels.pterodactyl_app_register import Register
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.panels.pterodactyl_gate import Gate
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Server, World

    ServerCall = Callable[[web.Request, Key, Server], Awaitable[web.Response]]
    KeyCall = Callable[[web.Request, Key], Awaitable[web.Response]]
    ListCall = Callable[[web.Request], Awaitable[web.Response]]

_ROOT = "/api/application"
_SERVER = f"{_ROOT}/servers/{{server}}"


class ApplicationApi:
    """What root admins do over HTTP."""

    def __init__(
        self,
        world: World,
        accounts: Accounts,
        register: Register,
        gate: Gate,
        *,
        dialect: Dialect,
        settings: Settings,
    ) -> None:
        payloads = AppPayloads(world, accounts, register, dialect=dialect)
        self._gate = gate
        self._lists = AppLists(world, accounts, register, payloads)
        self._calls = AppCalls(world, accounts, register, payloads, settings=settings)

    def routes(self) -> list[web.RouteDef]:
        """Return all routes."""
        calls, lists = self._calls, self._lists
        return [
            self._list("users", "/users", lists.users),
            self._list("nodes", "/nodes", lists.nodes),
            self._list("allocations", "/nodes/{node}/allocations", lists.allocations),
            self._list("locations", "/locations", lists.locations),
            self._list("nests", "/nests", lists.nests),
            self._list("eggs", "/nests/{nest}/eggs", lists.eggs),
            self._list("eggs", "/nests/{nest}/eggs/{egg}", lists.egg),
            self._any("GET", "/servers", calls.list_servers),
            self._any("POST", "/servers", calls.create),
            self._any("GET", "/servers/external/{external}", calls.show_external),
            self._one("GET", "", calls.show),
            self._one("PATCH", "/details", calls.update_details),
            self._one("PATCH", "/build", calls.update_build),
            self._one("PATCH", "/startup", calls.update_startup),
            self._one("POST", "/suspend", calls.suspend),
            self._one("POST", "/unsuspend", calls.unsuspend),
            self._one("POST", "/reinstall", calls.reinstall),
            self._one("DELETE", "", calls.delete),
            self._one("DELETE", "/force", calls.delete),
        ]

    def _list(self, resource: str, path: str, call: ListCall) -> web.RouteDef:
        async def answer(request: web.Request, key: Key) -> web.Response:
            _require(key, f"{resource}:read")
            return await call(request)

        return self._route("GET", _ROOT + path, answer)

    def _any(self, method: str, path: str, call: KeyCall) -> web.RouteDef:
        async def answer(request: web.Request, key: Key) -> web.Response:
            _require(key, _right(method))
            return await call(request, key)

        return self._route(method, _ROOT + path, answer)

    def _one(self, method: str, path: str, call: ServerCall) -> web.RouteDef:
        async def answer(request: web.Request, key: Key) -> web.Response:
            # The panel looks a server up before it looks at rights.
            server = self._calls.find(request.match_info["server"])
            _require(key, _right(method))
            return await call(request, key, server)

        return self._route(method, _SERVER + path, answer)

    def _route(self, method: str, path: str, answer: KeyCall) -> web.RouteDef:
        async def handle(request: web.Request) -> web.Response:
            visitor = await self._gate.admit_admin(request)
            return await with_budget(visitor, answer(request, visitor.key))

        return web.route(method, path + "{slash:/?}", handle)


def _right(method: str) -> str:
    return "servers:read" if method == "GET" else "servers:write"


def _require(key: Key, right: str) -> None:
    if not key.may(right):
        raise Refusal(403, "AccessDeniedHttpException", detail="This action is unauthorized.")
