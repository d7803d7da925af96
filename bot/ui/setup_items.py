"""The menus of `/setup`; all that they are about is in their custom_ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ChannelSelect, RoleSelect, Select

from bot.domain.access import Bundle, Subject
from bot.domain.audit import Door
from bot.domain.grants import RuleWish
from bot.ui.access_pages import Wanted
from bot.ui.access_pages import show as show_access
from bot.ui.actor import actor_from, role_actor
from bot.ui.audit_choice import channel_menu, channel_state, choose_channel
from bot.ui.errors import answering, too_old
from bot.ui.i18n import private_words
from bot.ui.menus import Menu
from bot.ui.panel_entry import ask_for_new
from bot.ui.panel_ticks import show_choice
from bot.ui.render import rules, setup
from bot.ui.render.text import label
from bot.ui.setup_nav import Step, frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.domain.panels import PanelForm, StoredPanel
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_MENU = 25


class PickKind(Menu[Select[Any]], template=r"d1ik"):
    """Opens the form of the kind of panel that is picked."""

    @classmethod
    def of(cls, forms: Mapping[str, PanelForm], t: Words) -> Self:
        """Return the menu of these kinds."""
        options = [
            discord.SelectOption(label=label(t.gettext(form.title), 100), value=kind)
            for kind, form in forms.items()
        ]
        placeholder = t.gettext("Add a panel: what sort is it?")
        return cls(Select(custom_id="d1ik", placeholder=placeholder, options=options[:_MENU]))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Open the form."""
        await ask_for_new(interaction, values[0], door=Door.MENU)


class PickPanel(Menu[Select[Any]], template=r"d1ip"):
    """Shows the servers of the panel that is picked, to be ticked."""

    @classmethod
    def of(cls, panels: Sequence[StoredPanel], t: Words) -> Self:
        """Return the menu of these panels."""
        options = [
            discord.SelectOption(label=label(panel.name, 100), value=panel.panel_id)
            for panel in panels[:_MENU]
        ]
        placeholder = t.gettext("Choose the servers of …")
        return cls(Select(custom_id="d1ip", placeholder=placeholder, options=options))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Show them."""
        await show_choice(interaction, values[0], door=Door.MENU)


class PickRole(Menu[RoleSelect[Any]], template=r"d1ir"):
    """Asks what the members of the picked role may do."""

    @classmethod
    def of(cls, t: Words) -> Self:
        """Return the menu of roles."""
        return cls(RoleSelect(custom_id="d1ir", placeholder=t.gettext("Give rights to a role …")))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Ask."""
        t, role_id = private_words(interaction), int(values[0])
        actor = actor_from(interaction)
        await interaction.client.services.settings.check(actor, door=Door.MENU)
        text = setup.grant_step(role_id, actor.guild_id, t)
        view = frame(text, PickGrant.of(role_id, t), Step.ROLE, t)
        await interaction.response.edit_message(view=view)


class PickGrant(Menu[Select[Any]], template=r"d1ig:(?P<role>[0-9a-f]{1,16})"):
    """Gives a role what is picked, on all servers."""

    @classmethod
    def of(cls, role_id: int, t: Words) -> Self:
        """Return the menu of what a role may be given."""
        options = [
            discord.SelectOption(label=label(rules.choice(bundle, t), 100), value=bundle.value)
            for bundle in Bundle
        ]
        custom_id, placeholder = f"d1ig:{role_id:x}", t.gettext("They may …")
        return cls(Select(custom_id=custom_id, placeholder=placeholder, options=options))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Give it."""
        picked, role_id = values[0], int(self.custom_id.partition(":")[2], 16)
        if picked not in set(Bundle):
            await too_old(interaction)
            return
        with answering():
            await interaction.response.defer()
        t, actor = private_words(interaction), actor_from(interaction)
        role = interaction.guild.get_role(role_id) if interaction.guild else None
        wish = RuleWish(
            subject=Subject.ROLE,
            subject_id=role_id,
            subject_name=role.name if role else "",
            who=role_actor(role_id, actor.guild_id),
            grant=Bundle(picked),
            allow=True,
        )
        service = interaction.client.services.rules
        outcome = await service.give(actor, wish, door=Door.MENU)
        given, _ = await service.listed(actor, role_id=None, server=None, door=Door.MENU)
        text = setup.role_step(given, rules.given(outcome, t), t)
        await interaction.edit_original_response(view=frame(text, PickRole.of(t), Step.ROLE, t))


class PickAuditChannel(Menu[ChannelSelect[Any]], template=r"d1ic"):
    """The menu of channels."""

    @classmethod
    def of(cls, now: int | None, t: Words) -> Self:
        """Return the menu, with the channel that is chosen now."""
        return cls(channel_menu("d1ic", now, t))

    async def picked(
        self, interaction: discord.Interaction[Client], _values: Sequence[str]
    ) -> None:
        """Choose it."""
        chosen, notice = await choose_channel(interaction)
        t = private_words(interaction)
        text = setup.channel_step(channel_state(interaction.guild, chosen, t), notice, t)
        menu = PickAuditChannel.of(chosen.audit_channel_id, t)
        view = frame(text, menu, Step.CHANNEL, t)
        await interaction.response.edit_message(view=view)


class SeeAsRole(Menu[RoleSelect[Any]], template=r"d1is"):
    """Shows the list as the members of a role see it."""

    @classmethod
    def of(cls, t: Words) -> Self:
        """Return the menu of roles."""
        return cls(RoleSelect(custom_id="d1is", placeholder=t.gettext("See the list as …")))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Show it."""
        await show_access(interaction, Wanted(is_preview=True, role_id=int(values[0])))
