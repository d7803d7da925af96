"""A page that is left open while what is behind it goes away and comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.parts import button, command, row
from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board, Play
    from tests.browser.window import Window

# What is said of the bot, as long as it may be said.
_LISTEN = """bot => {
    const said = [bot.querySelector(".text").textContent];
    const listen = () => {
        const text = bot.querySelector(".text").textContent;
        if (text !== said.at(-1)) said.push(text);
        bot.dataset.said = said.slice(1).join("; ");
    };
    new MutationObserver(listen).observe(bot, { childList: true, subtree: true });
}"""


async def test_old_buttons_go_on_working_after_a_restart_of_the_bot(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("status", server="Survival")
    card = window.message("used /status", "Survival")
    await expect(card).to_be_visible()

    bot = window.page.locator(".bot-row")
    await bot.evaluate(_LISTEN)
    await bot.get_by_role("button", name="Restart it").click()
    said = "The bot is not connected; The bot is connected"
    await expect(bot).to_have_attribute("data-said", said)

    await card.get_by_role("button", name="Command").click()
    await expect(window.form).to_contain_text("Survival")
    await window.page.keyboard.press("Escape")
    await window.page.locator("#newest").evaluate("button => button.click()")
    await card.get_by_role("button", name="Restart").click()
    await expect(window.message("Survival is running ·", "asked by @Mia")).to_be_visible()
    assert play.stage.servers["Survival"].signals == ["restart"]


async def test_a_lost_connection_is_shown_and_comes_back_by_itself(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(f"{play.page.url}?as=helper")
    await window.ready()
    await window.line.fill("half a sen")
    port = urlsplit(play.page.url).port
    assert port is not None

    await play.page.close()
    await expect(window.bar).to_contain_text("The demo does not answer. Trying again")
    await window.page.keyboard.press("Enter")
    await expect(window.trouble).to_contain_text("There is no connection just now")
    await expect(window.line).to_have_value("half a sen")
    play.stage.discord.say(play.stage.members["owner"], play.stage.channel, "Meanwhile")
    await play.page.start(port)

    await expect(window.bar).to_be_hidden()
    await expect(window.message("Meanwhile")).to_be_visible()
    await window.is_now("Hugo")
    await window.line.press("Enter")
    await expect(window.message("half a sen")).to_contain_text("Hugo")
    # Of the attempts that failed the browser complains by itself.
    assert all("WebSocket connection to" in trouble for trouble in window.troubles)
    window.troubles.clear()


async def test_somebody_who_does_not_exist_is_somebody_else(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(f"{board.page.url}?as=<b>nobody")
    await expect(window.page.locator("label.member:has(:checked)")).to_contain_text("Mia")
    assert all("404" in trouble for trouble in window.troubles)
    window.troubles.clear()


async def test_a_bot_that_says_nothing_is_told_where_it_was_asked(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    board.discord.commands.append(command("ping"))
    board.post([row(button("Press me", custom_id="x"))])
    window = await look(board.page.url)
    await window.newest.get_by_role("button", name="Press me").click()
    await expect(window.newest).to_contain_text("The application did not respond")

    await window.use("ping")
    await expect(window.trouble).to_contain_text("/ping: The application did not respond")
    # What was typed is there again.
    await expect(window.page.locator(".command-name")).to_have_text("/ping")
