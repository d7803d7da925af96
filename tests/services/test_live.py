"""Who may read a console sees its last lines, or watches it until something ends that."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain import live
from bot.domain.access import Action, Rule, Subject
from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    NotAllowed,
    PanelForbidden,
    PanelUnreachable,
    UnknownServer,
    UnsupportedAction,
)
from bot.domain.servers import Capability, ServerState
from bot.domain.sights import Ending
from tests.fakes_live import FakeScreen
from tests.services.house import ADMIN, GUILD, OPERATOR, STRANGER, VIEWER, House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.domain.access import Actor
    from bot.services.live import Logs

_LENGTH = timedelta(minutes=2)


@pytest.fixture
def screen() -> FakeScreen:
    return FakeScreen()


async def _logs(house: House, actor: Actor = OPERATOR, *, lines: int = 20) -> Logs:
    reading = house.live.logs(actor, "survival", lines=lines, door=Door.COMMAND)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(reading)
        await house.panel.console.run_until_done(task)
    return task.result()


@asynccontextmanager
async def _watching(
    house: House, screen: FakeScreen, actor: Actor = OPERATOR
) -> AsyncIterator[None]:
    """Watch from when it is connected; at the end of the block it must be over."""
    watching = house.live.watch(actor, "survival", length=_LENGTH, door=Door.COMMAND, screen=screen)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        group.create_task(watching)
        await house.panel.console.wait_watched()
        await _look(house, screen)
        yield


async def _look(house: House, screen: FakeScreen) -> None:
    """Let time pass until what has happened is shown."""
    count = len(screen.shown)
    await _pass(house, 3)
    await screen.wait_shown(count + 1)


async def _pass(house: House, seconds: float) -> None:
    """Let time pass once all that has happened so far was taken."""
    await house.panel.console.wait_idle()
    await house.clock.wait_asleep(1)
    house.clock.advance(seconds)


async def test_the_last_lines_are_what_was_asked_for(house: House) -> None:
    house.panel.console.log = [f"line {number}" for number in range(30)]
    logs = await _logs(house, lines=3)
    assert logs.server.name == "Survival"
    assert logs.lines == ("line 27", "line 28", "line 29")
    assert house.panel.console.watches == []


async def test_to_read_is_written_down_and_is_no_last_action(house: House) -> None:
    await _logs(house)
    [row] = house.rows
    assert (row.action, row.outcome) == ("logs", Outcome.DONE)
    assert await house.audit.latest(GUILD, house.server.ref) is None


@pytest.mark.parametrize(("actor", "error"), [(VIEWER, NotAllowed), (STRANGER, UnknownServer)])
async def test_who_may_not_read_sees_nothing(
    house: House, screen: FakeScreen, actor: Actor, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await house.live.logs(actor, "survival", lines=1, door=Door.COMMAND)
    with pytest.raises(error):
        await house.live.watch(actor, "survival", length=_LENGTH, door=Door.COMMAND, screen=screen)
    assert (house.panel.calls["watch"], screen.shown) == (0, [])


async def test_a_panel_without_a_live_console_refuses_before_anything_is_shown(
    house: House, screen: FakeScreen
) -> None:
    house.panel.capabilities -= {Capability.LIVE}
    with pytest.raises(UnsupportedAction):
        await house.live.logs(ADMIN, "survival", lines=1, door=Door.COMMAND)
    with pytest.raises(UnsupportedAction):
        await house.live.watch(ADMIN, "survival", length=_LENGTH, door=Door.COMMAND, screen=screen)
    assert (house.panel.calls["watch"], screen.shown) == (0, [])


async def test_logs_of_a_node_that_does_not_answer_are_told_to_be_out_of_reach(
    house: House,
) -> None:
    house.panel.console.is_connected = False
    reading = house.live.logs(OPERATOR, "survival", lines=1, door=Door.COMMAND)
    task = asyncio.get_running_loop().create_task(reading)
    await house.panel.console.run_until_done(task)
    assert isinstance(task.exception(), PanelUnreachable)
    assert [row.outcome for row in house.rows] == [Outcome.FAILED]


async def test_a_watch_shows_state_usage_and_lines_at_its_pace(
    house: House, screen: FakeScreen
) -> None:
    house.panel.console.log = ["old"]
    async with _watching(house, screen):
        first, second = screen.shown
        assert (first.is_connected, first.lines) == (False, ())
        assert (second.is_connected, second.lines) == (True, ("old",))
        house.panel.console.be(ServerState.STOPPING, memory_bytes=7)
        house.panel.console.print("Stopping the server")
        await _look(house, screen)
        sight = screen.shown[-1]
        assert sight.server.state is ServerState.STOPPING
        assert sight.resources is not None
        assert sight.resources.memory_bytes == 7
        assert sight.lines == ("old", "Stopping the server")
        assert len(screen.shown) == 3
        assert house.live.stop(OPERATOR, sight.watch_id)


async def test_only_the_last_lines_are_shown(house: House, screen: FakeScreen) -> None:
    house.panel.console.log = [str(number) for number in range(100)]
    async with _watching(house, screen):
        assert screen.shown[-1].lines == tuple(str(number) for number in range(85, 100))
        await house.live.close()


async def test_nothing_new_is_not_shown_again(house: House, screen: FakeScreen) -> None:
    async with _watching(house, screen):
        for _ in range(5):
            await _pass(house, 3)
        house.panel.console.print("news")
        await _look(house, screen)
        assert [sight.lines for sight in screen.shown] == [(), (), ("news",)]
        await house.live.close()


async def test_a_watch_ends_when_its_time_is_over(house: House, screen: FakeScreen) -> None:
    async with _watching(house, screen):
        await _pass(house, _LENGTH.total_seconds())
        assert (await screen.wait_shown(3)).ending is Ending.TIME
    [row] = house.rows
    assert (row.action, row.outcome) == ("logs", Outcome.DONE)


async def test_only_who_watches_can_stop_it(house: House, screen: FakeScreen) -> None:
    async with _watching(house, screen):
        watch_id = screen.shown[0].watch_id
        assert not house.live.stop(ADMIN, watch_id)
        assert not house.live.stop(OPERATOR, "00ff")
        assert house.live.stop(OPERATOR, watch_id)
        assert (await screen.wait_shown(3)).ending is Ending.STOPPED
    assert not house.live.stop(OPERATOR, watch_id)


async def test_a_second_watch_of_the_same_member_ends_the_first(
    house: House, screen: FakeScreen
) -> None:
    other = FakeScreen()
    async with _watching(house, screen):
        async with _watching(house, other, replace(OPERATOR, user_id=99)):
            assert screen.shown[-1].ending is None
            await house.live.close()
        assert (await screen.wait_shown(3)).ending is Ending.CLOSING
    house.live._is_closing = False
    screen.shown.clear()
    again = FakeScreen()
    async with _watching(house, screen), asyncio.TaskGroup() as group:
        watching = house.live.watch(
            OPERATOR, "survival", length=_LENGTH, door=Door.COMMAND, screen=again
        )
        group.create_task(watching)
        assert (await screen.wait_shown(3)).ending is Ending.REPLACED
        await again.wait_shown(1)
        await house.live.close()


async def test_a_bot_that_stops_says_so_and_begins_nothing_new(
    house: House, screen: FakeScreen
) -> None:
    async with _watching(house, screen):
        await house.live.close()
        assert (await screen.wait_shown(3)).ending is Ending.CLOSING
    late = FakeScreen()
    await house.live.watch(OPERATOR, "survival", length=_LENGTH, door=Door.COMMAND, screen=late)
    assert late.shown[-1].ending is Ending.CLOSING
    assert house.panel.console.watches == []


async def test_a_right_that_is_taken_away_ends_the_watch(house: House, screen: FakeScreen) -> None:
    async with _watching(house, screen):
        await house.access.add(
            Rule(
                guild_id=GUILD,
                subject=Subject.MEMBER,
                subject_id=OPERATOR.user_id,
                grant=Action.LOGS,
                allow=False,
            )
        )
        house.panel.console.print("a secret")
        await _pass(house, 3)
        last = await screen.wait_shown(3)
        assert last.ending is Ending.NOT_ALLOWED
        assert last.lines == ()


async def test_a_panel_that_is_removed_ends_the_watch(house: House, screen: FakeScreen) -> None:
    async with _watching(house, screen):
        house.panels.remove("main")
        house.panel.console.print("a secret")
        await _pass(house, 3)
        last = await screen.wait_shown(3)
        assert (last.ending, last.lines) == (Ending.NOT_ALLOWED, ())


async def test_a_deleted_server_ends_the_watch_and_is_forgotten(
    house: House, screen: FakeScreen
) -> None:
    async with _watching(house, screen):
        house.panel.console.tell(live.Deleted(house.clock.now()))
        house.panel.console.tell(None)
        assert (await screen.wait_shown(3)).ending is Ending.DELETED
    assert await house.directory.visible(ADMIN) == []


async def test_a_console_of_no_more_use_ends_the_watch_with_the_reason(
    house: House, screen: FakeScreen
) -> None:
    error = PanelForbidden("main", "taken away")
    async with _watching(house, screen):
        house.panel.console.tell(error)
        last = await screen.wait_shown(3)
        assert (last.ending, last.error) == (Ending.FAILED, error)
    assert [row.outcome for row in house.rows] == [Outcome.FAILED]


async def test_a_lost_connection_is_shown_until_it_is_back(
    house: House, screen: FakeScreen
) -> None:
    async with _watching(house, screen):
        house.panel.console.tell(live.Disconnected(house.clock.now(), "cut"))
        await _look(house, screen)
        assert not screen.shown[-1].is_connected
        house.panel.console.log = ["missed"]
        house.panel.console.tell(live.Connected(house.clock.now()))
        await _look(house, screen)
        assert (screen.shown[-1].is_connected, screen.shown[-1].lines) == (True, ("missed",))
        await house.live.close()


async def test_what_nobody_can_see_any_more_is_not_followed(
    house: House, screen: FakeScreen
) -> None:
    async with _watching(house, screen):
        screen.is_seen = False
        house.panel.console.print("news")
        await _look(house, screen)
    assert house.panel.console.watches == []
