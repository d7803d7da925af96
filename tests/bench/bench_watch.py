"""What it costs to watch 10,000 servers on 100 panels, each looked at every minute.

Time is real and not compressed: a round to begin with, then minutes that are measured, first with
nobody followed, then with 500 servers followed over websockets. The panels are a process of its
own, one port and 256 requests a minute each, as a real one has. What is seen goes through the
observer into a database, as in the bot. CPU is that of this process with all its threads.

    python tests/bench/bench_watch.py [minutes of each part, by default 2]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import psutil

from bot.panels import PanelHub, PanelSettings
from bot.services.access import AccessService
from bot.services.clock import SystemClock
from bot.services.directory import ServerDirectory
from bot.services.ledger import Ledger
from bot.services.observer import Observer
from bot.services.panels import PanelEntry, PanelRegistry
from bot.services.watcher import Watcher
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from bot.storage import migrations
from bot.storage.engine import Database
from bot.storage.rules import SqlRules
from bot.storage.tracks import SqlTracks

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from bot.domain.servers import ServerRef

PANELS = 100
SERVERS = 100
"""On each."""
FOLLOWED = 5
"""Of each."""
LIMIT = 256
INTERVAL = 60.0
CHANGES_PER_MINUTE = 100
MOST_CPU = 0.6
MOST_MIB = 400
GRACE_SECONDS = 20.0


def main() -> None:
    """Run the benchmark and print its figures."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 2
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    panels = context.Process(target=_serve, args=(theirs,), daemon=True)
    panels.start()
    try:
        asyncio.run(_measure(ours, minutes * 60))
    finally:
        panels.terminate()
        panels.join()


async def _measure(pipe: Connection, seconds: float) -> None:
    places = await asyncio.to_thread(pipe.recv)
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        url = f"sqlite:///{folder}/bench.db"
        await asyncio.to_thread(migrations.upgrade, url)
        database = await stack.enter_async_context(Database(url))
        hub = await stack.enter_async_context(PanelHub(clock=clock))
        panels = PanelRegistry(_entry(hub, *place) for place in places)
        directory = ServerDirectory(panels, AccessService(SqlRules(database), clock))
        store = SqlTracks(database)
        ledger = Ledger(store, clock, matching=lambda _: (), wake=lambda _: None)
        observer = Observer(store=store, ledger=ledger, panels=panels, clock=clock)
        watcher = Watcher(panels, directory, clock, observer=observer)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        tasks = [group.create_task(observer.run()), group.create_task(watcher.run())]
        began = time.monotonic()
        await _until(lambda: all(directory.is_read(entry.panel_id) for entry in panels))
        print(f"all panels are read for the first time after {time.monotonic() - began:.1f} s")
        await asyncio.sleep(INTERVAL)
        await _part("nobody is followed", pipe, watcher, seconds)
        watcher.followers.want("bench", _some(panels, directory))
        began = time.monotonic()
        await _until(lambda: _followed(watcher) == PANELS * FOLLOWED)
        print(f"\nall are followed after {time.monotonic() - began:.1f} s")
        await asyncio.sleep(INTERVAL)
        await _part(f"{PANELS * FOLLOWED} servers are followed", pipe, watcher, seconds)
        for task in tasks:
            task.cancel()


