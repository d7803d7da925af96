"""Owns the endpoints of the client API in both dialects. Lets nobody in, and routes nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from bot.simulators.panels.cvm_answers import Refusal

if TYPE_CHECKING:
    from aiohttp import web

    from bot.simulators.panels.cvm import Settings
    from bot.simulators.panels.cvm_accounts import Accounts
    from bot.simulators.world import Server, World

_TRAFFIC = 500_000_000_000
_MB = 1024 * 1024


class Calls:
    """One method per endpoint; each returns the body of its answer."""

    def __init__(
        self, world: World, accounts: Accounts, *, is_documented: bool, settings: Settings
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._is_documented = is_documented
        self._settings = settings
        self.combined: set[Server] = set()
        """Servers whose traffic is accounted in one sum."""
        self.terminated: set[Server] = set()

    async def list_servers(self, _request: web.Request, user: str) -> object:
        """Return all servers of the user at once."""
        servers = [server for server in self._world.servers if self._accounts.owns(user, server)]
        return {"response": {"vpses": [self._entry(server) for server in servers]}}

    async def show_server(self, request: web.Request, user: str) -> object:
        """Return state and usage."""
        server = self._find(request, user)
        is_reached = await self._reach(server)
        state = self._state(server, is_reached=is_reached)
        usage = server.usage()
        unit = 1 if self._is_documented else _MB
        is_up = state == "running"
        used = self._used(server)
        return {
            "response": {
                "ram_used": str(usage.memory_bytes // unit) if is_up else 0,
                "disk_used": usage.disk_bytes / unit if is_up else 0,
                **used,
                "status": state,
            }
        }

    async def power(self, request: web.Request, user: str) -> None:
        """Start, stop or restart, which is over when it is answered."""
        server = self._find(request, user)
        action = request.match_info["action"]
        if not await self._reach(server):
            raise Refusal(503, "The host node could not be reached.")
        if server.suspended or server in self.terminated:
            raise Refusal(500, f"The VPS could not {action}: it is not active.")
        if action == "stop" and server.state == "offline":
            raise Refusal(500, "The VPS could not be stopped: it is not running.")
        server.signals.append(action)
        if action != "start":
            server.crash()
        if action != "stop" and server.state == "offline":
            server.begin("running")

    def _find(self, request: web.Request, user: str) -> Server:
        for server in self._world.servers:
            is_meant = str(server.id) == request.match_info["id"]
            if is_meant and self._accounts.owns(user, server):
                return server
        # The branch sets 404 and then overwrites it.
        raise Refusal(404 if self._is_documented else 200, "The specified VPS does not exist.")

    async def _reach(self, server: Server) -> bool:
        """Whether the host node takes the SSH connection."""
        if server.node.fault == "hang":
            await asyncio.sleep(self._settings.ssh_timeout_seconds)
        return server.node.fault is None

    def _state(self, server: Server, *, is_reached: bool) -> str:
        if server.suspended:
            return "suspended"
        if server in self.terminated:
            return "terminated" if self._is_documented else "unknown"
        if not is_reached:
            # The branch takes the failure of its own connection for a container that is down.
            return "unknown" if self._is_documented else "stopped"
        # OpenVZ knows a container that runs, however far it has come, and one that does not.
        return "stopped" if server.state == "offline" else "running"

    def _entry(self, server: Server) -> dict[str, Any]:
        """Nearly all numbers are texts, as the database driver gives them."""
        limits = dict.fromkeys(("traffic_in_limit", "traffic_out_limit"), str(_TRAFFIC))
        if server in self.combined:
            limits = {"traffic_limit": str(_TRAFFIC)}
        entry = {
            "id": str(server.id),
            "node": str(1 + self._world.nodes.index(server.node)),
            "virtualization_type": "1",
            "hostname": server.name,
            "guaranteed_ram": str(server.memory_mb // 2),
            "burstable_ram": str(server.memory_mb),
            "disk_space": str(server.disk_mb),
            "cpu_count": "1",
            **limits,
            **self._used(server),
        }
        if self._is_documented:
            return entry
        return {**entry, "location": "Example City", "template": "debian-7-x86_64"}

    def _used(self, server: Server) -> dict[str, Any]:
        usage = server.usage()
        received, sent = usage.network_rx_bytes, usage.network_tx_bytes
        if server in self.combined:
            return {"traffic_used": received + sent}
        return {"traffic_in_used": str(received), "traffic_out_used": str(sent)}
