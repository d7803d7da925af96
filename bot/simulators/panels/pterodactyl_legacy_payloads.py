"""Owns the shapes of servers in the answers of panels before 0.7. Decides nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.simulators.panels.pterodactyl_legacy_records import Records
    from bot.simulators.world import Server

_STATUS = {"offline": 0, "running": 1, "starting": 2, "stopping": 3}
_INSTALLED = {"installing": 0, "install_failed": 2}
_RENAMED = ("node", "owner", "allocation", "service", "option", "pack")
"""Columns that 0.6 calls `node_id` and so on."""


class Payloads:
    """Turns the fake world into rows and documents."""

    def __init__(self, records: Records, *, dialect: str) -> None:
        self._records = records
        self._dialect = dialect

    def columns(self, server: Server) -> dict[str, Any]:
        """One server as 0.4 and 0.5 have it in their table."""
        record = self._records.of(server)
        is_deleting = record.deleted_at is not None
        columns: dict[str, Any] = {
            "id": server.id,
            "uuid": server.uuid,
            "uuidShort": server.identifier,
            "node": self._records.node_id(server.node),
            "name": server.name,
            "suspended": int(server.suspended),
            "owner": record.owner.id,
            "memory": server.memory_mb,
            "swap": server.swap_mb,
            "disk": server.disk_mb,
            "io": record.io,
            "cpu": server.cpu_percent,
            "oom_disabled": 0,
            "allocation": self._records.allocation_id(server.node, server.port),
            "service": record.service,
            "option": record.option,
            "pack": None,
            "startup": record.startup,
            "image": "quay.io/pterodactyl/minecraft",
            "username": f"ptdl-{server.identifier}",
            "installed": 3
            if is_deleting and record.by_force
            else _INSTALLED.get(server.condition or "", 1),
            "created_at": _date(record.created_at),
            "updated_at": _date(record.created_at),
        }
        if self._dialect != "0.4":
            columns["deleted_at"] = _date(record.deleted_at) if record.deleted_at else None
        return columns

    def resource(self, server: Server) -> dict[str, Any]:
        """One server as 0.6 has it; its id stands beside the attributes."""
        columns = self.columns(server) | {"description": server.description}
        for name in _RENAMED:
            columns[f"{name}_id"] = columns.pop(name)
        return {"type": "server", "id": str(columns.pop("id")), "attributes": columns}

    def user_view(self, server: Server) -> dict[str, Any]:
        """One server as the user calls of 0.6 show it."""
        attributes = {
            "uuid": server.uuid,
            "name": server.name,
            "description": server.description,
            "node": server.node.name,
            "limits": {**_limits(server, self._records.of(server).io), "oom_disabled": False},
        }
        return {"type": "server", "id": server.identifier, "attributes": attributes}

    def user_entry(self, server: Server) -> dict[str, Any]:
        """One server as it stands in the list of the user calls of 0.6."""
        attributes = {
            "uuid": server.uuid,
            "name": server.name,
            "node": server.node.name,
            "ip": server.alias or server.node.ip,
            "port": server.port,
            "service": "Minecraft",
            "option": "Vanilla Minecraft",
        }
        return {"type": "server", "id": server.identifier, "attributes": attributes}

    def included_allocations(self, server: Server) -> list[dict[str, Any]]:
        """The addresses of a server, as 0.6 includes them."""
        return [
            {
                "type": "allocation",
                "id": str(self._records.allocation_id(server.node, port)),
                "attributes": address,
            }
            for port, address in zip(ports(server), addresses(server), strict=True)
        ]

    def me(self, server: Server, daemon: dict[str, Any]) -> dict[str, Any]:
        """One server as the user calls of 0.5 show it."""
        return {
            "uuidShort": server.identifier,
            "uuid": server.uuid,
            "name": server.name,
            "node": server.node.name,
            "limits": _limits(server, self._records.of(server).io),
            "allocations": addresses(server),
            "sftp": {"username": f"ptdl-{server.identifier}"},
            "daemon": {"token": self._records.of(server).token, **daemon},
        }


def ports(server: Server) -> tuple[int, ...]:
    """Return all ports, the default one first."""
    return (server.port, *server.more_ports)


def addresses(server: Server) -> list[dict[str, Any]]:
    """Return all addresses."""
    return [
        {
            "ip": server.node.ip,
            "alias": server.alias,
            "port": port,
            "default": port == server.port,
        }
        for port in ports(server)
    ]


def status(server: Server) -> int:
    """Return the state as nodes number it."""
    return _STATUS[server.state]


def process(server: Server) -> dict[str, Any]:
    """Return what a server uses: bytes, percent of one core, and the disk in MB."""
    usage = server.usage()
    return {
        "memory": {"total": usage.memory_bytes, "cmax": usage.memory_bytes, "amax": 0},
        "cpu": {"cores": [usage.cpu_percent, 0.0], "total": usage.cpu_percent},
        "disk": {"used": usage.disk_bytes // 1_000_000},
        "network": {},
    }


def _limits(server: Server, io: int) -> dict[str, Any]:
    return {
        "memory": server.memory_mb,
        "swap": server.swap_mb,
        "disk": server.disk_mb,
        "io": io,
        "cpu": server.cpu_percent,
    }


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(seconds))
