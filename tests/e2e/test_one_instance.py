"""A bot that is started twice: the second one says so, and nobody in Discord hears of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from bot.simulators.discord.gateway import Op
from bot.startup import StartupError
from bot.storage.engine import open_engine
from bot.storage.instance import _LOCK
from tests.e2e.process import SECONDS, ended, process
from tests.e2e.stage import Bot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.config import Config
    from tests.e2e.stage import Stage
    from tests.storage.databases import Databases

_TAKEN = "another bot runs with this database already"
_OURS = """
FROM pg_locks JOIN pg_database ON pg_database.oid = database
WHERE locktype = 'advisory' AND datname = current_database()
"""
_HELD = f"SELECT count(*) {_OURS} AND granted"
_IN_LINE = f"SELECT count(*) {_OURS} AND NOT granted"
_CUT = f"SELECT pg_terminate_backend(pid) {_OURS} AND granted"


def _logins(stage: Stage) -> int:
    return sum(record.payload["op"] == Op.IDENTIFY for record in stage.discord.gateway_log)


async def test_the_second_one_says_so_and_posts_nothing(stage: Stage) -> None:
    before = (len(stage.discord.exchanges), _logins(stage))
    async with process(stage) as second:
        status, output = await ended(second)
    assert status == 2
    assert _TAKEN in output
    assert "Traceback" not in output
    assert (len(stage.discord.exchanges), _logins(stage)) == before
    assert (await stage.answer(stage.helper, "server list")).text  # the first one goes on


async def test_after_a_kill_the_next_one_starts_at_once(quiet_stage: Stage) -> None:
    stage = quiet_stage
    async with process(stage) as first:
        await stage.discord.wait_connected(timeout=SECONDS)
        first.kill()
        await first.wait()
        await stage.start_bot()


async def test_after_a_start_that_failed_the_next_one_starts(quiet_stage: Stage) -> None:
    stage = quiet_stage
    async with process(stage, token="MTA.a-wrong-token.x") as first:
        assert (await ended(first))[0] == 2
    await stage.start_bot()


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "--config", "config.yaml"),
        ("migrate", "--config", "config.yaml"),
        ("panel", "main", "list"),
        ("keys", "rotate", "--config", "config.yaml"),
    ],
    ids=" ".join,
)
async def test_commands_work_while_the_bot_runs(stage: Stage, arguments: tuple[str, ...]) -> None:
    async with process(stage, *arguments) as command:
        status, output = await ended(command)
    assert status == 0, output


@pytest.fixture
async def postgresql_url(databases: Databases, tmp_path: Path) -> AsyncIterator[str]:
    async with databases.migrated("postgresql", tmp_path) as url:
        yield url


@pytest.fixture
def on_postgresql(postgresql_url: str, quiet_stage: Stage) -> Config:
    """In this order: the bots end before others borrow their database."""
    return quiet_stage.settings().model_copy(update={"database_url": postgresql_url})


async def test_on_postgresql_the_second_one_is_refused_too(
    on_postgresql: Config, quiet_stage: Stage
) -> None:
    quiet_stage.bots.append(Bot(on_postgresql))
    await quiet_stage.bots[0].started()
    with pytest.raises(StartupError, match=_TAKEN):
        await Bot(on_postgresql).started()


async def test_a_bot_whose_place_another_one_takes_ends_with_a_sentence(
    on_postgresql: Config,
) -> None:
    bot = Bot(on_postgresql)
    await bot.started()
    engine = open_engine(on_postgresql.database_url, lock_seconds=SECONDS)
    async with engine.connect() as other, asyncio.TaskGroup() as group:
        await other.execution_options(isolation_level="AUTOCOMMIT")
        # Stands in line for the lock, and so has it in the moment in which the bot loses it.
        taking = group.create_task(other.execute(text(f"SELECT pg_advisory_lock({_LOCK})")))
        async with engine.connect() as third:
            await third.execution_options(isolation_level="AUTOCOMMIT")
            while await third.scalar(text(_IN_LINE)) != 1:
                pass
            await third.execute(text(_CUT))
        await taking
        with pytest.raises(StartupError, match=_TAKEN):
            async with asyncio.timeout(SECONDS):
                await bot.ended()
    await engine.dispose()


async def test_a_lost_connection_ends_nothing(
    on_postgresql: Config, quiet_stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage = quiet_stage
    stage.bots.append(Bot(on_postgresql))
    await stage.bots[0].started()
    engine = open_engine(on_postgresql.database_url, lock_seconds=SECONDS)
    async with engine.connect() as third:
        await third.execution_options(isolation_level="AUTOCOMMIT")
        await third.execute(text(_CUT))
        while await third.scalar(text(_HELD)) != 1:
            pass
    await engine.dispose()
    assert (await stage.answer(stage.owner, "bot about")).text
    assert "keeps a second bot away was lost" in caplog.text
