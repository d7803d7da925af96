"""What waits for a watcher that does not read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import live
from bot.domain.errors import PanelUnreachable
from bot.domain.servers import ServerState
from bot.panels._mailbox import Mailbox

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)

STATES = (
    ServerState.RUNNING,
    ServerState.STOPPING,
    ServerState.OFFLINE,
    ServerState.STARTING,
)


def lines(*texts: str) -> list[live.Event]:
    return [live.Console(NOON, text) for text in texts]


async def emptied(mailbox: Mailbox) -> list[live.Event]:
    mailbox.close(None)
    found = []
    while (event := await mailbox.get()) is not None:
        found.append(event)
    return found


async def test_events_come_in_their_order() -> None:
    mailbox = Mailbox()
    events = [
        *lines("a"),
        live.State(NOON, ServerState.RUNNING),
        live.State(NOON, ServerState.STOPPING),
        *lines("b", "c"),
        live.Backup(NOON, "1", successful=True),
    ]
    for event in events:
        mailbox.put(event)

    assert await emptied(mailbox) == events


async def test_the_oldest_lines_go_and_what_happened_stays() -> None:
    mailbox = Mailbox()
    happened: list[live.Event] = [
        live.Connected(NOON),
        live.State(NOON, ServerState.RUNNING),
        live.Install(NOON, live.InstallPhase.STARTED),
        live.Transfer(NOON, status="processing"),
        live.Disconnected(NOON, "cut"),
        live.Deleted(NOON),
    ]
    for event in happened:
        mailbox.put(event)
    for number in range(2000):
        mailbox.put(live.Console(NOON, str(number)))
        mailbox.put(live.Install(NOON, live.InstallPhase.OUTPUT, str(number)))
        mailbox.put(live.Transfer(NOON, line=str(number)))

    left = await emptied(mailbox)
    assert left[:6] == happened
    assert left[-1] == live.Transfer(NOON, line="1999")
    assert len(left) == 506


async def test_states_that_nobody_reads_are_told_once_each_and_the_last_one_last() -> None:
    mailbox = Mailbox()
    mailbox.put(live.Connected(NOON))
    for number in range(100_000):
        at = NOON + timedelta(seconds=number)
        mailbox.put(live.State(at, STATES[number % len(STATES)]))

    left = await emptied(mailbox)
    assert left[0] == live.Connected(NOON)
    assert len(left) <= 500
    assert left[-len(STATES) :] == [
        live.State(NOON + timedelta(seconds=100_000 - len(STATES) + number), state)
        for number, state in enumerate(STATES)
    ]


async def test_a_state_outlives_any_number_of_news() -> None:
    mailbox = Mailbox()
    mailbox.put(live.State(NOON, ServerState.STARTING))
    for number in range(100_000):
        mailbox.put(live.Backup(NOON, str(number), successful=True))
    mailbox.put(live.State(NOON, ServerState.RUNNING))

    left = await emptied(mailbox)
    assert left[0] == live.State(NOON, ServerState.STARTING)
    assert left[-2:] == [
        live.Backup(NOON, "99999", successful=True),
        live.State(NOON, ServerState.RUNNING),
    ]
    assert len(left) <= 500


async def test_a_connection_that_comes_and_goes_is_told_as_it_is_now() -> None:
    mailbox = Mailbox()
    for _ in range(10_000):
        mailbox.put(live.Connected(NOON))
        mailbox.put(live.State(NOON, ServerState.RUNNING))
        mailbox.put(live.Disconnected(NOON, "cut"))

    left = await emptied(mailbox)
    assert left[-3:] == [
        live.Connected(NOON),
        live.State(NOON, ServerState.RUNNING),
        live.Disconnected(NOON, "cut"),
    ]
    assert len(left) <= 500


async def test_news_that_are_read_in_time_are_all_there() -> None:
    mailbox = Mailbox()
    events = [live.State(NOON, STATES[number % len(STATES)]) for number in range(500)]
    for event in events:
        mailbox.put(event)

    assert await emptied(mailbox) == events


async def test_long_lines_do_not_fill_the_memory() -> None:
    mailbox = Mailbox()
    for number in range(100):
        mailbox.put(live.Console(NOON, str(number).rjust(64 * 1024)))

    left = await emptied(mailbox)
    assert len(left) == 16
    assert left[-1] == live.Console(NOON, "99".rjust(64 * 1024))


async def test_the_error_comes_after_all_events_and_again_for_who_asks_again() -> None:
    mailbox = Mailbox()
    mailbox.put(live.Connected(NOON))
    mailbox.close(PanelUnreachable("main", "gone"))

    assert await mailbox.get() == live.Connected(NOON)
    for _ in range(2):
        with pytest.raises(PanelUnreachable):
            await mailbox.get()
