"""The menus of `/setup`; all that they are about is in their custom_ids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ChannelSelect, DynamicItem, RoleSelect, Select

from bot.domain.access import Bundle, Subject
from bot.domain.audit import Door
from bot.domain.grants import RuleWish
from bot.ui.access_pages import Wanted
from bot.ui.access_pages import show as show_access
from bot.ui.actor import actor_from, role_actor
from bot.ui.audit_choice import channel_menu, channel_state, choose_channel
from bot.ui.errors import answering, guard, too_old
from bot.ui.i18n import Words, private_words
from bot.ui.panel_entry import ask_for_new
from bot.ui.panel_ticks import show_choice
from bot.ui.render import rules, setup
from bot.ui.render.text import label
from bot.ui.setup_nav import Step, frame

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping, Sequence

    from discord.ui import Item

    from bot.domain.panels import PanelForm, StoredPanel
    from bot.ui.client import Client

_MENU = 25


class PickKind(DynamicItem[Select[Any]], template=r"d1ik"):
    """Opens the form of the kind of panel that is picked."""

    def __init__(
        self, forms: Mapping[str, PanelForm] | None = None, t: Words | None = None
    ) -> None:
        t = t or Words()
        options = [
            discord.SelectOption(label=label(t.gettext(form.title), 100), value=kind)
            for kind, form in (forms or {}).items()
        ]
        placeholder = t.gettext("Add a panel: what sort is it?")
        menu = Select[Any](custom_id="d1ik", placeholder=placeholder, options=options[:_MENU])
        super().__init__(menu)

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Open the form."""
        [kind] = _picked(interaction)
        await guard(interaction, ask_for_new(interaction, kind, door=Door.MENU))


class PickPanel(DynamicItem[Select[Any]], template=r"d1ip"):
    """Shows the servers of the panel that is picked, to be ticked."""

    def __init__(self, panels: Sequence[StoredPanel] = (), t: Words | None = None) -> None:
        options = [
            discord.SelectOption(label=label(panel.name, 100), value=panel.panel_id)
            for panel in panels[:_MENU]
        ]
        placeholder = (t or Words()).gettext("Choose the servers of …")
        super().__init__(Select(custom_id="d1ip", placeholder=placeholder, options=options))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show them."""
        [panel_id] = _picked(interaction)
        await guard(interaction, show_choice(interaction, panel_id, door=Door.MENU))


class PickRole(DynamicItem[RoleSelect[Any]], template=r"d1ir"):
    """Asks what the members of the picked role may do."""

    def __init__(self, t: Words | None = None) -> None:
        placeholder = (t or Words()).gettext("Give rights to a role …")
        super().__init__(RoleSelect(custom_id="d1ir", placeholder=placeholder))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Ask."""
        await guard(interaction, self._ask(interaction))

    async def _ask(self, interaction: discord.Interaction[Client]) -> None:
        t, role_id = private_words(interaction), int(_picked(interaction)[0])
        actor = actor_from(interaction)
        await interaction.client.services.settings.check(actor, door=Door.MENU)
        text = setup.grant_step(role_id, actor.guild_id, t)
        view = frame(text, PickGrant(role_id, t), Step.ROLE, t)
        await interaction.response.edit_message(view=view)


class PickGrant(DynamicItem[Select[Any]], template=r"d1ig:(?P<role>[0-9a-f]{1,16})"):
    """Gives a role what is picked, on all servers."""

    def __init__(self, role_id: int, t: Words | None = None) -> None:
        self.role_id = role_id
        t = t or Words()
        options = [
            discord.SelectOption(label=label(rules.choice(bundle, t), 100), value=bundle.value)
            for bundle in Bundle
        ]
        placeholder = t.gettext("They may …")
        custom_id = f"d1ig:{role_id:x}"
        super().__init__(Select(custom_id=custom_id, placeholder=placeholder, options=options))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls(int(match["role"], 16))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Give it."""
        await guard(interaction, self._give(interaction))

    async def _give(self, interaction: discord.Interaction[Client]) -> None:
        [picked] = _picked(interaction)
        if picked not in set(Bundle):
            await too_old(interaction)
            return
        with answering():
            await interaction.response.defer()
        t, actor = private_words(interaction), actor_from(interaction)
        role = interaction.guild.get_role(self.role_id) if interaction.guild else None
        wish = RuleWish(
            subject=Subject.ROLE,
            subject_id=self.role_id,
            subject_name=role.name if role else "",
            who=role_actor(self.role_id, actor.guild_id),
            grant=Bundle(picked),
            allow=True,
        )
        service = interaction.client.services.rules
        outcome = await service.give(actor, wish, door=Door.MENU)
        given, _ = await service.listed(actor, role_id=None, server=None, door=Door.MENU)
        text = setup.role_step(given, rules.given(outcome, t), t)
        await interaction.edit_original_response(view=frame(text, PickRole(t), Step.ROLE, t))


class PickAuditChannel(DynamicItem[ChannelSelect[Any]], template=r"d1ic"):
    """The menu of channels."""

    def __init__(self, now: int | None = None, t: Words | None = None) -> None:
        super().__init__(channel_menu("d1ic", now, t or Words()))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Choose it."""
        await guard(interaction, self._choose(interaction))

    async def _choose(self, interaction: discord.Interaction[Client]) -> None:
        chosen, notice = await choose_channel(interaction)
        t = private_words(interaction)
        text = setup.channel_step(channel_state(interaction.guild, chosen, t), notice, t)
        menu = PickAuditChannel(chosen.audit_channel_id, t)
        view = frame(text, menu, Step.CHANNEL, t)
        await interaction.response.edit_message(view=view)


class SeeAsRole(DynamicItem[RoleSelect[Any]], template=r"d1is"):
    """Shows the list as the members of a role see it."""

    def __init__(self, t: Words | None = None) -> None:
        placeholder = (t or Words()).gettext("See the list as …")
        super().__init__(RoleSelect(custom_id="d1is", placeholder=placeholder))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls()

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Show it."""
        wanted = Wanted(is_preview=True, role_id=int(_picked(interaction)[0]))
        await guard(interaction, show_access(interaction, wanted))


def _picked(interaction: discord.Interaction[Any]) -> list[str]:
    data: Any = interaction.data
    values: list[str] = data["values"]
    return values
