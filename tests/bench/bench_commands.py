"""What Deckhand adds to a slash command, how it stands a crowd, and the memory it takes.

Both bots run in processes of their own, against a stand-in of the same program, in the same
run, taking turns. Figures, and no test:

    python tests/bench/bench_commands.py
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bot.simulators.discord import DiscordStandIn
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.simulators.discord.entities import Channel, Member
    from bot.simulators.discord.interaction import Interaction

    Ask = Callable[[], Awaitable[Interaction]]

ROUNDS = 150
CROWD = 200
SLOW_SECONDS = 2.5
SERVERS = 40
TOKEN = "bench-token"
MANAGE_SERVER = 1 << 5

SMALLEST = """
import os, discord, yarl
discord.http.Route.BASE = os.environ["API_URL"]
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["GATEWAY_URL"])
client = discord.Client(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1)
tree = discord.app_commands.CommandTree(client)

@tree.command()
async def ping(interaction):
    "Answer."
    await interaction.response.send_message("pong")

client.setup_hook = tree.sync
client.run(os.environ["DISCORD_TOKEN"], log_handler=None)
"""

CONFIG = """
discord: {{token: {{env: DISCORD_TOKEN}}, api_url: {api_url}, gateway_url: {gateway_url}}}
panels:
  - {{id: main, kind: pterodactyl, base_url: {panel_url}, credentials: {{key: {{file: key}}}},
      guilds: [{guild_id}], poll_seconds: 3600}}
"""


class Scene:
    """A stand-in with one guild, one channel and a member who may do everything."""

    def __init__(self, discord: DiscordStandIn) -> None:
        self.discord = discord
        guild = discord.add_guild("Bench")
        self.guild_id = guild.id
        self.channel: Channel = guild.add_channel("general")
        role = guild.add_role("Managers", permissions=MANAGE_SERVER)
        self.member: Member = guild.add_member("Mia", roles=[role])

    async def ask(self, command: str, **options: str) -> Interaction:
        """Use a command and wait for its answer."""
        interaction = await self.discord.slash(self.member, self.channel, command, options)
        await interaction.reply(timeout=300)
        return interaction


async def main() -> None:
    """Measure everything and print it."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        world = World()
        node = world.add_node("node-1")
        panel = PterodactylStandIn(world, throttle_per_minute=10_000_000)
        await stack.enter_async_context(panel)
        owner = panel.add_user("operator")
        for number in range(SERVERS):
            panel.own(owner, world.add_server(f"Server {number}", node=node, state="running"))
        small, ours = [
            Scene(await stack.enter_async_context(DiscordStandIn(token=TOKEN))) for _ in range(2)
        ]
        config = folder / "config.yaml"
        (folder / "key").write_text(panel.add_key(owner), encoding="utf-8")
        config.write_text(
            CONFIG.format(
                api_url=ours.discord.api_url,
                gateway_url=ours.discord.gateway_url,
                panel_url=panel.url,
                guild_id=ours.guild_id,
            ),
            encoding="utf-8",
        )
        await stack.enter_async_context(_bot(small, "-c", SMALLEST))
        bot = await stack.enter_async_context(
            _bot(ours, "-m", "bot", "run", "--config", str(config))
        )
        await panel.wait_for_requests(1 + SERVERS)
        await _overhead(small, ours)
        await _crowd(ours, panel)
        used = psutil.Process(bot.pid).memory_info().rss / 1024**2
        print(f"resident memory of the bot       {used:8.1f} MiB   (target: under 120)")


@asynccontextmanager
async def _bot(scene: Scene, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    addresses = {
        "API_URL": scene.discord.api_url,
        "GATEWAY_URL": scene.discord.gateway_url,
        "DISCORD_TOKEN": TOKEN,
    }
    environment = {**os.environ, **addresses}  # noqa: TID251 - handed on as it is
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await scene.discord.wait_connected(timeout=30)
        yield process
    finally:
        process.terminate()
        await process.wait()


async def _overhead(small: Scene, ours: Scene) -> None:
    """Compare the time from the command to its final answer."""
    asks: dict[str, Ask] = {
        "smallest command": lambda: small.ask("ping"),
        "/server list": lambda: ours.ask("server list"),
        "/server status": lambda: ours.ask("server status", server="Server 7"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(ROUNDS):
        for name, ask in asks.items():
            began = time.perf_counter()
            await ask()
            seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(taken) for name, taken in seconds.items()}
    least = medians["smallest command"]
    for name, median in medians.items():
        print(f"{name:<32} {median * 1000:8.2f} ms    ratio {median / least:5.2f}")
    print("                                 (target: ratio at most 4)")


async def _crowd(ours: Scene, panel: PterodactylStandIn) -> None:
    """Let many ask at once while the panel is slow; what counts is the acknowledgement."""
    panel.faults.add("late", path="/api/client/servers", seconds=SLOW_SECONDS)
    began = time.perf_counter()
    interactions = await asyncio.gather(
        *(ours.ask("server status", server=f"Server {n % SERVERS}") for n in range(CROWD))
    )
    panel.faults.clear()
    waits = sorted(asked.ack_seconds or 0.0 for asked in interactions)
    late = sum(asked.failed for asked in interactions)
    print(
        f"{CROWD} at once, panel {SLOW_SECONDS} s    acknowledged after"
        f" {statistics.median(waits):.3f} s (median), {waits[-1]:.3f} s (longest);"
        f" {late} later than 3 s; all answered after {time.perf_counter() - began:.1f} s"
    )


if __name__ == "__main__":
    asyncio.run(main())
