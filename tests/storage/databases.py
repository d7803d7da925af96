"""Databases for tests: empty at the beginning, gone at the end."""

from __future__ import annotations

import asyncio
import os
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from bot.storage import migrations
from bot.storage.engine import open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

KINDS = ("sqlite", "postgresql")


@asynccontextmanager
async def empty_database(kind: str, folder: Path) -> AsyncIterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'deckhand.db'}"
        return
    server = postgresql()
    name = f"deckhand_test_{uuid.uuid4().hex}"
    await administer(server, f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        await administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def migrated_database(kind: str, folder: Path) -> AsyncIterator[str]:
    async with empty_database(kind, folder) as url:
        await asyncio.to_thread(migrations.upgrade, url)
        yield url


def postgresql() -> str:
    """The URL of the server for tests."""
    server = os.getenv("TEST_DATABASE_URL")
    if not server:
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL")
    return server


async def administer(server: str, statement: str) -> None:
    engine = open_engine(server, lock_seconds=10)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
