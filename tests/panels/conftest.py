"""Fixtures of the panels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.panels import PanelHub
from bot.panels._connections import Connections
from tests.panels.pterodactyl_site import Site
from tests.panels.support import HastyClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def clock() -> HastyClock:
    return HastyClock()


@pytest.fixture
async def hub(clock: HastyClock) -> AsyncIterator[PanelHub]:
    async with PanelHub(clock=clock) as hub:
        yield hub


@pytest.fixture
async def connections(clock: HastyClock) -> AsyncIterator[Connections]:
    async with Connections(clock) as connections:
        yield connections


@pytest.fixture
async def site(clock: HastyClock, hub: PanelHub) -> AsyncIterator[Site]:
    site = Site(clock, hub)
    async with site.stand_in:
        yield site
