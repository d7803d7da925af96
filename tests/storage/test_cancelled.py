"""Work that is cancelled at any moment leaves the database to others."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from itertools import count

from bot.domain.changes import Track
from bot.domain.servers import ServerRef, ServerState
from bot.storage.engine import Database
from bot.storage.tracks import SqlTracks

_TRACKS = {
    ServerRef("main", str(number)): Track(name="x", state=ServerState.RUNNING)
    for number in range(3)
}


async def test_no_lock_is_left_behind(sqlite_url: str) -> None:
    """Cancel the same work after one more step of the loop each time, until it is done first."""
    for steps in count():
        async with Database(sqlite_url) as database:
            store = SqlTracks(database)
            await store.tracks()
            work = asyncio.get_running_loop().create_task(
                store.commit(tracks=_TRACKS, incidents={}, news=[])
            )
            for _ in range(steps):
                await asyncio.sleep(0.001)
            is_done = work.done()
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            await store.commit(tracks=_TRACKS, incidents={}, news=[])
        if is_done:
            break
