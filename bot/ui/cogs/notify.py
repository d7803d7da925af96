"""`/notify`: what is told in which channel. Each method: one call, one answer, for the asker."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.errors import InvalidNews, NewsProblem
from bot.domain.grants import duration
from bot.domain.notify import MuteWish, NewsWish, Without
from bot.ui import notify
from bot.ui.access_options import AnyPanel, AnyServer
from bot.ui.i18n import _, private_words
from bot.ui.news_place import Picked, is_there
from bot.ui.notify_options import (
    EventsOption,
    MuteOption,
    NewsChannel,
    SubscriptionOption,
    events_of,
)
from bot.ui.notify_pages import show

if TYPE_CHECKING:
    from bot.ui.client import Client

Channel = app_commands.Transform[Picked, NewsChannel]
Events = app_commands.Transform[str, EventsOption]
Subscription = app_commands.Transform[int, SubscriptionOption]
Mute = app_commands.Transform[int, MuteOption]
Server = app_commands.Transform[str, AnyServer]
Panel = app_commands.Transform[str, AnyPanel]
Role = discord.Role
Span = app_commands.Range[str, 1, 20]
Why = app_commands.Range[str, 1, 80]

_OPTIONS = {
    "channel": _("A text channel, a thread, or a forum that gets a post for each"),
    "events": _("Such as problems; or several, as in crashed; stopped; added"),
    "server": _("Only of this server; without server and panel it is about all"),
    "panel": _("Only of the servers of this panel"),
    "mention": _("A role that is mentioned for problems"),
}
_WHICH = _("Pick one from the suggestions")


@app_commands.default_permissions(manage_guild=True)
class NotifyCommands(
    commands.GroupCog,
    group_name="notify",
    group_description=_("Let channels be told what happens to servers"),
):
    """Discord shows it to those with Manage Server, our own rules decide."""

    @app_commands.command(description=_("Tell a channel what happens"))
    @app_commands.describe(**_OPTIONS)
    async def add(
        self,
        interaction: discord.Interaction[Client],
        channel: Channel,
        events: Events,
        *,
        server: Server | None = None,
        panel: Panel | None = None,
        mention: Role | None = None,
    ) -> None:
        """Subscribe."""
        wish = partial(_wish, interaction, channel, events, server, panel, mention)
        await notify.add(interaction, wish)

    @app_commands.command(name="list", description=_("Show what is told where, and what is muted"))
    async def list_news(self, interaction: discord.Interaction[Client]) -> None:
        """Show a page of subscriptions."""
        await show(interaction)

    @app_commands.command(description=_("Change what is told in a channel"))
    @app_commands.rename(number="subscription")
    @app_commands.describe(number=_WHICH, without=_("What it is to lose"), **_OPTIONS)
    @app_commands.choices(
        without=[
            app_commands.Choice(name=_("the mention"), value=Without.MENTION.value),
            app_commands.Choice(name=_("server and panel: about all"), value=Without.PLACE.value),
        ]
    )
    async def edit(  # noqa: PLR0913 - a subscription is about so much
        self,
        interaction: discord.Interaction[Client],
        number: Subscription,
        *,
        channel: Channel | None = None,
        events: Events | None = None,
        server: Server | None = None,
        panel: Panel | None = None,
        mention: Role | None = None,
        without: str | None = None,
    ) -> None:
        """Change a subscription."""
        wish = partial(_wish, interaction, channel, events, server, panel, mention, without=without)
        await notify.edit(interaction, number, wish)

    @app_commands.command(description=_("Tell a channel no more"))
    @app_commands.rename(number="subscription")
    @app_commands.describe(number=_WHICH)
    async def remove(self, interaction: discord.Interaction[Client], number: Subscription) -> None:
        """End a subscription."""
        await notify.remove(interaction, number)

    @app_commands.command(description=_("Tell a channel an example, to see that it works"))
    @app_commands.rename(number="subscription")
    @app_commands.describe(number=_WHICH)
    async def test(self, interaction: discord.Interaction[Client], number: Subscription) -> None:
        """Send an example."""
        await notify.test(interaction, number)

    @app_commands.command(description=_("Tell nothing for a while, as during maintenance"))
    @app_commands.rename(span="for")
    @app_commands.describe(
        server=_OPTIONS["server"],
        panel=_OPTIONS["panel"],
        span=_("For how long, such as 30m, 2h or 1d; without it, until you end it"),
        reason=_("Why; those who look at the list read it"),
    )
    async def mute(
        self,
        interaction: discord.Interaction[Client],
        server: Server | None = None,
        panel: Panel | None = None,
        span: Span | None = None,
        reason: Why | None = None,
    ) -> None:
        """Mute."""
        await notify.mute(interaction, partial(_mute, server, panel, span, reason))

    @app_commands.command(description=_("Tell everything again"))
    @app_commands.rename(number="mute")
    @app_commands.describe(number=_WHICH)
    async def unmute(self, interaction: discord.Interaction[Client], number: Mute) -> None:
        """End a mute."""
        await notify.unmute(interaction, number)


def _wish(  # noqa: PLR0913 - a subscription is about so much
    interaction: discord.Interaction[Client],
    channel: Picked | None,
    events: str | None,
    server: str | None,
    panel: str | None,
    mention: Role | None,
    *,
    without: str | None = None,
) -> NewsWish:
    """Put together what was asked for; raises `InvalidNews`."""
    if channel is not None and not is_there(interaction.guild, channel):
        raise InvalidNews(NewsProblem.CHANNEL)
    return NewsWish(
        channel_id=channel.id if channel else None,
        events=None if events is None else events_of(events, private_words(interaction)),
        server=server,
        panel=panel,
        mention_role_id=mention.id if mention else None,
        without=Without(without) if without else None,
    )


def _mute(server: str | None, panel: str | None, span: str | None, reason: str | None) -> MuteWish:
    """Put together what was asked for; raises `InvalidRule`."""
    return MuteWish(
        server=server, panel=panel, lasts=duration(span) if span else None, reason=reason
    )
