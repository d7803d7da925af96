"""Private answers are in the reader's language, public ones in the guild's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.e2e.stage import Stage

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


async def test_a_private_answer_is_in_the_readers_language(stage: Stage) -> None:
    reader = stage.guild.add_member("Li", locale="zh-CN")
    answer = await stage.answer(reader, "server status", server="Survival")
    assert answer.ephemeral
    assert _CHINESE.search(answer.text)
    english = await stage.answer(stage.guest, "server status", server="Survival")
    assert not _CHINESE.search(english.text)


async def test_a_public_answer_is_in_the_guilds_language(stage: Stage) -> None:
    reader = stage.guild.add_member("Li", roles=[stage.helpers], locale="zh-CN")
    card = await stage.answer(reader, "server status", server="Survival")
    assert not card.ephemeral
    assert not _CHINESE.search(card.text)
    assert {button.label for button in card.buttons} >= {"Restart", "Refresh"}
    receipt = await stage.answer(reader, "restart", server="Survival")
    await stage.until_text(receipt, "is restarting **Survival**")


async def test_a_chinese_guild_reads_chinese_in_public(quiet_stage: Stage) -> None:
    stage = quiet_stage
    stage.guild.locale = "zh-CN"
    await stage.start_bot()
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert _CHINESE.search(card.text)
    assert any(_CHINESE.search(button.label) for button in card.buttons)
    private = await stage.answer(stage.guest, "server status", server="Survival")
    assert not _CHINESE.search(private.text)


async def test_a_language_without_a_catalogue_reads_english(stage: Stage) -> None:
    reader = stage.guild.add_member("Jean", locale="fr")
    answer = await stage.answer(reader, "server status", server="Survival")
    assert "I know no server called" in answer.text


async def test_suggestions_are_in_the_readers_language(stage: Stage) -> None:
    reader = stage.guild.add_member("Li", roles=[stage.helpers], locale="zh-CN")
    labels = [name for name, _ in await stage.suggest(reader, "surv")]
    assert len(labels) == 1
    assert _CHINESE.search(labels[0])


async def test_discord_is_given_the_descriptions_in_each_language(stage: Stage) -> None:
    [group] = [command for command in stage.discord.commands if command["name"] == "server"]
    for option in group["options"]:
        assert _CHINESE.search(option["description_localizations"]["zh-CN"])
        assert not option.get("name_localizations")
