"""Owns what the page shows of the world behind the panels, and what can be done to it by hand.

Refuses to know how a kind of panel keeps its servers: each panel brings that along.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import RefusedError
from bot.simulators.web.asked import BadRequestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.simulators.panels._faults import Faults
    from bot.simulators.web.asked import Asked
    from bot.simulators.world import Server

    Switch = Callable[["Switches", Asked], Awaitable[dict[str, Any]]]

_LONGEST_NAME = 191
"""What Pterodactyl takes."""
_SIGNALS = ("start", "stop", "restart", "kill")
_FAULTS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "down": ("cut-before", {}),
    "slow": ("late", {"seconds": 4.0}),
    "throttle": ("throttle", {"retry_after": "5"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPanel:
    """A panel with its switches; `servers` are those that it has now."""

    id: str
    name: str
    kind: str
    faults: Faults
    servers: Callable[[], Sequence[Server]]
    add: Callable[[str], Server]
    remove: Callable[[Server], None]


@dataclass(slots=True)
class Switches:
    """All panels, and the bot as far as it can be started again."""

    panels: Sequence[ShownPanel]
    restart_bot: Callable[[], Awaitable[None]] | None
    _faults: dict[str, str] = field(default_factory=dict, init=False)
    _is_restarting: bool = field(default=False, init=False)

    def shown(self, *, connected: bool) -> dict[str, Any]:
        """Return the world as it truly is."""
        return {
            "bot": {"connected": connected, "can_restart": self.restart_bot is not None},
            "panels": [self._panel(panel) for panel in self.panels],
        }

    async def turn(self, asked: Asked) -> dict[str, Any]:
        """Do what one request wants."""
        name = asked.text("switch")
        if name not in _SWITCHES:
            raise BadRequestError(f"There is no switch {name!r}.")
        return await _SWITCHES[name](self, asked)

    async def _crash(self, asked: Asked) -> dict[str, Any]:
        self._find(asked)[1].crash()
        return {}

    async def _hang(self, asked: Asked) -> dict[str, Any]:
        self._find(asked)[1].hang_in_starting = asked.flag("on")
        return {}

    async def _power(self, asked: Asked) -> dict[str, Any]:
        _, server = self._find(asked)
        signal = asked.text("signal")
        if signal not in _SIGNALS:
            raise BadRequestError(f"`signal` must be one of {', '.join(_SIGNALS)}.")
        server.power(signal)
        return {}

    async def _fault(self, asked: Asked) -> dict[str, Any]:
        panel = self._find_panel(asked)
        wanted = asked.body.get("fault")
        if wanted is not None and (not isinstance(wanted, str) or wanted not in _FAULTS):
            raise BadRequestError(f"`fault` must be null or one of {', '.join(_FAULTS)}.")
        panel.faults.clear()
        self._faults.pop(panel.id, None)
        if wanted is not None:
            kind, how = _FAULTS[wanted]
            panel.faults.add(kind, **how)
            self._faults[panel.id] = wanted
        return {}

    async def _add(self, asked: Asked) -> dict[str, Any]:
        name = asked.text("name", shortest=1, longest=_LONGEST_NAME)
        return {"server": str(self._find_panel(asked).add(name).id)}

    async def _remove(self, asked: Asked) -> dict[str, Any]:
        panel, server = self._find(asked)
        panel.remove(server)
        return {}

    async def _restart(self, _asked: Asked) -> dict[str, Any]:
        if self.restart_bot is None:
            raise RefusedError("The bot does not run in here and cannot be started again.")
        if self._is_restarting:
            raise RefusedError("The bot is being started again already.")
        self._is_restarting = True
        try:
            await self.restart_bot()
        except TimeoutError:
            raise RefusedError("The bot did not become ready in time.") from None
        finally:
            self._is_restarting = False
        return {}

    def _panel(self, panel: ShownPanel) -> dict[str, Any]:
        return {
            "id": panel.id,
            "name": panel.name,
            "kind": panel.kind,
            "fault": self._faults.get(panel.id),
            "faults": list(_FAULTS),
            "servers": [_server(server) for server in panel.servers()],
        }

    def _find_panel(self, asked: Asked) -> ShownPanel:
        wanted = asked.text("panel")
        found = next((panel for panel in self.panels if panel.id == wanted), None)
        if found is None:
            raise RefusedError("There is no such panel.")
        return found

    def _find(self, asked: Asked) -> tuple[ShownPanel, Server]:
        wanted = asked.id("server")
        for panel in self.panels:
            for server in panel.servers():
                if server.id == wanted:
                    return panel, server
        raise RefusedError("That server is gone.")


_SWITCHES: Mapping[str, Switch] = {
    "crash": Switches._crash,  # noqa: SLF001 - the table is part of the class
    "hang": Switches._hang,  # noqa: SLF001
    "power": Switches._power,  # noqa: SLF001
    "fault": Switches._fault,  # noqa: SLF001
    "add": Switches._add,  # noqa: SLF001
    "remove": Switches._remove,  # noqa: SLF001
    "restart-bot": Switches._restart,  # noqa: SLF001
}


def _server(server: Server) -> dict[str, Any]:
    return {
        "id": str(server.id),
        "name": server.name,
        "node": server.node.name,
        "state": server.state,
        "condition": server.condition,
        "hangs": server.hang_in_starting,
        "address": f"{server.node.ip}:{server.port}",
    }
