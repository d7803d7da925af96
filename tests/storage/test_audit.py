"""What is read of the stored attempts: pages, what is to be told, what has no end."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action, Actor
from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.servers import ServerRef
from bot.services.audit import Attempt, AuditService
from bot.services.clock import SystemClock
from bot.storage.audit import SqlAuditLog
from tests.fakes import NOON

if TYPE_CHECKING:
    from bot.storage.engine import Database

GUILD, OTHER = 1, 2
_TOO_LARGE = 1 << 64
"""No database takes that for an id."""


def entry(
    number: int, outcome: Outcome = Outcome.DONE, *, user_id: int = 10, server_id: str = "a"
) -> AuditEntry:
    """Return an attempt of a minute of its own."""
    return AuditEntry(
        at=NOON + timedelta(minutes=number),
        guild_id=GUILD,
        user_id=user_id,
        action="restart",
        ref=ServerRef("main", server_id),
        server_name="Survival",
        door=Door.COMMAND,
        outcome=outcome,
    )


@pytest.fixture
def audit(database: Database) -> SqlAuditLog:
    return SqlAuditLog(database)


async def _minutes(audit: SqlAuditLog, **wanted: int | ServerRef) -> list[int]:
    page = await audit.page(GUILD, limit=3, **wanted)  # type: ignore[arg-type]
    return [int((row.at - NOON).total_seconds() // 60) for row in page]


async def test_pages_lead_back_and_forth_and_meet(audit: SqlAuditLog) -> None:
    for number in range(7):
        await audit.add(entry(number))
    first = await audit.page(GUILD, limit=3)
    assert await _minutes(audit) == [6, 5, 4]
    assert first[-1].id is not None
    second = await audit.page(GUILD, limit=3, before=first[-1].id)
    assert await _minutes(audit, before=first[-1].id) == [3, 2, 1]
    assert second[0].id is not None
    assert list(await audit.page(GUILD, limit=3, after=second[0].id)) == list(first)


async def test_a_page_holds_what_was_asked_for(audit: SqlAuditLog) -> None:
    await audit.add(entry(0))
    await audit.add(entry(1, user_id=11))
    await audit.add(entry(2, server_id="b"))
    assert await _minutes(audit, user_id=11) == [1]
    assert await _minutes(audit, ref=ServerRef("main", "b")) == [2]
    assert await audit.page(OTHER, limit=3) == []


async def test_what_was_sent_and_has_ended_is_one_entry(audit: SqlAuditLog) -> None:
    await audit.add(entry(0, Outcome.SENT))
    await audit.add(entry(0, Outcome.DONE))
    await audit.add(entry(1, Outcome.SENT))
    page = await audit.page(GUILD, limit=9)
    assert [row.outcome for row in page] == [Outcome.SENT, Outcome.DONE]
    [open_one] = await audit.unended()
    assert open_one.at == NOON + timedelta(minutes=1)


async def test_only_what_has_ended_is_told(audit: SqlAuditLog) -> None:
    await audit.add(entry(0, Outcome.SENT))
    await audit.add(entry(1, Outcome.DENIED))
    await audit.add(entry(0, Outcome.DONE))
    rows = await audit.ended_after(GUILD, 0, 9)
    assert [row.outcome for row in rows] == [Outcome.DENIED, Outcome.DONE]
    assert rows[0].id is not None
    assert list(await audit.ended_after(GUILD, rows[0].id, 9)) == [rows[1]]
    assert await audit.newest_id(GUILD) == rows[1].id
    assert await audit.newest_id(OTHER) == 0


async def test_ids_grow_in_the_order_in_which_rows_can_be_read(audit: SqlAuditLog) -> None:
    """Who reads on from the newest id that he has seen misses nothing."""
    seen: list[int] = []

    async def read() -> None:
        while len(seen) < 40:
            rows = await audit.ended_after(GUILD, seen[-1] if seen else 0, 100)
            seen.extend(row.id for row in rows if row.id is not None)

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        await asyncio.gather(*(audit.add(entry(number)) for number in range(40)))
        await reading
    assert len(seen) == 40


async def test_a_row_that_the_database_refuses_is_given_up_and_the_next_one_stored(
    audit: SqlAuditLog, caplog: pytest.LogCaptureFixture
) -> None:
    service = AuditService(audit, SystemClock())
    for user_id in (_TOO_LARGE, 10):
        asked = Attempt(
            actor=Actor(user_id=user_id, guild_id=GUILD),
            action=Action.RESTART,
            ref=ServerRef("main", "a"),
            name="Survival",
            door=Door.COMMAND,
            at=NOON,
        )
        service.record_later(asked, Outcome.DONE, "night")
    await service.close()
    assert [row.user_id for row in await audit.page(GUILD, limit=9)] == [10]
    [logged] = [record for record in caplog.records if record.exc_info]
    assert f"user_id={_TOO_LARGE}" in logged.message


async def test_old_rows_go_and_no_others(audit: SqlAuditLog) -> None:
    for number in range(5):
        await audit.add(entry(number))
    assert await audit.drop_audit(NOON + timedelta(minutes=3)) == 3
    assert await _minutes(audit) == [4, 3]


async def test_no_id_is_given_twice(audit: SqlAuditLog) -> None:
    await audit.add(entry(0))
    newest = await audit.newest_id(GUILD)
    await audit.drop_guild(GUILD)
    await audit.add(entry(1))
    assert await audit.newest_id(GUILD) > newest
