"""Every kind of panel with all that can go wrong on it: nothing is lost, nothing told twice."""

from __future__ import annotations

import asyncio
import os
import random
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, cast

import pytest
from pydantic import SecretStr

from bot import app, wiring
from bot.domain.servers import Capability, ServerState
from bot.panels import PanelHub, cvm
from tests.e2e.newsroom import lines, subscribe, to_be_told, told, until_all_is_told, until_stored
from tests.e2e.stage import Bot, ShiftedClock
from tests.e2e.troubles import IMPATIENT, all_troubles
from tests.panels.harness import HARNESSES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.simulators.world import Server
    from tests.e2e.stage import Stage
    from tests.panels.harness_base import Harness
    from tests.panels.support import HastyClock

SEED = int(os.getenv("DECKHAND_SEED", "1"))
_TROUBLES_AT_ONCE, _CHANGES_AT_ONCE = 4, 2
_SERVERS = 8
_SECONDS = 60
"""For whatever is waited for, on a machine that has much else to do."""


@dataclass
class QuickClock:
    """Real time, so many times as fast, for the bot as well as for Discord and the panel."""

    speed: float
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    offset: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.monotonic())

    def monotonic(self) -> float:
        return self.speed * (time.monotonic() - self.offset)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / self.speed)


@pytest.fixture(params=HARNESSES, ids=lambda kind: kind.name)
def kind(request: pytest.FixtureRequest) -> type[Harness]:
    return cast("type[Harness]", request.param)


@pytest.fixture
def clock(kind: type[Harness]) -> QuickClock:
    # A node tells more each second than a panel is asked.
    return QuickClock(10 if Capability.LIVE in kind.capabilities else 40)


@pytest.fixture
def discord_time(clock: QuickClock) -> ShiftedClock:
    return ShiftedClock(lambda: clock.now().timestamp())


@pytest.fixture
async def harness(
    kind: type[Harness], clock: QuickClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Harness]:
    """The panel, with servers that run."""
    for module in (app, wiring):
        monkeypatch.setattr(module, "SystemClock", lambda: clock)
    monkeypatch.setattr(app, "PanelHub", partial(PanelHub, timeout=IMPATIENT))
    monkeypatch.setattr(cvm, "_MANNERS", replace(cvm._MANNERS, timeout=None))
    harness = kind(cast("HastyClock", clock))
    for number in range(_SERVERS):
        node = harness.world.nodes[number % 2]
        server = harness.world.add_server(f"S{number}", node=node, state="running")
        server.start_seconds = server.stop_seconds = 0
        harness.allow(server)
    async with harness:
        yield harness


@pytest.mark.timeout(300)
async def test_whatever_goes_wrong_on_a_panel_each_change_is_told_once(
    quiet_stage: Stage, harness: Harness
) -> None:
    stage, dice = quiet_stage, random.Random(SEED)  # noqa: S311 - the same in every run
    stage.discord.buckets.enabled = False
    news = stage.guild.add_channel("news")
    await subscribe(stage, news)
    servers = harness.world.servers[-_SERVERS:]
    turns, expected = cycle(servers), dict[str, list[str]]()
    troubles = all_troubles(harness, servers[0].node)
    dice.shuffle(troubles)
    async with _watching(stage, harness):
        await until_stored(stage, "SELECT count(*) FROM tracks", len(harness.world.servers))
        is_telling = harness.tells["running"] is ServerState.RUNNING
        for start in range(0, len(troubles), _TROUBLES_AT_ONCE):
            some = troubles[start : start + _TROUBLES_AT_ONCE]
            for trouble in some:
                trouble.begin()
            for server in islice(turns, _CHANGES_AT_ONCE if is_telling else 0):
                expected.setdefault(server.name, []).append(_change(server))
            asked = len(harness.stand_in.requests)
            await harness.stand_in.wait_for_requests(asked + len(some) + 1)
            for trouble in some:
                trouble.end()
            try:
                await until_all_is_told(stage, [news], servers, seconds=_SECONDS)
            except TimeoutError as error:
                error.add_note(f"after {[trouble.name for trouble in some]}")
                raise
    assert told([news]) == to_be_told(stage)
    if harness.dead_node_state is not ServerState.OFFLINE:
        assert told([news]) == expected
    assert not [line for line in lines(news) if "crashed" in line]


def _change(server: Server) -> str:
    """Let a server be stopped or started; returns the news of it."""
    is_going = server.state == "running"
    server.power("stop" if is_going else "start")
    return "stopped" if is_going else "started"


@asynccontextmanager
async def _watching(stage: Stage, harness: Harness) -> AsyncIterator[None]:
    """Run the bot with this panel alone."""
    settings = stage.settings()
    panel = settings.panels[0].model_copy(
        update={
            "kind": harness.kind,
            "base_url": harness.url,
            "credentials": {key: SecretStr(text) for key, text in harness.credentials.items()},
            "options": harness.options,
        }
    )
    bot = Bot(settings.model_copy(update={"panels": (panel,)}))
    await bot.started()
    stage.bots.append(bot)
    yield
    await stage.stop_bot(bot)
