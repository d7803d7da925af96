"""Owns what a member sees, as JSON: the guild, the commands, the messages. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import payloads
from bot.simulators.discord.interaction import InteractionKind
from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from bot.simulators.web.switches import Switches

_SUBCOMMAND, _GROUP = 1, 2


@dataclass(frozen=True, slots=True)
class Scene:
    """What all windows have in common; `members` are those who can be become, by their keys."""

    discord: DiscordStandIn
    guild: Guild
    members: Mapping[str, Member]
    switches: Switches
    dismissed: set[int] = field(default_factory=set)
    """The private messages that their readers do not want to see any more."""


def surroundings(scene: Scene, member: Member) -> dict[str, Any]:
    """Return all that changes rarely: who and where there is."""
    guild, application = scene.guild, scene.discord.application
    keys = {other.id: key for key, other in scene.members.items()}
    return {
        "me": keys[member.id],
        "guild": {"id": str(guild.id), "name": guild.name, "locale": guild.locale},
        "application": {"id": str(application.id), "name": application.name},
        "members": [_member(other, keys.get(other.id)) for other in guild.members.values()],
        "roles": [payloads.role(role) for role in guild.roles],
        "channels": [
            {
                "id": str(channel.id),
                "name": channel.name,
                "may_write": bool(member.permissions & Permission.SEND_MESSAGES),
            }
            for channel in channels(scene, member)
        ],
    }


def channels(scene: Scene, member: Member) -> list[Channel]:
    """Return the channels that a member sees."""
    return list(scene.guild.channels) if member.permissions & Permission.VIEW_CHANNEL else []


def commands(scene: Scene, member: Member) -> list[dict[str, Any]]:
    """Return the commands that a member is offered."""
    # Rights are those of the guild, the same in all of its channels.
    seen = channels(scene, member)
    return scene.discord.offered(member, seen[0]) if seen else []


def messages(scene: Scene, member: Member, channel: Channel) -> dict[int, Message]:
    """Return what a member sees in a channel, by id, oldest first."""
    private = {
        message.id: message
        for interaction in scene.discord.interactions
        if interaction.channel is channel and interaction.actor.id == member.id
        for message in _answers(interaction)
        if message.viewer is not None
        and message.visible_to(member)
        and message.id not in scene.dismissed
    }
    return dict(sorted((channel.stored | private).items())) if private else channel.stored


def entry(scene: Scene, message: Message) -> dict[str, Any]:
    """Return a message as the page gets it."""
    return {
        "id": str(message.id),
        "private": message.viewer is not None,
        "command": _command(message.interaction),
        "message": _at_home(message.raw, scene.discord.origin + "/attachments/"),
    }


def _member(member: Member, key: str | None) -> dict[str, Any]:
    return {
        "key": key,
        "id": str(member.id),
        "name": member.user.name,
        "bot": member.user.bot,
        "roles": [str(role.id) for role in member.roles],
        "owner": member.id == member.guild.owner_id,
        "manager": bool(member.permissions & Permission.MANAGE_GUILD),
        "locale": member.user.locale,
    }


def _answers(interaction: Interaction) -> Iterator[Message]:
    if interaction.original is not None:
        yield interaction.original
    yield from interaction.followups


def _command(cause: Interaction | None) -> str | None:
    """Return the line of the command that a message answers, without its options."""
    if cause is None or cause.kind != InteractionKind.COMMAND:
        return None
    words, options = [cause.data["name"]], cause.data["options"]
    while options and options[0]["type"] in (_SUBCOMMAND, _GROUP):
        words.append(options[0]["name"])
        options = options[0]["options"]
    return " ".join(words)


def _at_home(value: Any, files: str) -> Any:
    """Return JSON in which the files of messages have addresses of the page's own server."""
    if isinstance(value, dict):
        return {
            key: "/attachments/" + item.removeprefix(files)
            if key in ("url", "proxy_url") and isinstance(item, str) and item.startswith(files)
            else _at_home(item, files)
            for key, item in value.items()
        }
    return [_at_home(item, files) for item in value] if isinstance(value, list) else value
