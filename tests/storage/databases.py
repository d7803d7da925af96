"""Databases for tests: empty at the beginning of each, gone at the end of all."""

from __future__ import annotations

import asyncio
import os
import shutil
import uuid
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url

from bot.storage import migrations
from bot.storage.engine import Database, open_engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

KINDS = ("sqlite", "postgresql")
# Waits for their end: until then they hold their locks.
_HANG_UP = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_REMOVE_TABLES = ("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
# Migrations may leave rows behind, too.
_KEEP_ROWS = """
DO $$ DECLARE name text; BEGIN
    CREATE SCHEMA kept;
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('CREATE TABLE kept.%1$I AS TABLE public.%1$I', name);
    END LOOP;
END $$
"""
_RESTORE_ROWS = """
DO $$ DECLARE names text[] = array(SELECT tablename FROM pg_tables WHERE schemaname = 'kept');
DECLARE name text; BEGIN
    EXECUTE 'TRUNCATE ' || array_to_string(names, ', ') || ' RESTART IDENTITY';
    FOREACH name IN ARRAY names LOOP
        EXECUTE format('INSERT INTO public.%1$I SELECT * FROM kept.%1$I', name);
    END LOOP;
END $$
"""


class PatientDatabase(Database):
    """Waits for its turn however busy the machine is; how long one waits is tested apart."""

    lock_seconds = 20.0


class Databases:
    """Migrated once; of PostgreSQL's, to make and drop one for each test would take a second.

    Those of PostgreSQL are lent, emptied and lent again; several at a time are several databases.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: dict[bool, list[str]] = {True: [], False: []}
        self._made: list[str] = []

    async def sqlite_file(self) -> Path:
        """Return a file as migrations leave it, to be copied."""
        path = self._folder / "migrated.db"
        if not path.exists():
            await asyncio.to_thread(migrations.upgrade, f"sqlite:///{path}")
        return path

    @asynccontextmanager
    async def empty(self, kind: str, folder: Path) -> AsyncIterator[str]:
        """Lend one without any table."""
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'deckhand.db'}"
            return
        async with self._lent(is_migrated=False) as url:
            yield url

    @asynccontextmanager
    async def migrated(self, kind: str, folder: Path) -> AsyncIterator[str]:
        """Lend one as migrations leave it; tests may change rows, not tables."""
        if kind == "sqlite":
            shutil.copy(await self.sqlite_file(), folder / "deckhand.db")
            yield f"sqlite:///{folder / 'deckhand.db'}"
            return
        async with self._lent(is_migrated=True) as url:
            yield url

    def close(self) -> None:
        """Drop them all; no test runs any more."""
        for name in self._made:
            asyncio.run(administer(postgresql(), f"DROP DATABASE {name} WITH (FORCE)"))

    @asynccontextmanager
    async def _lent(self, *, is_migrated: bool) -> AsyncIterator[str]:
        idle = self._idle[is_migrated]
        url = idle.pop() if idle else await self._make(is_migrated=is_migrated)
        yield url
        await administer(url, _HANG_UP, *([_RESTORE_ROWS] if is_migrated else _REMOVE_TABLES))
        idle.append(url)

    async def _make(self, *, is_migrated: bool) -> str:
        server = postgresql()
        name = f"deckhand_test_{uuid.uuid4().hex}"
        await administer(server, f"CREATE DATABASE {name} TEMPLATE template0")
        self._made.append(name)
        # No test pulls the server's plug, and a disk that is busy with others is no fault of ours.
        await administer(server, f"ALTER DATABASE {name} SET synchronous_commit = off")
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        if is_migrated:
            await asyncio.to_thread(migrations.upgrade, url)
            await administer(url, _KEEP_ROWS)
        return url


def postgresql() -> str:
    """The URL of the server for tests."""
    server = os.getenv("TEST_DATABASE_URL")
    if not server:
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL")
    return server


async def administer(server: str, *statements: str) -> None:
    engine = open_engine(server, lock_seconds=10)
    try:
        async with engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in statements:
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