async def _part(what: str, pipe: Connection, watcher: Watcher, seconds: float) -> None:
    pipe.send("count")
    before: Counter[str] = await asyncio.to_thread(pipe.recv)
    wall, work = time.monotonic(), time.process_time()
    lags: list[float] = []
    delays: list[float] = []
    while (left := wall + seconds - time.monotonic()) > 0:
        began = time.monotonic()
        await asyncio.sleep(min(0.05, left))
        delays.append((time.monotonic() - began - min(0.05, left)) * 1000)
        if len(delays) % 200 == 0:
            lags += [health.lag_seconds for health in watcher.health().values()]
    wall, work = time.monotonic() - wall, time.process_time() - work
    pipe.send("count")
    after: Counter[str] = await asyncio.to_thread(pipe.recv)
    asked = after - before
    servers = PANELS * SERVERS
    share = work / wall
    memory = psutil.Process().memory_info().rss / 1024 / 1024
    mine = sum(asked.values()) / servers / (wall / 60)
    naive = (SERVERS + 1) / SERVERS * 60 / INTERVAL
    patience = INTERVAL + GRACE_SECONDS
    late = sum(lag > patience for lag in lags) / len(lags)
    wait = statistics.quantiles(delays, n=100)[-1]
    print(f"\n{what}, {wall:.0f} s:")
    print(f"  CPU: {share:.1%} of a core (target: under {MOST_CPU:.0%}: {_met(share < MOST_CPU)})")
    print(f"  memory: {memory:.0f} MiB (target: under {MOST_MIB}: {_met(memory < MOST_MIB)})")
    print(
        f"  requests per server and minute: {mine:.3f}, {mine / naive:.2f} times those of a naive"
        f" list and usage for each ({naive:.2f}); by status: {dict(asked)}"
    )
    print(
        f"  age of the last list: {statistics.median(lags):.0f} s (median),"
        f" {max(lags):.0f} s (at most), over {patience:.0f} s: {late:.1%}"
    )
    print(f"  whoever else has work waits {statistics.median(delays):.1f} ms, {wait:.0f} ms (p99)")


async def _until(is_so: Callable[[], bool]) -> None:
    while not is_so():  # noqa: ASYNC110 - polled, as who measures must not be told
        await asyncio.sleep(0.1)


def _met(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


def _entry(hub: PanelHub, panel_id: str, url: str, key: str) -> PanelEntry:
    settings = PanelSettings(
        panel_id=panel_id, kind="pterodactyl", base_url=url, credentials={"key": key}
    )
    return PanelEntry(
        panel=hub.open(settings),
        name=panel_id,
        guild_ids=frozenset({1}),
        poll_seconds=INTERVAL,
        source=panel_id,
    )


def _some(panels: PanelRegistry, directory: ServerDirectory) -> list[ServerRef]:
    return [
        server.ref for entry in panels for server in directory.servers_of(entry.panel_id)[:FOLLOWED]
    ]


def _followed(watcher: Watcher) -> int:
    return sum(health.followed for health in watcher.health().values())


def _serve(pipe: Connection) -> None:
    asyncio.run(_run_panels(pipe))


async def _run_panels(pipe: Connection) -> None:
    async with AsyncExitStack() as stack:
        stand_ins = []
        places = []
        for number in range(PANELS):
            world = World()
            node = world.add_node("node")
            panel = PterodactylStandIn(world, throttle_per_minute=LIMIT)
            owner = panel.add_user("owner")
            for each in range(SERVERS):
                server = world.add_server(f"Server {number}-{each}", node=node, state="running")
                panel.own(owner, server)
            await stack.enter_async_context(panel)
            stand_ins.append((world, panel))
            places.append((f"panel-{number}", panel.url, panel.add_key(owner)))
        pipe.send(places)
        group = await stack.enter_async_context(asyncio.TaskGroup())
        group.create_task(_change([world for world, _ in stand_ins]))
        counts: Counter[str] = Counter()
        while await asyncio.to_thread(pipe.recv):
            for _, panel in stand_ins:
                counts.update(str(request.status) for request in panel.requests)
                panel.requests.clear()
            pipe.send(counts)


async def _change(worlds: list[World]) -> None:
    """Let servers restart now and then."""
    number = 0
    while True:
        number += 1
        world = worlds[number % len(worlds)]
        world.servers[-1 - number // len(worlds) % SERVERS].power("restart")
        await asyncio.sleep(60 / CHANGES_PER_MINUTE)


if __name__ == "__main__":
    main()
