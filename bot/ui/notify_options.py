"""The options of `/notify`: a channel, kinds of events, what there is already. Decides nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from discord import AppCommandOptionType, ChannelType, app_commands

from bot.domain.errors import DeckhandError, InvalidNews, NewsProblem
from bot.domain.events import EventKind, Preset
from bot.ui.actor import actor_from
from bot.ui.i18n import private_words
from bot.ui.news_place import KINDS
from bot.ui.render.events import CHOICES, event_word
from bot.ui.render.notify import mute_suggestion, suggestion
from bot.ui.render.text import label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import discord

    from bot.ui.client import Client
    from bot.ui.i18n import Words
    from bot.ui.news_place import Picked

    Choices = list[app_commands.Choice[int | float | str]]

_MOST = 25
_LONGEST = 100
"""Of a suggestion's name and value."""
_BETWEEN = re.compile(r"[;,、，；]")  # noqa: RUF001 - those that a Chinese keyboard has


class NewsChannel(app_commands.Transformer["Client"]):
    """A channel that news can be told in; it may be one that the bot does not see."""

    @property
    def type(self) -> AppCommandOptionType:
        """Let Discord's client offer channels."""
        return AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[ChannelType]:
        """Let it offer those alone that take messages or posts."""
        return KINDS

    async def transform(
        self, _interaction: discord.Interaction[Client], value: Picked, /
    ) -> Picked:
        """Pass it on; what it is, is looked at later."""
        return value


class EventsOption(app_commands.Transformer["Client"]):
    """Kinds of events, several of them separated by `;`, each by its English or own word."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> str:
        """Pass the text on; who may not subscribe is not told what is wrong with it."""
        return value

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions that go on from what is typed; never raises."""
        if not await _is_manager(interaction):
            return []
        t = private_words(interaction)
        *before, typed = _BETWEEN.split(str(value)[:_LONGEST])
        known = _by_word(t)
        chosen = [known[text] for part in before if (text := _plain(part)) in known]
        if (last := _plain(typed)) in known and last:
            chosen.append(known[last])
            last = ""
        lists = [chosen] if chosen and not last else []
        lists += [
            [*chosen, word]
            for word in CHOICES
            if word not in chosen and (last in _plain(event_word(word, t)) or last in word)
        ]
        found: Choices = []
        for words in lists:
            text = "; ".join(words)
            if len(text) <= _LONGEST and len(found) < _MOST:
                name = t.gettext(", ").join(event_word(word, t) for word in words)
                found.append(app_commands.Choice(name=label(name, _LONGEST), value=text))
        return found


class SubscriptionOption(app_commands.Transformer["Client"]):
    """A subscription, in words, by its number."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> int:
        """Return its number; what was typed instead of being picked is none."""
        return _number(value)

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions; never raises."""
        t, guild = private_words(interaction), interaction.guild
        service = interaction.client.services.notify
        try:
            subscriptions, _ = await service.suggest(actor_from(interaction))
        except DeckhandError:
            return []
        texts: list[tuple[str, int | None]] = []
        for named in subscriptions:
            channel_id = named.subscription.channel_id
            channel = guild.get_channel_or_thread(channel_id) if guild else None
            name = channel.name if channel else None
            texts.append((suggestion(named, name, t), named.subscription.id))
        return _fitting(texts, str(value))


class MuteOption(app_commands.Transformer["Client"]):
    """A mute, in words, by its number."""

    async def transform(self, _interaction: discord.Interaction[Client], value: str, /) -> int:
        """Return its number; what was typed instead of being picked is none."""
        return _number(value)

    async def autocomplete(
        self, interaction: discord.Interaction[Client], value: float | str, /
    ) -> Choices:
        """Return at most 25 suggestions; never raises."""
        t = private_words(interaction)
        service = interaction.client.services.notify
        try:
            _, mutes = await service.suggest(actor_from(interaction))
        except DeckhandError:
            return []
        return _fitting([(mute_suggestion(each, t), each.mute.id) for each in mutes], str(value))


def events_of(text: str, t: Words) -> frozenset[EventKind | Preset]:
    """Return the kinds that were typed or picked; raises `InvalidNews`."""
    known = _by_word(t)
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    unknown = next((part for part in parts if _plain(part) not in known), None)
    if unknown is not None or not parts:
        raise InvalidNews(NewsProblem.EVENTS, (unknown or text).strip())
    return frozenset(known[_plain(part)] for part in parts)


async def _is_manager(interaction: discord.Interaction[Client]) -> bool:
    try:
        return await interaction.client.services.notify.may(actor_from(interaction))
    except DeckhandError:
        return False


def _by_word(t: Words) -> dict[str, EventKind | Preset]:
    own = {_plain(event_word(word, t)): word for word in reversed(CHOICES)}
    known = own | {_plain(word): word for word in CHOICES}
    return known | {EventKind.ACTION.value: Preset.ACTIONS}


def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").casefold().split())


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else 0


def _fitting(texts: Sequence[tuple[str, int | None]], typed: str) -> Choices:
    words = typed[:_LONGEST].casefold().split()
    fitting = [each for each in texts if all(word in each[0].casefold() for word in words)]
    return [app_commands.Choice(name=text, value=str(number)) for text, number in fitting[:_MOST]]
