"""Guilds, roles and channels that come and go, also while the bot is off."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, cast

import pytest

from bot.domain.access import Action, Rule, Subject
from bot.domain.audit import Change, Door, Outcome
from bot.domain.errors import NotAllowed, StorageUnavailable
from bot.domain.guilds import KEPT, Setting
from bot.domain.wishes import PanelWish
from bot.services.guild_life import DataDeletion, GuildLife, Presence
from bot.services.housekeeping import Housekeeping
from tests.fakes_guilds import PaperPanels
from tests.fakes_news import make_subscription
from tests.services.house import ADMIN, GUILD, OPERATOR, OTHER_GUILD, STRANGER, House, attempt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.services.guild_panels import GuildPanels

ROLE, OTHER_ROLE, CHANNEL = 20, 21, 33
PRESENT = Presence(frozenset({ROLE, OTHER_ROLE}), frozenset({CHANNEL}))
_DAY = timedelta(days=1).total_seconds()


@pytest.fixture
def panels() -> PaperPanels:
    return PaperPanels()


@pytest.fixture
def life(house: House, panels: PaperPanels) -> GuildLife:
    return GuildLife(
        data=house.guilds,
        panels=as_panels(panels),
        access=house.access,
        settings=house.settings,
        subscriptions=house.subscriptions,
        boards=house.board_keeper,
        audit=house.audit,
        clock=house.clock,
    )


def as_panels(panels: PaperPanels) -> GuildPanels:
    """The real ones can do more than is asked of them here."""
    return cast("GuildPanels", panels)


async def give(house: House, role_id: int) -> Rule:
    """Give a role a right."""
    rule = Rule(
        guild_id=GUILD,
        subject=Subject.ROLE,
        subject_id=role_id,
        grant=Action.KILL,
        allow=True,
        panel_id="backup",
        subject_name=f"Role {role_id}",
    )
    return (await house.access.add(rule)).rule


async def rules_about(house: House, role_id: int) -> list[Rule]:
    rules = await house.access.rules_of(GUILD)
    return [rule for rule in rules if (rule.subject, rule.subject_id) == (Subject.ROLE, role_id)]


async def test_what_is_stored_of_a_guild_that_was_left_is_kept_for_thirty_days(
    house: House, life: GuildLife, panels: PaperPanels
) -> None:
    house.guilds.left[GUILD] = None
    await life.left(GUILD)
    house.clock.advance(KEPT.total_seconds() - 1)
    await life.delete_overdue()
    assert house.guilds.deleted == []
    house.clock.advance(1)
    await life.delete_overdue()
    assert house.guilds.deleted == panels.done["forgotten"] == [GUILD]
    assert await house.access.rules_of(GUILD) == []


async def test_a_guild_that_comes_back_in_time_has_everything(
    house: House, life: GuildLife
) -> None:
    await life.left(GUILD)
    house.clock.advance(29 * _DAY)
    await life.joined(GUILD, lambda: PRESENT)
    house.clock.advance(29 * _DAY)
    await life.delete_overdue()
    assert house.guilds.deleted == []
    assert await house.access.rules_of(GUILD)


async def test_a_guild_that_comes_back_too_late_has_nothing_whoever_cleaned_up(
    house: House, life: GuildLife
) -> None:
    await life.left(GUILD)
    house.clock.advance(KEPT.total_seconds())
    await life.joined(GUILD, lambda: PRESENT)
    assert house.guilds.deleted == [GUILD]


async def test_a_guild_that_was_left_while_the_bot_was_off_is_noted_at_the_start(
    house: House, life: GuildLife
) -> None:
    house.guilds.left |= {GUILD: None, OTHER_GUILD: None}
    await life.compare(lambda: {OTHER_GUILD: PRESENT})
    assert house.guilds.left == {GUILD: house.clock.now(), OTHER_GUILD: None}
    first = house.clock.now()
    house.clock.advance(5)
    await life.compare(lambda: {OTHER_GUILD: PRESENT})
    assert house.guilds.left[GUILD] == first


async def test_a_guild_is_known_from_the_first_moment_on(house: House, life: GuildLife) -> None:
    await life.compare(lambda: {GUILD: None})
    await life.joined(OTHER_GUILD, lambda: PRESENT)
    assert house.guilds.left == {GUILD: None, OTHER_GUILD: None}


async def test_panels_of_a_guild_that_was_left_rest_until_it_comes_back(
    house: House, life: GuildLife, panels: PaperPanels
) -> None:
    house.guilds.left[GUILD] = None
    await life.left(GUILD)
    assert panels.done == {"closed": [GUILD]}
    await life.compare(dict)  # as after a start, which opens all
    assert panels.done == {"closed": [GUILD, GUILD]}
    await life.compare(lambda: {GUILD: PRESENT})
    assert panels.done["opened"] == [GUILD]


async def test_an_outage_of_a_guild_is_no_removal(house: House, life: GuildLife) -> None:
    await give(house, ROLE)
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, CHANNEL, door=Door.MENU)
    house.guilds.left[GUILD] = None
    house.guilds.role_ids[GUILD] = frozenset({ROLE})
    await life.compare(lambda: {GUILD: None})
    assert house.guilds.left == {GUILD: None}
    assert await rules_about(house, ROLE)
    assert house.settings.of(GUILD).audit_channel_id == CHANNEL


async def test_a_guild_that_came_back_while_the_bot_was_off_is_noted_at_the_start(
    house: House, life: GuildLife
) -> None:
    house.guilds.left[GUILD] = house.clock.now()
    await life.compare(lambda: {GUILD: PRESENT})
    assert house.guilds.left == {GUILD: None}


async def test_a_deleted_role_leaves_no_rule(house: House, life: GuildLife) -> None:
    await give(house, ROLE)
    await give(house, OTHER_ROLE)
    await life.role_deleted(GUILD, OTHER_ROLE, name="Helpers")
    await life.role_deleted(GUILD, 99, name="Others")
    assert await rules_about(house, OTHER_ROLE) == []
    assert await rules_about(house, ROLE)
    [row] = house.rows
    assert (row.action, row.door, row.outcome) == (Change.RULE_REMOVED, Door.ITSELF, Outcome.DONE)
    assert (row.server_name, row.detail) == ("Helpers", "role deleted · 1 rules")


async def test_a_role_that_was_deleted_while_the_bot_was_off_leaves_no_rule(
    house: House, life: GuildLife
) -> None:
    await give(house, ROLE)
    await give(house, 99)
    house.guilds.role_ids[GUILD] = frozenset({ROLE, 99})
    await life.compare(lambda: {GUILD: PRESENT})
    assert await rules_about(house, 99) == []
    assert await rules_about(house, ROLE)
    assert [row.server_name for row in house.rows] == ["Role 99"]


async def test_a_role_that_is_made_while_the_stored_ones_are_read_keeps_its_rules(
    house: House, life: GuildLife
) -> None:
    roles, present = house.guilds.roles, {GUILD: PRESENT}

    async def roles_and_a_new_one() -> Mapping[int, frozenset[int]]:
        present[GUILD] = Presence(PRESENT.role_ids | {77}, PRESENT.channel_ids)
        await give(house, 77)
        house.guilds.role_ids[GUILD] = frozenset({77})
        return await roles()

    house.guilds.roles = roles_and_a_new_one  # type: ignore[method-assign]
    await life.compare(lambda: dict(present))
    assert await rules_about(house, 77)
    await life.joined(GUILD, lambda: present[GUILD])
    assert await rules_about(house, 77)


@pytest.mark.parametrize("is_on", [True, False])
async def test_a_deleted_channel_is_no_audit_channel_any_more(
    house: House, life: GuildLife, *, is_on: bool
) -> None:
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, 34, door=Door.MENU)
    await life.channel_deleted(GUILD, CHANNEL)
    assert house.settings.of(GUILD).audit_channel_id == 34
    if is_on:
        await life.channel_deleted(GUILD, 34)
    else:
        await life.compare(lambda: {GUILD: PRESENT})
    assert house.settings.of(GUILD).audit_channel_lost


async def test_an_admin_can_have_everything_deleted_now(house: House, life: GuildLife) -> None:
    deletion = DataDeletion(life, house.gate, house.audit)
    await house.settings.change(ADMIN, Setting.LANGUAGE, "zh-CN", door=Door.MENU)
    for member in (STRANGER, ADMIN):
        if member is STRANGER:
            with pytest.raises(NotAllowed):
                await deletion.delete(member, door=Door.BUTTON)
            assert house.guilds.deleted == []
        else:
            await deletion.delete(member, door=Door.BUTTON)
    assert house.guilds.deleted == [GUILD]
    assert house.settings.of(GUILD).language is None
    assert await house.access.rules_of(GUILD) == []
    assert house.rows[-1].action == Change.DATA_DELETED


async def test_what_was_on_its_way_when_all_was_deleted_leaves_nothing(
    house: House, life: GuildLife
) -> None:
    begun = attempt(house, OPERATOR)
    await house.audit.begin(begun)
    house.clock.advance(1)
    await DataDeletion(life, house.gate, house.audit).delete(ADMIN, door=Door.BUTTON)
    await house.audit.record(begun, Outcome.DONE)
    assert [row.action for row in house.rows] == [Change.DATA_DELETED]


async def test_every_day_what_is_too_old_is_deleted(
    house: House, life: GuildLife, panels: PaperPanels
) -> None:
    keep = timedelta(days=90)
    keeper = Housekeeping(
        leftovers=house.guilds,
        life=life,
        panels=as_panels(panels),
        clock=house.clock,
        keep_audit=keep,
    )
    await life.left(GUILD)
    house.clock.advance(KEPT.total_seconds())
    await keeper.clean_up()
    limit, month_ago = house.clock.now() - keep, house.clock.now() - timedelta(days=30)
    assert house.guilds.dropped == [("audit", limit), ("rules", limit), ("news", month_ago)]
    assert panels.done["purged"]
    assert house.guilds.deleted == [GUILD]


async def test_news_mention_a_deleted_role_no_more(house: House, life: GuildLife) -> None:
    for role_id in (ROLE, OTHER_ROLE):
        await house.subscriptions.add(make_subscription(mention_role_id=role_id))
    await life.role_deleted(GUILD, ROLE, name="Helpers")
    assert house.rows[-1].action == Change.NEWS_EDITED
    assert house.subscriptions.roles_of(GUILD) == {OTHER_ROLE}
    there = Presence(frozenset({ROLE}), frozenset({CHANNEL}))
    await life.joined(GUILD, lambda: there)
    assert house.subscriptions.roles_of(GUILD) == frozenset()
    assert len(house.subscriptions.of_guild(GUILD)) == 2


async def test_subscriptions_go_with_their_guild(house: House, life: GuildLife) -> None:
    await house.subscriptions.add(make_subscription())
    await life.delete(GUILD)
    assert house.subscriptions.of_guild(GUILD) == []


async def test_a_database_that_is_down_is_cleaned_up_later(
    house: House, life: GuildLife, panels: PaperPanels, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Housekeeping(
        leftovers=house.guilds,
        life=life,
        panels=as_panels(panels),
        clock=house.clock,
        keep_audit=timedelta(days=90),
    )
    house.guilds.is_broken = True
    with pytest.raises(StorageUnavailable):
        await keeper.clean_up()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keeper.run())
        await house.clock.wait_asleep(1)
        house.guilds.is_broken = False
        await house.clock.tick()
        await house.clock.wait_asleep(1)
        assert house.clock.monotonic() == 3600
        task.cancel()
    assert "trying again in an hour" in caplog.text
    assert house.guilds.dropped


async def test_a_bug_in_the_clean_up_ends_nothing(
    house: House,
    life: GuildLife,
    panels: PaperPanels,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keeper = Housekeeping(
        leftovers=house.guilds,
        life=life,
        panels=as_panels(panels),
        clock=house.clock,
        keep_audit=timedelta(days=90),
    )
    with monkeypatch.context() as patch:
        patch.setattr(house.guilds, "drop_audit", None)
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            task = group.create_task(keeper.run())
            await house.clock.wait_asleep(1)
            patch.undo()
            await house.clock.tick()
            await house.clock.wait_asleep(1)
            task.cancel()
    assert "cleaning up the database failed unexpectedly" in caplog.text
    assert house.guilds.dropped


async def test_a_panel_rests_while_the_bot_is_not_in_its_guild(house: House) -> None:
    wish = PanelWish.of(
        name="Harbour", base_url="https://panel.example.com", credentials={"key": "a-key"}
    )
    tried = await house.panel_setup.add(ADMIN, "fake", wish, door=Door.FORM)
    assert tried.panel is not None
    panel_id = tried.panel.panel_id
    await house.life.left(GUILD)
    assert panel_id not in house.panels
    assert "main" in house.panels  # of the operator
    await house.life.joined(GUILD, lambda: PRESENT)
    assert panel_id in house.panels
    await house.life.delete(GUILD)
    assert panel_id not in house.panels
    assert house.store.rows == {}
