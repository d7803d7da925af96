"""The forms (modals); what they are about is in their custom_id, so they outlive a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from discord.ui import Label, Modal, TextInput

from bot.domain.audit import Door
from bot.ui import doors
from bot.ui.errors import guard
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import discord

    from bot.domain.servers import Server
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_COMMAND = re.compile(r"d1c:(?P<key>.+)")
_LINE = "line"
_LIFETIME = 900
"""Seconds; discord.py keeps abandoned forms for ever otherwise."""


def command_form(server: Server, t: Words) -> Modal:
    """Return the form that asks for a console command.

    Its own `on_submit` stays empty: `submitted` answers it, from the custom_id alone, because
    discord.py forgets forms at a restart and then drops what is submitted.
    """
    form = Modal(title=label(server.name, 45), custom_id=f"d1c:{server.ref.key}", timeout=_LIFETIME)
    line: TextInput[Any] = TextInput(custom_id=_LINE, placeholder="say hello", max_length=500)
    form.add_item(Label(text=t.gettext("Console command"), component=line))
    return form


async def submitted(interaction: discord.Interaction[Client]) -> bool:
    """Answer a submitted form; False for one that is not ours."""
    data: Mapping[str, Any] = interaction.data or {}
    found = _COMMAND.fullmatch(data.get("custom_id", ""))
    if found is None:
        return False
    line = next(_values(data.get("components", ())), "")
    await guard(interaction, doors.command(interaction, found["key"], line, door=Door.FORM))
    return True


def _values(components: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the text of each input, in rows and in labels alike."""
    for component in components:
        inner = component.get("component")
        for part in (inner,) if inner else component.get("components", ()):
            if part.get("custom_id") == _LINE:
                yield str(part.get("value", ""))
