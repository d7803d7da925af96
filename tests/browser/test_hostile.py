"""Whatever things are called, their names are text: on the page nothing of it is ever markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.browser.parts import button, container, row, text
from tests.browser.window import LOOKS_MS, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board, Play
    from tests.browser.window import Window

_NAMES = [
    '<img src=x onerror="pwned=1">',
    '"><script>pwned=1</script>',
    "</li></ul><h1>**big** @everyone <@1> `x`",
    "javascript:pwned=1//[x](javascript:pwned=1)",
    "{{7*7}} ${pwned=1} <t:0:R> || ||",
    "x" * 191,
    "\u202egnp.exe\u2066 🎉",
]
_FOREIGN = """() => ({
    pwned: typeof pwned,
    strangers: document.querySelectorAll(
        'script:not([src^="/static/"]), img[src="x"], h1:not(#guild-name)').length,
    wide: document.documentElement.scrollWidth > document.documentElement.clientWidth,
})"""
_HARMLESS = {"pwned": "undefined", "strangers": 0, "wide": False}


async def test_a_hostile_server_is_shown_by_its_name_everywhere(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    panel = window.page.locator('.panel[data-panel="main"]')
    before = len(play.stage.servers)
    for name in _NAMES:
        await panel.get_by_label("A new server's name").fill(name)
        await panel.get_by_role("button", name="Add", exact=True).click()
        await expect(panel.locator(".server .name").last).to_have_text(name)
        await expect(panel.get_by_label("A new server's name")).to_have_value("")

    count = before + len(_NAMES)
    await _until_known(play, count)
    await window.use("server list")
    answer = window.message("used /server list")
    await expect(answer.get_by_role("heading", name=f"{count} servers")).to_be_visible()
    await answer.get_by_role("combobox").press("ArrowDown")
    await answer.get_by_role("combobox").press("Escape")
    for name in _NAMES:
        await window.line.focus()
        await window.page.keyboard.type("/status server:")
        await expect(window.reached).to_be_visible()
        await window.page.keyboard.type(name.split()[0][:12])
        await expect(window.reached).to_contain_text("running")
        await window.page.keyboard.press("Enter")
        await window.page.keyboard.press("Enter")
        await expect(window.message("used /status")).to_be_visible()
    card = window.message("used /status")
    await card.get_by_role("button", name="Command").click()
    await expect(window.form).to_be_visible()
    await window.page.keyboard.press("Escape")
    await card.get_by_role("button", name="Kill").click()
    await expect(window.newest).to_contain_text("Only you can see this")
    assert await window.page.evaluate(_FOREIGN) == _HARMLESS


async def test_a_hostile_server_is_harmless_in_the_news(
    play: Play, look: Callable[..., Awaitable[Window]]
) -> None:
    window = await look(play.page.url)
    await window.ready()
    await window.use("notify add", channel="alerts", events="all changes")
    await expect(window.message("used /notify add")).to_contain_text("This is how it looks")
    panel = window.page.locator('.panel[data-panel="main"]')
    for name in _NAMES:
        await panel.get_by_label("A new server's name").fill(name)
        await panel.get_by_role("button", name="Add", exact=True).click()
        await expect(panel.locator(".server .name").last).to_have_text(name)
    await window.channel("alerts").click()
    told = window.page.locator("#messages")
    all_new = re.compile("is new.*" * len(_NAMES), re.DOTALL)
    await expect(told).to_contain_text(all_new, timeout=LOOKS_MS)
    await expect(told).to_contain_text(_NAMES[0])
    assert await window.page.evaluate(_FOREIGN) == _HARMLESS


@pytest.mark.parametrize("name", _NAMES, ids=range(len(_NAMES)))
async def test_so_are_people_roles_channels_labels_and_titles(
    board: Board, look: Callable[..., Awaitable[Window]], name: str
) -> None:
    board.guild.name = name
    role = board.guild.add_role(name)
    channel = board.guild.add_channel(name)
    mia = board.member("Mia")
    mia.user.name = name
    board.discord.application.bot_user.name = name
    menu = {
        "type": 3,
        "custom_id": "m",
        "placeholder": name[:150],
        "options": [{"label": name[:100], "value": "a", "description": name[:100]}],
    }
    board.post(
        [
            container(text(f"### {name}\n{name}\n-# {name}\n> {name}\n- {name}\n```\n{name}\n```")),
            text(f"{mia.mention} {role.mention} {channel.mention}"),
            row(button(name[:80], custom_id="x"), button(name[:80], style=5, url="https://e.org/")),
            row(menu),
            row({"type": 6, "custom_id": "r"}),
            row({"type": 5, "custom_id": "u"}),
            row({"type": 8, "custom_id": "c"}),
        ]
    )
    window = await look(board.page.url)
    await expect(window.page.locator("#guild-name")).to_have_text(name)
    for choice in await window.newest.get_by_role("combobox").all():
        await choice.press("ArrowDown")
        await choice.press("Escape")
    board.discord.say(mia, board.channel, name)
    await expect(window.messages).to_have_count(2)
    shown = await window.messages.first.locator(".mention").all_inner_texts()
    assert [text_.strip("@#") for text_ in shown[-3:]] == [name.strip("@#")] * 3
    assert await window.page.evaluate(_FOREIGN) == _HARMLESS


async def test_a_name_turns_no_sentence_around(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    gus = board.member("Gus")
    gus.user.name = "\u202eGus"
    board.write(f"alpha {gus.mention} omega")
    window = await look(board.page.url)
    await expect(window.newest).to_contain_text("omega")
    assert await window.newest.locator(".paragraph").evaluate("""paragraph => {
        const left = node => {
            const range = document.createRange();
            range.selectNodeContents(node);
            return range.getBoundingClientRect().left;
        };
        const [alpha, mention, omega] = [...paragraph.childNodes].map(left);
        return alpha < mention && mention < omega;
    }""")
    board.discord.say(gus, board.channel, "me")
    await expect(window.newest.locator(".avatar")).to_have_text("G")


async def test_a_name_that_nobody_can_see_is_a_question_mark(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    gus = board.member("Gus")
    gus.user.name = "\u200b\u3164\u2066"
    board.discord.say(gus, board.channel, f"I am {gus.mention}")
    window = await look(f"{board.page.url}?as=guest")
    await expect(window.newest.locator(".author")).to_have_text("?")
    await expect(window.newest.locator(".avatar")).to_have_text("?")
    await expect(window.newest.locator(".mention")).to_have_text("@?")
    await expect(window.page.locator("label.member", has_text="guest").locator("b")).to_have_text(
        "?"
    )


@pytest.mark.parametrize(
    "url", ["javascript:pwned=1", "data:text/html,<script>pwned=1</script>", "vbscript:x"]
)
async def test_a_link_leads_nowhere_but_to_the_web(
    board: Board, look: Callable[..., Awaitable[Window]], url: str
) -> None:
    board.post([row(button("Go", style=5, url=url)), text(f"[go]({url}) <{url}> {url}")])
    window = await look(board.page.url)
    await expect(window.newest.get_by_text("Go", exact=True)).to_be_visible()
    links = await window.newest.locator("a").evaluate_all("all => all.map(a => a.protocol)")
    assert set(links) <= {"http:", "https:"}


async def _until_known(play: Play, count: int) -> None:
    """Wait until the bot suggests so many servers, however it shows their names."""
    moderator, channel = play.stage.members["moderator"], play.stage.channel
    suggest = play.stage.discord.autocomplete
    while len(await suggest(moderator, channel, "server status", "server", "")) != count:
        pass
