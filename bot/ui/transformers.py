"""The options of commands that mean one of our things; suggestions come from memory."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from discord import app_commands

from bot.domain.errors import DeckhandError
from bot.ui.actor import actor_from
from bot.ui.i18n import _, private_words
from bot.ui.render.states import word
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.domain.servers import Capability, Server
    from bot.services import Services
    from bot.ui.client import Client
    from bot.ui.i18n import Words

Reason = app_commands.Range[str, 1, 80]
SERVER_HINT = _("Name of the server; pick one from the suggestions")
REASON_HINT = _("Why; everybody in the channel reads it")

_MOST = 25
"""Discord takes no more suggestions."""


class ServerOption(app_commands.Transformer["Client"]):
    """A server: suggests those that the asker may see, takes a key, an id or a name.

    With `needs` only those are suggested whose panel can do that.
    """

    def __init__(self, needs: Capability | None = None) -> None:
        self._needs = needs

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; the services find the server."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> list[app_commands.Choice[int | float | str]]:
        """Return at most 25 suggestions, `name · state · panel`; never raises."""
        services = interaction.client.services
        t = private_words(interaction)
        try:
            fitting = await services.directory.search(
                actor_from(interaction), str(value), needs=self._needs, most=_MOST
            )
        except DeckhandError:
            return []
        return server_choices(fitting, services, t)


class PanelOption(app_commands.Transformer["Client"]):
    """A panel of this guild, by its name; suggests only those with a server to be seen."""

    async def transform(self, interaction: discord.Interaction[Client], value: str, /) -> str:
        """Return the panel's id; a text that fits no panel is passed on and matches nothing."""
        text = value.casefold()
        entries = interaction.client.services.panels.of_guild(interaction.guild_id or 0)
        return next(
            (
                entry.panel_id
                for entry in entries
                if text in (entry.panel_id, entry.name.casefold())
            ),
            text,
        )

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> list[app_commands.Choice[int | float | str]]:
        """Return at most 25 suggestions; never raises."""
        services = interaction.client.services
        typed = str(value).casefold()
        try:
            servers = await services.directory.visible(actor_from(interaction))
        except DeckhandError:
            return []
        panels = {server.ref.panel_id for server in servers}
        names = {panel_id: services.panels[panel_id].name for panel_id in sorted(panels)}
        fitting = [item for item in names.items() if typed in item[1].casefold()]
        return [
            app_commands.Choice(name=label(name, 100), value=panel_id)
            for panel_id, name in fitting[:_MOST]
        ]


class CreatingPanelOption(app_commands.Transformer["Client"]):
    """A panel on which the asker may create servers, by its name."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; the services find the panel."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> list[app_commands.Choice[int | float | str]]:
        """Return at most 25 suggestions; never raises."""
        service, typed = interaction.client.services.administration, str(value).casefold()
        try:
            entries = await service.panels_to_create_on(actor_from(interaction))
        except DeckhandError:
            return []
        fitting = [entry for entry in entries if typed in entry.name.casefold()]
        return [
            app_commands.Choice(name=label(entry.name, 100), value=entry.panel_id)
            for entry in fitting[:_MOST]
        ]


def server_choices(
    servers: Sequence[Server], services: Services, t: Words
) -> list[app_commands.Choice[int | float | str]]:
    """Return suggestions, told apart where they would read alike."""
    labels = [_label(server, services, t) for server in servers]
    twins = {text for text, count in Counter(labels).items() if count > 1}
    return [
        app_commands.Choice(
            name=f"{text} · {label(server.ref.server_id, 12)}" if text in twins else text,
            value=server.ref.key,
        )
        for server, text in zip(servers, labels, strict=True)
    ]


def _label(server: Server, services: Services, t: Words) -> str:
    panel = services.panels[server.ref.panel_id].name
    return f"{label(server.name, 40)} · {word(server.state, t)} · {label(panel, 18)}"
