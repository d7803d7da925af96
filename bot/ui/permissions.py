"""What the bot may do in a channel, by the names that Discord's settings give these rights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.ui.i18n import Words

WRITING = discord.Permissions(view_channel=True, send_messages=True)
"""To post messages into a channel, and posts into a forum."""
WRITING_IN_THREADS = discord.Permissions(view_channel=True, send_messages_in_threads=True)
"""To post messages into a thread."""


def missing_in(
    channel: discord.abc.GuildChannel | discord.Thread, needed: discord.Permissions
) -> list[str]:
    """Return discord.py's names of what the bot lacks in exactly this channel."""
    return missing_of(channel.permissions_for(channel.guild.me), needed)


def missing_of(given: discord.Permissions, needed: discord.Permissions) -> list[str]:
    """Return discord.py's names of what is needed and not given."""
    return [name for name, is_needed in needed if is_needed and not getattr(given, name)]


def names(permissions: Iterable[str], t: Words) -> str:
    """Return the names that a reader finds in Discord's settings."""
    words = {
        "view_channel": t.gettext("View Channel"),
        "read_messages": t.gettext("View Channel"),
        "send_messages": t.gettext("Send Messages"),
        "send_messages_in_threads": t.gettext("Send Messages in Threads"),
        "read_message_history": t.gettext("Read Message History"),
        "mention_everyone": t.gettext("Mention @everyone, @here and All Roles"),
    }
    return ", ".join(words[name] for name in permissions)
