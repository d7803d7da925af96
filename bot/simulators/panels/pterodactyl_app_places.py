"""Owns where servers are put: free allocations, nodes with room. Makes and changes no server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.panels import pterodactyl_app_catalog as catalog
from bot.simulators.panels.pterodactyl_errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulators.panels.pterodactyl_app_form import Form
    from bot.simulators.panels.pterodactyl_app_register import Allocation, Register
    from bot.simulators.world import Node, Server, World

    Search = Callable[[dict[str, Any]], list[Allocation]]
    """From limits to allocations, the default one first."""

_NO_FALLBACK = (
    "You are attempting to delete the default allocation for this server but there is no"
    " fallback allocation to use."
)
_NOT_ITS_OWN = "The requested default allocation was not found for this server."
_NOT_VIABLE = {
    "Node": "No nodes satisfying the requirements specified for automatic deployment could be"
    " found.",
    "Allocation": "No allocations satisfying the requirements for automatic deployment were found.",
}


class Places:
    """The allocations of all nodes, and who may have which."""

    def __init__(self, world: World, register: Register) -> None:
        self._world = world
        self._register = register

    def read(self, form: Form) -> Search:
        """Read where a new server is to be: at given allocations, or wherever there is room."""
        if form.array("deploy"):
            return self._read_deployment(form)
        default = form.number("allocation.default")
        more = form.numbers("allocation.additional")
        free = {each.id: each for each in self._free()}
        form.exists("allocation.default", default, free)
        for index, number in enumerate(more):
            form.exists(f"allocation.additional.{index}", number, free)
        return lambda _limits: [free[number] for number in (default, *more)]

    def change(
        self, server: Server, default: int, *, added: list[int], removed: list[int]
    ) -> list[int]:
        """Return the server's ports after a change; takes no notice of foreign allocations."""
        here = {
            each.id: each.port for each in self._register.allocations() if each.node is server.node
        }
        owned = [each.id for each in self._register.owned(server)]
        free = {each.id for each in self._free()}
        new = [number for number in added if number in here and number in free]
        if default in removed and default in owned:
            if not new:
                raise Refusal(400, "DisplayException", detail=_NO_FALLBACK)
            default = new[0]
        kept = [number for number in (*owned, *new) if number not in removed]
        if default not in kept:
            raise Refusal(400, "DisplayException", detail=_NOT_ITS_OWN)
        return [here[default], *(here[number] for number in kept if number != default)]

    def _read_deployment(self, form: Form) -> Search:
        form.array("deploy.locations", present=True)
        locations = form.numbers("deploy.locations")
        is_dedicated = form.flag("deploy.dedicated_ip", present=True)
        ports = {str(port) for port in form.array("deploy.port_range", present=True) or []}

        def search(limits: dict[str, Any]) -> list[Allocation]:
            is_here = not locations or 1 in locations
            nodes = [node for node in self._world.nodes if is_here and self._fits(node, limits)]
            if not nodes:
                raise _not_viable("Node")
            for allocation in self._free():
                node, port = allocation.node, str(allocation.port)
                is_alone = not any(server.node is node for server in self._world.servers)
                if node in nodes and port in (ports or {port}) and (is_alone or not is_dedicated):
                    return [allocation]
            raise _not_viable("Allocation")

        return search

    def _free(self) -> list[Allocation]:
        return [each for each in self._register.allocations() if self._register.is_free(each)]

    def _fits(self, node: Node, limits: dict[str, Any]) -> bool:
        here = [server for server in self._world.servers if server.node is node]
        memory = sum(server.memory_mb for server in here) + limits["memory"]
        disk = sum(server.disk_mb for server in here) + limits["disk"]
        return bool(memory <= catalog.NODE_MEMORY_MB and disk <= catalog.NODE_DISK_MB)


def _not_viable(what: str) -> Refusal:
    return Refusal(400, f"NoViable{what}Exception", detail=_NOT_VIABLE[what])
