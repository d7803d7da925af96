"""A kill is asked back: in private, of the asker, for one minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.errors import RefusedError

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


async def _question(stage: Stage, door: str) -> Message:
    if door == "command":
        return await stage.answer(stage.owner, "server kill", server="Survival", reason="hangs")
    card = await stage.answer(stage.owner, "server status", server="Survival")
    return await stage.press(stage.owner, card, "Kill")


@pytest.mark.parametrize("door", ["command", "button"])
async def test_nothing_is_killed_before_the_second_tap(stage: Stage, door: str) -> None:
    question = await _question(stage, door)
    assert question.ephemeral
    assert "Kill **Survival**?" in question.text
    assert stage.survival.signals == []
    confirmed = await stage.click(stage.owner, question, "Kill it")
    await stage.until(lambda: any("Survival** is offline" in t for t in stage.channel_texts))
    receipt = confirmed.followups[0]
    assert not receipt.ephemeral
    assert f"asked by {stage.owner.mention}" in receipt.text
    assert ("reason: hangs" in receipt.text) is (door == "command")
    assert "Confirmed" in question.text
    assert question.buttons == []
    assert stage.survival.signals == ["kill"]


async def test_only_the_asker_sees_and_presses_it(stage: Stage) -> None:
    question = await _question(stage, "command")
    assert not question.visible_to(stage.moderator)
    with pytest.raises(RefusedError):
        await stage.click(stage.moderator, question, "Kill it")
    assert stage.survival.signals == []


async def test_after_a_minute_nothing_is_done(stage: Stage) -> None:
    question = await _question(stage, "command")
    stage.time.advance(61)
    await stage.click(stage.owner, question, "Kill it")
    await stage.until_text(question, "more than a minute ago", "Nothing was done")
    assert question.buttons == []
    assert stage.survival.signals == []


async def test_a_right_that_was_lost_meanwhile_counts(stage: Stage) -> None:
    question = await stage.answer(stage.moderator, "server kill", server="Survival")
    stage.moderator.roles.clear()
    pressed = await stage.click(stage.moderator, question, "Kill it")
    assert "no such server" in (await pressed.reply()).text
    assert "Confirmed" not in question.text
    assert stage.survival.signals == []


async def test_a_question_outlives_a_restart_of_the_bot(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    question = await _question(stage, "command")
    await stage.stop_bot(bot)
    await stage.start_bot()
    await stage.click(stage.owner, question, "Kill it")
    await stage.until(lambda: stage.survival.signals == ["kill"])
    await stage.until(lambda: any("Survival** is offline" in text for text in stage.channel_texts))


async def test_a_kill_overtakes_a_stop_that_hangs(stage: Stage) -> None:
    stop = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(stop, "🟡 stopping")
    question = await _question(stage, "command")
    await stage.click(stage.owner, question, "Kill it")
    await stage.until_text(stop, "**Survival** was killed in the meantime")
    assert stage.survival.signals == ["stop", "kill"]
