"""The bot is killed at random moments of its work on boards: each has its messages, once, true."""

from __future__ import annotations

import asyncio
import os
import random
import re
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.discord.compose import delete
from tests.e2e.hurried import bot_process

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

KILLS = int(os.getenv("DECKHAND_KILLS", "10"))
SEED = int(os.getenv("DECKHAND_SEED", "1"))
_SECONDS = 60
"""For whatever is waited for, on a machine that has much else to do."""
_MESSAGES = "/channels/{channel_id}/messages"
_MESSAGE = f"{_MESSAGES}/{{message_id}}"
_LINE = re.compile(r"\*\*(\w+)\*\* · (\w+)")
_CHANGES = (f"POST {_MESSAGES}", f"PATCH {_MESSAGE}", f"DELETE {_MESSAGE}")


@pytest.mark.timeout(120 + 10 * KILLS)
async def test_boards_outlive_a_bot_that_is_killed_at_any_moment(quiet_stage: Stage) -> None:
    stage, yard = quiet_stage, _Yard(quiet_stage, random.Random(SEED))  # noqa: S311 - the same in every run
    stage.discord.buckets.enabled = False
    interrupted = 0
    async with asyncio.TaskGroup() as members:
        for _ in range(KILLS):
            async with bot_process(stage):
                await stage.discord.wait_connected(timeout=_SECONDS)
                await stage.discord.until(lambda: bool(stage.discord.commands), timeout=_SECONDS)
                if yard.dice.random() < 2 / 3:
                    await stage.until_listed()
                yard.curse()
                for order in yard.dice.sample(yard.orders, 2):
                    order(members)
                yard.change(3)
                await yard.some_moment()
            interrupted += not yard.is_in_order()
            stage.discord.faults.clear()
            stage.time.advance(3)  # nobody waits for the answers of the dead
            stage.discord.tick()
    for _ in range(2):
        async with bot_process(stage):
            await stage.discord.wait_connected(timeout=_SECONDS)
            await stage.until_listed()
            yard.change(len(stage.world.servers))
            # What was deleted by hand is looked for only now and then, unless it is to be edited.
            await yard.refresh_all()
            try:
                await stage.discord.until(yard.is_in_order, timeout=_SECONDS)
            except TimeoutError as error:
                error.add_note(f"there should be {yard.what_is_so()}")
                raise
    assert interrupted, "no kill has interrupted anything"
    assert yard.boards(), "no board is left"
    print(f"seed {SEED}: {interrupted} of {KILLS} kills interrupted {yard.done}")  # noqa: T201 - for the reader


