"""How long a change of state takes from the node of a panel into a channel of Discord.

500 servers are followed over their websockets, each is in the subscription of one of 100
channels. The bot is a process of its own, as `deckhand run` starts it; the stand-ins of panel
and Discord are in this one. Servers crash, are stopped, are stopped and up again within seconds
(the message of the stop is edited then), and are started. A change counts from the moment in
which the node says it until Discord has taken the message or the edit. In the end a channel of
another guild is told of everything, and all servers crash and start at once. Figures, and no test:

    python tests/bench/bench_news.py [changes per second, by default 5]
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bot.domain.events import Preset
from bot.domain.news import Subscription
from bot.services.clock import SystemClock
from bot.simulators.discord import DiscordStandIn
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from bot.storage import migrations
from bot.storage.engine import Database
from bot.storage.subscriptions import SqlSubscriptions

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.simulators.discord.entities import Channel, Guild
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.world import Server

SERVERS = 500
CHANNELS = 100
MOST_MS = 500
TOKEN = "bench-token"
CONFIG = """
discord: {{token: {{env: DISCORD_TOKEN}}, api_url: {api_url}, gateway_url: {gateway_url}}}
database_url: {database_url}
panels:
  - {{id: main, kind: pterodactyl, base_url: {panel_url}, credentials: {{key: {{file: key}}}},
      guilds: [{guild_id}, {other_id}]}}
"""
_LINE = re.compile(r"\*\*(Server \d+)\*\* (crashed|stopped|restarted|started)")
_SUMMARY = re.compile(r"\*\*(\d+) changes\*\*")
_CRASH, _STOP, _START = ("offline",), ("stopping", "offline"), ("starting", "running")
_PAUSE = 35
"""Seconds after which who starts has not restarted."""


@dataclass
class Log:
    """When which change was said by the node, and when Discord was told of it first."""

    said: dict[tuple[str, str], float] = field(default_factory=dict)
    told: dict[tuple[str, str], float] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)

    def note(self, exchange: Exchange) -> None:
        """Take in a message or an edit."""
        if exchange.method not in ("POST", "PATCH") or "/messages" not in exchange.route:
            return
        self.statuses[exchange.status] += 1
        if exchange.status < HTTPStatus.BAD_REQUEST:
            text = json.dumps(exchange.request_body, ensure_ascii=False)
            for name, word in _LINE.findall(text):
                self.told.setdefault((name, word), time.monotonic())


async def main() -> None:
    """Measure and print."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = World()
        node = world.add_node("node-1")
        panel = PterodactylStandIn(world, throttle_per_minute=1_000_000)
        await stack.enter_async_context(panel)
        discord = await stack.enter_async_context(DiscordStandIn(token=TOKEN))
        guild = discord.add_guild("Bench")
        other = discord.add_guild("Other")
        owner = panel.add_user("owner")
        for number in range(SERVERS):
            panel.own(owner, world.add_server(f"Server {number}", node=node, state="running"))
        channels = [guild.add_channel(f"news-{number}") for number in range(CHANNELS)]
        (folder / "key").write_text(panel.add_key(owner), encoding="utf-8")
        url = f"sqlite:///{folder / 'bench.db'}"
        config = folder / "config.yaml"
        config.write_text(
            CONFIG.format(
                api_url=discord.api_url,
                gateway_url=discord.gateway_url,
                database_url=url,
                panel_url=panel.url,
                guild_id=guild.id,
                other_id=other.id,
            ),
            encoding="utf-8",
        )
        await asyncio.to_thread(migrations.upgrade, url)
        await _subscribe(url, guild.id, channels, world.servers)
        bot = await stack.enter_async_context(_bot(discord, config))
        began = time.monotonic()
        wings = panel.wings
        async with asyncio.timeout(600):
            await wings.wait_until(
                lambda: sum(each.is_admitted for each in wings.sockets) == SERVERS
            )
        print(f"{SERVERS} servers are followed after {time.monotonic() - began:.0f} s")
        log, used, began = Log(), _used(bot), time.monotonic()
        discord.on_exchange.append(log.note)
        await _play(panel, world.servers, log)
        await discord.until(lambda: log.told.keys() >= log.said.keys(), timeout=60)
        used, took = _used(bot) - used, time.monotonic() - began
        _print(log)
        count = len(log.said)
        print(
            f"the bot used {used / took:.0%} of a core, {used / count * 1000:.0f} ms for each of"
            f" {count} changes, with all else that it does; load of the machine: {_load()}"
        )
        discord.on_exchange.remove(log.note)
        await _storm(discord, panel, world.servers, other)


