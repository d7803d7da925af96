"""Owns everything that Discord remembers. Neither judges requests nor speaks to anybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import payloads
from bot.simulators.discord.buckets import Buckets
from bot.simulators.discord.entities import Channel, Guild, Thread, User
from bot.simulators.discord.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.simulators.discord.entities import Role
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message

_EPOCH = 1420070400.0  # 2015-01-01, where Discord's ids begin
_NONCE_SECONDS = 300.0  # "the past few minutes"; Discord gives no number


@dataclass(frozen=True, slots=True)
class Application:
    """The application whose bot this stand-in serves."""

    id: int
    name: str
    bot_user: User
    owner: User


class State:
    """The one place where guilds, messages, commands and interactions live."""

    def __init__(self, token: str, clock: Callable[[], float]) -> None:
        self.token = token
        self.clock = clock
        self.pulse = Pulse()
        self.buckets = Buckets(clock)
        self.identifies = 0
        self.origin = ""  # http://127.0.0.1:PORT once the stand-in listens
        self.emit: Callable[[str, dict[str, Any], Guild | None], None] = _nobody_listens
        self.users: dict[int, User] = {}
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.commands: list[dict[str, Any]] = []
        self.interactions: dict[str, Interaction] = {}
        self._last_id = 0
        self._nonces: dict[tuple[int, str], Message] = {}
        application_id = self.next_id()
        self.application = Application(
            application_id,
            "Deckhand",
            User(application_id, "Deckhand", bot=True),
            User(self.next_id(), "Operator"),
        )
        for user in (self.application.bot_user, self.application.owner):
            self.users[user.id] = user

    @property
    def gateway_url(self) -> str:
        """Where the gateway listens."""
        return self.origin.replace("http://", "ws://") + "/gateway"

    def next_id(self) -> int:
        """Return a new id: it holds the time, as Discord's do, and is larger than all before."""
        milliseconds = max(int((self.clock() - _EPOCH) * 1000), 0)
        self._last_id = max(self._last_id + 1, milliseconds << 22)
        return self._last_id

    def add_guild(self, name: str, *, locale: str) -> Guild:
        """Add a guild with the bot in it."""
        guild = Guild(self, self.next_id(), name, locale=locale)
        self.guilds[guild.id] = guild
        self.emit("GUILD_CREATE", payloads.guild_create(guild), guild)
        self.pulse.beat()
        return guild

    def drop_guild(self, guild: Guild) -> None:
        """Take the bot out of a guild."""
        del self.guilds[guild.id]
        for channel in guild.channels:
            for gone in (channel, *channel.threads):
                self.channels.pop(gone.id, None)
        self.emit("GUILD_DELETE", {"id": str(guild.id)}, guild)
        self.pulse.beat()

    def direct_channel(self, user: User) -> Channel:
        """Return the direct channel between a user and the bot."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self, self.next_id(), user.name, guild=None)
        channel.recipient = user
        self.channels[channel.id] = channel
        return channel

    def announce(self, thread: Thread) -> None:
        """Take up a new thread."""
        thread.parent.threads.append(thread)
        self.channels[thread.id] = thread
        self.channel_changed(thread, "THREAD_CREATE")

    def drop_channel(self, channel: Channel) -> None:
        """Delete a channel and its messages; of its threads Discord says nothing."""
        for gone in (channel, *channel.threads):
            del self.channels[gone.id]
            for message in gone.stored.values():
                message.deleted = True
        if isinstance(channel, Thread):
            channel.parent.threads.remove(channel)
            self.channel_changed(channel, "THREAD_DELETE")
            return
        if channel.guild is not None:
            channel.guild.channels.remove(channel)
        self.channel_changed(channel, "CHANNEL_DELETE")

    def channel_changed(self, channel: Channel, event: str) -> None:
        """Tell the bot about a channel of a guild that it already knows."""
        if channel.guild is not None and channel.guild.id in self.guilds:
            self.emit(event, payloads.channel_event(event, channel), channel.guild)
        self.pulse.beat()

    def role_changed(self, guild: Guild, role: Role) -> None:
        """Tell the bot about a new role of a guild that it already knows."""
        if guild.id in self.guilds:
            body = {"guild_id": str(guild.id), "role": payloads.role(role)}
            self.emit("GUILD_ROLE_CREATE", body, guild)
        self.pulse.beat()

    def role_deleted(self, guild: Guild, role: Role) -> None:
        """Tell the bot about a role that is gone."""
        body = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.emit("GUILD_ROLE_DELETE", body, guild)
        self.pulse.beat()

    def message_with_nonce(self, author: User, nonce: str) -> Message | None:
        """Return what this author sent with this nonce within the past few minutes."""
        found = self._nonces.get((author.id, nonce))
        if found is None or self.clock() - found.created > _NONCE_SECONDS:
            return None
        return found

    def remember_nonce(self, message: Message, nonce: str) -> None:
        """Remember a message by its nonce."""
        self._nonces[(message.author.id, nonce)] = message


def _nobody_listens(event: str, body: dict[str, Any], guild: Guild | None) -> None:
    """Drop the event: no gateway is up, and a new session learns the present state anyway."""
