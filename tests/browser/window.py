"""A window of the demo page in a real browser, and what people do in it. Asserts nothing.

Importing it skips where Playwright is missing; in CI that is a failure.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

try:
    from playwright.async_api import expect
except ModuleNotFoundError:
    if os.getenv("CI"):
        raise
    pytest.skip("Playwright is missing: pip install '.[browser]'", allow_module_level=True)

if TYPE_CHECKING:
    from playwright.async_api import ConsoleMessage, Locator, Page, WebSocketRoute

PATIENCE_MS = 20_000
"""How long anything may take to be seen; machines can be slow."""
LOOKS_MS = 3 * PATIENCE_MS
"""The same for what the bot believes only after it has looked at a panel twice."""
_MOST_TABS = 80

__all__ = ["LOOKS_MS", "Gate", "Window", "expect"]

expect.set_options(timeout=PATIENCE_MS)


class Gate:
    """Stands before a page's websocket; while it is shut, what the server says waits there."""

    def __init__(self) -> None:
        self._is_shut = False
        self._waiting: list[str] = []
        self._came = asyncio.Event()

    def stand_before(self, socket: WebSocketRoute) -> None:
        """Let a connection of the page go through the gate."""
        server = socket.connect_to_server()
        server.on_message(lambda text: self._pass(socket, str(text)))
        socket.on_message(server.send)
        self._let_through = socket.send

    def shut(self) -> None:
        """Let nothing through from now on."""
        self._is_shut = True

    def open(self) -> None:
        """Let through what has waited, in its order, and all that comes."""
        self._is_shut = False
        for text in self._waiting:
            self._let_through(text)
        self._waiting.clear()

    async def holds(self, **facts: object) -> None:
        """Wait until a frame waits that has these facts."""
        while not any(facts.items() <= json.loads(text).items() for text in self._waiting):
            self._came.clear()
            async with asyncio.timeout(PATIENCE_MS / 1000):
                await self._came.wait()

    def _pass(self, socket: WebSocketRoute, text: str) -> None:
        if not self._is_shut:
            socket.send(text)
            return
        self._waiting.append(text)
        self._came.set()


class Window:
    """What one person has open."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.troubles: list[str] = []
        """What the browser complained about."""
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.line = page.locator("#line")
        self.messages = page.locator("article.message")
        self.newest = self.messages.last
        self.suggestions = page.locator("#suggestions li")
        self.reached = page.locator("#suggestions li.active")
        self.trouble = page.locator("#trouble")
        self.form = page.locator("dialog")
        self.bar = page.locator("#connection")

    async def ready(self) -> None:
        """Wait until the page shows the bot's commands."""
        await expect(self.page.locator(".bot-row.on")).to_be_visible()
        await expect(self.line).to_be_visible()

    async def ready_narrow(self) -> None:
        """Wait for the same where the panels are in a drawer."""
        await expect(self.page.locator(".bot-row.on")).to_be_attached()
        await expect(self.line).to_be_visible()

    async def become(self, name: str) -> None:
        """Be somebody else."""
        await self.page.locator("label.member", has_text=name).click()
        await self.is_now(name)

    async def is_now(self, name: str) -> None:
        """Wait until the page has let one become somebody else."""
        chosen = self.page.locator("label.member:has(:checked)")
        await expect(chosen).to_contain_text(name)
        key = await chosen.locator("small").text_content()
        await self.page.wait_for_url(re.compile(rf"[?]as={key}$"))

    async def use(self, command: str, **options: str) -> None:
        """Use a command by keyboard: its name in full, then its options, then Enter."""
        await self.line.click()
        await self.page.keyboard.type(f"/{command} ")
        for name, text in options.items():
            await self.fill_option(name, text)
        await self.page.locator(".tail").focus()
        await self.page.keyboard.press("Enter")

    async def fill_option(self, name: str, text: str) -> None:
        """Type into an option and take the first suggestion that has the text."""
        pill = self.page.locator(f'.pill input[data-option="{name}"]')
        if not await pill.count():
            await self.page.locator(".tail").focus()
            await self.page.keyboard.type(f"{name}:")
        await pill.focus()
        await self.page.keyboard.type(text)
        await expect(self.reached).to_contain_text(text)
        await self.page.keyboard.press("Enter")

    def message(self, *texts: str) -> Locator:
        """Return the newest message that says all of it."""
        found = self.messages
        for text in texts:
            found = found.filter(has_text=text)
        return found.last

    def channel(self, name: str) -> Locator:
        """Return a channel among the channels."""
        return self.page.locator("#channel-list button", has_text=name)

    def server(self, name: str) -> Locator:
        """Return a server among the panels."""
        return self.page.locator("li.server").filter(has=self.page.get_by_text(name, exact=True))

    def step(self, name: str) -> Locator:
        """Return a step of the tour."""
        return self.page.locator(f'li.step[data-step="{name}"]')

    async def tab_to(self, wanted: Locator, *, backwards: bool = False) -> None:
        """Press Tab until the focus is on it."""
        for _ in range(_MOST_TABS):
            if await wanted.evaluate("element => element === document.activeElement"):
                return
            await self.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        raise AssertionError(f"Tab does not lead to {wanted}")

    async def grave_faults(self) -> list[str]:
        """Return what axe-core holds to be serious or critical."""
        await self.page.evaluate(_axe())
        found: dict[str, Any] = await self.page.evaluate("axe.run({resultTypes: ['violations']})")
        return [
            f"{fault['impact']} {fault['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for fault in found["violations"]
            if fault["impact"] in ("serious", "critical")
            for node in fault["nodes"]
        ]

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.troubles.append(message.text)


def _axe() -> str:
    return resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
