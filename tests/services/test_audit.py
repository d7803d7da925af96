"""Every attempt leaves one row; the newest that reached a panel is remembered."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Outcome
from bot.domain.errors import StorageUnavailable
from bot.services.audit import AuditService
from tests.services.house import ADMIN, GUILD, OPERATOR, OTHER_GUILD, STRANGER, House, attempt

if TYPE_CHECKING:
    from bot.domain.audit import AuditEntry


async def test_a_row_tells_what_was_asked_and_how_it_ended(house: House) -> None:
    asked = replace(attempt(house, OPERATOR), detail="lag", rule_id=7)
    house.clock.advance(42)
    await house.audit.record(asked, Outcome.FAILED, "it crashed")
    [row] = house.rows
    assert (row.guild_id, row.user_id, row.rule_id) == (GUILD, OPERATOR.user_id, 7)
    assert (row.ref, row.server_name) == (house.server.ref, "Survival")
    assert (row.outcome, row.detail) == (Outcome.FAILED, "lag · it crashed")
    assert row.duration == timedelta(seconds=42)


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.REFUSED])
async def test_what_was_never_sent_is_not_the_latest(house: House, outcome: Outcome) -> None:
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    await house.audit.record(attempt(house, ADMIN), outcome)
    latest = await house.audit.latest(GUILD, house.server.ref)
    assert latest is not None
    assert latest.user_id == OPERATOR.user_id


async def test_another_guild_learns_nothing(house: House) -> None:
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    assert await house.audit.latest(OTHER_GUILD, house.server.ref) is None


async def test_after_a_start_the_latest_is_read_from_the_store(house: House) -> None:
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    restarted = AuditService(house.audit_log, house.clock)
    assert await restarted.latest(GUILD, house.server.ref) == house.rows[0]


async def test_an_end_that_cannot_be_stored_is_logged_and_stored_later_in_order(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.audit_log.is_broken = True
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    await house.audit.record(attempt(house, STRANGER), Outcome.DENIED)
    assert f"user_id={OPERATOR.user_id}" in caplog.text
    latest = await house.audit.latest(GUILD, house.server.ref)
    assert latest is not None
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(house.audit.run())
        await house.clock.tick()
        await house.clock.wait_asleep(1)
        assert house.rows == []
        house.audit_log.is_broken = False
        await house.audit.record(attempt(house, ADMIN), Outcome.DONE)
        await house.clock.tick()
        await house.clock.wait_asleep(1)
        running.cancel()
    users = [OPERATOR.user_id, STRANGER.user_id, ADMIN.user_id]
    assert [row.user_id for row in house.rows] == users


async def test_a_row_that_can_never_be_stored_is_logged_in_full_and_holds_up_no_other(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.audit_log.is_broken = True
    await house.audit.record(attempt(house, STRANGER), Outcome.DENIED)
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE, add=_refuse)
    await house.audit.record(attempt(house, ADMIN), Outcome.DONE)
    house.audit_log.is_broken = False
    caplog.clear()
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        running = group.create_task(house.audit.run())
        for _ in range(2):
            await house.clock.tick()
            await house.clock.wait_asleep(1)
        running.cancel()
    assert [row.user_id for row in house.rows] == [STRANGER.user_id, ADMIN.user_id]
    [logged] = [record for record in caplog.records if record.exc_info]
    assert f"user_id={OPERATOR.user_id}" in logged.message


async def test_a_row_that_can_never_be_stored_is_in_the_way_of_no_order(house: House) -> None:
    house.audit_log.is_broken = True
    await house.audit.record(attempt(house, STRANGER), Outcome.DENIED)
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE, add=_refuse)
    house.audit_log.is_broken = False
    await house.audit.begin(attempt(house, OPERATOR))
    assert [row.outcome for row in house.audit_log.entries] == [Outcome.DENIED, Outcome.SENT]


async def test_an_order_waits_for_no_row_but_its_own_and_what_is_owed(house: House) -> None:
    house.audit_log.is_broken = True
    await house.audit.record(attempt(house, STRANGER), Outcome.DENIED)
    with pytest.raises(StorageUnavailable):
        await house.audit.begin(attempt(house, OPERATOR))
    house.audit_log.is_broken = False
    await house.audit.begin(attempt(house, OPERATOR))
    assert [row.outcome for row in house.audit_log.entries] == [Outcome.DENIED, Outcome.SENT]


async def test_what_ends_after_all_was_deleted_is_written_down_no_more(house: House) -> None:
    begun = attempt(house, OPERATOR)
    house.audit_log.is_broken = True
    await house.audit.record(begun, Outcome.DONE)
    house.clock.advance(1)
    house.audit.forget(GUILD)
    house.audit_log.is_broken = False
    await house.audit.close()
    await house.audit.record(begun, Outcome.DONE)
    assert house.rows == []
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    assert len(house.rows) == 1


async def _refuse(_entry: AuditEntry) -> None:
    raise ValueError("a bug")
