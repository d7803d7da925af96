"""Owns one message as its readers see it. Does not decide whether it may be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import message_payloads
from bot.simulators.discord.components import SELECTS, Kind, walk
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel, Member, User
    from bot.simulators.discord.interaction import Interaction

EPHEMERAL = 1 << 6
LOADING = 1 << 7
COMPONENTS_V2 = 1 << 15


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on a message."""

    id: int
    filename: str
    content_type: str
    description: str | None
    url: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Button:
    """A button as it can be pressed; `url` is set on a link and `custom_id` on all others."""

    label: str
    custom_id: str | None
    disabled: bool
    url: str | None
    style: int
    id: int


@dataclass(frozen=True, slots=True)
class Select:
    """A menu; `options` holds label and value and is empty for users, roles and channels."""

    kind: Kind
    custom_id: str
    placeholder: str
    disabled: bool
    options: tuple[tuple[str, str], ...]
    min_values: int
    max_values: int
    id: int


@dataclass(eq=False, slots=True)
class Message:
    """A message in a channel, or one that a single user sees."""

    id: int
    channel: Channel
    author: User
    created: float
    content: str = ""
    embeds: list[dict[str, Any]] = field(default_factory=list)
    components: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: int = 0
    edited_at: float | None = None
    nonce: str | int | None = None
    reference: Message | None = None
    interaction: Interaction | None = None
    viewer: User | None = None
    mentions: list[str] = field(default_factory=list)
    pings: list[str] = field(default_factory=list)
    deleted: bool = False

    @property
    def text(self) -> str:
        """Everything that can be read on it, from top to bottom, less the labels of buttons."""
        parts = [self.content]
        for embed in self.embeds:
            parts += [embed.get("title", ""), embed.get("description", "")]
            for entry in embed.get("fields", ()):
                parts += [entry["name"], entry["value"]]
            parts.append(embed.get("footer", {}).get("text", ""))
        parts += [item["content"] for item in walk(self.components) if item["type"] == Kind.TEXT]
        return "\n".join(part for part in parts if part)

    @property
    def buttons(self) -> list[Button]:
        """All buttons, in the order in which they stand."""
        return [
            Button(
                item.get("label", ""),
                item.get("custom_id"),
                item.get("disabled", False),
                item.get("url"),
                item["style"],
                item["id"],
            )
            for item in walk(self.components)
            if item["type"] == Kind.BUTTON
        ]

    @property
    def selects(self) -> list[Select]:
        """All menus, in the order in which they stand."""
        return [
            Select(
                Kind(item["type"]),
                item["custom_id"],
                item.get("placeholder", ""),
                item.get("disabled", False),
                tuple((option["label"], option["value"]) for option in item.get("options", ())),
                item["min_values"],
                item["max_values"],
                item["id"],
            )
            for item in walk(self.components)
            if item["type"] in SELECTS
        ]

    @property
    def author_id(self) -> int:
        """Who wrote it."""
        return self.author.id

    @property
    def ephemeral(self) -> bool:
        """Whether a single user sees it."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Whether it only says that the bot is thinking."""
        return bool(self.flags & LOADING)

    @property
    def edited(self) -> bool:
        """Whether it is marked as edited."""
        return self.edited_at is not None

    @property
    def url(self) -> str:
        """The link to it, as Discord writes it."""
        where = self.channel.guild.id if self.channel.guild else "@me"
        return f"https://discord.com/channels/{where}/{self.channel.id}/{self.id}"

    @property
    def raw(self) -> dict[str, Any]:
        """The message as the API shows it."""
        return message_payloads.message(self)

    def visible_to(self, reader: Member | User) -> bool:
        """Whether this person can read it now."""
        if self.deleted:
            return False
        if self.viewer is not None:
            return self.viewer.id == reader.id
        guild = self.channel.guild
        if guild is None:
            return self.channel.recipient is not None and self.channel.recipient.id == reader.id
        member = guild.members.get(reader.id)
        return member is not None and bool(member.permissions & Permission.VIEW_CHANNEL)
