"""Our client of the panels before 0.7, at a stand-in of each dialect."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from tests.panels.support import settings

if TYPE_CHECKING:
    from bot.panels import PanelHub
    from bot.panels.pterodactyl_legacy import PterodactylLegacy
    from tests.panels.harness_legacy import Legacy04Harness

VARIABLES = {"SERVER_JARFILE": "server.jar", "VANILLA_VERSION": "latest"}
LIMITS = {"memory": 1024, "swap": 100, "disk": 10240, "cpu": 100, "io": 500}


def open_panel(hub: PanelHub, legacy: Legacy04Harness, **changes: object) -> PterodactylLegacy:
    values: dict[str, object] = {
        "kind": legacy.kind,
        "base_url": legacy.url,
        "credentials": legacy.credentials,
        "options": legacy.options,
    }
    return cast("PterodactylLegacy", hub.open(settings(**(values | changes))))


def new_server(legacy: Legacy04Harness) -> dict[str, object]:
    """The values of a new server, in the words of the dialect."""
    allocation = legacy.stand_in.records.allocation_id(legacy.far, 25600)
    numbers = {"location": 1, "node": 2, "service": 1, "option": 1, "allocation": allocation}
    values: dict[str, object] = {"name": "Brand New", "startup": "java", "env": VARIABLES, **LIMITS}
    if legacy.dialect == "0.6":
        numbers = {f"{name}_id": number for name, number in numbers.items()}
        return {**values, **numbers, "user_id": legacy.owner.id, "description": "New"}
    return {**values, **numbers, "owner": legacy.owner.email}
