"""The demo: stand-ins and the real bot on loopback, with a temporary database.

Nothing in the bot knows of it: it is run by the same `app.run`, with a configuration that
points at the stand-ins.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from bot.demo._console import converse
from bot.demo._play import play
from bot.demo._stage import Stage

if TYPE_CHECKING:
    import argparse

_SECONDS = 20.0


def main(args: argparse.Namespace) -> int:
    """Run the demo as the command line asks for it; returns the exit status."""
    if args.headless:
        return asyncio.run(_headless(args.seconds or _SECONDS))
    asyncio.run(_interactive(args.seconds))
    return 0


async def _headless(seconds: float) -> int:
    async with Stage.open(seconds) as stage:
        summary = await play(stage)
    print(json.dumps(summary, ensure_ascii=False, indent=2))
    return 0 if summary["ok"] else 1


async def _interactive(seconds: float | None) -> None:
    async with Stage.open(_SECONDS) as stage:
        await converse(stage, seconds)
