"""Who one is, the drawers, the connection, and others who change what stands around the chat."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.parts import button, row, text
from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board, Play
    from tests.browser.window import Window

    Look = Callable[..., Awaitable[Window]]

_NARROW = {"width": 390, "height": 780}
_OLD = "document.querySelector('article.message')"


async def test_what_others_change_disturbs_nobody(board: Board, look: Look) -> None:
    mia = board.member("Mia")
    board.post([text(f"Ask {mia.mention}"), row(button("Press me", custom_id="x"))])
    board.post([row({"type": 6, "custom_id": "r"})])
    for number in range(40):
        board.write(f"message {number}\n" * 3)
    gus = await look(f"{board.page.url}?as=guest")
    other = await look(board.page.url)
    await expect(gus.newest).to_contain_text("message 39")
    messages = gus.page.locator("#messages")
    choice = gus.page.get_by_role("combobox", name="Make a selection")
    await choice.click()
    await expect(choice).to_have_attribute("aria-expanded", "true")
    await expect(gus.messages.nth(1)).to_be_in_viewport()
    await gus.page.evaluate(f"window.before = {_OLD}")
    top = await messages.evaluate("list => list.scrollTop")

    await other.page.get_by_label("Language of your Discord").select_option("zh-CN")
    board.guild.add_role("Newcomers")
    board.guild.add_channel("news")
    mia.user.name = "Maria"
    board.discord.tick()

    await expect(gus.channel("news")).to_be_visible()
    await expect(gus.messages.first).to_contain_text("Ask @Maria")
    await expect(gus.page.locator("label.member").first).to_contain_text("Maria")
    await expect(choice).to_have_attribute("aria-expanded", "true")
    await expect(choice).to_be_focused()
    assert await gus.page.evaluate(f"window.before === {_OLD}")
    assert await messages.evaluate("list => list.scrollTop") == top
    await choice.press("Escape")
    press = gus.page.get_by_role("button", name="Press me")
    await press.focus()
    board.guild.add_role("Late")
    board.discord.tick()
    # It is offered where one looks for it next.
    await expect(gus.page.get_by_role("option", name="@Late", include_hidden=True)).to_be_attached()
    await expect(
        gus.page.get_by_role("option", name="@Newcomers", include_hidden=True)
    ).to_be_attached()
    await expect(press).to_be_focused()


async def test_a_command_that_is_being_filled_in_outlives_what_others_change(
    play: Play, look: Look
) -> None:
    mia = await look(play.page.url)
    hugo = await look(f"{play.page.url}?as=helper")
    await mia.ready()
    await hugo.ready()
    await mia.line.focus()
    await mia.page.keyboard.type("/restart surv")
    await expect(mia.reached).to_contain_text("Survival")

    await hugo.page.get_by_label("Language of your Discord").select_option("zh-CN")
    play.stage.guild.add_channel("news")
    play.stage.discord.tick()
    await expect(mia.channel("news")).to_be_visible()

    await expect(mia.reached).to_contain_text("Survival")
    await mia.page.keyboard.press("Enter")
    await mia.page.keyboard.press("Enter")
    await expect(mia.message("Survival is running ·", "asked by @Mia")).to_be_visible()


async def test_there_and_back_again_ends_where_one_wanted(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.page.evaluate("""() => {
        for (const key of ["helper", "guest", "moderator", "owner", "moderator"])
            document.querySelector(`input[value=${key}]`).click();
    }""")
    await window.line.fill("Who says this?")
    await window.page.keyboard.press("Enter")
    await expect(window.message("Who says this?")).to_be_visible()
    await window.is_now("Mia")
    await window.page.reload()
    await window.ready()
    await window.is_now("Mia")
    await window.line.fill("And this?")
    await window.page.keyboard.press("Enter")
    await expect(window.message("And this?")).to_be_visible()
    assert play.stage.channel.messages[-1].author.name == "Mia"


async def test_without_a_connection_everything_shows_what_is_so(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    port = urlsplit(play.page.url).port
    assert port is not None
    await play.page.close()
    await expect(window.bar).to_contain_text("The demo does not answer. Trying again")

    language = window.page.get_by_label("Language of your Discord")
    works = window.page.get_by_label("How Main panel works")
    await window.page.locator("label.member", has_text="Gus").click()
    await expect(window.trouble).to_contain_text("There is no connection just now")
    await expect(window.page.get_by_role("radio", name="Mia")).to_be_checked()
    await language.select_option("zh-CN")
    await expect(language).to_have_value("en-US")
    await works.select_option("down")
    await expect(works).to_have_value("")
    await expect(window.page.locator(".world-trouble")).to_contain_text("There is no connection")
    await window.page.get_by_role("button", name="Prepare it for me").click()
    # The lost connection is still said, whatever one tries.
    await expect(window.bar).to_be_visible()

    await play.page.start(port)
    await expect(window.bar).to_be_hidden()
    await expect(window.trouble).to_have_text("")
    await expect(window.page.locator(".world-trouble")).to_have_text("")
    assert all("WebSocket connection to" in trouble for trouble in window.troubles)
    window.troubles.clear()


async def test_a_step_that_cannot_be_prepared_leaves_the_bar(play: Play, look: Look) -> None:
    window = await look(f"{play.page.url}?as=guest")
    await window.ready()
    await play.page.close()
    await expect(window.bar).to_be_visible()
    await window.page.get_by_role("button", name="Prepare it for me").click()
    await expect(window.trouble).to_contain_text("There is no connection just now")
    # Each attempt to connect says it again, a moment later.
    await window.page.evaluate("new Promise(requestAnimationFrame)")
    assert await window.bar.is_visible()
    window.troubles.clear()


async def test_a_drawer_closes_when_one_goes_on_elsewhere(play: Play, look: Look) -> None:
    window = await look(play.page.url, viewport=_NARROW)
    await window.ready_narrow()
    side = window.page.get_by_role("button", name="Tour and panels")
    await side.click()
    await expect(side).to_have_attribute("aria-expanded", "true")
    await window.step("list").get_by_role("button", name="Prepare it for me").click()
    await expect(side).to_have_attribute("aria-expanded", "false")
    await expect(window.page.locator("#side")).not_to_be_in_viewport()

    opener = window.page.get_by_role("button", name="Channels")
    channels = window.page.locator("#channels")
    await opener.click()
    await expect(channels).to_be_in_viewport()
    await expect(opener).to_have_attribute("aria-expanded", "true")
    await window.tab_to(window.page.locator("#messages"))
    await expect(opener).to_have_attribute("aria-expanded", "false")
    await expect(channels).not_to_be_in_viewport()
