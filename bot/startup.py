"""What must be there before the bot runs: its database, its master key, Discord's word.

Starts nothing, and leaves nothing open.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

import aiohttp
import discord

from bot.domain.errors import StorageUnavailable
from bot.storage import keys, migrations
from bot.storage.crypto import MasterKeyError
from bot.storage.instance import InstanceTaken, only_one
from bot.storage.key_file import KeyFile
from bot.storage.keys import KeySource
from bot.ui.endpoint import note_beats_when_sent, point_at, without_voice
from bot.ui.sync import sync_commands

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.config import Config
    from bot.domain.ports import Memory
    from bot.storage.crypto import Vault
    from bot.storage.engine import Database
    from bot.storage.instance import Instance
    from bot.ui.client import Client

log = logging.getLogger(__name__)

T = TypeVar("T")

_ANSWER_SECONDS = 30.0
"""To log in, and to be told the commands."""
_BUSY_SECONDS, _BUSY_PAUSE = 15.0, 1.0


class StartupError(Exception):
    """The bot cannot run; one sentence that says what is missing and where."""


@asynccontextmanager
async def alone(config: Config) -> AsyncIterator[Instance]:
    """Be the only bot with its database in the block; where there is another: `StartupError`."""
    try:
        async with only_one(config.database_url) as place:
            yield place
    except InstanceTaken as error:
        raise StartupError(str(error)) from error


async def check_discord(config: Config) -> str:
    """Log in and out again; returns whom Discord takes us for. Raises `StartupError`."""
    prepare_discord(config)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        await log_in(client, config)
        return f"logged in as {client.user}"


def key_source(config: Config) -> KeySource:
    """Return where the master key is."""
    given = tuple(key.get_secret_value() for key in config.secret_key)
    return KeySource(given, KeyFile(config.key_file))


async def patiently(work: Callable[[], Awaitable[T]], stop: asyncio.Event) -> T:
    """Do what needs the database, and again while that is only busy; raises `StartupError`."""
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            return await work()
        except StorageUnavailable as error:
            if not error.is_passing or stop.is_set() or time.monotonic() > deadline:
                raise StartupError(str(error)) from error
            log.warning("%s; trying again", error)
        with suppress(TimeoutError):
            async with asyncio.timeout(_BUSY_PAUSE):
                await stop.wait()


async def prepare(config: Config, database: Database) -> None:
    """Bring the database to the newest version, or see whether it is there."""
    if config.migrate_on_start:
        await asyncio.to_thread(migrations.upgrade, config.database_url)
    await database.ping()
    version = await asyncio.to_thread(migrations.current, config.database_url)
    if version != migrations.head():
        raise StartupError(
            f"the database is at version {version or 'none'} and must be at {migrations.head()}: "
            "run `deckhand migrate`"
        )


async def unlock(config: Config, database: Database) -> Vault:
    """Return what opens the secrets in the database, for `SqlPanels`."""
    source = key_source(config)
    try:
        if not source.keys():
            log.info("making a master key in %s: keep a copy of it elsewhere", source.where)
        return await keys.unlock(database, source)
    except MasterKeyError as error:
        raise StartupError(str(error)) from error


def prepare_discord(config: Config) -> None:
    """Let discord.py know where Discord is; for the whole process."""
    point_at(config.discord.api_url, config.discord.gateway_url)
    without_voice()
    note_beats_when_sent()


async def log_in(client: discord.Client, config: Config) -> None:
    """Log in and register everything; raises `StartupError`."""
    async with _answer_of_discord():
        await client.login(config.discord.token.get_secret_value())


async def tell_commands(client: Client, memory: Memory, *, mode: str, stop: asyncio.Event) -> bool:
    """Tell Discord the commands where they changed; says whether it was told anything.

    To be called after the login. Raises `StartupError`.
    """
    key = f"commands:{client.application_id}"
    known = await patiently(lambda: memory.get(key), stop)
    async with _answer_of_discord():
        told = await sync_commands(client.tree, known, mode=mode)
    if told is None:
        return False
    await patiently(lambda: memory.put(key, told), stop)
    return True


@asynccontextmanager
async def _answer_of_discord() -> AsyncIterator[None]:
    """Let what Discord answers in the block, or that it does not, become a `StartupError`."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            yield
    except discord.LoginFailure as error:
        raise StartupError("Discord refuses the token: look at discord.token") from error
    except discord.HTTPException as error:
        raise StartupError(f"Discord refused to start the bot: {error}") from error
    except TimeoutError as error:
        raise StartupError(f"Discord did not answer within {_ANSWER_SECONDS:g} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise StartupError(f"Discord cannot be reached: {error}") from error
    except (TypeError, KeyError, ValueError) as error:
        # discord.py trusts the form of what it is told.
        raise StartupError("what answers is not Discord: look at discord.api_url") from error
