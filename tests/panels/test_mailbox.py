"""What waits for a watcher that does not read."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain import live
from bot.domain.errors import PanelUnreachable
from bot.domain.servers import ServerState
from bot.panels._mailbox import Mailbox

NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)


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
