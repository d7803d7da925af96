"""The whole demo, its page, and a real browser to look at it with."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import discord
import pytest

from bot.demo._stage import Stage
from bot.simulators.discord import DiscordStandIn
from bot.simulators.discord.components import stored
from bot.simulators.discord.message import COMPONENTS_V2, Message
from bot.simulators.web import DemoPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from playwright.async_api import Browser, ViewportSize

    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.discord.message import Attachment
    from tests.browser.window import Gate, Window

_WIDE: ViewportSize = {"width": 1360, "height": 840}
_MISSING = "Chromium is missing: install Debian's package chromium"
# Nothing but this machine is looked up, whatever the browser would like to know.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@dataclass(frozen=True, slots=True)
class Play:
    """The demo with the bot in it, and where its page is."""

    stage: Stage
    page: DemoPage


@dataclass(frozen=True, slots=True)
class Board:
    """A page without a bot, on which a test writes what it likes."""

    discord: DiscordStandIn
    channel: Channel
    page: DemoPage

    @property
    def guild(self) -> Guild:
        """The guild that the channel is in."""
        assert self.channel.guild is not None
        return self.channel.guild

    def member(self, name: str) -> Member:
        """Return the member of that name."""
        return next(each for each in self.guild.members.values() if each.user.name == name)

    def post(
        self, components: Sequence[dict[str, Any]], attachments: Sequence[Attachment] = ()
    ) -> Message:
        """Write as the bot would."""
        message = self._blank()
        message.components = stored(list(components))
        message.flags = COMPONENTS_V2
        message.attachments = list(attachments)
        return self._keep(message)

    def write(self, text: str) -> Message:
        """Write plain content as the bot would."""
        message = self._blank()
        message.content = text
        return self._keep(message)

    def _blank(self) -> Message:
        state = self.discord._state
        author = self.discord.application.bot_user
        return Message(state.next_id(), self.channel, author, state.clock())

    def _keep(self, message: Message) -> Message:
        self.channel.stored[message.id] = message
        self.discord.tick()
        return message


@pytest.fixture
def seconds() -> float:
    """About how long a restart of a server may take."""
    return 2.0


@pytest.fixture
async def play(monkeypatch: pytest.MonkeyPatch, seconds: float) -> AsyncIterator[Play]:
    """The demo as it is started by hand, only faster."""
    # The bot points discord.py at the stand-in, for the whole process.
    monkeypatch.setattr(discord.http.Route, "BASE", discord.http.Route.BASE)
    gateway = discord.gateway.DiscordWebSocket
    monkeypatch.setattr(gateway, "DEFAULT_GATEWAY", gateway.DEFAULT_GATEWAY)
    async with Stage.open(seconds) as stage, stage.bot.running(), stage.page() as page:
        yield Play(stage, page)


@pytest.fixture
async def board() -> AsyncIterator[Board]:
    """A page on which nothing happens by itself."""
    async with DiscordStandIn(token="no-bot-comes") as standin:
        guild = standin.add_guild("The Harbour")
        channel = guild.add_channel("general")
        members = {"moderator": guild.add_member("Mia"), "guest": guild.add_member("Gus")}
        async with DemoPage(standin, guild, members=members) as page:
            yield Board(standin, channel, page)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, driven by Playwright."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - may be missing

    program = shutil.which("chromium")
    if program is None:
        if os.getenv("CI"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def look(browser: Browser) -> AsyncIterator[Callable[..., Awaitable[Window]]]:
    """Open windows by `look(url, ...)`; no browser may have complained when the test is over."""
    from tests.browser.window import Window  # noqa: PLC0415 - may be missing

    opened: list[Window] = []

    async def look(
        url: str,
        *,
        viewport: ViewportSize = _WIDE,
        color_scheme: Literal["dark", "light"] = "dark",
        gate: Gate | None = None,
    ) -> Window:
        context = await browser.new_context(viewport=viewport, color_scheme=color_scheme)
        window = Window(await context.new_page())
        opened.append(window)
        if gate is not None:
            await window.page.route_web_socket("**/socket*", gate.stand_before)
        await window.page.goto(url)
        return window

    yield look
    assert [trouble for window in opened for trouble in window.troubles] == []
