"""Small real implementations of the ports of boards: a store in memory, channels on paper."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, TypeVar

from bot.domain.board_ports import BoardRefused
from bot.domain.boards import Board, BoardPause, Drawing
from bot.domain.channels import ChannelLost, MessageGone, NotTaken
from bot.domain.errors import StorageUnavailable
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
    not_taken: int = 0
    """So many of the next posts and edits Discord does not take."""
    refuses: bool = False
    """Whether Discord takes no new message, whatever it says."""
    standings: dict[int, Pause] = field(default_factory=dict)
    """The channels that cannot be written to."""
    sheets: dict[int, Sheet] = field(default_factory=dict)
    requests: list[tuple[str, float]] = field(default_factory=list)
    """What was asked of Discord, and when."""
    drawn: int = 0
    """Pages that were made into what Discord takes."""
    warned: list[tuple[int, Pause | BoardPause]] = field(default_factory=list)
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

    async def post(self, drawing: Drawing, message: BoardMessage, *, maybe_there: bool) -> int:
        await self._admit("post", message.channel_id)
        if maybe_there:
            for message_id, sheet in self.sheets.items():
                if sheet.mark == message.id:
                    return await self._done("find", message_id)
        await self._take("post")
        if self.refuses:
            await self._done("refuse", None)
            raise BoardRefused(message.board_id)
        message_id = next(self._ids)
        self.sheets[message_id] = Sheet(message.channel_id, message.id, drawing.look)
        if self.crash is not None:
            self.crash()
            await asyncio.Event().wait()
        return await self._done("post", message_id)

    async def edit(self, drawing: Drawing, message: BoardMessage) -> None:
        await self._admit("edit", message.channel_id)
        await self.find(message, verb="edit")
        await self._take("edit")
        sheet = self.sheets[message.message_id or 0]
        sheet.page = drawing.look
        sheet.edits.append(self.clock.monotonic())
        await self._done("edit", None)

    async def find(self, message: BoardMessage, *, verb: str = "find") -> None:
        if message.message_id not in self.sheets:
            await self._done(verb, None)
            raise MessageGone
        if verb == "find":
            await self._done(verb, None)

    async def delete(self, message: BoardMessage) -> None:
        self.sheets.pop(message.message_id or 0, None)
        await self._done("delete", None)

    async def check(self, guild_id: int, channel_id: int) -> None:
        self.asked.set()
        if channel_id in self.standings:
            raise ChannelLost(self.standings[channel_id])

    async def tell_admins(self, guild_id: int, channel_id: int, pause: Pause, nonce: str) -> None:
        await self._warn(channel_id, pause)

    async def tell_refused(self, guild_id: int, channel_id: int, nonce: str) -> None:
        await self._warn(channel_id, BoardPause.REFUSED)

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

    async def _admit(self, verb: str, channel_id: int) -> None:
        if channel_id in self.standings:
            raise ChannelLost(await self._done(verb, self.standings[channel_id]))

    async def _take(self, verb: str) -> None:
        if self.not_taken:
            self.not_taken -= 1
            await self._done(verb, None)
            raise NotTaken("busy")

    async def _warn(self, channel_id: int, pause: Pause | BoardPause) -> None:
        self.warned.append((channel_id, pause))
        if self.meanwhile is not None:
            await self.meanwhile()
        await self._done("warn", None)

    async def _done(self, verb: str, answer: Value) -> Value:
        self.requests.append((verb, self.clock.monotonic()))
        async with self._changed:
            self._changed.notify_all()
        return answer


def lines(page: Page) -> list[str]:
    """Return the servers of a page with their states."""
    return [f"{line.server.name}: {line.server.state}" for line in page.lines]
