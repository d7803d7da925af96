"""Work that is cancelled at any moment leaves the database to others, and nothing open."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import threading
from contextlib import asynccontextmanager, closing, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, Pool, event, make_url

from bot.domain.changes import Track
from bot.domain.servers import ServerRef, ServerState
from bot.storage.engine import Database
from bot.storage.tracks import SqlTracks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest

_TRACKS = {
    ServerRef("main", str(number)): Track(name="x", state=ServerState.RUNNING)
    for number in range(3)
}
_STEPS = (
    (Engine, "do_connect"),
    (Pool, "connect"),
    (Engine, "begin"),
    (Engine, "before_cursor_execute"),
    (Engine, "after_cursor_execute"),
    (Engine, "commit"),
    (Pool, "reset"),
)
"""Where a transaction waits for the database next."""


@asynccontextmanager
async def _cancelled_at(step: int, work: asyncio.Task[Any]) -> AsyncIterator[None]:
    """Cancel the work at that one of its steps."""
    steps = count(1)

    def look(*_: object) -> None:
        if next(steps) == step:
            loop = asyncio.get_running_loop()
            loop.call_soon(work.cancel)
            # Once more while it tidies up, as a group does whose own task is cancelled.
            loop.call_soon(lambda: loop.call_soon(work.cancel))

    for whose, name in _STEPS:
        event.listen(whose, name, look)
    try:
        yield
    finally:
        for whose, name in _STEPS:
            event.remove(whose, name, look)


async def test_no_lock_is_left_behind(sqlite_url: str) -> None:
    """Cancel the same work one step later each time, until it is done first."""
    threads = set(threading.enumerate())
    file = Path(make_url(sqlite_url).database or "")
    is_cancelled = True
    for step in count(1):
        async with Database(sqlite_url) as database:
            store = SqlTracks(database)
            await store.tracks()
            commit = store.commit(tracks=_TRACKS, incidents={}, news=[])
            work = asyncio.get_running_loop().create_task(commit)
            async with _cancelled_at(step, work):
                with suppress(asyncio.CancelledError):
                    await work
            is_cancelled = work.cancelled()
            await store.commit(tracks=_TRACKS, incidents={}, news=[])
        for thread in set(threading.enumerate()) - threads:
            thread.join(5)  # it has said its last word, and needs a moment to be gone
            assert not thread.is_alive()
        assert [path.name for path in file.parent.glob(f"{file.name}-*")] == []
        if not is_cancelled:
            break
    assert step > 1


async def test_what_is_cancelled_with_the_end_of_the_database_is_not_left_open(
    sqlite_url: str,
) -> None:
    file = Path(make_url(sqlite_url).database or "")
    for step in range(1, 12):
        async with Database(sqlite_url) as database:
            tracks = asyncio.get_running_loop().create_task(SqlTracks(database).tracks())
            async with _cancelled_at(step, tracks):
                with suppress(asyncio.CancelledError):
                    await tracks
        assert [path.name for path in file.parent.glob(f"{file.name}-*")] == []


async def test_nobody_is_bothered_with_how_it_failed(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as other:
        async with Database(sqlite_url) as database:
            store = SqlTracks(database)
            await store.tracks()
            other.execute("BEGIN IMMEDIATE")
            commit = store.commit(tracks=_TRACKS, incidents={}, news=[])
            work = asyncio.get_running_loop().create_task(commit)
            async with _cancelled_at(2, work):
                with suppress(asyncio.CancelledError):
                    await work
            assert work.cancelled()
    gc.collect()
    assert caplog.messages == []
