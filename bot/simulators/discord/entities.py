"""Owns who and what there is: users, roles, members, channels, guilds. Knows no JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import permissions
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.simulators.discord.message import Message
    from bot.simulators.discord.state import State


@dataclass(eq=False, slots=True)
class User:
    """An account, of a person or of the bot."""

    id: int
    name: str
    bot: bool = False
    locale: str = "en-US"

    @property
    def mention(self) -> str:
        """The text that mentions this user."""
        return f"<@{self.id}>"


@dataclass(eq=False, slots=True)
class Role:
    """A role of a guild."""

    id: int
    name: str
    permissions: int
    position: int
    mentionable: bool = False

    @property
    def mention(self) -> str:
        """The text that mentions everybody with this role."""
        return f"<@&{self.id}>"


@dataclass(eq=False, slots=True)
class Member:
    """A user in a guild."""

    user: User
    guild: Guild
    joined: float
    roles: list[Role] = field(default_factory=list)

    @property
    def id(self) -> int:
        """The id of the user."""
        return self.user.id

    @property
    def mention(self) -> str:
        """The text that mentions this member."""
        return self.user.mention

    @property
    def permissions(self) -> int:
        """What the roles add up to; owner and administrators may do everything."""
        bits = self.guild.everyone.permissions
        for role in self.roles:
            bits |= role.permissions
        if self.id == self.guild.owner_id or bits & Permission.ADMINISTRATOR:
            return permissions.ALL
        return int(bits)


class ChannelKind(IntEnum):
    """Discord's numbers."""

    TEXT = 0
    DIRECT = 1
    THREAD = 11
    FORUM = 15


class Channel:
    """A text channel or forum of a guild, or the direct channel between a user and the bot."""

    def __init__(
        self,
        state: State,
        channel_id: int,
        name: str,
        *,
        guild: Guild | None,
        kind: ChannelKind = ChannelKind.TEXT,
    ) -> None:
        self.id = channel_id
        self.kind = kind if guild else ChannelKind.DIRECT
        self.name = name
        self.guild = guild
        self.recipient: User | None = None
        self.stored: dict[int, Message] = {}
        self.tags: dict[int, str] = {}
        """Of a forum."""
        self.moderated_tags: set[int] = set()
        """Those that take the right to manage threads."""
        self.needs_tag = False
        self.threads: list[Thread] = []
        self._state = state
        self._bot_permissions: int | None = None

    @property
    def mention(self) -> str:
        """The text that links to this channel."""
        return f"<#{self.id}>"

    @property
    def messages(self) -> list[Message]:
        """The messages that everybody here can read, oldest first; not those still "thinking"."""
        return [message for message in self.stored.values() if not message.loading]

    @property
    def bot_permissions(self) -> int | None:
        """What the bot may do here, where this differs from what its roles say."""
        return self._bot_permissions

    @bot_permissions.setter
    def bot_permissions(self, bits: int | None) -> None:
        self._bot_permissions = bits
        self._state.channel_changed(self, "CHANNEL_UPDATE")

    @property
    def effective_bot_permissions(self) -> int:
        """What the bot may do here in the end."""
        if self._bot_permissions is not None:
            return self._bot_permissions
        return self.guild.bot.permissions if self.guild else permissions.ALL

    def add_thread(self, name: str, owner: User | Member) -> Thread:
        """Begin a public thread, or a post in a forum."""
        thread = Thread(self._state, name, parent=self, owner_id=owner.id)
        self._state.announce(thread)
        return thread

    def delete(self) -> None:
        """Remove the channel and all that is in it."""
        self._state.drop_channel(self)


class Thread(Channel):
    """A public thread; it has no rights of its own."""

    def __init__(self, state: State, name: str, *, parent: Channel, owner_id: int) -> None:
        guild = parent.guild
        super().__init__(state, state.next_id(), name, guild=guild, kind=ChannelKind.THREAD)
        self.parent = parent
        self.owner_id = owner_id
        self.created = state.clock()
        self.applied_tags: list[int] = []
        self._archived = False
        self.locked = False

    @property
    def archived(self) -> bool:
        """Whether it is put away; whoever writes into it takes it out again."""
        return self._archived

    def archive(self, *, archived: bool = True, locked: bool | None = None) -> None:
        """Put it away or take it out; only moderators open one that is locked."""
        self._archived = archived
        self.locked = self.locked if locked is None else locked
        self._state.channel_changed(self, "THREAD_UPDATE")

    @property
    def effective_bot_permissions(self) -> int:
        """What the bot may do here in the end."""
        return self.parent.effective_bot_permissions


class Guild:
    """A guild that the bot is a member of."""

    def __init__(self, state: State, guild_id: int, name: str, *, locale: str) -> None:
        self.id = guild_id
        self.name = name
        self.locale = locale
        self.created = state.clock()
        self.everyone = Role(guild_id, "@everyone", permissions.EVERYONE, 0)
        self.roles: list[Role] = [self.everyone]
        self.channels: list[Channel] = []
        self.members: dict[int, Member] = {}
        self.commands: list[dict[str, Any]] = []
        self.blocked_words: set[str] = set()
        """What AutoMod keeps out of the messages of bots, as if it stood there as `*word*`."""
        self._state = state
        self.owner_id = 0
        self.owner = self.add_member(f"{name} owner", locale=locale)
        self.owner_id = self.owner.id
        self.bot = self._join(state.application.bot_user)

    def add_role(self, name: str, permissions: int = 0, *, mentionable: bool = False) -> Role:
        """Add a role above all others."""
        role = Role(self._state.next_id(), name, permissions, len(self.roles), mentionable)
        self.roles.append(role)
        self._state.role_changed(self, role)
        return role

    def delete_role(self, role: Role) -> None:
        """Remove a role from the guild and from everybody who has it."""
        self.roles.remove(role)
        for member in self.members.values():
            member.roles = [kept for kept in member.roles if kept is not role]
        self._state.role_deleted(self, role)

    def add_channel(self, name: str) -> Channel:
        """Add a text channel."""
        return self._add(Channel(self._state, self._state.next_id(), name, guild=self))

    def add_forum(self, name: str, *, tags: Iterable[str] = (), needs_tag: bool = False) -> Channel:
        """Add a forum, perhaps one where every post must have a tag."""
        kind = ChannelKind.FORUM
        forum = Channel(self._state, self._state.next_id(), name, guild=self, kind=kind)
        forum.tags = {self._state.next_id(): tag for tag in tags}
        forum.needs_tag = needs_tag
        return self._add(forum)

    def _add(self, channel: Channel) -> Channel:
        self.channels.append(channel)
        self._state.channels[channel.id] = channel
        self._state.channel_changed(channel, "CHANNEL_CREATE")
        return channel

    def add_member(self, name: str, *, roles: Iterable[Role] = (), locale: str = "en-US") -> Member:
        """Add a person."""
        user = User(self._state.next_id(), name, locale=locale)
        self._state.users[user.id] = user
        member = self._join(user)
        member.roles.extend(roles)
        return member

    def remove_bot(self) -> None:
        """Throw the bot out, as an administrator would."""
        self._state.drop_guild(self)

    def _join(self, user: User) -> Member:
        member = Member(user, self, self._state.clock())
        self.members[user.id] = member
        return member
