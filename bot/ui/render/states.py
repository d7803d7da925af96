"""How a state looks: symbol, word and colour, always together. Knows no layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord

from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from bot.ui.i18n import Words

_SYMBOLS = {
    ServerState.RUNNING: "🟢",
    ServerState.STARTING: "🟡",
    ServerState.STOPPING: "🟡",
    ServerState.OFFLINE: "🔴",
    ServerState.SUSPENDED: "⛔",
    ServerState.INSTALLING: "🔧",
    ServerState.INSTALL_FAILED: "❌",
    ServerState.RESTORING: "🔧",
    ServerState.TRANSFERRING: "🚚",
    ServerState.MAINTENANCE: "🔧",
    ServerState.DELETING: "🗑️",
    ServerState.DELETED: "🗑️",
    ServerState.UNREACHABLE: "📡",
    ServerState.UNKNOWN: "❔",
}

_COLOURS = {
    "🟢": discord.Colour.green(),
    "🟡": discord.Colour.gold(),
    "🔴": discord.Colour.red(),
}


def symbol(state: ServerState) -> str:
    """Return the emoji of a state."""
    return _SYMBOLS[state]


def colour(state: ServerState) -> discord.Colour:
    """Return the colour of a state."""
    return _COLOURS.get(_SYMBOLS[state], discord.Colour.light_grey())


def word(state: ServerState, t: Words) -> str:
    """Return the word for a state."""
    return {
        ServerState.RUNNING: t.gettext("running"),
        ServerState.STARTING: t.gettext("starting"),
        ServerState.STOPPING: t.gettext("stopping"),
        ServerState.OFFLINE: t.gettext("offline"),
        ServerState.SUSPENDED: t.gettext("suspended"),
        ServerState.INSTALLING: t.gettext("installing"),
        ServerState.INSTALL_FAILED: t.gettext("installation failed"),
        ServerState.RESTORING: t.gettext("restoring a backup"),
        ServerState.TRANSFERRING: t.gettext("moving to another machine"),
        ServerState.MAINTENANCE: t.gettext("under maintenance"),
        ServerState.DELETING: t.gettext("being deleted"),
        ServerState.DELETED: t.gettext("deleted"),
        ServerState.UNREACHABLE: t.gettext("out of reach"),
        ServerState.UNKNOWN: t.gettext("unknown"),
    }[state]
