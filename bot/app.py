"""The composition root: opens everything, lets `wiring` connect it, runs it, closes it in reverse.

The only place that knows everybody; decides nothing by itself.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

import aiohttp
import discord

from bot.domain.errors import StorageUnavailable
from bot.log import redact
from bot.panels import PanelHub
from bot.panels.stored import StoredPanels
from bot.services.clock import SystemClock
from bot.services.panels import PanelEntry, PanelRegistry
from bot.settings import panel_settings
from bot.storage import keys, migrations
from bot.storage.crypto import MasterKeyError
from bot.storage.engine import Database
from bot.storage.key_file import KeyFile
from bot.storage.keys import KeySource
from bot.storage.panels import SqlPanels
from bot.storage.repositories import SqlMemory
from bot.ui.audit_channel import DiscordAuditChannel
from bot.ui.client import Client
from bot.ui.endpoint import point_at, without_voice
from bot.wiring import Pace, Wired, wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Config
    from bot.panels import PanelSettings
    from bot.services import Services
    from bot.storage.crypto import Vault

log = logging.getLogger(__name__)

_LOGIN_SECONDS = 30.0
"""To log in and to tell Discord the commands."""


class StartupError(Exception):
    """The bot cannot run; one sentence that says what is missing and where."""


async def run(
    config: Config,
    *,
    stop: asyncio.Event | None = None,
    started: asyncio.Event | None = None,
    pace: Pace | None = None,
) -> None:
    """Run until `stop` is set, or without one until SIGINT or SIGTERM.

    `started` is set once Discord has said that the bot is ready. Raises `StartupError`, and
    `ConfigError` for what a kind of panel refuses.
    """
    pace = pace or Pace()
    stop = stop or _stop_by_signal()
    clock = SystemClock()
    settings = panel_settings(config)
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(Database(config.database_url))
        await _prepare(config, database)
        vault = await _unlock(config, database)
        hub = await stack.enter_async_context(
            PanelHub(clock=clock, allow_networks=config.allow_networks, redact=redact)
        )
        registry = _open_panels(config, settings, hub)
        store, maker = SqlPanels(database, vault), StoredPanels(hub)
        wired = wire(
            registry,
            database,
            pace=pace,
            store=store,
            maker=maker,
            keep_audit=timedelta(days=config.audit.keep_days),
        )
        await _read_stored(wired)
        client = _client(config, wired.services, database, pace)
        stack.push_async_callback(client.close)
        await _log_in(client, config)
        stack.push_async_callback(wired.audit.close)
        stack.push_async_callback(wired.services.power.close)
        stack.push_async_callback(wired.services.live.close)
        await _serve(client, wired, stop=stop, started=started)


async def check_discord(config: Config) -> str:
    """Log in and out again; returns whom Discord takes us for. Raises `StartupError`."""
    _prepare_discord(config)
    async with discord.Client(intents=discord.Intents(guilds=True)) as client:
        await _log_in(client, config)
        return f"logged in as {client.user}"


def key_source(config: Config) -> KeySource:
    """Return where the master key is."""
    given = tuple(key.get_secret_value() for key in config.secret_key)
    return KeySource(given, KeyFile(config.key_file))


async def _prepare(config: Config, database: Database) -> None:
    try:
        if config.migrate_on_start:
            await asyncio.to_thread(migrations.upgrade, config.database_url)
        await database.ping()
        version = await asyncio.to_thread(migrations.current, config.database_url)
    except StorageUnavailable as error:
        raise StartupError(str(error)) from error
    if version != migrations.head():
        raise StartupError(
            f"the database is at version {version or 'none'} and must be at {migrations.head()}: "
            "run `deckhand migrate`"
        )


async def _unlock(config: Config, database: Database) -> Vault:
    """Return what opens the secrets in the database, for `SqlPanels`."""
    source = key_source(config)
    try:
        if not source.keys():
            log.info("making a master key in %s: keep a copy of it elsewhere", source.where)
        return await keys.unlock(database, source)
    except (MasterKeyError, StorageUnavailable) as error:
        raise StartupError(str(error)) from error


def _open_panels(
    config: Config, settings: Mapping[str, PanelSettings], hub: PanelHub
) -> PanelRegistry:
    return PanelRegistry(
        PanelEntry(
            panel=hub.open(settings[panel.id]),
            name=panel.name,
            guild_ids=panel.guilds,
            poll_seconds=panel.poll_seconds,
            source=hub.source(settings[panel.id]),
        )
        for panel in config.panels
    )


async def _read_stored(wired: Wired) -> None:
    """Take up what guilds have chosen and added, and what was on its way at the last end."""
    try:
        await wired.services.settings.load()
        await wired.audit.end_interrupted()
        await wired.kept.open_all()
    except StorageUnavailable as error:
        raise StartupError(str(error)) from error


def _client(config: Config, services: Services, database: Database, pace: Pace) -> Client:
    _prepare_discord(config)
    return Client(
        services,
        SqlMemory(database),
        sync_mode=config.discord.sync_commands,
        ask_for_shards=config.discord.gateway_url is not None,
        guild_ready_timeout=pace.guild_ready_timeout,
    )


def _prepare_discord(config: Config) -> None:
    point_at(config.discord.api_url, config.discord.gateway_url)
    without_voice()


async def _log_in(client: discord.Client, config: Config) -> None:
    try:
        async with asyncio.timeout(_LOGIN_SECONDS):
            await client.login(config.discord.token.get_secret_value())
    except discord.LoginFailure as error:
        raise StartupError("Discord refuses the token: look at discord.token") from error
    except discord.HTTPException as error:
        raise StartupError(f"Discord refused to start the bot: {error}") from error
    except TimeoutError as error:
        raise StartupError(f"Discord did not answer within {_LOGIN_SECONDS:g} s") from error
    except (aiohttp.ClientError, OSError) as error:
        raise StartupError(f"Discord cannot be reached: {error}") from error
    except (TypeError, KeyError, ValueError) as error:
        # discord.py trusts the form of what it is told.
        raise StartupError("what answers is not Discord: look at discord.api_url") from error
    except StorageUnavailable as error:
        raise StartupError(str(error)) from error


async def _serve(
    client: Client, wired: Wired, *, stop: asyncio.Event, started: asyncio.Event | None
) -> None:
    audit_channel = DiscordAuditChannel(client)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(client.connect(), name="gateway"),
                group.create_task(wired.watcher.run(), name="watcher"),
                group.create_task(wired.teller.run(audit_channel), name="audit channel"),
                group.create_task(wired.audit.run(), name="audit rows"),
                group.create_task(wired.housekeeping.run(), name="housekeeping"),
                group.create_task(_announce(client, started), name="announce"),
            ]
            await stop.wait()
            log.info("stopping")
            for task in tasks:
                task.cancel()
    except ExceptionGroup as errors:
        closed = errors.subgroup(discord.ConnectionClosed)
        if closed is None:
            raise
        raise StartupError(f"Discord ended the connection for good: {closed.exceptions[0]}") from (
            errors
        )


async def _announce(client: Client, started: asyncio.Event | None) -> None:
    await client.wait_until_ready()
    log.info("ready as %s in %d guilds", client.user, len(client.guilds))
    if started is not None:
        started.set()


def _stop_by_signal() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
