"""What guilds have chosen, how far they were told, and what is left of them in the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Action, Rule, Subject
from bot.domain.guilds import Confirm, GuildSettings, Setting, Told
from bot.storage.audit import SqlAuditLog
from bot.storage.guilds import SqlGuilds
from bot.storage.rules import SqlRules
from tests.fakes import NOON
from tests.storage.test_audit import GUILD, OTHER, entry

if TYPE_CHECKING:
    from bot.storage.engine import Database

ROLE = 20
RULE = Rule(guild_id=GUILD, subject=Subject.ROLE, subject_id=ROLE, grant=Action.VIEW, allow=True)


@pytest.fixture
def guilds(database: Database) -> SqlGuilds:
    return SqlGuilds(database)


async def test_choices_come_back_as_they_were_made(guilds: SqlGuilds) -> None:
    await guilds.change(GUILD, Setting.LANGUAGE, "zh-CN")
    await guilds.change(GUILD, Setting.TIME_ZONE, "Asia/Shanghai")
    await guilds.change(GUILD, Setting.PRIVATE_REPLIES, False)
    await guilds.change(GUILD, Setting.CONFIRM, Confirm.ALWAYS)
    await guilds.change(GUILD, Setting.AUDIT_CHANNEL, 2**63 - 1)
    assert list(await guilds.all()) == [
        GuildSettings(
            guild_id=GUILD,
            language="zh-CN",
            time_zone="Asia/Shanghai",
            private_replies=False,
            confirm=Confirm.ALWAYS,
            audit_channel_id=2**63 - 1,
        )
    ]


async def test_no_choice_is_the_default(guilds: SqlGuilds) -> None:
    for setting in Setting:
        await guilds.change(GUILD, setting, None)
    assert list(await guilds.all()) == [GuildSettings(guild_id=GUILD)]


async def test_two_choices_at_once_are_both_kept(guilds: SqlGuilds) -> None:
    await asyncio.gather(
        guilds.change(GUILD, Setting.LANGUAGE, "zh-CN"),
        guilds.change(GUILD, Setting.CONFIRM, Confirm.ALWAYS),
        guilds.begin(GUILD, 5),
    )
    [chosen] = await guilds.all()
    assert (chosen.language, chosen.confirm) == ("zh-CN", Confirm.ALWAYS)
    assert await guilds.told(GUILD) == Told(5)


async def test_telling_goes_on_from_where_it_was(guilds: SqlGuilds) -> None:
    assert await guilds.told(GUILD) is None
    await guilds.begin(GUILD, 5)
    await guilds.move(GUILD, Told(5, 7))
    await guilds.begin(GUILD, 9)
    assert await guilds.told(GUILD) == Told(5, 7)


async def test_what_is_told_no_more_is_not_begun_by_a_message_on_its_way(guilds: SqlGuilds) -> None:
    await guilds.begin(GUILD, 5)
    await guilds.end(GUILD)
    await guilds.move(GUILD, Told(7))
    assert await guilds.told(GUILD) is None


async def test_a_channel_that_is_gone_is_told_from_one_that_never_was(guilds: SqlGuilds) -> None:
    await guilds.change(GUILD, Setting.AUDIT_CHANNEL, 3)
    await guilds.begin(GUILD, 0)
    await guilds.change(GUILD, Setting.AUDIT_CHANNEL, None)
    assert [chosen.audit_channel_lost for chosen in await guilds.all()] == [True]
    await guilds.end(GUILD)
    assert [chosen.audit_channel_lost for chosen in await guilds.all()] == [False]


async def test_all_guilds_are_known_of_which_anything_is_stored(
    database: Database, guilds: SqlGuilds
) -> None:
    await SqlRules(database).add(RULE)
    await guilds.set_left(3, NOON)
    await guilds.meet({OTHER, 3})
    await guilds.meet({OTHER})
    assert await guilds.known() == {GUILD: None, OTHER: None, 3: NOON}
    await guilds.set_left(3, None)
    assert (await guilds.known())[3] is None


async def test_roles_are_those_that_rules_name(database: Database, guilds: SqlGuilds) -> None:
    rules = SqlRules(database)
    await rules.add(RULE)
    await rules.add(replace(RULE, grant=Action.STOP))
    await rules.add(replace(RULE, subject=Subject.MEMBER, subject_id=10))
    gone = await rules.add(replace(RULE, subject_id=21))
    assert gone.id is not None
    await rules.remove(GUILD, [gone.id], at=NOON)
    assert await guilds.roles() == {GUILD: {ROLE}}


async def test_what_is_deleted_of_a_guild_is_of_no_other(
    database: Database, guilds: SqlGuilds
) -> None:
    audit = SqlAuditLog(database)
    for guild_id in (GUILD, OTHER):
        await audit.add(replace(entry(0), guild_id=guild_id))
        await guilds.change(guild_id, Setting.LANGUAGE, "zh-CN")
    await guilds.delete(GUILD)
    assert await guilds.known() == {OTHER: None}
    assert await audit.newest_id(GUILD) == 0


async def test_rules_that_were_ended_long_ago_go_and_no_others(
    database: Database, guilds: SqlGuilds
) -> None:
    rules, day = SqlRules(database), timedelta(days=1)
    wanted = [
        RULE,
        RULE,
        RULE,
        replace(RULE, expires_at=NOON),
        replace(RULE, expires_at=NOON + day),
    ]
    stored = [await rules.add(rule) for rule in wanted]
    ids = [rule.id for rule in stored if rule.id is not None]
    await rules.remove(GUILD, ids[:1], at=NOON)
    await rules.remove(GUILD, ids[1:2], at=NOON + day)
    await guilds.drop_rules(NOON + timedelta(hours=1))
    assert [rule.id for rule in await rules.ended(GUILD, ids)] == ids[1:2]
    assert [rule.id for rule in await rules.rules_of(GUILD)] == [ids[2], ids[4]]
