"""The choice of an audit channel, which is checked before it is taken; for /settings and /setup."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
from discord.ui import ChannelSelect

from bot.domain.audit import Door
from bot.domain.guilds import Setting
from bot.ui.actor import actor_from
from bot.ui.i18n import private_words
from bot.ui.permissions import WRITING, missing_in, names

if TYPE_CHECKING:
    from bot.domain.guilds import GuildSettings
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_KINDS = [discord.ChannelType.text, discord.ChannelType.news]


def channel_menu(custom_id: str, now: int | None, t: Words) -> ChannelSelect[Any]:
    """Return the menu; to pick nothing is to have none."""
    return ChannelSelect(
        custom_id=custom_id,
        channel_types=_KINDS,
        placeholder=t.gettext("No audit channel"),
        min_values=0,
        default_values=[] if now is None else [discord.Object(now)],
    )


async def choose_channel(interaction: discord.Interaction[Client]) -> tuple[GuildSettings, str]:
    """Take what was picked; returns what is chosen then, and what is to be said about it."""
    t, actor = private_words(interaction), actor_from(interaction)
    settings = interaction.client.services.settings
    before = await settings.check(actor, door=Door.MENU)
    data: Any = interaction.data
    picked = [int(value) for value in data["values"]]
    if picked:
        missing = _missing(interaction.guild, picked[0])
        if missing is None:
            return before, t.gettext("I do not see that channel. Nothing was changed.")
        if missing:
            text = t.gettext(
                "I am missing in <#{channel}>: **{permissions}**. Nothing was changed. "
                "Give me that in the settings of the channel, and pick it again."
            )
            return before, text.format(channel=picked[0], permissions=names(missing, t))
    channel_id = picked[0] if picked else None
    chosen = await settings.change(actor, Setting.AUDIT_CHANNEL, channel_id, door=Door.MENU)
    return chosen, ""


def channel_state(guild: discord.Guild | None, chosen: GuildSettings, t: Words) -> str:
    """Return the channel, and why nothing is told there at the moment if that is so."""
    if chosen.audit_channel_lost:
        return t.gettext(
            "⚠️ it was deleted; what is done is kept, and told in the next one that you pick"
        )
    if chosen.audit_channel_id is None:
        return t.gettext("none")
    missing = _missing(guild, chosen.audit_channel_id)
    channel = f"<#{chosen.audit_channel_id}>"
    if not missing and missing is not None:
        return channel
    why = t.gettext("⚠️ paused: I am missing there: **{permissions}**; nothing is lost").format(
        permissions=names(missing or ["view_channel"], t)
    )
    return f"{channel} · {why}"


def _missing(guild: discord.Guild | None, channel_id: int) -> list[str] | None:
    """Return what the bot lacks there, or None where there is no such channel."""
    channel = guild.get_channel(channel_id) if guild else None
    return missing_in(channel, WRITING) if isinstance(channel, discord.TextChannel) else None
