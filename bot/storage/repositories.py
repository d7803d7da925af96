"""The repositories of the domain, in SQL. One method is one transaction; no row gets out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.tables import MemoryRow

if TYPE_CHECKING:
    from bot.storage.engine import Database


class SqlMemory:
    """Facts that the process must remember about itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, key: str) -> str | None:
        """Return the value, or None where there is none."""
        async with self._database.session() as session:
            row = await session.get(MemoryRow, key)
        return None if row is None else row.value

    async def put(self, key: str, value: str) -> None:
        """Set the value, new or not."""
        async with self._database.session() as session:
            await session.merge(MemoryRow(key=key, value=value))
