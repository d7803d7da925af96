"""Owns the user calls of 0.5, below `/api/me`. Lets nobody in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aiohttp import web

from bot.simulators.panels import pterodactyl_legacy_daemon as daemon
from bot.simulators.panels.pterodactyl_legacy_api import read
from bot.simulators.panels.pterodactyl_legacy_errors import Refusal, respond
from bot.simulators.panels.pterodactyl_legacy_payloads import Payloads, process, status

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_legacy_records import Records
    from bot.simulators.world import Server

_BROKEN = "500 Internal Server Error"
_ACTIONS = ("start", "stop", "restart", "kill")


class MeCalls:
    """One method per endpoint."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._payloads = Payloads(records, dialect="0.5")

    async def list_servers(self, _request: web.Request) -> web.Response:
        """GET /me."""
        return respond(
            [
                {
                    "id": server.identifier,
                    "uuid": server.uuid,
                    "name": server.name,
                    "node": server.node.name,
                    "ip": {"set": server.node.ip, "alias": server.alias},
                    "port": server.port,
                    "service": "Minecraft",
                    "option": "Vanilla Minecraft",
                }
                for server in self._records.servers()
            ]
        )

    async def show_server(self, request: web.Request) -> web.Response:
        """GET /me/server/{uuid}: the state, or an error in its place."""
        server = self._find(request)
        return respond(self._payloads.me(server, await _stats(server)))

    async def power(self, request: web.Request) -> web.Response:
        """PUT /me/server/{uuid}: what the node will do later counts as a failure."""
        server = self._find(request)
        action = (await read(request)).get("action")
        if action not in _ACTIONS:
            raise Refusal(500, _BROKEN)
        try:
            is_done = await daemon.reach(server.node)
        except (daemon.Unreachable, daemon.Failed) as error:
            raise Refusal(500, _BROKEN) from error
        if server.suspended:
            raise Refusal(500, _BROKEN)
        if is_done:
            server.power(action)
        if self._records.of(server).rebuilding:
            raise Refusal(500, _BROKEN)
        return web.Response(status=204)

    def _find(self, request: web.Request) -> Server:
        server = self._records.find(request.match_info["uuid"])
        if server is None or request.match_info["uuid"] == str(server.id):
            raise Refusal(404, "404 Not Found")
        return server


async def _stats(server: Server) -> dict[str, Any]:
    try:
        await daemon.reach(server.node)
    except (daemon.Unreachable, daemon.Failed):
        return {"error": "Unable to reach the daemon of this server."}
    stats = process(server) if status(server) else {}
    return {"response": {"status": status(server), "stats": stats, "query": {}}}
