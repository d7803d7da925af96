"""What every kind of panel must leave behind when its caller goes away in the middle: nothing."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import bot.panels
from bot.domain.servers import Capability, PowerAction
from bot.panels import PanelHub
from bot.panels._budget import MAX_IN_FLIGHT
from tests.panels.harness import id_of, offering, open_panel
from tests.panels.support import PATIENCE, HastyClock

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.domain.ports import AdminPanel, CommandPanel, Panel
    from tests.panels.harness_base import Harness

    Caller = Callable[[], Coroutine[Any, Any, object]]

OURS = bot.panels.__path__[0]
TIMES = MAX_IN_FLIGHT + 1
"""Were one place in the budget kept each time, none would be left for the last."""


async def test_a_list_that_is_cancelled_leaves_nothing(
    panel: Panel, harness: Harness, hub: PanelHub, clock: HastyClock
) -> None:
    assert await cancelled_at_every_moment(harness, hub, clock, panel.list_servers)
    async with asyncio.timeout(PATIENCE):
        assert len(await panel.list_servers()) == 4


async def test_details_that_are_cancelled_leave_nothing(
    panel: Panel, harness: Harness, hub: PanelHub, clock: HastyClock
) -> None:
    server_id = await id_of(panel, "Survival")
    assert await cancelled_at_every_moment(
        harness, hub, clock, partial(panel.get_server, server_id)
    )
    async with asyncio.timeout(PATIENCE):
        assert (await panel.get_server(server_id)).name == "Survival"


async def test_who_asked_the_same_is_answered_though_the_first_one_leaves(
    panel: Panel, harness: Harness, clock: HastyClock
) -> None:
    server_id = await id_of(panel, "Survival")
    before = len(harness.stand_in.requests)
    clock.advance(300)
    harness.faults.add("hang")
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
        first, second = (
            group.create_task(cast("Any", panel.get_server(server_id))) for _ in range(2)
        )
        await harness.stand_in.wait_for_requests(before + 1)
        harness.faults.clear()
        first.cancel()
    assert first.cancelled()
    assert second.result().name == "Survival"


@offering(Capability.RESTART)
async def test_an_order_that_is_cancelled_leaves_nothing_and_is_not_sent_later(
    panel: Panel, harness: Harness, hub: PanelHub, clock: HastyClock
) -> None:
    server_id = await id_of(panel, "Survival")
    order = partial(panel.power, server_id, PowerAction.RESTART)
    assert await cancelled_at_every_moment(harness, hub, clock, order)
    # One to count the moments; what was cancelled reached nobody.
    assert harness.survival.signals == ["restart"]
    async with asyncio.timeout(PATIENCE):
        await order()
    assert harness.survival.signals == ["restart"] * 2


@offering(Capability.COMMAND)
async def test_a_command_that_is_cancelled_leaves_nothing(
    panel: Panel, harness: Harness, hub: PanelHub, clock: HastyClock
) -> None:
    server_id = await id_of(panel, "Survival")
    console = cast("CommandPanel", panel)
    command = partial(console.send_command, server_id, "say hi")
    assert await cancelled_at_every_moment(harness, hub, clock, command)
    assert harness.survival.console == ["say hi"]


@offering(Capability.SUSPEND)
async def test_an_admins_order_that_is_cancelled_leaves_nothing(
    panel: Panel, harness: Harness, hub: PanelHub, clock: HastyClock
) -> None:
    admin = cast("AdminPanel", panel)
    suspend = partial(admin.suspend, await id_of(panel, "Creative"))
    assert await cancelled_at_every_moment(harness, hub, clock, suspend)


class HeldClock(HastyClock):
    """Once it is held, a sleep lasts until its sleeper is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.is_held = False
        self.sleeping = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        if self.is_held:
            self.sleeping.set()
            await asyncio.Event().wait()
        await super().sleep(seconds)


async def test_who_is_cancelled_while_waiting_for_the_panels_leave_holds_up_nobody(
    harness: Harness,
) -> None:
    clock = HeldClock()
    async with PanelHub(clock=clock) as hub:
        panel = open_panel(hub, harness)
        harness.faults.add("throttle", retry_after="30", path=harness.list_path, count=TIMES)
        for _ in range(TIMES):
            clock.advance(300)
            clock.is_held = True
            clock.sleeping.clear()
            async with asyncio.TaskGroup() as group:
                task = group.create_task(cast("Any", panel.list_servers()))
                await clock.sleeping.wait()
                task.cancel()
            assert left(hub) == []
        clock.is_held = False
        clock.advance(300)
        async with asyncio.timeout(PATIENCE):
            assert len(await panel.list_servers()) == 4


async def cancelled_at_every_moment(
    harness: Harness, hub: PanelHub, clock: HastyClock, call: Caller
) -> int:
    """Cancel the call at its first request, its second and so on; return how many it has."""
    stand_in = harness.stand_in
    clock.advance(300)
    before = len(stand_in.requests)
    await call()
    moments = len(stand_in.requests) - before
    for moment in range(moments):
        for _ in range(TIMES):
            clock.advance(300)
            harness.faults.clear()
            if moment:
                harness.faults.add("late", seconds=0, count=moment)
            harness.faults.add("hang")
            before = len(stand_in.requests)
            async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
                task = group.create_task(call())
                await stand_in.wait_for_requests(before + moment + 1)
                task.cancel()
            assert task.cancelled()
            assert left(hub) == []
    harness.faults.clear()
    clock.advance(300)
    return moments


def left(hub: PanelHub) -> list[object]:
    """Return the connections that are not given back, and the tasks that run code of panels."""
    coroutines: list[Any] = [task.get_coro() for task in asyncio.all_tasks()]
    tasks = [each for each in coroutines if each.cr_code.co_filename.startswith(OURS)]
    sessions: Any = [
        session
        for each in hub._connections._sessions.values()
        for session in (each.reads, each.writes)
    ]
    return [*tasks, *(taken for session in sessions for taken in session.connector._acquired)]
