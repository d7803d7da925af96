"""The forms (modals); what they are about is in their custom_id, so they outlive a restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from discord.ui import Label, Modal, TextInput

from bot.domain.audit import Door
from bot.ui import deletion, doors, drafts, panel_entry
from bot.ui.errors import guard
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    import discord

    from bot.domain.servers import Server
    from bot.ui.client import Client
    from bot.ui.i18n import Words

    _Given = Mapping[str, list[str]]

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
    given = dict(_given(data.get("components", ())))
    for form, answer in _ANSWERS:
        if found := form.fullmatch(data.get("custom_id", "")):
            await guard(interaction, answer(interaction, found, given))
            return True
    return False


async def _command(
    interaction: discord.Interaction[Client], form: re.Match[str], given: _Given
) -> None:
    line = "".join(given.get(_LINE, ()))
    await doors.command(interaction, form["key"], line, door=Door.FORM)


async def _draft(
    interaction: discord.Interaction[Client], form: re.Match[str], given: _Given
) -> None:
    await drafts.fill(interaction, form["draft"], int(form["number"]), given)


async def _deletion(
    interaction: discord.Interaction[Client], form: re.Match[str], given: _Given
) -> None:
    typed = "".join(given.get(deletion.NAME, ()))
    await deletion.delete(interaction, form["key"], typed=typed, force=form["force"] == "1")


async def _new_panel(
    interaction: discord.Interaction[Client], form: re.Match[str], given: _Given
) -> None:
    await panel_entry.add(interaction, form["kind"], given)


async def _edited_panel(
    interaction: discord.Interaction[Client], form: re.Match[str], given: _Given
) -> None:
    await panel_entry.edit(interaction, form["panel"], form["shown"], given)


async def _panel_key(
    interaction: discord.Interaction[Client], form: re.Match[str], given: _Given
) -> None:
    await panel_entry.rotate(interaction, form["panel"], given)


_ANSWERS = (
    (re.compile(r"d1c:(?P<key>.+)"), _command),
    (re.compile(r"d1m:(?P<draft>[0-9a-f]+):(?P<number>\d+)"), _draft),
    (re.compile(r"d1y:add:(?P<kind>[a-z0-9_]{1,32})"), _new_panel),
    (re.compile(r"d1y:edit:(?P<panel>[a-z0-9-]{1,32}):(?P<shown>[0-9a-f]+)"), _edited_panel),
    (re.compile(r"d1y:key:(?P<panel>[a-z0-9-]{1,32})"), _panel_key),
    (re.compile(r"d1x:(?P<force>[01]):(?P<key>.+)"), _deletion),
)


def _given(components: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    """Yield name and content of each input, in rows and in labels alike; of a menu, all picked."""
    for component in components:
        inner = component.get("component")
        for part in (inner,) if inner else component.get("components", ()):
            if "custom_id" in part:
                yield part["custom_id"], part.get("values", [part.get("value") or ""])
