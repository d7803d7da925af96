"""`migrate`: the database brought to the newest version. Works without any configuration."""

from __future__ import annotations

from pathlib import Path

from bot.config import DEFAULT_DATABASE, ConfigError, database_url
from bot.storage.engine import safe_url
from bot.storage.migrations import current, head, upgrade


def execute(url: str | None) -> int:
    """Migrate the database, by default the file in the working directory; say what was done."""
    try:
        where = database_url(url or DEFAULT_DATABASE, Path.cwd())
    except ValueError as error:
        raise ConfigError([f"--database-url: {error}"]) from None
    before = current(where)
    upgrade(where)
    after = head()
    if before == after:
        did = f"was at version {after} already"
    elif before is None:
        did = f"was created at version {after}"
    else:
        did = f"went from version {before} to {after}"
    print(f"The database {safe_url(where)} {did}.")
    return 0
