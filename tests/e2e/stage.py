"""A guild, a panel and the real bot between them, all on loopback. Asserts nothing."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import time
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from bot import app, config
from bot.domain.access import Action, Rule, Subject
from bot.domain.receipts import Patience
from bot.simulators.discord import DiscordStandIn
from bot.simulators.panels.pterodactyl import PterodactylStandIn
from bot.simulators.world import World
from bot.storage.engine import Database
from bot.storage.rules import SqlRules
from bot.wiring import Pace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from bot.simulators.discord.entities import Member
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from bot.simulators.world import Server

TOKEN = "MTA.the-token-of-the-bot.x"
_MANAGE_SERVER = 1 << 5
_MOST_SUGGESTIONS = 25
_PATIENCE = Patience(interval=timedelta(milliseconds=20))
_CONFIG = """\
discord:
  token: {{env: DISCORD_TOKEN}}
  api_url: {api_url}
  gateway_url: {gateway_url}
  sync_commands: {sync_commands}
allow_networks: [127.0.0.0/8]
http: {http}
panels:
  - id: main
    name: Main panel
    kind: pterodactyl
    base_url: {panel_url}
    credentials: {{key: {{env: PANEL_KEY}}{application_key}}}
    guilds: [{guild_id}]
    poll_seconds: 5
