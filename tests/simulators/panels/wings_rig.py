"""Owns a node, its panel and one connection to a server, as the captures were made."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import aiohttp

    from bot.simulators.panels.pterodactyl import PterodactylStandIn
    from bot.simulators.world import World
    from tests.simulators.panels.caller import Clock

PATIENCE = 10


class Rig:
    """A node, its panel and one connection to a server."""

    def __init__(
        self, world: World, clock: Clock, panel: PterodactylStandIn, http: aiohttp.ClientSession
    ) -> None:
        self.world, self.clock, self.panel, self._http = world, clock, panel, http
        self.node = world.add_node("rig-node")
        self.server = world.add_server(
            "Survival", node=self.node, memory_mb=1024, start_seconds=3, stop_seconds=2
        )
        self.owner, self.admin, self.guest = (
            panel.add_user(name, admin=name == "admin") for name in ("owner", "admin", "guest")
        )
        panel.own(self.owner, self.server)
        self.frames: list[dict[str, Any]] = []
        self._came = asyncio.Condition()

    async def token(self, name: str) -> str:
        user = self.admin if "admin" in name else self.guest if "subuser" in name else self.owner
        server = self.server
        if "other-server" in name:
            server = self.world.add_server("Other", node=self.node)
            self.panel.own(self.owner, server)
        path = f"/api/client/servers/{server.identifier}/websocket"
        headers = {"Accept": "application/json"}
        headers["Authorization"] = f"Bearer {self.panel.add_key(user)}"
        async with self._http.get(self.panel.url + path, headers=headers) as response:
            token: str = (await response.json())["data"]["token"]
        return token

    @asynccontextmanager
    async def opened(self, name: str = "") -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """Connect with the token of that name, and read all the time."""
        token = await self.token(name)
        async with self.connect() as socket, asyncio.TaskGroup() as group:
            group.create_task(self.read(socket))
            await socket.send_json({"event": "auth", "args": [token]})
            await self.heard("auth success")
            yield socket
            await socket.close()

    async def heard(self, event: str, text: str = "") -> str:
        """Wait for an event whose argument has that text; return the argument."""

        def found() -> list[str]:
            args = (each.get("args", [""])[0] for each in self.frames if each["event"] == event)
            return [argument for argument in args if text in argument]

        await self.until(lambda: bool(found()))
        return found()[-1]

    async def read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.frames.append(message.json())
            async with self._came:
                self._came.notify_all()

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(is_so)

    def connect(self) -> Any:  # noqa: ANN401 - aiohttp's own context
        address = self.panel.wings.address_of(self.server)
        return self._http.ws_connect(address, origin=self.panel.url)
