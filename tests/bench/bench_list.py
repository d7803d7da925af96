"""List and usage of many servers: our client against bare aiohttp and against py-dactyl.

Each contender sends the same questions, as many at a time, to the stand-in of a panel (a process
of its own), with a key whose budget nobody else has touched. They take turns in one run, in
each round in another order; a ratio is that of one round, and its median is judged. Figures,
and no test; py-dactyl is installed into a temporary folder, and left out where that fails:

    python tests/bench/bench_list.py
"""

from __future__ import annotations

import asyncio
import importlib
import itertools
import multiprocessing
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp

from bot.panels import PanelHub, PanelSettings
from bot.services.clock import SystemClock
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from multiprocessing.connection import Connection

    Contender = Callable[[str, str], Awaitable[int]]
    """Address and key to the number of servers whose usage was read."""

SERVERS = 200
AT_A_TIME = 8
ROUNDS = 30
DELAYS = (0.0, 0.01)
"""Seconds that the panel takes for an answer, beside what the stand-in needs anyway."""
TARGETS = {"bare aiohttp": 1.5, "py-dactyl": 1.0}


def main() -> None:
    """Run the benchmark and print its ratios."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    panel = context.Process(target=_serve, args=(theirs,), daemon=True)
    with tempfile.TemporaryDirectory() as folder:
        contenders: dict[str, Contender] = {"bare aiohttp": bare, "Deckhand": deckhand}
        if _install("py-dactyl", folder):
            contenders["py-dactyl"] = partial(py_dactyl, at_a_time=AT_A_TIME)
            contenders["py-dactyl, in turn"] = partial(py_dactyl, at_a_time=1)
        panel.start()
        theirs.close()
        try:
            for delay in DELAYS:
                ours.send(delay)
                url, keys = ours.recv()
                print(f"{AT_A_TIME} questions at a time, each answered {delay * 1000:g} ms later:")
                asyncio.run(_measure(contenders, url, iter(keys)))
            ours.send(None)
            statuses = ours.recv()
        finally:
            panel.terminate()
            panel.join()
    print(f"answers by status: {dict(statuses)}; 429: {statuses[429]} (must be 0)")


async def deckhand(url: str, key: str) -> int:
    """Use our client as the bot does."""
    settings = PanelSettings(
        panel_id="bench", kind="pterodactyl", base_url=url, credentials={"key": key}
    )
    async with PanelHub(clock=SystemClock()) as hub:
        servers = await hub.open(settings).list_servers()
    return sum(server.resources is not None for server in servers)


async def bare(url: str, key: str) -> int:
    """Send the same requests and do nothing but decode the answers."""
    share = asyncio.Semaphore(AT_A_TIME)
    headers = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
    async with aiohttp.ClientSession(url, headers=headers) as session:

        async def ask(path: str) -> Any:  # noqa: ANN401 - JSON
            async with share, session.get(path) as response:
                return await response.json()

        listed: list[Any] = []
        for page in itertools.count(1):
            answer = await ask(f"/api/client?page={page}&per_page=100&include=egg")
            listed += answer["data"]
            if page >= answer["meta"]["pagination"]["total_pages"]:
                break
        return await _count(
            ask(f"/api/client/servers/{entry['attributes']['identifier']}/resources")
            for entry in listed
        )


async def py_dactyl(url: str, key: str, *, at_a_time: int) -> int:
    """Use its asynchronous client; beyond its first page it pages by 50, whatever it is told."""
    share = asyncio.Semaphore(at_a_time)
    # It is there only by now.
    async with importlib.import_module("pydactyl").AsyncPterodactylClient(url, key) as api:
        servers = api.client.servers

        async def usage(identifier: str) -> Any:  # noqa: ANN401 - JSON
            async with share:
                return await servers.get_server_utilization(identifier)

        listed = await (await servers.list_servers(includes=["egg"])).collect_async()
        return await _count(usage(entry["attributes"]["identifier"]) for entry in listed)


async def _count(questions: Iterator[Awaitable[object]]) -> int:
    return sum(answer is not None for answer in await asyncio.gather(*questions))


async def _measure(contenders: dict[str, Contender], url: str, keys: Iterator[str]) -> None:
    walls: dict[str, list[float]] = {name: [] for name in contenders}
    works: dict[str, list[float]] = {name: [] for name in contenders}
    turns = list(contenders.items())
    # The first round is for imports and the like.
    for number in range(1 + ROUNDS):
        random.shuffle(turns)
        for name, contender in turns:
            wall, work = time.perf_counter(), time.process_time()
            found = await contender(url, next(keys))
            if number:
                walls[name].append(time.perf_counter() - wall)
                works[name].append(time.process_time() - work)
            if found != SERVERS:
                raise SystemExit(f"{name} has seen {found} servers of {SERVERS}")
    for name, taken in walls.items():
        print(
            f"{name:<18} {statistics.median(taken) * 1000:6.0f} ms,"
            f" of CPU {statistics.median(works[name]) * 1000:4.0f} ms"
            f"{_compared(walls['Deckhand'], taken, TARGETS.get(name))}"
        )


def _compared(ours: list[float], theirs: list[float], target: float | None) -> str:
    if ours is theirs:
        return ""
    ratios = [own / other for own, other in zip(ours, theirs, strict=True)]
    low, middle, high = statistics.quantiles(ratios, n=4)
    told = f"; Deckhand takes {middle:.2f} times that (half of the rounds: {low:.2f} to {high:.2f})"
    if target is None:
        return told
    return f"{told}, target under {target}: {'met' if middle < target else 'MISSED'}"


def _install(package: str, folder: str) -> bool:
    """Install it beside everything else; what is here already goes before what comes with it."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, package]
    done = subprocess.run(pip, check=False, stderr=subprocess.DEVNULL)  # noqa: S603 - our own words
    sys.path.append(folder)
    return done.returncode == 0


def _serve(pipe: Connection) -> None:
    asyncio.run(_run_panel(pipe))


async def _run_panel(pipe: Connection) -> None:
    world = World()
    nodes = [world.add_node("near"), world.add_node("far")]
    for number in range(SERVERS):
        world.add_server(f"Server {number}", node=nodes[number % 2], state="running")
    async with PterodactylStandIn(world, cache_seconds=0) as panel:
        while (delay := await asyncio.to_thread(pipe.recv)) is not None:
            panel.faults.clear()
            if delay:
                panel.faults.add("late", seconds=delay)
            users = [panel.add_user(f"user-{number}") for number in range(4 * (1 + ROUNDS))]
            for user, server in itertools.product(users, world.servers):
                panel.add_subuser(user, server, permissions=["control.console"])
            pipe.send((panel.url, [panel.add_key(user) for user in users]))
        pipe.send(Counter(exchange.status for exchange in panel.requests))


if __name__ == "__main__":
    main()