"""


@dataclass
class ShiftedClock:
    """Real time that the test can push forward."""

    read: Callable[[], float] = time.time
    ahead: float = 0.0

    def __call__(self) -> float:
        return self.read() + self.ahead

    def advance(self, seconds: float) -> None:
        self.ahead += seconds


@dataclass
class StillClock:
    """Time that stands still until the test moves it: the servers wait for it."""

    at: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += seconds


class Bot:
    """The bot in this very process, from `app.run` to its end."""

    def __init__(self, settings: config.Config, *, board_seconds: float = 0.05) -> None:
        self._stop, self._started = asyncio.Event(), asyncio.Event()
        pace = Pace(
            patience=_PATIENCE,
            guild_ready_timeout=0.01,
            watch_seconds=0.05,
            board_seconds=board_seconds,
            news_pause=0.05,
        )
        run = app.run(settings, stop=self._stop, started=self._started, pace=pace)
        self._running = asyncio.get_running_loop().create_task(run)

    async def started(self) -> None:
        """Wait until it is ready; raises what it failed with instead."""
        waiting = asyncio.get_running_loop().create_task(self._started.wait())
        both = (waiting, self._running)
        await asyncio.wait(both, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if self._running.done():
            await self._running
        if not self._started.is_set():
            raise TimeoutError("the bot did not become ready")

    async def stop(self) -> None:
        """End it as a signal would; raises what it failed with."""
        self._stop.set()
        async with asyncio.timeout(15):
            await self.ended()

    async def ended(self) -> None:
        """Wait until it has ended; raises what it failed with."""
        await self._running


class Stage:
    """Everything that a test plays with."""

    def __init__(self, folder: Path, template: Path, *, discord_time: ShiftedClock) -> None:
        self.folder = folder
        self.time = discord_time
        """Discord's time."""
        self.world_time = StillClock()
        """The servers' time."""
        self.world = World(clock=self.world_time)
        self.node = self.world.add_node("node-1")
        self.panel = PterodactylStandIn(self.world, throttle_per_minute=100_000, cache_seconds=0)
        self.panel_owner = self.panel.add_user("owner")
        self.key = self.panel.add_key(self.panel_owner)
        self.application_key: str | None = None
        """With which the bot administers servers, where a test gives it one."""
        self.http_port: int | None = None
        """Where the bot tells operators' tools how it does."""
        self.more_panels: dict[str, tuple[dict[str, object], dict[str, str]]] = {}
        """What the configuration says of further panels, by id, and the credentials of each."""
        self.survival = self.add_server("Survival", state="running")
        self.creative = self.add_server("Creative")
        self.secret = self.add_server("Secret", state="running")
        self.discord = DiscordStandIn(token=TOKEN, clock=self.time)
        self.guild = self.discord.add_guild("Harbour")
        self.channel = self.guild.add_channel("general")
        moderators = self.guild.add_role("Moderators", permissions=_MANAGE_SERVER)
        self.helpers = self.guild.add_role("Helpers")
        self.owner = self.guild.owner
        self.moderator = self.guild.add_member("Mia", roles=[moderators])
        self.helper = self.guild.add_member("Hugo", roles=[self.helpers])
        self.guest = self.guild.add_member("Gus")
        self.bots: list[Bot] = []
        self.board_seconds = 0.05
        """Between two edits of a board's message."""
        self.poll_seconds: float | None = None
        """Between two looks at a panel, where an operator could not choose so few."""
        self.interactions: list[Interaction] = []
        """All that members did; each must be acknowledged in time."""
        self._template = template
        self.reset_database()

    @property
    def database(self) -> Path:
        """The file of the bot's database."""
        return self.folder / "deckhand.db"

    def reset_database(self) -> None:
        """Begin with an empty database, while no bot runs."""
        shutil.copy(self._template, self.database)

    @asynccontextmanager
    async def locked_database(self) -> AsyncIterator[None]:
        """Keep the bot from writing for as long as the block lasts.

        The bot may be at it, and comes to an end only while this loop goes on: so a thread waits.
        """
        connect = partial(sqlite3.connect, isolation_level=None, check_same_thread=False)
        with closing(connect(self.database)) as connection:
            await asyncio.to_thread(connection.execute, "BEGIN IMMEDIATE")
            yield

    def add_server(self, name: str, *, state: str = "offline", **properties: object) -> Server:
        """Add a server to the panel, as seen by the bot's key."""
        server = self.world.add_server(name, node=self.node, state=state, **properties)
        self.panel.own(self.panel_owner, server)
        return server

    async def open(self) -> None:
        """Let Discord and the panel listen, and store the helpers' rights."""
        await self.discord.start(port=0)
        await self.panel.start()
        await self.allow(self.survival, Action.VIEW, Action.START, Action.RESTART)
        await self.allow(self.creative, Action.VIEW, Action.START)

    async def close(self) -> None:
        """Stop whatever runs, the bots first."""
        while self.bots:
            await self.bots.pop().stop()
        await self.panel.close()
        await self.discord.close()

    async def allow(self, server: Server, *actions: Action) -> None:
        """Give the helpers rights on a server, before the bot is started."""
        async with Database(self.settings().database_url) as database:
            for action in actions:
                rule = Rule(
                    guild_id=self.guild.id,
                    subject=Subject.ROLE,
                    subject_id=self.helpers.id,
                    grant=action,
                    allow=True,
                    panel_id="main",
                    server_id=server.identifier,
                )
                await SqlRules(database).add(rule)

    def settings(self, *, sync_commands: str = "auto") -> config.Config:
        """Return the configuration, written and read as an operator's."""
        path = self.folder / "config.yaml"
        admin_key = self.application_key or ""
        path.write_text(
            _CONFIG.format(
                api_url=self.discord.api_url,
                gateway_url=self.discord.gateway_url,
                panel_url=self.panel.url,
                guild_id=self.guild.id,
                sync_commands=sync_commands,
                http=json.dumps(
                    {"listen": f"127.0.0.1:{self.http_port}"} if self.http_port else {}
                ),
                application_key=", application_key: {env: ADMIN_KEY}" if admin_key else "",
            ),
            encoding="utf-8",
        )
        keys = {"PANEL_KEY": self.key, "ADMIN_KEY": admin_key}
        for panel_id, (facts, secrets) in self.more_panels.items():
            names = {name: f"{panel_id}_{name}".upper() for name in secrets}
            credentials = {name: {"env": variable} for name, variable in names.items()}
            panel = {"id": panel_id, "guilds": [self.guild.id], "credentials": credentials, **facts}
            # All JSON is YAML.
            with path.open("a", encoding="utf-8") as file:
                file.write(f"  - {json.dumps(panel)}\n")
            keys |= {names[name]: secret for name, secret in secrets.items()}
        settings = config.load(path, {"DISCORD_TOKEN": TOKEN} | keys)
        if self.poll_seconds is None:
            return settings
        hurry = {"poll_seconds": self.poll_seconds}
        panels = tuple(panel.model_copy(update=hurry) for panel in settings.panels)
        return settings.model_copy(update={"panels": panels})

    async def start_bot_only(self, *, sync_commands: str = "auto") -> Bot:
        """Start the bot and wait until Discord says that it is ready."""
        settings = self.settings(sync_commands=sync_commands)
        bot = Bot(settings, board_seconds=self.board_seconds)
        await bot.started()
        self.bots.append(bot)
        return bot

    async def start_bot(self, *, sync_commands: str = "auto") -> Bot:
        """Start the bot and wait until it knows all servers."""
        bot = await self.start_bot_only(sync_commands=sync_commands)
        await self.until_listed()
        return bot

    async def until_listed(self) -> None:
        """Wait until the bot suggests every server to those who may see all."""
        count = min(len(self.world.servers), _MOST_SUGGESTIONS)
        async with asyncio.timeout(10):
            while len(await self.suggest(self.owner, "")) != count:
                pass

    async def stop_bot(self, bot: Bot) -> None:
        """End the bot."""
        self.bots.remove(bot)
        await bot.stop()

    async def slash(self, member: Member, command: str, /, **options: object) -> Interaction:
        """Let a member use a command."""
        return self._noted(await self.discord.slash(member, self.channel, command, options))

    async def answer(self, member: Member, command: str, /, **options: object) -> Message:
        """Let a member use a command; returns its first answer."""
        return await (await self.slash(member, command, **options)).reply()

    async def click(self, member: Member, message: Message, button: str) -> Interaction:
        """Let a member press a button, named by its label or custom_id."""
        return self._noted(await self.discord.click(member, message, button))

    async def press(self, member: Member, message: Message, button: str) -> Message:
        """Let a member press a button; returns the message that answers it."""
        return await self.told(await self.click(member, message, button))

    async def told(self, interaction: Interaction) -> Message:
        """Wait for a message that answers an interaction, beside the one that was pressed."""

        def answers() -> list[Message]:
            messages = (interaction.message, *interaction.followups)
            return [m for m in messages if m is not None and m is not interaction.source]

        await self.until(lambda: bool(answers()))
        return answers()[0]

    async def select(self, member: Member, message: Message, *values: str) -> Interaction:
        """Let a member pick from the only menu of a message."""
        [menu] = message.selects
        return self._noted(await self.discord.select(member, message, menu.custom_id, list(values)))

    async def submit(self, member: Member, asked: Interaction, line: str) -> Interaction:
        """Let a member fill in the line of the form that an interaction opened and send it."""
        return await self.send_form(member, asked, {"line": line})

    async def send_form(
        self, member: Member, asked: Interaction, values: dict[str, str | list[str]]
    ) -> Interaction:
        """Let a member fill in a form by its custom ids and send it."""
        return self._noted(await self.discord.submit(member, asked, values))

    async def suggest(
        self, member: Member, typed: str, command: str = "server status"
    ) -> list[tuple[str, Any]]:
        """Return what the option `server` suggests to a member."""
        return await self.discord.autocomplete(member, self.channel, command, "server", typed)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until Discord shows it."""
        await self.discord.until(condition)

    async def until_text(self, message: Message, *texts: str) -> None:
        """Wait until a message says all of it."""
        await self.until(lambda: all(text in message.text for text in texts))

    @property
    def channel_texts(self) -> list[str]:
        """What everybody reads in the channel."""
        return [message.text for message in self.channel.messages]

    def _noted(self, interaction: Interaction) -> Interaction:
        self.interactions.append(interaction)
        return interaction
