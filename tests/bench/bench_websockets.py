"""What it costs to follow 500 servers live in one process: memory, and how late a state is seen.

The stand-in is a process of its own; each server runs, so that usage comes every second.
"""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import random
import statistics
import time
from typing import TYPE_CHECKING

import psutil

from bot.domain import live
from bot.domain.ports import LivePanel
from bot.panels import PanelHub, PanelSettings
from bot.services.clock import SystemClock
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SERVERS = 500
CHANGES = 5000
CHANGES_PER_SECOND = 500
MOST_MIB = 60
MOST_MS = 100


def main() -> None:
    """Run the benchmark and print its figures."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        asyncio.run(_measure(ours))
    finally:
        server.terminate()
        server.join()


class Seen:
    """When which state was seen, by server; the first one is found, all others are changes."""

    def __init__(self, ids: list[str]) -> None:
        self.states: dict[str, list[float]] = {server_id: [] for server_id in ids}
        self.all_used = asyncio.Event()
        self.all_changed = asyncio.Event()
        self._left = SERVERS + CHANGES
        self._unused = set(ids)

    def note(self, server_id: str, event: live.Event) -> None:
        if isinstance(event, live.State):
            self.states[server_id].append(time.monotonic())
            self._left -= 1
            if not self._left:
                self.all_changed.set()
        elif isinstance(event, live.Stats):
            self._unused.discard(server_id)
            if not self._unused:
                self.all_used.set()
        elif isinstance(event, live.Disconnected):
            raise SystemExit(event.reason)


async def _measure(pipe: Connection) -> None:
    url, key, ids = await asyncio.to_thread(pipe.recv)
    settings = PanelSettings(
        panel_id="bench", kind="pterodactyl", base_url=url, credentials={"key": key}
    )
    async with PanelHub(clock=SystemClock()) as hub:
        panel = hub.open(settings)
        if not isinstance(panel, LivePanel):
            raise SystemExit("not live")
        await panel.get_server(ids[0])
        before = _memory()
        seen = Seen(ids)
        async with asyncio.TaskGroup() as group:
            began = time.monotonic()
            followers = [group.create_task(_follow(panel, server_id, seen)) for server_id in ids]
            await seen.all_used.wait()
            print(f"{SERVERS} servers are followed after {time.monotonic() - began:.1f} s")
            pipe.send("change")
            sent: dict[str, list[float]] = await asyncio.to_thread(pipe.recv)
            await seen.all_changed.wait()
            grown = (_memory() - before) / 1024 / 1024
            for follower in followers:
                follower.cancel()
    late = [
        (at - begin) * 1000
        for server_id in ids
        for begin, at in zip(sent[server_id], seen.states[server_id][1:], strict=True)
    ]
    p99 = statistics.quantiles(late, n=100)[-1]
    print(f"memory: {grown:.1f} MiB more (target: under {MOST_MIB})")
    print(
        f"{len(late)} changes of state are seen after {statistics.median(late):.1f} ms (median),"
        f" {p99:.1f} ms (p99; target: under {MOST_MS}), {max(late):.1f} ms (at most)"
    )


async def _follow(panel: LivePanel, server_id: str, seen: Seen) -> None:
    async with panel.watch(server_id) as events:
        async for event in events:
            seen.note(server_id, event)


def _memory() -> int:
    gc.collect()
    used: int = psutil.Process().memory_info().rss
    return used


def _serve(pipe: Connection) -> None:
    asyncio.run(_play(pipe))


async def _play(pipe: Connection) -> None:
    world = World()
    node = world.add_node("node-1")
    async with PterodactylStandIn(world, throttle_per_minute=1_000_000) as stand_in:
        owner = stand_in.add_user("owner")
        for number in range(SERVERS):
            server = world.add_server(f"Server {number}", node=node, state="running")
            stand_in.own(owner, server)
        ids = [server.identifier for server in world.servers]
        pipe.send((stand_in.url, stand_in.add_key(owner), ids))
        await asyncio.to_thread(pipe.recv)
        sent: dict[str, list[float]] = {server_id: [] for server_id in ids}
        for number in range(CHANGES):
            server = random.choice(world.servers)  # noqa: S311 - spreads load
            sent[server.identifier].append(time.monotonic())
            word = "stopping" if number % 2 else "running"
            await stand_in.wings.emit(server, "status", word)
            await asyncio.sleep(1 / CHANGES_PER_SECOND)
        pipe.send(sent)
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
