"""Rules are made in Discord, count at once, and are taken back by a button weeks later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.errors import RefusedError

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Member
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


async def test_a_role_may_stop_a_server_from_then_on(stage: Stage) -> None:
    answer = await stage.answer(
        stage.owner, "access allow", action="stop", role=stage.helpers, server="Survival"
    )
    assert answer.ephemeral
    assert answer.text == (
        f"{stage.helpers.mention} may now stop **Survival**. "
        "They still may not: kill, send commands, read the console."
    )
    assert answer.buttons[0].label == "Undo"
    receipt = await _stop(stage, stage.helper)
    await stage.until_text(receipt, "🟡 stopping")
    assert stage.survival.signals == ["stop"]


async def test_undo_takes_the_right_back(stage: Stage) -> None:
    answer = await stage.answer(
        stage.owner, "access allow", action="viewer", role=stage.helpers, server="Secret"
    )
    assert "Secret" in (await stage.answer(stage.helper, "server list")).text
    await stage.click(stage.owner, answer, "Undo")
    await stage.until_text(answer, "Taken back", "no longer counts")
    assert not answer.buttons
    assert "Secret" not in (await stage.answer(stage.helper, "server list")).text


async def test_undo_brings_back_what_was_replaced_also_after_a_restart_of_the_bot(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    rule = {"action": "restart", "role": stage.helpers, "server": "Survival"}
    await stage.answer(stage.owner, "access allow", **rule)
    answer = await stage.answer(stage.owner, "access deny", **rule)
    assert "may not restart **Survival**" in answer.text
    assert "They still may: view, start" in answer.text
    assert (
        "may not restart" in (await stage.answer(stage.helper, "restart", server="Survival")).text
    )
    await stage.stop_bot(bot)
    await stage.start_bot()
    stage.time.advance(21 * 24 * 3600)
    await stage.click(stage.owner, answer, "Undo")
    await stage.until_text(answer, "What counts again")
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "is restarting")


async def test_an_end_is_picked_and_undone(stage: Stage) -> None:
    answer = await stage.answer(
        stage.owner, "access allow", action="stop", member=stage.guest, panel="Main panel"
    )
    assert f"{stage.guest.mention} may now stop all servers of **Main panel**" in answer.text
    await stage.select(stage.owner, answer, "1h")
    await stage.until_text(answer, "ends <t:")
    assert len(answer.buttons) == 1
    await stage.click(stage.owner, answer, "Undo")
    await stage.until_text(answer, "no longer counts")
    assert "I know no server" in (await _stop(stage, stage.guest)).text


async def test_a_right_for_a_time_is_told_with_its_end(stage: Stage) -> None:
    answer = await stage.answer(
        stage.owner,
        "access allow",
        **{"action": "operator", "role": stage.helpers, "for": "1d 12h"},
    )
    assert "all servers" in answer.text
    assert "It ends <t:" in answer.text
    listed = await stage.answer(stage.owner, "access list", role=stage.helpers)
    assert listed.text.count("ends <t:") == 1


async def test_commands_are_limited_to_patterns(stage: Stage) -> None:
    answer = await stage.answer(
        stage.owner,
        "access allow",
        action="console",
        member=stage.guest,
        server="Survival",
        commands="say *; list",
    )
    assert "Only commands like `say *`, `list`." in answer.text
    refused = await stage.answer(
        stage.guest, "server command", server="Survival", command="op guest"
    )
    assert "only those like `say *`, `list`" in refused.text
    assert refused.ephemeral
    sent = await stage.answer(stage.guest, "server command", server="Survival", command="say hi")
    assert "took the command" in sent.text
    assert stage.survival.console == ["say hi"]
    card = await stage.answer(stage.guest, "server status", server="Survival")
    form = await stage.click(stage.guest, card, "Command")
    told = await stage.told(await stage.submit(stage.guest, form, "op guest"))
    assert "only those like" in told.text
    assert stage.survival.console == ["say hi"]


async def test_a_rule_is_picked_and_ended_and_brought_back(stage: Stage) -> None:
    suggested = await stage.discord.autocomplete(
        stage.owner, stage.channel, "access remove", "rule", "helpers restart"
    )
    [(name, value)] = suggested
    assert name == "✅ Helpers · restart · Survival"
    answer = await stage.answer(stage.owner, "access remove", rule=value)
    assert "may restart **Survival**" in answer.text
    assert (
        "may not restart" in (await stage.answer(stage.helper, "restart", server="Survival")).text
    )
    again = await stage.answer(stage.owner, "access remove", rule=value)
    assert "Somebody has changed this rule" in again.text
    await stage.click(stage.owner, answer, "Bring it back")
    await stage.until_text(answer, "counts again")
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "is restarting")


@pytest.mark.parametrize("typed", ["nonsense", "99999999999999", "-1", "1 OR 1=1", "٣"])
async def test_what_was_not_suggested_is_no_rule(stage: Stage, typed: str) -> None:
    answer = await stage.answer(stage.owner, "access remove", rule=typed)
    assert "There is no such rule. Nothing was changed." in answer.text


async def test_a_rule_about_a_role_that_is_deleted_does_not_come_back(stage: Stage) -> None:
    suggested = await stage.discord.autocomplete(
        stage.owner, stage.channel, "access remove", "rule", "helpers restart"
    )
    answer = await stage.answer(stage.owner, "access remove", rule=suggested[0][1])
    stage.guild.delete_role(stage.helpers)
    refused = await stage.told(await stage.click(stage.owner, answer, "Bring it back"))
    assert "The role is deleted." in refused.text


async def test_the_list_is_in_words_and_turned_in_place(stage: Stage) -> None:
    for number in range(12):
        role = stage.guild.add_role(f"Role {number}")
        await stage.answer(stage.owner, "access allow", action="viewer", role=role, server="Secret")
    listed = await stage.answer(stage.owner, "access list", server="Secret")
    assert listed.ephemeral
    assert "12 rules · page 1 of 2" in listed.text
    assert f"may view **Secret**\n-# by {stage.owner.mention} <t:" in listed.text
    await stage.click(stage.owner, listed, "▶")
    await stage.until_text(listed, "page 2 of 2")
    everything = await stage.answer(stage.owner, "access list")
    assert "17 rules" in everything.text
    assert stage.secret.identifier not in everything.text


async def test_a_member_is_explained_with_the_roles_of_this_moment(stage: Stage) -> None:
    async def explained(action: str, **more: str) -> str:
        options = {"member": stage.helper, "action": action, "server": "Survival"} | more
        return (await stage.answer(stage.owner, "access explain", **options)).text

    text = await explained("restart")
    assert text.startswith(f"**Yes.** {stage.helper.mention} may restart **Survival**.")
    assert f"{stage.helpers.mention} may restart **Survival**" in text
    assert "No rule speaks of it" in await explained("stop")
    stage.helper.roles.clear()
    assert (await explained("restart")).startswith("**No.**")
    await stage.answer(
        stage.owner, "access allow", action="command", member=stage.helper, commands="say *"
    )
    assert (await explained("command", command="op me")).startswith("**No.**")
    assert "this is none of them" in await explained("command", command="op me")
    assert (await explained("command", command="say hi")).startswith("**Yes.**")
    assert "Any right on a server includes to view it" in await explained("view")


async def test_an_admin_is_explained_by_the_permission(stage: Stage) -> None:
    for member in (stage.moderator, stage.owner):
        answer = await stage.answer(
            stage.owner, "access explain", member=member, action="delete", server="Secret"
        )
        assert "Manage Server permission" in answer.text


async def test_a_preview_is_the_list_of_the_role(stage: Stage) -> None:
    preview = await stage.answer(stage.owner, "access preview", role=stage.helpers)
    assert preview.ephemeral
    assert f"{stage.helpers.mention} can see" in preview.text
    own = await stage.answer(stage.helper, "server list")
    assert own.text in preview.text
    assert "Secret" not in preview.text
    assert not preview.selects
    nobody = stage.guild.add_role("Nobody")
    empty = await stage.answer(stage.owner, "access preview", role=nobody)
    assert "no server here" in empty.text


async def test_pages_of_a_preview_are_turned(quiet_stage: Stage) -> None:
    stage = quiet_stage
    for number in range(20):
        stage.add_server(f"Lobby {number:02}")
    await stage.start_bot()
    await stage.answer(stage.owner, "access allow", action="viewer", role=stage.helpers)
    preview = await stage.answer(stage.owner, "access preview", role=stage.helpers)
    await stage.click(stage.owner, preview, "▶")
    await stage.until_text(preview, "page 2 of 2", "can see")


async def test_a_rule_for_everybody_counts_for_who_has_no_role(stage: Stage) -> None:
    everybody = stage.guild.everyone
    answer = await stage.answer(
        stage.owner, "access allow", action="viewer", role=everybody, server="Survival"
    )
    assert "everybody here may now view **Survival**" in answer.text
    card = await stage.answer(stage.guest, "server status", server="Survival")
    assert "running" in card.text


async def test_commands_of_rights_are_not_offered_to_members(stage: Stage) -> None:
    for command in ("access list", "access remove"):
        with pytest.raises(RefusedError, match="not offered"):
            await stage.slash(stage.helper, command)


async def test_two_admins_at_once_lose_nothing(stage: Stage) -> None:
    first = await stage.answer(
        stage.owner, "access allow", action="stop", role=stage.helpers, server="Survival"
    )
    await stage.answer(
        stage.moderator, "access deny", action="stop", role=stage.helpers, server="Survival"
    )
    told = await stage.press(stage.owner, first, "Undo")
    assert "Somebody has changed this rule since" in told.text
    assert "may not stop" in (await _stop(stage, stage.helper)).text


async def test_an_admin_reads_it_in_chinese(stage: Stage) -> None:
    stage.owner.user.locale = "zh-CN"
    answer = await stage.answer(
        stage.owner, "access allow", action="operator", role=stage.helpers, server="Secret"
    )
    assert "现在可以" in answer.text
    assert answer.buttons[0].label == "撤销"


async def _stop(stage: Stage, member: Member) -> Message:
    return await stage.answer(member, "server stop", server="Survival")
