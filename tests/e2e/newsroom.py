"""Channels that news is told in, what happens to servers, and what can be read of it."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections import defaultdict
from contextlib import closing
from itertools import chain
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.domain.events import EventKind, Preset
from bot.domain.news import Subscription
from bot.services.clock import SystemClock
from bot.storage.engine import Database
from bot.storage.subscriptions import SqlSubscriptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bot.simulators.discord.entities import Channel
    from bot.simulators.world import Server
    from tests.e2e.stage import Bot, Stage

PAUSED = "SELECT count(*) FROM subscriptions WHERE pause IS NOT NULL"
_TOGETHER = 5
_UP = ("started", "restarted")
_WORDS = (*_UP, "stopped", "crashed")
_LINE = re.compile(r"\*\*(?P<name>S\d+)\*\* (?P<word>started|crashed|stopped|restarted)")


async def subscribe(
    stage: Stage,
    channel: Channel,
    *events: EventKind | Preset,
    server: Server | None = None,
    role_id: int | None = None,
) -> Subscription:
    """Let a channel be told of all changes, or of these, before the bot is started."""
    subscription = Subscription(
        guild_id=stage.guild.id,
        channel_id=channel.id,
        events=frozenset(events or (Preset.CHANGES,)),
        panel_id="main" if server else None,
        server_id=server.identifier if server else None,
        mention_role_id=role_id,
        created_by=stage.owner.id,
        created_at=SystemClock().now(),
    )
    async with Database(stage.settings().database_url) as database:
        return await SqlSubscriptions(database).add(subscription)


def lines(channel: Channel) -> list[str]:
    """Return every line of news in a channel or the posts of a forum, in order."""
    places = (channel, *channel.threads)
    messages = [message for place in places for message in place.messages]
    return [line for message in messages for line in message.text.splitlines()]


def warnings(stage: Stage) -> list[str]:
    """Return what admins were told of channels where nothing can be shown."""
    return [text for text in stage.channel_texts if "⚠️" in text]


async def until_said(stage: Stage, command: str, text: str) -> None:
    """Wait until the bot answers that."""
    async with asyncio.timeout(10):
        while text not in (await stage.answer(stage.owner, command)).text:
            pass


async def start_watching(stage: Stage, *servers: Server) -> Bot:
    """Start the bot and wait until live connections tell it of these servers, or of all."""
    bot = await stage.start_bot()
    await until_followed(stage, *servers)
    return bot


async def until_followed(stage: Stage, *servers: Server, seconds: float = 60) -> None:
    """Wait until live connections tell the bot of these servers, or of all."""
    wings, wanted = stage.panel.wings, set(servers or stage.world.servers)

    def missing() -> set[Server]:
        return wanted - {each.server for each in wings.sockets if each.is_admitted}

    try:
        async with asyncio.timeout(seconds):
            await wings.wait_until(lambda: not missing())
    except TimeoutError as error:
        error.add_note(f"not followed: {sorted(server.name for server in missing())}")
        raise


async def channels_for(stage: Stage, servers: Sequence[Server]) -> list[Channel]:
    """Let few servers be told of in each channel, so that there is no summary of many changes."""
    channels = []
    for index in range(0, len(servers), _TOGETHER):
        channels.append(stage.guild.add_channel(f"news-{index}"))
        for server in servers[index : index + _TOGETHER]:
            await subscribe(stage, channels[-1], server=server)
    return channels


def told(channels: Iterable[Channel]) -> dict[str, list[str]]:
    """Return what can be read of each server, in order."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in chain.from_iterable(map(lines, channels)):
        if match := _LINE.search(line):
            _add(found[match["name"]], match["word"])
    return found


def to_be_told(stage: Stage) -> dict[str, list[str]]:
    """Return what was stored of each server, in order: exactly that is to be told."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    query = "SELECT data ->> 'name', data ->> 'kind' FROM events ORDER BY id"
    for name, kind in stored(stage, query):
        if kind in _WORDS:
            _add(found[name], kind)
    return found


def _add(words: list[str], word: str) -> None:
    """Put what was told to the rest; of a stop that was half of a restart only that counts."""
    if word == "restarted" and words[-1:] == ["stopped"]:
        words.pop()  # it was edited, or is still there because it shared its message
    words.append(word)


async def until_all_is_told(
    stage: Stage, channels: Sequence[Channel], servers: Sequence[Server], *, seconds: float = 60
) -> None:
    """Wait until the channels say which servers run; at the beginning all did."""

    def is_told() -> bool:
        words = told(channels)
        are_up = {each.name for each in servers if words.get(each.name, _UP)[-1] in _UP}
        return are_up == {each.name for each in servers if each.state == "running"}

    await stage.discord.until(is_told, timeout=seconds)
    await until_stored(stage, "SELECT count(*) FROM deliveries", 0)


async def refuse_to_store(*_args: object, **_kwargs: object) -> None:
    """Stand in for what stores something, while the disk is full."""
    raise StorageUnavailable("the disk is full")


async def until_stored(stage: Stage, query: str, wanted: int) -> None:
    """Wait until the bot's database says so."""
    await until_seen(lambda: count_stored(stage, query) == wanted)


async def until_seen(condition: Callable[[], bool]) -> None:
    """Wait for what tells nobody that it has changed."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - only a look can tell
            await asyncio.sleep(0.05)


def count_stored(stage: Stage, query: str) -> int:
    """Ask the bot's database for a number."""
    return int(stored(stage, query)[0][0])


def stored(stage: Stage, query: str) -> list[tuple[str, ...]]:
    """Ask the bot's database."""
    with closing(sqlite3.connect(stage.database)) as connection:
        return connection.execute(query).fetchall()
