from __future__ import annotations

import asyncio
import gc
import sys
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.domain.errors import StorageUnavailable
from bot.storage.engine import Database, safe_url
from bot.storage.repositories import SqlMemory
from bot.storage.tables import MemoryRow
from tests.storage.databases import postgresql

if TYPE_CHECKING:
    from pathlib import Path


async def test_an_open_database_answers(database: Database) -> None:
    await database.ping()


async def test_a_session_keeps_all_or_nothing(database: Database) -> None:
    memory = SqlMemory(database)

    async def write_and_fail() -> None:
        async with database.session() as session:
            await session.execute(text("INSERT INTO memory (key, value) VALUES ('a', '1')"))
            raise LookupError

    with pytest.raises(LookupError):
        await write_and_fail()
    assert await memory.get("a") is None


async def test_writers_in_the_background_take_turns_with_sqlite_and_others_need_not_wait(
    sqlite_url: str,
) -> None:
    written: list[str] = []

    async def write(database: Database) -> None:
        async with database.turn(), database.session():
            written.append("second")

    async with Database(sqlite_url) as database, asyncio.TaskGroup() as group, database.turn():
        group.create_task(write(database))
        await database.ping()
        written.append("first")
    assert written == ["first", "second"]


async def test_every_sqlite_connection_has_wal_and_foreign_keys(sqlite_url: str) -> None:
    async with (
        Database(sqlite_url) as database,
        database.session() as first,
        database.session() as second,
    ):
        for session in (first, second):
            assert await session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert await session.scalar(text("PRAGMA foreign_keys")) == 1
            assert await session.scalar(text("PRAGMA busy_timeout")) == 1000


async def test_closing_leaves_nothing_beside_an_sqlite_file(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with Database(sqlite_url) as database:
        await SqlMemory(database).put("a", "1")

    assert names(tmp_path) == ["deckhand.db"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg"])
async def test_postgresql_is_understood_in_every_spelling(scheme: str) -> None:
    _, rest = postgresql().split("://")

    async with Database(f"{scheme}://{rest}?sslmode=prefer") as database:
        await database.ping()


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
async def test_sqlite_is_understood_in_every_spelling(scheme: str, tmp_path: Path) -> None:
    async with Database(f"{scheme}:///{tmp_path}/a.db") as database:
        await database.ping()

    assert (tmp_path / "a.db").exists()


@pytest.mark.parametrize(
    ("url", "printed"),
    [
        ("sqlite:///deckhand.db", "sqlite:///deckhand.db"),
        ("postgresql+asyncpg://me:hunter2@db/deck", "postgresql://me:***@db/deck"),
        ("postgres://me@db:5433/deck?sslmode=require", "postgresql://me@db:5433/deck"),
    ],
)
def test_a_url_is_printed_without_its_password(url: str, printed: str) -> None:
    assert safe_url(url) == printed


@pytest.mark.parametrize(
    "url",
    [
        "",
        "deckhand.db",
        "mysql://me:hunter2@db/deck",
        "postgresql+psycopg://me:hunter2@db/deck",
        "postgresql://me:hunter2@db:port/deck",
        "sqlite://",
        "sqlite:///:memory:",
    ],
)
def test_a_url_that_cannot_work_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(StorageUnavailable, match=r"sqlite:///file\.db") as refusal:
        Database(url)

    assert "hunter2" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_options_that_the_driver_would_choke_on_are_named() -> None:
    with pytest.raises(StorageUnavailable, match=r"unknown options: password, timeout$"):
        Database("postgresql://me@db/deck?sslmode=require&timeout=5&password=hunter2")


def test_a_missing_driver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)

    with pytest.raises(StorageUnavailable, match=r"deckhand-bot\[postgres\]"):
        Database("postgresql://me@db/deck")


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def test_closing_waits_for_what_is_still_being_written(sqlite_url: str) -> None:
    begun = asyncio.Event()

    async def write(database: Database) -> None:
        async with database.session() as session:
            session.add(MemoryRow(key="a", value="1"))
            await session.flush()
            begun.set()
            await session.execute(text("SELECT 1"))

    async with asyncio.TaskGroup() as group, Database(sqlite_url) as database:
        group.create_task(write(database))
        await begun.wait()

    async with Database(sqlite_url) as database:
        assert await SqlMemory(database).get("a") == "1"
    gc.collect()  # a connection that was left open says so now, and fails the test
