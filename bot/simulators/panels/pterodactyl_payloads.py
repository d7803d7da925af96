"""Owns the shapes of the panel's JSON, version by version. Decides nothing about rights."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.panels.pterodactyl_settings import Settings
    from bot.simulators.world import Server

_STATUS = {"restoring": "restoring_backup", "transferring": None}
"""The panel's words for a condition where they differ from the world's."""

_PERMISSIONS = {
    "websocket": ("connect",),
    "control": ("console", "start", "stop", "restart"),
    "user": ("create", "read", "update", "delete"),
    "file": ("create", "read", "read-content", "update", "delete", "archive", "sftp"),
    "backup": ("create", "read", "delete", "download", "restore"),
    "allocation": ("read", "create", "update", "delete"),
    "startup": ("read", "update", "docker-image"),
    "database": ("create", "read", "update", "delete", "view_password"),
    "schedule": ("create", "read", "update", "delete"),
    "settings": ("rename", "reinstall"),
    "activity": ("read",),
}


class Payloads:
    """Turns the fake world into answers, as one user may see it."""

    def __init__(self, accounts: Accounts, dialect: Dialect, *, settings: Settings) -> None:
        self._accounts = accounts
        self._dialect = dialect
        self._settings = settings

    def details(self, server: Server, user: User, *, include: Collection[str]) -> dict[str, Any]:
        """One server with what the user may do there."""
        meta = {
            "is_server_owner": self._accounts.owns(user, server),
            "user_permissions": self._accounts.permissions(user, server),
        }
        return {**self.server(server, user, include=include), "meta": meta}

    def server(self, server: Server, user: User, *, include: Collection[str]) -> dict[str, Any]:
        """One server as it stands in lists."""
        since = self._dialect.since
        sees_startup = self._accounts.may(user, server, permission="startup.read")
        condition = server.condition
        attributes: dict[str, Any] = {
            "server_owner": self._accounts.owns(user, server),
            "identifier": server.identifier,
            "internal_id": server.id,
            "uuid": server.uuid,
            "name": server.name,
            "node": server.node.name,
            "is_node_under_maintenance": server.node.maintenance,
            "sftp_details": {"ip": server.node.ip, "port": 2022},
            "description": server.description,
            "limits": self._limits(server),
            "invocation": f"java -Xmx{server.memory_mb}M -jar "
            + ("server.jar" if sees_startup else "[hidden]"),
            "docker_image": "ghcr.io/pterodactyl/yolks:java_21",
            "egg_features": ["eula", "java_version", "pid_limit"],
            "feature_limits": {"databases": 2, "allocations": 3, "backups": 2},
            "status": _STATUS.get(condition, condition) if condition else None,
            "is_suspended": server.suspended,
            "is_installing": server.installing,
            "is_transferring": condition == "transferring",
            "relationships": self._relationships(server, user, include=include),
        }
        if self._dialect.is_pelican:
            attributes["sftp_details"]["alias"] = None
        for field, version in _ARRIVED.items():
            if not since(*version):
                del attributes[field]
        if not self._settings.descriptions:
            del attributes["description"]
        return {"object": "server", "attributes": attributes}

    def resources(self, server: Server) -> dict[str, Any]:
        """What a server uses: bytes, percent of one core, milliseconds."""
        usage = server.usage()
        resources = {
            "memory_bytes": usage.memory_bytes,
            "cpu_absolute": usage.cpu_percent,
            "disk_bytes": usage.disk_bytes,
            "network_rx_bytes": usage.network_rx_bytes,
            "network_tx_bytes": usage.network_tx_bytes,
        }
        if self._dialect.since(1, 6, 5):
            resources["uptime"] = int(usage.uptime_seconds * 1000)
        return {
            "object": "stats",
            "attributes": {
                "current_state": server.state,
                "is_suspended": server.suspended,
                "resources": resources,
            },
        }

    def account(self, user: User) -> dict[str, Any]:
        """Who the key belongs to."""
        return {
            "object": "user",
            "attributes": {
                "id": user.id,
                "admin": user.admin,
                "username": user.username,
                "email": user.email,
                "first_name": user.username.title(),
                "last_name": "Example",
                "language": "en",
            },
        }

    def permissions(self) -> dict[str, Any]:
        """All rights that a subuser can be given."""
        groups = {
            group: {"description": "", "keys": dict.fromkeys(keys, "")}
            for group, keys in _PERMISSIONS.items()
        }
        return {"object": "system_permissions", "attributes": {"permissions": groups}}

    def _limits(self, server: Server) -> dict[str, Any]:
        limits: dict[str, Any] = {
            "memory": server.memory_mb,
            "swap": server.swap_mb,
            "disk": server.disk_mb,
            "io": 500,
            "cpu": server.cpu_percent,
        }
        if self._dialect.since(1, 7):
            limits |= {"threads": None, "oom_disabled": True}
        if self._dialect.is_pelican:
            limits["oom_killer"] = False
        return limits

    def _relationships(
        self, server: Server, user: User, *, include: Collection[str]
    ) -> dict[str, Any]:
        may = self._accounts.may
        ports = (server.port, *server.more_ports)
        if not may(user, server, permission="allocation.read"):
            ports = ports[:1]
        relationships: dict[str, Any] = {
            "allocations": _list([_allocation(server, port) for port in ports]),
            "variables": _list([_VARIABLE])
            if may(user, server, permission="startup.read")
            else {"object": "null_resource", "attributes": None},
        }
        if "egg" in include:
            egg = {"uuid": _EGG, "name": "Vanilla Minecraft"}
            relationships["egg"] = {"object": "egg", "attributes": egg}
        if "subusers" in include:
            subusers = self._accounts.subusers(server).items()
            relationships["subusers"] = _list([_subuser(*entry) for entry in subusers])
        return relationships


_ARRIVED = {
    "internal_id": (1, 1),
    "egg_features": (1, 1),
    "docker_image": (1, 2),
    "is_transferring": (1, 2),
    "status": (1, 3),
    "is_node_under_maintenance": (1, 11),
}
"""The version from which on a server has that attribute."""

_EGG = "581863f2-801b-4d0c-b8d1-eb21d5156431"

_VARIABLE = {
    "object": "egg_variable",
    "attributes": {
        "name": "Server Jar File",
        "description": "",
        "env_variable": "SERVER_JARFILE",
        "default_value": "server.jar",
        "server_value": "server.jar",
        "is_editable": True,
        "rules": "required|string",
    },
}


def _list(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": data}


def _allocation(server: Server, port: int) -> dict[str, Any]:
    return {
        "object": "allocation",
        "attributes": {
            "id": port,
            "ip": server.node.ip,
            "ip_alias": server.alias,
            "port": port,
            "notes": None,
            "is_default": port == server.port,
        },
    }


def _subuser(user: User, permissions: list[str]) -> dict[str, Any]:
    digest = md5(user.email.encode(), usedforsecurity=False).hexdigest()
    return {
        "object": "server_subuser",
        "attributes": {
            "uuid": user.uuid,
            "username": user.username,
            "email": user.email,
            "image": f"https://gravatar.com/avatar/{digest}",
            "2fa_enabled": user.two_factor,
            "created_at": "2026-01-01T00:00:00+00:00",
            "permissions": permissions,
        },
    }
