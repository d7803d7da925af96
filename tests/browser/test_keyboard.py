"""Everything without a mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Play
    from tests.browser.window import Window


async def test_commands_buttons_forms_and_menus_need_no_mouse(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    press, write = window.page.keyboard.press, window.page.keyboard.type
    # The first thing that Tab reaches leads to where one writes.
    await press("Tab")
    await press("Enter")
    await expect(window.line).to_be_focused()

    await write("/stat")
    await expect(window.reached).to_contain_text("/status")
    await press("Enter")
    await write("surv")
    await expect(window.reached).to_contain_text("Survival · running")
    await press("Enter")
    await press("Enter")
    card = window.message("used /status", "Survival")
    await expect(card).to_be_visible()
    await expect(window.line).to_be_focused()

    command = card.get_by_role("button", name="Command")
    await window.tab_to(command, backwards=True)
    await press("Enter")
    await expect(window.form).to_be_visible()
    await expect(window.form.get_by_label("Console command")).to_be_focused()
    await press("Escape")
    await expect(window.form).not_to_be_attached()
    await expect(command).to_be_focused()
    await press("Enter")
    await expect(window.form.get_by_label("Console command")).to_be_focused()
    await write("list")
    await press("Enter")
    await expect(window.message("took the command", "Only you can see this")).to_be_visible()
    assert play.stage.servers["Survival"].console == ["list"]

    await window.tab_to(window.line)
    await write("/server list ")
    await press("Enter")
    answer = window.message("used /server list")
    menu = answer.get_by_role("combobox")
    await window.tab_to(menu, backwards=True)
    await press("ArrowDown")
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await write("lob")
    await expect(answer.locator("[role=option].active")).to_contain_text("Lobby")
    await press("Enter")
    await expect(window.message("The lobby world")).to_be_visible()


async def test_who_one_is_and_the_world_are_reached_by_tab(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    press = window.page.keyboard.press
    await window.tab_to(window.page.get_by_role("radio", name="Mia"))
    await press("ArrowRight")
    await window.is_now("Hugo")
    await expect(window.page.get_by_role("radio", name="Hugo")).to_be_focused()

    await window.tab_to(window.page.get_by_role("button", name="Crash: Survival"))
    await press("Enter")
    await expect(window.server("Survival")).to_have_attribute("data-state", "offline")
    assert play.stage.servers["Survival"].state == "offline"


async def test_the_list_of_commands_follows_the_pattern_of_a_combobox(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    press, write = window.page.keyboard.press, window.page.keyboard.type
    await window.line.focus()
    await expect(window.line).to_have_attribute("aria-expanded", "false")
    await write("/server ")
    await expect(window.line).to_have_attribute("aria-expanded", "true")
    first = await window.suggestions.nth(0).get_attribute("id")
    await expect(window.line).to_have_attribute("aria-activedescendant", first or "-")
    await press("ArrowUp")
    last = await window.suggestions.last.get_attribute("id")
    await expect(window.line).to_have_attribute("aria-activedescendant", last or "-")
    await expect(window.suggestions.last).to_have_attribute("aria-selected", "true")
    await press("Escape")
    await expect(window.line).to_have_attribute("aria-expanded", "false")
    await expect(window.line).to_have_value("/server ")

    await write("restart ")
    option = window.page.locator('.pill input[data-option="server"]')
    await expect(option).to_be_focused()
    await expect(window.reached).to_be_visible()
    await press("Escape")
    await press("Enter")
    await expect(window.trouble).to_contain_text("server is needed")
    await expect(option).to_have_attribute("aria-invalid", "true")
    # Backspace in what is empty goes back to plain text.
    await press("Backspace")
    await expect(window.line).to_have_value("/server restart")
    await press("Escape")
    await window.line.fill("")
    await write("/nonsense")
    await press("Enter")
    await expect(window.trouble).to_contain_text("Mia cannot use /nonsense here")


async def test_options_are_added_by_name_and_what_is_wrong_is_said(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    press, write = window.page.keyboard.press, window.page.keyboard.type
    await window.line.focus()
    await write("/server logs Survival")
    await expect(window.reached).to_contain_text("Survival")
    await press("Enter")
    await write("lines:many")
    await press("Enter")
    await expect(window.trouble).to_contain_text("lines wants a whole number")
    await press("Control+A")
    await write("5")
    await press("Enter")
    await expect(window.message("used /server logs")).to_contain_text("Survival")
    assert await window.trouble.text_content() == ""
