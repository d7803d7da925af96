"""The options of `/access`: whom and what rules are about. Suggests nothing to others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from discord import app_commands

from bot.domain.access import Action, Bundle, Subject
from bot.domain.errors import DeckhandError
from bot.ui.actor import actor_from
from bot.ui.i18n import Words, _, private_words
from bot.ui.render.rules import choice, suggestion
from bot.ui.render.text import label
from bot.ui.transformers import server_choices

if TYPE_CHECKING:
    from collections.abc import Mapping

    import discord

    from bot.domain.access import Rule
    from bot.domain.grants import NamedRule
    from bot.ui.client import Client

    Choices = list[app_commands.Choice[int | float | str]]

GRANTS = [
    app_commands.Choice(name=_(choice(grant, Words())), value=grant.value)
    for grant in (*Bundle, *Action)
]
"""Bundles first: they are what is given every day."""
ACTIONS = [
    app_commands.Choice(name=_(choice(action, Words())), value=action.value) for action in Action
]
_MOST = 25


class AnyServer(app_commands.Transformer["Client"]):
    """A server: suggests all of the guild to those who may configure the bot in it."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; the services find the server."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions; never raises."""
        services = interaction.client.services
        try:
            servers = await services.rules.suggest_servers(actor_from(interaction), str(value))
        except DeckhandError:
            return []
        return server_choices(servers, services, private_words(interaction))


class AnyPanel(app_commands.Transformer["Client"]):
    """A panel: suggests all of the guild to those who may configure the bot in it."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; the services find the panel."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions; never raises."""
        service = interaction.client.services.rules
        try:
            entries = await service.suggest_panels(actor_from(interaction), str(value))
        except DeckhandError:
            return []
        return [
            app_commands.Choice(name=label(entry.name, 100), value=entry.panel_id)
            for entry in entries[:_MOST]
        ]


class RuleOption(app_commands.Transformer["Client"]):
    """A rule, in words, by its number; the newest first."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; only what was suggested is a rule."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 rules that hold every word that was typed; never raises."""
        t = private_words(interaction)
        try:
            rules = await interaction.client.services.rules.suggest_rules(actor_from(interaction))
        except DeckhandError:
            return []
        chosen = interaction.client.services.settings.of(interaction.guild_id or 0)
        typed = str(value)[:100].casefold().split()
        grants = {grant: choice(grant, t) for grant in (*Bundle, *Action)}
        found: Choices = []
        for named in rules:
            who = _who(interaction, named.rule)
            words = _words(named, who, grants)
            if all(word in words for word in typed):
                text = suggestion(named, who, chosen, t)
                found.append(app_commands.Choice(name=text, value=str(named.rule.id)))
            if len(found) == _MOST:
                break
        return found


def _who(interaction: discord.Interaction[Client], rule: Rule) -> str:
    """Return what a role is called now, or what it or the member was called then."""
    if rule.subject is Subject.ROLE and interaction.guild is not None:
        role = interaction.guild.get_role(rule.subject_id)
        if role is not None:
            return role.name
    return rule.subject_name or str(rule.subject_id)


def _words(named: NamedRule, who: str, grants: Mapping[Action | Bundle, str]) -> str:
    rule = named.rule
    names = (named.server or "", named.panel or "")
    parts = (who, rule.grant, grants[rule.grant], *names, *rule.commands)
    return " ".join(parts).casefold()
