"""What the servers and the channel of a subscription, a mute or a board are called. Asks nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.ui.render.text import label, plain

if TYPE_CHECKING:
    from bot.ui.i18n import Words

_NAME, _LABEL = 60, 40
Names = tuple[str | None, str | None]
"""Those of a panel and a server; None where that is not to be found."""


def place(panel_id: str | None, server_id: str | None, names: Names, t: Words) -> str:
    """Return of which servers it is."""
    name = _name(server_id, names)
    if name is None:
        return _nameless(panel_id, server_id, t)
    name = f"**{plain(name, _NAME)}**"
    return name if server_id else t.gettext("all servers of {panel}").format(panel=name)


def short_place(panel_id: str | None, server_id: str | None, names: Names, t: Words) -> str:
    """Return the same in a few words, to stand between asterisks."""
    name = _name(server_id, names)
    return _nameless(panel_id, server_id, t) if name is None else plain(name, _NAME)


def place_label(panel_id: str | None, server_id: str | None, names: Names, t: Words) -> str:
    """Return the same for a place without markup."""
    name = _name(server_id, names)
    return _nameless(panel_id, server_id, t) if name is None else label(name, _LABEL)


def channel_label(name: str | None, t: Words) -> str:
    """Return a channel for a place without markup; None is one that the bot does not know."""
    return t.gettext("a channel that I do not see now") if name is None else f"#{label(name, 30)}"


def _name(server_id: str | None, names: Names) -> str | None:
    panel, server = names
    return panel if server_id is None else server


def _nameless(panel_id: str | None, server_id: str | None, t: Words) -> str:
    if server_id is not None:
        return t.gettext("a server that I do not see now")
    return t.gettext("all servers") if panel_id is None else t.gettext("a panel that is gone")
