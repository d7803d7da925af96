"""A receipt survives the bot: the next one takes it up, and brings it to its end once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    ActionInProgress,
    OutcomeUnknown,
    PanelUnreachable,
    ServerNotFound,
    StorageUnavailable,
)
from bot.domain.events import Asker
from bot.domain.receipt_ports import Step
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction, ServerState
from bot.services.following import Following
from bot.services.power import PowerService
from tests.fakes import make_server
from tests.fakes_receipts import RecordingDesk, RecordingReceipt
from tests.services.house import ADMIN, GUILD, OPERATOR, House

if TYPE_CHECKING:
    from collections.abc import Collection, Coroutine, Sequence

    from bot.domain.servers import ServerRef


class Hanging(RecordingReceipt):
    """Shows nothing, and never says so."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked = asyncio.Event()

    async def show(self, _: object) -> bool:
        self.is_asked.set()
        return await asyncio.Event().wait()


def order(
    power: PowerService, action: PowerAction = PowerAction.RESTART, *, receipt: RecordingReceipt
) -> Coroutine[None, None, None]:
    return power.perform(
        OPERATOR, "survival", action, door=Door.COMMAND, receipt=receipt, reason="lag"
    )


async def _die(house: House, action: PowerAction = PowerAction.RESTART, *, looks: int = 1) -> None:
    """Let a process order it and be killed after so many looks: nothing of it goes on."""
    receipt = RecordingReceipt()
    task = asyncio.get_running_loop().create_task(order(house.power, action, receipt=receipt))
    async with asyncio.timeout(5):
        for _ in range(looks):
            await house.clock.tick()
        await house.clock.wait_asleep(1)
    await end_abruptly(house, task)


async def end_abruptly(house: House, *tasks: asyncio.Task[None]) -> None:
    """Let what is stored be as it is now, and nothing go on."""
    kept = dict(house.receipts.kept)
    entries = list(house.audit_log.entries)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    house.receipts.kept, house.audit_log.entries = kept, entries


async def _resume(house: House, power: PowerService | None = None) -> RecordingReceipt:
    """Let a new process take up the only order; returns its receipt when it has ended."""
    [receipt] = await resume_all(house, power)
    return receipt


async def resume_all(house: House, power: PowerService | None = None) -> Sequence[RecordingReceipt]:
    """Let a new process take up all orders; returns their receipts when all have ended."""
    power, desk = power or house.power_of_a_new_process(), RecordingDesk()
    await house.audit.end_interrupted(await power.recall(desk))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(power.resume())
        await house.clock.run_until_done(task)
    return list(desk.taken_up.values())


@pytest.mark.parametrize("action", PowerAction)
async def test_what_was_on_its_way_is_brought_to_its_end_once(
    house: House, action: PowerAction
) -> None:
    before = ServerState.OFFLINE if action is PowerAction.START else ServerState.RUNNING
    house.add(make_server(state=before))
    for ends_down in (PowerAction.STOP, PowerAction.KILL):
        house.panel.timelines[ends_down] = ((20, ServerState.OFFLINE),)
    await _die(house, action)
    receipt = await _resume(house)
    assert receipt.phases[-1] is Phase.DONE
    assert {step.phase for step in receipt.shown[:-1]} <= {Phase.WAITING, Phase.ACCEPTED}
    assert receipt.shown[-1].reason == "lag"
    assert receipt.shown[-1].user_id == OPERATOR.user_id
    assert house.panel.calls["power"] == 1
    [row] = house.rows
    assert (row.action, row.outcome, row.detail) == (action, Outcome.DONE, "lag")
    assert (row.at, row.user_id) == (house.sent[0].at, OPERATOR.user_id)
    assert house.receipts.kept == {}


async def test_what_was_seen_before_counts(house: House) -> None:
    """Without it nobody could tell a quick restart from none at all."""
    house.panel.timelines[PowerAction.RESTART] = (
        (0, ServerState.STOPPING),
        (4, ServerState.RUNNING),
    )
    await _die(house)
    house.clock.advance(4)
    receipt = await _resume(house)
    assert receipt.phases == [Phase.WAITING, Phase.DONE]


