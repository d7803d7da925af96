"""The guided tour as a stranger takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.window import LOOKS_MS, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Play
    from tests.browser.window import Window


async def test_every_step_can_be_prepared_and_notices_that_it_was_done(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    steps = await window.page.locator("li.step").evaluate_all("all => all.map(e => e.dataset.step)")
    assert steps == ["list", "card", "restart", "denied", "crash", "grant"]

    for name in steps:
        step = window.step(name)
        await expect(step).to_have_attribute("aria-current", "step")
        await step.get_by_role("button", name="Prepare it for me").click()
        await expect(window.page.locator(".tail")).to_be_focused()
        await window.page.keyboard.press("Enter")
        if name == "crash":
            await _crash_creative(play, window)
        await expect(step).to_contain_class("done")

    await expect(window.page.locator("#tour")).to_contain_text("6 of 6 done")
    await expect(window.message("used /server list", "Survival · running")).to_be_attached()
    await expect(window.message("Survival is running ·", "asked by @Hugo")).to_be_attached()
    await expect(window.message("used /access allow", "@Gus may now")).to_be_visible()
    assert play.stage.servers["Survival"].signals == ["restart"]
    await window.become("Gus")
    await expect(window.message("used /restart", "Only you can see this")).to_be_visible()
    await window.channel("alerts").click()
    await expect(window.message("💥 Creative crashed", "Main panel")).to_be_visible()


async def test_a_crash_that_only_a_look_can_see_counts_and_a_test_does_not(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("notify add", channel="alerts", events="all changes")
    preview = window.message("used /notify add", "This is how it looks")
    await preview.get_by_role("button", name="Send a test").click()
    await expect(window.channel("alerts")).to_contain_text("1")
    await expect(window.step("crash")).not_to_contain_class("done")

    await window.server("Website").get_by_role("button", name="Crash").click()
    await window.channel("alerts").click()
    await expect(window.message("Website stopped", "by itself", "Cloud")).to_be_visible(
        timeout=LOOKS_MS
    )
    await expect(window.step("crash")).to_contain_class("done")


async def test_the_tour_can_be_ignored_and_is_then_gone(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.page.locator("#tour").get_by_role("button", name="Hide").click()
    await expect(window.step("list")).not_to_be_attached()
    await window.page.reload()
    await window.ready()
    await expect(window.step("list")).not_to_be_attached()

    await window.use("server list")
    await window.page.locator("#tour").get_by_role("button", name="Show").click()
    await expect(window.step("list")).to_contain_class("done")
    await expect(window.step("card")).to_have_attribute("aria-current", "step")


async def test_a_restart_by_the_button_counts_as_well_and_another_does_not(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    lobby = play.stage.servers["Lobby"]
    lobby.hang_in_starting = True
    lobby.power("restart")
    await expect(window.server("Lobby")).to_have_attribute("data-state", "starting")
    lobby.hang_in_starting = False
    await expect(window.server("Lobby")).to_have_attribute("data-state", "running")
    await window.use("status", server="Survival")
    card = window.message("used /status", "Survival")
    await expect(window.step("restart")).not_to_contain_class("done")

    await card.get_by_role("button", name="Restart").click()
    await expect(window.message("Survival is running ·", "asked by @Mia")).to_be_visible()
    await expect(window.step("restart")).to_contain_class("done")


async def _crash_creative(play: Play, window: Window) -> None:
    preview = window.message("used /notify add", "all changes", "all servers")
    await expect(preview).to_contain_text("This is how it looks")
    # A person takes longer than that to find the button.
    await play.stage.harbour.until_followed(play.stage.servers["Creative"])
    await window.server("Creative").get_by_role("button", name="Crash").click()
    await expect(window.channel("alerts")).to_contain_text("1")
