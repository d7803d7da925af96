"""A stand-in of vps.org with one account, and our client of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from bot.simulators.panels.vpsorg import VpsOrgStandIn
from bot.simulators.panels.vpsorg_accounts import SCOPES, Account
from bot.simulators.world import World
from tests.panels.support import settings

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.panels import PanelHub
    from bot.panels.vpsorg import VpsOrg
    from bot.simulators.panels.vpsorg import Dialect
    from bot.simulators.panels.vpsorg_machines import Vps
    from tests.panels.support import HastyClock

_FIXTURES = Path(__file__).parents[1] / "fixtures" / "vpsorg"


def example(name: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read an example of document 001."""
    return json.loads((_FIXTURES / f"{name}.json").read_text())


def open_at(hub: PanelHub, url: str, dialect: Dialect = "documented") -> VpsOrg:
    """Return our client of any address."""
    given = settings(
        kind="vpsorg",
        base_url=url,
        credentials={"token": "vps_madeUp"},
        options={"dialect": dialect},
    )
    return cast("VpsOrg", hub.open(given))


class VpsOrgSite:
    """A stand-in with one account, and our client of it."""

    def __init__(self, clock: HastyClock, hub: PanelHub, *, dialect: Dialect) -> None:
        self.dialect = dialect
        self.world = World(clock=lambda: clock.now().timestamp())
        self.node = self.world.add_node("node-1")
        self.stand_in = VpsOrgStandIn(self.world, dialect=dialect)
        self.account = Account(email="owner@example.com")
        self._hub = hub

    def add(self, name: str = "survival", *, state: str = "offline") -> Vps:
        server = self.world.add_server(name, node=self.node, state=state)
        return self.stand_in.rent(self.account, server)

    def id_of(self, vps: Vps) -> str:
        return str(vps.id) if self.dialect == "documented" else vps.uuid

    def panel(self, *, scopes: Collection[str] = SCOPES, below: str = "") -> VpsOrg:
        token = self.stand_in.add_token(self.account, scopes=scopes)
        panel = self._hub.open(
            settings(
                kind="vpsorg",
                base_url=self.stand_in.url + below,
                credentials={"token": token},
                options={"dialect": self.dialect},
            )
        )
        return cast("VpsOrg", panel)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """Methods and paths of what came in."""
        return [(request.method, request.path) for request in self.stand_in.requests]
