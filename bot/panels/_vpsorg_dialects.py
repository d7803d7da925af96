"""How the two dialects of vps.org differ. Holds no behaviour.

The vendor's documentation (document 001) and the vendor's own client (`vps-mcp` 0.1.0) speak to
the same address and contradict each other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.domain.servers import Capability, PowerAction, ServerState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.servers import ServerFilter

_CODE = re.compile("[a-z0-9-]+")


@dataclass(frozen=True, slots=True)
class Order:
    """A POST below a server."""

    path: str
    body: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """One of the two."""

    id_keys: tuple[str, ...]
    """Fields that may hold an id, the dialect's own first."""
    orders: Mapping[PowerAction, Order]
    administration: frozenset[Capability]
    list_params: Mapping[str, str]
    state_filter: Mapping[ServerState, str]
    """States that the list can be asked for, and their words."""
    has_location_filter: bool
    has_catalog: bool
    """Whether plans, locations, operating systems and SSH keys can be listed."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """All that it can do."""
        return self.administration | {Capability(action.value) for action in self.orders}

    def params_of(self, wanted: ServerFilter) -> Mapping[str, str]:
        """Return how the list is asked for, with as much of the filter as it knows."""
        params = dict(self.list_params)
        if wanted.state is not None and wanted.state in self.state_filter:
            params["status"] = self.state_filter[wanted.state]
        # Codes are in lower case: what is typed otherwise is looked for among all servers.
        if self.has_location_filter and wanted.location and _CODE.fullmatch(wanted.location):
            params["location"] = wanted.location
        return params


_DOCUMENTED = Dialect(
    id_keys=("id", "uuid"),
    orders=MappingProxyType(
        {
            PowerAction.START: Order("start/"),
            PowerAction.STOP: Order("stop/"),
            PowerAction.RESTART: Order("reboot/"),
        }
    ),
    administration=frozenset(
        {Capability.CREATE, Capability.UPDATE, Capability.REPLACE, Capability.DELETE}
    ),
    list_params=MappingProxyType({}),
    state_filter=MappingProxyType(
        {
            ServerState.RUNNING: "active",
            ServerState.OFFLINE: "stopped",
            ServerState.SUSPENDED: "suspended",
        }
    ),
    has_location_filter=True,
    has_catalog=False,
)
_CLIENT = Dialect(
    id_keys=("uuid", "id"),
    orders=MappingProxyType(
        {
            PowerAction.START: Order("power/", {"action": "start"}),
            PowerAction.STOP: Order("power/", {"action": "stop"}),
            PowerAction.RESTART: Order("power/", {"action": "restart"}),
            PowerAction.KILL: Order("power/", {"action": "hard_stop"}),
        }
    ),
    administration=frozenset({Capability.CREATE, Capability.BUILD, Capability.DELETE}),
    # It takes no more than 100.
    list_params=MappingProxyType({"page_size": "100"}),
    state_filter=MappingProxyType({}),
    has_location_filter=False,
    has_catalog=True,
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({"documented": _DOCUMENTED, "client": _CLIENT})
