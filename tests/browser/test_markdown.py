"""Whatever anybody writes is read in a time that grows with its length and no faster."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from tests.browser.parts import container, text
from tests.browser.window import LOOKS_MS, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board
    from tests.browser.window import Window

_LONGEST = 2_000
_TIMES = 16
_MOST_TIMES = 4
_PATTERNS = [
    # Each sign by itself, before a word, after a word, and all of them in turn.
    *(sign for sign in ("*", "**", "***", "_", "__", "___", "~~", "||", "`", "``", "```")),
    *("**a ", "*a ", "_a ", "__a ", "~~a ", "||a ", "`a ", "``a ", "***a ", "a** ", "a* ", "a_ "),
    *("*a **b ", "**a *b ", "__a _b ", "_a __b ", "*a _b ~~c ||d ", "*a*", "**a* ", "*a** "),
    *("a*b_c", "_a_b", "**a\\*", "\\", "\\*", "` `` ", "``` `` ` ", "`a``b```c"),
    # Fences, and lines between them.
    *("```\n", "```\n\n", "```a\n", "\n", "\n\n```", "\n ", "``` ```"),
    *(
        "> ",
        ">>> ",
        "> > ",
        "> a\n",
        ">>> a\n",
        "- ",
        "- a\n",
        " - a\n  - b\n",
        "1. a\n",
        "# ",
        "-# ",
    ),
    # Links, mentions and times.
    *(
        "[",
        "]",
        "[a](",
        "[a](http://b",
        "[a](http://b(",
        "[a](http://b(c)",
        '[a](http://b "',
        "[a]",
    ),
    *(
        "[\\a",
        "http://",
        "http://.",
        "https://a)",
        "<http://a",
        "h",
        "ht",
        "<",
        "<@",
        "<@1",
        "<t:1",
    ),
    *("<t:1:", "</a", "</a b:", "<a:b", "<#1", "@", "@everyone", "|", "~", "(", ")", " ", "\t"),
]
_OPENINGS = ["", "```a\n", "`", "**", "[a](http://", "> - "]

# The patterns with which a text takes more than so many times longer when it is so many times as
# long. Whatever else the machine does can only add to a time: the least of each is compared.
_SLOW = """async ([patterns, opening, length, times, most]) => {
    const { parse } = await import("/static/js/markdown_parse.js");
    const took = (read) => {
        const began = performance.now();
        read();
        return performance.now() - began;
    };
    const growth = (pattern) => {
        const text = (size) => (opening + pattern.repeat(size)).slice(0, size);
        const [short, long] = [text(length), text(length * times)];
        let [few, many, found] = [Infinity, Infinity, Infinity];
        for (let round = 0; round < 40 && found > most; round += 1) {
            few = Math.min(few, took(() => { for (let i = 0; i < times; i += 1) parse(short); }));
            many = Math.min(many, took(() => parse(long)));
            found = (many + 1) / (few + 1);
        }
        return found;
    };
    return patterns.filter((pattern) => growth(pattern) > most);
}"""


@pytest.mark.parametrize("opening", _OPENINGS, ids=repr)
async def test_reading_takes_as_much_longer_as_the_text_is(
    board: Board, look: Callable[..., Awaitable[Window]], opening: str
) -> None:
    window = await look(board.page.url)
    asked = [_PATTERNS, opening, _LONGEST, _TIMES, _MOST_TIMES]
    # What takes for ever would not let the window go either.
    async with asyncio.timeout(LOOKS_MS / 1000):
        assert await window.page.evaluate(_SLOW, asked) == []


async def test_whatever_stands_in_messages_and_embeds_the_page_goes_on(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    written = [(pattern * _LONGEST)[:_LONGEST] for pattern in _PATTERNS]
    mia = board.member("Mia")
    window = await look(board.page.url)
    for each in written:
        board.discord.say(mia, board.channel, each)
        board.post([container(text(each), text(f"**{each[:100]}**"))])
        shown = board.write("")
        shown.embeds = [
            {"title": each, "description": each, "fields": [{"name": each, "value": each}]}
        ]
    board.write("The end")
    await expect(window.newest).to_contain_text("The end")
    await window.line.fill("**a " * 50)
    await window.line.press("Enter")
    await expect(window.newest).to_contain_text("**a **a")