async def test_the_server_is_looked_at_at_once(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((20, ServerState.OFFLINE),)
    await _die(house, PowerAction.STOP)
    house.clock.advance(60)
    started = house.clock.now()
    await _resume(house)
    assert house.clock.now() == started


async def test_a_server_that_does_not_move_gets_its_time_again(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ()
    await _die(house, PowerAction.STOP)
    house.clock.advance(120)
    back = house.clock.now()
    receipt = await _resume(house)
    assert receipt.phases[-1] is Phase.NO_EFFECT
    assert receipt.shown[-1].is_confirmed
    assert house.clock.now() - back >= timedelta(seconds=60)


async def test_without_the_panels_answer_it_is_never_called_accepted(house: House) -> None:
    house.panel.errors["power"] = OutcomeUnknown("main", "stop")
    await _die(house, PowerAction.STOP)
    receipt = await _resume(house)
    assert isinstance(receipt.shown[0].error, OutcomeUnknown)
    assert receipt.phases[-1] is Phase.NO_EFFECT
    assert not receipt.shown[-1].is_confirmed


async def test_what_was_not_given_is_not_given_now(house: House) -> None:
    unshown = Hanging()
    task = asyncio.get_running_loop().create_task(order(house.power, receipt=unshown))
    async with asyncio.timeout(5):
        await unshown.is_asked.wait()
    task.cancel()
    await asyncio.wait([task])
    assert [kept.step for kept in house.receipts.kept.values()] == [Step.PREPARED]
    receipt = await _resume(house)
    assert receipt.phases == [Phase.NEVER_SENT]
    assert [(row.outcome, row.detail) for row in house.rows] == [
        (Outcome.REFUSED, "lag · never sent")
    ]
    assert house.panel.powers == []
    assert house.receipts.kept == {}


async def test_a_panel_that_is_gone_is_said(house: House) -> None:
    await _die(house)
    house.panels.remove("main")
    receipt = await _resume(house)
    assert receipt.phases == [Phase.PANEL_GONE]
    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]


async def test_a_server_that_is_gone_is_said(house: House) -> None:
    await _die(house)
    house.panel.remove(make_server())
    receipt = await _resume(house)
    assert receipt.phases == [Phase.FAILED]
    assert isinstance(receipt.shown[-1].error, ServerNotFound)


async def test_after_too_long_away_nothing_is_claimed(house: House) -> None:
    await _die(house)
    house.clock.advance(3601)
    looks = house.panel.calls["get_server"]
    receipt = await _resume(house)
    assert receipt.phases == [Phase.INTERRUPTED]
    assert house.panel.calls["get_server"] == looks
    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]


async def test_a_panel_that_is_down_at_the_start_is_waited_for(house: House) -> None:
    await _die(house)
    house.panel.errors["get_server"] = PanelUnreachable("main", "refused")
    receipt = await _resume(house)
    assert receipt.phases == [Phase.WAITING, Phase.UNSEEN]


async def test_a_server_stays_busy_over_a_restart_of_the_bot(house: House) -> None:
    await _die(house)
    power, desk = house.power_of_a_new_process(), RecordingDesk()
    await power.recall(desk)
    with pytest.raises(ActionInProgress) as caught:
        await power.check(ADMIN, "survival", PowerAction.START, door=Door.COMMAND)
    assert (caught.value.user_id, caught.value.action) == (OPERATOR.user_id, "restart")
    assert (power.running, power.refs) == (1, frozenset({house.server.ref}))


