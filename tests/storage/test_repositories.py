from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from bot.domain.access import Action, Rule, Subject
from bot.domain.audit import AuditEntry, Door, Outcome
from bot.domain.servers import ServerRef
from bot.storage.audit import SqlAuditLog
from bot.storage.repositories import SqlMemory
from bot.storage.rules import SqlRules

if TYPE_CHECKING:
    from bot.domain.ports import AuditLog, RuleRepository
    from bot.storage.engine import Database

LARGEST_ID = 2**63 - 1
NOON = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=UTC)
SURVIVAL = ServerRef("main", "1a2b3c4d")

RULE = Rule(
    guild_id=LARGEST_ID,
    subject=Subject.MEMBER,
    subject_id=LARGEST_ID - 1,
    grant=Action.COMMAND,
    allow=False,
    panel_id="main",
    server_id="1a2b3c4d",
    expires_at=NOON,
)
ENTRY = AuditEntry(
    at=NOON,
    guild_id=LARGEST_ID,
    user_id=LARGEST_ID - 1,
    action="restart",
    ref=SURVIVAL,
    server_name="Überleben 生存 \N{PICK}",
    door=Door.BUTTON,
    outcome=Outcome.DONE,
    rule_id=7,
    detail="lag " * 1000,
    duration=timedelta(seconds=42, microseconds=7),
)


async def test_a_rule_comes_back_as_it_was_stored(database: Database) -> None:
    rules: RuleRepository = SqlRules(database)

    stored = await rules.add(RULE)

    assert stored.id is not None
    assert stored == replace(RULE, id=stored.id)
    assert await rules.rules_of(RULE.guild_id) == [stored]


async def test_a_rule_about_everything_comes_back_without_limits(database: Database) -> None:
    rules = SqlRules(database)

    stored = await rules.add(
        replace(
            RULE,
            subject=Subject.ROLE,
            allow=True,
            panel_id=None,
            server_id=None,
            expires_at=None,
        )
    )

    (found,) = await rules.rules_of(RULE.guild_id)
    assert found == stored
    assert (found.allow, found.panel_id, found.server_id, found.expires_at) == (
        True,
        None,
        None,
        None,
    )


@pytest.mark.parametrize("action", Action)
async def test_every_action_can_be_stored(database: Database, action: Action) -> None:
    rules = SqlRules(database)

    await rules.add(replace(RULE, grant=action))

    (found,) = await rules.rules_of(RULE.guild_id)
    assert found.grant is action


async def test_a_guild_sees_its_own_rules_in_the_order_they_were_made(database: Database) -> None:
    rules = SqlRules(database)
    first = await rules.add(replace(RULE, guild_id=1))
    await rules.add(replace(RULE, guild_id=2))
    second = await rules.add(replace(RULE, guild_id=1, grant=Action.KILL))

    assert await rules.rules_of(1) == [first, second]
    assert await rules.rules_of(3) == []


async def test_the_id_of_a_deleted_rule_is_not_given_again(database: Database) -> None:
    rules = SqlRules(database)
    deleted = await rules.add(RULE)
    async with database.session() as session:
        await session.execute(text("DELETE FROM rules"))

    assert (await rules.add(RULE)).id != deleted.id


async def test_an_attempt_comes_back_as_it_was_stored(database: Database) -> None:
    audit: AuditLog = SqlAuditLog(database)

    await audit.add(ENTRY)

    assert await audit.latest(ENTRY.guild_id, SURVIVAL) == replace(ENTRY, id=1)


async def test_an_attempt_comes_back_without_what_is_not_known(database: Database) -> None:
    audit = SqlAuditLog(database)
    bare = replace(ENTRY, rule_id=None, detail=None, duration=None)

    await audit.add(bare)

    assert await audit.latest(ENTRY.guild_id, SURVIVAL) == replace(bare, id=1)


@pytest.mark.parametrize("door", Door)
async def test_every_door_can_be_stored(database: Database, door: Door) -> None:
    audit = SqlAuditLog(database)

    await audit.add(replace(ENTRY, door=door))

    found = await audit.latest(ENTRY.guild_id, SURVIVAL)
    assert found is not None
    assert found.door is door


