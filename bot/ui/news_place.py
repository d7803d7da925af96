"""Looks at the channels in which news are told, before anything is told. Changes nothing.

Threads in the archive are not known, and one that is deleted is known by the pause that it brings:
of a channel that is not known nothing is in the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord import app_commands

from bot.ui.permissions import WRITING, WRITING_IN_THREADS, missing_in, names

if TYPE_CHECKING:
    from bot.domain.news import Subscription
    from bot.ui.i18n import Words

KINDS = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.public_thread,
    discord.ChannelType.private_thread,
    discord.ChannelType.news_thread,
]
_HISTORY = discord.Permissions(read_message_history=True)
_MODERATING = discord.Permissions(manage_threads=True)
_MENTIONING = discord.Permissions(mention_everyone=True)
Place = discord.TextChannel | discord.ForumChannel | discord.Thread
Picked = app_commands.AppCommandChannel | app_commands.AppCommandThread


def place_of(guild: discord.Guild | None, channel_id: int) -> Place | None:
    """Return the channel, None where there is none that the bot sees."""
    found = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(found, discord.Thread) and found.parent is None:
        return None
    return found if isinstance(found, Place) else None


def is_there(guild: discord.Guild | None, channel: Picked) -> bool:
    """Whether the bot sees a channel that was picked, or may open that thread in the archive."""
    if place_of(guild, channel.id) is not None:
        return True
    if not isinstance(channel, app_commands.AppCommandThread):
        return False
    parent = place_of(guild, channel.parent_id)
    is_closed = channel.locked or channel.type is discord.ChannelType.private_thread
    return parent is not None and not is_closed and not missing_in(parent, WRITING_IN_THREADS)


def can_write(guild: discord.Guild | None, subscription: Subscription) -> bool:
    """Whether news can be told there, as far as is known."""
    found = place_of(guild, subscription.channel_id)
    return found is None or not _missing(found)


def in_the_way(guild: discord.Guild | None, subscription: Subscription, t: Words) -> list[str]:
    """Return what keeps news from being told in the channel, or somebody from being mentioned."""
    found = place_of(guild, subscription.channel_id)
    if found is None or guild is None:
        return []
    texts = []
    missing = _missing(found)
    if missing:
        text = t.gettext(
            "I am missing in {channel}: **{permissions}**. What happens waits until I have that."
        )
        texts.append(text.format(channel=found.mention, permissions=names(missing, t)))
    else:
        texts += without_history(found, t) + _without_tag(found, t)
    role = guild.get_role(subscription.mention_role_id or 0)
    if role is not None and not role.mentionable and missing_in(found, _MENTIONING):
        text = t.gettext(
            "I may not mention {role} there: allow everybody to mention it, or give me "
            "**{permissions}**."
        )
        texts.append(text.format(role=role.mention, permissions=names(["mention_everyone"], t)))
    return texts


def usable_tags(forum: discord.ForumChannel) -> list[discord.ForumTag]:
    """Return the tags that the bot may give to a post."""
    may_moderate = not missing_in(forum, _MODERATING)
    return [tag for tag in forum.available_tags if may_moderate or not tag.moderated]


def without_history(place: discord.abc.GuildChannel | discord.Thread, t: Words) -> list[str]:
    """Return what comes of it where the bot may write but cannot look what it has written."""
    missing = missing_in(place, _HISTORY)
    if not missing:
        return []
    text = t.gettext(
        "I am missing in {channel}: **{permissions}**. Without it I may say something twice "
        "after I was cut off."
    )
    return [text.format(channel=place.mention, permissions=names(missing, t))]


def _without_tag(place: Place, t: Words) -> list[str]:
    """Return what comes of it where every post must have a tag and the bot may give none."""
    if not isinstance(place, discord.ForumChannel) or not place.flags.require_tag:
        return []
    if usable_tags(place):
        return []
    text = t.gettext(
        "{channel} demands a tag and has none that I may give: add one there, or demand none. "
        "What happens waits until then."
    )
    return [text.format(channel=place.mention)]


def _missing(place: Place) -> list[str]:
    """Return what the bot lacks to write there."""
    return missing_in(place, WRITING_IN_THREADS if isinstance(place, discord.Thread) else WRITING)
