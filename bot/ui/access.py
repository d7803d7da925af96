"""Answers `/access`: rules are given and taken back in private messages with buttons."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import discord
from discord.ui import Button, DynamicItem, Select, View

from bot.domain.audit import Door
from bot.domain.errors import InvalidRule, RuleChanged
from bot.ui.actor import actor_from
from bot.ui.errors import answering, guard, too_old
from bot.ui.i18n import private_words
from bot.ui.render import rules as render

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from discord.ui import Item

    from bot.domain.access import Action, Actor
    from bot.domain.grants import NamedRule, RuleWish
    from bot.ui.client import Client
    from bot.ui.i18n import Words

_FORMER = 6
"""Rules that a button can bring back: what fits into its custom_id."""
_SPANS = {
    "1h": timedelta(hours=1),
    "1d": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


async def give(interaction: discord.Interaction[Client], wish: Callable[[], RuleWish]) -> None:
    """Give or take a right and say what that came to, with a way back."""
    await _think(interaction)
    service, t = interaction.client.services.rules, private_words(interaction)
    actor = actor_from(interaction)
    try:
        asked = wish()
    except InvalidRule as error:
        await service.refuse(actor, error, door=Door.COMMAND)
        raise
    outcome = await service.give(actor, asked, door=Door.COMMAND)
    view = rule_view(outcome.given, outcome.former, t)
    await interaction.edit_original_response(content=render.given(outcome, t), view=view)


async def remove(interaction: discord.Interaction[Client], text: str) -> None:
    """End a rule that was picked from the suggestions."""
    await _think(interaction)
    service, t = interaction.client.services.rules, private_words(interaction)
    # What was typed instead of being picked is no number of a rule.
    rule_id = int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0
    ended = await service.remove(actor_from(interaction), rule_id, door=Door.COMMAND)
    view = View(timeout=None)
    view.add_item(TakeBack(None, (ended.rule.id or 0,), text=t.gettext("Bring it back")))
    gone = t.gettext("This rule no longer counts:") + "\n" + render.line(ended, t)
    await interaction.edit_original_response(content=gone, view=view)


async def explain(
    interaction: discord.Interaction[Client],
    member: Actor,
    action: Action,
    server: str,
    *,
    line: str | None,
) -> None:
    """Say whether a member may do something, and by which rule."""
    await _think(interaction)
    answer = await interaction.client.services.rules.explain(
        actor_from(interaction), member, action, server, line=line, door=Door.COMMAND
    )
    text = render.explained(answer, private_words(interaction))
    await interaction.edit_original_response(content=text)


def rule_view(named: NamedRule, former: Sequence[int], t: Words) -> View:
    """Return what can be done with a rule that was just given."""
    view = View(timeout=None)
    rule_id = named.rule.id or 0
    view.add_item(TakeBack(rule_id, former, text=t.gettext("Undo")))
    view.add_item(Expire(rule_id, former, t))
    return view


class TakeBack(
    DynamicItem[Button[Any]],
    template=r"d1au:(?P<rule>[0-9]{0,9}):(?P<former>(?:[0-9]{1,9}\.?){0,6})",
):
    """Ends a rule and brings back what it replaced; without a rule it only brings back."""

    def __init__(self, rule_id: int | None, former: Sequence[int], *, text: str = "") -> None:
        self.rule_id = rule_id
        self.former = tuple(former[-_FORMER:])
        custom_id = f"d1au:{rule_id or ''}:{_joined(self.former)}"
        super().__init__(Button(label=text, custom_id=custom_id))

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read the button back from its custom_id."""
        rule_id = int(match["rule"]) if match["rule"] else None
        return cls(rule_id, _split(match["former"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Take it back."""
        await guard(interaction, self._take_back(interaction))

    async def _take_back(self, interaction: discord.Interaction[Client]) -> None:
        with answering():
            await interaction.response.defer()
        service, actor = interaction.client.services.rules, actor_from(interaction)
        t = private_words(interaction)
        if self.former:
            # A guild that is not in the cache, as after a start, shows no role at all.
            known = [role.id for role in interaction.guild.roles] if interaction.guild else []
            rules = await service.restore(
                actor,
                self.former,
                instead_of=self.rule_id,
                roles=known or None,
                door=Door.BUTTON,
            )
            said = t.gettext("Taken back. What counts again:")
        elif self.rule_id is not None:
            rules = [await service.remove(actor, self.rule_id, door=Door.BUTTON)]
            said = t.gettext("Taken back. This rule no longer counts:")
        else:
            raise RuleChanged
        text = "\n".join([said, *(render.line(rule, t) for rule in rules)])
        await interaction.edit_original_response(content=text, view=None)


class Expire(
    DynamicItem[Select[Any]],
    template=r"d1ae:(?P<rule>[0-9]{1,9}):(?P<former>(?:[0-9]{1,9}\.?){0,6})",
):
    """Lets a rule end by itself."""

    def __init__(self, rule_id: int, former: Sequence[int], t: Words | None = None) -> None:
        self.rule_id = rule_id
        self.former = tuple(former[-_FORMER:])
        options = []
        if t is not None:
            names = (t.gettext("1 hour"), t.gettext("1 day"), t.gettext("7 days"))
            texts = (*names, t.gettext("30 days"))
            pairs = zip(_SPANS, texts, strict=True)
            options = [discord.SelectOption(label=text, value=value) for value, text in pairs]
        super().__init__(
            Select(
                custom_id=f"d1ae:{rule_id}:{_joined(self.former)}",
                placeholder=t.gettext("Let it end after …") if t else None,
                options=options,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: Item[Any], match: re.Match[str], /
    ) -> Self:
        """Make the menu anew; what was picked comes with the interaction."""
        return cls(int(match["rule"]), _split(match["former"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Let it end then."""
        await guard(interaction, self._expire(interaction))

    async def _expire(self, interaction: discord.Interaction[Client]) -> None:
        data: Any = interaction.data
        span = _SPANS.get(data["values"][0])
        if span is None:
            await too_old(interaction)
            return
        with answering():
            await interaction.response.defer()
        service, t = interaction.client.services.rules, private_words(interaction)
        named = await service.expire(actor_from(interaction), self.rule_id, span, door=Door.MENU)
        view = rule_view(named, self.former, t)
        await interaction.edit_original_response(content=render.line(named, t), view=view)


async def _think(interaction: discord.Interaction[Client]) -> None:
    """Acknowledge in private: the database may take its time."""
    with answering():
        await interaction.response.defer(ephemeral=True, thinking=True)


def _joined(former: Sequence[int]) -> str:
    return ".".join(map(str, former))


def _split(former: str) -> tuple[int, ...]:
    return tuple(int(part) for part in former.split(".") if part)
