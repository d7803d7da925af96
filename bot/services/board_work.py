"""Does what is to be done next in a channel with boards, one thing at a time. Decides no pauses.

What is about to be posted is stored before, so that after a crash it is looked for and never
posted twice; and what a message shows is stored after, so that a restart edits nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.boards import BoardMessage, lay_out
from bot.domain.channels import MessageGone, NotTaken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence

    from bot.domain.board_ports import BoardDesk, BoardStore
    from bot.domain.boards import Board, Page
    from bot.domain.ports import Clock
    from bot.services.board_lines import BoardLines
    from bot.services.rate import Rate

log = logging.getLogger(__name__)

_REST, _REST_OF_OLD = 0.22, 0.42
"""Between two requests in a channel, of the time between two edits of a message: Discord takes 5 in
5 s, and of edits of messages that are older than an hour 3 in 6 s."""
_OLD = timedelta(minutes=55)
_LOOKS = 12
"""Times between two edits of a message until one that is not needed is deleted: a panel may not
have told all of its servers, and whoever reads a board would see it fall apart."""
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0
"""After a message that Discord did not take; the others go on meanwhile."""
_AT_ONCE = float("-inf")


@dataclass(slots=True)
class _Sheet:
    """A message, and what is known of it in memory alone."""

    message: BoardMessage
    face: object = None
    """What it shows: what has not changed is not drawn. None: it is to be drawn."""
    edited: float = _AT_ONCE
    pause: float = 0.0
    """After it was not taken, until the next try."""
    next_try: float = _AT_ONCE
    is_doubtful: bool = False
    """It may have been deleted."""


@dataclass(frozen=True, slots=True)
class _Todo:
    """What is to be done, and when; it returns for how many seconds to rest after it."""

    due: float
    do: Callable[[], Awaitable[float]]


class BoardWork:
    """The messages of all boards, and how each is brought up to date."""

    def __init__(
        self,
        *,
        store: BoardStore,
        lines: BoardLines,
        clock: Clock,
        rate: Rate,
        seconds: float,
        wrote: Callable[[int], None],
    ) -> None:
        """`seconds` pass at least between two edits of the same message.

        `wrote` is called with the channel of whatever has arrived.
        """
        self.failed = 0
        """Messages since the start that Discord did not take."""
        self._store = store
        self._lines = lines
        self._clock = clock
        self._rate = rate
        self._seconds = seconds
        self._wrote = wrote
        self._sheets: defaultdict[int, dict[int, _Sheet]] = defaultdict(dict)
        """By channel and our id, in the order in which they were posted."""
        self._free_at: dict[int, float] = {}
        """By channel, when the next request may be sent."""
        self._looking = asyncio.Lock()
        self._surplus: dict[int, float] = {}
        """By board, since when it has more messages than it needs."""

    def take_up(self, messages: Sequence[BoardMessage]) -> None:
        """Go on with what an earlier run of the bot has shown."""
        for message in messages:
            self._keep(message)
            self._lines.remember(message.seen)

    def doubt(self, board: Board) -> None:
        """Edit all messages of a board, whatever they show."""
        for sheet in self._of(board):
            sheet.message = replace(sheet.message, digest=None)
            sheet.face = None

    def draw_anew(self, guild_id: int) -> None:
        """See whether the messages of a guild look different although they show the same."""
        for sheet in self._all(guild_id):
            sheet.face = None

    def channels(self, guild_id: int | None = None) -> set[int]:
        """Return where there are messages, of a guild or of all."""
        return {sheet.message.channel_id for sheet in self._all(guild_id)}

    def check(self, channel_id: int) -> None:
        """Look for the messages of a channel, whether they are still there."""
        if self._free_at.get(channel_id, 0.0) < self._clock.monotonic():
            self._free_at.pop(channel_id, None)
        for sheet in self._in(channel_id):
            sheet.is_doubtful = True

    async def step(self, channel_id: int, boards: Sequence[Board], desk: BoardDesk) -> float | None:
        """Do what is due in a channel, and return how long to rest after it or for it.

        None if all is done. Raises `ChannelLost`, `BoardRefused`, and `NotTaken` where nobody knows
        whether the channel can be written to; a message that is not taken holds up no other.
        """
        wait = self._free_at.get(channel_id, 0.0) - self._clock.monotonic()
        if wait > 0:
            return wait
        ids = {board.id for board in boards}
        todos = [
            self._todo(sheet, partial(self._delete, sheet, desk))
            for sheet in self._in(channel_id)
            if sheet.message.board_id not in ids
        ]
        active = [board for board in boards if board.pause is None]
        if active and all(todo.due > self._clock.monotonic() for todo in todos):
            await desk.check(active[0].guild_id, channel_id)
            for board in active:
                async with self._looking:
                    todos += self._todos(board, desk)
                    # Others than boards have their turn before the next one is looked at.
                    await asyncio.sleep(0)
        if not todos:
            return None
        first = min(todos, key=lambda todo: todo.due)
        wait = first.due - self._clock.monotonic()
        # What changes meanwhile may be due before.
        return min(wait, self._seconds) if wait > 0 else await first.do()

    def _todos(self, board: Board, desk: BoardDesk) -> Iterator[_Todo]:
        """Yield what is to be done on a board."""
        content = self._lines.of(board)
        if content is None:
            return
        pages, sheets = lay_out(content, buttons=board.buttons), self._of(board)
        if len(sheets) <= len(pages) or content.lost:
            self._surplus.pop(board.id or 0, None)
        else:
            due = self._surplus.setdefault(board.id or 0, self._clock.monotonic())
            due += self._seconds * _LOOKS
            yield self._todo(sheets[-1], partial(self._delete, sheets[-1], desk), due)
        for page, sheet in zip(pages, sheets, strict=False):
            if sheet.message.message_id is None:
                yield self._todo(sheet, partial(self._post, page, sheet, desk))
                break  # They are to stand in this order.
        else:
            if len(sheets) < len(pages):
                page = pages[len(sheets)]
                yield _Todo(_AT_ONCE, partial(self._begin, board, page, desk))
        for page, sheet in zip(pages, sheets, strict=False):
            if sheet.message.message_id is not None and sheet.face != page.face:
                edit = partial(self._edit, page, sheet, desk)
                yield self._todo(sheet, edit, sheet.edited + self._seconds)
            elif sheet.is_doubtful:
                # Whatever is due goes before.
                now = self._clock.monotonic()
                yield self._todo(sheet, partial(self._find, sheet, desk), now)

    def _todo(
        self, sheet: _Sheet, do: Callable[[], Awaitable[float]], due: float = _AT_ONCE
    ) -> _Todo:
        return _Todo(max(due, sheet.next_try), partial(self._attempt, sheet, do))

    async def _attempt(self, sheet: _Sheet, do: Callable[[], Awaitable[float]]) -> float:
        """Do it; a message that Discord does not take is left alone for a while, ever longer."""
        try:
            return await do()
        except MessageGone:
            await self._drop(sheet)
        except NotTaken as error:
            log.warning("could not show a board in channel %d: %s", sheet.message.channel_id, error)
            self.failed += 1
            sheet.pause = min(2 * sheet.pause, _LONGEST_PAUSE) or _FIRST_PAUSE
            sheet.next_try = self._clock.monotonic() + sheet.pause
        return 0.0

    async def _begin(self, board: Board, page: Page, desk: BoardDesk) -> float:
        message = await self._store.begin(
            BoardMessage(
                board_id=board.id or 0,
                guild_id=board.guild_id,
                channel_id=board.channel_id,
                asked_at=self._clock.now(),
                seen={},
            )
        )
        sheet = self._keep(message)
        return await self._attempt(sheet, partial(self._post, page, sheet, desk, maybe_there=False))

    async def _post(
        self, page: Page, sheet: _Sheet, desk: BoardDesk, *, maybe_there: bool = True
    ) -> float:
        drawing = desk.draw(page, sheet.message)
        await self._rate.turn()
        message_id = await desk.post(drawing, sheet.message, maybe_there=maybe_there)
        # What was found may show what was so before a restart.
        digest = None if maybe_there else drawing.digest
        return await self._shown(sheet, page, message_id, digest)

    async def _edit(self, page: Page, sheet: _Sheet, desk: BoardDesk) -> float:
        drawing = desk.draw(page, sheet.message)
        if drawing.digest == sheet.message.digest:
            sheet.face = page.face
            return 0.0
        await self._rate.turn()
        await desk.edit(drawing, sheet.message)
        return await self._shown(sheet, page, sheet.message.message_id, drawing.digest)

    async def _find(self, sheet: _Sheet, desk: BoardDesk) -> float:
        await self._rate.turn()
        await desk.find(sheet.message)
        sheet.is_doubtful = False
        sheet.pause = 0.0
        return self._rest(sheet.message.channel_id)

    async def _delete(self, sheet: _Sheet, desk: BoardDesk) -> float:
        await self._rate.turn()
        await desk.delete(sheet.message)
        await self._drop(sheet)
        return self._rest(sheet.message.channel_id)

    async def _drop(self, sheet: _Sheet) -> None:
        await self._store.drop(sheet.message)
        channel_id, board_id = sheet.message.channel_id, sheet.message.board_id
        here = self._sheets[channel_id]
        here.pop(sheet.message.id, None)
        if all(each.message.board_id != board_id for each in here.values()):
            self._surplus.pop(board_id, None)
        if not here:
            del self._sheets[channel_id]

    async def _shown(
        self, sheet: _Sheet, page: Page, message_id: int | None, digest: str | None
    ) -> float:
        seen = {line.server.ref: line.seen for line in page.lines}
        # Before it is stored: what cannot be stored is not shown again for that.
        sheet.message = replace(sheet.message, message_id=message_id, digest=digest, seen=seen)
        sheet.face = page.face if digest is not None else None
        sheet.edited = self._clock.monotonic()
        sheet.pause = 0.0
        rest = self._rest(sheet.message.channel_id)
        if digest is not None:
            self._wrote(sheet.message.channel_id)
        await self._store.shown(sheet.message)
        return rest

    def _keep(self, message: BoardMessage) -> _Sheet:
        sheet = self._sheets[message.channel_id][message.id] = _Sheet(message)
        return sheet

    def _all(self, guild_id: int | None) -> Iterator[_Sheet]:
        """Yield the messages of a guild or of all."""
        for here in self._sheets.values():
            yield from (each for each in here.values() if guild_id in (None, each.message.guild_id))

    def _in(self, channel_id: int) -> Collection[_Sheet]:
        return self._sheets.get(channel_id, {}).values()

    def _of(self, board: Board) -> list[_Sheet]:
        """Return the messages of a board, in the order in which they were posted."""
        here = self._in(board.channel_id)
        return [sheet for sheet in here if sheet.message.board_id == board.id]

    def _rest(self, channel_id: int) -> float:
        now = self._clock.now()
        is_old = any(now - each.message.asked_at > _OLD for each in self._in(channel_id))
        rest = self._seconds * (_REST_OF_OLD if is_old else _REST)
        self._free_at[channel_id] = self._clock.monotonic() + rest
        return rest
