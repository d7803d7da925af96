"""Owns the shapes of a 0.7 panel's JSON. Decides nothing about rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.simulators.world import Server

_STATES = {"running": "on", "offline": "off"}
_THREADS = 4
_MEASURED = frozenset({"running", "starting"})


def details(server: Server, *, is_owner: bool) -> dict[str, Any]:
    """One server as it stands in lists and alone; nothing of its state is in here."""
    return {
        "object": "server",
        "attributes": {
            "server_owner": is_owner,
            "identifier": server.identifier,
            "uuid": server.uuid,
            "name": server.name,
            "description": server.description,
            "limits": {
                "memory": server.memory_mb,
                "swap": server.swap_mb,
                "disk": server.disk_mb,
                "io": 500,
                "cpu": server.cpu_percent,
            },
            "feature_limits": {"databases": 0, "allocations": None},
        },
    }


def utilization(server: Server) -> dict[str, Any]:
    """What a server uses: memory in MiB, disk in decimal MB, percent of one core."""
    usage, is_measured = server.usage(), server.state in _MEASURED
    share = round(usage.cpu_percent / _THREADS, 3)
    return {
        "object": "stats",
        "attributes": {
            "state": _STATES.get(server.state, server.state),
            "memory": {
                "current": round(usage.memory_bytes / 1_048_576) if is_measured else 0,
                "limit": server.memory_mb,
            },
            "cpu": {
                "current": usage.cpu_percent if is_measured else 0,
                "cores": [share] * _THREADS if is_measured else [],
                "limit": server.cpu_percent,
            },
            "disk": {
                "current": usage.disk_bytes // 1_000_000 if is_measured else 0,
                "limit": server.disk_mb,
            },
        },
    }
