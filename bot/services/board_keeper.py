"""Keeps boards as they should look, whatever happens to them. Knows no Discord, asks for no right.

What admins may do with boards is in `bot.services.boards`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.board_ports import BoardRefused
from bot.domain.boards import BoardPause
from bot.domain.channels import NotTaken
from bot.domain.health import Boards
from bot.services.board_work import BoardWork
from bot.services.channel_pauses import ChannelPauses
from bot.services.notices import Notices
from bot.services.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.domain.board_ports import BoardDesk, BoardStore
    from bot.domain.boards import Board
    from bot.domain.news import Pause
    from bot.domain.ports import Clock
    from bot.services.board_lines import BoardLines
    from bot.services.rate import Rate

log = logging.getLogger(__name__)

_PATROL_SECONDS = 900.0
_AT_START = 0.1
"""Seconds between two channels when what was deleted while the bot was away is looked for: others
have much to say then."""


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
        self._workers: Workers[int] = Workers("keeping the boards of channel %d", clock)
        self._pauses = ChannelPauses("boards", self, clock, wake=self._workers.wake)
        self._work = BoardWork(
            store=store,
            lines=lines,
            clock=clock,
            rate=rate,
            seconds=seconds,
            wrote=self._pauses.wrote,
        )
        self._refusals = Notices("refused boards")
        self._all: dict[int, Board] = {}
        self._of_guild: defaultdict[int, set[int]] = defaultdict(set)
        self._in_channel: defaultdict[int, set[int]] = defaultdict(set)
        self._pausing = asyncio.Lock()
        """One at a time: who wants a board shown anew must see a pause that is being stored."""
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
        return [self._all[board_id] for board_id in sorted(self._of_guild.get(guild_id, ()))]

    def follows(self, guild_id: int) -> set[tuple[str | None, str | None]]:
        """Return the panels and servers that are on boards of a guild which are kept up."""
        kept_up = (board for board in self.of_guild(guild_id) if board.pause is None)
        return {(board.panel_id, board.server_id) for board in kept_up}

    def kept(self) -> Boards:
        """Return how many there are, and how well they are kept up."""
        paused = sum(board.pause is not None for board in self._all.values())
        failed = self._workers.failed + self._work.failed
        return Boards(count=len(self._all), paused=paused, failed=failed)

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
        self._workers.wake([board.channel_id])
        return True

    async def remove(self, board: Board) -> None:
        """End it; its messages are deleted."""
        await self._store.remove(board)
        self._drop(board)
        self._workers.wake([board.channel_id])
        self._tell(board.guild_id)

    async def refresh(self, board: Board) -> Board:
        """Show it anew, also where nothing has changed; returns it as it is now.

        One whose channel is lost follows as soon as it can be written to; one that Discord has
        refused is tried again.
        """
        async with self._pausing:
            board = self._all.get(board.id or 0, board)
        if board.pause is BoardPause.REFUSED:
            await self.pause([board.id or 0], None, channel_id=board.channel_id)
        elif board.pause is not None:
            self._pauses.look_again(board.guild_id)
        self._work.doubt(board)
        self._workers.wake([board.channel_id])
        return self._all.get(board.id or 0, board)

    async def pause(
        self, board_ids: Iterable[int], pause: Pause | BoardPause | None, *, channel_id: int
    ) -> None:
        """Set or end the pause of some, here and in the store, if still in that channel."""
        async with self._pausing:
            for board_id in board_ids:
                now = self._all.get(board_id)
                if now is None or now.channel_id != channel_id:
                    continue
                changed = replace(now, pause=pause)
                if await self._store.pause(changed) and self._all.get(board_id) is now:
                    self._keep(changed)
                    self._tell(changed.guild_id)

    def forget(self, guild_id: int) -> None:
        """Drop all of a guild: what was stored is deleted; the messages go if that can be."""
        for board in self.of_guild(guild_id):
            self._drop(board)
        self._workers.wake(self._work.channels(guild_id))
        self._tell(guild_id)

    def panel_changed(self, panel_id: str) -> None:
        """Look what is different after a change of a panel or its servers."""
        guild_ids = self._lines.guilds_of(panel_id)
        # It is gone, and with it whose it was.
        known = self._of_guild.keys() if guild_ids is None else guild_ids & self._of_guild.keys()
        self._workers.wake(
            board.channel_id
            for guild_id in known
            for board in self.of_guild(guild_id)
            if board.panel_id in (None, panel_id)
        )

    def guild_changed(self, guild_id: int) -> None:
        """Look what is different after a change of a guild's choices."""
        self._work.draw_anew(guild_id)
        self._workers.wake(board.channel_id for board in self.of_guild(guild_id))

    def look_again(self, guild_id: int) -> None:
        """See whether the channels of a guild can be written to: that may have changed."""
        self._pauses.look_again(guild_id)

    async def run(self, desk: BoardDesk) -> None:
        """Keep boards up until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._pauses.run(desk), name="channels of boards")
            group.create_task(self._patrol(), name="patrol of boards")
            group.create_task(self._workers.run(partial(self._step, desk)), name="boards")

    async def _step(self, desk: BoardDesk, channel_id: int) -> float | None:
        """Do one thing in a channel; returns how long to rest, None if all is done."""
        ids = self._in_channel.get(channel_id, ())
        here = [self._all[board_id] for board_id in sorted(ids)]
        if not here:
            # Nothing can be lost there: what is left is deleted.
            return await self._work.step(channel_id, here, desk)
        async with self._pauses.pausing(here[0].guild_id, channel_id, desk):
            try:
                return await self._work.step(channel_id, here, desk)
            except BoardRefused as refused:
                tell = partial(desk.tell_refused, here[0].guild_id, channel_id)
                await self._refusals.tell(channel_id, BoardPause.REFUSED, tell)
                await self.pause([refused.board_id], BoardPause.REFUSED, channel_id=channel_id)
                if (board := self._all.get(refused.board_id)) and board.pause is None:
                    # The store knows another place for it.
                    raise NotTaken("it could not be paused") from refused
                # Whoever lets it be tried again wants to know again.
                self._refusals.forget(channel_id)
                log.warning("Discord takes no board in channel %d", channel_id)
        return 0.0

    async def _patrol(self) -> None:
        """Look for messages that are gone, of which Discord does not tell."""
        self._workers.wake(self._channels())
        is_first = True
        while True:
            channel_ids = self._channels()
            rest = _PATROL_SECONDS / max(len(channel_ids), 1)
            for channel_id in channel_ids:
                self._work.check(channel_id)
                self._workers.wake([channel_id])
                await self._clock.sleep(min(rest, _AT_START) if is_first else rest)
            if is_first or not channel_ids:
                await self._clock.sleep(rest)
            is_first = False
            self._lines.forget_gone()

    def _channels(self) -> list[int]:
        return sorted(self._work.channels() | {each.channel_id for each in self._all.values()})

    def _put(self, board: Board) -> None:
        self._keep(board)
        self._workers.wake([board.channel_id])
        self._tell(board.guild_id)

    def _keep(self, board: Board) -> None:
        if board.id is not None:
            self._drop(board)
            self._all[board.id] = board
            self._of_guild[board.guild_id].add(board.id)
            self._in_channel[board.channel_id].add(board.id)

    def _drop(self, board: Board) -> None:
        known = self._all.pop(board.id or 0, None)
        if known is not None:
            self._of_guild[known.guild_id].discard(known.id or 0)
            self._in_channel[known.channel_id].discard(known.id or 0)

    def _tell(self, guild_id: int) -> None:
        for listener in self._listeners:
            listener(guild_id)
