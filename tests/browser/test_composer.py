"""Lines as texts about the bot show them, pasted or typed; Enter before the bot has answered."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest

from bot.demo._record import Recorded, record
from bot.simulators.discord.interaction import InteractionKind
from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Play
    from tests.browser.window import Window

    Look = Callable[..., Awaitable[Window]]

# Lines of the README and of the terminal, and what the pills hold then.
_LINES: dict[str, dict[str, str]] = {
    "/access allow role:@Helpers action:operator server:Survival": {
        "action": "operator",
        "role": "@Helpers",
        "server": "Survival",
    },
    "/notify add channel:#alerts events:problems": {"channel": "#alerts", "events": "problems"},
    '/notify add channel:#alerts events:"all changes"': {
        "channel": "#alerts",
        "events": '"all changes"',
    },
    "/notify add #alerts problems": {"channel": "#alerts", "events": "problems"},
    "/restart Survival reason:lag": {"server": "Survival", "reason": "lag"},
    "/restart reason:so much lag server:Survival": {"server": "Survival", "reason": "so much lag"},
    '/restart reason:"server: slow" server:Survival': {
        "server": "Survival",
        "reason": '"server: slow"',
    },
    "/status server:Survival": {"server": "Survival"},
    "/manage update Survival": {"server": "Survival"},
    "/server command Lobby command:say hello: all": {
        "server": "Lobby",
        "command": "say hello: all",
    },
}
_PASTE = """(line, text) => {
    line.focus();
    document.execCommand("insertText", false, text);
}"""


@pytest.mark.parametrize("way", ["pasted", "typed"])
async def test_lines_that_are_shown_elsewhere_can_be_given_here(
    play: Play, look: Look, way: str
) -> None:
    window = await look(play.page.url)
    await window.ready()
    for line, expected in _LINES.items():
        await window.line.click()
        await _give(window, line, way)
        for option, text in expected.items():
            pill = window.page.locator(f'.pill input[data-option="{option}"]')
            await expect(pill, line).to_have_value(text)
        await expect(window.page.locator(".pill"), line).to_have_count(len(expected))
        while not await window.line.count():
            await window.page.keyboard.press("Escape")


async def test_every_line_that_the_record_prints_does_the_same_here(play: Play, look: Look) -> None:
    written = Recorded()
    await record(written, play.stage)
    assert written.problem is None
    said = re.findall(r"^\*\*(\w+) \(\w+\)\*\* types `(.+)`$", written.text, re.MULTILINE)
    assert len(said) > 5
    window = await look(play.page.url)
    await window.ready()
    for name, line in said:
        await window.become(name)
        before = len(_commands(play))
        await window.line.click()
        await _give(window, line + " ", "pasted")
        while len(_commands(play)) == before:
            await window.page.keyboard.press("Enter")
        await expect(window.line).to_be_focused()
        # What the bot is asked for is the same, whether somebody chose it or wrote it out.
        by_hand, by_record = _commands(play)[-1], _commands(play)[said.index((name, line))]
        assert by_hand.keys() == by_record.keys(), line
    assert await window.trouble.text_content() == ""


async def test_a_right_that_is_given_by_a_pasted_line_is_that_one(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.line.click()
    await _give(window, "/access allow role:@Helpers action:operator server:Creative", "pasted")
    await window.page.keyboard.press("Enter")
    await expect(window.page.locator(".tail")).to_be_focused()
    await window.page.keyboard.press("Enter")
    await expect(window.message("used /access allow", "@Helpers may now")).to_contain_text(
        "Creative"
    )


async def test_enter_waits_for_the_suggestions(play: Play, look: Look) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.line.focus()
    await window.page.keyboard.insert_text("/server stop Lob")
    await window.page.keyboard.press("Enter")
    option = window.page.locator('.pill input[data-option="server"]')
    await expect(option).to_have_value(re.compile("^Lobby · running"))
    await expect(window.page.locator(".tail")).to_be_focused()
    await window.page.keyboard.press("Enter")
    await expect(window.message("used /server stop")).to_contain_text("Lobby")


async def test_each_enter_counts_while_the_suggestions_are_on_their_way(
    play: Play, look: Look
) -> None:
    window, let_go = await _enter_early(play, look, "/server stop Lob")
    await window.page.keyboard.press("Enter")
    let_go.set()
    await expect(window.message("used /server stop")).to_contain_text("Lobby")


@pytest.mark.parametrize(
    "line", ["/Status Survival", "/status\tSurvival", "/SERVER  status   Survival"]
)
async def test_a_command_may_be_written_carelessly(play: Play, look: Look, line: str) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.line.click()
    await _give(window, line, "pasted")
    pill = window.page.locator('.pill input[data-option="server"]')
    await expect(pill).to_have_value("Survival")


async def test_who_types_on_after_enter_has_not_entered(play: Play, look: Look) -> None:
    window, let_go = await _enter_early(play, look, "/server stop Lo")
    await window.page.keyboard.type("b")
    let_go.set()
    await expect(window.reached).to_contain_text("Lobby")
    option = window.page.locator('.pill input[data-option="server"]')
    await expect(option).to_have_value("Lob")


async def _give(window: Window, line: str, way: str) -> None:
    if way == "typed":
        await window.page.keyboard.type(line)
    else:
        await window.line.evaluate(_PASTE, line)


async def _enter_early(play: Play, look: Look, line: str) -> tuple[Window, asyncio.Event]:
    """Press Enter once suggestions are asked for, which are kept back until the event."""
    held, let_go = asyncio.Event(), asyncio.Event()
    autocomplete = play.stage.discord.autocomplete

    async def late(*asked: object) -> list[tuple[str, object]]:
        held.set()
        await let_go.wait()
        return await autocomplete(*asked)  # type: ignore[arg-type]

    play.stage.discord.autocomplete = late  # type: ignore[assignment]
    window = await look(play.page.url)
    await window.ready()
    await window.line.focus()
    await window.page.keyboard.insert_text(line)
    await held.wait()
    await window.page.keyboard.press("Enter")
    return window, let_go


def _commands(play: Play) -> list[dict[str, object]]:
    """Return the options of all commands so far, by name."""
    found = []
    for interaction in play.stage.discord.interactions:
        if interaction.kind == InteractionKind.COMMAND:
            options = interaction.data["options"]
            while options and "options" in options[0]:
                options = options[0]["options"]
            found.append({each["name"]: each["value"] for each in options})
    return found
