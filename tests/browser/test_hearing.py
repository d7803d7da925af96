"""What those get who hear the page or have only keys: names, the focus, what is announced."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tests.browser.parts import row, text
from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board, Play
    from tests.browser.window import Window

    Look = Callable[..., Awaitable[Window]]

_OPTIONS = [{"label": each, "value": each} for each in ("One", "Two", "Three")]
_FORM = {
    "title": "A form",
    "custom_id": "form",
    "components": [
        {
            "type": 18,
            "label": "Address",
            "description": "Where it is",
            "component": {"type": 4, "custom_id": "a", "style": 1, "required": False},
        },
        {
            "type": 18,
            "label": "Which",
            "description": "Choose one",
            "component": {"type": 3, "custom_id": "b", "options": _OPTIONS},
        },
    ],
}
_OPEN_FORM = """async modal => {
    const { openForm } = await import("/static/js/forms.js");
    openForm(modal, { store: {} });
}"""


async def test_a_menu_says_that_several_may_be_chosen(board: Board, look: Look) -> None:
    menu = {"type": 3, "custom_id": "m", "min_values": 1, "max_values": 2, "options": _OPTIONS}
    board.post([row(menu)])
    window = await look(board.page.url)
    await window.newest.get_by_role("combobox").click()
    listbox = await _heard(window, "listbox", "Make a selection")
    assert listbox["multiselectable"] is True


async def test_fields_of_a_form_say_what_they_are_for(board: Board, look: Look) -> None:
    window = await look(board.page.url)
    await window.page.evaluate(_OPEN_FORM, _FORM)
    address = window.form.get_by_role("textbox", name="Address")
    await expect(address).to_have_accessible_description("Where it is")
    which = window.form.get_by_role("combobox", name="Which")
    await expect(which).to_have_accessible_description("Choose one")
    assert (await _heard(window, "combobox", "Which"))["required"] is True
    assert (await _heard(window, "textbox", "Address"))["required"] is False


async def test_the_first_link_leads_to_a_command_that_is_filled_in(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.line.focus()
    await window.page.keyboard.type("/server restart ")
    server = window.page.get_by_role("combobox", name="server", exact=True)
    await expect(server).to_be_focused()
    await window.page.locator("#theme").focus()
    await window.page.get_by_role("link", name="Skip to the line where you write").press("Enter")
    await expect(server).to_be_focused()


async def test_a_switch_keeps_the_focus(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    server = window.server("Survival")
    crash = server.get_by_role("button", name="Crash: Survival")
    start = server.get_by_role("button", name="Start: Survival", exact=True)
    await crash.press("Enter")
    await expect(start).to_be_focused()
    await start.press("Enter")
    await expect(crash).to_be_focused()

    restart = window.page.get_by_role("button", name="Restart it")
    await restart.press("Enter")
    await expect(window.page.locator(".bot-row:not(.on)")).to_be_attached()
    await expect(restart).to_be_focused()
    await expect(window.page.locator(".bot-row.on")).to_be_attached()
    await expect(restart).to_be_focused()


async def test_a_spoiler_keeps_the_focus_when_it_is_shown(board: Board, look: Look) -> None:
    board.write("hidden ||secret|| after")
    window = await look(board.page.url)
    await window.page.get_by_role("button", name="Spoiler: show it").press("Enter")
    opened = window.page.locator(".spoiler.open")
    await expect(opened).to_be_focused()


async def test_what_is_said_elsewhere_is_announced_with_its_channel(
    board: Board, look: Look
) -> None:
    owner, alerts = board.guild.owner, board.guild.add_channel("alerts")
    window = await look(board.page.url)
    await expect(window.channel("alerts")).to_be_visible()
    said = board.discord.say(owner, alerts, "Survival went down")
    announcer = window.page.locator("#announcer")
    name = owner.user.name
    await expect(announcer).to_have_text(f"In #alerts, {name}: Survival went down")
    # Only what is new is news.
    said.content = "Survival is back"
    said.edited_at = board.discord._state.clock()
    board.discord.tick()
    board.discord.say(owner, board.channel, "here")
    await expect(announcer).to_have_text(f"{name}: here")


async def test_a_drawn_bar_is_not_read_out(board: Board, look: Look) -> None:
    board.write("the first")
    window = await look(board.page.url)
    await expect(window.newest).to_contain_text("the first")
    bar = "▰▰▱▱▱▱▱▱▱▱"
    board.post([text(f"{bar} CPU 20 %\n{bar} Memory 2 GiB")])
    await expect(window.newest).to_contain_text(f"{bar} CPU 20 %")
    await expect(window.page.locator("#announcer")).to_contain_text("CPU 20 %")
    assert "▰" not in (await window.page.locator("#announcer").text_content() or "")
    assert "▰" not in await window.newest.aria_snapshot()


async def test_times_are_written_in_the_language_of_the_reader(board: Board, look: Look) -> None:
    board.post([text(f"<t:0:D> <t:{int(time.time())}:R>")])
    window = await look(board.page.url)
    times = window.newest.locator(".md time")
    await expect(times.first).to_have_text("January 1, 1970")
    language = window.page.get_by_label("Language of your Discord")
    await language.select_option("zh-CN")
    await expect(times.first).to_have_text("1970年1月1日")
    await expect(times.first).to_have_attribute("lang", "zh-CN")
    await expect(window.newest.locator(".stamp")).to_have_attribute("lang", "zh-CN")
    before = await times.last.text_content() or ""
    await expect(times.last).not_to_have_text(before)
    await expect(times.last).to_contain_text("秒钟前")


async def test_a_private_answer_is_in_the_language_of_the_reader(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.page.get_by_label("Language of your Discord").select_option("zh-CN")
    await window.use("server list")
    await expect(window.message("used /server list").locator(".body")).to_have_attribute(
        "lang", "zh-CN"
    )


async def _heard(window: Window, role: str, name: str) -> dict[str, Any]:
    """Return the properties of the part that a screen reader is told of."""
    session = await window.page.context.new_cdp_session(window.page)
    tree = await session.send("Accessibility.getFullAXTree")
    [found] = [
        {each["name"]: each["value"].get("value") for each in node["properties"]}
        for node in tree["nodes"]
        if node.get("role", {}).get("value") == role
        and node.get("name", {}).get("value", "").startswith(name)
    ]
    return found
