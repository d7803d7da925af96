"""Forms and menus that the bot opens, filled in by hand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.browser.parts import row
from tests.browser.window import Gate, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board, Play
    from tests.browser.window import Window


async def test_a_form_with_texts_and_menus_is_filled_in_and_sent(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("manage update", server="Survival")
    draft = window.message("used /manage update")
    await draft.get_by_role("button", name="Name").click()
    name = window.form.get_by_label("Name", exact=False).first
    await expect(name).to_have_value("Survival")

    await name.fill("SMP")
    egg = window.form.get_by_role("combobox", name="Egg")
    await egg.click()
    await window.form.get_by_role("option", name="Paper").click()
    await expect(egg).to_contain_text("Paper")
    await window.form.get_by_role("button", name="Submit").click()
    await expect(window.form).not_to_be_attached()
    await expect(draft).to_contain_text("SMP")
    await draft.get_by_role("button", name="Save").click()
    await expect(window.server("SMP")).to_be_attached()


async def test_a_form_that_is_closed_changes_nothing_and_can_be_opened_again(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("panel add", kind="Pterodactyl 1.x")
    await window.form.get_by_label("Address of the panel").fill("http://127.0.0.1:1")
    await window.form.get_by_role("button", name="Cancel").click()
    await expect(window.form).not_to_be_attached()
    await expect(window.line).to_be_focused()

    await window.use("panel add", kind="Pterodactyl 1.x")
    await expect(window.form.get_by_label("Address of the panel")).to_have_value("")
    # What is required is asked for before anything is sent.
    await window.form.get_by_role("button", name="Submit").click()
    await expect(window.form.locator(":user-invalid").first).to_be_focused()
    await window.form.get_by_label("Name").fill("Nowhere")
    await window.form.get_by_label("Address of the panel").fill("http://127.0.0.1:1")
    await window.form.get_by_label("Client API key").fill("ptlc_made-up-key-of-nobody")
    await window.page.keyboard.press("Enter")
    await expect(window.form).not_to_be_attached()
    await expect(window.newest).to_contain_text("Only you can see this")
    await expect(window.newest).to_contain_text("Nowhere")
    assert "made-up-key" not in await window.page.content()


async def test_a_menu_of_channels_offers_the_channels(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("setup")
    setup = window.message("used /setup")
    await setup.get_by_role("combobox").click()
    await setup.get_by_role("option", name="#alerts").click()
    await expect(setup).to_contain_text(re.compile("Audit channel: .*#alerts"))


async def test_several_may_be_chosen_and_are_sent_when_the_menu_closes(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    options = [{"label": each, "value": each.lower()} for each in ("One", "Two", "Three")]
    menu = {"type": 3, "custom_id": "m", "min_values": 1, "max_values": 2, "options": options}
    board.post([row(menu)])
    window = await look(board.page.url)
    choice = window.newest.get_by_role("combobox")
    await choice.click()
    for name in ("One", "Three", "Two"):  # the third is one too many
        await window.newest.get_by_role("option", name=name).click()
    await expect(choice).to_contain_text("One, Three")
    await choice.press("Escape")
    await expect(choice).to_contain_text("Make a selection")
    assert board.discord._state.interactions == {}

    await choice.press("ArrowDown")
    await choice.press("Enter")
    await choice.press("End")
    await choice.press("Enter")
    await choice.press("Tab")
    await expect(window.newest).to_contain_text("The application did not respond")
    [asked] = board.discord._state.interactions.values()
    assert asked.data["values"] == ["one", "three"]


async def test_the_failure_of_a_form_that_was_closed_meanwhile_is_told(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window, gate = await _command_form(play, look)
    gate.shut()
    await window.form.get_by_label("Console command").fill("list")
    await window.form.get_by_role("button", name="Submit").click()
    await window.page.keyboard.press("Escape")
    await expect(window.form).not_to_be_attached()

    await play.page.close()

    await expect(window.trouble).to_contain_text("The connection was lost")
    window.troubles.clear()


async def test_a_form_opens_for_nobody_but_who_asked_for_it(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window, gate = await _command_form(play, look)
    await window.page.keyboard.press("Escape")
    gate.shut()
    await window.message("used /status").get_by_role("button", name="Command").click()
    await gate.holds(type="result", ok=True)
    await window.page.locator("label.member", has_text="Hugo").click()
    gate.open()
    await window.is_now("Hugo")
    assert not await window.form.count()


async def _command_form(play: Play, look: Callable[..., Awaitable[Window]]) -> tuple[Window, Gate]:
    """Open a form in a window behind a gate."""
    gate = Gate()
    window = await look(play.page.url, gate=gate)
    await window.ready()
    await window.use("status", server="Survival")
    await window.message("used /status").get_by_role("button", name="Command").click()
    await expect(window.form).to_be_visible()
    return window, gate
