"""A database that is only busy when the bot starts is waited for, any other failure is told."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest

from bot import app, startup
from bot.startup import StartupError
from tests.e2e.stage import Bot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import discord

    from bot.config import Config
    from tests.e2e.stage import Stage

_ENDLESS = 3600.0


@pytest.fixture
def settings(quiet_stage: Stage) -> Config:
    # A migration waits for a lock by itself, and longer.
    return quiet_stage.settings().model_copy(update={"migrate_on_start": False})


@pytest.fixture
def busy(quiet_stage: Stage) -> Iterator[sqlite3.Connection]:
    """Another program's connection, which lets nobody read or write until it is closed."""
    with closing(sqlite3.connect(quiet_stage.database)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        yield connection


@contextmanager
def at_the_warning(react: Callable[[], object]) -> Iterator[list[str]]:
    """Do that at each of the bot's log lines that says that it tries again; yields the lines."""
    lines: list[str] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "trying again" in record.getMessage():
                lines.append(record.getMessage())
                react()

    listener = Listener()
    startup.log.addHandler(listener)
    try:
        yield lines
    finally:
        startup.log.removeHandler(listener)


async def test_a_bot_waits_for_a_busy_database_and_starts(
    quiet_stage: Stage, settings: Config, busy: sqlite3.Connection
) -> None:
    with at_the_warning(busy.close) as lines:
        bot = Bot(settings, board_seconds=quiet_stage.board_seconds)
        await bot.started()
        quiet_stage.bots.append(bot)
    await quiet_stage.until_listed()
    assert str(quiet_stage.database) in lines[0]


async def test_a_bot_that_has_logged_in_waits_for_it_too(
    quiet_stage: Stage, settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(quiet_stage.database)) as connection:

        async def log_in(client: discord.Client, config: Config) -> None:
            connection.execute("BEGIN IMMEDIATE")
            await startup.log_in(client, config)

        monkeypatch.setattr(app, "log_in", log_in)
        with at_the_warning(connection.close) as lines:
            bot = Bot(settings, board_seconds=quiet_stage.board_seconds)
            await bot.started()
            quiet_stage.bots.append(bot)
    assert str(quiet_stage.database) in lines[0]
    route = "/applications/{application_id}/commands"
    assert [each.status for each in quiet_stage.discord.exchanges if each.route == route] == [200]


@pytest.mark.usefixtures("busy")
async def test_its_patience_has_an_end(settings: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "_BUSY_SECONDS", 0.1)
    with pytest.raises(StartupError, match="the database is not available"):
        await app.run(settings, stop=asyncio.Event())


@pytest.mark.usefixtures("busy")
async def test_a_signal_while_it_waits_ends_it(
    settings: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(startup, "_BUSY_SECONDS", _ENDLESS)
    monkeypatch.setattr(startup, "_BUSY_PAUSE", _ENDLESS)
    stop = asyncio.Event()
    with at_the_warning(stop.set):
        async with asyncio.timeout(10):
            with pytest.raises(StartupError, match="the database is not available"):
                await app.run(settings, stop=stop)


@pytest.mark.parametrize(
    ("place", "words"), [("missing/deckhand.db", "folder must exist"), ("config.yaml", "not an")]
)
async def test_what_somebody_has_to_mend_is_told_at_once(
    settings: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, words: str
) -> None:
    monkeypatch.setattr(startup, "_BUSY_SECONDS", _ENDLESS)
    monkeypatch.setattr(startup, "_BUSY_PAUSE", _ENDLESS)
    wrong = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / place}"})
    async with asyncio.timeout(10):
        with pytest.raises(StartupError, match=words):
            await app.run(wrong, stop=asyncio.Event())
