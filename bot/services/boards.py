"""The use cases of boards: make, move, refresh, remove. All for who may configure the bot."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.domain.access import Action
from bot.domain.audit import Change, Outcome
from bot.domain.boards import MOST_BOARDS, Board, BoardProblem
from bot.domain.errors import InvalidBoard, UnknownBoard
from bot.services.gate import NOWHERE
from bot.services.places import Places

if TYPE_CHECKING:
    from bot.domain.access import Actor
    from bot.domain.audit import Door
    from bot.domain.ports import Clock
    from bot.services.audit import Attempt, AuditService
    from bot.services.board_keeper import BoardKeeper
    from bot.services.directory import ServerDirectory
    from bot.services.gate import Gate
    from bot.services.panels import PanelRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardWish:
    """A board as it is asked for; `server` and `panel` are what was typed or picked."""

    channel_id: int
    is_writable: bool
    """Whether the bot may write there."""
    server: str | None = None
    panel: str | None = None
    buttons: bool = True


@dataclass(frozen=True, slots=True)
class NamedBoard:
    """A board with the names of what it shows; None where that is not to be found."""

    board: Board
    panel: str | None = None
    server: str | None = None
    left: int | None = None
    """The channel that its messages are deleted from, once it was moved or removed."""


class BoardService:
    """Every call passes the gate, every change is written down."""

    def __init__(
        self,
        *,
        gate: Gate,
        keeper: BoardKeeper,
        panels: PanelRegistry,
        directory: ServerDirectory,
        audit: AuditService,
        clock: Clock,
    ) -> None:
        self._gate = gate
        self._keeper = keeper
        self._places = Places(panels, directory)
        self._audit = audit
        self._clock = clock
        self._changing = asyncio.Lock()
        """One at a time: what is checked must still be so when it is stored."""

    async def create(self, actor: Actor, wish: BoardWish, *, door: Door) -> NamedBoard:
        """Make a board; everybody in its channel will see its servers, whatever their rights.

        Raises `InvalidBoard`, `UnknownServer`, `AmbiguousServer` and `UnknownPanel`.
        """
        wished = wish.server or wish.panel or ""
        async with self._gate.managing(
            actor, Change.BOARD_ADDED, name=wished, door=door
        ) as attempt:
            if wish.server and wish.panel:
                raise InvalidBoard(BoardProblem.PLACE)
            panel_id, server_id = await self._places.find(
                actor, server=wish.server, panel=wish.panel
            )
            board = Board(
                guild_id=actor.guild_id,
                channel_id=wish.channel_id,
                panel_id=panel_id,
                server_id=server_id,
                buttons=wish.buttons,
                created_by=actor.user_id,
                created_at=self._clock.now(),
            )
            if not wish.is_writable:
                raise InvalidBoard(BoardProblem.CHANNEL)
            async with self._changing:
                if len(self._keeper.of_guild(actor.guild_id)) >= MOST_BOARDS:
                    raise InvalidBoard(BoardProblem.TOO_MANY)
                self._check_alone(board)
                board = await self._keeper.add(board)
        return await self._note(attempt, board)

    async def refresh(self, actor: Actor, board_id: int, *, door: Door) -> NamedBoard:
        """Show a board anew; raises `UnknownBoard`."""
        async with self._gate.managing(actor, Change.BOARD_REFRESHED, door=door) as attempt:
            board = await self._keeper.refresh(self._find(actor, board_id))
        return await self._note(attempt, board)

    async def move(
        self, actor: Actor, board_id: int, channel_id: int, *, is_writable: bool, door: Door
    ) -> NamedBoard:
        """Show a board in another channel; raises `UnknownBoard` and `InvalidBoard`."""
        admitted = self._gate.managing(actor, Change.BOARD_MOVED, door=door)
        async with admitted as attempt, self._changing:
            board = self._find(actor, board_id)
            moved = replace(board, channel_id=channel_id)
            if not is_writable:
                raise InvalidBoard(BoardProblem.CHANNEL)
            self._check_alone(moved)
            if not await self._keeper.move(board, channel_id):
                raise UnknownBoard
        return replace(await self._note(attempt, moved), left=board.channel_id)

    async def remove(self, actor: Actor, board_id: int, *, door: Door) -> NamedBoard:
        """End a board, its messages are deleted; raises `UnknownBoard`."""
        admitted = self._gate.managing(actor, Change.BOARD_REMOVED, door=door)
        async with admitted as attempt, self._changing:
            board = self._find(actor, board_id)
            await self._keeper.remove(board)
        return replace(await self._note(attempt, board), left=board.channel_id)

    async def suggest(self, actor: Actor) -> list[NamedBoard]:
        """Return the boards of the guild; for managers."""
        if not await self._gate.may(actor, Action.MANAGE, NOWHERE):
            return []
        return [self._named(board) for board in self._keeper.of_guild(actor.guild_id)]

    async def _note(self, attempt: Attempt, board: Board) -> NamedBoard:
        """Write down that it was done."""
        named = self._named(board)
        place, detail = named.server or named.panel or "", f"channel {board.channel_id}"
        await self._audit.record(replace(attempt, name=place, detail=detail), Outcome.DONE)
        return named

    def _find(self, actor: Actor, board_id: int) -> Board:
        for board in self._keeper.of_guild(actor.guild_id):
            if board.id == board_id:
                return board
        raise UnknownBoard

    def _check_alone(self, board: Board) -> None:
        """Raise `InvalidBoard` where the channel shows the same already."""
        about = (board.channel_id, board.panel_id, board.server_id)
        others = self._keeper.of_guild(board.guild_id)
        if about in {(each.channel_id, each.panel_id, each.server_id) for each in others}:
            raise InvalidBoard(BoardProblem.SAME)

    def _named(self, board: Board) -> NamedBoard:
        place = (board.panel_id, board.server_id)
        return NamedBoard(board, *self._places.names(board.guild_id, *place))
