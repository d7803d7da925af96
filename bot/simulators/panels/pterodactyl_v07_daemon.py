"""Owns how a 0.7 panel reaches the daemon on a node, and what it makes of its failures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.simulators.panels.pterodactyl_errors import Refusal

if TYPE_CHECKING:
    from bot.simulators.world import Server

_STATUS_BY_CONDITION = {"suspended": 403, "installing": 404}
"""What the daemon itself answers about a server that cannot be used."""


async def reach(server: Server, timeout_seconds: float) -> None:
    """Reach it for utilization or power: the panel does not catch what goes wrong there."""
    status = await _status(server, timeout_seconds)
    if status is None:
        raise Refusal(500, "ConnectException")
    if status >= 400:
        raise Refusal(500, "ServerException" if status >= 500 else "ClientException")


async def reach_console(server: Server, timeout_seconds: float) -> None:
    """Reach it for a command, where the panel catches what goes wrong."""
    status = await _status(server, timeout_seconds)
    if status is None or status >= 400:
        raise Refusal(
            504,
            "DaemonConnectionException",
            detail=f"The daemon could not be asked: HTTP/{status or 'E_CONN_REFUSED'}.",
        )
    if server.state == "offline":
        raise Refusal(412, "PreconditionFailedHttpException")


async def _status(server: Server, timeout_seconds: float) -> int | None:
    """Return what the daemon answers; None where it does not."""
    fault = server.node.fault
    if fault == "hang":
        await asyncio.sleep(timeout_seconds)
    if fault in ("down", "hang", "reset"):
        return None
    if isinstance(fault, int):
        return fault
    return _STATUS_BY_CONDITION.get(server.condition or "", 200)
