"""Owns the way to the database: its URL, its connections, its time limits. Knows no table."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import URL, event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from bot.domain.errors import StorageUnavailable
from bot.storage.failures import DatabaseFailures
from bot.storage.sessions import WholeSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from types import TracebackType

    from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
    from sqlalchemy.pool import ConnectionPoolEntry

log = logging.getLogger(__name__)

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "sqlite+aiosqlite": "sqlite+aiosqlite",
    "postgres": "postgresql+asyncpg",
    "postgresql": "postgresql+asyncpg",
    "postgresql+asyncpg": "postgresql+asyncpg",
}
_OPTIONS = {"mode", "uri", "host", "port", "ssl"}
"""What may stand in a URL's query: SQLite's way to open a file, PostgreSQL's socket and TLS."""
_CONNECT_SECONDS = 1.0


class Database:
    """One database with its pool of connections; closed with the `async with` block."""

    lock_seconds = 1.0
    """How long whoever writes waits for others who do."""
    answer_seconds = 1.3
    """Twice that, before the first answer to a member, for which Discord gives 3 s."""

    def __init__(self, url: str) -> None:
        self._where = safe_url(url)
        self._engine = open_engine(url, lock_seconds=self.lock_seconds)
        is_file = self._engine.dialect.name == "sqlite"
        kind = WholeSession if is_file else AsyncSession
        self._sessions = async_sessionmaker(self._engine, class_=kind, expire_on_commit=False)
        self._turn = asyncio.Lock() if is_file else None
        self._sessions_open: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A connection in use would be left open, and nobody would ever close it.
        if self._sessions_open:
            await asyncio.wait(self._sessions_open, timeout=self.answer_seconds)
        await self._engine.dispose()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until no other writer who waits for his turn is at it; for work in the background.

        SQLite has one writer at a time, and whoever finds it busy sleeps blindly, longer and
        longer, while others overtake him.
        """
        async with self._turn or nullcontext():
            yield

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """One short transaction: committed at the end of the block, undone by any error."""
        session, is_over = self._sessions(), asyncio.Event()
        ending = asyncio.create_task(_end(session, is_over))  # noqa: TID251 - awaited below
        self._sessions_open.add(ending)
        ending.add_done_callback(self._closed)
        with DatabaseFailures(self._where):
            try:
                async with asyncio.timeout(self.answer_seconds):
                    yield session
                    await session.commit()
            finally:
                is_over.set()
                if not (isinstance(session, WholeSession) and session.is_busy):
                    await asyncio.wait([ending], timeout=self.answer_seconds)

    def _closed(self, ending: asyncio.Task[None]) -> None:
        self._sessions_open.discard(ending)
        if not ending.cancelled() and (error := ending.exception()) is not None:
            log.warning("a connection to the database was given back in disorder: %s", error)

    async def ping(self) -> None:
        """Raise `StorageUnavailable` unless the database answers."""
        async with self.session() as session:
            await session.execute(text("SELECT 1"))


async def _end(session: AsyncSession, is_over: asyncio.Event) -> None:
    """Give the connection back, whatever becomes of whoever used it."""
    await is_over.wait()
    await session.close()


def open_engine(
    url: str, *, lock_seconds: float, settings: Mapping[str, str] | None = None
) -> AsyncEngine:
    """Make an engine that waits that long for a lock. It connects on first use.

    `settings` are PostgreSQL's own, for each connection.
    """
    parsed = _parse(url)
    is_remote = parsed.drivername != _DRIVERS["sqlite"]
    if not is_remote:
        options: dict[str, object] = {"timeout": lock_seconds}
    else:
        options = {
            "timeout": _CONNECT_SECONDS,
            "server_settings": {"lock_timeout": f"{lock_seconds}s", **(settings or {})},
        }
    try:
        engine = create_async_engine(
            parsed,
            connect_args=options,
            hide_parameters=True,
            pool_pre_ping=is_remote,  # a restart of PostgreSQL leaves dead connections behind
        )
    except ModuleNotFoundError as error:
        raise StorageUnavailable(
            "the driver is missing; PostgreSQL needs deckhand-bot[postgres]"
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "do_connect", _probe)
        event.listen(engine.sync_engine, "connect", _prepare)
    else:
        event.listen(engine.sync_engine, "close", _hang_up)
    return engine


def safe_url(url: str) -> str:
    """Return the URL fit for printing: without driver, password and query."""
    parsed = _parse(url)
    plain = parsed.set(drivername=parsed.get_backend_name(), query={})
    return plain.render_as_string(hide_password=True)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        driver = _DRIVERS[parsed.drivername]
    except (ArgumentError, ValueError, KeyError):
        # The cause would quote the URL and with it the password.
        raise StorageUnavailable(
            "its URL must look like sqlite:///file.db or postgresql://user:password@host/name"
        ) from None
    if driver == _DRIVERS["sqlite"] and parsed.database in (None, "", ":memory:"):
        raise StorageUnavailable("SQLite needs a file: sqlite:///file.db")
    query = dict(parsed.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")  # libpq's word, in most providers' URLs, and asyncpg's
    if unknown := query.keys() - _OPTIONS:
        raise StorageUnavailable(f"its URL has unknown options: {', '.join(sorted(unknown))}")
    return parsed.set(drivername=driver, query=query)


def _probe(
    _dialect: Dialect, _entry: ConnectionPoolEntry, args: list[Any], options: dict[str, Any]
) -> None:
    # Where a file cannot be opened, aiosqlite leaves a thread behind that may outlive the loop.
    sqlite3.connect(*args, **options).close()


def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")  # readers do not wait for the writer
    cursor.execute("PRAGMA foreign_keys = ON")  # off by default, for each connection anew
    cursor.close()


def _hang_up(_connection: DBAPIConnection, entry: ConnectionPoolEntry) -> None:
    if entry.driver_connection is not None:
        entry.driver_connection.terminate()  # a close would wait for a server that is gone
