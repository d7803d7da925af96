"""The stored boards and their messages, in SQL (`BoardStore`). A method is one transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, update

from bot.domain.boards import Board, BoardMessage, BoardPause, Seen
from bot.domain.news import Pause
from bot.domain.servers import ServerRef, ServerState
from bot.storage.board_tables import BoardMessageRow, BoardRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement

    from bot.storage.engine import Database


class SqlBoards:
    """What guilds show in their channels; no row gets out."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def boards(self) -> Sequence[Board]:
        """Return all, by id."""
        async with self._database.session() as session:
            rows = await session.scalars(select(BoardRow).order_by(BoardRow.id))
            return [_board(row) for row in rows]

    async def messages(self) -> Sequence[BoardMessage]:
        """Return all, by id; also those of boards that were removed."""
        async with self._database.session() as session:
            rows = await session.scalars(select(BoardMessageRow).order_by(BoardMessageRow.id))
            return [_message(row) for row in rows]

    async def add(self, board: Board) -> Board:
        """Store a new one and return it with its id."""
        row = BoardRow(
            guild_id=board.guild_id,
            channel_id=board.channel_id,
            panel_id=board.panel_id,
            server_id=board.server_id,
            buttons=board.buttons,
            created_by=board.created_by,
            created_at=board.created_at,
            pause=board.pause,
        )
        async with self._database.session() as session:
            session.add(row)
        return replace(board, id=row.id)

    async def move(self, board: Board) -> bool:
        """Store its channel, in which it is not paused; False where the board is not there."""
        choose = update(BoardRow).where(*_is(board)).values(channel_id=board.channel_id, pause=None)
        async with self._database.session() as session:
            return await session.scalar(choose.returning(BoardRow.id)) is not None

    async def pause(self, board: Board) -> bool:
        """Store whether it is paused; False where it is not in that channel any more."""
        is_there = BoardRow.channel_id == board.channel_id
        choose = update(BoardRow).where(*_is(board), is_there).values(pause=board.pause)
        async with self._database.session() as session:
            return await session.scalar(choose.returning(BoardRow.id)) is not None

    async def remove(self, board: Board) -> None:
        """Delete it; its messages stay until they are dropped."""
        async with self._database.session() as session:
            await session.execute(delete(BoardRow).where(*_is(board)))

    async def begin(self, message: BoardMessage) -> BoardMessage:
        """Store that a message is about to be posted; returns it with our id."""
        row = BoardMessageRow(
            board_id=message.board_id,
            guild_id=message.guild_id,
            channel_id=message.channel_id,
            asked_at=message.asked_at,
            seen=_packed(message.seen),
        )
        async with self._database.session() as session:
            session.add(row)
        return replace(message, id=row.id)

    async def shown(self, message: BoardMessage) -> None:
        """Store which message of Discord's it is, and what it shows."""
        choose = (
            update(BoardMessageRow)
            .where(BoardMessageRow.id == message.id)
            .values(
                message_id=message.message_id, digest=message.digest, seen=_packed(message.seen)
            )
        )
        async with self._database.session() as session:
            await session.execute(choose)

    async def drop(self, message: BoardMessage) -> None:
        """Forget a message that is gone."""
        async with self._database.session() as session:
            await session.execute(delete(BoardMessageRow).where(BoardMessageRow.id == message.id))


def _is(board: Board) -> tuple[ColumnElement[bool], ...]:
    return BoardRow.id == board.id, BoardRow.guild_id == board.guild_id


def _board(row: BoardRow) -> Board:
    return Board(
        id=row.id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        panel_id=row.panel_id,
        server_id=row.server_id,
        buttons=row.buttons,
        created_by=row.created_by,
        created_at=row.created_at,
        pause=_pause(row.pause) if row.pause else None,
    )


def _pause(text: str) -> Pause | BoardPause:
    return BoardPause.REFUSED if text == BoardPause.REFUSED else Pause(text)


def _message(row: BoardMessageRow) -> BoardMessage:
    return BoardMessage(
        id=row.id,
        board_id=row.board_id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        asked_at=row.asked_at,
        message_id=row.message_id,
        digest=row.digest,
        seen=_unpacked(row.seen),
    )


def _packed(seen: Mapping[ServerRef, Seen]) -> str:
    return json.dumps([[ref.panel_id, ref.server_id, *_facts(one)] for ref, one in seen.items()])


def _facts(seen: Seen | None) -> list[Any]:
    if seen is None:
        return []
    since = seen.since.timestamp() if seen.since else None
    return [seen.state, since, *_facts(seen.former)]


def _unpacked(text: str) -> dict[ServerRef, Seen]:
    found = {}
    for panel_id, server_id, *facts in json.loads(text):
        if seen := _seen(facts):
            found[ServerRef(panel_id, server_id)] = seen
    return found


def _seen(facts: Sequence[Any]) -> Seen | None:
    # A state that only a newer version knows is one that was never seen.
    if not facts or facts[0] not in set(ServerState):
        return None
    since = datetime.fromtimestamp(facts[1], UTC) if facts[1] is not None else None
    return Seen(state=ServerState(facts[0]), since=since, former=_seen(facts[2:]))
