"""A bot that is logged in over a real connection, with the services' house behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from bot.services import Services
from bot.ui.client import Client
from tests.services.house import House
from tests.ui.desk import Desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    desk = Desk()
    app = web.Application()
    app.add_routes(desk.routes())
    async with TestServer(app) as server:
        monkeypatch.setattr(Route, "BASE", str(server.make_url("")).rstrip("/"))
        yield desk


@pytest.fixture
async def client(desk: Desk, house: House) -> AsyncIterator[Client]:
    """Logged in; it has told no commands and no gateway is connected."""
    services = Services(
        panels=house.panels,
        panel_setup=house.panel_setup,
        directory=house.directory,
        status=house.status,
        power=house.power,
        console=house.console,
        live=house.live,
        administration=house.administration,
        rules=house.access_rules,
        notify=house.notify,
        settings=house.settings,
        history=house.history,
        life=house.life,
        deletion=house.deletion,
        teller=house.teller,
        announcer=house.announcer,
        boards=house.boards,
        board_keeper=house.board_keeper,
        health=house.health,
    )
    client = Client(services)
    await client.login("a.token.of-a-bot")
    yield client
    await house.power.close()
    await client.close()
