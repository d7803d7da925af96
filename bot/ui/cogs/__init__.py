"""One file per group of commands; none of them knows another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ui.cogs.access import AccessCommands
from bot.ui.cogs.board import BoardCommands
from bot.ui.cogs.bot import BotCommands
from bot.ui.cogs.manage import ManageCommands
from bot.ui.cogs.notify import NotifyCommands
from bot.ui.cogs.panel import PanelCommands
from bot.ui.cogs.server import ServerCommands
from bot.ui.cogs.settings import SettingsCommands
from bot.ui.cogs.setup import SetupCommand
from bot.ui.cogs.shortcuts import Shortcuts

if TYPE_CHECKING:
    from discord.ext import commands


def build_cogs() -> list[commands.Cog]:
    """Return all commands."""
    return [
        ServerCommands(),
        Shortcuts(),
        ManageCommands(),
        PanelCommands(),
        AccessCommands(),
        BoardCommands(),
        NotifyCommands(),
        SettingsCommands(),
        SetupCommand(),
        BotCommands(),
    ]
