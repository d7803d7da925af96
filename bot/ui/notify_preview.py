"""Shows what a channel will be told, and what goes on already. Changes nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.domain.errors import StorageUnavailable
from bot.ui.actor import actor_from
from bot.ui.i18n import private_words, public_words
from bot.ui.render import notify as render
from bot.ui.render.news import line

if TYPE_CHECKING:
    from collections.abc import Mapping

    import discord

    from bot.domain.news import Subscription
    from bot.ui.client import Client

_MOST = 3


def preview(interaction: discord.Interaction[Client], subscription: Subscription) -> str:
    """Return how its news looks, in the language of those who will read it."""
    service, t = interaction.client.services.notify.preview, private_words(interaction)
    events = service.examples(actor_from(interaction), subscription)
    panels, there = _panels(interaction, subscription), public_words(interaction)
    real = (replace(event, is_test=False) for event in events)
    lines = [line(event, there, panels, subscription.guild_id) for event in real]
    title = t.gettext("This is how it looks:")
    blind = render.blind(service.blind_panels(subscription), t)
    return "\n".join([f"-# {title}", *lines, *blind])


async def going_on(interaction: discord.Interaction[Client], subscription: Subscription) -> str:
    """Return what goes on now and began too early to be told there; nothing if nothing does."""
    t = private_words(interaction)
    try:
        events = await interaction.client.services.notify.preview.going_on(subscription)
    except StorageUnavailable:
        return ""  # what was asked for is done all the same
    if not events:
        return ""
    panels = _panels(interaction, subscription)
    lines = [line(event, t, panels, subscription.guild_id) for event in events[:_MOST]]
    if (more := len(events) - _MOST) > 0:
        lines.append(t.gettext("and {count} more").format(count=more))
    title = t.gettext("This goes on now, from before; I tell there only what changes of it:")
    return "\n".join([f"-# {title}", *lines])


def _panels(
    interaction: discord.Interaction[Client], subscription: Subscription
) -> Mapping[str, str]:
    entries = interaction.client.services.panels.of_guild(subscription.guild_id)
    return {entry.panel_id: entry.name for entry in entries}
