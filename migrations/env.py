"""Alembic's way in: opens the database named by the configuration and holds everybody else off.

Reads no ini file and sets up no logging: `bot.storage.migrations` is the only caller.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alembic import context

from bot.storage import board_tables, news_tables  # noqa: F401 - add their tables to those of Base
from bot.storage.engine import open_engine
from bot.storage.tables import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.ext.asyncio import AsyncConnection

LOCK_SECONDS = 30
LOCK_KEY = 0x6465636B68616E64  # "deckhand"


async def migrate(url: str) -> None:
    """Run what Alembic was asked for in one transaction, one process at a time."""
    engine = open_engine(url, lock_seconds=LOCK_SECONDS)
    try:
        async with engine.connect() as connection:
            await take_turn(connection)
            await connection.run_sync(run)
            await connection.commit()
    finally:
        await engine.dispose()


async def take_turn(connection: AsyncConnection) -> None:
    """Begin the transaction with a lock that no second migration can hold."""
    if connection.dialect.name == "sqlite":
        # SQLite rebuilds a table by dropping it, which would delete the rows that refer to it.
        await connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        await connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK_KEY})")


def run(connection: Connection) -> None:
    """Let Alembic work inside the transaction that is open."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    context.run_migrations()


asyncio.run(migrate(context.config.attributes["url"]))
