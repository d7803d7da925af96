"""What a message is made of, as it is drawn."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING

from bot.simulators.discord.message import Attachment
from tests.browser.parts import button, container, media, row, text
from tests.browser.window import expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.browser.conftest import Board
    from tests.browser.window import Window

_PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)

# What is written, and the elements that it becomes; the rest of the text is as it was.
_MARKDOWN = [
    ("**bold** and *thin* and _so_", ["strong=bold", "em=thin", "em=so"]),
    ("***both*** __under__ ~~gone~~", ["strong=both", "em=both", "u=under", "s=gone"]),
    ("`code **not bold**` ``a ` b``", ["code=code **not bold**", "code=a ` b"]),
    ("```py\nx = '**'\n```", ["pre=x = '**'"]),
    ("# One\n## Two\n### Three", [".heading-1=One", ".heading-2=Two", ".heading-3=Three"]),
    ("-# little **words**", [".small=little words", ".small strong=words"]),
    ("> quoted\n> *twice*\nnot", ["blockquote=quoted\ntwice", "blockquote em=twice"]),
    ("- one\n- two\n  - inner\n3. three", ["ul > li=one", "ul ul > li=inner", "ol > li=three"]),
    (
        "[a name](https://example.com/a_(b)) <https://example.com/c> https://example.com/d.",
        ["a=a name", "a=https://example.com/c", "a=https://example.com/d"],
    ),
    ("<:anchor:123> ||hidden **x**||", [".spoiler strong=x"]),
    ("snake_case_name and 2 * 3 * 4 and a\\*b\\*", []),
    ("[x](javascript:alert(1)) <script>alert(1)</script> <b>b</b> &lt;", []),
    ("<t:99999999999999:R> <t:x:R> <@x> ||", []),
    ("*" * 300 + "_" * 300 + "[" * 300 + "> " * 200, []),
]


async def test_markdown_is_read_as_discord_reads_it(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    for written, _ in _MARKDOWN:
        board.post([text(written)])
    window = await look(board.page.url)
    await expect(window.messages).to_have_count(len(_MARKDOWN))
    for number, (written, expected) in enumerate(_MARKDOWN):
        drawn = window.messages.nth(number).locator(".md")
        for each in expected:
            selector, _, inside = each.partition("=")
            found = drawn.locator(selector).filter(has_text=inside.split("\n")[0])
            await expect(found.first, written).to_be_attached()
        if not expected:
            # One paragraph; what looks like markup is its text.
            count = await drawn.evaluate("e => e.querySelectorAll('*').length")
            assert count <= 1 + written.count("> "), written


async def test_names_stand_for_ids(board: Board, look: Callable[..., Awaitable[Window]]) -> None:
    role = board.guild.add_role("Helpers")
    mia = board.member("Mia")
    things = (mia.mention, role.mention, board.channel.mention, "<@7> <@&7> <#7> @everyone")
    board.post([text(" ".join(things))])
    window = await look(board.page.url)
    shown = await window.newest.locator(".mention").all_inner_texts()
    assert shown == [
        *("@Mia", "@Helpers", "#general"),
        *("@unknown-user", "@unknown-role", "#unknown", "@everyone"),
    ]


async def test_times_tick(board: Board, look: Callable[..., Awaitable[Window]]) -> None:
    now = int(time.time())
    board.post([text(f"<t:{now}:R> <t:{now - 7200}:R> <t:0:D> <t:0:T>")])
    window = await look(board.page.url)
    times = window.newest.locator("time[title]").locator("visible=true")
    ticking = window.newest.locator(".md time").nth(0)
    before = await ticking.inner_text()
    await expect(ticking).not_to_have_text(before)
    await expect(ticking).to_contain_text("seconds ago")
    await expect(window.newest.locator(".md time").nth(1)).to_have_text("2 hours ago")
    await expect(window.newest.locator(".md time").nth(2)).to_contain_text("19")
    assert await times.count() >= 4


async def test_components_are_drawn_and_pictures_come_only_from_here(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    state = board.discord._state
    url = f"{state.origin}/attachments/{board.channel.id}/77/dot.png"
    file = Attachment(77, "dot.png", "image/png", "a dot", url, _PIXEL)
    log = Attachment(78, "<b>.log", "text/plain", None, url.replace("77/dot.png", "78/x.log"), b"x")
    board.post(
        [
            container(
                {
                    "type": 9,
                    "components": [text("in a section")],
                    "accessory": button("Beside", custom_id="beside"),
                },
                {"type": 14, "divider": True, "spacing": 2},
                {
                    "type": 12,
                    "items": [
                        media(url, description="a dot"),
                        media("https://outside.example/p.png", spoiler=True),
                    ],
                },
                row(
                    button("Docs", style=5, url="https://example.com/docs"),
                    button("Not now", custom_id="off", disabled=True),
                    {"type": 2, "style": 4, "emoji": {"name": "🗑"}, "custom_id": "bin"},
                ),
                accent_color=0xFF8800,
            ),
            container(text("not for all"), spoiler=True),
        ],
        attachments=[file, log],
    )
    window = await look(board.page.url)
    box = window.newest.locator(".container").first
    assert await box.evaluate("e => getComputedStyle(e).borderLeftColor") == "rgb(255, 136, 0)"
    picture = box.get_by_alt_text("a dot")
    await expect(picture).to_have_js_property("naturalWidth", 1)
    assert await window.newest.locator("img[src*=outside]").count() == 0
    await expect(box.get_by_role("button", name="Not now")).to_be_disabled()
    await expect(box.get_by_role("link", name="Docs")).to_have_attribute(
        "href", "https://example.com/docs"
    )
    await expect(window.newest.get_by_text("<b>.log")).to_be_visible()
    hidden = window.newest.get_by_role("button", name="Spoiler: show it").last
    await hidden.press("Enter")
    await expect(window.newest.get_by_text("not for all")).to_be_visible()


async def test_a_changed_message_is_drawn_where_it_stands(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    menu = {
        "type": 3,
        "custom_id": "m",
        "max_values": 2,
        "options": [{"label": "A", "value": "a"}, {"label": "B", "value": "b"}],
    }
    first = board.post([text("one"), row(menu)])
    board.write("two")
    window = await look(board.page.url)
    choice = window.messages.first.get_by_role("combobox")
    await choice.click()
    first.components[0]["content"] = "changed"
    first.edited_at = time.time()
    board.discord.tick()

    await expect(window.messages.first).to_contain_text("changed")
    await expect(window.messages.first).to_contain_text("(edited)")
    await expect(window.messages).to_have_count(2)
    # A menu that is open stays open.
    await expect(choice).to_have_attribute("aria-expanded", "true")


async def test_a_file_that_no_browser_is_let_show_is_one_to_save(
    board: Board, look: Callable[..., Awaitable[Window]]
) -> None:
    url = f"{board.discord._state.origin}/attachments/{board.channel.id}/79/plan.svg"
    plan = Attachment(79, "plan.svg", "image/svg+xml", None, url, b"<svg/>")
    board.post([text("the plan")], attachments=[plan])
    window = await look(board.page.url)
    await expect(window.newest.get_by_role("link", name="plan.svg")).to_be_visible()
    assert not await window.newest.locator(".body img").count()
