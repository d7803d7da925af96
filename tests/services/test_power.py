"""An order is sent once, followed to its end, shown step by step and written down."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Actor
from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    ActionInProgress,
    NotAllowed,
    OutcomeUnknown,
    PanelConflict,
    PanelUnreachable,
    ServerNotFound,
    StorageUnavailable,
    UnknownServer,
)
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction, ServerState
from tests.fakes import make_server
from tests.fakes_receipts import RecordingReceipt
from tests.services.house import ADMIN, OPERATOR, OTHER_GUILD, STRANGER, VIEWER, House

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.domain.receipts import Progress

_STARTING = ServerState.STARTING


def _order(
    house: House,
    action: PowerAction = PowerAction.RESTART,
    *,
    receipt: RecordingReceipt,
    actor: Actor = OPERATOR,
    reason: str | None = None,
) -> Coroutine[None, None, None]:
    return house.power.perform(
        actor, "survival", action, door=Door.COMMAND, receipt=receipt, reason=reason
    )


async def _perform(
    house: House, action: PowerAction = PowerAction.RESTART, *, reason: str | None = None
) -> RecordingReceipt:
    """Order it and let time pass until the receipt has ended."""
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, action, receipt=receipt, reason=reason))
        await house.clock.run_until_done(task)
    return receipt


async def test_a_restart_is_shown_in_phases_and_written_down_once(house: House) -> None:
    receipt = await _perform(house, reason="lag")
    steps = [(progress.phase, progress.server.state) for progress in receipt.shown]
    assert steps == [
        (Phase.ORDERED, ServerState.RUNNING),
        (Phase.WAITING, ServerState.OFFLINE),
        (Phase.WAITING, ServerState.STARTING),
        (Phase.DONE, ServerState.RUNNING),
    ]
    assert {progress.user_id for progress in receipt.shown} == {OPERATOR.user_id}
    assert {progress.reason for progress in receipt.shown} == {"lag"}
    assert house.panel.powers == [("1a2b3c4d", PowerAction.RESTART)]
    [row] = house.rows
    assert (row.action, row.outcome, row.detail) == ("restart", Outcome.DONE, "lag")
    assert row.duration == receipt.shown[-1].elapsed == timedelta(seconds=9)


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (PowerAction.START, ServerState.OFFLINE, ServerState.RUNNING),
        (PowerAction.STOP, ServerState.RUNNING, ServerState.OFFLINE),
        (PowerAction.KILL, ServerState.STOPPING, ServerState.OFFLINE),
    ],
)
async def test_every_action_is_followed_to_its_state(
    house: House, action: PowerAction, before: ServerState, after: ServerState
) -> None:
    house.add(make_server(state=before))
    receipt = await _perform(house, action)
    assert receipt.phases[-1] is Phase.DONE
    assert receipt.shown[-1].server.state is after
    [known] = await house.directory.visible(OPERATOR)
    assert known.state is after


async def test_the_same_state_is_not_shown_twice(house: House) -> None:
    house.panel.timelines[PowerAction.START] = ((0, _STARTING), (60, ServerState.RUNNING))
    house.add(make_server(state=ServerState.OFFLINE))
    receipt = await _perform(house, PowerAction.START)
    assert receipt.phases == [Phase.ORDERED, Phase.WAITING, Phase.DONE]


async def test_an_order_without_effect_says_so(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ()
    receipt = await _perform(house, PowerAction.STOP)
    assert receipt.phases[-1] is Phase.NO_EFFECT
    assert house.rows[-1].outcome is Outcome.NO_EFFECT


async def test_a_crash_while_starting_fails(house: House) -> None:
    house.add(make_server(state=ServerState.OFFLINE))
    house.panel.timelines[PowerAction.START] = ((0, _STARTING), (8, ServerState.OFFLINE))
    receipt = await _perform(house, PowerAction.START)
    assert receipt.phases[-1] is Phase.FAILED
    assert house.rows[-1].outcome is Outcome.NOT_UP
    [(_, action, *_, state)] = house.order_news.ended
    assert (action, state) == (PowerAction.START, ServerState.OFFLINE)


async def test_a_refused_order_ends_at_once_with_the_panels_reason(house: House) -> None:
    error = PanelConflict("main", ServerState.SUSPENDED)
    house.panel.errors["power"] = error
    receipt = await _perform(house)
    assert receipt.phases == [Phase.ORDERED, Phase.FAILED]
    assert receipt.shown[-1].error is error
    assert [(row.outcome, row.detail) for row in house.rows] == [(Outcome.FAILED, str(error))]


async def test_an_order_without_answer_is_watched_and_never_sent_again(house: House) -> None:
    house.panel.errors["power"] = OutcomeUnknown("main", "stop")
    house.panel.timelines[PowerAction.STOP] = ()
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, PowerAction.STOP, receipt=receipt))
        await receipt.wait_for(lambda progress: isinstance(progress.error, OutcomeUnknown))
        house.panel.add(make_server(state=ServerState.OFFLINE))
        await house.clock.run_until_done(task)
    assert receipt.phases[-1] is Phase.DONE
    assert house.panel.calls["power"] == 1
    assert [row.outcome for row in house.rows] == [Outcome.DONE]


async def test_a_panel_that_falls_silent_is_waited_for(house: House) -> None:
    house.panel.errors["get_server"] = PanelUnreachable("main", "refused")
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, PowerAction.STOP, receipt=receipt))
        await house.clock.tick()
        silent = await receipt.wait_for(lambda progress: progress.error is not None)
        assert silent.phase is Phase.WAITING
        house.panel.errors.clear()
        await house.clock.run_until_done(task)
    assert receipt.phases[-1] is Phase.DONE
    assert receipt.shown[-1].error is None


async def test_a_panel_that_stays_silent_ends_it_unseen(house: House) -> None:
    house.panel.errors["get_server"] = PanelUnreachable("main", "refused")
    receipt = await _perform(house)
    assert receipt.phases[-1] is Phase.UNSEEN
    assert isinstance(receipt.shown[-1].error, PanelUnreachable)
    assert receipt.shown[-1].elapsed == timedelta(minutes=2)
    assert house.rows[-1].outcome is Outcome.UNKNOWN


async def test_a_server_that_is_deleted_meanwhile_fails_and_is_forgotten(house: House) -> None:
    house.panel.remove(make_server())
    receipt = await _perform(house)
    assert receipt.phases[-1] is Phase.FAILED
    assert isinstance(receipt.shown[-1].error, ServerNotFound)
    assert await house.directory.visible(ADMIN) == []


@pytest.mark.parametrize(("actor", "error"), [(VIEWER, NotAllowed), (STRANGER, UnknownServer)])
async def test_without_the_right_nothing_is_shown_or_sent(
    house: House, actor: Actor, error: type[Exception]
) -> None:
    receipt = RecordingReceipt()
    with pytest.raises(error):
        await _order(house, receipt=receipt, actor=actor)
    assert receipt.shown == []
    assert house.panel.calls["power"] == 0


async def test_a_second_order_is_told_who_is_doing_what_and_where(house: House) -> None:
    first, second = RecordingReceipt("https://example.invalid/1"), RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, receipt=first))
        await house.clock.tick()
        with pytest.raises(ActionInProgress) as caught:
            await _order(house, PowerAction.STOP, receipt=second, actor=ADMIN)
        await house.clock.run_until_done(task)
    assert (caught.value.action, caught.value.user_id) == ("restart", OPERATOR.user_id)
    assert caught.value.link == "https://example.invalid/1"
    assert second.shown == []
    assert first.phases[-1] is Phase.DONE
    assert sorted(row.outcome for row in house.rows) == [Outcome.DONE, Outcome.REFUSED]


async def test_a_hundred_orders_at_once_reach_the_panel_once(house: House) -> None:
    receipts = [RecordingReceipt() for _ in range(100)]
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        orders = [_order(house, PowerAction.STOP, receipt=receipt) for receipt in receipts]
        task = group.create_task(_gather(orders))
        await house.clock.run_until_done(task)
    refused = [result for result in task.result() if isinstance(result, ActionInProgress)]
    assert len(refused) == 99
    assert house.panel.calls["power"] == 1
    assert len(house.rows) == 100


async def test_when_an_order_has_ended_the_next_one_may_begin(house: House) -> None:
    await _perform(house, PowerAction.STOP)
    receipt = await _perform(house, PowerAction.START)
    assert receipt.phases[-1] is Phase.DONE


async def test_a_failed_order_leaves_the_server_free(house: House) -> None:
    house.panel.errors["power"] = PanelUnreachable("main", "refused")
    await _perform(house)
    house.panel.errors.clear()
    assert (await _perform(house)).phases[-1] is Phase.DONE


async def test_a_kill_may_overtake_but_not_another_kill(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((0, ServerState.STOPPING),)
    house.panel.timelines[PowerAction.KILL] = ((6, ServerState.OFFLINE),)
    stop, kill, again = RecordingReceipt(), RecordingReceipt(), RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        stopping = group.create_task(_order(house, PowerAction.STOP, receipt=stop))
        await house.clock.tick()
        killing = group.create_task(_order(house, PowerAction.KILL, receipt=kill))
        await house.panel.wait_called("power", 2)
        with pytest.raises(ActionInProgress):
            await _order(house, PowerAction.KILL, receipt=again)
        await house.clock.run_until_done(killing)
        await house.clock.run_until_done(stopping)
    assert kill.phases[-1] is Phase.DONE
    assert stop.phases[-1] is Phase.OVERTAKEN
    assert [action for _, action in house.panel.powers] == [PowerAction.STOP, PowerAction.KILL]


async def test_checking_changes_and_writes_nothing(house: House) -> None:
    server = await house.power.check(OPERATOR, "survival", PowerAction.KILL, door=Door.BUTTON)
    assert server.name == "Survival"
    assert house.rows == []
    assert house.panel.calls["power"] == 0


async def test_checking_refuses_what_the_order_would_refuse(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.power.check(VIEWER, "survival", PowerAction.KILL, door=Door.BUTTON)
    assert [row.outcome for row in house.rows] == [Outcome.DENIED]


async def test_an_order_that_cannot_be_written_down_is_not_given(house: House) -> None:
    house.audit_log.is_broken = True
    receipt = RecordingReceipt()
    with pytest.raises(StorageUnavailable):
        await _order(house, receipt=receipt)
    assert (house.panel.powers, receipt.shown) == ([], [])
    house.audit_log.is_broken = False
    await house.audit.close()
    assert [row.outcome for row in house.audit_log.entries] == [Outcome.REFUSED]


async def test_an_order_that_can_be_kept_but_not_audited_is_not_given(house: House) -> None:
    class Breaking(RecordingReceipt):
        async def show(self, progress: Progress) -> bool:
            house.audit_log.is_broken = True
            return await super().show(progress)

    receipt = Breaking()
    await _order(house, receipt=receipt)
    assert house.panel.powers == []
    assert isinstance(receipt.shown[-1].error, StorageUnavailable)
    assert house.receipts.kept != {}
    house.audit_log.is_broken = False
    await house.audit.close()
    assert [row.outcome for row in house.audit_log.entries] == [Outcome.REFUSED]
    assert house.receipts.kept == {}


async def test_an_end_that_cannot_be_written_down_now_is_later(house: House) -> None:
    task = asyncio.get_running_loop().create_task(_order(house, receipt=RecordingReceipt()))
    async with asyncio.timeout(5):
        await house.panel.wait_called("power")
        house.audit_log.is_broken = True
        await house.clock.run_until_done(task)
    assert house.rows == []
    house.audit_log.is_broken = False
    await house.audit.close()
    assert [row.outcome for row in house.rows] == [Outcome.DONE]
    assert house.receipts.kept == {}


async def _gather(orders: list[Coroutine[None, None, None]]) -> list[BaseException | None]:
    return await asyncio.gather(*orders, return_exceptions=True)


async def test_an_order_that_cannot_be_shown_is_not_sent_and_written_down(house: House) -> None:
    class Gone(RecordingReceipt):
        async def show(self, progress: Progress) -> bool:
            raise ConnectionError("the channel is gone")

    with pytest.raises(ConnectionError):
        await _order(house, receipt=Gone())

    assert house.panel.powers == []
    assert [entry.outcome for entry in house.audit_log.entries] == [Outcome.REFUSED]
    await _perform(house)


async def test_a_server_is_free_again_once_the_kill_has_ended(house: House) -> None:
    stop, kill = RecordingReceipt(), RecordingReceipt()
    house.panel.timelines[PowerAction.STOP] = ((0, ServerState.STOPPING),)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        stopping = group.create_task(_order(house, PowerAction.STOP, receipt=stop))
        await house.clock.tick()
        killing = group.create_task(_order(house, PowerAction.KILL, receipt=kill))
        await stopping
        await house.clock.run_until_done(killing)
    assert (await _perform(house, PowerAction.START)).phases[-1] is Phase.DONE


async def test_a_kill_that_is_refused_overtakes_nothing(house: House) -> None:
    stop, kill = RecordingReceipt(), RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        stopping = group.create_task(_order(house, PowerAction.STOP, receipt=stop))
        await house.clock.tick()
        house.panel.errors["power"] = PanelUnreachable("main", "refused")
        await _order(house, PowerAction.KILL, receipt=kill)
        await house.clock.run_until_done(stopping)
    assert kill.phases[-1] is Phase.FAILED
    assert stop.phases[-1] is Phase.DONE


async def test_a_bug_while_following_leaves_no_line_that_says_nothing(house: House) -> None:
    receipt = RecordingReceipt()
    with pytest.raises(ExceptionGroup):  # noqa: PT012 - the group is what raises
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            task = group.create_task(_order(house, receipt=receipt))
            await house.clock.wait_asleep(1)
            house.panel.errors["get_server"] = ZeroDivisionError()
            await house.clock.run_until_done(task)
    assert receipt.phases[-1] is Phase.INTERRUPTED
    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]


async def test_another_guild_is_told_that_a_server_is_busy_and_not_by_whom(house: House) -> None:
    server = house.add_to_backup(make_server("Shared", "5a5a5a5a", panel_id="backup"))
    stranger = Actor(user_id=99, guild_id=OTHER_GUILD, is_admin=True)
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(
            house.power.perform(
                ADMIN, str(server.ref), PowerAction.STOP, door=Door.COMMAND, receipt=receipt
            )
        )
        await house.clock.wait_asleep(1)
        with pytest.raises(ActionInProgress) as caught:
            await house.power.perform(
                stranger,
                str(server.ref),
                PowerAction.STOP,
                door=Door.COMMAND,
                receipt=RecordingReceipt(),
            )
        await house.clock.run_until_done(task)
    assert (caught.value.user_id, caught.value.link) == (None, None)
