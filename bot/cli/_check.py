"""`check`: tries all that the bot needs and prints a line for each. Changes nothing.

One failure never hides another: everything is tried, at the same time.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from bot.app import StartupError, check_discord
from bot.cli._failures import MISUSED, UNEXPECTED, unexpected
from bot.cli._output import plain
from bot.domain.errors import DeckhandError, StorageUnavailable
from bot.panels import PanelHub
from bot.services.clock import SystemClock
from bot.settings import panel_settings
from bot.storage.engine import safe_url
from bot.storage.migrations import current, head

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sized

    from bot.config import Config
    from bot.panels import PanelSettings


def execute(config: Config, *, traceback: bool) -> int:
    """Try everything; return 0 only if all is well, and 2 where there is no database."""
    return asyncio.run(_check(config, traceback=traceback))


async def _check(config: Config, *, traceback: bool) -> int:
    settings = panel_settings(config)
    _print_ok("configuration", _count(settings, "panel"))
    async with PanelHub(clock=SystemClock()) as hub:
        attempts = {
            "database": asyncio.to_thread(_database, config),
            "Discord": check_discord(config),
            **{f"panel {panel_id}": _panel(hub, each) for panel_id, each in settings.items()},
        }
        results = await asyncio.gather(
            *(_try(what, attempt) for what, attempt in attempts.items()), return_exceptions=True
        )
    statuses = [0]
    for what, result in zip(attempts, results, strict=True):
        if isinstance(result, BaseException):
            _print_failed(what, unexpected(result, traceback=traceback))
            statuses.append(UNEXPECTED)
        else:
            statuses.append(result)
    return max(statuses)


async def _try(what: str, attempt: Awaitable[str]) -> int:
    """Print how it went as soon as that is known; what nobody expects is left to be raised."""
    try:
        _print_ok(what, await attempt)
    except (DeckhandError, StartupError) as error:
        _print_failed(what, str(error))
        return MISUSED if isinstance(error, StorageUnavailable) else UNEXPECTED
    return 0


def _database(config: Config) -> str:
    """Return where it is and how it stands. Blocks."""
    where = safe_url(config.database_url)
    to_be_made = _is_to_be_made(where)
    version, newest = None if to_be_made else current(config.database_url), head()
    if version == newest:
        return f"{where} is at version {version}"
    if not config.migrate_on_start:
        raise StartupError(
            f"{where} is at version {version or 'none'} and must be at {newest}: "
            "run `deckhand migrate`"
        )
    if to_be_made:
        return f"{where} will be created when the bot starts"
    return f"{where} answers; the bot will bring it to version {newest} when it starts"


def _is_to_be_made(where: str) -> bool:
    """Tell whether it is a file that has yet to be made, and can be: to connect would make it."""
    url = make_url(where)
    if url.drivername != "sqlite":
        return False
    file = Path(url.database or "")
    try:
        if file.exists() and file.stat().st_size:
            return False
        tempfile.TemporaryFile(dir=file.parent).close()
    except OSError as error:
        raise StorageUnavailable(f"its folder must exist and be writable ({where})") from error
    return True


async def _panel(hub: PanelHub, settings: PanelSettings) -> str:
    return _count(await hub.open(settings).list_servers(), "server")


def _count(things: Sized, noun: str) -> str:
    return f"{len(things)} {noun}" + ("" if len(things) == 1 else "s")


def _print_ok(what: str, found: str) -> None:
    print(f"ok      {what}: {plain(found)}", flush=True)


def _print_failed(what: str, reason: str) -> None:
    print(f"FAILED  {what}: {plain(reason)}", flush=True)
