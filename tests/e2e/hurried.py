"""The bot as a process of its own, in a hurry: `python -m tests.e2e.hurried CONFIG CACHE`.

`CACHE` is for how many seconds its panel keeps what it answers.
"""

from __future__ import annotations

import asyncio
import os
import sys
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from bot import app, config, log
from bot.domain.receipts import Patience
from bot.wiring import Pace
from tests.e2e.stage import TOKEN

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from tests.e2e.stage import Stage

_SOURCE = str(Path(__file__).parents[2])


def pace_for(cache_seconds: float) -> Pace:
    """Return the pace with a panel whose answers may be so old; a moment they always may."""
    staleness = timedelta(seconds=max(1.0, cache_seconds))
    return Pace(
        patience=Patience(
            interval=timedelta(milliseconds=20),
            settle=staleness + timedelta(seconds=4),  # a node says each second how it goes
            staleness=staleness,
        ),
        guild_ready_timeout=0.01,
        news_pause=0.05,
        board_seconds=0.05,
    )


@asynccontextmanager
async def bot_process(stage: Stage, *, is_read: bool = False) -> AsyncIterator[Process]:
    """Run the bot as a process until the end of the block, where it is killed.

    What it logs is added to `bot.log`, or can be read by who promises to: in a pipe that nobody
    reads it would stick.
    """
    stage.settings()
    with (stage.folder / "bot.log").open("ab") as log_file:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.e2e.hurried", str(stage.folder / "config.yaml")),
            str(stage.panel.settings.cache_seconds),
            env={"DISCORD_TOKEN": TOKEN, "PANEL_KEY": stage.key, "PYTHONPATH": _SOURCE},
            cwd=stage.folder,
            stderr=asyncio.subprocess.PIPE if is_read else log_file,
        )
    try:
        yield process
    finally:
        process.kill()
        await process.wait()
        await stage.discord.until(lambda: not stage.discord.connected)


if __name__ == "__main__":
    log.set_up("INFO")
    settings = config.load(Path(sys.argv[1]), os.environ)  # noqa: TID251 - a program of its own
    asyncio.run(app.run(settings, pace=pace_for(float(sys.argv[2]))))
