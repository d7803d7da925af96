"""`keys`: new master keys, and the change to another. Shows no key but one that is new."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.startup import key_source
from bot.storage import keys
from bot.storage.crypto import new_key
from bot.storage.engine import Database, safe_url
from bot.storage.migrations import current, head

if TYPE_CHECKING:
    from bot.config import Config
    from bot.storage.master_key import Resealed


def make() -> int:
    """Print a key that nobody has."""
    print(new_key())
    return 0


def rotate(config: Config) -> int:
    """Seal everything under a new key and say what is to be done now."""
    if current(config.database_url) != head():
        where = safe_url(config.database_url)
        raise StorageUnavailable(f"run `deckhand migrate` first ({where})")
    resealed = asyncio.run(_rotate(config))
    source = key_source(config)
    print(f"{resealed.count} panels were sealed under the new master key ({source.where}).")
    if resealed.damaged:
        print(f"{resealed.damaged} open with none of the keys and were left as they are.")
    if source.given:
        print("Start the bot again with the same keys; then take the older ones away.")
    else:
        print("Keep a copy of that file apart from the database, and start the bot again.")
    print("Copies of the database from before open with the older key only.")
    return 0


async def _rotate(config: Config) -> Resealed:
    async with Database(config.database_url) as database:
        return await keys.rotate(database, key_source(config))
