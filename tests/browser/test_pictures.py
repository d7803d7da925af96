"""The pictures of the README, taken anew; with DECKHAND_PICTURES=1 they replace the old ones."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.window import LOOKS_MS, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from PIL import Image

    from tests.browser.conftest import Play
    from tests.browser.window import Window

_IMAGES = Path(__file__).parents[2] / "docs" / "images"
_SMALL = {"width": 900, "height": 620}
_PAGE_BYTES, _RESTART_BYTES = 300_000, 2_000_000
_TYPING_MS, _READING_MS, _HOLD_MS = 110, 900, 3_000


@pytest.fixture
def seconds() -> float:
    """Slow enough to be seen."""
    return 16.0


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    if not os.getenv("DECKHAND_PICTURES"):
        return tmp_path
    _IMAGES.mkdir(exist_ok=True)
    return _IMAGES


async def test_a_picture_of_the_page(
    play: Play, look: Callable[..., Awaitable[Window]], folder: Path
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("server list")
    await expect(window.step("list")).to_contain_class("done")
    await window.message("used /server list").get_by_role("button", name="Dismiss").click()
    await window.become("Hugo")
    await window.use("status", server="Survival")
    await expect(window.step("card")).to_contain_class("done")
    await window.message("used /status").get_by_role("button", name="Restart").click()
    receipt = window.message("Survival is running ·", "asked by @Hugo")
    await expect(receipt).to_be_in_viewport()
    await expect(window.step("restart")).to_contain_class("done")
    card = window.message("used /status", "running · since", "last: restart by @Hugo")
    while not await card.count():
        # The panel itself may be the last to know it.
        await window.message("used /status").get_by_role("button", name="Refresh").click()

    _keep(await window.page.screenshot(), folder / "demo-page.png")


async def test_a_picture_of_news(
    play: Play, look: Callable[..., Awaitable[Window]], folder: Path
) -> None:
    window = await look(play.page.url, color_scheme="light")
    await window.ready()
    await window.use("notify add", channel="alerts", events="all changes", mention="Helpers")
    await expect(window.message("used /notify add")).to_contain_text("mentions @Helpers")
    await play.stage.harbour.until_followed(play.stage.servers["Creative"])
    await window.server("Creative").get_by_role("button", name="Crash").click()
    await expect(window.channel("alerts")).to_contain_text("1")
    await window.become("Hugo")
    await window.use("restart", server="Creative")
    await expect(window.message("Creative is running ·")).to_be_visible()
    await window.channel("alerts").click()
    await expect(window.message("Creative crashed", "@Helpers")).to_be_visible()
    await expect(window.message("Creative started", "asked by @Hugo")).to_be_visible()
    cloud = window.page.locator('[data-panel="cloud"] select')
    await cloud.select_option("down")
    await expect(window.message("The panel Cloud does not answer")).to_be_visible(timeout=LOOKS_MS)
    await cloud.select_option("")
    await expect(window.message("The panel Cloud answers again", "it took")).to_be_visible(
        timeout=LOOKS_MS
    )
    await window.server("Voice").get_by_role("button", name="Crash").click()
    await expect(window.message("Voice stopped", "by itself")).to_be_visible(timeout=LOOKS_MS)
    await window.line.hover()
    await window.page.locator("#side").evaluate("side => side.scrollTop = 0")

    _keep(await window.page.screenshot(), folder / "news.png")


async def test_a_moving_picture_of_a_restart_with_its_receipt(
    play: Play, look: Callable[..., Awaitable[Window]], folder: Path
) -> None:
    window = await look(f"{play.page.url}?as=helper", viewport=_SMALL)
    await window.ready_narrow()
    film = _Film(window)
    await window.line.focus()
    for letter in "/restart ":
        await window.page.keyboard.type(letter)
        await film.take(_TYPING_MS)
    await expect(window.suggestions.filter(has_text="Survival")).to_be_visible()
    await film.take(_READING_MS)
    for letter in "surv":
        await window.page.keyboard.type(letter)
        await film.take(_TYPING_MS)
    await expect(window.suggestions).to_have_count(1)
    await film.take(_READING_MS)
    await window.page.keyboard.press("Enter")
    await film.take(_READING_MS)
    await window.page.keyboard.press("Enter")
    receipt = window.message("Survival is running ·", "asked by @Hugo")
    while not await receipt.count():
        await film.take()
    await film.take()

    path = folder / "restart.webp"
    film.save(path)
    assert path.stat().st_size < _RESTART_BYTES
    assert play.stage.servers["Survival"].signals == ["restart"]


def _keep(screenshot: bytes, path: Path) -> None:
    _picture(screenshot).quantize(256).save(path, optimize=True)
    assert path.stat().st_size < _PAGE_BYTES


class _Film:
    """Pictures of a window, each with the time for which it was what was to be seen."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._frames: list[bytes] = []
        self._shown: list[int] = []
        self._began = time.monotonic()

    async def take(self, at_least_ms: int = 0) -> None:
        """Take a picture; one that is like the last only makes that last longer."""
        frame, now = await self._window.page.screenshot(), time.monotonic()
        if self._frames:
            self._shown[-1] = max(self._shown[-1], int(1000 * (now - self._began)))
        if self._frames[-1:] != [frame]:
            self._frames.append(frame)
            self._shown.append(at_least_ms)
            self._began = now

    def save(self, path: Path) -> None:
        """Write it all into one file, the last picture held for a while."""
        first, *others = map(_picture, self._frames)
        first.save(
            path,
            save_all=True,
            append_images=others,
            duration=[*self._shown[:-1], _HOLD_MS],
            loop=0,
            quality=85,
            method=5,
        )


def _picture(data: bytes) -> Image.Image:
    from PIL import Image  # noqa: PLC0415 - may be missing

    return Image.open(io.BytesIO(data)).convert("RGB")
