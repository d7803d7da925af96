"""A stand-in of vps.org, its one account and who calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.panels.vpsorg_accounts import Account
from tests.simulators.panels.caller import Caller

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.panels.vpsorg import VpsOrgStandIn
    from bot.simulators.world import Server

SERVERS = "/api/v1/servers/"
ORDER = {"name": "web-server-02", "plan_id": 1, "os_id": 5, "location": "us-west"}


class Rig:
    """A stand-in, its one account and who calls it."""

    def __init__(self, panel: VpsOrgStandIn, http: aiohttp.ClientSession, server: Server) -> None:
        self.panel = panel
        self.account = Account(email="owner@example.com")
        self.vps = panel.rent(self.account, server, hostname="web01.example.com")
        self.key = panel.add_token(self.account)
        self.call = Caller(http, panel.url, key=self.key)
        self._http = http

    def caller(self, key: str | None) -> Caller:
        return Caller(self._http, self.panel.url, key=key)

    @property
    def documented(self) -> str:
        return f"{SERVERS}{self.vps.id}/"

    @property
    def client(self) -> str:
        return f"{SERVERS}{self.vps.uuid}/"
