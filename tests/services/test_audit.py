"""Every attempt leaves one row; the newest that reached a panel is remembered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import Outcome
from bot.services.audit import AuditService
from tests.services.house import ADMIN, GUILD, OPERATOR, OTHER_GUILD, House, attempt


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


async def test_a_row_that_cannot_be_stored_is_kept_in_the_log(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.audit_log.is_broken = True
    await house.audit.record(attempt(house, OPERATOR), Outcome.DONE)
    assert f"user_id={OPERATOR.user_id}" in caplog.text
    latest = await house.audit.latest(GUILD, house.server.ref)
    assert latest is not None
