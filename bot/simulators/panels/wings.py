"""Owns a stand-in of Wings, the daemon on a node: its websocket over the fake world.

Gives out no token, that is the panel's business; one of these stands for all nodes.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from bot.simulators.panels._wire import Wire
from bot.simulators.panels.wings_feed import Feed
from bot.simulators.panels.wings_guard import Guard
from bot.simulators.panels.wings_settings import WingsSettings
from bot.simulators.panels.wings_socket import WingsSocket

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp.typedefs import Handler

    from bot.simulators.panels._faults import Faults
    from bot.simulators.world import Server, World

_MOST_SOCKETS = 30
_LOOK_SECONDS = 0.02
_CANNOT_UPGRADE = "websocket: request origin not allowed"


class WingsStandIn:
    """The websockets of all servers, below `/api/servers/{uuid}/ws`."""

    def __init__(self, world: World) -> None:
        self.clock = world.clock
        self.settings = WingsSettings()
        self.guard = Guard(self.settings, self.clock)
        self.sockets: list[WingsSocket] = []
        """All that are open."""
        self._world = world
        self._feeds: dict[str, Feed] = {}
        self._wire = Wire([web.get("/api/servers/{uuid}/ws", self._connect)], _as_it_is)
        self._changed = asyncio.Condition()
        self._looking: asyncio.Task[None] | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any free one."""
        await self._wire.start(port)
        loop = asyncio.get_running_loop()
        self._looking = loop.create_task(self._look_for_ever())

    async def close(self) -> None:
        """Stop listening and cut all sockets."""
        if self._looking is not None:
            self._looking.cancel()
            with suppress(asyncio.CancelledError):
                await self._looking
        await self._wire.close()

    @property
    def faults(self) -> Faults:
        """What goes wrong on the way to it."""
        return self._wire.faults

    @property
    def handshakes(self) -> int:
        """How many sockets were asked for."""
        return len(self._wire.requests)

    def address_of(self, server: Server) -> str:
        """Return the address of a server's websocket."""
        host = self._wire.url.replace("http://", "ws://", 1)
        return f"{host}/api/servers/{server.uuid}/ws"

    def sockets_of(self, server: Server) -> list[WingsSocket]:
        """Return the open sockets of a server."""
        return [socket for socket in self.sockets if socket.server is server]

    async def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what sockets and the frames that they receive bring about."""
        async with self._changed:
            await self._changed.wait_for(is_so)

    async def wait_for_handshakes(self, count: int) -> None:
        """Wait until so many sockets were asked for."""
        await self._wire.wait_for_requests(count)

    async def wait_for_sockets(self, count: int) -> None:
        """Wait until so many are open."""
        await self.wait_until(lambda: len(self.sockets) == count)

    async def emit(self, server: Server, event: str, *args: str) -> None:
        """Tell everybody who watches the server."""
        for socket in self.sockets_of(server):
            await socket.tell(event, *args)

    async def disconnect(self, server: Server, code: int, reason: str = "") -> None:
        """Close all sockets of a server."""
        for socket in self.sockets_of(server):
            await socket.close(code, reason)

    def restart(self) -> None:
        """Die and come back: all sockets are cut, all older tokens denied."""
        self.guard.forget()
        for socket in self.sockets:
            socket.cut()

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        origin = request.headers.get("Origin", "")
        allowed = (self.settings.remote, *self.settings.allowed_origins)
        if origin not in allowed and "*" not in allowed:
            return web.Response(status=403, text=_CANNOT_UPGRADE)
        uuid = request.match_info["uuid"]
        server = next((each for each in self._world.servers if each.uuid == uuid), None)
        if server is None:
            return _refuse(404, "The requested resource does not exist on this instance.")
        if server.node.fault is not None and request.transport is not None:
            request.transport.abort()
            return web.Response()
        if self.settings.has_limits and len(self.sockets_of(server)) >= _MOST_SOCKETS:
            return _refuse(400, "Too many open websocket connections.")
        return await self._serve(server, request)

    async def _serve(self, server: Server, request: web.Request) -> web.StreamResponse:
        feed = self._feeds.get(server.uuid)
        if feed is None:
            feed = self._feeds[server.uuid] = Feed(server, log_lines=self.settings.log_lines)
        if not self.sockets_of(server):
            feed.catch_up()
        socket = WingsSocket(
            server, feed, settings=self.settings, guard=self.guard, clock=self.clock
        )
        self.sockets.append(socket)
        try:
            return await socket.serve(request, self._tell_waiting)
        finally:
            self.sockets.remove(socket)
            await self._tell_waiting()

    async def _tell_waiting(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def _look_for_ever(self) -> None:
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: bool(self.sockets))
            # Each server by itself, so that a slow client of one delays no other.
            async with asyncio.TaskGroup() as group:
                for server in {socket.server for socket in self.sockets}:
                    group.create_task(self._look_at(server))
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look_at(self, server: Server) -> None:
        if server.node.fault is not None:
            for socket in self.sockets_of(server):
                socket.cut()
            return
        for event, argument in self._feeds[server.uuid].look():
            await self.emit(server, event, argument)
        for socket in self.sockets_of(server):
            await socket.check()
        if server not in self._world.servers:
            await self._delete(server)
        elif server.suspended and self.settings.has_limits:
            await self.disconnect(server, 4409, "server is suspended")

    async def _delete(self, server: Server) -> None:
        await self.emit(server, "deleted", "null")
        await self.disconnect(server, 1001, "server deleted")
        self._feeds.pop(server.uuid, None)


def _refuse(status: int, text: str) -> web.Response:
    body = json.dumps({"error": text, "request_id": None})
    return web.Response(status=status, text=body, content_type="application/json")


@web.middleware
async def _as_it_is(request: web.Request, handler: Handler) -> web.StreamResponse:
    return await handler(request)
