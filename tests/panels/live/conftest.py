"""Fixtures of what is followed live: time stands still until a test moves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.panels import PanelHub
from tests.fakes import FakeClock
from tests.panels.live.site import LiveSite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.panels.pterodactyl import Pterodactyl


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def hub(clock: FakeClock) -> AsyncIterator[PanelHub]:
    async with PanelHub(clock=clock) as hub:
        yield hub


@pytest.fixture
async def site(clock: FakeClock) -> AsyncIterator[LiveSite]:
    site = LiveSite(clock)
    async with site.stand_in:
        yield site


@pytest.fixture
def panel(site: LiveSite, hub: PanelHub) -> Pterodactyl:
    return site.panel(hub)
