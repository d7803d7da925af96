"""Deletes many rows without holding the database for long. Decides nothing about which."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from bot.storage.engine import Database
    from bot.storage.news_tables import DeliveryRow, EventRow
    from bot.storage.tables import AuditRow

_AT_ONCE = 1_000
"""So many are deleted in one transaction, which must be over before its time limit."""


async def delete_rows(
    database: Database,
    table: type[AuditRow | EventRow | DeliveryRow],
    condition: ColumnElement[bool],
) -> int:
    """Delete the rows of a table, some at a time; returns how many."""
    some = select(table.id).where(condition).limit(_AT_ONCE)
    count = 0
    while True:
        async with database.session() as session:
            ids = list(await session.scalars(some))
            if not ids:
                return count
            await session.execute(delete(table).where(table.id.in_(ids)))
        count += len(ids)
