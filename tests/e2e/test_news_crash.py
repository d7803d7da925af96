"""The bot is killed at random moments while servers change and members give orders.

What it says of them afterwards is the truth, and all of it, once.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from tests.e2e.chronicle import Chronicle
from tests.e2e.hurried import bot_process
from tests.e2e.newsroom import channels_for, count_stored, until_stored

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.world import Server
    from tests.e2e.stage import Stage, StillClock

KILLS = int(os.getenv("DECKHAND_KILLS", "25"))
SEED = int(os.getenv("DECKHAND_SEED", "1"))
_CACHES = (0, 20)
"""Seconds for which the panel keeps what it answers; the kills are shared out among them."""
_SECONDS = 60
"""For whatever is waited for, on a machine that has much else to do."""
_LUCKY, _UNLUCKY = 0.7, 0.3
_AT_ONCE = 3
_POST = "POST /channels/{channel_id}/messages"
_RUNNING, _OFFLINE = "running", "offline"


@pytest.mark.timeout(120 + 10 * KILLS)
@pytest.mark.parametrize("cache_seconds", _CACHES)
async def test_a_bot_that_is_killed_at_any_moment_tells_everything_once(
    quiet_stage: Stage, cache_seconds: int
) -> None:
    stage, kills = quiet_stage, -(-KILLS // len(_CACHES))
    stage.discord.buckets.enabled = False
    stage.panel.settings.cache_seconds = cache_seconds
    stage.panel.settings.requests_per_minute = 10**9
    # Each changes only now and then, or it would be told to keep changing.
    servers = [
        stage.add_server(f"S{number}", state=_RUNNING, start_seconds=0.3, stop_seconds=0.2)
        for number in range(10 + 3 * kills)
    ]
    news = await channels_for(stage, servers)
    fate = _Fate(stage, Chronicle(stage, servers, news=news))
    in_flight = 0
    async with _time_goes_on(stage.world_time):
        async with bot_process(stage):
            await until_stored(stage, "SELECT count(*) FROM tracks", len(stage.world.servers))
            await stage.until_listed()
        for _ in range(kills):
            await fate.live_and_die()
            in_flight += count_stored(stage, "SELECT count(DISTINCT batch_id) FROM deliveries")
            in_flight += count_stored(stage, "SELECT count(*) FROM receipts")
        async with bot_process(stage):
            await fate.until_settled()
    wrong = fate.chronicle.wrong()
    assert not wrong, "\n".join(wrong)
    assert in_flight, "no kill has interrupted anything"
    kinds = f"{kills} kills, cache {cache_seconds} s"
    print(f"seed {SEED}, {kinds}: {fate}, {in_flight} on their way")  # noqa: T201 - for the reader


class _Fate:
    """Throws the dice for the servers, the members and the bot."""

    def __init__(self, stage: Stage, chronicle: Chronicle) -> None:
        self.chronicle = chronicle
        self._stage = stage
        self._dice = random.Random(SEED)  # noqa: S311 - the same in every run
        self._changes = 0

    async def live_and_die(self) -> None:
        """Let the bot be started, see something, and be killed in the midst of it."""
        stage, dice = self._stage, self._dice
        self._change()
        stage.discord.faults.slow(_POST, dice.uniform(0.02, 0.3))
        if dice.random() < _UNLUCKY:
            stage.discord.faults.fail(_POST, 503, after=True)
        async with bot_process(stage):
            await stage.discord.wait_connected(timeout=_SECONDS)
            if dice.random() < _LUCKY:
                await stage.until_listed()
                self._order()
            self._change()
            await self._until_something()
        stage.discord.faults.clear()

    async def until_settled(self) -> None:
        """Wait until all is told, as far as it ever is."""
        await asyncio.gather(*(order.asking for order in self.chronicle.orders))
        with suppress(TimeoutError):
            await self._stage.discord.until(lambda: not self.chronicle.wrong(), timeout=_SECONDS)
            await until_stored(self._stage, "SELECT count(*) FROM deliveries", 0)

    def __str__(self) -> str:
        orders = len(self.chronicle.orders)
        return f"{self._changes} changes, {self._given} of {orders} orders given"

    def _change(self) -> None:
        """Let some servers crash, be stopped or be started, beside the bot."""
        chronicle = self.chronicle
        for server in self._some():
            if server.state == _OFFLINE:
                chronicle.start(server)
            else:
                self._dice.choice((chronicle.crash, chronicle.stop))(server)
            self._changes += 1

    def _order(self) -> None:
        """Let members ask the bot for something."""
        for server in self._some():
            actions = ("restart", "stop") if server.state == _RUNNING else ("start",)
            member = self._dice.choice((self._stage.owner, self._stage.moderator))
            self.chronicle.order(server, self._dice.choice(actions), member)

    def _some(self) -> list[Server]:
        """Return servers of which nothing is left to be told: what comes next is told apart."""
        settled = self.chronicle.settled()
        return self._dice.sample(settled, min(_AT_ONCE, len(settled)))

    async def _until_something(self) -> None:
        """Wait until so much more was said to Discord, or an order was given, or for no reason."""
        stage, dice = self._stage, self._dice
        more, patience = dice.randint(1, 8), dice.uniform(0, 1.5)
        exchanges, given = len(stage.discord.exchanges), self._given
        with suppress(TimeoutError):
            match dice.randrange(3):
                case 0:
                    await stage.discord.until(
                        lambda: len(stage.discord.exchanges) >= exchanges + more, timeout=patience
                    )
                case 1:
                    await stage.discord.until(lambda: self._given > given, timeout=2 * patience)
                    await asyncio.sleep(patience / 3)
                case _:
                    await asyncio.sleep(patience)

    @property
    def _given(self) -> int:
        return sum(len(order.signals) for order in self.chronicle.orders)


@asynccontextmanager
async def _time_goes_on(clock: StillClock) -> AsyncIterator[None]:
    """Let the servers' time pass as everybody's does: so long a panel's answers are good."""

    async def go_on() -> None:
        ahead = clock.at - time.monotonic()
        while True:
            clock.at = ahead + time.monotonic()
            await asyncio.sleep(0.01)

    going = asyncio.get_running_loop().create_task(go_on())
    try:
        yield
    finally:
        going.cancel()
