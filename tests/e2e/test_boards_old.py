"""Boards whose messages are older than an hour, of which Discord takes fewer edits."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from itertools import cycle
from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.errors import ApiError
from tests.e2e.test_boards import edits, make_board, stored

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.world import Server
    from tests.e2e.stage import Stage

_SERVERS = 97
"""With the three that are there, four messages full."""
_EDITS = 7
"""More than twice what Discord takes in six seconds."""
_SECONDS = 60
_HOURS = 2


@pytest.fixture
async def board(quiet_stage: Stage) -> Channel:
    """A channel with a board that was made two hours ago, and a bot at its true pace."""
    stage = quiet_stage
    stage.board_seconds = 5.0
    for number in range(_SERVERS):
        stage.add_server(f"S{number}", state="running")
    channel = stage.guild.add_channel("servers")
    bot = await stage.start_bot()
    await make_board(stage, channel, buttons=False)
    await stage.discord.until(lambda: len(channel.messages) == 4, timeout=_SECONDS)
    await stored(stage, "", count=4)
    await stage.stop_bot(bot)
    stage.time.advance(_HOURS * 3600)
    with closing(sqlite3.connect(stage.database)) as database, database:
        # The bot's clock is the real one: what it has done was earlier.
        ago = f"-{_HOURS} hours"
        database.execute("UPDATE board_messages SET asked_at = datetime(asked_at, ?)", (ago,))
    await stage.start_bot()
    return channel


async def test_however_much_changes_the_limit_of_old_messages_is_not_hit(
    quiet_stage: Stage, board: Channel
) -> None:
    stage, shown = quiet_stage, {message.id for message in board.messages}
    turns, seen = cycle(stage.world.servers), edits(stage, board)
    while edits(stage, board) < seen + _EDITS:
        # So that every message is to be edited all the time.
        for server in stage.world.servers[::20]:
            _change(server)
        _change(next(turns))
        before = edits(stage, board)
        await stage.discord.until(lambda: edits(stage, board) > before, timeout=_SECONDS)  # noqa: B023 - it is over before the next turn
    await stage.discord.until(lambda: _shows(board, stage.world.servers), timeout=_SECONDS)
    assert not [each for each in stage.discord.exchanges if each.status == 429]
    assert {message.id for message in board.messages} == shown


async def test_a_limit_that_others_have_used_up_loses_no_state(
    quiet_stage: Stage, board: Channel
) -> None:
    stage, shown = quiet_stage, {message.id for message in board.messages}

    def refused() -> set[int]:
        answers = [each for each in stage.discord.exchanges if each.status == 429]
        return {each.response_body["code"] for each in answers}

    def use_up(_exchange: Exchange | None = None) -> None:
        with suppress(ApiError):
            while not refused():
                stage.discord.buckets.take_old_edit(board.id)

    use_up()
    stage.discord.on_exchange.append(use_up)
    for server in stage.world.servers[::20]:
        _change(server)
    await stage.discord.until(lambda: _shows(board, stage.world.servers), timeout=_SECONDS)
    assert refused() == {30046}
    assert {message.id for message in board.messages} == shown


def _change(server: Server) -> None:
    """Let it crash, or be up all of a sudden."""
    if server.state == "running":
        server.crash()
    else:
        server.begin("running")


def _shows(channel: Channel, servers: list[Server]) -> bool:
    text = "\n".join(message.text for message in channel.messages)
    return all(f"**{server.name}** · {server.state}" in text for server in servers)
