"""Owns the endpoints of the client API. Lets nobody in: whoever comes here has a good key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import pterodactyl_conflicts as conflicts
from bot.simulators.panels import pterodactyl_daemon as daemon
from bot.simulators.panels import pterodactyl_list as listing
from bot.simulators.panels.pterodactyl_errors import Refusal, respond
from bot.simulators.panels.pterodactyl_gate import sends_json
from bot.simulators.panels.pterodactyl_payloads import Payloads

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_app_register import Register
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Server, World

_PERMISSION_BY_SIGNAL = {
    "start": "control.start",
    "stop": "control.stop",
    "restart": "control.restart",
    "kill": "control.stop",
}


class Calls:
    """One method per endpoint."""

    def __init__(
        self,
        world: World,
        accounts: Accounts,
        register: Register,
        *,
        dialect: Dialect,
        settings: Settings,
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._dialect = dialect
        self._settings = settings
        self._payloads = Payloads(accounts, register, dialect=dialect, settings=settings)
        self._cache: dict[str, tuple[float, Any]] = {}
        """Resources by server, with the time until which they are good."""

    async def list_servers(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client."""
        query = request.query
        servers = listing.show(self._world.servers, query, user=user, accounts=self._accounts)
        servers = listing.match(servers, query, dialect=self._dialect)
        here = str(request.url.origin()) + request.path.rstrip("/")
        servers, pagination = listing.cut(servers, query, url=here)
        include = _include(request)
        data = [self._payloads.server(server, user, include=include) for server in servers]
        return respond({"object": "list", "data": data, "meta": {"pagination": pagination}})

    async def show_server(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client/servers/{server}."""
        server = self.find(request, user, call="view")
        return respond(self._payloads.details(server, user, include=_include(request)))

    async def show_resources(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client/servers/{server}/resources: from 1.4 on not more often than it may."""
        server = self.find(request, user, call="resources")
        good_until, body = self._cache.get(server.uuid, (0.0, None))
        if self._world.clock() >= good_until:
            await daemon.ask(server.node, self._settings.daemon_timeout_seconds)
            body = self._payloads.resources(server)
            if self._dialect.since(1, 4):
                good_until = self._world.clock() + self._settings.cache_seconds
                self._cache[server.uuid] = good_until, body
        return respond(body)

    async def power(self, request: web.Request, user: User) -> web.Response:
        """POST /api/client/servers/{server}/power: yes also where nothing will happen."""
        server = self.find(request, user, call="power")
        signal = await _field(request, "signal")
        # The right is asked for before the signal is looked at: only who has all rights hears 422.
        self._require(user, server, permission=_PERMISSION_BY_SIGNAL.get(str(signal), ""))
        signal = _text(signal, "signal")
        if signal not in _PERMISSION_BY_SIGNAL:
            raise _invalid("signal", "in", "The selected signal is invalid.")
        if await self._order(server):
            server.power(signal)
        return web.Response(status=204)

    async def command(self, request: web.Request, user: User) -> web.Response:
        """POST /api/client/servers/{server}/command."""
        server = self.find(request, user, call="command")
        self._require(user, server, permission="control.console")
        command = _text(await _field(request, "command"), "command")
        if await self._order(server) and not server.send(command):
            raise Refusal(
                502, "HttpException", detail="Server must be online in order to send commands."
            )
        return web.Response(status=204)

    async def show_account(self, _request: web.Request, user: User) -> web.Response:
        """GET /api/client/account."""
        return respond(self._payloads.account(user))

    async def list_permissions(self, _request: web.Request, _user: User) -> web.Response:
        """GET /api/client/permissions."""
        return respond(self._payloads.permissions())

    def find(self, request: web.Request, user: User, *, call: str) -> Server:
        """Find by identifier or uuid in any case; hide what the user has no part in."""
        wanted = request.match_info["server"].lower()
        for server in self._world.servers:
            if wanted in (server.identifier, server.uuid):
                break
        else:
            raise _missing("The requested resource could not be found on the server.")
        if not self._accounts.may_see(user, server):
            raise _missing("The requested resource does not exist on this server.")
        conflicts.check(server, call, dialect=self._dialect)
        return server

    async def _order(self, server: Server) -> bool:
        return await daemon.order(server.node, self._settings.daemon_timeout_seconds)

    def _require(self, user: User, server: Server, *, permission: str) -> None:
        if not self._accounts.may(user, server, permission=permission):
            raise Refusal(403, "AccessDeniedHttpException", detail="This action is unauthorized.")


def _include(request: web.Request) -> list[str]:
    return request.query.get("include", "").split(",")


async def _field(request: web.Request, name: str) -> Any:
    """Read a field from a JSON body or a form; Laravel trims texts, and an empty one is none."""
    if sends_json(request):
        document = await request.json() if await request.read() else {}
        value = document.get(name) if isinstance(document, dict) else None
    else:
        value = (await request.post()).get(name)
    return (value.strip() or None) if isinstance(value, str) else value


def _text(value: Any, field: str) -> str:
    if value is None or value == []:
        raise _invalid(field, "required", f"The {field} field is required.")
    if not isinstance(value, str):
        raise _invalid(field, "string", f"The {field} must be a string.")
    return value


def _invalid(field: str, rule: str, detail: str) -> Refusal:
    meta = {"source_field": field, "rule": rule}
    return Refusal(422, "ValidationException", detail=detail, meta=meta)


def _missing(detail: str) -> Refusal:
    return Refusal(404, "NotFoundHttpException", detail=detail)
