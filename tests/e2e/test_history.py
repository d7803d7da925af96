"""`/server history` and the audit channel end to end."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.e2e.stage import Stage

_POST = "/channels/{channel_id}/messages"
_BLOCKED = 200000


async def _restart(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "restart", server="Survival", reason="lag")
    await stage.until_text(receipt, "🟡 stopping")
    stage.world_time.advance(9)
    await stage.until_text(receipt, "**Survival** is running")
    # It is written down only once it was shown.
    async with asyncio.timeout(10):
        while not await _is_written(stage, "restart **Survival** · command · done"):
            pass


async def _is_written(stage: Stage, text: str) -> bool:
    return text in (await stage.answer(stage.owner, "server history")).text


async def _audit_channel(stage: Stage) -> Channel:
    channel = stage.guild.add_channel("audit")
    shown = await stage.answer(stage.owner, "settings show")
    await stage.discord.select(stage.owner, shown, "d1e:audit", [channel])
    await stage.until_text(shown, channel.mention)
    return channel


def _lines(channel: Channel) -> list[str]:
    """Return what the audit channel was told, a line for each entry."""
    return [line for line in _texts(channel).splitlines() if not line.startswith("-# ")]


async def _until_settings_say(stage: Stage, text: str) -> None:
    """Wait until the bot has taken note of it."""
    async with asyncio.timeout(10):
        while text not in (await stage.answer(stage.owner, "settings show")).text:
            pass


def _texts(channel: Channel) -> str:
    return "\n".join(message.text for message in channel.messages)


async def test_it_says_who_did_what_by_which_door_and_why_he_could(stage: Stage) -> None:
    await _restart(stage)
    await stage.answer(stage.helper, "server stop", server="Survival")
    history = await stage.answer(stage.helper, "server history")
    assert history.ephemeral
    assert history.pings == []
    denied, why_not, done, why = history.text.splitlines()[1:]
    assert denied.startswith("⛔")
    assert f"{stage.helper.mention}: stop **Survival** · command · not allowed" in denied
    assert "no rule allows it" in why_not
    assert f"{stage.helper.mention}: restart **Survival** · command · done" in done
    assert "`lag`" in done
    assert f"rule: {stage.helpers.mention} may restart **Survival**" in why


async def test_a_member_reads_only_of_what_he_may_see(stage: Stage) -> None:
    await stage.answer(stage.owner, "server command", server="Secret", command="say hi")
    await stage.answer(stage.owner, "server command", server="Survival", command="op Hugo")
    for member, seen, typed in ((stage.owner, True, True), (stage.helper, False, False)):
        history = await stage.answer(member, "server history")
        assert ("Secret" in history.text) is seen
        assert ("op Hugo" in history.text) is typed
        assert "Survival" in history.text
    nothing = await stage.answer(stage.guest, "server history")
    assert "nothing here that you may read" in nothing.text
    hidden = await stage.answer(stage.helper, "server history", server="Secret")
    none = await stage.answer(stage.helper, "server history", server="Atlantis")
    assert hidden.text.replace("Secret", "…") == none.text.replace("Atlantis", "…")


async def test_pages_are_turned_in_place_after_a_restart_as_well(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    for number in range(8):
        command = f"say {number}"
        await stage.answer(stage.owner, "server command", server="Survival", command=command)
    history = await stage.answer(
        stage.owner, "server history", server="Survival", member=stage.owner
    )
    assert "say 7" in history.text
    assert "say 1" not in history.text
    await stage.stop_bot(bot)
    await stage.start_bot()
    await stage.click(stage.owner, history, "▶")
    await stage.until_text(history, "say 1", "say 0")
    await stage.click(stage.owner, history, "◀")
    await stage.until_text(history, "say 7")


async def test_the_audit_channel_is_told_everything_in_order(stage: Stage) -> None:
    channel = await _audit_channel(stage)
    await _restart(stage)
    await stage.answer(stage.guest, "server stop", server="Survival")
    await stage.answer(stage.owner, "settings time-zone", zone="Asia/Shanghai")
    await stage.until(lambda: "Asia/Shanghai" in _texts(channel))
    text = _texts(channel)
    parts = ("Audit channel", "restart **Survival**", "not done", "Time zone")
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.count("restart **Survival** · command") == 1
    assert all(message.pings == [] for message in channel.messages)


async def test_the_audit_channel_is_in_the_language_of_the_guild(stage: Stage) -> None:
    shown = await stage.answer(stage.owner, "settings show")
    await stage.discord.select(stage.owner, shown, "d1e:language", ["zh-CN"])
    channel = await _audit_channel(stage)
    await stage.answer(stage.guest, "restart", server="Survival")
    await stage.until(lambda: "重启" in _texts(channel))


async def test_nothing_is_lost_or_said_twice_while_the_bot_may_not_write(
    stage: Stage,
) -> None:
    channel = await _audit_channel(stage)
    await stage.until(lambda: bool(channel.messages))
    before = len(channel.messages)
    channel.bot_permissions = 0
    await _restart(stage)
    await stage.answer(stage.guest, "server stop", server="Survival")
    assert len(channel.messages) == before
    assert not [e for e in stage.discord.exchanges if e.status == 403]
    channel.bot_permissions = None
    await stage.until(lambda: "not done" in _texts(channel))
    assert _texts(channel).count("restart **Survival** · command") == 1


async def test_a_deleted_audit_channel_is_paused_and_the_next_one_goes_on(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    channel = await _audit_channel(stage)
    await stage.until(lambda: bool(channel.messages))
    channel.delete()
    await _until_settings_say(stage, "it was deleted")
    await _restart(stage)
    await stage.stop_bot(bot)
    await stage.start_bot()
    await _until_settings_say(stage, "it was deleted")
    other = await _audit_channel(stage)
    await stage.until(lambda: "restart **Survival**" in _texts(other))


async def test_what_happened_before_a_restart_is_told_after_it(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    channel = await _audit_channel(stage)
    await stage.until(lambda: bool(channel.messages))
    channel.bot_permissions = 0
    await _restart(stage)
    await stage.stop_bot(bot)
    channel.bot_permissions = None
    await stage.start_bot()
    await stage.until(lambda: "restart **Survival**" in _texts(channel))
    assert _texts(channel).count("Audit channel") == 1


async def test_a_post_whose_receipt_was_lost_is_not_repeated(stage: Stage) -> None:
    stage.discord.faults.fail(f"POST {_POST}", 502, after=True)
    channel = await _audit_channel(stage)
    await stage.answer(stage.guest, "server stop", server="Survival")
    await stage.until(lambda: "not done" in _texts(channel))
    assert _texts(channel).count("Audit channel") == 1
    assert [e.status for e in stage.discord.exchanges if e.route == _POST][:1] == [502]


@pytest.mark.parametrize("code", [50013, 40060], ids=["forbidden", "anything else"])
async def test_a_post_that_was_refused_is_made_later(stage: Stage, code: int) -> None:
    stage.discord.faults.refuse(f"POST {_POST}", code)
    channel = await _audit_channel(stage)
    await stage.answer(stage.guest, "server stop", server="Survival")
    await stage.until(lambda: "not done" in _texts(channel))
    assert _texts(channel).count("Audit channel") == 1


async def test_an_entry_whose_words_discord_refuses_is_told_without_names(stage: Stage) -> None:
    channel = await _audit_channel(stage)
    await stage.until(lambda: len(_lines(channel)) == 1)
    stage.discord.faults.refuse(f"POST {_POST}", _BLOCKED)
    await stage.answer(stage.helper, "server stop", server="Survival", reason="a bad word")
    await stage.until(lambda: len(_lines(channel)) == 2)
    [told] = _lines(channel)[1:]
    assert f"{stage.helper.mention}: stop · command · not allowed" in told
    assert "Survival" not in told
    assert "bad word" not in told


async def test_where_discord_takes_no_entry_it_waits_and_holds_up_nothing(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    channel = await _audit_channel(stage)
    await stage.until(lambda: len(_lines(channel)) == 1)
    stage.discord.faults.refuse(f"POST {_POST}", _BLOCKED, times=2)
    await stage.answer(stage.helper, "server stop", server="Survival")
    await stage.until(lambda: [e.status for e in stage.discord.exchanges].count(400) == 2)
    await stage.answer(stage.helper, "server start", server="Survival")
    await stage.until(lambda: len(_lines(channel)) == 3)
    assert ["stop" in _lines(channel)[1], "start" in _lines(channel)[2]] == [True, True]
    assert caplog.text.count("nothing can be told in audit channel") == 1
