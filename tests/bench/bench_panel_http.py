"""What `PanelHttp` costs over bare aiohttp, as a ratio of medians. A figure, and no test.

Both sides ask the same loopback server (a process of its own) in the same run, round about.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import statistics
import time
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from bot.panels import PanelSettings
from bot.panels._connections import Connections
from bot.panels._errors import Call
from bot.panels._http import PanelHttp
from bot.panels._manners import Bearer, Manners
from bot.services.clock import SystemClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from multiprocessing.connection import Connection

    Ask = Callable[[], Awaitable[object]]

CALLS = 200
ROUNDS = 15
TARGET = 1.6
PATH = "/api/client/servers/1a2b3c4d/resources"
USAGE = {"memory_bytes": 486015241, "cpu_absolute": 38.164, "disk_bytes": 414199865, "uptime": 761}
ANSWER = {"object": "stats", "attributes": {"current_state": "running", "resources": USAGE}}
HEADERS = {"X-RateLimit-Limit": "1000000", "X-RateLimit-Remaining": "999999"}


def main() -> None:
    """Run the benchmark and print its ratios."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        asyncio.run(_measure(ours.recv()))
    finally:
        server.terminate()
        server.join()


async def _measure(url: str) -> None:
    settings = PanelSettings(
        panel_id="bench", kind="pterodactyl", base_url=url, credentials={"key": "made-up"}
    )
    call = Call("GET", PATH, server_id="1a2b3c4d")
    async with Connections(SystemClock()) as connections, aiohttp.ClientSession() as session:
        http = PanelHttp(
            settings,
            connections,
            auth=Bearer("made-up"),
            manners=Manners(read_error=lambda *_: None),
        )

        async def bare() -> object:
            async with session.get(url + PATH, headers={"Authorization": "Bearer x"}) as response:
                return await response.json()

        async def through_panel_http() -> object:
            return await http.request(call)

        for concurrency in (1, 10):
            await _compare(bare, through_panel_http, concurrency=concurrency)


async def _compare(bare: Ask, ours: Ask, *, concurrency: int) -> None:
    times: dict[Ask, list[float]] = {bare: [], ours: []}
    for _ in range(ROUNDS):
        for ask, taken in times.items():
            taken.append(await _round(ask, concurrency))
    base, own = (statistics.median(taken) / CALLS * 1e6 for taken in times.values())
    print(
        f"{CALLS} calls, {concurrency:2} at a time: bare aiohttp {base:.0f} us a call,"
        f" PanelHttp {own:.0f} us, ratio {own / base:.2f} (target: at most {TARGET})"
    )


async def _round(ask: Ask, concurrency: int) -> float:
    async def work() -> None:
        for _ in range(CALLS // concurrency):
            await ask()

    begin = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(concurrency):
            group.create_task(work())
    return time.perf_counter() - begin


def _serve(pipe: Connection) -> None:
    asyncio.run(_run_server(pipe))


async def _run_server(pipe: Connection) -> None:
    body = json.dumps(ANSWER).encode()

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(body=body, content_type="application/json", headers=HEADERS)

    app = web.Application()
    app.router.add_get(PATH, answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    pipe.send(f"http://{host}:{port}")
    await asyncio.Event().wait()


if __name__ == "__main__":
    main()
