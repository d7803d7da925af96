"""A long channel: what it costs is measured and printed, and most of it is not drawn at all."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.browser.parts import button, command, container, row, text
from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import pytest

    from tests.browser.conftest import Board
    from tests.browser.window import Window

_MESSAGES = 1_000
_SCROLL = """async () => {
    const list = document.querySelector("#messages");
    const gaps = [];
    list.scrollTop = 0;
    let before = await new Promise(requestAnimationFrame);
    while (list.scrollTop + list.clientHeight < list.scrollHeight - 2) {
        list.scrollTop += 160;
        const now = await new Promise(requestAnimationFrame);
        gaps.push(now - before);
        before = now;
    }
    return gaps.sort((a, b) => a - b);
}"""
_DRAWN = """() => [...document.querySelectorAll("article.message > .content")]
    .filter((each) => each.checkVisibility({ contentVisibilityAuto: true })).length"""
_WATCH_KEYS = """() => {
    window.waits = [];
    for (const event of ["keydown", "input"]) {
        document.addEventListener(event, () => {
            const began = performance.now();
            requestAnimationFrame(() => setTimeout(() => waits.push(performance.now() - began)));
        }, true);
    }
}"""


async def test_a_thousand_messages_scroll_and_typing_does_not_wait(
    board: Board,
    look: Callable[..., Awaitable[Window]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    _fill(board)
    board.discord.commands.extend(command(f"command-{number}") for number in range(80))
    window = await look(board.page.url)
    await expect(window.messages.last).to_contain_text(f"message {_MESSAGES - 1}")
    start = window.page.locator(".start")
    while "begins" not in (await start.text_content() or ""):
        await window.page.locator("#messages").evaluate("list => list.scrollTop = 0")
    await expect(window.messages).to_have_count(_MESSAGES)
    order = await window.messages.evaluate_all("all => all.map(e => BigInt(e.dataset.id))")
    assert order == sorted(order)

    gaps = await window.page.evaluate(_SCROLL)
    drawn = await window.page.evaluate(_DRAWN)
    assert 0 < drawn < _MESSAGES / 10

    await window.page.evaluate(_WATCH_KEYS)
    await window.line.focus()
    for letter in "Hello /server, is it / that I type quickly?":
        await window.page.keyboard.type(letter)
    await window.line.fill("")
    await window.page.keyboard.type("/com")
    await expect(window.reached).to_be_visible()
    waits: list[float] = await window.page.evaluate("waits.sort((a, b) => a - b)")
    with capsys.disabled():
        print(f"\n1,000 messages: {drawn} drawn; a frame took {_figures(gaps)}")  # noqa: T201
        print(f"typing below them: a key was shown after {_figures(waits)}")  # noqa: T201


async def test_the_first_message_is_seen_soon_after_the_command(
    look: Callable[..., Awaitable[Window]], capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", "--no-browser"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(50):
            await process.stdout.readuntil(b"The demo is at ")
            url = (await process.stdout.readline()).decode().strip()
        window = await look(url)
        await expect(window.messages.first).to_contain_text("Welcome to The Harbour!")
        took = time.monotonic() - began
        await window.ready()
        ready = time.monotonic() - began
        await window.page.close()
    finally:
        process.stdin.write(b"quit\n")
        await process.wait()
    with capsys.disabled():
        print(f"\nthe first message after {took:.1f} s, the bot after {ready:.1f} s")  # noqa: T201


async def test_what_is_looked_at_stays_where_it_is_while_older_ones_come(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    _fill(board)
    window = await look(board.page.url)
    await expect(window.messages.last).to_contain_text(f"message {_MESSAGES - 1}")
    messages = window.page.locator("#messages")
    first = await window.messages.first.get_attribute("data-id")
    seen = window.page.locator(f'article[data-id="{first}"]')
    await messages.evaluate("list => list.scrollTop = 0")
    await expect(window.messages).not_to_have_count(50)
    await expect(seen).to_be_in_viewport()

    board.write("the newest")
    await expect(window.page.locator("#newest")).to_be_visible()
    await expect(seen).to_be_in_viewport()
    await window.page.locator("#newest").click()
    await expect(window.messages.last).to_contain_text("the newest")
    await expect(window.messages.last).to_be_in_viewport()
    board.write("and one more")
    await expect(window.message("and one more")).to_be_in_viewport()


async def test_a_link_to_a_message_far_above_leads_there(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    target = board.write("far away")
    _fill(board)
    board.write(f"see {target.url}")
    window = await look(board.page.url)
    await window.messages.last.get_by_role("link").click()
    await expect(window.message("far away")).to_be_in_viewport()
    assert len(window.page.context.pages) == 1


def _fill(board: Board) -> None:
    for number in range(_MESSAGES):
        if number % 5:
            board.write(
                f"message {number} with **some** words and <t:{number}:R>\n" * (number % 3 + 1)
            )
        else:
            buttons = row(*(button(f"B{each}", custom_id=f"{each}") for each in range(5)))
            board.post([container(text(f"### message {number}\n- one\n- two"), buttons)])


def _figures(sorted_ms: list[Any]) -> str:
    at = {"median": 0.5, "p95": 0.95, "most": 1}
    last = len(sorted_ms) - 1
    return ", ".join(f"{name} {sorted_ms[int(last * each)]:.0f} ms" for name, each in at.items())
