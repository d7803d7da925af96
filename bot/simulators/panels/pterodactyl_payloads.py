"""Owns the shapes of the panel's JSON, version by version. Decides nothing about rights."""

from __future__ import annotations

from hashlib import md5
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.simulators.panels.pterodactyl_accounts import Accounts, User
    from bot.simulators.panels.pterodactyl_app_register import Allocation, Entry, Register
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

    def __init__(
        self, accounts: Accounts, register: Register, *, dialect: Dialect, settings: Settings
    ) -> None:
        self._accounts = accounts
        self._register = register
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
        entry = self._register.entry(server)
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
            "limits": limits_of(server, entry, self._dialect),
            "invocation": f"java -Xmx{server.memory_mb}M -jar "
            + ("server.jar" if sees_startup else "[hidden]"),
            "docker_image": entry.image,
            "egg_features": ["eula", "java_version", "pid_limit"],
            "feature_limits": dict(entry.features),
            "status": status_of(server),
            "is_suspended": server.suspended,
            "is_installing": server.installing,
            "is_transferring": server.condition == "transferring",
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

    def _relationships(
        self, server: Server, user: User, *, include: Collection[str]
    ) -> dict[str, Any]:
        may = self._accounts.may
        allocations = self._register.owned(server)
        if not may(user, server, permission="allocation.read"):
            allocations = allocations[:1]
        relationships: dict[str, Any] = {
            "allocations": _list([_allocation(server, each) for each in allocations]),
            "variables": _list([_VARIABLE])
            if may(user, server, permission="startup.read")
            else {"object": "null_resource", "attributes": None},
        }
        if "egg" in include:
            entry = self._register.entry(server)
            egg = {"uuid": entry.egg.uuid, "name": entry.egg.name}
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


def status_of(server: Server) -> str | None:
    """Return the panel's word for a server's condition."""
    condition = server.condition
    return _STATUS.get(condition, condition) if condition else None


def limits_of(server: Server, entry: Entry, dialect: Dialect) -> dict[str, Any]:
    """Return what a server may use, in MB and percent of one core."""
    limits: dict[str, Any] = {
        "memory": server.memory_mb,
        "swap": server.swap_mb,
        "disk": server.disk_mb,
        "io": entry.io,
        "cpu": server.cpu_percent,
    }
    if dialect.since(1, 7):
        limits |= {"threads": entry.threads, "oom_disabled": entry.oom_disabled}
    if dialect.is_pelican:
        limits["oom_killer"] = not entry.oom_disabled
    return limits


def _list(data: list[dict[str, Any]]) -> dict[str, Any]:
    return {"object": "list", "data": data}


def _allocation(server: Server, allocation: Allocation) -> dict[str, Any]:
    return {
        "object": "allocation",
        "attributes": {
            "id": allocation.id,
            "ip": server.node.ip,
            "ip_alias": server.alias,
            "port": allocation.port,
            "notes": None,
            "is_default": allocation.port == server.port,
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
