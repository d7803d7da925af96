"""Owns the endpoints of 0.7's client API. Lets nobody in: whoever comes here has a good key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import pterodactyl_list as listing
from bot.simulators.panels import pterodactyl_v07_daemon as daemon
from bot.simulators.panels import pterodactyl_v07_payloads as payloads
from bot.simulators.panels.pterodactyl_errors import Refusal, respond
from bot.simulators.panels.pterodactyl_gate import sends_json
from bot.simulators.panels.pterodactyl_v07_errors import invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Server, World

_SIGNALS = frozenset({"start", "stop", "restart", "kill"})
_PER_PAGE = "15"


class Calls:
    """One method per endpoint."""

    def __init__(
        self, world: World, accounts: Accounts, *, dialect: Dialect, settings: Settings
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._dialect = dialect
        self._settings = settings

    async def list_servers(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client: 15 a page, whatever is asked for."""
        here = str(request.url.origin()) + request.path.rstrip("/")
        query = {**request.query, "per_page": _PER_PAGE}
        servers, pagination = listing.cut(self._shown(request, user), query, url=here)
        # The library of that time writes an empty object as a list.
        pagination["links"] = pagination["links"] or []
        data = [self._details(server, user) for server in servers]
        return respond({"object": "list", "data": data, "meta": {"pagination": pagination}})

    async def show_server(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client/servers/{server}: says nothing of a suspension."""
        return respond(self._details(self._find(request, user), user))

    async def show_utilization(self, request: web.Request, user: User) -> web.Response:
        """GET /api/client/servers/{server}/utilization."""
        server = self._find(request, user)
        await daemon.reach(server, self._settings.daemon_timeout_seconds)
        if server.node.fault == "html":
            raise Refusal(500, "ErrorException")
        return respond(payloads.utilization(server))

    async def power(self, request: web.Request, user: User) -> web.Response:
        """POST /api/client/servers/{server}/power: yes also where nothing will happen."""
        server = self._find(request, user)
        signal = _text(await _field(request, "signal"), "signal")
        if signal not in _SIGNALS:
            raise invalid("signal", "in", "The selected signal is invalid.")
        self._require(user, server, permission=f"power-{signal}")
        await daemon.reach(server, self._settings.daemon_timeout_seconds)
        if server.node.fault != "html":
            server.power(signal)
        return web.Response(status=204)

    async def command(self, request: web.Request, user: User) -> web.Response:
        """POST /api/client/servers/{server}/command."""
        server = self._find(request, user)
        command = _text(await _field(request, "command"), "command")
        self._require(user, server, permission="send-command")
        await daemon.reach_console(server, self._settings.daemon_timeout_seconds)
        if server.node.fault != "html":
            server.send(command)
        return web.Response(status=204)

    def _shown(self, request: web.Request, user: User) -> Sequence[Server]:
        """Pick by `filter`; from 0.7.15 to 0.7.17 it shows everything to everybody."""
        servers, accounts = self._world.servers, self._accounts
        wanted = request.query.get("filter", "") if self._dialect.since(0, 7, 15) else ""
        if wanted == "owner":
            return [server for server in servers if accounts.owns(user, server)]
        if wanted in ("all", "admin") and (user.admin or not self._dialect.since(0, 7, 18)):
            return servers
        return [server for server in servers if accounts.has_share(user, server)]

    def _find(self, request: web.Request, user: User) -> Server:
        """Find by identifier alone; newer versions stumble over one that does not exist."""
        wanted = request.match_info["server"]
        for server in self._world.servers:
            if server.identifier == wanted:
                break
        else:
            if self._dialect.since(0, 7, 11):
                raise Refusal(500, "FatalThrowableError")
            raise Refusal(404, "NotFoundHttpException")
        if not self._accounts.may_see(user, server):
            raise Refusal(404, "NotFoundHttpException")
        return server

    def _require(self, user: User, server: Server, *, permission: str) -> None:
        if not self._accounts.may(user, server, permission=permission):
            raise Refusal(403, "AccessDeniedHttpException")

    def _details(self, server: Server, user: User) -> dict[str, Any]:
        return payloads.details(server, is_owner=self._accounts.owns(user, server))


async def _field(request: web.Request, name: str) -> Any:
    """Read a field from a JSON body or a form; what is no JSON has no fields."""
    if not sends_json(request):
        return (await request.post()).get(name)
    try:
        document = await request.json()
    except ValueError:
        return None
    return document.get(name) if isinstance(document, dict) else None


def _text(value: Any, field: str) -> str:
    text = value.strip() if isinstance(value, str) else value
    if text in (None, "", []):
        raise invalid(field, "required", f"The {field} field is required.")
    if not isinstance(text, str):
        raise invalid(field, "string", f"The {field} must be a string.")
    return text
