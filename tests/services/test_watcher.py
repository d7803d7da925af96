"""Every panel is listed at its interval; a dead one delays nobody, and nothing ends watching."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.domain.errors import PanelRateLimited, PanelUnreachable
from bot.domain.servers import ServerState
from bot.services.panels import PanelEntry
from bot.services.watcher import Watcher
from tests.fakes import FakePanel, make_server
from tests.services.house import ADMIN, GUILD, OTHER_GUILD, House

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
    """Let the time pass and wait until both panels were asked once more and rest again.

    The third sleeper is the self-check.
    """
    house.clock.advance(seconds)
    await house.clock.wait_asleep(3)


async def test_both_panels_are_listed_at_once_and_then_at_their_interval(house: House) -> None:
    house.backup.add(make_server("Mirror", panel_id="backup"))
    async with _watching(house):
        await house.clock.wait_asleep(3)
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
        await house.clock.wait_asleep(2)
        assert "Mirror" in {server.name for server in await house.directory.visible(ADMIN)}


async def test_an_outage_is_logged_once_and_its_end_too(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "bot.services.watcher")
    house.panel.errors["list_servers"] = PanelUnreachable("main", "refused")
    async with _watching(house):
        await house.clock.wait_asleep(3)
        await _next_round(house, 60)
        [server] = await house.directory.visible(ADMIN)
        assert server.state is ServerState.UNREACHABLE
        house.panel.errors.clear()
        await _next_round(house, 120)
        [server] = await house.directory.visible(ADMIN)
        assert server.state is ServerState.RUNNING
    assert caplog.messages == [
        "panel main cannot be read: panel main did not answer: refused",
        "panel main can be read again",
    ]


async def test_a_panel_that_asks_for_patience_gets_it(house: House) -> None:
    house.panel.errors["list_servers"] = PanelRateLimited("main", 600)
    async with _watching(house):
        await house.clock.wait_asleep(3)
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
        await house.clock.wait_asleep(3)
        house.panel.errors.clear()
        await _next_round(house, 60)
        assert house.panel.calls["list_servers"] == 2
    assert "failed unexpectedly" in caplog.text
    assert house.watcher.health()["main"].failures == {"bug": 1}


async def test_a_dead_panel_is_asked_less_and_less_and_others_as_ever(house: House) -> None:
    house.panel.errors["list_servers"] = PanelUnreachable("main", "refused")
    asked = []
    async with _watching(house):
        await house.clock.wait_asleep(3)
        for minute in range(1, 30):
            before = house.panel.calls["list_servers"]
            await _next_round(house, 60)
            if house.panel.calls["list_servers"] > before:
                asked.append(minute)
        assert house.backup.calls["list_servers"] == 30
        house.panel.errors.clear()
        await _next_round(house, 300)
        assert house.watcher.health()["main"].lag_seconds == 0
    assert asked == [1, 3, 7, 12, 17, 22, 27]
    assert [panels for panels, _ in house.sightings.failures] == [("main",)] * 8


async def test_a_panel_of_which_nothing_is_seen_is_told_once_and_its_return_too(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("WARNING", "bot.services.watcher")
    async with _watching(house):
        await house.clock.wait_asleep(3)
        house.panel.is_open.clear()
        house.clock.advance(60)
        await house.clock.wait_asleep(2)
        for _ in range(18):
            house.clock.advance(15)
            await house.clock.wait_asleep(2)
        assert house.watcher.health()["main"].is_late
        assert not house.watcher.health()["backup"].is_late
        assert caplog.messages == [
            "panel main was not seen for 315 s, more than five intervals",
        ]
        house.panel.is_open.set()
        await house.clock.wait_asleep(3)
        assert not house.watcher.health()["main"].is_late
    assert caplog.messages[1:] == ["panel main is seen again, after 330 s"]


async def test_what_was_heard_while_the_list_came_is_what_is_passed_on(house: House) -> None:
    async with _watching(house):
        await house.clock.wait_asleep(3)
        house.panel.is_open.clear()
        house.clock.advance(60)
        await house.panel.wait_called("list_servers", 2)
        just_now = house.clock.now() + timedelta(seconds=1)
        house.directory.note(make_server(state=ServerState.OFFLINE, observed_at=just_now))
        house.panel.is_open.set()
        await house.clock.wait_asleep(3)
    [*_, last] = (look for look in house.sightings.looks if look.panel_ids == ("main",))
    assert last.states == {"Survival": ServerState.OFFLINE}


async def test_many_panels_are_not_looked_at_in_one_moment(house: House) -> None:
    chances = itertools.cycle([0.0, 0.25, 0.5, 0.75])
    watcher = Watcher(
        house.panels,
        house.directory,
        house.clock,
        observer=house.sightings,
        chance=lambda: next(chances),
    )
    panels = [FakePanel(house.clock, panel_id=f"p{number}") for number in range(28)]
    for panel in panels:
        house.panels.put(_entry(panel, GUILD))
    everybody = [house.panel, house.backup, *panels]
    for panel in everybody:
        panel.is_open.clear()

    def looked() -> int:
        return sum(panel.calls["list_servers"] for panel in everybody)

    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(watcher.run())
        await house.clock.wait_asleep(21)
        assert looked() == 10
        for panel in everybody:
            panel.is_open.set()
        house.clock.advance(2)
        await house.clock.wait_asleep(31)
        assert looked() == 30
        at_once = []
        for _ in range(60):
            before = looked()
            house.clock.advance(1)
            await house.clock.wait_asleep(31)
            at_once.append(looked() - before)
        task.cancel()
    assert sum(at_once) == 30
    assert max(at_once) < 10


async def test_a_panel_that_is_added_is_watched_and_one_that_goes_is_not(house: House) -> None:
    async with _watching(house):
        await house.clock.wait_asleep(3)
        annex = FakePanel(house.clock, panel_id="annex")
        annex.add(make_server("Annex", panel_id="annex"))
        house.panels.put(_entry(annex, GUILD))
        await house.clock.wait_asleep(4)
        assert "Annex" in {server.name for server in await house.directory.visible(ADMIN)}
        house.panels.remove("annex")
        await asyncio.sleep(0)
        house.clock.advance(60)
        await house.clock.wait_asleep(3)
    assert annex.calls["list_servers"] == 1
    assert house.panel.calls["list_servers"] == 2


async def test_the_same_panel_in_two_guilds_is_listed_once_for_both(house: House) -> None:
    ours, theirs = (FakePanel(house.clock, panel_id=name) for name in ("ours", "theirs"))
    ours.add(make_server("Annex", panel_id="ours"))
    house.panels.put(_entry(ours, GUILD, source="same"))
    house.panels.put(_entry(theirs, OTHER_GUILD, source="same"))
    async with _watching(house):
        await house.clock.wait_asleep(4)
        assert theirs.calls["list_servers"] == 0
        assert [server.ref.panel_id for server in house.directory.servers_of("theirs")] == [
            "theirs"
        ]
        house.panels.remove("ours")
        await asyncio.sleep(0)
        theirs.add(make_server("Renamed", panel_id="theirs"))
        house.clock.advance(60)
        await house.clock.wait_asleep(4)
        assert [server.name for server in house.directory.servers_of("theirs")] == ["Renamed"]
    assert ("ours", "theirs") in [look.panel_ids for look in house.sightings.looks]
    assert (ours.calls["list_servers"], theirs.calls["list_servers"]) == (1, 1)


async def test_what_was_listed_when_it_was_added_waits_for_its_time(house: House) -> None:
    annex = FakePanel(house.clock, panel_id="annex")
    house.panels.put(_entry(annex, GUILD, is_listed=True))
    async with _watching(house):
        await house.clock.wait_asleep(4)
        assert annex.calls["list_servers"] == 0
        await _next_round(house, 60)
        await house.clock.wait_asleep(4)
        assert annex.calls["list_servers"] == 1


def _entry(
    panel: FakePanel, guild_id: int, *, source: str = "", is_listed: bool = False
) -> PanelEntry:
    return PanelEntry(
        panel=panel,
        name=panel.panel_id,
        guild_ids=frozenset({guild_id}),
        poll_seconds=60,
        source=source,
        is_listed=is_listed,
    )
