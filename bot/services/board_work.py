"""Does what is to be done next in a channel with boards, one thing at a time. Decides no pauses.

What is about to be posted is stored before, so that after a crash it is looked for and never
posted twice; and what a message shows is stored after, so that a restart edits nothing.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from bot.domain.boards import BoardMessage, lay_out
from bot.domain.guild_ports import Posting
from bot.domain.news import Pause

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from bot.domain.board_ports import BoardDesk, BoardStore
    from bot.domain.boards import Board, Page
    from bot.domain.ports import Clock
    from bot.services.board_lines import BoardLines
    from bot.services.rate import Rate

    Done = Pause | float

_REST, _REST_OF_OLD = 0.22, 0.42
"""Between two requests in a channel, of the time between two edits of a message: Discord takes 5 in
5 s, and of edits of messages that are older than an hour 3 in 6 s."""
_OLD = timedelta(minutes=55)
_LOOKS = 12
"""Times between two edits of a message until one that is not needed is deleted: a panel may not
have told all of its servers, and whoever reads a board would see it fall apart."""
_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0
"""After a message that Discord did not take; the others go on meanwhile."""


@dataclass(frozen=True, slots=True)
class _Todo:
    """What is to be done, and when."""

    due: float
    do: Callable[[], Awaitable[Done]]


class _Failure(NamedTuple):
    """Of a message that Discord did not take."""

    until: float = float("-inf")
    pause: float = 0.0


class BoardWork:
    """The messages of all boards, and how each is brought up to date."""

    def __init__(
        self, *, store: BoardStore, lines: BoardLines, clock: Clock, rate: Rate, seconds: float
    ) -> None:
        self.failed = 0
        """Messages since the start that Discord did not take."""
        self._store = store
        self._lines = lines
        self._clock = clock
        self._rate = rate
        self._seconds = seconds
        self._messages: defaultdict[int, dict[int, BoardMessage]] = defaultdict(dict)
        """By channel and our id, in the order in which they were posted."""
        self._faces: dict[int, object] = {}
        """What messages show: what has not changed is not drawn."""
        self._edited: dict[int, float] = {}
        self._failed: dict[int, _Failure] = {}
        self._free_at: dict[int, float] = {}
        """By channel, when the next request may be sent."""
        self._looking = asyncio.Lock()
        self._surplus: dict[int, float] = {}
        """By board, since when it has more messages than it needs."""
        self._unchecked: set[int] = set()
        """The messages that may have been deleted."""

    def take_up(self, messages: Sequence[BoardMessage]) -> None:
        """Go on with what an earlier run of the bot has shown."""
        for message in messages:
            self._messages[message.channel_id][message.id] = message
            self._lines.remember(message.seen)

    def doubt(self, board: Board) -> None:
        """Edit all messages of a board, whatever they show."""
        for message in self._of(board):
            self._keep(replace(message, digest=None))
            self._faces.pop(message.id, None)

    def draw_anew(self, guild_id: int) -> None:
        """See whether the messages of a guild look different although they show the same."""
        for channel_id in self.channels(guild_id):
            for message_id in self._messages[channel_id]:
                self._faces.pop(message_id, None)

    def channels(self, guild_id: int | None = None) -> set[int]:
        """Return where there are messages, of a guild or of all."""
        return {
            each.channel_id
            for messages in self._messages.values()
            for each in messages.values()
            if guild_id in (None, each.guild_id)
        }

    def check(self, channel_id: int) -> None:
        """Look for the messages of a channel, whether they are still there."""
        if self._free_at.get(channel_id, 0.0) < self._clock.monotonic():
            self._free_at.pop(channel_id, None)
        self._unchecked |= self._messages.get(channel_id, {}).keys()

    async def step(
        self, channel_id: int, boards: Sequence[Board], desk: BoardDesk
    ) -> Posting | float | tuple[Board, Pause]:
        """Do what is due in a channel, and return how long to rest after it or for it.

        LATER after a failure, LOST if all is done; a pause with the board that has met it.
        """
        wait = self._free_at.get(channel_id, 0.0) - self._clock.monotonic()
        if wait > 0:
            return wait
        ids = {board.id for board in boards}
        todos = [
            self._todo(message, partial(self._delete, message, desk))
            for message in self._messages.get(channel_id, {}).values()
            if message.board_id not in ids
        ]
        active = [board for board in boards if board.pause is None]
        if active and all(todo.due > self._clock.monotonic() for todo in todos):
            standing = await desk.standing(active[0].guild_id, channel_id)
            if isinstance(standing, Pause):
                return active[0], standing
            if standing is not Posting.DONE:
                return standing
            for board in active:
                async with self._looking:
                    todos += self._todos(board, desk)
                    # Others than boards have their turn before the next one is looked at.
                    await asyncio.sleep(0)
        done = await self._do_first(todos)
        return (active[0], done) if isinstance(done, Pause) else done

    async def _do_first(self, todos: Sequence[_Todo]) -> Posting | Done:
        first = min(todos, key=lambda todo: todo.due, default=None)
        if first is None:
            return Posting.LOST
        wait = first.due - self._clock.monotonic()
        # What changes meanwhile may be due before.
        return min(wait, self._seconds) if wait > 0 else await first.do()

    def _todos(self, board: Board, desk: BoardDesk) -> Iterator[_Todo]:
        """Yield what is to be done on a board."""
        content = self._lines.of(board)
        if content is None:
            return
        pages, messages = lay_out(content, buttons=board.buttons), self._of(board)
        if len(messages) <= len(pages) or content.lost:
            self._surplus.pop(board.id or 0, None)
        else:
            due = self._surplus.setdefault(board.id or 0, self._clock.monotonic())
            due += self._seconds * _LOOKS
            yield self._todo(messages[-1], partial(self._delete, messages[-1], desk), due)
        for page, message in zip(pages, messages, strict=False):
            if message.message_id is None:
                yield self._todo(message, partial(self._post, page, message, desk))
                break  # They are to stand in this order.
        else:
            if len(messages) < len(pages):
                page = pages[len(messages)]
                yield _Todo(float("-inf"), partial(self._begin, board, page, desk))
        for page, message in zip(pages, messages, strict=False):
            if message.message_id is not None and self._faces.get(message.id) != page.face:
                due = self._edited.get(message.id, 0.0) + self._seconds
                yield self._todo(message, partial(self._edit, page, message, desk), due)
            elif message.id in self._unchecked:
                # Whatever is due goes before.
                now = self._clock.monotonic()
                yield self._todo(message, partial(self._check, message, desk), now)

    def _todo(
        self,
        message: BoardMessage,
        do: Callable[[], Awaitable[Done]],
        due: float = float("-inf"),
    ) -> _Todo:
        return _Todo(max(due, self._failed.get(message.id, _Failure()).until), do)

    def _of(self, board: Board) -> list[BoardMessage]:
        """Return the messages of a board, in the order in which they were posted."""
        here = self._messages.get(board.channel_id, {}).values()
        return [message for message in here if message.board_id == board.id]

    async def _begin(self, board: Board, page: Page, desk: BoardDesk) -> Done:
        message = await self._store.begin(
            BoardMessage(
                board_id=board.id or 0,
                guild_id=board.guild_id,
                channel_id=board.channel_id,
                asked_at=self._clock.now(),
                seen={},
            )
        )
        self._keep(message)
        return await self._post(page, message, desk, maybe_there=False)

    async def _post(
        self, page: Page, message: BoardMessage, desk: BoardDesk, *, maybe_there: bool = True
    ) -> Done:
        drawing = desk.draw(page, message)
        await self._rate.turn()
        posted = await desk.post(drawing, message, maybe_there=maybe_there)
        if isinstance(posted, Pause):
            return posted
        if isinstance(posted, Posting):
            return self._fail(message)
        # What was found may show what was so before a restart.
        digest = None if maybe_there else drawing.digest
        return await self._shown(replace(message, message_id=posted, digest=digest), page)

    async def _edit(self, page: Page, message: BoardMessage, desk: BoardDesk) -> Done:
        drawing = desk.draw(page, message)
        if drawing.digest == message.digest:
            self._faces[message.id] = page.face
            return 0.0
        await self._rate.turn()
        done = await desk.edit(drawing, message)
        if done is Posting.DONE:
            return await self._shown(replace(message, digest=drawing.digest), page)
        return await self._missed(message, done)

    async def _check(self, message: BoardMessage, desk: BoardDesk) -> Done:
        await self._rate.turn()
        found = await desk.find(message)
        if found is Posting.DONE:
            self._unchecked.discard(message.id)
            self._failed.pop(message.id, None)
            return self._rest(message.channel_id)
        return await self._missed(message, found)

    async def _missed(self, message: BoardMessage, answer: Posting | Pause) -> Done:
        if isinstance(answer, Pause):
            return answer
        return await self._drop(message) if answer is Posting.LOST else self._fail(message)

    async def _delete(self, message: BoardMessage, desk: BoardDesk) -> float:
        await self._rate.turn()
        if await desk.delete(message) is Posting.LATER:
            return self._fail(message)
        await self._drop(message)
        return self._rest(message.channel_id)

    async def _drop(self, message: BoardMessage) -> float:
        await self._store.drop(message)
        here = self._messages[message.channel_id]
        here.pop(message.id, None)
        if all(each.board_id != message.board_id for each in here.values()):
            self._surplus.pop(message.board_id, None)
        if not here:
            del self._messages[message.channel_id]
        for known in (self._faces, self._edited, self._failed):
            known.pop(message.id, None)
        self._unchecked.discard(message.id)
        return 0.0

    async def _shown(self, message: BoardMessage, page: Page) -> float:
        seen = {line.server.ref: line.seen for line in page.lines}
        message = replace(message, seen=seen)
        # Before it is stored: what cannot be stored is not shown again for that.
        self._keep(message)
        if message.digest is not None:
            self._faces[message.id] = page.face
        self._edited[message.id] = self._clock.monotonic()
        self._failed.pop(message.id, None)
        rest = self._rest(message.channel_id)
        await self._store.shown(message)
        return rest

    def _keep(self, message: BoardMessage) -> None:
        self._messages[message.channel_id][message.id] = message

    def _fail(self, message: BoardMessage) -> float:
        """Leave a message alone for a while, ever longer."""
        pause = self._failed.get(message.id, _Failure()).pause
        pause = min(2 * pause, _LONGEST_PAUSE) if pause else _FIRST_PAUSE
        self.failed += 1
        self._failed[message.id] = _Failure(self._clock.monotonic() + pause, pause)
        return 0.0

    def _rest(self, channel_id: int) -> float:
        here = self._messages.get(channel_id, {}).values()
        is_old = any(self._clock.now() - each.asked_at > _OLD for each in here)
        rest = self._seconds * (_REST_OF_OLD if is_old else _REST)
        self._free_at[channel_id] = self._clock.monotonic() + rest
        return rest
