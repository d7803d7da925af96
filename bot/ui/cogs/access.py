"""`/access`: who may do what. Each method: one call, one answer, for the asker alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.access import Action, Bundle, Subject
from bot.domain.errors import InvalidRule, RuleProblem
from bot.domain.grants import RuleWish, duration, patterns
from bot.ui import access
from bot.ui.access_options import ACTIONS, GRANTS, AnyPanel, AnyServer, RuleOption
from bot.ui.access_pages import Wanted, show
from bot.ui.actor import named_actor, role_actor
from bot.ui.i18n import _

if TYPE_CHECKING:
    from bot.ui.client import Client

Role = discord.Role
Person = discord.User
Server = app_commands.Transform[str, AnyServer]
Panel = app_commands.Transform[str, AnyPanel]
Rule = app_commands.Transform[str, RuleOption]
Span = app_commands.Range[str, 1, 20]
Patterns = app_commands.Range[str, 1, 1000]
Line = app_commands.Range[str, 1, 500]

_OPTIONS = {
    "action": _("What they may do; the first ones are several rights at once"),
    "role": _("Whom it is about: a role, or …"),
    "member": _("… a single member"),
    "server": _("Only this server; without server and panel it is about all"),
    "panel": _("Only the servers of this panel"),
    "duration": _("For how long, such as 30m, 2h or 1d; without it, for good"),
    "commands": _("Only commands like these: say *; whitelist add *"),
}


@app_commands.default_permissions(manage_guild=True)
class AccessCommands(
    commands.GroupCog, group_name="access", group_description=_("Decide who may do what")
):
    """Rules; Discord shows it to those with Manage Server, our own rules decide."""

    @app_commands.command(description=_("Give a right to a role or a member"))
    @app_commands.describe(**_OPTIONS)
    @app_commands.rename(duration="for")
    @app_commands.choices(action=GRANTS)
    async def allow(  # noqa: PLR0913 - a rule is about so much
        self,
        interaction: discord.Interaction[Client],
        action: str,
        *,
        role: Role | None = None,
        member: Person | None = None,
        server: Server | None = None,
        panel: Panel | None = None,
        duration: Span | None = None,
        commands: Patterns | None = None,
    ) -> None:
        """Give a right."""
        limits = _Limits(server, panel, duration, commands)
        wish = partial(_wish, interaction, role, member, action, limits, allow=True)
        await access.give(interaction, wish)

    @app_commands.command(description=_("Take a right from a role or a member"))
    @app_commands.describe(**_OPTIONS)
    @app_commands.rename(duration="for")
    @app_commands.choices(action=GRANTS)
    async def deny(  # noqa: PLR0913 - a rule is about so much
        self,
        interaction: discord.Interaction[Client],
        action: str,
        *,
        role: Role | None = None,
        member: Person | None = None,
        server: Server | None = None,
        panel: Panel | None = None,
        duration: Span | None = None,
        commands: Patterns | None = None,
    ) -> None:
        """Take a right."""
        limits = _Limits(server, panel, duration, commands)
        wish = partial(_wish, interaction, role, member, action, limits, allow=False)
        await access.give(interaction, wish)

    @app_commands.command(description=_("End a rule"))
    @app_commands.describe(rule=_("Pick one from the suggestions"))
    async def remove(self, interaction: discord.Interaction[Client], rule: Rule) -> None:
        """End a rule."""
        await access.remove(interaction, rule)

    @app_commands.command(name="list", description=_("Show the rules"))
    @app_commands.describe(
        role=_("Only rules about this role"),
        server=_("Only rules that speak of this server"),
    )
    async def list_rules(
        self,
        interaction: discord.Interaction[Client],
        role: Role | None = None,
        server: Server | None = None,
    ) -> None:
        """Show a page of rules."""
        await show(interaction, Wanted(role_id=role.id if role else None, server=server))

    @app_commands.command(description=_("Say why a member may do something, or may not"))
    @app_commands.describe(
        member=_("Whose right it is about"),
        action=_("What it is about"),
        server=_("On which server"),
        command=_("A console command, to try the rules about commands"),
    )
    @app_commands.choices(action=ACTIONS)
    async def explain(
        self,
        interaction: discord.Interaction[Client],
        member: Person,
        action: str,
        server: Server,
        command: Line | None = None,
    ) -> None:
        """Name the rule that decides, with the roles that the member has now."""
        who = named_actor(member, interaction.guild_id or 0)
        await access.explain(interaction, who, Action(action), server, line=command)

    @app_commands.command(description=_("Show the server list as it is for a role"))
    @app_commands.describe(role=_("Somebody with this role and no other"))
    async def preview(self, interaction: discord.Interaction[Client], role: Role) -> None:
        """Show the list, to be read only."""
        await show(interaction, Wanted(is_preview=True, role_id=role.id))


@dataclass(frozen=True, slots=True)
class _Limits:
    """What a rule is limited to, as typed."""

    server: str | None
    panel: str | None
    span: str | None
    commands: str | None


def _wish(
    interaction: discord.Interaction[Client],
    role: Role | None,
    person: Person | None,
    action: str,
    limits: _Limits,
    *,
    allow: bool,
) -> RuleWish:
    """Put together what was asked for; raises `InvalidRule`."""
    guild_id = interaction.guild_id or 0
    if role is not None and person is None:
        subject, name, who = Subject.ROLE, role.name, role_actor(role.id, guild_id)
    elif person is not None and role is None:
        subject, name, who = Subject.MEMBER, person.display_name, named_actor(person, guild_id)
    else:
        raise InvalidRule(RuleProblem.NOBODY)
    return RuleWish(
        subject=subject,
        subject_id=role.id if role is not None else who.user_id,
        subject_name=name,
        who=who,
        grant=Bundle(action) if action in set(Bundle) else Action(action),
        allow=allow,
        server=limits.server,
        panel=limits.panel,
        lasts=duration(limits.span) if limits.span else None,
        commands=patterns(limits.commands) if limits.commands else (),
    )
