"""`/settings` end to end: every choice takes effect, is kept, and is for admins alone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.errors import RefusedError
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


async def _choose(stage: Stage, shown: Message, setting: str, value: str) -> None:
    """Pick from the menu of a setting."""
    menu = f"d1e:{setting}"
    await stage.discord.select(stage.owner, shown, menu, [value])


async def _settings(stage: Stage) -> Message:
    return await stage.answer(stage.owner, "settings show")


async def test_public_answers_are_in_the_language_that_was_chosen(stage: Stage) -> None:
    shown = await _settings(stage)
    assert shown.ephemeral
    await _choose(stage, shown, "language", "zh-CN")
    await stage.until_text(shown, "中文")
    card = await stage.answer(stage.helper, "status", server="Survival")
    assert _CHINESE.search(card.text)
    private = await stage.answer(stage.helper, "server list")
    assert not _CHINESE.search(private.text)
    await _choose(stage, shown, "language", "-")
    await stage.until(lambda: "中文" not in shown.text)
    card = await stage.answer(stage.helper, "status", server="Survival")
    assert not _CHINESE.search(card.text)


@pytest.mark.parametrize(
    ("chosen", "list_is_private", "card_is_private"),
    [("-", True, False), ("private", True, True), ("public", False, False)],
)
async def test_answers_are_as_private_as_was_chosen(
    stage: Stage, chosen: str, *, list_is_private: bool, card_is_private: bool
) -> None:
    shown = await _settings(stage)
    await _choose(stage, shown, "private_replies", chosen)
    for command in ("server list", "status"):
        answer = await stage.answer(stage.helper, command)
        assert answer.ephemeral is list_is_private, command
    for command in ("server status", "status"):
        answer = await stage.answer(stage.helper, command, server="Survival")
        assert answer.ephemeral is card_is_private, command
    wished = await stage.answer(stage.helper, "server list", private=not list_is_private)
    assert wished.ephemeral is not list_is_private


async def test_more_can_be_asked_for_twice(stage: Stage) -> None:
    shown = await _settings(stage)
    await _choose(stage, shown, "confirm", "always")
    await stage.until_text(shown, "before kill, stop, restart and delete")
    asked = await stage.answer(stage.helper, "restart", server="Survival", reason="lag")
    assert asked.ephemeral
    assert stage.survival.signals == []
    receipt = await stage.press(stage.helper, asked, "Restart it")
    await stage.until_text(receipt, "is restarting **Survival** · reason: lag")
    assert not receipt.ephemeral
    card = await stage.answer(stage.owner, "status", server="Secret")
    asked = await stage.press(stage.owner, card, "Stop")
    assert "Stop **Secret**?" in asked.text
    assert stage.secret.signals == []


async def test_choices_outlive_a_restart_of_the_bot_and_so_does_their_message(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    shown = await _settings(stage)
    await _choose(stage, shown, "language", "zh-CN")
    await stage.stop_bot(bot)
    await stage.start_bot()
    await _choose(stage, shown, "confirm", "always")
    await stage.until_text(shown, "中文", "before kill, stop, restart and delete")
    card = await stage.answer(stage.helper, "status", server="Survival")
    assert _CHINESE.search(card.text)


async def test_a_time_zone_is_picked_by_any_part_of_its_name(stage: Stage) -> None:
    found = await stage.discord.autocomplete(
        stage.owner, stage.channel, "settings time-zone", "zone", "new york"
    )
    assert found == [("America/New_York", "America/New_York")]
    shown = await stage.answer(stage.owner, "settings time-zone", zone="asia/shanghai")
    assert "`Asia/Shanghai`" in shown.text
    refused = await stage.answer(stage.owner, "settings time-zone", zone="Middle-earth/Shire")
    assert "no time zone called `Middle-earth/Shire`" in refused.text
    assert "`Asia/Shanghai`" in (await _settings(stage)).text


async def test_the_audit_channel_is_checked_before_it_is_taken(stage: Stage) -> None:
    closed = stage.guild.add_channel("closed")
    closed.bot_permissions = Permission.VIEW_CHANNEL
    opened = stage.guild.add_channel("open")
    shown = await _settings(stage)
    await stage.discord.select(stage.owner, shown, "d1e:audit", [closed])
    await stage.until_text(shown, f"I am missing in {closed.mention}: **Send Messages**.")
    assert "**Audit channel**: none" in shown.text
    await stage.discord.select(stage.owner, shown, "d1e:audit", [opened])
    await stage.until_text(shown, f"**Audit channel**: {opened.mention}")
    opened.bot_permissions = 0
    again = await _settings(stage)
    assert "paused: I am missing there: **View Channel, Send Messages**" in again.text


async def test_settings_are_not_offered_to_members(stage: Stage) -> None:
    for command in ("settings show", "settings delete-data", "setup"):
        with pytest.raises(RefusedError, match="is not offered"):
            await stage.slash(stage.helper, command)


async def test_the_time_zone_is_that_of_times_which_discord_cannot_show(stage: Stage) -> None:
    options = {"role": stage.helpers, "action": "kill", "for": "2h"}
    await stage.answer(stage.owner, "access allow", **options)
    labels = []
    for zone in ("UTC", "Asia/Shanghai"):
        await stage.answer(stage.owner, "settings time-zone", zone=zone)
        found = await stage.discord.autocomplete(
            stage.owner, stage.channel, "access remove", "rule", "kill"
        )
        labels.append(found[0][0])
    ends = [datetime.strptime(text[-11:], "%m-%d %H:%M") for text in labels]  # noqa: DTZ007 - two clocks
    assert (ends[1] - ends[0]) % timedelta(days=1) == timedelta(hours=8)
