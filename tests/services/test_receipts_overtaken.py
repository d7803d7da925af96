"""What a kill overtakes, also when the bot dies after it was given, or before the other was."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Outcome
from bot.domain.errors import PanelUnreachable
from bot.domain.receipt_ports import Step
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction, ServerState
from tests.fakes import make_server
from tests.fakes_receipts import RecordingReceipt
from tests.services.test_receipts import Hanging, end_abruptly, order, resume_all
from tests.services.test_verdicts import LastWord

if TYPE_CHECKING:
    from bot.domain.audit import AuditEntry
    from bot.domain.receipt_ports import Place
    from bot.domain.receipts import Progress
    from tests.services.house import House

_KILL, _START = PowerAction.KILL, PowerAction.START


def _begin(
    house: House, action: PowerAction = PowerAction.RESTART, *, receipt: RecordingReceipt
) -> asyncio.Task[None]:
    return asyncio.get_running_loop().create_task(order(house.power, action, receipt=receipt))


async def _begin_restart(house: House) -> asyncio.Task[None]:
    """Order it, and wait until it was seen that the server goes down."""
    receipt = RecordingReceipt()
    restarting = _begin(house, receipt=receipt)
    await house.clock.tick()
    await receipt.wait_for(lambda progress: progress.phase is Phase.WAITING)
    return restarting


async def test_a_kill_that_was_given_overtakes_what_came_before_it(house: House) -> None:
    house.panel.timelines[PowerAction.RESTART] = ((0, ServerState.STOPPING),)
    async with asyncio.timeout(5):
        restarting = await _begin_restart(house)
        house.panel.is_open.clear()
        killing = _begin(house, _KILL, receipt=RecordingReceipt())
        await house.panel.wait_called("power", 2)
        await end_abruptly(house, restarting, killing)
    assert [kept.step for kept in house.receipts.kept.values()] == [Step.ACCEPTED, Step.SENT]
    house.panel.is_open.set()
    house.clock.advance(30)
    house.add(make_server(state=ServerState.OFFLINE, observed_at=house.clock.now()))
    restart, kill = await resume_all(house)
    assert (restart.phases, kill.phases[-1]) == ([Phase.OVERTAKEN], Phase.DONE)
    outcomes = {row.action: row.outcome for row in house.rows}
    assert outcomes == {"restart": Outcome.UNKNOWN, "kill": Outcome.DONE}
    assert [action for _, action, *_ in house.order_news.ended] == [_KILL]


async def test_a_kill_that_was_refused_overtakes_nothing(house: House) -> None:
    refused = LastWord(house)
    async with asyncio.timeout(5):
        restarting = await _begin_restart(house)
        house.panel.errors["power"] = PanelUnreachable("main", "refused")
        killing = _begin(house, _KILL, receipt=refused)
        await refused.is_shown.wait()
        await end_abruptly(house, restarting, killing)
    restart, kill = await resume_all(house)
    assert (restart.phases[-1], kill.phases) == (Phase.DONE, [Phase.FAILED])


async def test_a_kill_that_was_not_given_overtakes_nothing(house: House) -> None:
    async with asyncio.timeout(5):
        restarting = await _begin_restart(house)
        unshown = Hanging()
        killing = _begin(house, _KILL, receipt=unshown)
        await unshown.is_asked.wait()
        await end_abruptly(house, restarting, killing)
    restart, kill = await resume_all(house)
    assert (restart.phases[-1], kill.phases) == (Phase.DONE, [Phase.NEVER_SENT])


async def test_a_kill_overtakes_nothing_that_came_after_it(house: House) -> None:
    last_word = LastWord(house)
    async with asyncio.timeout(5):
        killing = _begin(house, _KILL, receipt=last_word)
        await house.clock.tick()
        await last_word.is_shown.wait()
        starting = _begin(house, _START, receipt=RecordingReceipt())
        await house.panel.wait_called("power", 2)
        await house.clock.wait_asleep(1)
        await end_abruptly(house, killing, starting)
    kill, start = await resume_all(house)
    assert (kill.phases, start.phases[-1]) == ([Phase.DONE], Phase.DONE)


class _Slow(RecordingReceipt):
    """Shows something only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked, self.is_open = asyncio.Event(), asyncio.Event()

    async def show(self, progress: Progress) -> bool:
        self.is_asked.set()
        await self.is_open.wait()
        return await super().show(progress)


@pytest.mark.parametrize("is_taken", [True, False])
async def test_what_is_not_given_when_its_server_is_killed_never_is(
    house: House, *, is_taken: bool
) -> None:
    slow, kill = _Slow(), RecordingReceipt()
    async with asyncio.timeout(5):
        restarting = _begin(house, receipt=slow)
        await slow.is_asked.wait()
        house.panel.is_open.clear()
        killing = _begin(house, _KILL, receipt=kill)
        await house.panel.wait_called("power", 1)
        if is_taken:
            house.panel.is_open.set()
            await house.clock.wait_asleep(1)
        slow.is_open.set()
        await slow.wait_for(lambda _: True)
        house.panel.is_open.set()
        await restarting
        await house.clock.run_until_done(killing)
    assert (slow.phases, kill.phases[-1]) == ([Phase.ORDERED, Phase.OVERTAKEN], Phase.DONE)
    assert [action for _, action in house.panel.powers] == [_KILL]


async def test_what_is_about_to_be_given_when_its_server_is_killed_never_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, is_asked, is_open = house.receipts.send, asyncio.Event(), asyncio.Event()

    async def slowly(order_id: int, place: Place, entry: AuditEntry) -> None:
        if entry.action == "restart":
            is_asked.set()
            await is_open.wait()
        await send(order_id, place, entry)

    monkeypatch.setattr(house.receipts, "send", slowly)
    restart, kill = RecordingReceipt(), RecordingReceipt()
    async with asyncio.timeout(5):
        restarting = _begin(house, receipt=restart)
        await is_asked.wait()
        killing = _begin(house, _KILL, receipt=kill)
        await house.panel.wait_called("power", 1)
        await house.clock.wait_asleep(1)
        is_open.set()
        await restarting
        await house.clock.run_until_done(killing)
    assert (restart.phases[-1], kill.phases[-1]) == (Phase.OVERTAKEN, Phase.DONE)
    assert [action for _, action in house.panel.powers] == [_KILL]
