"""Sees to it that one bot alone works with a database. Knows nothing of what the bot does.

The lock ends with the process, however that ends: nobody ever has to remove it by hand.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import secrets
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.errors import StorageUnavailable
from bot.storage.engine import open_engine, safe_url
from bot.storage.failures import DatabaseFailures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sqlalchemy.ext.asyncio import AsyncConnection

log = logging.getLogger(__name__)

_LOCK = 0x696E7374616E6365
"""Of PostgreSQL's advisory locks, which are numbers; it spells "instance".

Migrations have one of their own."""
_HOLDER = f"""
SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1
AND classid = {_LOCK >> 32} AND objid = {_LOCK & 0xFFFFFFFF}
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - numbers of our own
_TRIES, _TRY_SECONDS = 10, 0.1
"""PostgreSQL takes a moment to see that a process is gone."""
_CHECK_SECONDS = 10.0
_AGAIN_SECONDS = 1.0
_ANSWER_SECONDS = 5.0
_KEEPALIVES = {
    "tcp_keepalives_idle": "15",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""After half a minute PostgreSQL takes a machine that says nothing at all for gone."""


class InstanceTaken(Exception):
    """Another bot works with the database."""


class Instance(Protocol):
    """The one place of a bot at a database."""

    async def keep(self) -> None:
        """Hold it until cancelled; raises `InstanceTaken` where it was lost to another bot."""
        ...


@asynccontextmanager
async def only_one(url: str) -> AsyncIterator[Instance]:
    """Be the only bot with this database for as long as the block lasts.

    Raises `InstanceTaken` where there is one, `StorageUnavailable` where that cannot be known.
    """
    is_file = make_url(url).get_backend_name() == "sqlite"
    place = _FileLock(url) if is_file else _ServerLock(url)
    try:
        await place.take()
        yield place
    finally:
        await place.close()


class _FileLock:
    """A lock on a file beside the database.

    Not on the database itself: whoever closes a file loses all locks that SQLite has on it.
    """

    def __init__(self, url: str) -> None:
        self._where = safe_url(url)
        # Links lead to one file, beside which its lock is.
        self._database = os.path.realpath(make_url(url).database or "")
        self._path = f"{self._database}-instance"
        self._file = -1
        self._check_names()

    async def take(self) -> None:
        """Lock the file that has the name now."""
        for _ in range(_TRIES):
            await self.close()  # a file without its name keeps nobody away
            self._lock()
            if self._is_held():
                return
        raise StorageUnavailable(f"{self._path} is removed again and again")

    async def keep(self) -> None:
        """Hold it; where the file was removed or replaced, lock the one that takes its place."""
        while True:
            await asyncio.sleep(_CHECK_SECONDS)
            if not self._is_held():
                await _retake(self.take, "file")

    async def close(self) -> None:
        """Give it back."""
        file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def _lock(self) -> None:
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StorageUnavailable(
                f"its folder must exist and be writable ({self._where})"
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InstanceTaken(_taken(self._where)) from error
        except OSError as error:
            raise StorageUnavailable(f"{self._path} cannot be locked: {error}") from error

    def _is_held(self) -> bool:
        try:
            return os.path.samestat(os.fstat(self._file), Path(self._path).stat())
        except OSError:
            return False

    def _check_names(self) -> None:
        # SQLite keeps its journal by name as well: https://sqlite.org/howtocorrupt.html, 2.5.
        names = 1
        with suppress(OSError):  # it is not there yet, or opening it says more
            names = Path(self._database).stat().st_nlink
        if names > 1:
            raise StorageUnavailable(
                f"its file has {names} names (hard links), and would be damaged by whoever uses "
                f"another one; copy it under a name of its own ({self._where})"
            )


class _ServerLock:
    """A lock that PostgreSQL gives to a connection, and takes back when that ends."""

    def __init__(self, url: str) -> None:
        self._where = safe_url(url)
        self._name = f"deckhand-{secrets.token_hex(8)}"
        """What PostgreSQL calls all our connections, to know them from another bot's."""
        settings = {**_KEEPALIVES, "application_name": self._name}
        self._engine = open_engine(url, lock_seconds=_ANSWER_SECONDS, settings=settings)
        self._connection: AsyncConnection | None = None
        self._cut = asyncio.Event()
        """Set when the connection ends."""

    async def take(self) -> None:
        """Get it, in a fresh connection.

        Raises `InstanceTaken` where another bot has it. While PostgreSQL keeps it for a connection
        of ours that was lost, nobody else can have it either: that is `StorageUnavailable`.
        """
        await self._hang_up()
        with DatabaseFailures(self._where):
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self._connect()
            for _ in range(_TRIES):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    if await self._ask(f"SELECT pg_try_advisory_lock({_LOCK})"):
                        return
                await asyncio.sleep(_TRY_SECONDS)
            async with asyncio.timeout(_ANSWER_SECONDS):
                holder = await self._ask(_HOLDER)
        if holder in (self._name, None):
            raise StorageUnavailable(
                f"it has not yet seen that a connection was lost ({self._where})", is_passing=True
            )
        raise InstanceTaken(_taken(self._where))

    async def keep(self) -> None:
        """Hold it; where the connection is lost, get it again as soon as the database answers."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_CHECK_SECONDS):
                    await self._cut.wait()
            if not await self._is_held():
                await _retake(self.take, "connection")

    async def close(self) -> None:
        """Give it back."""
        await self._hang_up()
        await self._engine.dispose()

    async def _is_held(self) -> bool:
        if self._cut.is_set():
            return False
        try:
            with DatabaseFailures(self._where):
                async with asyncio.timeout(_ANSWER_SECONDS):
                    await self._ask("SELECT 1")
        except StorageUnavailable:
            return False
        return True

    async def _connect(self) -> None:
        self._connection = await self._engine.connect()
        await self._connection.execution_options(isolation_level="AUTOCOMMIT")
        raw = await self._connection.get_raw_connection()
        cut = self._cut = asyncio.Event()
        if raw.driver_connection is not None:
            raw.driver_connection.add_termination_listener(lambda _: cut.set())

    async def _ask(self, statement: str) -> object:
        if self._connection is None:
            return None
        return (await self._connection.execute(text(statement))).scalar()

    async def _hang_up(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(SQLAlchemyError, OSError):
                await connection.invalidate()  # a close would only put it back into the pool
                await connection.close()


async def _retake(take: Callable[[], Awaitable[None]], what: str) -> None:
    log.warning("the %s that keeps a second bot away was lost", what)
    while True:
        try:
            await take()
        except StorageUnavailable as error:
            log.debug("still without the database: %s", error)
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            log.info("the %s that keeps a second bot away is there again", what)
            return


def _taken(where: str) -> str:
    return (
        f"another bot runs with this database already ({where}): stop that one first, "
        "or give this one a database of its own"
    )
