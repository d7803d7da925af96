"""One bot for each database: the place is taken, given back, lost and found again."""

from __future__ import annotations

import asyncio
import fcntl
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.domain.errors import StorageUnavailable
from bot.storage import instance
from bot.storage.instance import InstanceTaken, only_one
from tests.storage.databases import KINDS, administer
from tests.storage.relay import relay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.storage.databases import Databases

ROOT = Path(__file__).parents[2]
HOLDER = """
import asyncio, sys
from bot.storage.instance import only_one

async def hold():
    async with only_one(sys.argv[1]):
        print("holding", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""
CUT = """
SELECT pg_terminate_backend(pid) FROM pg_locks
WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = '{name}')
"""


@pytest.fixture(autouse=True)
def _haste(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "kill" not in request.node.name:
        monkeypatch.setattr(instance, "_TRY_SECONDS", 0.001)
        monkeypatch.setattr(instance, "_AGAIN_SECONDS", 0.01)


@pytest.fixture(params=KINDS)
async def url(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path
) -> AsyncIterator[str]:
    async with databases.empty(request.param, tmp_path) as url:
        yield url


@pytest.fixture
async def server_url(databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    async with databases.empty("postgresql", tmp_path) as url:
        yield url


def holder(url: str) -> subprocess.Popen[str]:
    """Another process that holds the place; returns once it does."""
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", HOLDER, url],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "holding\n"
    return process


async def is_taken(url: str) -> bool:
    try:
        async with only_one(url):
            return False
    except InstanceTaken:
        return True


async def test_a_second_one_in_the_same_process_is_refused(url: str) -> None:
    async with only_one(url):
        with pytest.raises(InstanceTaken, match="another bot runs with this database already"):
            async with only_one(url):
                pass
        assert await is_taken(url)  # the refused one took nothing away
    assert not await is_taken(url)


async def test_after_a_kill_the_place_is_free_at_once(url: str) -> None:
    process = await asyncio.to_thread(holder, url)
    with process:
        assert await is_taken(url)
        process.kill()
        process.wait()
        assert not await is_taken(url)


async def test_another_name_of_the_same_file_is_no_other_database(tmp_path: Path) -> None:
    (tmp_path / "deckhand.db").touch()
    (tmp_path / "link.db").symlink_to(tmp_path / "deckhand.db")

    async with only_one(f"sqlite:///{tmp_path}/deckhand.db"):
        assert await is_taken(f"sqlite:///{tmp_path}/link.db")
        assert not await is_taken(f"sqlite:///{tmp_path}/other.db")


async def test_a_file_under_two_names_is_refused(tmp_path: Path) -> None:
    """No lock on a name keeps the other one away, and SQLite damages such a file."""
    (tmp_path / "deckhand.db").touch()
    async with only_one(f"sqlite:///{tmp_path}/deckhand.db"):
        (tmp_path / "link.db").hardlink_to(tmp_path / "deckhand.db")
        with pytest.raises(StorageUnavailable, match=r"2 names \(hard links\).*link.db"):
            async with only_one(f"sqlite:///{tmp_path}/link.db"):
                pass


async def test_a_lock_file_that_was_removed_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "_CHECK_SECONDS", 0.001)
    found = asyncio.Event()
    monkeypatch.setattr(instance.log, "info", lambda *_: found.set())
    url = f"sqlite:///{tmp_path}/deckhand.db"
    async with only_one(url) as place, asyncio.TaskGroup() as group:
        keeping = group.create_task(place.keep())
        (tmp_path / "deckhand.db-instance").unlink()
        await asyncio.wait_for(found.wait(), 10)
        assert await is_taken(url)
        keeping.cancel()
    assert not await is_taken(url)


async def test_whoever_locks_the_file_that_came_after_a_removed_one_has_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "_CHECK_SECONDS", 0.001)
    url = f"sqlite:///{tmp_path}/deckhand.db"
    async with only_one(url) as place:
        (tmp_path / "deckhand.db-instance").unlink()
        async with only_one(url):
            with pytest.raises(InstanceTaken, match="another bot runs"):
                await asyncio.wait_for(place.keep(), 10)
            assert await is_taken(url)


async def test_a_folder_that_is_away_for_a_while_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "_CHECK_SECONDS", 0.001)
    missed, found = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(instance.log, "debug", lambda *_: missed.set())
    monkeypatch.setattr(instance.log, "info", lambda *_: found.set())
    folder = tmp_path / "data"
    folder.mkdir()
    url = f"sqlite:///{folder}/deckhand.db"
    async with only_one(url) as place, asyncio.TaskGroup() as group:
        keeping = group.create_task(place.keep())
        folder.rename(tmp_path / "away")
        await asyncio.wait_for(missed.wait(), 10)
        (tmp_path / "away").rename(folder)
        await asyncio.wait_for(found.wait(), 10)
        assert await is_taken(url)
        keeping.cancel()


async def test_a_file_that_is_removed_before_it_is_locked_gives_no_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "deckhand.db-instance"
    removed: list[int] = []

    def too_late(file: int, operation: int) -> None:
        if not removed:
            removed.append(path.stat().st_ino)
            path.unlink()
        lock(file, operation)

    lock = fcntl.flock
    monkeypatch.setattr(fcntl, "flock", too_late)
    async with only_one(f"sqlite:///{tmp_path}/deckhand.db"):
        assert await is_taken(f"sqlite:///{tmp_path}/deckhand.db")
    assert removed


async def test_databases_of_one_server_are_apart(
    server_url: str, databases: Databases, tmp_path: Path
) -> None:
    async with databases.empty("postgresql", tmp_path) as other, only_one(server_url):
        assert not await is_taken(other)


async def test_a_folder_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="its folder must exist and be writable"):
        async with only_one(f"sqlite:///{tmp_path}/missing/deckhand.db"):
            pass


async def test_a_server_that_is_not_there_is_told_as_such() -> None:
    with pytest.raises(StorageUnavailable, match="database"):
        async with only_one("postgresql://somebody@127.0.0.1:1/deckhand"):
            pass


async def cut(url: str) -> None:
    await administer(url, CUT.format(name=url.rpartition("/")[2]))


async def test_a_lost_connection_is_made_anew(
    server_url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)
    found = asyncio.Event()
    monkeypatch.setattr(instance.log, "info", lambda *_: found.set())
    async with only_one(server_url) as place, asyncio.TaskGroup() as group:
        keeping = group.create_task(place.keep())
        await cut(server_url)
        await asyncio.wait_for(found.wait(), 10)
        assert await is_taken(server_url)
        assert "keeps a second bot away was lost" in caplog.text
        keeping.cancel()
    assert not await is_taken(server_url)


async def test_a_place_that_somebody_else_has_taken_meanwhile_is_lost(server_url: str) -> None:
    async with only_one(server_url) as place:
        await cut(server_url)
        async with only_one(server_url):
            with pytest.raises(InstanceTaken):
                await asyncio.wait_for(place.keep(), 10)


async def test_a_connection_that_hangs_is_noticed(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "_CHECK_SECONDS", 0.01)
    monkeypatch.setattr(instance, "_ANSWER_SECONDS", 1)
    asked = asyncio.Event()
    found = asyncio.Event()
    monkeypatch.setattr(instance.log, "info", lambda *_: found.set())
    ask = instance._ServerLock._ask

    async def silent_once(self: instance._ServerLock, statement: str) -> object:
        if statement == "SELECT 1" and not asked.is_set():
            asked.set()
            await asyncio.Event().wait()
        return await ask(self, statement)

    monkeypatch.setattr(instance._ServerLock, "_ask", silent_once)
    async with only_one(server_url) as place, asyncio.TaskGroup() as group:
        keeping = group.create_task(place.keep())
        await asyncio.wait_for(found.wait(), 10)
        assert asked.is_set()
        assert await is_taken(server_url)
        keeping.cancel()


async def test_a_server_that_still_believes_in_the_lost_connection_is_no_other_bot(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL holds the lock of a client that has vanished for as long as it hears nothing."""
    monkeypatch.setattr(instance, "_CHECK_SECONDS", 0.01)
    monkeypatch.setattr(instance, "_ANSWER_SECONDS", 1)
    refused, found = asyncio.Event(), asyncio.Event()

    def note(_: str, error: StorageUnavailable) -> None:
        if "has not yet seen that a connection was lost" in str(error):
            refused.set()

    monkeypatch.setattr(instance.log, "debug", note)
    monkeypatch.setattr(instance.log, "info", lambda *_: found.set())
    async with (
        relay(server_url) as network,
        only_one(network.url) as place,
        asyncio.TaskGroup() as group,
    ):
        keeping = group.create_task(place.keep())
        network.lose()
        await asyncio.wait_for(refused.wait(), 10)
        assert await is_taken(server_url)
        network.bury()
        await asyncio.wait_for(found.wait(), 10)
        assert await is_taken(server_url)
        keeping.cancel()
