"""Menus that go on working in old messages. What is done with what was picked, each says itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from discord.ui import ChannelSelect, DynamicItem, RoleSelect, Select

from bot.ui.errors import guard

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    import discord
    from discord.ui import Item

    from bot.ui.client import Client

MenuT = TypeVar("MenuT", bound=Select[Any] | RoleSelect[Any] | ChannelSelect[Any])


class Menu(DynamicItem[MenuT], template=r"(?!)"):
    """One whose custom_id says all there is to know; each kind has a template of its own."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: Item[Any], _match: re.Match[str], /
    ) -> Self:
        """Take the menu as it stands in its message; what was picked comes with the interaction."""
        menu: Any = item
        return cls(menu)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what it is there for."""
        data: Any = interaction.data
        await guard(interaction, self.picked(interaction, data["values"]))

    async def picked(self, interaction: discord.Interaction[Client], values: Sequence[str]) -> None:
        """Do it with the values that were picked, and answer."""
        raise NotImplementedError
