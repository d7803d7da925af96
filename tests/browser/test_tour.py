"""The guided tour as a stranger takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.window import LOOKS_MS, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board, Play
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


async def test_only_what_is_done_here_ticks_a_step(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    mia = await look(play.page.url)
    hugo = await look(f"{play.page.url}?as=helper")
    gus = await look(f"{play.page.url}?as=guest")
    for window in (mia, hugo, gus):
        await window.ready()
    await mia.use("status", server="Survival")
    await expect(mia.step("card")).to_contain_class("done")
    await expect(hugo.message("used /status", "Survival")).to_be_visible()

    # A name that does not exist is no secret.
    await _type(gus, "/restart Nonsense")
    await expect(gus.message("I know no server called Nonsense")).to_be_visible()
    await expect(gus.step("denied")).not_to_contain_class("done")
    await _type(gus, "/restart Survival")
    await expect(gus.step("denied")).to_contain_class("done")

    # A list of what is down is no news; nor is what others let crash.
    await mia.use("board create", channel="alerts")
    await hugo.channel("alerts").click()
    await expect(hugo.message("🔴 Classic")).to_be_visible()
    await mia.use("notify add", channel="alerts", events="all changes")
    await expect(mia.message("used /notify add")).to_contain_text("This is how it looks")
    await play.stage.harbour.until_followed(play.stage.servers["Creative"])
    await mia.server("Creative").get_by_role("button", name="Crash").click()
    await expect(hugo.message("💥 Creative crashed")).to_be_visible()
    await expect(mia.step("crash")).to_contain_class("done")
    await expect(hugo.page.locator("#tour")).to_contain_text("0 of 6 done")
    await expect(gus.page.locator("#tour")).to_contain_text("1 of 6 done")


async def test_a_board_is_no_crash(play: Play, look: Callable[..., Awaitable[Window]]) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("board create", channel="alerts")
    await window.channel("alerts").click()
    board = window.message("🔴 Classic")
    await expect(board).to_be_visible()
    await window.server("Website").get_by_role("button", name="Crash").click()
    await expect(board).to_contain_text("🔴 Website", timeout=LOOKS_MS)
    await expect(window.step("crash")).not_to_contain_class("done")


async def test_the_progress_of_a_window_outlives_its_reload(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("server list")
    await expect(window.step("list")).to_contain_class("done")
    await window.become("Hugo")
    await window.page.reload()
    await window.ready()
    await expect(window.step("list")).to_contain_class("done")
    await expect(window.step("card")).to_have_attribute("aria-current", "step")


async def test_another_demo_at_the_same_address_begins_anew(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(board.page.url)
    await expect(window.line).to_be_visible()
    await window.page.evaluate("sessionStorage.setItem('deckhand-tour', '[\"1\", \"list\"]')")
    await window.page.reload()
    await expect(window.page.locator("label.member").first).to_be_visible()
    await expect(window.step("list")).not_to_contain_class("done")


async def _type(window: Window, line: str) -> None:
    await window.line.click()
    await window.page.keyboard.type(line)
    await expect(window.page.locator(".suggestions:not(.stale)")).to_contain_text("Nothing fits")
    await window.page.keyboard.press("Enter")


async def _crash_creative(play: Play, window: Window) -> None:
    preview = window.message("used /notify add", "all changes", "all servers")
    await expect(preview).to_contain_text("This is how it looks")
    # A person takes longer than that to find the button.
    await play.stage.harbour.until_followed(play.stage.servers["Creative"])
    await window.server("Creative").get_by_role("button", name="Crash").click()
    await expect(window.channel("alerts")).to_contain_text("1")
