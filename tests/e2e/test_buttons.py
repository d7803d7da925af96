"""Cards and their buttons, today and after a restart of the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


def _enabled(card: Message) -> set[str]:
    return {button.label for button in card.buttons if not button.disabled}


async def test_buttons_show_what_is_possible_now(stage: Stage) -> None:
    running = await stage.answer(stage.owner, "server status", server="Survival")
    assert _enabled(running) == {"Restart", "Stop", "Kill", "Command", "Logs", "Refresh"}
    offline = await stage.answer(stage.owner, "server status", server="Creative")
    assert _enabled(offline) == {"Start", "Refresh"}


async def test_refresh_brings_the_card_up_to_date(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="Survival")
    stage.survival.crash()
    await stage.click(stage.helper, card, "Refresh")
    await stage.until_text(card, "offline")
    assert _enabled(card) == {"Start", "Refresh"}


async def test_a_button_orders_shows_a_receipt_and_refreshes_the_card(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="Creative")
    pressed = await stage.click(stage.helper, card, "Start")
    receipt = await stage.told(pressed)
    await stage.until_text(receipt, f"{stage.helper.mention} is starting **Creative**", "🟡")
    stage.world_time.advance(5)
    await stage.until_text(receipt, "**Creative** is running")
    await stage.until(lambda: "Restart" in _enabled(card))
    assert not receipt.ephemeral
    assert stage.creative.signals == ["start"]


async def test_the_command_button_opens_a_form(stage: Stage) -> None:
    card = await stage.answer(stage.owner, "server status", server="Survival")
    pressed = await stage.click(stage.owner, card, "Command")
    assert pressed.modal is not None
    assert pressed.modal["title"] == "Survival"
    sent = await stage.submit(stage.owner, pressed, "say hello")
    answer = await stage.told(sent)
    assert answer.ephemeral
    assert "took the command" in answer.text
    assert stage.survival.console == ["say hello"]


async def test_buttons_go_on_working_after_a_restart_of_the_bot(quiet_stage: Stage) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    card = await stage.answer(stage.helper, "server status", server="Survival")
    listing = await stage.answer(stage.helper, "server list", private=False)
    form = await stage.click(
        stage.owner,
        await stage.answer(stage.owner, "server status", server="Survival"),
        "Command",
    )
    await stage.stop_bot(bot)
    await stage.start_bot()
    pressed = await stage.click(stage.helper, card, "Restart")
    receipt = await stage.told(pressed)
    await stage.until_text(receipt, "🟡 stopping")
    [menu] = listing.selects
    opened = await stage.select(stage.helper, listing, menu.options[0][1])
    assert "Creative" in (await stage.told(opened)).text
    stage.world_time.advance(3)
    await stage.until_text(receipt, "🟡 starting")
    stage.world_time.advance(5)
    await stage.until_text(receipt, "is running")
    sent = await stage.submit(stage.owner, form, "say back again")
    assert "took the command" in (await stage.told(sent)).text
    assert stage.survival.signals == ["restart"]


async def test_weeks_later_a_button_still_works(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="Survival")
    stage.time.advance(21 * 24 * 3600)
    stage.survival.crash()
    await stage.click(stage.helper, card, "Refresh")
    await stage.until_text(card, "offline")


async def test_buttons_of_a_server_that_is_gone_say_so(stage: Stage) -> None:
    card = await stage.answer(stage.helper, "server status", server="Creative")
    stage.world.remove_server(stage.creative)
    receipt = await stage.press(stage.helper, card, "Start")
    await stage.until_text(receipt, "no longer has this server")
    assert "no such server" in (await stage.press(stage.helper, card, "Refresh")).text
