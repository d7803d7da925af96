"""The bot as a process of its own, as an operator runs it. Asserts nothing."""

from __future__ import annotations

import asyncio
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.stage import TOKEN

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from tests.e2e.stage import Stage

SECONDS = 30
_SOURCE = str(Path(__file__).parents[2])


@asynccontextmanager
async def process(stage: Stage, *arguments: str, token: str = TOKEN) -> AsyncIterator[Process]:
    """Run `python -m bot` as an operator would, by default `run`; its log goes to a pipe."""
    stage.settings()
    what = arguments or ("run", "--config", str(stage.folder / "config.yaml"))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *what),
        env={"DISCORD_TOKEN": token, "PANEL_KEY": stage.key, "PYTHONPATH": _SOURCE},
        cwd=stage.folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.communicate()


async def ended(child: Process) -> tuple[int | None, str]:
    """Wait for the end; returns the exit status and all that was printed."""
    async with asyncio.timeout(SECONDS):
        output, _ = await child.communicate()
    return child.returncode, output.decode()


@asynccontextmanager
async def running(stage: Stage) -> AsyncIterator[Process]:
    """Run it, and wait until it knows all servers."""
    async with process(stage) as child:
        await stage.discord.wait_connected(timeout=SECONDS)
        await stage.until_listed()
        yield child
