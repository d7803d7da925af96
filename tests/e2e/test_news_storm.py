"""News while Discord and the panel fail in every way: nothing is lost, nothing is told twice."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from bot import app
from bot.domain.events import EventKind
from bot.panels import PanelHub
from tests.e2e.chronicle import Chronicle
from tests.e2e.newsroom import (
    channels_for,
    count_stored,
    start_watching,
    subscribe,
    until_all_is_told,
    until_followed,
    until_stored,
)
from tests.e2e.troubles import IMPATIENT, on_the_way

if TYPE_CHECKING:
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.world import Server
    from tests.e2e.stage import Stage

OUTAGE_SECONDS = float(os.getenv("DECKHAND_OUTAGE_SECONDS", "1"))
SEED = int(os.getenv("DECKHAND_SEED", "5"))
_ROUNDS = 6
_POST = "POST /channels/{channel_id}/messages"
_RECOVERY_SECONDS = 120
"""More than the longest pause that the bot takes after failures, of panels too."""


@pytest.mark.timeout((_ROUNDS + 3) * _RECOVERY_SECONDS + OUTAGE_SECONDS)
async def test_discord_and_the_panel_fail_and_all_is_told_once(
    quiet_stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "PanelHub", partial(PanelHub, timeout=IMPATIENT))
    stage, dice = quiet_stage, random.Random(SEED)  # noqa: S311 - the same in every run
    # All have to get new tokens again and again, beside lists in a hurry.
    stage.panel.settings.requests_per_minute = 10**9
    servers = [stage.add_server(f"S{number}", state="running") for number in range(30)]
    news = await channels_for(stage, servers)
    chronicle = Chronicle(stage, servers, news=news)
    await start_watching(stage, *servers)
    storm = _Storm(stage, dice)
    turns = cycle(dice.sample(servers, len(servers)))
    for _ in range(_ROUNDS):
        # Nothing is seen of what comes and goes while no connection tells of it.
        stage.world_time.advance(1)
        await until_followed(stage, *servers, seconds=_RECOVERY_SECONDS)
        for server in islice(turns, len(servers) // 3):
            _go_up_or_down(stage, chronicle, server)
            storm.blow()
            await asyncio.sleep(dice.uniform(0, 0.2))
    stage.world_time.advance(1)
    await until_followed(stage, *servers, seconds=_RECOVERY_SECONDS)
    storm.settle()
    # What discord.py says anew of its own accord may not come after the nonce is forgotten.
    await until_all_is_told(stage, news, servers, seconds=_RECOVERY_SECONDS)
    begun = time.monotonic()
    storm.go_away()
    _go_up_or_down(stage, chronicle, next(turns))
    await stage.discord.until(lambda: storm.is_away, timeout=30)
    while time.monotonic() - begun < OUTAGE_SECONDS:
        _go_up_or_down(stage, chronicle, next(turns))
        await asyncio.sleep(dice.uniform(0, 4))  # so long the outage lasts: nothing ends it sooner
    storm.settle()
    await until_all_is_told(stage, news, servers, seconds=_RECOVERY_SECONDS)
    wrong = chronicle.wrong()
    assert not wrong, "\n".join(wrong)
    print(f"seed {SEED}, {OUTAGE_SECONDS} s of outage: {_tally(stage)}")  # noqa: T201 - for the reader


async def test_a_panel_that_fails_is_one_message_over_a_restart_of_the_bot(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    role = stage.guild.add_role("On call", mentionable=True)
    await subscribe(stage, news, role_id=role.id)
    bot = await start_watching(stage)
    stage.panel.faults.add("html")
    await stage.discord.until(lambda: bool(news.messages), timeout=30)
    [message] = news.messages
    assert "The panel **Main panel** does not answer" in message.text
    assert "3 servers are out of sight" in message.text
    assert message.pings == [role.mention]
    await stage.stop_bot(bot)
    bot = await stage.start_bot_only()
    await stage.discord.until(lambda: stage.discord.connected)
    stage.panel.faults.clear()
    await stage.discord.until(lambda: "answers again" in message.text, timeout=30)
    assert news.messages == [message]


@pytest.mark.timeout(200)  # more than its waits together, so that these say what is wrong
async def test_a_thousand_changes_at_once_are_few_messages_and_no_limit_is_hit(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    news = stage.guild.add_channel("news")
    await subscribe(stage, news, EventKind.SUSPENDED, EventKind.UNSUSPENDED)
    servers = [stage.add_server(f"S{number}") for number in range(1000)]
    bot = await stage.start_bot_only()
    await until_stored(stage, "SELECT count(*) FROM tracks", len(stage.world.servers))
    await stage.stop_bot(bot)
    for server in servers:
        server.suspended = True
    stage.discord.exchanges.clear()
    await stage.start_bot_only()
    await stage.discord.until(lambda: bool(news.messages), timeout=60)
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)
    assert "**1000 changes**" in news.messages[0].text
    assert "⛔ suspended: **1000** · S" in news.messages[0].text
    assert len(news.messages) == 1
    assert not [each for each in stage.discord.exchanges if each.status == 429]


def _tally(stage: Stage) -> str:
    """Return how many events there were, and how Discord has answered."""
    events = count_stored(stage, "SELECT count(*) FROM events")
    answers = Counter(each.status for each in stage.discord.exchanges)
    return f"{events} events, answers of Discord {dict(sorted(answers.items()))}"


class _Storm:
    """Bad luck for every fifth request to Discord, and much else now and then."""

    def __init__(self, stage: Stage, dice: random.Random) -> None:
        self._stage, self._dice = stage, dice
        self._is_over = False
        self.is_away = False
        # Whoever is refused a connection follows no more for minutes; lists have to do then.
        troubles = on_the_way("panel", stage.panel.faults, "/api/client", "data", spares=True)
        # In turn: a panel that says twice that it has no servers is believed.
        self._troubles = cycle(dice.sample(troubles, len(troubles)))
        stage.discord.on_exchange.append(self._curse)

    def blow(self) -> None:
        """Let something more go wrong, or less."""
        stage, dice = self._stage, self._dice
        match dice.randrange(40):
            case 0:
                stage.panel.wings.restart()
            case number if number < 10:
                next(self._troubles).begin()
            case 10 | 11 | 12 | 13:
                stage.discord.faults.drop_gateway(dice.choice((None, 4000)))
            case 14 | 15 | 16 | 17:
                scope = dice.choice(("user", "shared", "global"))
                stage.discord.faults.limit(_POST, 0.1, scope=scope)
            case 18 | 19 | 20 | 21:
                stage.discord.faults.slow(_POST, 0.3)

    def settle(self) -> None:
        """Let all be well."""
        self._is_over = True
        self._stage.discord.faults.clear()
        self._stage.panel.faults.clear()

    def go_away(self) -> None:
        """Take one more message, and be gone with the answer, until its nonce is forgotten."""
        self._stage.discord.faults.fail(_POST, 503, after=True)
        self._stage.discord.on_exchange.append(self._leave)

    def _leave(self, exchange: Exchange) -> None:
        if not self.is_away and f"{exchange.method} {exchange.route}" == _POST:
            self.is_away, self._is_over = True, False
            self._stage.discord.faults.outage()
            self._stage.time.advance(360)  # longer than Discord remembers a nonce

    def _curse(self, _exchange: Exchange) -> None:
        if not self._is_over and self._dice.random() < 1 / 5:
            status = self._dice.choice((500, 502, 503))
            self._stage.discord.faults.fail("*", status, after=self._dice.random() < 1 / 2)


def _go_up_or_down(stage: Stage, chronicle: Chronicle, server: Server) -> None:
    """Let a server be started or stopped in the panel."""
    (chronicle.stop if server.state == "running" else chronicle.start)(server)
    stage.world_time.advance(6)
