"""Says which failures mean that the database does not answer; leaves mistakes of ours alone.

A faulty statement, a missing table or a broken constraint is a defect and passes unchanged.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from bot.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from types import TracebackType

_SQLITE = {
    sqlite3.SQLITE_BUSY: "another process holds its lock",
    sqlite3.SQLITE_LOCKED: "another connection holds its lock",
    sqlite3.SQLITE_CANTOPEN: "the file cannot be opened; its folder must exist and be writable",
    sqlite3.SQLITE_PERM: "the file may not be opened",
    sqlite3.SQLITE_READONLY: "the file or its folder is read-only",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk cannot be read or written",
    sqlite3.SQLITE_CORRUPT: "the file is damaged",
    sqlite3.SQLITE_NOTADB: "the file is not an SQLite database",
}
"""Primary result codes: https://www.sqlite.org/rescode.html."""

_POSTGRESQL = {
    "08": "the connection was lost",
    "25006": "it is read-only",
    "28": "it refuses the user name or the password",
    "3D": "there is no database of that name",
    "40": "it gave up a transaction that stood in the way of another",
    "42501": "the user lacks the right to do that",
    "53": "it has run out of disk space, memory or connections",
    "55P03": "another process holds its lock",
    "57": "it is starting, stopping or was told to stop the query",
    "58": "its disk or operating system failed",
}
"""SQLSTATE classes and codes: PostgreSQL documentation, appendix A."""

_TOO_SLOW = "it did not answer in time"

_PASSING = frozenset(
    {
        _TOO_SLOW,
        _SQLITE[sqlite3.SQLITE_BUSY],
        _SQLITE[sqlite3.SQLITE_LOCKED],
        *(_POSTGRESQL[state] for state in ("40", "55P03", "57")),
    }
)
"""What may be over in a moment; all else waits for somebody to mend it."""

_PRIMARY = 0xFF  # the upper bytes of an SQLite code only refine it


class DatabaseFailures:
    """`with DatabaseFailures(where):` turns a failing database into `StorageUnavailable`.

    A class, because asyncpg's own errors come through while it connects, and only PostgreSQL
    users have that driver to name them in an `except`.
    """

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        reason = None if error is None else _reason(error)
        if reason is not None:
            is_passing = reason in _PASSING
            raise StorageUnavailable(f"{reason} ({self._where})", is_passing=is_passing) from error


def _reason(error: BaseException) -> str | None:
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, TimeoutError):
        return _TOO_SLOW
    if isinstance(cause, OSError):
        return str(cause)
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return _POSTGRESQL["08"]
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return _SQLITE.get(code & _PRIMARY)
    state = getattr(cause, "sqlstate", None) or ""
    return _POSTGRESQL.get(state) or _POSTGRESQL.get(state[:2])
