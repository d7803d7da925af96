"""Owns the shapes of the Application API's JSON, as recorded from panel 1.11. Decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_DNS, uuid5

from bot.simulators.panels import pterodactyl_app_catalog as catalog
from bot.simulators.panels.pterodactyl_payloads import limits_of, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.simulators.panels.pterodactyl_accounts import Accounts, Key, User
    from bot.simulators.panels.pterodactyl_app_catalog import Egg, Variable
    from bot.simulators.panels.pterodactyl_app_register import Allocation, Register
    from bot.simulators.panels.pterodactyl_dialect import Dialect
    from bot.simulators.world import Node, Server, World

    Object = dict[str, Any]

_SINCE = "2026-01-01T00:00:00+00:00"
_STAMPS = {"created_at": _SINCE, "updated_at": _SINCE}
_NOT_INSTALLED = frozenset({"installing", "install_failed"})


class AppPayloads:
    """Turns the fake world into answers, as one key may see it."""

    def __init__(
        self, world: World, accounts: Accounts, register: Register, *, dialect: Dialect
    ) -> None:
        self._world = world
        self._accounts = accounts
        self._register = register
        self._dialect = dialect

    def server(self, server: Server, key: Key, *, include: Iterable[str] = ()) -> Object:
        """One server; what is to be included and not allowed to the key is a null resource."""
        entry = self._register.entry(server)
        default = self._register.owned(server)[0]
        attributes: Object = {
            "id": server.id,
            "external_id": server.external_id,
            "uuid": server.uuid,
            "identifier": server.identifier,
            "name": server.name,
            "description": server.description,
            "status": status_of(server),
            "suspended": server.suspended,
            "limits": limits_of(server, entry, self._dialect),
            "feature_limits": dict(entry.features),
            "user": self._accounts.owner(server).id,
            "node": self._node_id(server.node),
            "allocation": default.id,
            "nest": 1,
            "egg": entry.egg.id,
            "container": {
                "startup_command": entry.startup,
                "image": entry.image,
                "installed": 0 if server.condition in _NOT_INSTALLED else 1,
                "environment": {
                    **entry.environment,
                    "STARTUP": entry.startup,
                    "P_SERVER_LOCATION": catalog.LOCATION[0],
                    "P_SERVER_UUID": server.uuid,
                    "P_SERVER_ALLOCATION_LIMIT": entry.features["allocations"],
                },
            },
            "updated_at": entry.updated_at,
            "created_at": entry.created_at,
        }
        if not self._dialect.since(1, 3):
            del attributes["status"]
        relationships = self._relationships(server, key, include)
        if relationships:
            attributes["relationships"] = relationships
        return {"object": "server", "attributes": attributes}

    def user(self, user: User) -> Object:
        """One user."""
        return {
            "object": "user",
            "attributes": {
                "id": user.id,
                "external_id": None,
                "uuid": user.uuid,
                "username": user.username,
                "email": user.email,
                "first_name": user.username.title(),
                "last_name": "Example",
                "language": "en",
                "root_admin": user.admin,
                "2fa": user.two_factor,
                **_STAMPS,
            },
        }

    def node(self, node: Node) -> Object:
        """One node, with what its servers may use in all."""
        here = [server for server in self._world.servers if server.node is node]
        return {
            "object": "node",
            "attributes": {
                "id": self._node_id(node),
                "uuid": str(uuid5(NAMESPACE_DNS, node.name)),
                "public": True,
                "name": node.name,
                "description": None,
                "location_id": 1,
                "fqdn": node.ip,
                "scheme": "http",
                "behind_proxy": False,
                "maintenance_mode": node.maintenance,
                "memory": catalog.NODE_MEMORY_MB,
                "memory_overallocate": 0,
                "disk": catalog.NODE_DISK_MB,
                "disk_overallocate": 0,
                "upload_size": 100,
                "daemon_listen": 8080,
                "daemon_sftp": 2022,
                "daemon_base": "/var/lib/pterodactyl/volumes",
                **_STAMPS,
                "allocated_resources": {
                    "memory": sum(server.memory_mb for server in here),
                    "disk": sum(server.disk_mb for server in here),
                },
            },
        }

    def location(self) -> Object:
        """Return the only location."""
        short, long = catalog.LOCATION
        attributes = {"id": 1, "short": short, "long": long, **_STAMPS}
        return {"object": "location", "attributes": attributes}

    def nest(self) -> Object:
        """Return the only nest."""
        attributes = {
            "id": 1,
            "uuid": str(uuid5(NAMESPACE_DNS, catalog.NEST)),
            "author": "support@example.com",
            "name": catalog.NEST,
            "description": "",
            **_STAMPS,
        }
        return {"object": "nest", "attributes": attributes}

    def egg(self, egg: Egg, *, with_variables: bool = False) -> Object:
        """One egg."""
        attributes: Object = {
            "id": egg.id,
            "uuid": egg.uuid,
            "name": egg.name,
            "nest": 1,
            "author": "support@example.com",
            "description": "",
            "docker_image": catalog.IMAGE,
            "docker_images": dict(catalog.IMAGES),
            "config": {
                "files": {
                    "server.properties": {
                        "parser": "properties",
                        "find": {
                            "server-ip": "0.0.0.0",  # noqa: S104 - text in an answer
                            "server-port": "{{server.build.default.port}}",
                            "query.port": "{{server.build.default.port}}",
                        },
                    }
                },
                "startup": {"done": ")! For help, type "},
                "stop": "stop",
                "logs": [],
                "file_denylist": [],
                "extends": None,
            },
            "startup": egg.startup,
            "script": {
                "privileged": True,
                "install": "#!/bin/ash\necho installed\n",
                "entry": "ash",
                "container": "ghcr.io/pterodactyl/installers:alpine",
                "extends": None,
            },
            **_STAMPS,
        }
        if with_variables:
            variables = [_variable(variable, egg) for variable in egg.variables]
            attributes["relationships"] = {"variables": {"object": "list", "data": variables}}
        return {"object": "egg", "attributes": attributes}

    def allocation(self, allocation: Allocation) -> Object:
        """One port of a node."""
        attributes = {
            "id": allocation.id,
            "ip": allocation.node.ip,
            "alias": None,
            "port": allocation.port,
            "notes": None,
            "assigned": not self._register.is_free(allocation),
        }
        return {"object": "allocation", "attributes": attributes}

    def _relationships(self, server: Server, key: Key, include: Iterable[str]) -> Object:
        shapes: dict[str, tuple[str, Callable[[], Object]]] = {
            "allocations": ("allocations", lambda: self._allocations(server)),
            "user": ("users", lambda: self.user(self._accounts.owner(server))),
            "nest": ("nests", self.nest),
            "egg": ("eggs", lambda: self.egg(self._register.entry(server).egg)),
            "location": ("locations", self.location),
            "node": ("nodes", lambda: self.node(server.node)),
        }
        wanted = {name: shapes[name] for name in include if name in shapes}
        return {
            name: shape()
            if key.may(f"{resource}:read")
            else {"object": "null_resource", "attributes": None}
            for name, (resource, shape) in wanted.items()
        }

    def _allocations(self, server: Server) -> Object:
        data = [self.allocation(allocation) for allocation in self._register.owned(server)]
        return {"object": "list", "data": data}

    def _node_id(self, node: Node) -> int:
        return self._world.nodes.index(node) + 1


def _variable(variable: Variable, egg: Egg) -> Object:
    return {
        "object": "egg_variable",
        "attributes": {
            "id": variable.id,
            "egg_id": egg.id,
            "name": variable.name,
            "description": "",
            "env_variable": variable.env,
            "default_value": variable.default,
            "user_viewable": True,
            "user_editable": True,
            "rules": variable.rules,
            **_STAMPS,
        },
    }
