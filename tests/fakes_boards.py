"""Small real implementations of the ports of boards: a store in memory, channels on paper."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Literal, TypeVar

from bot.domain.boards import Board, Drawing
from bot.domain.errors import StorageUnavailable
from bot.domain.guild_ports import Posting
from tests.fakes import NOON

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from bot.domain.boards import BoardMessage, Page
    from bot.domain.news import Pause
    from tests.fakes import FakeClock

GUILD, CHANNEL = 1, 30
Value = TypeVar("Value")


def make_board(
    *,
    guild_id: int = GUILD,
    channel_id: int = CHANNEL,
    panel_id: str | None = None,
    server_id: str | None = None,
    buttons: bool = True,
) -> Board:
    """Return one that is not stored yet; of all servers unless told otherwise."""
    return Board(
        guild_id=guild_id,
        channel_id=channel_id,
        panel_id=panel_id,
        server_id=server_id,
        buttons=buttons,
        created_by=10,
        created_at=NOON,
    )


@dataclass
class MemoryBoards:
    """The boards and their messages (`BoardStore`)."""

    is_broken: bool = False
    kept: dict[int, Board] = field(default_factory=dict)
    notes: dict[int, BoardMessage] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ids = count(1)

    async def boards(self) -> Sequence[Board]:
        self._check()
        return list(self.kept.values())

    async def messages(self) -> Sequence[BoardMessage]:
        self._check()
        return list(self.notes.values())

    async def add(self, board: Board) -> Board:
        await self._write()
        new_id = next(self._ids)
        self.kept[new_id] = replace(board, id=new_id)
        return self.kept[new_id]

    async def move(self, board: Board) -> bool:
        await self._write()
        if board.id not in self.kept:
            return False
        self.kept[board.id] = replace(board, pause=None)
        return True

    async def pause(self, board: Board) -> bool:
        await self._write()
        if board.id not in self.kept or self.kept[board.id].channel_id != board.channel_id:
            return False
        self.kept[board.id] = board
        return True

    async def remove(self, board: Board) -> None:
        await self._write()
        self.kept.pop(board.id or 0, None)

    async def begin(self, message: BoardMessage) -> BoardMessage:
        self._check()
        new_id = next(self._ids)
        self.notes[new_id] = replace(message, id=new_id)
        return self.notes[new_id]

    async def shown(self, message: BoardMessage) -> None:
        self._check()
        if message.id in self.notes:
            self.notes[message.id] = message

    async def drop(self, message: BoardMessage) -> None:
        self._check()
        self.notes.pop(message.id, None)

    async def _write(self) -> None:
        # As with a real database, others get their turn meanwhile.
        await asyncio.sleep(0)
        self._check()

    def _check(self) -> None:
        if self.is_broken:
            raise StorageUnavailable("unplugged")


@dataclass
class Sheet:
    """A message on paper."""

    channel_id: int
    mark: int
    page: Page
    edits: list[float] = field(default_factory=list)
    """When it was edited, of the clock that stands still."""


@dataclass
class PaperDesk:
    """Messages by id; Discord's refusals can be put in (`BoardDesk`)."""

    clock: FakeClock
    answers: list[Posting] = field(default_factory=list)
    """What the next posts and edits are answered with, instead of success."""
    standings: dict[int, Pause] = field(default_factory=dict)
    """The channels that cannot be written to."""
    sheets: dict[int, Sheet] = field(default_factory=dict)
    requests: list[tuple[str, float]] = field(default_factory=list)
    """What was asked of Discord, and when."""
    drawn: int = 0
    """Pages that were made into what Discord takes."""
    warned: list[tuple[int, Pause]] = field(default_factory=list)
    crash: Callable[[], None] | None = None
    """Called after the next message has arrived; its sender hears nothing any more."""
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What happens while admins are told."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody has asked how a channel stands."""

    def __post_init__(self) -> None:
        self._ids = count(1000)
        self._changed = asyncio.Condition()

    def draw(self, page: Page, message: BoardMessage) -> Drawing:
        self.drawn += 1
        look = (message.guild_id, page.number, page.pages, page.style, lines(page), page.counts)
        return Drawing(repr(look), page)

    async def post(
        self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool
    ) -> int | Pause | Literal[Posting.LATER]:
        if message.channel_id in self.standings:
            return await self._done("post", self.standings[message.channel_id])
        if maybe_there:
            for message_id, sheet in self.sheets.items():
                if sheet.mark == message.id:
                    return await self._done("find", message_id)
        if self.answers and self.answers.pop(0) is Posting.LATER:
            return await self._done("post", Posting.LATER)
        message_id = next(self._ids)
        self.sheets[message_id] = Sheet(message.channel_id, message.id, drawing.look)
        if self.crash is not None:
            self.crash()
            await asyncio.Event().wait()
        return await self._done("post", message_id)

    async def edit(self, drawing: Drawing, message: BoardMessage) -> Posting | Pause:
        if message.channel_id in self.standings:
            return await self._done("edit", self.standings[message.channel_id])
        if message.message_id not in self.sheets:
            return await self._done("edit", Posting.LOST)
        if self.answers and self.answers.pop(0) is Posting.LATER:
            return await self._done("edit", Posting.LATER)
        sheet = self.sheets[message.message_id]
        sheet.page = drawing.look
        sheet.edits.append(self.clock.monotonic())
        return await self._done("edit", Posting.DONE)

    async def find(self, message: BoardMessage) -> Posting | Pause:
        is_there = message.message_id in self.sheets
        return await self._done("find", Posting.DONE if is_there else Posting.LOST)

    async def delete(self, message: BoardMessage) -> Posting:
        gone = self.sheets.pop(message.message_id or 0, None)
        return await self._done("delete", Posting.DONE if gone else Posting.LOST)

    async def standing(self, guild_id: int, channel_id: int) -> Pause | Posting:
        self.asked.set()
        return self.standings.get(channel_id, Posting.DONE)

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause) -> Posting:
        self.warned.append((channel_id, pause))
        if self.meanwhile is not None:
            await self.meanwhile()
        return await self._done("warn", Posting.DONE)

    def names(self, channel_id: int = CHANNEL) -> list[list[str]]:
        """Return what the messages of a channel show, by name and state, oldest first."""
        found = [sheet for _, sheet in sorted(self.sheets.items())]
        return [lines(sheet.page) for sheet in found if sheet.channel_id == channel_id]

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until it holds, looked at after each request; the clock goes on meanwhile."""
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            ticking = group.create_task(self._tick())
            async with self._changed:
                await self._changed.wait_for(condition)
            ticking.cancel()

    def count(self, verb: str) -> int:
        """Return how often something was asked."""
        return sum(asked == verb for asked, _ in self.requests)

    async def _tick(self) -> None:
        while True:
            # Those that are awake get their turn before time goes on.
            for _ in range(20):
                await asyncio.sleep(0)
            await self.clock.tick()

    async def _done(self, verb: str, answer: Value) -> Value:
        self.requests.append((verb, self.clock.monotonic()))
        async with self._changed:
            self._changed.notify_all()
        return answer


def lines(page: Page) -> list[str]:
    """Return the servers of a page with their states."""
    return [f"{line.server.name}: {line.server.state}" for line in page.lines]
