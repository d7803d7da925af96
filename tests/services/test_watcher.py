"""Every panel is listed at its interval; a dead one delays nobody, and nothing ends watching."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.domain.errors import PanelRateLimited, PanelUnreachable
from bot.domain.servers import ServerState
from tests.fakes import make_server
from tests.services.house import ADMIN, House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest


@asynccontextmanager
async def _watching(house: House) -> AsyncIterator[None]:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(house.watcher.run())
        yield
        task.cancel()


async def _next_round(house: House, seconds: float) -> None:
    """Let the time pass and wait until both panels were asked once more and rest again."""
    house.clock.advance(seconds)
    await house.clock.wait_asleep(2)


async def test_both_panels_are_listed_at_once_and_then_at_their_interval(house: House) -> None:
    house.backup.add(make_server("Mirror", panel_id="backup"))
    async with _watching(house):
        await house.clock.wait_asleep(2)
        names = {server.name for server in await house.directory.visible(ADMIN)}
        assert names == {"Survival", "Mirror"}
        house.clock.advance(59)
        assert house.panel.calls["list_servers"] == 1
        house.panel.add(make_server("Creative", "ffff0000"))
        await _next_round(house, 1)
        assert house.panel.calls["list_servers"] == 2
        names = {server.name for server in await house.directory.visible(ADMIN)}
        assert names == {"Survival", "Creative", "Mirror"}


async def test_a_hanging_panel_delays_nobody(house: House) -> None:
    house.panel.is_open.clear()
    house.backup.add(make_server("Mirror", panel_id="backup"))
    async with _watching(house):
        await house.clock.wait_asleep(1)
        assert "Mirror" in {server.name for server in await house.directory.visible(ADMIN)}


async def test_an_outage_is_logged_once_and_its_end_too(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.services.watcher")
    house.panel.errors["list_servers"] = PanelUnreachable("main", "refused")
    async with _watching(house):
        await house.clock.wait_asleep(2)
        await _next_round(house, 60)
        [server] = await house.directory.visible(ADMIN)
        assert server.state is ServerState.UNREACHABLE
        house.panel.errors.clear()
        await _next_round(house, 60)
        [server] = await house.directory.visible(ADMIN)
        assert server.state is ServerState.RUNNING
    assert caplog.messages == [
        "panel main cannot be read: panel main did not answer: refused",
        "panel main can be read again",
    ]


async def test_a_panel_that_asks_for_patience_gets_it(house: House) -> None:
    house.panel.errors["list_servers"] = PanelRateLimited("main", 600)
    async with _watching(house):
        await house.clock.wait_asleep(2)
        for _ in range(9):
            await _next_round(house, 60)
        assert house.panel.calls["list_servers"] == 1
        assert house.backup.calls["list_servers"] == 10
        await _next_round(house, 60)
        assert house.panel.calls["list_servers"] == 2


async def test_a_bug_in_one_round_does_not_end_watching(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.panel.errors["list_servers"] = KeyError("a bug")
    async with _watching(house):
        await house.clock.wait_asleep(2)
        house.panel.errors.clear()
        await _next_round(house, 60)
        assert house.panel.calls["list_servers"] == 2
    assert "failed unexpectedly" in caplog.text
