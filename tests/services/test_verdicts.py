"""Once it is judged how an order ended, that is its end, whatever becomes of the server.

Here the bot dies when it has shown the end and not yet forgotten the order.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Door, Outcome
from bot.domain.errors import (
    OutcomeUnknown,
    PanelConflict,
    PanelError,
    PanelUnreachable,
    StorageUnavailable,
)
from bot.domain.receipts import Phase
from bot.domain.servers import PowerAction, ServerState
from tests.fakes import make_server
from tests.fakes_receipts import RecordingDesk, RecordingReceipt
from tests.services.house import OPERATOR, House

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from bot.domain.receipt_ports import KeptOrder
    from bot.domain.receipts import Progress


class LastWord(RecordingReceipt):
    """Shows everything, and after the end the bot never hears that it is shown."""

    def __init__(self, house: House) -> None:
        super().__init__()
        self.is_shown = asyncio.Event()
        self.kept: list[KeptOrder] = []
        """What was kept when the end was shown."""
        self._house = house

    async def show(self, progress: Progress) -> bool:
        await super().show(progress)
        if progress.phase.is_final:
            self.kept += self._house.receipts.kept.values()
            self.is_shown.set()
            await asyncio.Event().wait()
        return True


def _order(
    house: House, action: PowerAction, *, receipt: RecordingReceipt
) -> Coroutine[None, None, None]:
    return house.power.perform(
        OPERATOR, "survival", action, door=Door.COMMAND, receipt=receipt, reason="lag"
    )


async def _die(house: House, action: PowerAction = PowerAction.STOP) -> LastWord:
    """Let a process order it, show how it ended, and be killed; returns its receipt."""
    receipt = LastWord(house)
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, action, receipt=receipt))
        await house.clock.run_until_done(group.create_task(receipt.is_shown.wait()))
        task.cancel()
    assert (house.rows, len(house.receipts.kept)) == ([], 1)
    return receipt


async def _resume(house: House) -> RecordingReceipt:
    """Let a new process take up the only order; returns its receipt when it has ended."""
    power, desk = house.power_of_a_new_process(), RecordingDesk()
    await house.audit.end_interrupted(await power.recall(desk))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        await house.clock.run_until_done(group.create_task(power.resume()))
    assert house.receipts.kept == {}
    [receipt] = desk.taken_up.values()
    return receipt


def _change_everything(house: House) -> None:
    """Let a minute pass, and the server be started under another name."""
    house.clock.advance(60)
    now = house.clock.now()
    house.add(make_server("Renamed", state=ServerState.RUNNING, observed_at=now))


def _words(progress: Progress) -> tuple[object, ...]:
    """Return all that a line is made from."""
    error = (type(progress.error), str(progress.error))
    server = (progress.server.name, progress.server.state)
    who = (progress.user_id, progress.action, progress.reason)
    return (*who, *server, progress.phase, progress.elapsed, progress.is_confirmed, error)


async def test_it_is_kept_before_it_is_shown(house: House) -> None:
    receipt = await _die(house)
    [kept] = receipt.kept
    assert kept.verdict == receipt.shown[-1]


async def test_an_end_that_was_shown_stays_so(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((8, ServerState.OFFLINE),)
    first = await _die(house)
    looks = house.panel.calls["get_server"]
    _change_everything(house)
    again = await _resume(house)
    assert list(map(_words, again.shown)) == [_words(first.shown[-1])]
    assert again.phases == [Phase.DONE]
    assert house.panel.calls["get_server"] == looks
    [row] = house.rows
    assert (row.outcome, row.detail, row.duration) == (
        Outcome.DONE,
        "lag",
        first.shown[-1].elapsed,
    )


async def test_an_end_is_told_before_anything_later_can_be_seen(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((8, ServerState.OFFLINE),)
    house.order_news.is_broken = True
    await _die(house)
    house.order_news.is_broken = False
    assert house.order_news.ended == []
    await house.power_of_a_new_process().recall(RecordingDesk())
    assert len(house.order_news.ended) == 1


async def test_an_end_that_cannot_be_told_keeps_no_bot_from_starting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: object, **_kwargs: object) -> bool:
        raise LookupError("a defect of ours")

    await _die(house)
    monkeypatch.setattr(house.order_news, "done", fail)
    assert len(await house.power_of_a_new_process().recall(RecordingDesk())) == 1


@pytest.mark.parametrize(
    "error",
    [
        PanelConflict("main", ServerState.INSTALLING, "wait"),
        PanelUnreachable("main", "timed out", node=True),
    ],
)
async def test_an_order_that_was_refused_stays_so(house: House, error: PanelError) -> None:
    house.panel.errors["power"] = error
    first = await _die(house)
    _change_everything(house)
    house.order_news.given.clear()
    again = await _resume(house)
    assert list(map(_words, again.shown)) == [_words(first.shown[-1])]
    assert [(row.outcome, row.detail) for row in house.rows] == [(Outcome.FAILED, f"lag · {error}")]
    assert house.order_news.given == []
    assert house.order_news.ended == []


async def test_an_end_that_nobody_saw_stays_so_and_may_still_come(house: House) -> None:
    house.panel.errors["power"] = OutcomeUnknown("main", "restart")
    house.panel.errors["get_server"] = PanelUnreachable("main", "gone")
    first = await _die(house, PowerAction.RESTART)
    del house.panel.errors["get_server"]
    house.order_news.given.clear()
    again = await _resume(house)
    assert list(map(_words, again.shown)) == [_words(first.shown[-1])]
    assert again.phases == [Phase.UNSEEN]
    assert [row.outcome for row in house.rows] == [Outcome.UNKNOWN]
    assert len(house.order_news.given) == 1


async def test_an_order_that_could_not_be_written_down_stays_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> None:
        raise StorageUnavailable("locked", is_passing=True)

    monkeypatch.setattr(house.receipts, "send", refuse)
    first = await _die(house)
    assert isinstance(first.shown[-1].error, StorageUnavailable)
    again = await _resume(house)
    assert list(map(_words, again.shown)) == [_words(first.shown[-1])]
    assert [row.outcome for row in house.rows] == [Outcome.REFUSED]
    assert house.panel.powers == []


@pytest.mark.parametrize("hours", [0, 2])
async def test_a_panel_that_is_gone_changes_no_end(house: House, hours: int) -> None:
    first = await _die(house)
    house.panels.remove("main")
    house.clock.advance(3600 * hours)
    again = await _resume(house)
    assert list(map(_words, again.shown)) == [_words(first.shown[-1])]
    assert [row.outcome for row in house.rows] == [Outcome.DONE]


async def test_its_news_are_told_as_it_was(house: House) -> None:
    house.order_news.is_broken = True
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, PowerAction.STOP, receipt=receipt))
        while not house.order_news.tries:
            await house.clock.tick()
        await house.power.close()
        await task
    _change_everything(house)
    house.order_news.is_broken = False
    await _resume(house)
    assert [state for *_, state in house.order_news.ended] == [ServerState.OFFLINE]
    assert [row.duration for row in house.rows] == [receipt.shown[-1].elapsed]


async def test_its_server_is_free(house: House) -> None:
    await _die(house)
    power = house.power_of_a_new_process()
    await power.recall(RecordingDesk())
    await power.check(OPERATOR, "survival", PowerAction.START, door=Door.COMMAND)


async def test_a_database_that_is_away_holds_up_no_end(house: House) -> None:
    house.panel.timelines[PowerAction.STOP] = ((4, ServerState.OFFLINE),)
    receipt = RecordingReceipt()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        task = group.create_task(_order(house, PowerAction.STOP, receipt=receipt))
        await house.clock.tick()
        await receipt.wait_for(lambda progress: progress.phase is not Phase.ORDERED)
        house.audit_log.is_broken = True
        await house.clock.run_until_done(task)
    assert receipt.phases[-1] is Phase.DONE
    assert receipt.shown[-1].elapsed < timedelta(seconds=10)
    [kept] = house.receipts.kept.values()
    assert kept.verdict is None
    house.audit_log.is_broken = False
    await house.audit.close()
    assert (house.receipts.kept, [row.outcome for row in house.rows]) == ({}, [Outcome.DONE])