async def test_a_kill_overtakes_what_was_taken_up(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((0, ServerState.STOPPING),)
    await _die(house, PowerAction.STOP)
    power, desk, kill = house.power_of_a_new_process(), RecordingDesk(), RecordingReceipt()
    await power.recall(desk)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        resuming = group.create_task(power.resume())
        await house.clock.wait_asleep(1)
        killing = group.create_task(order(power, PowerAction.KILL, receipt=kill))
        await house.clock.run_until_done(killing)
        await resuming
    [stop] = desk.taken_up.values()
    assert (stop.phases[-1], kill.phases[-1]) == (Phase.OVERTAKEN, Phase.DONE)


async def test_a_bug_ends_its_own_receipt_alone(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    await _die(house)
    house.panel.errors["get_server"] = ZeroDivisionError()
    receipt = await _resume(house)
    assert receipt.phases == [Phase.INTERRUPTED]
    assert "failed unexpectedly" in caplog.text
    assert house.receipts.kept == {}


async def test_a_process_that_is_stopped_as_well_leaves_it_to_the_next(house: House) -> None:
    await _die(house)
    power, desk = house.power_of_a_new_process(), RecordingDesk()
    await power.recall(desk)
    async with asyncio.timeout(5):
        task = asyncio.get_running_loop().create_task(power.resume())
        await house.clock.wait_asleep(1)
        task.cancel()
        await asyncio.wait([task])
        await power.close()
    [receipt] = desk.taken_up.values()
    assert receipt.phases[-1] is Phase.PAUSED
    assert (await _resume(house)).phases[-1] is Phase.DONE
    assert len(house.rows) == 1


async def test_nobody_can_be_recalled_from_a_database_that_is_down(house: House) -> None:
    house.audit_log.is_broken = True
    with pytest.raises(StorageUnavailable):
        await house.power_of_a_new_process().recall(RecordingDesk())


async def test_who_asked_is_known_before_it_is_given_and_again_at_the_next_start(
    house: House,
) -> None:
    read: list[tuple[Outcome, int]] = []
    house.audit.read_by(lambda entry: read.append((entry.outcome, house.panel.calls["power"])))
    at = house.clock.now()
    await _die(house)
    assert read[0] == (Outcome.SENT, 0)
    await _resume(house)
    about = house.server.ref, PowerAction.RESTART, Asker(OPERATOR.user_id, GUILD), at
    assert house.order_news.given == [about]
    assert house.order_news.ended == [(*about, ServerState.RUNNING)]


async def test_it_is_known_which_servers_have_an_order_on_its_way(house: House) -> None:
    wanted: list[Collection[ServerRef]] = []

    def power() -> PowerService:
        return PowerService(
            gate=house.gate,
            audit=house.audit,
            store=house.receipts,
            following=Following(
                gate=house.gate,
                directory=house.directory,
                store=house.receipts,
                clock=house.clock,
            ),
            news=house.order_news,
            wanted=wanted.append,
        )

    house.power = power()
    await _die(house)
    await _resume(house, power())
    assert wanted == [{house.server.ref}, set()] * 2


async def test_an_order_is_kept_until_its_news_are_stored(house: House) -> None:
    house.order_news.is_broken = True
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(order(house.power, receipt=receipt))
        while house.order_news.tries < 3:
            await house.clock.tick()
        assert receipt.phases[-1] is Phase.DONE
        assert (len(house.receipts.kept), house.rows) == (1, [])
        house.order_news.is_broken = False
        await house.clock.run_until_done(task)
    assert len(house.order_news.ended) == 1
    assert (house.receipts.kept, [row.outcome for row in house.rows]) == ({}, [Outcome.DONE])


async def test_an_order_whose_news_are_not_stored_is_told_by_the_next_process(
    house: House,
) -> None:
    house.order_news.is_broken = True
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(order(house.power, receipt=RecordingReceipt()))
        while not house.order_news.tries:
            await house.clock.tick()
        await house.power.close()
        await task
    assert (len(house.receipts.kept), house.rows) == (1, [])
    house.order_news.is_broken = False
    assert (await _resume(house)).phases[-1] is Phase.DONE
    assert len(house.order_news.ended) == 1
    assert (house.receipts.kept, len(house.rows)) == ({}, 1)


async def test_of_an_order_whose_end_nobody_saw_nothing_is_told(house: House) -> None:
    house.panel.timelines[PowerAction.RESTART] = ()
    receipt = await _perform(house, PowerAction.RESTART)
    assert receipt.phases[-1] is Phase.UNSEEN
    assert house.order_news.tries == 0


async def test_after_three_times_it_is_known_how_long_it_usually_takes(house: House) -> None:
    for seconds in (30, 40, 300):
        house.panel.timelines[PowerAction.STOP] = ((1, ServerState.STOPPING), (seconds, _OFFLINE))
        receipt = await _perform(house, PowerAction.STOP)
        assert {step.usual for step in receipt.shown} == {None}
        house.add(make_server(state=ServerState.RUNNING, observed_at=house.clock.now()))
    receipt = await _perform(house, PowerAction.STOP)
    assert {step.usual for step in receipt.shown[1:]} == {timedelta(seconds=42)}
    assert (await _perform(house, PowerAction.START)).shown[-1].usual is None


async def test_where_nothing_was_to_do_nothing_is_learned_or_told(house: House) -> None:
    house.panel.timelines[PowerAction.START] = ()
    for _ in range(4):
        receipt = await _perform(house, PowerAction.START)
        assert receipt.phases[-1] is Phase.ALREADY
        assert receipt.shown[-1].usual is None
    assert {row.outcome for row in house.rows} == {Outcome.NO_EFFECT}
    assert house.order_news.tries == 0


async def test_a_kept_order_shows_no_more_than_it_needs(house: House) -> None:
    await _die(house)
    [kept] = house.receipts.kept.values()
    assert kept.place == replace(RecordingReceipt().place, message_id=3)
    assert (kept.action, kept.step) == (PowerAction.RESTART, Step.ACCEPTED)
    assert kept.evidence.baseline is ServerState.RUNNING
    assert kept.evidence.was_down


_OFFLINE = ServerState.OFFLINE


async def _perform(house: House, action: PowerAction) -> RecordingReceipt:
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(order(house.power, action, receipt=receipt))
        await house.clock.run_until_done(task)
    return receipt