@pytest.mark.parametrize("outcome", Outcome)
async def test_the_latest_attempt_is_one_that_reached_the_panel(
    database: Database, outcome: Outcome
) -> None:
    audit = SqlAuditLog(database)
    reached = outcome not in {Outcome.DENIED, Outcome.REFUSED}

    await audit.add(ENTRY)
    await audit.add(replace(ENTRY, outcome=outcome, at=NOON + timedelta(seconds=1)))

    found = await audit.latest(ENTRY.guild_id, SURVIVAL)
    assert found is not None
    assert found.outcome is (outcome if reached else ENTRY.outcome)
    assert (found.at > ENTRY.at) is reached


async def test_the_latest_attempt_is_the_newest_of_this_server_and_guild(
    database: Database,
) -> None:
    audit = SqlAuditLog(database)
    later = NOON + timedelta(hours=1)
    newest = replace(ENTRY, at=NOON + timedelta(minutes=1), action="stop")
    await audit.add(newest)
    await audit.add(ENTRY)
    await audit.add(replace(ENTRY, at=later, guild_id=1))
    await audit.add(replace(ENTRY, at=later, ref=ServerRef("main", "other")))
    await audit.add(replace(ENTRY, at=later, ref=ServerRef("other", "1a2b3c4d")))
    await audit.add(replace(ENTRY, at=later, action="logs"))  # who looks does nothing

    assert await audit.latest(ENTRY.guild_id, SURVIVAL) == replace(newest, id=1)
    assert await audit.latest(2, SURVIVAL) is None


async def test_of_two_attempts_at_the_same_time_the_one_stored_last_is_the_latest(
    database: Database,
) -> None:
    audit = SqlAuditLog(database)
    await audit.add(ENTRY)
    await audit.add(replace(ENTRY, action="kill"))

    found = await audit.latest(ENTRY.guild_id, SURVIVAL)

    assert found is not None
    assert found.action == "kill"


async def test_text_that_no_database_stores_does_not_cost_the_entry(database: Database) -> None:
    audit = SqlAuditLog(database)

    await audit.add(replace(ENTRY, server_name="a\ud83db", detail="say \0 hi"))

    found = await audit.latest(ENTRY.guild_id, SURVIVAL)
    assert found is not None
    assert found.server_name == "a\N{REPLACEMENT CHARACTER}b"
    assert found.detail == "say \N{REPLACEMENT CHARACTER} hi"


async def test_times_of_other_zones_come_back_in_utc(database: Database) -> None:
    audit = SqlAuditLog(database)
    elsewhere = NOON.astimezone(timezone(timedelta(hours=-9, minutes=-30)))

    await audit.add(replace(ENTRY, at=elsewhere))

    found = await audit.latest(ENTRY.guild_id, SURVIVAL)
    assert found is not None
    assert found.at == elsewhere
    assert found.at.tzinfo is UTC


async def test_times_without_a_zone_are_refused(database: Database) -> None:
    audit = SqlAuditLog(database)

    with pytest.raises(StatementError, match="has no time zone"):
        await audit.add(replace(ENTRY, at=NOON.replace(tzinfo=None)))

    assert await audit.latest(ENTRY.guild_id, SURVIVAL) is None


async def test_memory_keeps_the_last_value_of_each_key(database: Database) -> None:
    memory = SqlMemory(database)
    assert await memory.get("commands:1") is None

    await memory.put("commands:1", "old")
    await memory.put("commands:2", "other")
    await memory.put("commands:1", "new")

    assert await memory.get("commands:1") == "new"
    assert await memory.get("commands:2") == "other"


async def test_many_members_at_once_are_all_written_down(database: Database) -> None:
    audit = SqlAuditLog(database)

    await asyncio.gather(*(audit.add(replace(ENTRY, user_id=number)) for number in range(100)))

    async with database.session() as session:
        assert await session.scalar(text("SELECT count(DISTINCT user_id) FROM audit")) == 100