async def _subscribe(
    url: str, guild_id: int, channels: list[Channel], servers: list[Server]
) -> None:
    async with Database(url) as database:
        for number, server in enumerate(servers):
            await SqlSubscriptions(database).add(
                Subscription(
                    guild_id=guild_id,
                    channel_id=channels[number % CHANNELS].id,
                    events=frozenset({Preset.CHANGES}),
                    panel_id="main",
                    server_id=server.identifier,
                    created_by=1,
                    created_at=SystemClock().now(),
                )
            )


async def _play(panel: PterodactylStandIn, servers: list[Server], log: Log) -> None:
    """Let each server go down, and come up again: a third of them at once, of a third by itself."""
    rate = float(sys.argv[1]) if len(sys.argv) > 1 else 5
    order = random.sample(servers, len(servers))
    plan: list[tuple[float, Server, Sequence[str], str]] = []
    down: list[Server] = []
    at = 0.0
    for number, server in enumerate(order):
        at += 1 / rate
        if number % 3 == 0:
            plan.append((at, server, _CRASH, "crashed"))
            down.append(server)
        else:
            plan.append((at, server, _STOP, "stopped"))
        if number % 3 == 1:
            down.append(server)
        if number % 3 == 2:
            plan.append((at + 3 + number % 17, server, _START, "restarted"))
    at += _PAUSE
    for server in down:
        at += 1 / rate
        plan.append((at, server, _START, "started"))
    began = time.monotonic()
    for due, server, states, word in sorted(plan, key=lambda each: each[0]):
        await asyncio.sleep(began + due - time.monotonic())
        for state in states:
            log.said[server.name, word] = time.monotonic()
            await panel.wings.emit(server, "status", state)


async def _storm(
    discord: DiscordStandIn, panel: PterodactylStandIn, servers: list[Server], guild: Guild
) -> None:
    """Let every server crash and start at once, with one channel that is told of all of it."""
    channel = guild.add_channel("everything")
    values = {"channel": channel, "events": "crashed; started"}
    asked = await discord.slash(guild.owner, channel, "notify add", values)
    await asked.reply()
    log, before = Log(), len(channel.messages)
    discord.on_exchange.append(log.note)
    began = time.monotonic()
    for server in servers:
        await panel.wings.emit(server, "status", "offline")
    for server in servers:
        await panel.wings.emit(server, "status", "running")
    changes = 2 * len(servers)
    await discord.until(lambda: _count(channel) == changes, timeout=60)
    print(
        f"{changes} changes at once are {len(channel.messages) - before} messages in a channel for"
        f" all, the last after {time.monotonic() - began:.1f} s; answers of Discord there and in"
        f" {CHANNELS} others: {dict(log.statuses)}"
    )


def _count(channel: Channel) -> int:
    """Return how many changes can be read of in a channel, in summaries or one by one."""
    found = 0
    for message in channel.messages:
        summary = _SUMMARY.search(message.text)
        found += int(summary[1]) if summary else len(_LINE.findall(message.text))
    return found


def _print(log: Log) -> None:
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for change, at in log.said.items():
        milliseconds = (log.told[change] - at) * 1000
        groups[change[1]].append(milliseconds)
        groups["in all"].append(milliseconds)
    for word, late in sorted(groups.items()):
        print(
            f"{word:>9}: {len(late):4}, taken by Discord after {statistics.median(late):.0f} ms"
            f" (median), {_p99(late):.0f} ms (p99), {max(late):.0f} ms (at most)"
        )
    met = "met" if _p99(groups["in all"]) < MOST_MS else "MISSED"
    print(f"target: p99 under {MOST_MS} ms: {met}; answers of Discord: {dict(log.statuses)}")


def _p99(late: list[float]) -> float:
    return statistics.quantiles(late, n=100, method="inclusive")[-1]


def _used(bot: psutil.Process) -> float:
    times = bot.cpu_times()
    return times.user + times.system


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


@asynccontextmanager
async def _bot(discord: DiscordStandIn, config: Path) -> AsyncIterator[psutil.Process]:
    environment = {**os.environ, "DISCORD_TOKEN": TOKEN}  # noqa: TID251 - handed on as it is
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run", "--config", str(config)),
        env=environment,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        await discord.wait_connected(timeout=30)
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        await process.wait()


if __name__ == "__main__":
    asyncio.run(main())
