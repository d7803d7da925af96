"""Keeps boards as they should look, whatever happens to them. Knows no Discord, asks for no right.

What admins may do with boards is in `bot.services.boards`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.domain.guild_ports import Posting
from bot.domain.health import Boards
from bot.services.background import outliving
from bot.services.board_work import BoardWork

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bot.domain.board_ports import BoardDesk, BoardStore
    from bot.domain.boards import Board
    from bot.domain.news import Pause
    from bot.domain.ports import Clock
    from bot.services.board_lines import BoardLines
    from bot.services.rate import Rate

log = logging.getLogger(__name__)

_FIRST_PAUSE, _LONGEST_PAUSE = 2.0, 60.0
_PATROL_SECONDS = 900.0


class BoardKeeper:
    """All boards in memory; one worker for each channel in which something is to be done."""

    def __init__(
        self,
        *,
        store: BoardStore,
        lines: BoardLines,
        clock: Clock,
        rate: Rate,
        seconds: float = 5.0,
    ) -> None:
        """`seconds` pass at least between two edits of the same message."""
        self._store = store
        self._lines = lines
        self._clock = clock
        self._work = BoardWork(store=store, lines=lines, clock=clock, rate=rate, seconds=seconds)
        self._of_guild: defaultdict[int, dict[int, Board]] = defaultdict(dict)
        self._served: dict[int, bool] = {}
        """The channels that have a worker, and whether there is more than it has seen."""
        self._new: asyncio.Queue[int] = asyncio.Queue()
        self._doubtful: asyncio.Queue[int] = asyncio.Queue()
        self._looks = 0
        """How often a guild was to be looked at."""
        self._failed = 0
        """Tries since the start that came to nothing, besides those of single messages."""
        self._listeners: list[Callable[[int], None]] = []

    async def load(self) -> None:
        """Read what is stored; before that there is no board."""
        for board in await self._store.boards():
            self._keep(board)
        self._work.take_up(await self._store.messages())

    def listen(self, listener: Callable[[int], None]) -> None:
        """Call it with the guild's id after each change of what boards show."""
        self._listeners.append(listener)

    def of_guild(self, guild_id: int) -> list[Board]:
        """Return those of a guild, oldest first."""
        return [board for _, board in sorted(self._of_guild.get(guild_id, {}).items())]

    def follows(self, guild_id: int) -> set[tuple[str | None, str | None]]:
        """Return the panels and servers that are on boards of a guild which are kept up."""
        kept_up = (board for board in self.of_guild(guild_id) if board.pause is None)
        return {(board.panel_id, board.server_id) for board in kept_up}

    def kept(self) -> Boards:
        """Return how many there are, and how well they are kept up."""
        pauses = [board.pause for board in self._all()]
        paused = sum(pause is not None for pause in pauses)
        return Boards(count=len(pauses), paused=paused, failed=self._failed + self._work.failed)

    async def add(self, board: Board) -> Board:
        """Store a new one; it appears in its channel."""
        stored = await self._store.add(board)
        self._put(stored)
        return stored

    async def move(self, board: Board, channel_id: int) -> bool:
        """Show it in another channel, and no longer in this one; False where it is gone."""
        moved = replace(board, channel_id=channel_id, pause=None)
        if not await self._store.move(moved):
            return False
        self._put(moved)
        self._wake(board.channel_id)
        return True

    async def remove(self, board: Board) -> None:
        """End it; its messages are deleted."""
        await self._store.remove(board)
        self._of_guild[board.guild_id].pop(board.id or 0, None)
        self._wake(board.channel_id)
        self._tell(board.guild_id)

    def refresh(self, board: Board) -> None:
        """Show it anew, also where nothing has changed; a paused one as soon as that can be."""
        if board.pause is not None:
            self.look_again(board.guild_id)
        self._work.doubt(board)
        self._wake(board.channel_id)

    def forget(self, guild_id: int) -> None:
        """Drop all of a guild: what was stored is deleted; the messages go if that can be."""
        self._of_guild.pop(guild_id, None)
        for channel_id in self._work.channels(guild_id):
            self._wake(channel_id)
        self._tell(guild_id)

    def panel_changed(self, panel_id: str) -> None:
        """Look what is different after a change of a panel or its servers."""
        guild_ids = self._lines.guilds_of(panel_id)
        # It is gone, and with it whose it was.
        known = self._of_guild.keys() if guild_ids is None else guild_ids & self._of_guild.keys()
        for guild_id in known:
            for board in self._of_guild[guild_id].values():
                if board.panel_id in (None, panel_id):
                    self._wake(board.channel_id)

    def guild_changed(self, guild_id: int) -> None:
        """Look what is different after a change of a guild's choices."""
        self._work.draw_anew(guild_id)
        for board in self.of_guild(guild_id):
            self._wake(board.channel_id)

    def look_again(self, guild_id: int) -> None:
        """See whether the channels of a guild can be written to: that may have changed."""
        if self.of_guild(guild_id):
            self._looks += 1
            self._doubtful.put_nowait(guild_id)

    async def run(self, desk: BoardDesk) -> None:
        """Keep boards up until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._look(desk), name="channels of boards")
            group.create_task(self._patrol(), name="patrol of boards")
            while True:
                channel_id = await self._new.get()
                serving = self._serve(channel_id, desk)
                group.create_task(serving, name=f"boards in {channel_id}")

    def _put(self, board: Board) -> None:
        self._keep(board)
        self._wake(board.channel_id)
        self._tell(board.guild_id)

    def _keep(self, board: Board) -> None:
        if board.id is not None:
            self._of_guild[board.guild_id][board.id] = board

    def _all(self) -> Iterator[Board]:
        for boards in self._of_guild.values():
            yield from boards.values()

    def _tell(self, guild_id: int) -> None:
        for listener in self._listeners:
            listener(guild_id)

    def _wake(self, channel_id: int) -> None:
        if channel_id not in self._served:
            self._new.put_nowait(channel_id)
        self._served[channel_id] = True

    async def _patrol(self) -> None:
        """Look for what Discord does not tell: messages that are gone, rights that are back."""
        for channel_id in self._channels():
            self._wake(channel_id)
        while True:
            for guild_id in {board.guild_id for board in self._all() if board.pause is not None}:
                self.look_again(guild_id)
            channel_ids = self._channels()
            for channel_id in channel_ids:
                self._work.check(channel_id)
                self._wake(channel_id)
                await self._clock.sleep(_PATROL_SECONDS / len(channel_ids))
            if not channel_ids:
                await self._clock.sleep(_PATROL_SECONDS)
            self._lines.forget_gone()

    def _channels(self) -> list[int]:
        return sorted(self._work.channels() | {board.channel_id for board in self._all()})

    async def _serve(self, channel_id: int, desk: BoardDesk) -> None:
        pause = _FIRST_PAUSE
        while self._served[channel_id]:
            self._served[channel_id] = False
            done: Posting | float = Posting.LATER
            with outliving("keeping the boards of channel %d", channel_id):
                done = await self._do(channel_id, desk)
            if done is Posting.LOST:
                continue
            self._served[channel_id] = True
            if done is Posting.LATER:
                self._failed += 1
                await self._clock.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            if isinstance(done, float) and done > 0:
                await self._clock.sleep(done)
        del self._served[channel_id]

    async def _do(self, channel_id: int, desk: BoardDesk) -> Posting | float:
        """Do one thing; returns how long to rest, LATER after a failure, LOST if all is done."""
        here = [board for board in self._all() if board.channel_id == channel_id]
        looks = self._looks
        try:
            done = await self._work.step(channel_id, here, desk)
            return await self._pause(*done, desk, looks) if isinstance(done, tuple) else done
        except StorageUnavailable as error:
            log.warning("the boards of channel %d wait for the database: %s", channel_id, error)
            return Posting.LATER

    async def _look(self, desk: BoardDesk) -> None:
        while True:
            guild_id = await self._doubtful.get()
            with outliving("looking at the boards of guild %d", guild_id):
                try:
                    await self._look_at(guild_id, desk)
                except StorageUnavailable as error:
                    log.warning("the boards of guild %d wait: %s", guild_id, error)
                    self._doubtful.put_nowait(guild_id)
                    await self._clock.sleep(_FIRST_PAUSE)

    async def _look_at(self, guild_id: int, desk: BoardDesk) -> None:
        for channel_id in sorted({board.channel_id for board in self.of_guild(guild_id)}):
            looks = self._looks
            standing = await desk.standing(guild_id, channel_id)
            for board in self.of_guild(guild_id):
                if board.channel_id != channel_id:
                    continue
                if not isinstance(standing, Posting):
                    await self._pause(board, standing, desk, looks)
                elif standing is Posting.DONE and board.pause is not None:
                    await self._set_pause(board, None)
                    log.info("the board in channel %d can be kept up again", channel_id)
                    self._wake(channel_id)

    async def _pause(
        self, board: Board, pause: Pause, desk: BoardDesk, looks: int
    ) -> Posting | float:
        """Tell the admins, and do nothing more in its channel until that can be written to.

        `looks` is how often guilds were to be looked at before the reason was found.
        """
        same = [
            each
            for each in self.of_guild(board.guild_id)
            if each.channel_id == board.channel_id and each.pause is not pause
        ]
        if not same:
            return 0.0
        told = await desk.tell_admins(board.guild_id, board.channel_id, pause)
        if told is Posting.LATER:
            return Posting.LATER
        for each in same:
            await self._set_pause(each, pause)
        if self._looks != looks:
            # The right may be back already: whoever looked meanwhile saw no pause to end.
            self._doubtful.put_nowait(board.guild_id)
        log.warning(
            "boards cannot be kept up in channel %d of guild %d (%s); it goes on as soon as it can",
            board.channel_id,
            board.guild_id,
            pause,
        )
        return 0.0

    async def _set_pause(self, board: Board, pause: Pause | None) -> None:
        here = self._of_guild[board.guild_id]
        now = here.get(board.id or 0)
        # It may have been moved meanwhile, and is then another channel's.
        if now is not None and now.channel_id == board.channel_id:
            changed = replace(now, pause=pause)
            if await self._store.pause(changed) and here.get(board.id or 0) is now:
                here[board.id or 0] = changed
                self._tell(board.guild_id)
