"""What a guild has chosen: who may change it, what is kept of it, who is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.domain.audit import Change, Door, Outcome
from bot.domain.errors import NotAllowed, StorageUnavailable
from bot.domain.guilds import Confirm, GuildSettings, Setting, Told
from tests.services.house import ADMIN, GUILD, OTHER_GUILD, STRANGER

if TYPE_CHECKING:
    from tests.services.house import House

_CHOICES: dict[Setting, str | int | None] = {
    Setting.LANGUAGE: "zh-CN",
    Setting.TIME_ZONE: "Asia/Shanghai",
    Setting.PRIVATE_REPLIES: True,
    Setting.CONFIRM: Confirm.ALWAYS,
    Setting.AUDIT_CHANNEL: 33,
}


async def test_a_guild_that_has_chosen_nothing_has_the_defaults(house: House) -> None:
    assert house.settings.of(GUILD) == GuildSettings(guild_id=GUILD)


@pytest.mark.parametrize("setting", Setting)
async def test_a_choice_counts_at_once_is_stored_and_can_be_taken_back(
    house: House, setting: Setting
) -> None:
    chosen = await house.settings.change(ADMIN, setting, _CHOICES[setting], door=Door.MENU)
    assert getattr(chosen, setting) == _CHOICES[setting]
    assert house.settings.of(GUILD) == house.guilds.choices[GUILD] == chosen
    assert house.settings.of(OTHER_GUILD) == GuildSettings(guild_id=OTHER_GUILD)
    await house.settings.change(ADMIN, setting, None, door=Door.MENU)
    assert house.settings.of(GUILD) == GuildSettings(guild_id=GUILD)


async def test_choices_are_there_again_after_a_restart(house: House) -> None:
    house.guilds.choices[GUILD] = GuildSettings(guild_id=GUILD, language="zh-CN")
    await house.settings.load()
    assert house.settings.of(GUILD).language == "zh-CN"


async def test_only_who_may_configure_the_bot_changes_or_sees_choices(house: House) -> None:
    with pytest.raises(NotAllowed):
        await house.settings.check(STRANGER, door=Door.COMMAND)
    with pytest.raises(NotAllowed):
        await house.settings.change(STRANGER, Setting.LANGUAGE, "zh-CN", door=Door.MENU)
    assert house.settings.of(GUILD).language is None
    assert house.guilds.choices == {}
    assert [row.outcome for row in house.rows] == [Outcome.DENIED] * 2


async def test_a_change_is_written_down(house: House) -> None:
    await house.settings.change(ADMIN, Setting.LANGUAGE, "zh-CN", door=Door.MENU)
    [row] = house.rows
    assert (row.action, row.server_name, row.detail) == (Change.SETTINGS, "language", "zh-CN")
    assert (row.user_id, row.door, row.outcome) == (ADMIN.user_id, Door.MENU, Outcome.DONE)


async def test_two_who_choose_at_once_lose_nothing(house: House) -> None:
    await asyncio.gather(
        house.settings.change(ADMIN, Setting.LANGUAGE, "zh-CN", door=Door.MENU),
        house.settings.change(ADMIN, Setting.CONFIRM, Confirm.ALWAYS, door=Door.MENU),
    )
    chosen = house.settings.of(GUILD)
    assert (chosen.language, chosen.confirm) == ("zh-CN", Confirm.ALWAYS)


async def test_what_could_not_be_stored_does_not_count(house: House) -> None:
    house.guilds.is_broken = True
    with pytest.raises(StorageUnavailable):
        await house.settings.change(ADMIN, Setting.LANGUAGE, "zh-CN", door=Door.MENU)
    assert house.settings.of(GUILD).language is None


async def test_an_audit_channel_is_told_from_when_it_was_chosen(house: House) -> None:
    await house.settings.change(ADMIN, Setting.LANGUAGE, "zh-CN", door=Door.MENU)
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, 33, door=Door.MENU)
    assert house.guilds.cursors == {GUILD: Told(1)}
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, 34, door=Door.MENU)
    assert house.guilds.cursors == {GUILD: Told(1)}
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, None, door=Door.MENU)
    assert house.guilds.cursors == {}


async def test_a_lost_channel_goes_on_in_the_next_one(house: House) -> None:
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, 33, door=Door.MENU)
    await house.settings.lose_audit_channel(GUILD)
    chosen = house.settings.of(GUILD)
    assert (chosen.audit_channel_id, chosen.audit_channel_lost) == (None, True)
    chosen = await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, 34, door=Door.MENU)
    assert (chosen.audit_channel_id, chosen.audit_channel_lost) == (34, False)
    assert house.guilds.cursors == {GUILD: Told(0)}


async def test_who_listens_is_told_of_each_change(house: House) -> None:
    told: list[GuildSettings] = []
    house.settings.listen(lambda guild_id: told.append(house.settings.of(guild_id)))
    await house.settings.change(ADMIN, Setting.AUDIT_CHANNEL, 33, door=Door.MENU)
    await house.settings.lose_audit_channel(GUILD)
    house.settings.forget(GUILD)
    assert [chosen.audit_channel_id for chosen in told] == [33, None, None]
    assert [chosen.audit_channel_lost for chosen in told] == [False, True, False]