class _Yard:
    """Channels with boards, what members do to them, and what there ought to be."""

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self.stage, self.dice = stage, dice
        self.channels = [stage.guild.add_channel(f"boards-{number}") for number in range(3)]
        self.orders: list[Callable[[asyncio.TaskGroup], None]] = [
            self._create,
            self._create,
            self._remove,
            self._move,
            self._refresh,
            self._delete_by_hand,
            self._grow_or_shrink,
        ]
        self.done: dict[str, int] = {}
        # More than one message has room for.
        self._more = [stage.add_server(f"S{number}", state="running") for number in range(9)]
        self._is_grown = True

    def boards(self) -> list[tuple[Any, ...]]:
        """Return id, channel and server of each that is to be there."""
        return self._stored("SELECT id, channel_id, server_id FROM boards")

    def is_in_order(self) -> bool:
        """Whether the channels hold exactly the boards, and these the truth."""
        boards = self.boards()
        rows = self._stored("SELECT board_id, channel_id, message_id FROM board_messages")
        shown = {(channel.id, m.id): m for channel in self.channels for m in channel.messages}
        known = {(channel_id, message_id) for _, channel_id, message_id in rows}
        if len(rows) != len(known) or known != shown.keys():
            return False
        if not {row[:2] for row in rows} <= {board[:2] for board in boards}:
            return False
        return all(
            self._is_true([shown[row[1:]] for row in rows if row[0] == board_id], server_id)
            for board_id, _, server_id in boards
        )

    def what_is_so(self) -> str:
        """Return what is stored, and the state of each server."""
        states = {server.name: server.state for server in self.stage.world.servers}
        query = "SELECT id, board_id, channel_id, message_id FROM board_messages"
        return f"boards {self.boards()}, messages {self._stored(query)}, servers {states}"

    def change(self, count: int) -> None:
        """Let some servers crash, or be up all of a sudden."""
        for server in self.dice.sample(self.stage.world.servers, count):
            if server.state == "running":
                server.crash()
            else:
                server.begin("running")

    async def refresh_all(self) -> None:
        """Have all boards shown anew."""
        stage = self.stage
        for board_id, *_ in self.boards():
            options = {"board": str(board_id)}
            await stage.discord.slash(stage.owner, stage.channel, "board refresh", options)

    def curse(self) -> None:
        """Let Discord take its time, and now and then lose an answer."""
        faults = self.stage.discord.faults
        for route in _CHANGES:
            faults.slow(route, self.dice.uniform(0.02, 0.3))
            if self.dice.random() < 1 / 4:
                faults.fail(route, 503, after=True)

    async def some_moment(self) -> None:
        """Wait for one: some time, or some requests about boards, which need not come."""
        if self.dice.random() < 1 / 3:
            await asyncio.sleep(self.dice.uniform(0, 0.7))
            return
        wanted = self._changed() + self.dice.randrange(1, 8)
        with suppress(TimeoutError):
            await self.stage.discord.until(lambda: self._changed() >= wanted, timeout=1)

    def _changed(self) -> int:
        """Return how often something was to be changed in the channels."""
        ids = {str(channel.id) for channel in self.channels}
        return sum(
            f"{each.method} {each.route}" in _CHANGES and each.path.split("/")[4] in ids
            for each in self.stage.discord.exchanges
        )

    def _create(self, members: asyncio.TaskGroup) -> None:
        server = self.dice.choice((None, None, self.stage.survival, self.stage.creative))
        wanted = {"server": server.identifier} if server else {}
        channel = self.dice.choice(self.channels)
        buttons = self.dice.random() < 1 / 2
        self._use(members, "create", channel=channel, buttons=buttons, **wanted)

    def _remove(self, members: asyncio.TaskGroup) -> None:
        self._use_on_one(members, "remove")

    def _move(self, members: asyncio.TaskGroup) -> None:
        self._use_on_one(members, "move", channel=self.dice.choice(self.channels))

    def _refresh(self, members: asyncio.TaskGroup) -> None:
        self._use_on_one(members, "refresh")

    def _delete_by_hand(self, _members: asyncio.TaskGroup) -> None:
        messages = [message for channel in self.channels for message in channel.messages]
        if messages:
            delete(self.dice.choice(messages))
            self._note("delete by hand")

    def _grow_or_shrink(self, _members: asyncio.TaskGroup) -> None:
        for server in self._more:
            if self._is_grown:
                self.stage.world.servers.remove(server)
            else:
                self.stage.world.servers.append(server)
        self._is_grown = not self._is_grown
        self._note("grow or shrink")

    def _use_on_one(self, members: asyncio.TaskGroup, command: str, **options: object) -> None:
        boards = self.boards()
        if boards:
            self._use(members, command, board=str(self.dice.choice(boards)[0]), **options)

    def _use(self, members: asyncio.TaskGroup, command: str, **options: object) -> None:
        stage = self.stage
        use = stage.discord.slash(stage.owner, stage.channel, f"board {command}", options)
        members.create_task(use)
        self._note(command)

    def _note(self, what: str) -> None:
        self.done[what] = self.done.get(what, 0) + 1

    def _is_true(self, messages: list[Message], server_id: str | None) -> bool:
        """Whether these messages show each server of a board once, as it is."""
        text = "\n".join(message.text for message in messages)
        servers = [s for s in self.stage.world.servers if server_id in (None, s.identifier)]
        return sorted(_LINE.findall(text)) == sorted((s.name, s.state) for s in servers)

    def _stored(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.stage.database)) as connection:
            return connection.execute(query).fetchall()
