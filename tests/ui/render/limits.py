"""Holds what is shown to Discord's limits, as the stand-in knows them. Renders nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulators.discord.component_rules import check_components
from bot.simulators.discord.errors import Form
from bot.simulators.discord.modal_rules import check_modal

if TYPE_CHECKING:
    import discord


def check_layout(view: discord.ui.LayoutView) -> None:
    """Raise what Discord would refuse a message with."""
    form = Form()
    components = [item.to_component_dict() for item in view.children]
    check_components(form, ("components",), components, v2=True, filenames=())
    form.close()


def check_form(modal: discord.ui.Modal) -> None:
    """Raise what Discord would refuse a form with."""
    check_modal(modal.to_dict())
