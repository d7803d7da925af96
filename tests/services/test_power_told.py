"""How an order ended is told before the next one is given: only the latest one counts."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Door, Outcome
from bot.domain.errors import StorageUnavailable
from bot.domain.events import EventKind
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction, ServerState
from bot.services.feed import following
from bot.services.following import Following
from bot.services.observer import Observer
from bot.services.power import PowerService
from tests.fakes_receipts import MemoryReceipts, RecordingReceipt
from tests.services.house import OPERATOR, House

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine

    from bot.domain.audit import AuditEntry
    from bot.domain.ports import Clock, Panel
    from bot.domain.receipt_ports import Place
    from bot.domain.receipts import Progress
    from bot.services.feed import Feed


class SlowReceipts(MemoryReceipts):
    """Takes its time to store what an order is: that it is given, or how it ended."""

    def __init__(self, house: House) -> None:
        super().__init__(house.audit_log)
        self.may_send, self.may_conclude = asyncio.Event(), asyncio.Event()
        self.is_sending, self.is_concluding = asyncio.Event(), asyncio.Event()
        self.may_send.set()
        self.may_conclude.set()

    async def send(self, order_id: int, place: Place, entry: AuditEntry) -> None:
        self.is_sending.set()
        await self.may_send.wait()
        await super().send(order_id, place, entry)

    async def conclude(self, order_id: int, verdict: Progress) -> None:
        self.is_concluding.set()
        await self.may_conclude.wait()
        await super().conclude(order_id, verdict)


@pytest.fixture
async def slow(house: House) -> SlowReceipts:
    """Let what becomes of orders be told by the observer, which has seen the server."""
    observer = Observer(
        store=house.news, ledger=house.ledger, panels=house.panels, clock=house.clock
    )
    await observer.looked(list(house.panels), [house.server], house.clock.now())
    house.clock.advance(1)
    house.audit.read_by(observer.noted)
    slow = SlowReceipts(house)
    house.power = PowerService(
        gate=house.gate,
        audit=house.audit,
        store=slow,
        following=Following(
            gate=house.gate, directory=house.directory, store=slow, clock=house.clock
        ),
        news=observer,
    )
    return slow


def _order(
    house: House,
    action: PowerAction = PowerAction.RESTART,
    receipt: RecordingReceipt | None = None,
) -> Coroutine[None, None, None]:
    receipt = receipt or RecordingReceipt()
    return house.power.perform(OPERATOR, "survival", action, door=Door.COMMAND, receipt=receipt)


@pytest.mark.parametrize("action", [PowerAction.STOP, PowerAction.KILL])
async def test_an_end_that_is_just_being_kept_is_told_before_the_next_order_is_given(
    house: House, slow: SlowReceipts, action: PowerAction
) -> None:
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        slow.may_conclude.clear()
        restarting = group.create_task(_order(house))
        await house.clock.run_until_done(group.create_task(slow.is_concluding.wait()))
        ending = group.create_task(_order(house, action))
        await house.panel.wait_called("power", 2)
        slow.may_conclude.set()
        await restarting
        await house.clock.run_until_done(ending)
    assert [event.kind for event in house.news.events] == [
        EventKind.RESTARTED,
        EventKind.STOPPED,
    ]
    assert {event.asker and event.asker.user_id for event in house.news.events} == {11}


async def test_what_ends_while_a_kill_is_being_given_is_overtaken(
    house: House, slow: SlowReceipts
) -> None:
    house.panel.timelines[PowerAction.RESTART] = (
        (0, ServerState.STOPPING),
        (4, ServerState.RUNNING),
    )
    restart, kill, is_up = RecordingReceipt(), RecordingReceipt(), asyncio.Event()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        restarting = group.create_task(_order(house, receipt=restart))
        await house.clock.tick()
        await restart.wait_for(lambda progress: progress.phase is Phase.WAITING)
        slow.is_sending.clear()
        slow.may_send.clear()
        slow.may_conclude.clear()
        killing = group.create_task(_order(house, PowerAction.KILL, kill))
        await slow.is_sending.wait()
        house.directory.listen(lambda _: is_up.set())
        await house.clock.tick()
        await is_up.wait()
        slow.may_send.set()
        await house.panel.wait_called("power", 2)
        slow.may_conclude.set()
        await house.clock.run_until_done(killing)
        await restarting
    assert (restart.phases[-1], kill.phases[-1]) == (Phase.OVERTAKEN, Phase.DONE)
    assert [event.kind for event in house.news.events] == [EventKind.STOPPED]


async def test_what_ends_is_told_also_where_a_kill_is_given_while_its_connection_closes(
    house: House, slow: SlowReceipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_closing, is_closed = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def closing_slowly(
        panel: Panel, server_id: str, *, clock: Clock, stop: asyncio.Event
    ) -> AsyncIterator[Feed]:
        async with following(panel, server_id, clock=clock, stop=stop) as feed:
            yield feed
        is_closing.set()
        await is_closed.wait()

    monkeypatch.setattr("bot.services.lookout.following", closing_slowly)
    restart, kill = RecordingReceipt(), RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        restarting = group.create_task(_order(house, receipt=restart))
        await house.clock.run_until_done(group.create_task(is_closing.wait()))
        killing = group.create_task(_order(house, PowerAction.KILL, kill))
        await house.panel.wait_called("power", 2)
        is_closed.set()
        await restarting
        await house.clock.run_until_done(killing)
    assert (restart.phases[-1], kill.phases[-1]) == (Phase.OVERTAKEN, Phase.DONE)
    assert [event.kind for event in house.news.events] == [EventKind.STOPPED]


@pytest.mark.parametrize("action", [PowerAction.STOP, PowerAction.KILL])
async def test_nothing_is_given_while_what_is_told_of_the_end_before_cannot_be_stored(
    house: House, action: PowerAction
) -> None:
    house.order_news.is_broken = True
    refused = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        restarting = group.create_task(_order(house))
        while not house.order_news.tries:
            await house.clock.tick()
        await _order(house, action, refused)
        house.order_news.is_broken = False
        given = group.create_task(_order(house, action))
        await house.clock.run_until_done(given)
        await house.clock.run_until_done(restarting)
    assert refused.phases == [Phase.ORDERED, Phase.FAILED]
    assert isinstance(refused.shown[-1].error, StorageUnavailable)
    assert [given for _, given in house.panel.powers] == [PowerAction.RESTART, action]
    assert sorted(row.outcome for row in house.rows) == [
        Outcome.DONE,
        Outcome.DONE,
        Outcome.REFUSED,
    ]
    assert [ended for _, ended, *_ in house.order_news.ended] == [PowerAction.RESTART, action]


async def test_an_end_that_is_no_news_keeps_no_order_from_being_given(
    house: House, slow: SlowReceipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_args: object, **_kwargs: object) -> bool:
        return False

    monkeypatch.setattr(Observer, "done", not_yet)
    house.panel.timelines[PowerAction.STOP] = house.panel.timelines[PowerAction.START] = ()
    start = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        slow.may_conclude.clear()
        stopping = group.create_task(_order(house, PowerAction.STOP))
        await house.clock.run_until_done(group.create_task(slow.is_concluding.wait()))
        starting = group.create_task(_order(house, PowerAction.START, start))
        await house.panel.wait_called("power", 2)
        slow.may_conclude.set()
        await stopping
        await house.clock.run_until_done(starting)
    assert start.phases[-1] is Phase.ALREADY


async def test_a_defect_in_telling_an_end_keeps_no_order_from_being_given(
    house: House, slow: SlowReceipts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: object, **_kwargs: object) -> bool:
        raise LookupError("a defect of ours")

    monkeypatch.setattr(Observer, "done", fail)
    with pytest.raises(ExceptionGroup):  # noqa: PT012 - the group is what raises
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            slow.may_conclude.clear()
            group.create_task(_order(house))
            await house.clock.run_until_done(group.create_task(slow.is_concluding.wait()))
            group.create_task(_order(house, PowerAction.STOP))
            await house.panel.wait_called("power", 2)
            slow.may_conclude.set()
    assert house.panel.calls["power"] == 2
