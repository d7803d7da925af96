"""Boards and their messages are stored, found again and deleted, never those of another guild."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert

from bot.domain.boards import BoardMessage, BoardPause, Seen
from bot.domain.news import Pause
from bot.domain.servers import ServerRef, ServerState
from bot.storage.board_tables import BoardMessageRow
from bot.storage.boards import SqlBoards
from bot.storage.guilds import SqlGuilds
from tests.fakes import NOON
from tests.fakes_boards import CHANNEL, GUILD, make_board

if TYPE_CHECKING:
    from bot.domain.board_ports import BoardStore
    from bot.storage.engine import Database

OTHER = 2


def make_message(board_id: int, *, guild_id: int = GUILD) -> BoardMessage:
    return BoardMessage(
        board_id=board_id, guild_id=guild_id, channel_id=CHANNEL, asked_at=NOON, seen={}
    )


@pytest.fixture
def store(database: Database) -> BoardStore:
    return SqlBoards(database)


async def test_a_board_comes_back_with_all_that_is_said_of_it(store: BoardStore) -> None:
    wanted = make_board(channel_id=2**63 - 1, panel_id="main", server_id="x" * 255, buttons=False)
    stored = await store.add(wanted)
    assert await store.boards() == [stored]
    assert stored == replace(wanted, id=stored.id)


@pytest.mark.parametrize("pause", [*Pause, *BoardPause])
async def test_a_board_is_moved_and_paused(store: BoardStore, pause: Pause | BoardPause) -> None:
    first, second = [await store.add(make_board()) for _ in range(2)]
    paused = replace(first, pause=pause)
    assert await store.pause(paused)
    assert not await store.pause(replace(second, guild_id=OTHER, pause=Pause.NOT_ALLOWED))
    assert not await store.move(replace(second, guild_id=OTHER, channel_id=7))
    assert await store.boards() == [paused, second]
    moved = replace(first, channel_id=99)
    assert await store.move(replace(paused, channel_id=99))
    assert await store.boards() == [moved, second]


async def test_a_pause_is_not_that_of_the_channel_it_was_moved_to(store: BoardStore) -> None:
    board = await store.add(make_board())
    moved = replace(board, channel_id=99)
    assert await store.move(moved)
    assert not await store.pause(replace(board, pause=Pause.CHANNEL_GONE))
    assert await store.boards() == [moved]


async def test_a_removed_board_leaves_its_messages_to_be_deleted(store: BoardStore) -> None:
    board = await store.add(make_board())
    message = await store.begin(make_message(board.id or 0))
    await store.remove(replace(board, guild_id=OTHER))
    assert await store.boards() == [board]
    await store.remove(board)
    assert await store.boards() == []
    assert not await store.move(board)
    assert not await store.pause(board)
    assert await store.messages() == [message]
    await store.drop(message)
    assert await store.messages() == []


async def test_no_number_is_given_twice(store: BoardStore) -> None:
    board = await store.add(make_board())
    message = await store.begin(make_message(board.id or 0))
    await store.remove(board)
    await store.drop(message)
    assert (await store.add(make_board())).id != board.id
    assert (await store.begin(make_message(board.id or 0))).id != message.id


async def test_a_message_comes_back_with_what_it_shows(store: BoardStore) -> None:
    begun = await store.begin(make_message(1))
    away = Seen(state=ServerState.OFFLINE, since=NOON + timedelta(microseconds=1))
    shown = replace(
        begun,
        message_id=2**63 - 1,
        digest="f" * 64,
        seen={
            ServerRef("main", "1"): Seen(state=ServerState.RUNNING, since=NOON),
            ServerRef("main", "\ud83d x"): Seen(state=ServerState.OFFLINE),
            ServerRef("b", "2"): Seen(state=ServerState.UNREACHABLE, since=NOON, former=away),
        },
    )
    await store.shown(shown)
    assert await store.messages() == [shown]


async def test_states_of_a_newer_version_are_forgotten(
    store: BoardStore, database: Database
) -> None:
    seen = '[["main", "1", "levitating", null], ["main", "2", "offline", null, "floating", 3]]'
    values = {"board_id": 1, "guild_id": 1, "channel_id": 1, "asked_at": NOON, "seen": seen}
    async with database.session() as session:
        await session.execute(insert(BoardMessageRow).values(values))
    [message] = await store.messages()
    assert message.seen == {ServerRef("main", "2"): Seen(state=ServerState.OFFLINE)}


async def test_a_guild_is_known_by_its_boards_which_leave_their_messages_to_be_deleted(
    store: BoardStore, database: Database
) -> None:
    mine, theirs = await store.add(make_board()), await store.add(make_board(guild_id=OTHER))
    message = await store.begin(make_message(mine.id or 0))
    guilds = SqlGuilds(database)
    assert (await guilds.known()).keys() == {GUILD, OTHER}
    await guilds.delete(GUILD)
    assert await store.boards() == [theirs]
    assert await store.messages() == [message]
    assert (await guilds.known()).keys() == {OTHER}
