"""A stand-in of Hangar, the panel that nobody has written, over the fake world."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.panels._wire import Wire

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from bot.simulators.world import Server, World

_SIGNALS = {"boot": "start", "halt": "stop"}
_WORDS = {"running": "up", "offline": "down", "starting": "booting"}


class HangarStandIn:
    """A panel on loopback whose one key reaches the whole world."""

    def __init__(self, world: World, *, key: str) -> None:
        self._world = world
        self._key = key
        routes = [
            web.get("/machines", self._list),
            web.get("/machines/{number}", self._show),
            web.post("/machines/{number}/orders", self._order),
        ]
        self.wire = Wire(routes, self._translate, keys=["X-Hangar-Key"])

    @web.middleware
    async def _translate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("X-Hangar-Key") != self._key:
            return web.json_response({"problem": "key"}, status=401)
        try:
            return await handler(request)
        except LookupError as error:
            return web.json_response({"problem": str(error)}, status=404)

    async def _list(self, _request: web.Request) -> web.Response:
        return web.json_response([_machine(server) for server in self._world.servers])

    async def _show(self, request: web.Request) -> web.Response:
        return web.json_response(_machine(self._found(request)))

    async def _order(self, request: web.Request) -> web.Response:
        self._found(request).power(_SIGNALS[(await request.json())["order"]])
        return web.Response(status=202)

    def _found(self, request: web.Request) -> Server:
        number = int(request.match_info["number"])
        return {server.id: server for server in self._world.servers}[number]


def _machine(server: Server) -> dict[str, object]:
    condition = _WORDS.get(server.state, server.state)
    return {"number": server.id, "title": server.name, "condition": condition}
