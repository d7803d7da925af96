"""`/setup`: panel, servers, role, channels, in one private message that is edited.

Nothing of it is kept: each step shows what there is at that moment, so that it can be left out,
repeated, and gone on with after a restart of the bot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.audit import Door
from bot.ui.actor import actor_from
from bot.ui.audit_choice import channel_state
from bot.ui.i18n import private_words
from bot.ui.permissions import missing_of, names
from bot.ui.render import setup as render
from bot.ui.setup_items import PickAuditChannel, PickKind, PickPanel, PickRole, SeeAsRole
from bot.ui.setup_nav import Step, frame
from bot.ui.setup_news import PickNewsChannel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from discord.ui import LayoutView

    from bot.domain.grants import NamedRule
    from bot.services.open_panels import PanelLine
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_HERE = discord.Permissions(view_channel=True)
"""Without it a receipt cannot be edited any more after 15 minutes."""


async def begin_setup(interaction: discord.Interaction[Client]) -> None:
    """Answer with the first step that is not done yet."""
    lines, given = await _state(interaction, Door.COMMAND)
    view = _view(interaction, _first(interaction, lines, given), lines, given)
    await interaction.response.send_message(view=view, ephemeral=True)


async def go_to(interaction: discord.Interaction[Client], step: Step) -> None:
    """Show a step in the message that is there."""
    lines, given = await _state(interaction, Door.BUTTON)
    await interaction.response.edit_message(view=_view(interaction, step, lines, given))


async def _state(
    interaction: discord.Interaction[Client], door: Door
) -> tuple[list[PanelLine], list[NamedRule]]:
    """Return the panels and rules that there are, to those who may see them."""
    services, actor = interaction.client.services, actor_from(interaction)
    lines, _ = await services.panel_setup.lines(actor, door=door)
    given, _ = await services.rules.listed(actor, role_id=None, server=None, door=door)
    return lines, given


def _first(
    interaction: discord.Interaction[Client],
    lines: Sequence[PanelLine],
    given: Sequence[NamedRule],
) -> Step:
    services, guild_id = interaction.client.services, interaction.guild_id or 0
    chosen = services.settings.of(guild_id)
    done = (
        (Step.PANEL, bool(lines)),
        (Step.SERVERS, any(line.servers for line in lines)),
        (Step.ROLE, bool(given)),
        (Step.CHANNEL, chosen.audit_channel_id is not None),
        (Step.NEWS, bool(services.notify.channels_of(guild_id))),
    )
    return next((step for step, is_done in done if not is_done), Step.END)


def _view(
    interaction: discord.Interaction[Client],
    step: Step,
    lines: Sequence[PanelLine],
    given: Sequence[NamedRule],
) -> LayoutView:
    t, services = private_words(interaction), interaction.client.services
    chosen = services.settings.of(interaction.guild_id or 0)
    channel = channel_state(interaction.guild, chosen, t)
    told = services.notify.channels_of(interaction.guild_id or 0)
    own = [line.panel for line in lines if line.panel is not None]
    texts = {
        Step.PANEL: render.panel_step(lines, t),
        Step.SERVERS: render.servers_step(lines, t),
        Step.ROLE: render.role_step(given, "", t),
        Step.CHANNEL: render.channel_step(channel, "", t),
        Step.NEWS: render.news_step(told, "", t),
        Step.END: render.end_step(lines, given, _notes(interaction, channel, told, t), t),
    }
    menus = {
        Step.PANEL: PickKind.of(services.panel_setup.forms, t),
        Step.SERVERS: PickPanel.of(own, t) if own else None,
        Step.ROLE: PickRole.of(t),
        Step.CHANNEL: PickAuditChannel.of(chosen.audit_channel_id, t),
        Step.NEWS: PickNewsChannel.of(t),
        Step.END: SeeAsRole.of(t),
    }
    return frame(texts[step], menus[step], step, t)


def _notes(
    interaction: discord.Interaction[Client], channel: str, told: Sequence[int], t: Words
) -> list[str]:
    """Return what the last step says of channels: those that are told anything, and this one."""
    audit = t.gettext("Audit channel: {channel}").format(channel=channel)
    notes = [*filter(None, (audit, render.news_channels(told, t)))]
    missing = missing_of(interaction.app_permissions, _HERE)
    if missing:
        warning = t.gettext(
            "⚠️ I am missing in this channel: **{permissions}**. What takes longer than "
            "15 minutes cannot be brought up to date here."
        )
        notes.append(warning.format(permissions=names(missing, t)))
    return notes
