"""How long `panel ... show` takes from start to end, as a ratio to importing aiohttp alone."""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World

ROUNDS = 15
TARGET = 3.0


async def main() -> None:
    """Take turns, so that whatever else this machine does falls on both alike."""
    world = World()
    server = world.add_server("Survival", node=world.add_node("node-1"), state="running")
    with tempfile.TemporaryDirectory() as folder:
        async with PterodactylStandIn(world, throttle_per_minute=100_000) as panel:
            owner = panel.add_user("operator")
            panel.own(owner, server)
            config = _config(Path(folder), panel.url, panel.add_key(owner))
            show = ("-m", "bot", "panel", "--config", config, "main", "show", server.identifier)
            bare, ours = [], []
            for _ in range(ROUNDS):
                bare.append(await _seconds("-c", "import aiohttp"))
                ours.append(await _seconds(*show))
    least, taken = statistics.median(bare), statistics.median(ours)
    print(f"import aiohttp   {least * 1000:6.0f} ms")
    print(f"panel ... show   {taken * 1000:6.0f} ms")
    print(f"ratio            {taken / least:6.2f}     (target: at most {TARGET})")


def _config(folder: Path, url: str, key: str) -> str:
    (folder / "key").write_text(key, encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(
        "panels: [{id: main, kind: pterodactyl, "
        f"base_url: '{url}', credentials: {{key: {{file: key}}}}}}]\n",
        encoding="utf-8",
    )
    return str(config)


async def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.DEVNULL
    )
    if await process.wait():
        raise SystemExit(f"{' '.join(arguments)} failed")
    return time.perf_counter() - began


if __name__ == "__main__":
    asyncio.run(main())
