"""Boards show what is so now, through the real Discord library, whatever happens to them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.compose import delete
from tests.e2e.test_hostile_names import HOSTILE, assert_harmless, named

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

_EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
_VIEW, _VIEW_AND_HISTORY = 1 << 10, 1 << 10 | 1 << 16


@pytest.fixture
def servers(quiet_stage: Stage) -> Channel:
    """The channel for boards."""
    return quiet_stage.guild.add_channel("servers")


@pytest.fixture
async def stage(quiet_stage: Stage, servers: Channel) -> Stage:
    """The stage with a bot that knows the channel."""
    await quiet_stage.start_bot()
    return quiet_stage


async def make_board(stage: Stage, channel: Channel, **options: object) -> Message:
    """Let the owner make a board; returns its first message."""
    answer = await stage.answer(stage.owner, "board create", channel=channel, **options)
    assert "Everybody who can read that channel" in answer.text
    assert answer.ephemeral
    await stage.until(lambda: bool(channel.messages))
    return channel.messages[0]


async def on_board(stage: Stage, command: str, **options: object) -> Message:
    """Use a command on the only board there is."""
    choices = await stage.discord.autocomplete(stage.owner, stage.channel, command, "board", "")
    [(_, number)] = choices
    return await stage.answer(stage.owner, command, board=number, **options)


async def stored(
    stage: Stage,
    before: str = "",
    query: str = "SELECT digest FROM board_messages ORDER BY id",
    *,
    count: int = 1,
) -> str:
    """Wait until something else is stored of all messages of boards; returns that of the first."""
    while True:
        with closing(sqlite3.connect(stage.database)) as database:
            rows = database.execute(query).fetchall()
        if len(rows) == count and not {None, before}.intersection(row[0] for row in rows):
            return str(rows[0][0])
        await stage.suggest(stage.owner, "")


def edits(stage: Stage, channel: Channel) -> int:
    """Return how often messages of a channel were edited."""
    return len(requests(stage, channel, "PATCH"))


def requests(stage: Stage, channel: Channel, method: str) -> list[str]:
    """Return what was asked of Discord about the messages of a channel."""
    path = f"/channels/{channel.id}/messages"
    return [
        exchange.path
        for exchange in stage.discord.exchanges
        if exchange.method == method and path in exchange.path
    ]


async def test_a_board_shows_each_change(stage: Stage, servers: Channel) -> None:
    board = await make_board(stage, servers)
    for line in ("**Survival** · running", "**Creative** · offline", "**Secret** · running"):
        assert line in board.text
    assert "🟢 2 running · 🔴 1 offline" in board.text
    stage.survival.crash()
    await stage.until_text(board, "**Survival** · offline · since <t:", "🔴 2 offline")
    stage.world.remove_server(stage.secret)
    await stage.until(lambda: "Secret" not in board.text)
    assert servers.messages == [board]
    assert board.pings == []


async def test_its_buttons_obey_the_rights_of_who_presses_them(
    stage: Stage, servers: Channel
) -> None:
    board = await make_board(stage, servers)
    labels = [button.label for button in board.buttons]
    assert labels == ["Start", "Restart", "Restart"]
    [start] = [button for button in board.buttons if button.label == "Start"]
    refused = await stage.press(stage.guest, board, start.custom_id or "")
    assert refused.ephemeral
    assert stage.creative.signals == []
    receipt = await stage.press(stage.helper, board, start.custom_id or "")
    await stage.until(lambda: stage.creative.signals == ["start"])
    assert not receipt.ephemeral
    await stage.until_text(board, "**Creative** · starting")
    stage.world_time.advance(10)
    await stage.until_text(board, "**Creative** · running")
    await stage.until_text(receipt, "is running")


async def test_its_menu_opens_the_card_for_who_may_see_it(stage: Stage, servers: Channel) -> None:
    board = await make_board(stage, servers)
    [menu] = board.selects
    key = dict(menu.options)["Secret"]
    for member, expected in ((stage.guest, "no such server"), (stage.owner, "### 🟢 Secret")):
        picked = await stage.select(member, board, key)
        card = await stage.told(picked)
        assert expected in card.text
        assert card.ephemeral
    assert "### Servers" in board.text


async def test_a_board_without_buttons_has_nothing_to_press(stage: Stage, servers: Channel) -> None:
    board = await make_board(stage, servers, server="Survival", buttons=False)
    assert (board.buttons, board.selects) == ([], [])
    assert "Survival" in board.text
    assert "Creative" not in board.text


async def test_no_edit_without_a_change(stage: Stage, servers: Channel) -> None:
    board = await make_board(stage, servers)
    for name in ("Survival", "Creative"):
        await stage.answer(stage.owner, "server status", server=name)
    await stage.answer(stage.owner, "server list")
    assert edits(stage, servers) == 0
    stage.survival.crash()
    await stage.until_text(board, "**Survival** · offline")
    assert edits(stage, servers) == 1


async def test_no_message_is_edited_twice_in_five_seconds(
    quiet_stage: Stage, servers: Channel
) -> None:
    stage, at = quiet_stage, list[float]()
    stage.board_seconds = 5.0
    await stage.start_bot()
    board = await make_board(stage, servers)
    path = f"/channels/{servers.id}/messages/{board.id}"

    def note(exchange: Exchange) -> None:
        if exchange.method == "PATCH" and exchange.path.endswith(path):
            at.append(stage.time())

    stage.discord.on_exchange.append(note)
    receipt = await stage.answer(stage.owner, "restart", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    for seconds, phase in ((3, "🟡 starting"), (5, "is running")):
        stage.world_time.advance(seconds)
        await stage.until_text(receipt, phase)
    stage.survival.crash()
    await stage.discord.until(lambda: "**Survival** · offline" in board.text, timeout=15)
    assert all(after - before >= 4.9 for before, after in pairwise([board.created, *at]))
    assert 1 <= len(at) <= 3


async def test_a_restart_finds_the_board_and_edits_nothing(
    quiet_stage: Stage, servers: Channel
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    board = await make_board(stage, servers)
    posted = await stored(stage)
    stage.survival.crash()
    await stage.until_text(board, "**Survival** · offline")
    await stored(stage, posted)
    shown, edited = board.text, edits(stage, servers)
    await stage.stop_bot(bot)
    await stage.start_bot()
    await stage.until(lambda: bool(requests(stage, servers, "GET")))
    assert edits(stage, servers) == edited
    await stage.answer(stage.owner, "server start", server="Creative")
    await stage.until_text(board, "**Creative** · starting")
    since = [line for line in shown.splitlines() if "Survival" in line]
    assert since == [line for line in board.text.splitlines() if "Survival" in line]
    assert servers.messages == [board]


async def test_what_happened_while_the_bot_was_away_is_shown(
    quiet_stage: Stage, servers: Channel
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    board = await make_board(stage, servers)
    await stage.stop_bot(bot)
    stage.survival.crash()
    await stage.start_bot()
    await stage.until_text(board, "**Survival** · offline")
    assert servers.messages == [board]


async def test_a_deleted_board_comes_back(stage: Stage, servers: Channel) -> None:
    board = await make_board(stage, servers)
    delete(board)
    await on_board(stage, "board refresh")
    await stage.until(lambda: bool(servers.messages))
    delete(servers.messages[0])
    stage.survival.crash()
    await stage.until(lambda: "**Survival** · offline" in servers.messages[0].text)
    assert len(servers.messages) == 1


async def test_a_board_that_was_deleted_while_the_bot_was_away_comes_back(
    quiet_stage: Stage, servers: Channel
) -> None:
    stage = quiet_stage
    bot = await stage.start_bot()
    board = await make_board(stage, servers)
    await stage.stop_bot(bot)
    delete(board)
    await stage.start_bot()
    await stage.until(lambda: bool(servers.messages))


async def test_an_answer_that_was_lost_makes_no_second_board(
    stage: Stage, servers: Channel
) -> None:
    stage.discord.faults.fail("POST /channels/{channel_id}/messages", 503, after=True)
    board = await make_board(stage, servers)
    stage.survival.crash()
    await stage.until_text(board, "**Survival** · offline")
    assert servers.messages == [board]


async def test_a_page_that_discord_refuses_is_shown_without_words_of_panels(
    stage: Stage, servers: Channel
) -> None:
    stage.discord.faults.refuse("POST /channels/{channel_id}/messages", 200000)
    await stage.answer(stage.owner, "board create", channel=servers)
    await stage.until(lambda: bool(servers.messages))
    [board] = servers.messages
    assert "Discord does not let me show these servers" in board.text
    stage.survival.crash()
    await stage.until_text(board, "**Survival** · offline")
    stage.discord.faults.refuse(_EDIT, 200000)
    stage.creative.name = "Rude"
    await stage.until_text(board, "Discord does not let me show these servers")
    assert servers.messages == [board]


async def test_a_page_that_discord_refuses_altogether_holds_up_no_other_board(
    stage: Stage, servers: Channel
) -> None:
    first = await make_board(stage, servers)
    await stage.answer(stage.owner, "board create", channel=servers, server="Survival")
    await stage.until(lambda: len(servers.messages) == 2)
    second = servers.messages[1]
    stage.discord.faults.refuse(_EDIT, 50035, times=2)
    stage.survival.crash()
    await stage.until_text(second, "offline")
    shown = "**Survival** · running" in first.text
    assert (shown, edits(stage, servers)) == (True, 3)
    stage.world.remove_server(stage.secret)
    await stage.until(lambda: "Secret" not in first.text)
    await stage.until_text(first, "**Survival** · offline")


async def test_a_board_that_discord_refuses_altogether_is_tried_again_when_somebody_asks(
    stage: Stage, servers: Channel
) -> None:
    stage.discord.faults.refuse("POST /channels/{channel_id}/messages", 200000, times=2)
    await stage.answer(stage.owner, "board create", channel=servers)
    assert await stored(stage, query="SELECT pause FROM boards") == "refused"
    stage.survival.crash()
    answer = await on_board(stage, "board refresh")
    assert "is shown anew" in answer.text
    await stage.until(lambda: bool(servers.messages))
    await stage.until_text(servers.messages[0], "**Survival** · offline")
    told = [text for text in stage.channel_texts if "Discord takes no message" in text]
    assert (len(told), servers.mention in told[0]) == (1, True)


async def test_a_channel_that_is_gone_is_told_once(stage: Stage, servers: Channel) -> None:
    await make_board(stage, servers)
    servers.delete()
    await stage.until(lambda: any("board is gone" in text for text in stage.channel_texts))
    stage.survival.crash()
    elsewhere = stage.guild.add_channel("elsewhere")
    moved = await on_board(stage, "board move", channel=elsewhere)
    assert elsewhere.mention in moved.text
    await stage.until(lambda: "**Survival** · offline" in elsewhere.messages[0].text)
    assert len([text for text in stage.channel_texts if "board is gone" in text]) == 1


async def test_a_lost_permission_pauses_the_board_until_it_is_back(
    stage: Stage, servers: Channel
) -> None:
    board = await make_board(stage, servers)
    servers.bot_permissions = _VIEW
    await stage.until(lambda: any("may not write" in text for text in stage.channel_texts))
    stage.survival.crash()
    servers.bot_permissions = None
    await stage.until_text(board, "**Survival** · offline")
    refused = [each for each in stage.discord.exchanges if each.status == 403]
    assert refused == []


async def test_where_the_bot_may_not_write_no_board_is_made(stage: Stage, servers: Channel) -> None:
    servers.bot_permissions = _VIEW_AND_HISTORY
    await stage.until(lambda: True)
    answer = await stage.answer(stage.owner, "board create", channel=servers)
    assert "may not write in that channel" in answer.text


async def test_a_moved_and_a_removed_board_leave_nothing_behind(
    stage: Stage, servers: Channel
) -> None:
    await make_board(stage, servers)
    elsewhere = stage.guild.add_channel("elsewhere")
    await on_board(stage, "board move", channel=elsewhere)
    await stage.until(lambda: not servers.messages and bool(elsewhere.messages))
    await on_board(stage, "board remove")
    await stage.until(lambda: not elsewhere.messages)
    choices = await stage.discord.autocomplete(
        stage.owner, stage.channel, "board remove", "board", ""
    )
    assert choices == []


async def test_five_hundred_servers_on_one_board(quiet_stage: Stage, servers: Channel) -> None:
    stage = quiet_stage
    stage.discord.buckets.enabled = False
    for number in range(500):
        stage.add_server(f"Server {number:03}")
    await stage.start_bot()
    await make_board(stage, servers)
    await stage.discord.until(lambda: len(servers.messages) == 20, timeout=60)
    text = "\n".join(message.text for message in servers.messages)
    assert text.count("Server ") == 498
    assert "3 more servers have no place here" in servers.messages[0].text
    assert "page 20 of 20" in servers.messages[-1].text
    assert all(len(message.selects[0].options) == 25 for message in servers.messages)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("buttons", [True, False])
async def test_a_hostile_name_is_harmless_on_a_board(
    quiet_stage: Stage, servers: Channel, name: str, buttons: bool
) -> None:
    stage = quiet_stage
    stage.survival.name = named(stage, name)
    await stage.start_bot()
    board = await make_board(stage, servers, buttons=buttons)
    assert_harmless(board)
    answer = await stage.answer(
        stage.owner,
        "board create",
        channel=servers,
        server=stage.survival.identifier,
        buttons=buttons,
    )
    assert_harmless(answer, ours=servers.mention)


async def test_a_board_speaks_the_language_of_the_guild(stage: Stage, servers: Channel) -> None:
    board = await make_board(stage, servers)
    settings = await stage.answer(stage.owner, "settings show")
    [language] = [menu for menu in settings.selects if menu.custom_id == "d1e:language"]
    await stage.discord.select(stage.owner, settings, language.custom_id, ["zh-CN"])
    await stage.until_text(board, "运行中")
