"""A database that fails says so in words, in time, and works again afterwards."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.domain.errors import StorageUnavailable
from bot.storage import migrations
from bot.storage.engine import Database, open_engine
from bot.storage.repositories import SqlMemory

if TYPE_CHECKING:
    from asyncio import StreamReader, StreamWriter
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

PASSWORD = "hunter2"
TLS_REQUEST_BYTES = 8
"""Shorter than any other first message: PostgreSQL documentation, message formats."""


async def test_a_locked_sqlite_file_is_reported_and_can_still_be_read(sqlite_url: str) -> None:
    async with Database(sqlite_url) as database:
        memory = SqlMemory(database)
        await memory.put("a", "before")
        with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as other:
            other.execute("BEGIN IMMEDIATE")

            with pytest.raises(StorageUnavailable, match="holds its lock") as failure:
                await memory.put("a", "during")
            assert failure.value.is_passing
            assert await memory.get("a") == "before"

        await memory.put("a", "after")
        assert await memory.get("a") == "after"
    assert sqlite_url in str(failure.value)


async def test_a_locked_table_of_postgresql_is_reported(postgresql_url: str) -> None:
    async with Database(postgresql_url) as database, Database(postgresql_url) as other:
        memory = SqlMemory(database)
        async with other.session() as session:
            await session.execute(text("LOCK TABLE memory"))
            with pytest.raises(StorageUnavailable, match="holds its lock") as failure:
                await memory.put("a", "during")
        assert failure.value.is_passing

        await memory.put("a", "after")
        assert await memory.get("a") == "after"


async def test_an_sqlite_file_without_a_folder_cannot_be_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/missing/deckhand.db"

    await assert_unavailable(url, "folder must exist and be writable")


async def test_an_sqlite_file_in_a_folder_that_takes_no_files_cannot_be_opened(
    tmp_path: Path,
) -> None:
    # Below a regular file nothing can be made, not even by root.
    (tmp_path / "file").touch()
    url = f"sqlite:///{tmp_path}/file/deckhand.db"

    await assert_unavailable(url, "folder must exist and be writable")


async def test_a_folder_in_place_of_an_sqlite_file_cannot_be_opened(tmp_path: Path) -> None:
    await assert_unavailable(f"sqlite:///{tmp_path}", "cannot be opened")


async def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "deckhand.db").write_text("discord:\n  token: x\n" * 100)

    await assert_unavailable(f"sqlite:///{tmp_path}/deckhand.db", "not an SQLite database")


async def test_a_read_only_sqlite_file_can_be_read_and_refuses_to_be_written(
    sqlite_url: str,
) -> None:
    async with Database(sqlite_url) as database:
        await SqlMemory(database).put("a", "1")
    path = make_url(sqlite_url).database

    async with Database(f"sqlite:///file:{path}?mode=ro&uri=true") as database:
        memory = SqlMemory(database)
        with pytest.raises(StorageUnavailable, match="read-only"):
            await memory.put("a", "2")
        assert await memory.get("a") == "1"


async def test_a_full_disk_is_reported_and_nothing_is_half_done(sqlite_url: str) -> None:
    async with Database(sqlite_url) as database:
        memory = SqlMemory(database)
        async with database.session() as session:  # one session at a time, so one connection
            pages = await session.scalar(text("PRAGMA page_count"))
            await session.execute(text(f"PRAGMA max_page_count = {pages}"))

        with pytest.raises(StorageUnavailable, match="disk is full"):
            await memory.put("a", "x" * 100_000)
        assert await memory.get("a") is None

        async with database.session() as session:
            await session.execute(text("PRAGMA max_page_count = 1000000"))
        await memory.put("a", "x" * 100_000)
        assert await memory.get("a") == "x" * 100_000


async def test_a_postgresql_that_does_not_listen_is_reported() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        await assert_unavailable(postgresql_at(unheard.getsockname()[1]), "Connect call failed")


async def test_a_postgresql_that_never_answers_is_reported() -> None:
    async def read_only(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with serving(read_only) as port:
        await assert_unavailable(postgresql_at(port), "did not answer in time", is_passing=True)


async def test_a_postgresql_that_is_starting_is_reported() -> None:
    fields = (b"SFATAL", b"VFATAL", b"C57P03", b"Mthe database system is starting up", b"", b"")
    words = b"\0".join(fields)
    refusal = b"E" + (len(words) + 4).to_bytes(4) + words

    async def start(reader: StreamReader, writer: StreamWriter) -> None:
        length = int.from_bytes(await reader.readexactly(4))
        await reader.readexactly(length - 4)
        writer.write(b"N" if length == TLS_REQUEST_BYTES else refusal)
        if length == TLS_REQUEST_BYTES:
            await start(reader, writer)
        writer.close()

    async with serving(start) as port:
        await assert_unavailable(postgresql_at(port), "it is starting", is_passing=True)


async def test_a_web_server_in_place_of_postgresql_is_reported() -> None:
    async def refuse(_reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with serving(refuse) as port:
        await assert_unavailable(postgresql_at(port), "not available")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"username": "nobody"}, "refuses the user name or the password"),
        ({"database": "missing"}, "no database of that name"),
    ],
)
async def test_a_postgresql_that_refuses_is_reported(
    postgresql_url: str, wrong: dict[str, str], reason: str
) -> None:
    url = make_url(postgresql_url).set(password=PASSWORD, **wrong)  # type: ignore[arg-type]  # keywords of one type

    await assert_unavailable(url.render_as_string(hide_password=False), reason)


async def test_a_restart_of_postgresql_is_not_noticed(postgresql_url: str) -> None:
    async with Database(postgresql_url) as database:
        await database.ping()
        await cut_connections(postgresql_url)

        await database.ping()


async def test_a_connection_cut_in_the_middle_is_reported(postgresql_url: str) -> None:
    async def work(database: Database) -> None:
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
            await cut_connections(postgresql_url)
            await session.execute(text("SELECT 1"))

    async with Database(postgresql_url) as database:
        with pytest.raises(StorageUnavailable):
            await work(database)
        await database.ping()


async def test_a_postgresql_that_falls_silent_holds_up_nobody(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Database, "answer_seconds", 1.0)
    real = make_url(postgresql_url)
    flowing = asyncio.Event()
    flowing.set()

    async def pass_on(reader: StreamReader, writer: StreamWriter) -> None:
        upstream = await asyncio.open_connection(real.host, real.port or 5432)
        async with asyncio.TaskGroup() as group:
            group.create_task(copy(reader, upstream[1], when=flowing))
            group.create_task(copy(upstream[0], writer, when=flowing))

    async with serving(pass_on) as port:
        silent = real.set(port=port).render_as_string(hide_password=False)
        async with Database(silent) as database:
            await database.ping()
            flowing.clear()
            with pytest.raises(StorageUnavailable, match="did not answer in time"):
                await database.ping()

            flowing.set()
            await database.ping()
            flowing.clear()
        # Leaving the block had to close a connection that no longer answers.
        flowing.set()


async def test_a_defect_of_ours_is_not_taken_for_a_failing_database(database: Database) -> None:
    async def write_twice() -> None:
        async with database.session() as session:
            for _ in range(2):
                await session.execute(text("INSERT INTO memory (key, value) VALUES ('a', '1')"))

    async def misspell() -> None:
        async with database.session() as session:
            await session.execute(text("SELECT * FROM rulez"))

    with pytest.raises(IntegrityError):
        await write_twice()
    with pytest.raises(DBAPIError, match="rulez"):
        await misspell()


async def test_other_errors_pass_through_a_session(database: Database) -> None:
    async def fail() -> None:
        async with database.session():
            raise LookupError

    with pytest.raises(LookupError):
        await fail()


async def assert_unavailable(url: str, reason: str, *, is_passing: bool = False) -> None:
    """Both ways in must say it: the migrations and the open database."""
    with pytest.raises(StorageUnavailable, match=reason) as migrating:
        await asyncio.to_thread(migrations.upgrade, url)
    async with Database(url) as database:
        with pytest.raises(StorageUnavailable, match=reason) as opened:
            await database.ping()
    for failure in (migrating, opened):
        assert PASSWORD not in str(failure.value)
        assert failure.value.is_passing is is_passing


def postgresql_at(port: int) -> str:
    return f"postgresql://deckhand:{PASSWORD}@127.0.0.1:{port}/deckhand"


async def cut_connections(url: str) -> None:
    engine = open_engine(url, lock_seconds=1)
    async with engine.begin() as connection:
        await connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    await engine.dispose()


@asynccontextmanager
async def serving(
    handle: Callable[[StreamReader, StreamWriter], Awaitable[None]],
) -> AsyncIterator[int]:
    """A TCP server on a port of its own; waits for its connections to end."""
    idle = asyncio.Condition()
    running = 0

    async def count(reader: StreamReader, writer: StreamWriter) -> None:
        nonlocal running
        running += 1
        try:
            await handle(reader, writer)
        finally:
            async with idle:
                running -= 1
                idle.notify_all()

    server = await asyncio.start_server(count, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        async with idle, asyncio.timeout(10):
            await idle.wait_for(lambda: running == 0)


async def copy(reader: StreamReader, writer: StreamWriter, *, when: asyncio.Event) -> None:
    try:
        while data := await reader.read(65536):
            await when.wait()
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the other side hung up
    finally:
        writer.close()
