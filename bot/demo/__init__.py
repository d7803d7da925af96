"""The demo: stand-ins and the real bot on loopback, with a temporary database, and a page.

Nothing in the bot knows of it: it is run by the same `app.run`, with a configuration that
points at the stand-ins.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from bot.demo._browser import show
from bot.demo._console import converse
from bot.demo._ending import Ended, until_ended
from bot.demo._play import play
from bot.demo._record import Recorded, record
from bot.demo._stage import Stage

if TYPE_CHECKING:
    import argparse
    from collections.abc import Awaitable, Callable
    from pathlib import Path
    from typing import TextIO

    from bot.demo._ending import Ending
    from bot.simulators.web import DemoPage

Result = TypeVar("Result")

_SECONDS = 20.0
_RECORD_SECONDS = 5.0
_FAILED, _MISUSED = 1, 2


class _Unusable(Exception):
    """What the command line names cannot be used; says why."""


def main(args: argparse.Namespace) -> int:
    """Run the demo as the command line asks for it; returns the exit status."""
    try:
        if args.record is not None or args.headless:
            _refuse_page(args)
        if args.record is not None:
            return _write_tour(args.record, args.seconds or _RECORD_SECONDS)
        if args.headless:
            return _headless(args.seconds or _SECONDS)
        asyncio.run(until_ended(partial(_interactive, args)))
    except _Unusable as problem:
        print(problem, file=sys.stderr)
        return _MISUSED
    except Ended as ended:
        return ended.status
    return 0


def _refuse_page(args: argparse.Namespace) -> None:
    if args.port or args.no_browser:
        how = "--headless" if args.headless else "--record"
        raise _Unusable(f"--port and --no-browser are about the page: with {how} there is none")


def _write_tour(path: Path, seconds: float) -> int:
    file = _opened(path)
    recorded = Recorded()
    try:
        asyncio.run(until_ended(partial(_played, seconds, partial(record, recorded))))
    finally:
        # Also of what came to no end.
        _write(file, recorded.text)
    if recorded.problem is not None:
        print(f"the tour came to a halt: {recorded.problem}", file=sys.stderr)
        return _FAILED
    return 0


def _opened(path: Path) -> TextIO:
    try:
        return path.open("w", encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
        reason: str | None = "it must be a file in a folder that exists"
    except OSError as error:
        reason = error.strerror
    raise _Unusable(f"{path} cannot be written: {reason}")


def _write(file: TextIO, text: str) -> None:
    try:
        with file:
            file.write(text)
    except OSError as error:
        raise _Unusable(f"{file.name} cannot be written: {error.strerror}") from None


def _headless(seconds: float) -> int:
    summary = asyncio.run(until_ended(partial(_played, seconds, play)))
    print(json.dumps(summary, ensure_ascii=False, indent=2))
    return 0 if summary["ok"] else _FAILED


async def _played(
    seconds: float, scenes: Callable[[Stage], Awaitable[Result]], ending: Ending
) -> Result:
    async with Stage.open(seconds) as stage, stage.bot.running():
        with ending.heeded():
            return await scenes(stage)


async def _interactive(args: argparse.Namespace, ending: Ending) -> None:
    async with Stage.open(_SECONDS) as stage:
        page = stage.page()
        await _listen(page, args.port)
        try:
            # The page waits for the bot, as Discord does.
            print(f"\nThe demo is at {page.url}", flush=True)
            if not args.no_browser:
                show(page.url)
            async with stage.bot.running():
                with ending.heeded():
                    await converse(stage, args.seconds)
        finally:
            await page.close()


async def _listen(page: DemoPage, port: int) -> None:
    try:
        await page.start(port)
    except OSError as error:
        # Its own words name the port once more.
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        hint = "take another, or leave --port out and any free one is taken"
        raise _Unusable(f"port {port} cannot be used: {reason}; {hint}") from None
