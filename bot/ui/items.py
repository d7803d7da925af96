"""The buttons of cards; all that they are about is in their custom_id.

They work for weeks and over restarts, since nothing of them is kept in memory. Rights are
checked when they are used, with the user's roles of that moment.
"""

from __future__ import annotations

from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import ActionRow, Button, DynamicItem, LayoutView

from bot.domain.audit import Door
from bot.domain.servers import Capability, PowerAction, ServerState
from bot.ui import doors
from bot.ui.actor import actor_from
from bot.ui.confirm import ask, is_asked_twice
from bot.ui.errors import LOST, answering, guard
from bot.ui.forms import command_form
from bot.ui.i18n import private_words, public_words
from bot.ui.render.card import card

if TYPE_CHECKING:
    import re

    from discord.ui import Item

    from bot.domain.servers import Server
    from bot.services.status import Status
    from bot.ui.client import Client
    from bot.ui.i18n import Words


class Verb(StrEnum):
    """What a button on a card does."""

    START = "start"
    RESTART = "restart"
    STOP = "stop"
    KILL = "kill"
    COMMAND = "command"
    LOGS = "logs"
    REFRESH = "refresh"


_ALIVE = frozenset({ServerState.RUNNING, ServerState.STARTING})
_UNSURE = frozenset({ServerState.UNREACHABLE, ServerState.UNKNOWN})
_POSSIBLE = {
    Verb.START: frozenset({ServerState.OFFLINE}),
    Verb.RESTART: _ALIVE,
    Verb.STOP: _ALIVE,
    Verb.KILL: _ALIVE | {ServerState.STOPPING},
    Verb.COMMAND: _ALIVE,
    Verb.LOGS: _ALIVE | {ServerState.STOPPING},
}
_STYLES = {
    Verb.START: discord.ButtonStyle.success,
    Verb.RESTART: discord.ButtonStyle.primary,
    Verb.STOP: discord.ButtonStyle.danger,
    Verb.KILL: discord.ButtonStyle.danger,
}
_ROWS = ((Verb.START, Verb.RESTART, Verb.STOP), (Verb.KILL, Verb.COMMAND, Verb.LOGS, Verb.REFRESH))
_NEEDS = {Verb.LOGS: Capability.LIVE, Verb.REFRESH: None}
"""What the panel must be able to do; the others need what they are called."""
_LOG_LINES = 20


class ServerButton(
    DynamicItem[Button[Any]],
    template=rf"d1b:(?P<verb>{'|'.join(Verb)}):(?P<key>.+)",
):
    """One button of one server's card."""

    def __init__(self, verb: Verb, key: str, *, text: str = "", disabled: bool = False) -> None:
        self.verb = verb
        self.key = key
        super().__init__(
            Button(
                label=text,
                style=_STYLES.get(verb, discord.ButtonStyle.secondary),
                custom_id=f"d1b:{verb}:{key}",
                disabled=disabled,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        return cls(Verb(match["verb"]), match["key"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Do what the button says."""
        await guard(interaction, self._press(interaction))

    async def _press(self, interaction: discord.Interaction[Client]) -> None:
        if self.verb is Verb.REFRESH:
            await refresh(interaction, self.key)
        elif self.verb is Verb.COMMAND:
            console, actor = interaction.client.services.console, actor_from(interaction)
            server = await console.check(actor, self.key, door=Door.BUTTON)
            form = command_form(server, private_words(interaction))
            await interaction.response.send_modal(form)
        elif self.verb is Verb.LOGS:
            await doors.logs(interaction, self.key, lines=_LOG_LINES, door=Door.BUTTON)
        elif is_asked_twice(interaction, action := PowerAction(self.verb)):
            await ask(interaction, self.key, action, door=Door.BUTTON)
        else:
            with answering():
                await interaction.response.defer()
            await doors.power(interaction, self.key, action, door=Door.BUTTON)
            with suppress(*LOST):  # the order has ended, whatever became of the card
                await refresh(interaction, self.key)


async def show_card(
    interaction: discord.Interaction[Client], text: str, *, private: bool, door: Door
) -> None:
    """Answer with the card of a server, freshly looked at."""
    services, actor = interaction.client.services, actor_from(interaction)
    await services.status.find(actor, text, door=door)  # what fails for the asker fails in private
    with answering():
        await interaction.response.defer(ephemeral=private, thinking=True)
    await _put_card(interaction, text, private=private)


async def refresh(interaction: discord.Interaction[Client], text: str) -> None:
    """Look again and bring the card that was pressed up to date."""
    if not interaction.response.is_done():
        status = interaction.client.services.status
        await status.find(actor_from(interaction), text, door=Door.BUTTON)
        with answering():
            await interaction.response.defer()
    is_private = interaction.message is not None and interaction.message.flags.ephemeral
    await _put_card(interaction, text, private=is_private)


async def _put_card(interaction: discord.Interaction[Client], text: str, *, private: bool) -> None:
    status = await interaction.client.services.status.look(actor_from(interaction), text)
    words = private_words(interaction) if private else public_words(interaction)
    await interaction.edit_original_response(view=card_view(status, words))


def card_view(status: Status, t: Words) -> LayoutView:
    """Return the card with the buttons that its panel can serve."""
    view = LayoutView(timeout=None)
    box = card(status, t)
    for verbs in _ROWS:
        row: ActionRow[Any] = ActionRow()
        for verb in verbs:
            if _can(verb, status.capabilities):
                row.add_item(_button(verb, status.server, t))
        if row.children:
            box.add_item(row)
    view.add_item(box)
    return view


def _can(verb: Verb, capabilities: frozenset[Capability]) -> bool:
    needed = _NEEDS[verb] if verb in _NEEDS else Capability(verb)
    return needed is None or needed in capabilities


def _button(verb: Verb, server: Server, t: Words) -> ServerButton:
    text = {
        Verb.START: t.gettext("Start"),
        Verb.RESTART: t.gettext("Restart"),
        Verb.STOP: t.gettext("Stop"),
        Verb.KILL: t.gettext("Kill"),
        Verb.COMMAND: t.gettext("Command"),
        Verb.LOGS: t.gettext("Logs"),
        Verb.REFRESH: t.gettext("Refresh"),
    }[verb]
    possible = _POSSIBLE.get(verb)
    is_possible = possible is None or server.state in possible | _UNSURE
    return ServerButton(verb, server.ref.key, text=text, disabled=not is_possible)
