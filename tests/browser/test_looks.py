"""Dark and light, wide and narrow: readable for everybody, and nothing out of reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Play
    from tests.browser.window import Window

_NARROW = {"width": 390, "height": 780}
_NARROWEST = {"width": 320, "height": 568}
_ZOOMED = {"width": 320, "height": 256}
"""A usual window at 400 %."""
_MIDDLE = {"width": 960, "height": 700}


@pytest.mark.parametrize("colours", ["dark", "light"])
async def test_nothing_is_in_the_way_of_anybody(
    play: Play, look: Callable[..., Awaitable[Window]], colours: str
) -> None:
    window = await look(play.page.url, color_scheme=colours)
    await window.ready()
    await window.use("server list")
    await window.use("status", server="Survival")
    await expect(window.message("used /status")).to_be_visible()
    assert await window.grave_faults() == []

    await window.message("used /status").get_by_role("button", name="Command").click()
    await expect(window.form).to_be_visible()
    assert await window.grave_faults() == []
    await window.page.keyboard.press("Escape")

    menu = window.message("used /server list").get_by_role("combobox")
    await menu.press("ArrowDown")
    await expect(menu).to_have_attribute("aria-expanded", "true")
    assert await window.grave_faults() == []
    await menu.press("Escape")

    await window.line.focus()
    await window.page.keyboard.type("/restart ")
    await expect(window.reached).to_be_visible()
    assert await window.grave_faults() == []
    await window.page.keyboard.press("Escape")
    await window.page.keyboard.press("Enter")
    await expect(window.trouble).to_contain_text("server is needed")
    panel = window.page.locator('.panel[data-panel="main"]')
    await panel.get_by_label("How Main panel works").select_option("down")
    await panel.get_by_role("button", name="Hang in starting: Lobby").click()
    await expect(panel).to_contain_class("faulty")
    assert await window.grave_faults() == []


@pytest.mark.parametrize("colours", ["dark", "light"])
async def test_a_narrow_window_has_everything_in_drawers(
    play: Play, look: Callable[..., Awaitable[Window]], colours: str
) -> None:
    window = await look(play.page.url, viewport=_NARROW, color_scheme=colours)
    await window.ready_narrow()
    await window.use("status", server="Survival")
    await expect(window.message("used /status")).to_be_in_viewport()
    overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await window.page.evaluate(overhang) == 0
    assert await window.grave_faults() == []

    await window.page.get_by_role("button", name="Channels").click()
    await window.page.get_by_role("button", name="alerts").click()
    await expect(window.page.locator("#channel-name")).to_have_text("alerts")
    await expect(window.page.locator("#channels")).not_to_be_in_viewport()

    drawer = window.page.get_by_role("button", name="Tour and panels")
    await drawer.click()
    await expect(window.page.locator("#tour")).to_be_in_viewport()
    assert await window.grave_faults() == []
    await window.page.keyboard.press("Escape")
    await expect(window.page.locator("#side")).not_to_be_in_viewport()
    await expect(drawer).to_be_focused()


async def test_the_narrowest_window_cuts_nobody_off_and_no_drawer_hides_them(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url, viewport=_NARROWEST)
    await window.ready_narrow()
    members = window.page.locator("label.member")
    await expect(members).to_have_count(4)
    for name in ("Channels", "Tour and panels"):
        await window.page.get_by_role("button", name=name).click()
        await expect(window.page.get_by_role("button", name=name)).to_have_attribute(
            "aria-expanded", "true"
        )
        for member in await members.all():
            await expect(member).to_be_in_viewport(ratio=1)
            # Nothing lies above it.
            await member.click(trial=True)
        await window.page.keyboard.press("Escape")


async def test_a_window_of_little_height_can_be_scrolled_to_all_of_it(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url, viewport=_ZOOMED)
    await window.ready_narrow()
    messages = window.page.locator("#messages")
    assert (await messages.evaluate("list => list.clientHeight")) > 120
    await window.line.scroll_into_view_if_needed()
    await expect(window.line).to_be_in_viewport(ratio=1)
    await window.page.get_by_role("button", name="Channels").scroll_into_view_if_needed()
    await expect(window.page.get_by_role("button", name="Channels")).to_be_in_viewport(ratio=1)
    overhang = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await window.page.evaluate(overhang) == 0


async def test_a_window_of_middle_width_keeps_the_channels(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url, viewport=_MIDDLE)
    await window.ready_narrow()
    await expect(window.page.locator("#channels")).to_be_in_viewport()
    await expect(window.page.locator("#side")).not_to_be_in_viewport()
    await window.page.get_by_role("button", name="Tour and panels").click()
    await window.step("list").get_by_role("button", name="Prepare it for me").click()
    await expect(window.page.locator("#side")).not_to_be_in_viewport()
    await window.page.keyboard.press("Enter")
    await expect(window.message("used /server list")).to_be_visible()


async def test_dark_and_light_follow_the_system_until_somebody_chooses(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url, color_scheme="dark")
    await window.ready()
    background = "getComputedStyle(document.body).backgroundColor"
    dark = await window.page.evaluate(background)
    await window.page.emulate_media(color_scheme="light")
    light = await window.page.evaluate(background)
    assert dark != light

    await window.page.get_by_role("button", name="Switch to dark").click()
    assert await window.page.evaluate(background) == dark
    await window.page.reload()
    await window.ready()
    assert await window.page.evaluate(background) == dark
    await window.page.get_by_role("button", name="Switch to light").click()
    assert await window.page.evaluate(background) == light
