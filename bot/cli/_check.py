"""`check`: tries all that the bot needs and prints a line for each. Changes nothing.

One failure never hides another: everything is tried, at the same time.
"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import make_url

from bot.cli._failures import MISUSED, UNEXPECTED, unexpected
from bot.cli._output import plain
from bot.domain.errors import DeckhandError, StorageUnavailable
from bot.panels import PanelHub
from bot.services.clock import SystemClock
from bot.settings import panel_settings
from bot.startup import StartupError, check_discord, key_source
from bot.storage import keys
from bot.storage.crypto import MasterKeyError
from bot.storage.engine import Database, safe_url
from bot.storage.migrations import current, head

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sized

    from bot.config import Config
    from bot.panels import PanelSettings
    from bot.storage.key_file import KeyFile
    from bot.storage.keys import KeySource


class _Doubt(Exception):
    """It works, and still something should be done about it."""


def execute(config: Config, *, traceback: bool) -> int:
    """Try everything; return 0 only if all is well, and 2 where there is no database."""
    return asyncio.run(_check(config, traceback=traceback))


async def _check(config: Config, *, traceback: bool) -> int:
    settings = panel_settings(config)
    _print_ok("configuration", _count(settings, "panel"))
    async with PanelHub(clock=SystemClock()) as hub:
        attempts = {
            "database": asyncio.to_thread(_database, config),
            "master key": _master_key(config),
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
        found = await attempt
    except _Doubt as doubt:
        print(f"WARNING {what}: {plain(str(doubt))}", flush=True)
        return 0
    except (DeckhandError, MasterKeyError, StartupError) as error:
        _print_failed(what, str(error))
        return MISUSED if isinstance(error, StorageUnavailable) else UNEXPECTED
    if found:
        _print_ok(what, found)
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


async def _master_key(config: Config) -> str:
    """Return where it is; nothing where the database, which must fit to it, does not answer."""
    source = key_source(config)
    has = source.keys()
    try:
        if not await asyncio.to_thread(_is_to_be_made, safe_url(config.database_url)):
            await _check_key(config, source)
    except StorageUnavailable:
        return ""
    if source.given:
        return "given by secret_key"
    if not has:
        _try_folder(source.file)
        return f"will be made in {source.where} when the bot starts; keep a copy of it elsewhere"
    if source.file.is_open_to_others():
        raise _Doubt(f"others may read {source.where}: take that right from them (chmod 600)")
    if len(has) > 1:
        raise _Doubt(f"a change of {source.where} was not finished: run `deckhand keys rotate`")
    return f"in {source.where}; keep a copy of it apart from the database"


def _try_folder(file: KeyFile) -> None:
    try:
        tempfile.TemporaryFile(dir=file.path.parent).close()
    except OSError as error:
        raise MasterKeyError(
            f"{file.path} cannot be made: let its folder be written to, or give a key by secret_key"
        ) from error


async def _check_key(config: Config, source: KeySource) -> None:
    if await asyncio.to_thread(current, config.database_url):
        async with Database(config.database_url) as database:
            await keys.check(database, source)


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
