"""`check`: tries all that the bot needs and prints a line for each. Changes nothing.

One failure never hides another: everything is tried, at the same time.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.app import StartupError, check_discord
from bot.cli._output import plain
from bot.domain.errors import DeckhandError
from bot.panels import PanelHub
from bot.services.clock import SystemClock
from bot.settings import panel_settings
from bot.storage.engine import safe_url
from bot.storage.migrations import current, head

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from bot.config import Config
    from bot.panels import PanelSettings


def execute(config: Config) -> int:
    """Try everything; return 0 only if all is well."""
    return asyncio.run(_check(config))


async def _check(config: Config) -> int:
    settings = panel_settings(config)
    print(f"ok      configuration: {len(settings)} panels")
    async with PanelHub(clock=SystemClock()) as hub:
        attempts = {
            "database": asyncio.to_thread(_database, config),
            "Discord": check_discord(config),
            **{f"panel {panel_id}": _panel(hub, each) for panel_id, each in settings.items()},
        }
        results = await asyncio.gather(*(_line(what, how) for what, how in attempts.items()))
    return 0 if all(results) else 1


async def _line(what: str, attempt: Awaitable[str]) -> bool:
    try:
        found = await attempt
    except (DeckhandError, StartupError) as error:
        print(f"FAILED  {what}: {plain(str(error))}", flush=True)
        return False
    print(f"ok      {what}: {plain(found)}", flush=True)
    return True


def _database(config: Config) -> str:
    """Return where it is and how it stands. Blocks."""
    url = config.database_url
    version, newest = current(url), head()
    if version == newest:
        return f"{safe_url(url)} is at version {version}"
    if not config.migrate_on_start:
        raise StartupError(
            f"{safe_url(url)} is at version {version or 'none'} and must be at {newest}: "
            "run `deckhand migrate`"
        )
    return f"{safe_url(url)} answers; the bot will bring it to version {newest} when it starts"


async def _panel(hub: PanelHub, settings: PanelSettings) -> str:
    servers = await hub.open(settings).list_servers()
    return f"{len(servers)} servers"
