"""Looks at the channels in which news are told, before anything is told. Changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

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
_MENTIONING = discord.Permissions(mention_everyone=True)
Place = discord.TextChannel | discord.ForumChannel | discord.Thread


def place_of(guild: discord.Guild | None, channel_id: int) -> Place | None:
    """Return the channel, None where there is none that the bot sees."""
    found = guild.get_channel_or_thread(channel_id) if guild else None
    if isinstance(found, discord.Thread) and found.parent is None:
        return None
    return found if isinstance(found, Place) else None


def can_write(guild: discord.Guild | None, subscription: Subscription) -> bool:
    """Whether news can be told there, as far as is known."""
    found = place_of(guild, subscription.channel_id)
    return found is not None and not _missing(found)


def in_the_way(guild: discord.Guild | None, subscription: Subscription, t: Words) -> list[str]:
    """Return what keeps news from being told in the channel, or somebody from being mentioned."""
    found = place_of(guild, subscription.channel_id)
    if found is None or guild is None:
        return [t.gettext("I do not see that channel. What happens waits, and nothing is lost.")]
    texts = []
    missing = _missing(found)
    if missing:
        text = t.gettext(
            "I am missing in {channel}: **{permissions}**. What happens waits until I have that."
        )
        texts.append(text.format(channel=found.mention, permissions=names(missing, t)))
    else:
        texts += without_history(found, t)
    role = guild.get_role(subscription.mention_role_id or 0)
    if role is not None and not role.mentionable and missing_in(found, _MENTIONING):
        text = t.gettext(
            "I may not mention {role} there: allow everybody to mention it, or give me "
            "**{permissions}**."
        )
        texts.append(text.format(role=role.mention, permissions=names(["mention_everyone"], t)))
    return texts


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


def _missing(place: Place) -> list[str]:
    """Return what the bot lacks to write there."""
    return missing_in(place, WRITING_IN_THREADS if isinstance(place, discord.Thread) else WRITING)
