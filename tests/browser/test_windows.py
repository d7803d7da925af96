"""Several people, each in a window of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Play
    from tests.browser.window import Window


async def test_each_sees_what_each_may_see(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    helper = await look(f"{play.page.url}?as=helper")
    guest = await look(f"{play.page.url}?as=guest")
    await helper.ready()
    await guest.ready()

    await helper.use("restart", server="Survival")
    for window in (helper, guest):
        await expect(window.message("Survival is running ·", "asked by @Hugo")).to_be_visible()
    # Those who hear the page are told as well, by names.
    await expect(guest.page.locator("#announcer")).to_contain_text("asked by @Hugo")

    await helper.use("server list")
    await expect(helper.message("used /server list")).to_contain_text("Only you can see this")
    await guest.line.fill("Did it work?")
    await guest.page.keyboard.press("Enter")
    await expect(helper.message("Did it work?")).to_contain_text("Gus")
    await expect(guest.message("used /server list")).not_to_be_attached()

    await guest.line.press("/")
    await expect(guest.suggestions.first).to_be_visible()
    assert not [text for text in await guest.suggestions.all_inner_texts() if "/access" in text]
    await helper.message("used /server list").get_by_role("button", name="Dismiss").click()
    await expect(helper.message("used /server list")).not_to_be_attached()


async def test_a_button_is_judged_by_who_presses_it(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    moderator = await look(play.page.url)
    guest = await look(f"{play.page.url}?as=guest")
    await moderator.ready()
    await guest.ready()
    await moderator.use("status", server="Survival")

    await guest.message("used /status").get_by_role("button", name="Restart").click()

    await expect(guest.newest).to_contain_text("Only you can see this")
    assert play.stage.servers["Survival"].signals == []
    await expect(moderator.messages).to_have_count(await guest.messages.count() - 1)


async def test_a_channel_that_is_not_looked_at_counts_what_is_new(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    mia = await look(play.page.url)
    gus = await look(f"{play.page.url}?as=guest")
    await mia.ready()
    await gus.ready()
    await gus.page.get_by_role("button", name="alerts").click()
    await gus.line.fill("Nobody here?")
    await gus.page.keyboard.press("Enter")

    alerts = mia.page.get_by_role("button", name="alerts")
    await expect(alerts.locator(".count")).to_have_text("1")
    await alerts.click()
    await expect(mia.message("Nobody here?")).to_be_visible()
    await expect(alerts.locator(".count")).not_to_be_attached()


async def test_the_language_of_a_member_is_theirs_alone(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    mia = await look(play.page.url)
    hugo = await look(f"{play.page.url}?as=helper")
    await mia.ready()
    await hugo.ready()
    await mia.page.get_by_label("Language of your Discord").select_option("zh-CN")
    await expect(mia.page.get_by_label("Language of your Discord")).to_have_value("zh-CN")
    await mia.use("server list")
    await hugo.use("server list")
    await expect(hugo.message("used /server list")).to_contain_text("Survival · running")
    await expect(mia.message("used /server list")).to_contain_text("Survival · 运行中")
    await expect(hugo.page.get_by_label("Language of your Discord")).to_have_value("en-US")
