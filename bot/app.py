"""The composition root: opens everything, lets `wiring` connect it, runs it, closes it in reverse.

The only place that knows everybody; decides nothing by itself.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import discord

from bot.log import redact
from bot.monitoring import serving
from bot.panels import PanelHub
from bot.services.clock import SystemClock
from bot.services.panels import PanelEntry, PanelRegistry
from bot.settings import panel_settings
from bot.startup import (
    StartupError,
    alone,
    log_in,
    patiently,
    prepare,
    prepare_discord,
    tell_commands,
    unlock,
)
from bot.storage.engine import Database
from bot.storage.instance import InstanceTaken
from bot.storage.panels import SqlPanels
from bot.storage.repositories import SqlMemory
from bot.ui.audit_channel import DiscordAuditChannel
from bot.ui.boards import DiscordBoards
from bot.ui.channels import DiscordChannels
from bot.ui.client import Client
from bot.ui.notifier import DiscordNotifier
from bot.ui.receipt import DiscordReceipts
from bot.wiring import Pace, Wired, wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.config import Config
    from bot.panels import PanelSettings
    from bot.services import Services
    from bot.services.health import HealthService
    from bot.storage.instance import Instance

log = logging.getLogger(__name__)

_CANCEL_SECONDS = 0.1


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
        place = await patiently(lambda: stack.enter_async_context(alone(config)), stop)
        database = await stack.enter_async_context(Database(config.database_url))
        await patiently(lambda: prepare(config, database), stop)
        vault = await patiently(lambda: unlock(config, database), stop)
        hub = await stack.enter_async_context(
            PanelHub(clock=clock, allow_networks=config.allow_networks, redact=redact)
        )
        registry = _open_panels(config, settings, hub)
        wired = wire(
            registry,
            database,
            pace=pace,
            store=SqlPanels(database, vault),
            hub=hub,
            keep_audit=timedelta(days=config.audit.keep_days),
        )
        await patiently(lambda: _read_stored(wired), stop)
        await stack.enter_async_context(_monitoring(config, wired.services.health))
        client = _client(config, wired.services, pace)
        await patiently(lambda: _recall(wired, client), stop)
        stack.push_async_callback(client.close)
        await log_in(client, config)
        memory, mode = SqlMemory(database), config.discord.sync_commands
        await tell_commands(client, memory, mode=mode, stop=stop)
        stack.push_async_callback(wired.ledger.save)
        stack.push_async_callback(wired.audit.close)
        stack.push_async_callback(wired.services.power.close)
        stack.push_async_callback(wired.services.live.close)
        await _serve(client, wired, place, stop=stop, started=started)


def _open_panels(
    config: Config, settings: Mapping[str, PanelSettings], hub: PanelHub
) -> PanelRegistry:
    return PanelRegistry(
        PanelEntry(
            panel=hub.open(settings[panel.id]),
            name=panel.name,
            guild_ids=panel.guilds,
            poll_seconds=panel.poll_seconds,
            background_share=panel.background_share,
            source=hub.source(settings[panel.id]),
        )
        for panel in config.panels
    )


async def _read_stored(wired: Wired) -> None:
    """Take up what guilds have chosen and added."""
    await wired.services.settings.load()
    await wired.subscriptions.load()
    await wired.services.board_keeper.load()
    await wired.announcer.load()
    await wired.kept.open_all()


async def _recall(wired: Wired, client: Client) -> None:
    """Take up what was on its way at the last end, before anything new is."""
    recalled = await wired.services.power.recall(DiscordReceipts(client))
    await wired.audit.end_interrupted(recalled)


def _client(config: Config, services: Services, pace: Pace) -> Client:
    prepare_discord(config)
    return Client(
        services,
        ask_for_shards=config.discord.gateway_url is not None,
        guild_ready_timeout=pace.guild_ready_timeout,
    )


@asynccontextmanager
async def _monitoring(config: Config, health: HealthService) -> AsyncIterator[None]:
    """Let operators' tools see how the bot does, where the configuration names an address."""
    address = config.http.listen
    if address is None:
        yield
        return
    async with AsyncExitStack() as stack:
        try:
            await stack.enter_async_context(serving(address.host, address.port, health))
        except OSError as error:
            why = error.strerror or str(error)
            raise StartupError(f"http.listen: {address} cannot be listened on: {why}") from error
        yield


async def _serve(
    client: Client,
    wired: Wired,
    place: Instance,
    *,
    stop: asyncio.Event,
    started: asyncio.Event | None,
) -> None:
    audit_channel, channels = DiscordAuditChannel(client), DiscordChannels(client)
    notifier, desk = DiscordNotifier(client, channels), DiscordBoards(client, channels)
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_connect(client), name="gateway"),
                group.create_task(place.keep(), name="one instance"),
                group.create_task(wired.watcher.run(), name="watcher"),
                group.create_task(wired.teller.run(audit_channel), name="audit channel"),
                group.create_task(wired.observer.run(), name="observer"),
                group.create_task(wired.mutes.run(), name="mutes"),
                group.create_task(wired.announcer.run(notifier), name="news"),
                group.create_task(wired.services.board_keeper.run(desk), name="boards"),
                group.create_task(wired.audit.run(), name="audit rows"),
                group.create_task(wired.housekeeping.run(), name="housekeeping"),
                group.create_task(wired.services.health.run(), name="health"),
                group.create_task(wired.services.power.resume(), name="receipts"),
                group.create_task(_announce(client, started), name="announce"),
            ]
            await stop.wait()
            log.info("stopping")
            await wired.services.power.close()
            for task in tasks:
                task.cancel()
    except ExceptionGroup as errors:
        if (taken := errors.subgroup(InstanceTaken)) is not None:
            raise StartupError(str(taken.exceptions[0])) from errors
        closed = errors.subgroup(discord.ConnectionClosed)
        if closed is None:
            raise
        raise StartupError(f"Discord ended the connection for good: {closed.exceptions[0]}") from (
            errors
        )


async def _connect(client: Client) -> None:
    """Stay connected until cancelled."""
    gateway = asyncio.create_task(client.connect(), name="discord.py")  # noqa: TID251 - awaited below
    try:
        await asyncio.shield(gateway)
    finally:
        # While it connects anew, discord.py takes a cancellation for its own and goes on.
        while not gateway.done():
            gateway.cancel()
            await asyncio.wait([gateway], timeout=_CANCEL_SECONDS)


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
