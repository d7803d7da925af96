"""What a reader with fresh eyes broke: each stays mended."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.servers import ServerRef
from bot.storage.audit import SqlAuditLog
from bot.storage.engine import Database

if TYPE_CHECKING:
    from tests.e2e.stage import Stage


async def test_the_link_to_a_receipt_of_a_button_leads_to_the_guild(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "status", server="Survival")
    receipt = await stage.press(stage.helper, card, "Restart")
    refusal = await stage.answer(stage.owner, "restart", server="Survival")
    path = f"/channels/{stage.guild.id}/{stage.channel.id}/{receipt.id}"
    assert path in refusal.text


async def test_a_list_says_that_the_panel_is_down_rather_than_that_nothing_is_there(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    stage.panel.faults.add("html", status=502)
    await stage.start_bot_only()
    listed = await stage.answer(stage.owner, "server list")
    assert "panel did not answer" in listed.text


async def test_a_card_that_is_gone_makes_no_incident_of_a_success(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "status", server="Survival")
    pressed = await stage.click(stage.helper, card, "Restart")
    receipt = await stage.told(pressed)
    await stage.until_text(receipt, "🟡 stopping")
    del stage.channel.stored[card.id]
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")
    stage.world_time.advance(6)
    await stage.until_text(receipt, "**Survival** is running")
    # A further answer of the bot comes after whatever it had to say about the card.
    await stage.answer(stage.owner, "server list")
    assert [message.id for message in pressed.followups] == [receipt.id]


async def test_the_command_button_opens_no_form_for_those_who_may_not(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "status", server="Survival")
    pressed = await stage.click(stage.helper, card, "Command")
    assert pressed.modal is None
    assert "You may not send commands to **Survival**" in (await stage.told(pressed)).text


async def test_a_search_finds_names_and_not_letters(stage: Stage) -> None:
    stage.add_server("srv-01")
    listed = await stage.answer(stage.owner, "server list", search="srv")
    assert "Survival" not in listed.text


async def test_twins_can_be_told_apart_in_the_suggestions(stage: Stage) -> None:
    twins = [stage.add_server("Twin") for _ in range(2)]
    async with asyncio.timeout(10):
        while len(labels := [name for name, _ in await stage.suggest(stage.owner, "twin")]) < 2:
            await stage.answer(stage.owner, "status", server=twins[0].identifier)
    assert len(set(labels)) == 2


async def test_a_button_names_no_id_to_those_who_may_not_see(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "status", server="Survival")
    refusal = await stage.press(stage.guest, card, "Restart")
    assert stage.survival.identifier not in refusal.text
    assert "no such server" in refusal.text


async def test_an_order_is_written_down_before_it_is_sent(stage: Stage) -> None:
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    async with Database(stage.settings().database_url) as database:
        ref = ServerRef("main", stage.survival.identifier)
        row = await SqlAuditLog(database).latest(stage.guild.id, ref)
    assert row is not None
    assert (row.action, row.user_id) == (Action.RESTART, stage.helper.id)


async def test_stopping_the_bot_lets_a_console_command_end_and_answers_it(stage: Stage) -> None:
    stage.panel.faults.add("late", path="/api/client/servers", seconds=1.0)
    asked = await stage.slash(stage.owner, "server command", server="Survival", command="say hi")
    await stage.stop_bot(stage.bots[0])
    assert stage.survival.console == ["say hi"]
    assert asked.message is not None
    assert "took the command" in asked.message.text


async def test_what_is_wrong_with_a_rule_is_told_only_to_who_may_give_one(stage: Stage) -> None:
    for command in stage.discord.commands:
        # As an admin can have it in Discord's own settings.
        command["default_member_permissions"] = None
    unfit: list[dict[str, object]] = [{}, {"role": stage.helpers, "for": "10x"}]
    for options in unfit:
        denied = await stage.answer(stage.helper, "access allow", action="kill", **options)
        refused = await stage.answer(stage.owner, "access allow", action="kill", **options)
        assert "may not" in denied.text
        assert "may not" not in refused.text
    async with Database(stage.settings().database_url) as database:
        rows = await SqlAuditLog(database).page(stage.guild.id, limit=9)
    assert [row.outcome for row in rows] == ["refused", "denied"] * 2
