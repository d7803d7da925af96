"""What stands far above: it comes as one scrolls or follows a link, without holes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.window import Gate, expect

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.simulators.discord.message import Message
    from tests.browser.conftest import Board
    from tests.browser.window import Window

    Look = Callable[..., Awaitable[Window]]

_TO_TOP = "document.querySelector('#messages').scrollTop = 0"
_GONE = "That message is not here."


async def test_becoming_somebody_while_older_ones_come_leaves_no_hole(
    board: Board, look: Look
) -> None:
    _say(board, 180)
    gate = Gate()
    window = await _become_while_older_ones_come(board, look, gate)
    gate.open()
    await window.is_now("Gus")

    await _all_there(window, 180)


async def test_a_change_far_above_does_not_leave_a_hole_either(board: Board, look: Look) -> None:
    said = _say(board, 180)
    gate = Gate()
    window = await _become_while_older_ones_come(board, look, gate)
    # It was told, but to a page that has thrown it away.
    said[40].content += " changed"
    said[40].edited_at = board.discord._state.clock()
    board.discord.tick()
    await gate.holds(type="entries")
    gate.open()
    await window.is_now("Gus")

    await _all_there(window, 180)
    await expect(window.message("line 40 changed")).to_be_attached()


async def test_the_words_of_one_are_never_under_the_name_of_another(
    board: Board, look: Look
) -> None:
    _say(board, 30)
    head, below = board.write("the bot's head"), board.write("the bot's second line")
    _say(board, 70)
    window = await look(board.page.url)
    await expect(window.newest).to_contain_text("line 69")
    await window.page.evaluate(_TO_TOP)
    second = window.page.locator(f'article[data-id="{below.id}"]')
    await expect(second).to_contain_text("the bot's second line")
    await expect(second.locator(".author")).not_to_be_attached()

    del board.channel.stored[head.id]
    board.discord.tick()

    await expect(window.page.get_by_text("the bot's head")).not_to_be_attached()
    await expect(second.locator(".author")).to_have_text("Deckhand")


async def test_older_ones_come_where_all_that_was_there_is_deleted(
    board: Board, look: Look
) -> None:
    said = _say(board, 60)
    window = await look(board.page.url)
    await expect(window.messages).to_have_count(50)
    for message in said[10:]:
        del board.channel.stored[message.id]
    board.discord.tick()
    await expect(window.messages).to_have_count(10)
    await expect(window.page.locator(".start")).to_contain_text("begins")


async def test_a_dead_link_says_so_and_loads_nothing_in_vain(board: Board, look: Look) -> None:
    dead = board.write("about to go")
    _say(board, 300)
    board.write(f"dead {dead.url}")
    board.write(f"nowhere https://discord.com/channels/{board.guild.id}/99/100")
    del board.channel.stored[dead.id]
    newest = _say(board, 1)[0]
    board.write(f"lost {newest.url}")
    del board.channel.stored[newest.id]
    window = await look(board.page.url)
    await expect(window.newest).to_contain_text("lost")

    # It would stand among those that are there.
    await window.newest.get_by_role("link").click()
    await expect(window.trouble).to_have_text(_GONE)
    await expect(window.messages).to_have_count(50)

    await window.line.fill("x")
    await expect(window.trouble).to_have_text("")
    await window.message("nowhere").get_by_role("link").click()
    await expect(window.trouble).to_have_text(_GONE)
    await expect(window.messages).to_have_count(50)

    await window.line.fill("xy")
    await expect(window.trouble).to_have_text("")
    await window.message("dead").get_by_role("link").click()
    await expect(window.trouble).to_have_text(_GONE)


async def test_a_link_that_is_followed_while_a_page_loads_leads_there(
    board: Board, look: Look
) -> None:
    target = board.write("far away")
    _say(board, 180)
    board.write(f"see {target.url}")
    gate = Gate()
    window = await look(board.page.url, gate=gate)
    await expect(window.newest).to_contain_text("see")
    gate.shut()
    await window.page.evaluate(_TO_TOP)
    await gate.holds(type="result", more=True)
    await window.newest.get_by_role("link").evaluate("link => link.click()")
    gate.open()
    await expect(window.message("far away")).to_be_in_viewport()


async def test_a_link_to_another_guild_is_not_taken_for_ours(board: Board, look: Look) -> None:
    written = board.write("here it is")
    board.write(f"elsewhere https://discord.com/channels/777/{board.channel.id}/{written.id}")
    window = await look(board.page.url)
    link = window.newest.get_by_role("link")
    await link.evaluate("""link => document.addEventListener("click", event => {
        window.followed = !event.defaultPrevented;
        event.preventDefault();
    })""")
    await link.click()
    assert await window.page.evaluate("followed")


async def _all_there(window: Window, count: int) -> None:
    """Scroll up until nothing is above, and look for holes."""
    while "begins" not in (await window.page.locator(".start").text_content() or ""):
        await window.page.evaluate(_TO_TOP)
    await expect(window.messages).to_have_count(count)
    texts = await window.messages.locator(".body").all_text_contents()
    assert [int(text.split()[1]) for text in texts] == [*range(count)]


def _say(board: Board, count: int) -> list[Message]:
    """Let two take turns."""
    people = [member for member in board.guild.members.values() if not member.user.bot][-2:]
    return [
        board.discord.say(people[number % 2], board.channel, f"line {number}")
        for number in range(count)
    ]


async def _become_while_older_ones_come(board: Board, look: Look, gate: Gate) -> Window:
    """Return a window for which the answers to both wait at the gate."""
    window = await look(board.page.url, gate=gate)
    await expect(window.newest).to_contain_text("line 179")
    await window.page.evaluate(_TO_TOP)
    await expect(window.messages).to_have_count(100)
    gate.shut()
    await window.page.locator("label.member", has_text="Gus").click()
    await gate.holds(type="state", me="guest")
    await window.page.evaluate(_TO_TOP)
    await gate.holds(type="result", ok=True, more=True)
    return window
