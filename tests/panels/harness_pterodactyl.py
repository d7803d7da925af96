"""How the contract suite starts the stand-in of Pterodactyl 1.x and breaks it."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.errors import PanelRefused, PanelUnreachable
from bot.domain.servers import Capability, ServerState
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from tests.panels.harness_base import POWER, POWER_STATES, Harness

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.world import Server

_SERVER_FIELDS = (
    *("name", "description", "node", "sftp_details", "uuid", "internal_id", "feature_limits"),
    *("limits", "limits.memory", "status", "is_suspended", "is_node_under_maintenance"),
    *("relationships", "relationships.allocations", "relationships.allocations.data"),
    "relationships.allocations.data.*.attributes",
    "relationships.allocations.data.*.attributes.ip",
)
_CONDITIONS = MappingProxyType(
    {
        "suspended": ServerState.SUSPENDED,
        "installing": ServerState.INSTALLING,
        "install_failed": ServerState.INSTALL_FAILED,
        "restoring": ServerState.RESTORING,
        "transferring": ServerState.TRANSFERRING,
        "maintenance": ServerState.MAINTENANCE,
    }
)


def _in_both(field: str) -> tuple[str, str]:
    return f"data.*.attributes.{field}", f"attributes.{field}"


class PterodactylHarness(Harness):
    """Pterodactyl 1.11, with an application key."""

    name = kind = "pterodactyl"
    capabilities = POWER | {
        Capability.COMMAND,
        Capability.LIVE,
        Capability.CREATE,
        Capability.UPDATE,
        Capability.REPLACE,
        Capability.BUILD,
        Capability.SUSPEND,
        Capability.DELETE,
        Capability.FORCE_DELETE,
    }
    list_path = "/api/client"
    list_field = "data"
    id_fields = ("attributes.identifier", "attributes.uuid")
    state_field = "attributes.current_state"
    nulls = (
        *(f"data.*.attributes.{field}" for field in _SERVER_FIELDS),
        *("meta", "meta.pagination", "meta.pagination.total_pages"),
    )
    # What has failed to be reinstalled can still be used.
    tells = POWER_STATES | _CONDITIONS | {"reinstall_failed": ServerState.INSTALL_FAILED}
    words = MappingProxyType(
        {
            ("attributes.current_state",): {
                "offline": ServerState.OFFLINE,
                "starting": ServerState.STARTING,
                "running": ServerState.RUNNING,
                "stopping": ServerState.STOPPING,
                "stopped": ServerState.OFFLINE,
                None: ServerState.OFFLINE,
                # Pelican alone has these.
                "created": ServerState.OFFLINE,
                "exited": ServerState.OFFLINE,
                "dead": ServerState.OFFLINE,
                "removing": ServerState.STOPPING,
                "restarting": ServerState.STARTING,
                "paused": ServerState.UNKNOWN,
                "missing": ServerState.UNKNOWN,
            },
            _in_both("status"): {
                "suspended": ServerState.SUSPENDED,
                "installing": ServerState.INSTALLING,
                "install_failed": ServerState.INSTALL_FAILED,
                "reinstall_failed": ServerState.INSTALL_FAILED,
                "restoring_backup": ServerState.RESTORING,
            },
            _in_both("is_suspended"): {True: ServerState.SUSPENDED},
            _in_both("is_node_under_maintenance"): {True: ServerState.MAINTENANCE},
            _in_both("is_installing"): {True: ServerState.INSTALLING},
            _in_both("is_transferring"): {True: ServerState.TRANSFERRING},
        }
    )
    dead_node_state = ServerState.UNREACHABLE
    conflicts = _CONDITIONS
    fails = MappingProxyType(
        {
            "down": PanelUnreachable,
            "reset": PanelUnreachable,
            500: PanelRefused,
            404: PanelRefused,
            403: PanelRefused,
            401: PanelRefused,
        }
    )
    wrong = MappingProxyType({"user": 99})
    stand_in: PterodactylStandIn

    def set_up(self) -> Mapping[str, str]:
        self.stand_in = PterodactylStandIn(self.world, cache_seconds=0)
        self.owner = self.stand_in.add_user("owner")
        self.admin = self.stand_in.add_user("admin", admin=True)
        return {
            "key": self.stand_in.add_key(self.owner),
            "application_key": self.stand_in.add_key(self.admin, application=True),
        }

    def allow(self, server: Server) -> None:
        self.stand_in.own(self.owner, server)

    def locked(self) -> Mapping[str, str]:
        return {"key": self.stand_in.add_key(self.owner, allowed_ips=["203.0.113.9"])}

    def reader(self) -> Mapping[str, str]:
        friend = self.stand_in.add_user("friend")
        self.stand_in.add_subuser(friend, self.survival, permissions=["websocket.connect"])
        return {"key": self.stand_in.add_key(friend)}

    def admin_reader(self) -> Mapping[str, str]:
        key = self.stand_in.add_key(self.admin, application=True, rights=["servers.read"])
        return {"application_key": key}

    def new_server(self) -> dict[str, object]:
        return {
            "name": "Brand-New",
            "user": self.owner.id,
            "egg": 4,
            "docker_image": "ghcr.io/pterodactyl/yolks:java_21",
            "startup": "java -jar {{SERVER_JARFILE}}",
            "environment": {"SERVER_JARFILE": "server.jar", "VANILLA_VERSION": "latest"},
            "limits": {"memory": 1024, "swap": 0, "disk": 5120, "io": 500, "cpu": 100},
            "feature_limits": {"databases": 0, "backups": 0},
            "allocation": {"default": self.stand_in.add_allocation(self.far, 25600)},
        }

    def replacement(self) -> dict[str, object]:
        return {"name": "Renamed", "user": self.owner.id}

    def state_path_of(self, server: Server) -> str:
        return f"/api/client/servers/{server.identifier}/resources"
